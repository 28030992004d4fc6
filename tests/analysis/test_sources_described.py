"""Sources in figures, few people told together; items 10 to 23 of COREQ."""

from __future__ import annotations

from pathlib import Path

import docx
from hypothesis import given
from hypothesis import strategies as st

from qualbench.analysis.reporting import NOTHING, checklists
from qualbench.analysis.sources_described import Told, describe_sources, described, described_rows, pooled
from qualbench.evaluation.plan import PlannedRow
from qualbench.evaluation.plan_changes import add_row
from qualbench.exchange.sources_table import write_sources_document
from qualbench.study.database import Study
from qualbench.transcripts.importing import import_files
from tests.builders import small_study

VTT = """WEBVTT

00:00:00.000 --> 00:00:30.000
<v I>How was it?</v>

00:00:30.000 --> 00:06:00.000
<v P08>It was fine, all told.</v>
"""


def cells() -> st.SearchStrategy[dict[tuple[str, ...], list[Told]]]:
    values = st.tuples(*(st.sampled_from(["a", "b"]) for _ in range(4)))
    people = st.frozensets(st.sampled_from([f"P{n}" for n in range(12)]), min_size=1, max_size=5)
    told = st.lists(
        st.builds(Told, st.sampled_from(["s", "t", "u"]), people, st.integers(0, 99), st.none()),
        min_size=1,
        max_size=2,
    )
    return st.dictionaries(values, told, max_size=8).map(lambda found: dict(sorted(found.items())))


def people_of(told: list[Told]) -> set[str]:
    return {who for one in told for who in one.people}


@given(cells(), st.integers(0, 5))
def test_no_row_is_of_fewer_people_than_the_study_tells_apart(
    found: dict[tuple[str, ...], list[Told]], smallest: int
) -> None:
    together = pooled(found, smallest)
    assert all(len(people_of(told)) >= smallest for told in together.values())
    everybody = set().union(*(people_of(told) for told in found.values()))
    if len(everybody) >= smallest:
        assert set().union(*(people_of(told) for told in together.values())) == everybody
    if smallest <= 1:
        assert together == found


def test_sources_are_counted_by_who_speaks_where_when_and_how(study: Study, tmp_path: Path) -> None:
    small_study(study, tmp_path / "files")
    (tmp_path / "P08.vtt").write_text(VTT)
    assert not import_files(study, [tmp_path / "P08.vtt"]).faults
    whole = describe_sources(study, whole=True)
    assert described_rows(whole) == [
        ["Parent", "Glasgow", "Baseline", "(not stated)", 1, 1, "16", ""],
        ["Parent", "Glasgow", "Follow-up", "(not stated)", 1, 2, "8", ""],
        ["Parent", "Bromley", "Follow-up", "(not stated)", 1, 1, "2", ""],
        ["Parent", "Bromley", "(not stated)", "(not stated)", 1, 1, "5", "6"],
        ["Family engagement worker", "Glasgow", "Follow-up", "(not stated)", 1, 1, "7", ""],
        ["any", "any", "any", "any", 3, 4, "12", "6"],
    ]
    told = describe_sources(study)
    assert described_rows(told) == [["any", "any", "any", "any", 3, 4, "12", "6"]] * 2
    assert "1 of 4 sources have times" in told.notes[0]
    write_sources_document(told, tmp_path / "s.docx")
    (table,) = docx.Document(str(tmp_path / "s.docx")).tables
    assert len(table.rows) == 3


def test_nothing_is_described_where_there_is_nothing() -> None:
    assert described({}, 3).rows == ()


def test_coreq_is_filled_from_sampling_and_collecting(study: Study, tmp_path: Path) -> None:
    coreq, _ = checklists(study)
    assert [line.number for line in coreq.lines] == [10, 11, 12, 13, *range(16, 32)]
    assert all(line.evidence == (NOTHING,) for line in coreq.lines if line.number < 24)
    small_study(study, tmp_path / "files")
    add_row(study, PlannedRow("Parent", "Baseline", None, "interview", 2, 3))
    coreq, _ = checklists(study)
    said = {line.number: line.evidence[0] for line in coreq.lines}
    assert said[10] == "The sampling plan has 1 row: group, timepoint, site, kind of source."
    assert said[12] == "3 participants in 3 sources: 1 focus group and 2 interview."
    assert said[16] == "Participants by group and site: any 3."
    assert said[18] == "1 of 3 participants speak in more than one source."
    assert said[11] == said[17] == said[23] == NOTHING
