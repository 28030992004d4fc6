"""Studies with one long interview, made by the product's own write path."""

from __future__ import annotations

import random
from pathlib import Path

from qualbench.codebook.importing import import_entries
from qualbench.codebook.tree import CodeEntry
from qualbench.coding.rows import insert_codings
from qualbench.study.database import Study, create_study
from qualbench.study.journal import change
from qualbench.study.settings import set_up
from qualbench.text.spans import Span
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.participants import import_participants
from qualbench.transcripts.sources import list_sources, read_source

NAME = "P07_baseline"
FIRST_WORDS = "Thank you for coming in today"
"""What the interview begins with; nothing else in the workbench says so."""
UNUSED = "unused"
"""The id of a code besides the forty, which has no codings."""
FREE = 200  # code points at the beginning that nothing codes
THEMES, CODES_OF_EACH = 8, 4
COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#999999", "#F0E442")
LABELS = (
    "Trust",
    "Fear of being judged",
    "Being listened to",
    "Practical help",
    "Forms, long and short",
    "Time of the visit",
    "Family around",
    "What changed",
)
WORDS = [
    "and",
    "then",
    "the",
    "health",
    "visitor",
    "came",
    "round",
    "again",
    "because",
    "I",
    "had",
    "not",
    "heard",
    "since",
    "we",
    "moved",
    "it",
    "was",
    "my",
    "mother",
    "who",
    "said",
    "so",
    "but",
    "nobody",
    "asked",
    "her",
    "what",
    "she",
    "thought",
    "of",
    "it",
    "when",
    "the",
    "forms",
    "were",
    "on",
    "the",
    "table",
    "for",
    "weeks",
    "you",
    "know",
    "I’d",
    "say",
    "they",
    "didn’t",
    "mean",
    "it",
    "like",
    "that",
    "really",
    "she",
    "was",
    "kind",
    "about",
    "the",
    "whole",
    "thing",
    "café",
]


def interview(words: int) -> str:
    """Write an interview: turns of 5 to 60 words, in sentences, the interviewer's and P07's."""
    chance = random.Random(7)
    turns = [f"I: {FIRST_WORDS}."]
    while words > 0:
        size = min(words, chance.randint(5, 60))
        said = chance.choices(WORDS, k=size)
        for at in range(0, size, 14):
            said[at] = said[at].capitalize()
            said[min(at + 13, size - 1)] += "."
        turns.append(f"{('P07', 'I')[len(turns) % 2 == 0]}: {' '.join(said)}")
        words -= size
    return "\n\n".join(turns)


def made_study(folder: Path, words: int, spans: int) -> Study:
    """Make a study of 40 codes and one interview, with codings of every code by coder AB.

    Args:
        folder: Where.
        words: Words of the interview.
        spans: How many codings: 40 to 400 code points each, those of one code apart from each other.
    """
    folder.mkdir()
    (folder / f"{NAME}.txt").write_text(interview(words), "utf-8")
    (folder / "people.csv").write_text("id,family,stakeholder\nP07,,Parent\n")
    study = create_study(folder / "study", coder="AB")
    set_up(study, "Bench")
    import_participants(study, folder / "people.csv")
    import_files(study, [folder / f"{NAME}.txt"])
    codes = _import_codes(study)
    if spans:
        _code(study, codes, spans)
    return study


def _import_codes(study: Study) -> list[str]:
    entries = []
    for n in range(THEMES):
        entries.append(CodeEntry(f"t{n}", None, "theme", LABELS[n], colour=COLOURS[n]))
        entries += [
            CodeEntry(f"t{n}c{m}", f"t{n}", "code", f"{LABELS[n]}: side {m + 1}")
            for m in range(CODES_OF_EACH)
        ]
    import_entries(study, [*entries, CodeEntry(UNUSED, None, "code", "Not used so far")], "bench")
    return [entry.id for entry in entries]


def _code(study: Study, codes: list[str], spans: int) -> None:
    chance = random.Random(3)
    (summary,) = list_sources(study)
    length = len(read_source(study, NAME).text) - FREE
    each = spans // len(codes)
    room = length // each
    with change(study, "code", "Coded") as made:
        rows = []
        for code in codes:
            for n in range(each):
                long = chance.randint(40, min(400, room - 1))
                start = FREE + n * room + chance.randrange(room - long)
                rows.append((summary.id, Span(start, start + long), code))
        insert_codings(made, "AB", rows)
