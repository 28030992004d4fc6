"""The reply slip of the pack: as text, read back when it is filled, and brought in as a source."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qualbench.codebook.tree import read_codebook
from qualbench.errors import BadInput
from qualbench.exchange.pack import QUESTIONS, Card, slip_rows
from qualbench.study.database import Study
from qualbench.text.words import normalise
from qualbench.transcripts.attributes import Attributes
from qualbench.transcripts.candidates import Candidate
from qualbench.transcripts.importing import commit
from qualbench.transcripts.intake import Intake

ASKED_BY = "I"
"""The label of the slip's questions in the source: an interviewer's, whose words count for nobody."""

_CARD = re.compile(r"Card \d+ \[([^\]\s]+)\]")
_HINT = "Give the slip as the pack has it: a .docx, or the .txt that 'qualbench pack make' writes."
_ANSWER = ">"
_COLUMNS = 2  # of a card on the slip


@dataclass(frozen=True)
class Answer:
    """What somebody wrote to a question on a theme.

    Attributes:
        theme: The id of the theme.
        title: Its label, as the slip has it.
    """

    theme: str
    title: str
    question: str
    text: str


def slip_as_text(cards: Sequence[Card]) -> str:
    """Write the slip as text, to be sent and filled as one."""
    lines = ["Write after each >, as much or as little as you like. Please do not write names.", ""]
    for card in cards:
        (known_by, title), *questions = slip_rows(card)
        lines.append(f"{known_by} {title}")
        for question, _ in questions:
            lines += [question, f"{_ANSWER} ", ""]
    return "\n".join(lines) + "\n"


def read_slip(path: Path) -> list[Answer]:
    """Read what is written on a filled slip; questions without an answer are left out.

    Args:
        path: A .docx or .txt file.

    Raises:
        BadInput: If it cannot be read, is no slip, or has no answer.
    """
    suffix = path.suffix.lower()
    if suffix not in (".docx", ".txt"):
        raise BadInput(f"{path.name} is neither .docx nor .txt.", _HINT)
    cards = _cards_of_document(path) if suffix == ".docx" else _cards_of_text(path)
    if not cards:
        raise BadInput(f"{path.name} has no card of a reply slip in it.", _HINT)
    found = [answer for answer in cards if answer.text]
    if not found:
        raise BadInput(f"{path.name}: nothing is written on the slip.", "Fill it in, or leave it out.")
    return found


def import_slip(
    study: Study,
    answers: Sequence[Answer],
    participant: str,
    name: str,
    attributes: Attributes,
    *,
    dry_run: bool = False,
) -> Candidate:
    """Bring answers in as a source: questions as an interviewer's turns, answers as the participant's.

    It is not sealed: what is in it goes through redaction like any other source.

    Args:
        study: The study, with the coder at work.
        answers: What is written on the slip.
        participant: Whose answers they are, by id.
        name: What the source is to be called.
        attributes: Its kind, timepoint, site, mode and date.
        dry_run: Only hold it against the study.

    Raises:
        Refused: If there is no such participant, the same slip is there already, or the name is taken.
        BadInput: If a value is not one of the study's.
    """
    titles = {entry.id: entry.label for _, entry in read_codebook(study).walk(whole=True)}
    turns = []
    for one in answers:
        said = " ".join(one.text.split())
        turns += [f"{ASKED_BY}: {titles.get(one.theme, one.title)}: {one.question}", f"{participant}: {said}"]
    given = Attributes(participant=participant, interviewer=ASKED_BY).over(attributes)
    with tempfile.TemporaryDirectory(prefix="qualbench-") as folder:
        file = Path(folder) / f"{name}.txt"
        file.write_text("\n\n".join(turns) + "\n", "utf-8")
        intake = Intake(study)
        candidate = intake.revise(intake.prepare(file), attributes=given)
        if candidate.likeness is not None and not candidate.likeness.same:
            candidate = intake.revise(candidate, choice="keep")  # slips share their questions
        obstacle = intake.obstacle(candidate)
        if obstacle is not None:
            raise obstacle
        if not dry_run:
            commit(study, candidate)
    return candidate


def _cards_of_document(path: Path) -> list[Answer]:
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = Document(str(path))
    except (PackageNotFoundError, KeyError, ValueError, OSError):
        raise BadInput(f"{path.name} cannot be read as a Word document.", _HINT) from None
    found = []
    for table in document.tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows if len(row.cells) == _COLUMNS]
        card = _CARD.match(rows[0][0].strip()) if rows else None
        if card is not None:
            found += [Answer(card[1], rows[0][1], asked.strip(), _even(text)) for asked, text in rows[1:]]
    return [answer for answer in found if answer.question in QUESTIONS]


def _cards_of_text(path: Path) -> list[Answer]:
    try:
        lines = normalise(path.read_bytes().decode("utf-8-sig")).split("\n")
    except UnicodeDecodeError:
        raise BadInput(f"{path.name}: it is not in UTF-8.", "Save it as UTF-8.") from None
    found: list[Answer] = []
    theme = title = question = ""
    written: list[str] = []

    def keep() -> None:
        if theme and question:
            found.append(Answer(theme, title, question, _even(" ".join(written))))

    for line in lines:
        card = _CARD.match(line.strip())
        if card is not None or line.strip() in QUESTIONS:
            keep()
            written = []
        if card is not None:
            theme, title, question = card[1], line.strip()[card.end() :].strip(), ""
        elif line.strip() in QUESTIONS:
            question = line.strip()
        elif question:
            written.append(line.strip().removeprefix(_ANSWER))
    keep()
    return found


def _even(text: str) -> str:
    return " ".join(normalise(text).split())
