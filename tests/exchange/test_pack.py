"""The pack for parent collaborators, and what comes back."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.shared import Pt

from qualbench.agreement.finishing import finish
from qualbench.codebook.editing import edit_code
from qualbench.coding.applying import add_coding
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.exchange.pack import PRINT, QUESTIONS, theme_cards, write_pack
from qualbench.exchange.pack_slip import import_slip, read_slip, slip_as_text
from qualbench.redaction.suggesting import suggest_in_sources
from qualbench.study.database import Study
from qualbench.transcripts.attributes import Attributes
from qualbench.transcripts.sources import list_sources, read_source
from tests.builders import fill_agreed, place, small_study

MINUTES = Attributes(kind="minutes", timepoint="Follow-up")


@pytest.fixture
def agreed(sqlite_study: Study, tmp_path: Path) -> Study:
    """A small study in which two coders agree on a passage."""
    study = small_study(sqlite_study, tmp_path / "files")
    for coder in ("AB", "CD"):
        add_coding(study.by(coder), "P07_b", place(study, "P07_b", "They judge ye."), "judged")
        finish(study.by(coder), ["P07_b"])
    fill_agreed(study, "P07_b")
    edit_code(
        study, "trust", {"short_definition": "Whether people feel safe with us."}, reason="Plain words."
    )
    return study


def filled(study: Study, path: Path, answers: dict[int, tuple[str, str]]) -> Path:
    """A slip on which somebody has written, by the number of the card."""
    write_pack(theme_cards(study), path)
    document = docx.Document(str(path))
    for number, texts in answers.items():
        for row, text in zip(document.tables[number - 1].rows[1:], texts, strict=True):
            row.cells[1].text = text
    document.save(str(path))
    return path


def test_cards_are_in_plain_words_with_quotes_that_may_be_printed(agreed: Study) -> None:
    trust, trial = theme_cards(agreed)
    assert (trust.title, trust.words, trust.is_hard) == ("Trust", "Whether people feel safe with us.", False)
    assert [(q.text, q.quote.label) for q in trust.quotes] == [("They judge ye.", "Participant")]
    assert (trial.words, trial.quotes) == ("What it asks.", ())
    edit_code(agreed, "trial", {"short_definition": "A word " * 30}, reason="Long.")
    edit_code(agreed, "trust", {"short_definition": ""}, reason="None.")
    assert [card.is_hard for card in theme_cards(agreed)] == [True, True]
    assert [card.id for card in theme_cards(agreed, ["The trial"])] == ["trial"]
    with pytest.raises(NotFound):
        theme_cards(agreed, ["nothing"])


def test_nobody_is_asked_to_read_small_print(agreed: Study, tmp_path: Path) -> None:
    for name in ("a.docx", "b.docx"):
        write_pack(theme_cards(agreed), tmp_path / name)
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()
    document = docx.Document(str(tmp_path / "a.docx"))
    assert document.styles["Normal"].font.size == Pt(PRINT) >= Pt(18)
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
    assert all(run.font.size is None or run.font.size >= Pt(18) for run in runs)
    assert len(document.tables) == 2
    assert [row.cells[0].text for row in document.tables[0].rows] == ["Card 1 [trust]", *QUESTIONS]


@pytest.mark.parametrize("form", ["docx", "txt"])
def test_answers_come_back_as_a_source_of_the_participants_turns(
    agreed: Study, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"reply.{form}"
    if form == "docx":
        filled(agreed, path, {1: ("Aye, it is.\nMostly.", ""), 2: ("", "The bus fare.")})
    else:
        lines = slip_as_text(theme_cards(agreed)).split("\n")
        gaps = [n for n, line in enumerate(lines) if line == "> "]
        lines[gaps[0]], lines[gaps[3]] = "> Aye, it is.\nMostly.", "The bus fare."
        path.write_text("\n".join(lines), "utf-8")
    answers = read_slip(path)
    assert [(a.theme, a.question, a.text) for a in answers] == [
        ("trust", QUESTIONS[0], "Aye, it is. Mostly."),
        ("trial", QUESTIONS[1], "The bus fare."),
    ]
    before = len(list_sources(agreed))
    import_slip(agreed, answers, "P08", "reply", MINUTES, dry_run=True)
    assert len(list_sources(agreed)) == before
    import_slip(agreed, answers, "P08", "reply", MINUTES)
    source = read_source(agreed, "reply")
    assert (source.summary.kind, source.summary.timepoint, source.summary.state) == (
        "minutes",
        "Follow-up",
        "imported",
    )
    assert [(turn.participant, turn.role) for turn in source.turns] == [
        (None, "interviewer"),
        ("P08", "participant"),
    ] * 2
    assert source.text.splitlines()[0] == "I: Trust: Is this right?"
    assert "reply" in suggest_in_sources(agreed, {}, ["reply"])


def test_slips_of_several_people_come_in_though_their_questions_are_alike(
    agreed: Study, tmp_path: Path
) -> None:
    for who, text in (("P07", "Aye."), ("P08", "Naw.")):
        slip = filled(agreed, tmp_path / f"{who}.docx", {1: (text, text), 2: (text, text)})
        import_slip(agreed, read_slip(slip), who, f"{who}_reply", MINUTES)
    with pytest.raises(Refused, match="in the study already"):
        import_slip(agreed, read_slip(tmp_path / "P08.docx"), "P08", "again", MINUTES)


def test_what_is_no_slip_is_refused_and_changes_nothing(agreed: Study, tmp_path: Path) -> None:
    before = len(list_sources(agreed))
    (tmp_path / "notes.txt").write_text("Some notes.")
    (tmp_path / "broken.docx").write_text("not a zip")
    filled(agreed, tmp_path / "empty.docx", {})
    for name, said in (
        ("notes.txt", "no card of a reply slip"),
        ("broken.docx", "cannot be read as a Word document"),
        ("empty.docx", "nothing is written"),
        ("slip.pdf", "neither .docx nor .txt"),
    ):
        with pytest.raises(BadInput, match=said):
            read_slip(tmp_path / name)
    answers = read_slip(filled(agreed, tmp_path / "good.docx", {1: ("Aye.", "")}))
    with pytest.raises(Refused, match="no participant P99"):
        import_slip(agreed, answers, "P99", "good", MINUTES)
    assert len(list_sources(agreed)) == before
