"""A small study, made as a user would make it, for tests of the later stages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from qualbench.agreement.finishing import fill
from qualbench.codebook.importing import import_entries
from qualbench.codebook.tree import CodeEntry, columns_of, read_codebook
from qualbench.coding.rows import insert_codings
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.settings import add_coder, read_study_settings
from qualbench.study.tables import Code
from qualbench.text.spans import Span
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.participants import import_participants
from qualbench.transcripts.sources import read_source, source_ids

PEOPLE = """id,family,stakeholder,site,labels
P07,F07,Parent,Glasgow,
P08,F08,Parent,Bromley,
FEW01,,Family engagement worker,Glasgow,
"""
MANIFEST = """file,kind,timepoint,site,date,mode,interviewer
P07_b.txt,interview,Baseline,Glasgow,,,I
P07_f.txt,interview,Follow-up,Glasgow,,,I
group.txt,focus group,Follow-up,Glasgow,,,FAC
"""
TEXTS = {
    "P07_b.txt": """I: How did you hear?

P07: From a pal of mine. I was feart of them.

I: Why?

P07: Naïve, me. 🙂 They judge ye.""",
    "P07_f.txt": """I: And now?

P07: She had been there herself. That helped.

I: Anything else?

P07: The forms were long.""",
    "group.txt": """FAC: Who starts?

P07: The forms were murder.

P08: Murder, aye.

FEW01: I filled mine in on the bus.

FAC: Thanks.""",
}
ENTRIES = [
    CodeEntry("trust", None, "theme", "Trust", colour="#D55E00"),
    CodeEntry("social-work", "trust", "subtheme", "Social work"),
    CodeEntry("fear", "social-work", "code", "Fear"),
    CodeEntry("judged", "social-work", "code", "Being judged"),
    CodeEntry("trial", None, "theme", "The trial", definition="What it asks.", colour="#0072B2"),
    CodeEntry("forms", "trial", "code", "Forms: long / short"),
]


def small_study(study: Study, folder: Path) -> Study:
    """Fill an empty study with three sources, three participants, two coders and a codebook."""
    folder.mkdir(exist_ok=True)
    for name, text in TEXTS.items():
        (folder / name).write_text(text, "utf-8")
    (folder / "people.csv").write_text(PEOPLE)
    (folder / "manifest.csv").write_text(MANIFEST)
    if "CD" not in read_study_settings(study).coders:
        add_coder(study, "CD")
    assert not import_participants(study, folder / "people.csv").faults
    assert not import_files(study, [folder], manifest=folder / "manifest.csv").faults
    import_entries(study, ENTRIES, "test")
    return study


def plant_entry(study: Study, entry: CodeEntry) -> None:
    """Write an entry past every check, as it might have been written by hand into the database."""
    with change(study, "codebook", "Planted") as changed:
        if entry.id in read_codebook(study).by_id:
            changed.update(Code, [columns_of(entry)])
        else:
            changed.insert(Code, [columns_of(entry) | {"position": 999}])


def code_as_they_are(study: Study, source: str, codings: Iterable[tuple[Span, str]]) -> None:
    """Code spans of a source as a table of codings does: none grows, though one lies over another."""
    with change(study, "code", "Coded") as changed:
        (source_id,) = source_ids(changed.db, [source]).values()
        insert_codings(changed, changed.coder, [(source_id, span, code) for span, code in codings])


def fill_agreed(study: Study, *sources: str) -> int:
    """Put into the agreed layer what coders have coded alike in finished sources; give how much was new."""
    with change(study, "reconcile", "Filled") as changed:
        ids = source_ids(changed.db, list(sources)).values()
        return sum(fill(changed, ids).values())


def place(study: Study, source: str, words: str) -> Span:
    """Where some words stand in a source."""
    text = read_source(study, source).text
    start = text.index(words)
    return Span(start, start + len(words))
