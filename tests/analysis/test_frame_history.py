"""The history of the coding frame: what is told, what is left out, and in which version."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from qualbench.analysis.frame_events import MERGE, SOURCES, SPLIT, STANCE, frame_events
from qualbench.analysis.frame_history import FrameChange, VersionHistory, frame_history, history_as_markdown
from qualbench.codebook.editing import NewCode, add_code, edit_code, set_key
from qualbench.codebook.merging import merge_codes, split_code
from qualbench.codebook.moving import move_code, retire_code, shift_code
from qualbench.codebook.tree import read_codebook
from qualbench.codebook.versions import release
from qualbench.coding.applying import Passage, add_coding, apply_codes
from qualbench.coding.progress import finish
from qualbench.study.database import Study
from qualbench.study.journal import redo, undo
from qualbench.study.settings import set_stance
from qualbench.study.tables import Event, table_of
from tests.builders import place, small_study
from tests.conftest import Demonstration


@pytest.fixture
def small(sqlite_study: Study, tmp_path: Path) -> Study:
    return small_study(sqlite_study, tmp_path / "files")


def told(part: VersionHistory) -> list[tuple[str, str]]:
    return [(event.sentence, event.reason) for event in part.events]


def test_events_and_differences_are_grouped_by_version(study: Study, tmp_path: Path) -> None:
    small_study(study, tmp_path / "files")
    add_coding(study, "P07_b", place(study, "P07_b", "feart of them"), "fear")
    release(study, "First", "AB, CD")
    edit_code(study, "fear", {"label": "Feart"}, reason="Their own word.")
    edit_code(study, "trial", {"definition": "What the trial asks of them."})
    move_code(study, "forms", "trust")
    merge_codes(study, "judged", "fear", "They\nwere one.")
    retire_code(study, "forms", "Hardly used.")
    undo(study)
    release(study.by("CD"), "After the meeting", "CD")
    split_code(study, "fear", ["Fear of loss", "Fear of judgement"], "Two meanings.")

    first, second, since = frame_history(study)
    assert [part.title.split(",")[0] for part in (first, second, since)] == [
        "Version 1",
        "Version 2",
        "Since version 2",
    ]
    assert first.version is not None and first.version.agreed_by == "AB, CD"
    assert told(first) == [
        ("3 sources came in.", ""),
        ("Imported test: 6 codes added, 0 changed.", ""),
    ]
    assert [change.sentence for change in first.changes] == [
        "At the top: 'Trust' and 'The trial'.",
        "Below 'Trust': 'Social work'.",
        "Below 'Social work': 'Fear' and 'Being judged'.",
        "Below 'The trial': 'Forms: long / short'.",
    ]
    assert told(second) == [
        ("Renamed 'Fear' to 'Feart'.", "Their own word."),
        ("Changed definition of 'The trial'.", ""),
        ("Moved 'Forms: long / short' below 'Trust'.", ""),
        ("Merged 'Being judged' into 'Feart'.", "They were one."),
    ]
    assert {change.sentence for change in second.changes} == {
        "Renamed 'Fear' to 'Feart'.",
        "Merged 'Being judged' into 'Feart'; 0 codings concerned.",
        "Moved 'Forms: long / short' from below 'The trial' to below 'Trust'.",
        "Redefined 'The trial': full definition (1 word out, 4 in); 0 codings concerned.",
    }
    assert (since.version, since.before) == (None, 2)
    assert told(since) == [
        ("Began to split 'Feart' into 'Fear of loss' and 'Fear of judgement'.", "Two meanings.")
    ]
    assert since.changes[-1] == FrameChange(
        "split", "Split 'Feart' into 'Fear of loss' and 'Fear of judgement'; 1 coding concerned.", 1
    )
    assert [e.kind for e in frame_events(study) if e.reason] == ["other", MERGE, SPLIT]


def test_codings_are_counted_only_as_far_as_they_may_be_seen(small: Study) -> None:
    other = small.by("CD")
    words = place(small, "P07_b", "feart of them")
    for coder in (small, other):
        add_coding(coder, "P07_b", words, "fear")
    release(small, "First", "AB")
    edit_code(small, "fear", {"definition": "Being afraid."})
    release(small, "Second", "AB")

    def concerned() -> int | None:
        return frame_history(small)[1].changes[0].codings

    assert concerned() == 1
    finish(small, ["P07_b"])
    assert concerned() == 1
    finish(other, ["P07_b"])
    assert concerned() == 2
    add_coding(small, "P07_f", place(small, "P07_f", "forms"), "fear")
    assert concerned() == 2  # made after version 2 was frozen


def test_another_coders_coding_tells_of_the_code_it_made_and_of_nothing_else(small: Study) -> None:
    before = len(frame_events(small))
    passage = Passage("P07_f", place(small, "P07_f", "She had been there herself."))
    apply_codes(small.by("CD"), [passage], ["fear"])
    assert len(frame_events(small)) == before
    apply_codes(small.by("CD"), [passage], [], [NewCode("Been there", "trust")])
    (event,) = frame_events(small)[before:]
    assert (event.coder, event.sentence) == ("CD", "Added 'Been there' while coding.")


def test_letters_and_the_order_of_siblings_are_no_history(small: Study) -> None:
    before = frame_events(small)
    set_key(small, "fear", "f")
    shift_code(small, "fear", 1)
    assert frame_events(small) == before


def test_what_is_told_stands_after_any_run_of_undo_and_redo(small: Study) -> None:
    moves = random.Random(7)
    names: list[str] = ["Fear"]
    ahead: list[str] = []
    for n in range(40):
        kind = moves.choice(["edit", "undo", "undo", "redo"])
        if kind == "edit":
            edit_code(small, "fear", {"label": f"Name {n}"}, reason=f"Reason {n}")
            names.append(f"Name {n}")
            ahead = []
        elif kind == "undo" and len(names) > 1:
            undo(small)
            ahead.append(names.pop())
        elif kind == "redo" and ahead:
            redo(small)
            names.append(ahead.pop())
    assert len(names) > 2
    assert [event.sentence for event in frame_events(small) if "Renamed" in event.sentence] == [
        f"Renamed '{old}' to '{new}'." for old, new in pairwise(names)
    ]
    assert [event.reason for event in frame_events(small) if event.reason] == [
        f"Reason {name.split()[1]}" for name in names[1:]
    ]


def test_an_event_that_was_blanked_is_told_in_the_words_of_the_journal(small: Study) -> None:
    edit_code(small, "fear", {"label": "Feart"})
    event = table_of(Event)
    with small.engine.begin() as connection:
        last = sa.select(sa.func.max(event.c.seq)).scalar_subquery()
        connection.execute(sa.update(event).where(event.c.seq == last).values(payload=None))
    assert frame_events(small)[-1].sentence == "Renamed a code to 'Feart'."


def test_a_change_of_stance_is_part_of_the_history_and_sets_its_wording(small: Study) -> None:
    release(small, "First", "AB")
    set_stance(small, "reflexive", "We changed our minds.")
    since = frame_history(small)[-1]
    assert [(event.kind, event.reason) for event in since.events] == [(STANCE, "We changed our minds.")]
    written = history_as_markdown(frame_history(small))
    assert "Talked over by AB" in written
    assert "agree" not in written.casefold() and "emerg" not in written


def test_sources_brought_in_together_are_one_sentence(demonstration: Demonstration) -> None:
    events = [event for event in frame_events(demonstration.study) if event.kind == SOURCES]
    assert [event.sentence for event in events] == ["15 sources came in.", "1 source came in."]


def test_markdown_shows_marks_as_they_are(small: Study) -> None:
    edit_code(small, "fear", {"label": "<b>*Fear*</b> [of_them] _now_ | `so`"})
    release(small, "# One\n\n- *two*", "AB")
    written = history_as_markdown(frame_history(small))
    assert r"\<b>\*Fear\*\</b> \[of_them\] \_now\_ \| \`so\`" in written
    assert r"Note: # One - \*two\*" in written
    assert [line for line in written.splitlines() if line.startswith("# ")] == [
        "# History of the coding frame"
    ]


def test_a_study_without_codes_has_no_history(sqlite_study: Study) -> None:
    assert frame_history(sqlite_study) == []
    assert "Nothing recorded" in history_as_markdown([])
    add_code(sqlite_study, NewCode("First of all"))
    (part,) = frame_history(sqlite_study)
    assert (part.title, told(part)) == ("Before the first version", [("Added 'First of all'.", "")])
    assert len(read_codebook(sqlite_study)) == 1
