"""Checklists for a report: figures are computed, nothing is judged, what is not known is said to be so."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench import __version__
from qualbench.analysis.reporting import NOTHING, Checklist, checklist_as_markdown, checklists
from qualbench.codebook.editing import edit_code
from qualbench.codebook.merging import merge_codes
from qualbench.codebook.versions import release
from qualbench.coding.applying import add_coding, set_exemplar, set_meaning
from qualbench.coding.memos import add_memo, on_code
from qualbench.coding.progress import finish
from qualbench.study.database import Study
from qualbench.study.settings import set_stance
from qualbench.text.words import count_words
from qualbench.transcripts.participants import list_participants
from qualbench.transcripts.sources import list_sources, mark_checked
from tests.builders import place, small_study
from tests.conftest import Demonstration


@pytest.fixture
def small(sqlite_study: Study, tmp_path: Path) -> Study:
    return small_study(sqlite_study, tmp_path / "files")


def code(study: Study, source: str, words: str, code_id: str) -> str:
    return add_coding(study, source, place(study, source, words), code_id)


def shown(checklist: Checklist) -> dict[int, tuple[str, ...]]:
    return {line.number: line.evidence for line in checklist.lines}


def test_both_checklists_have_all_their_lines(study: Study) -> None:
    coreq, points = checklists(study)
    assert [line.number for line in coreq.lines] == [*range(10, 14), *range(16, 32)]
    assert [line.number for line in points.lines] == list(range(1, 16))
    unknown = {n for n, evidence in shown(coreq).items() if evidence == (NOTHING,)}
    assert unknown == {10, 11, 12, 13, *range(16, 27), *range(28, 32)}
    assert {n for n, evidence in shown(points).items() if evidence != (NOTHING,)} == {12, 14}


def test_the_figures_are_those_of_the_study(small: Study) -> None:
    other = small.by("CD")
    code(small, "P07_b", "I was feart of them.", "fear")
    code(small, "group", "The forms were murder.\n\nP08: Murder, aye.", "forms")
    held = code(small, "P07_f", "The forms were long.", "forms")
    code(small, "P07_b", "They judge ye.", "judged")
    set_exemplar(small, held, True)
    set_meaning(small, held, "latent")
    code(other, "P07_b", "feart", "fear")
    for coder in (small, other):
        finish(coder, ["P07_b"])
    finish(small, ["group"])
    mark_checked(small, ["P07_b"])
    merge_codes(small, "judged", "fear", "One.")
    edit_code(small, "trust", {"central_concept": "Trust is earned."})
    add_memo(small, "Forms everywhere one looks.", on_code("trial"))
    release(small, "First", "AB, CD")

    coreq, points = map(shown, checklists(small))
    assert coreq[24][0] == "2 coders finished sources: of 3 sources AB 2 and CD 1."
    assert coreq[24][1].startswith("1 source coded by more than one")
    assert coreq[25][0] == "2 themes and 1 sub-theme, 2 codes in use; 1 of 5 entries with a definition."
    assert coreq[25][1].startswith("1 version released, the last on ")
    assert coreq[26][1:] == (
        "Of 5 entries, 0 come from theory, 0 from the data; not recorded of 5.",
        "1 merge and 0 splits of codes, 1 of them with a reason on record.",
    )
    assert coreq[27] == (f"qualbench {__version__}.",)
    assert coreq[28] == (NOTHING,)
    assert coreq[29] == (
        "1 passage marked as exemplars in the layer of AB, of 1 of 3 participants.",
        "1 of 3 themes and sub-themes have one.",
    )
    spread = (
        "Counted in the layer of AB, sub-themes and codes with their theme:",
        "'Trust': 1 of 3 participants, 1 of 3 sources; at most 100% of its passages are of one participant.",
        "'The trial': 2 of 3 participants, 2 of 3 sources; "
        "at most 100% of its passages are of one participant.",
    )
    assert coreq[30] == spread
    assert points[1] == ("1 of 3 sources checked against the recording.",)
    assert points[2][0] == "3 of 3 sources coded in the layer of AB."
    assert points[3] == spread
    assert points[4] == ("Passages of a theme in the layer of AB: 2 to 2.",)
    assert points[5] == coreq[26][2:]
    assert points[6] == (
        "1 of 3 themes and sub-themes have a definition.",
        "1 have a central organising concept.",
        "0 of 2 codes say when not to use them.",
    )
    assert points[7] == ("1 passage marked as latent, 0 as semantic.", "1 memo on codes and themes.")
    written = count_words("What it asks. Trust is earned. Forms everywhere one looks.")
    assert points[10] == (
        f"4 words in passages marked as exemplars, {written} written on themes (definitions, central "
        f"concepts, memos): 1 to {written / 4:.1f}. The report itself is not in the study.",
    )
    assert [points[n] for n in (8, 9, 15)] == [coreq[29], (NOTHING,), (NOTHING,)]


def test_another_coders_work_counts_only_once_it_may_be_seen(study: Study, tmp_path: Path) -> None:
    small_study(study, tmp_path / "files")
    code(study, "P07_b", "feart", "fear")
    before = checklists(study)
    other = study.by("CD")
    set_exemplar(other, code(other, "P07_f", "The forms were long.", "forms"), True)
    add_memo(other, "Mine alone.")
    after = checklists(study)
    points = [shown(two[1]) for two in (before, after)]
    assert shown(before[0]) == shown(after[0])
    # a memo on the study is everybody's; all else stays as it was
    assert {n for n in points[0] if points[0][n] != points[1][n]} == {12}
    assert shown(checklists(other)[0])[29][0].startswith("1 passage marked as exemplars in the layer of CD")


def test_no_participant_and_no_source_is_named(demonstration: Demonstration) -> None:
    written = "".join(map(checklist_as_markdown, checklists(demonstration.study)))
    assert "22 participants" in written
    names = [p.id for p in list_participants(demonstration.study)]
    names += [source.name for source in list_sources(demonstration.study)]
    assert not [name for name in names if name in written]


def test_a_checklist_is_a_table_with_its_last_column_empty(demonstration: Demonstration) -> None:
    for checklist in checklists(demonstration.study):
        rows = [row for row in checklist_as_markdown(checklist).splitlines() if row.startswith("|")]
        assert len(rows) == len(checklist.lines) + 2
        assert checklist.left_to_people in rows[0]
        assert all(row.endswith("|  |") for row in rows[2:])


def test_the_reflexive_checklist_speaks_of_differences(small: Study) -> None:
    set_stance(small, "reflexive")
    code(small, "P07_b", "feart", "fear")
    release(small, "First", "AB, CD")
    written = "".join(map(checklist_as_markdown, checklists(small)))
    assert "talked over by AB, CD" in written
    for word in ("agree", "emerg", "reliab", "kappa"):
        assert word not in written.casefold()
