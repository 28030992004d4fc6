"""Decisions from a table: every row for itself, twice as good as once, nothing kept of a trial."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

from qualbench.agreement.deciding import decide
from qualbench.agreement.decision_files import import_decisions
from qualbench.agreement.finishing import finish
from qualbench.agreement.items import Item
from qualbench.agreement.queue import find_item, read_queue
from qualbench.errors import BadInput, Refused
from qualbench.study.database import Study
from qualbench.study.journal import newest_event, read_log, undo
from qualbench.study.settings import add_coder
from tests.agreement.pairs import JUDGE, LESS, WIDE, agreed, coded, item_of, make_apart, seal_all
from tests.builders import place

Row = Mapping[str, object]


@pytest.fixture
def apart(study: Study, tmp_path: Path) -> Study:
    return make_apart(study, tmp_path / "files")


@pytest.fixture
def quick(sqlite_study: Study, tmp_path: Path) -> Study:
    return make_apart(sqlite_study, tmp_path / "files")


def row_of(item: Item, outcome: str, **more: object) -> dict[str, object]:
    return {
        "source": item.source,
        "start": item.span.start,
        "end": item.span.end,
        "code_a": item.key.code_a or "",
        "code_b": item.key.code_b or "",
        "outcome": outcome,
        **more,
    }


def written(path: Path, rows: Sequence[Row]) -> Path:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_twice_is_the_same_as_once(apart: Study, tmp_path: Path) -> None:
    words = place(apart, "P07_b", "judge")
    file = written(
        tmp_path / "sheet.csv",
        [
            row_of(item_of(apart, "fear"), "Keep A", reason="The whole thought."),
            row_of(item_of(apart, "judged"), "redraw", redrawn_start=words.start, redrawn_end=words.end),
            row_of(item_of(apart, "trust"), "other code", other_code="Being judged"),
        ],
    )
    once = import_decisions(apart, file)
    assert (once.decided, once.already, once.skipped, once.faults) == (3, 0, 0, [])
    after = agreed(apart)
    assert set(after) > {
        ("P07_b", "fear", WIDE),
        ("P07_b", "judged", "judge"),
        ("P07_f", "judged", "That helped."),
    }
    event = newest_event(apart)
    twice = import_decisions(apart.by("CD"), file)
    assert (twice.decided, twice.already, twice.faults) == (0, 3, [])
    assert (agreed(apart), newest_event(apart)) == (after, event)
    undo(apart)
    assert all(item.is_open for item in read_queue(apart).items)


def test_a_trial_tells_the_same_and_keeps_nothing(apart: Study, tmp_path: Path) -> None:
    fear = item_of(apart, "fear")
    file = written(
        tmp_path / "sheet.csv",
        [row_of(fear, "keep A"), row_of(fear, "keep B"), row_of(item_of(apart, "trust"), "")],
    )
    event = newest_event(apart)
    tried = import_decisions(apart, file, dry_run=True)
    assert (newest_event(apart), item_of(apart, "fear").is_open) == (event, True)
    done = import_decisions(apart, file)
    assert (tried.decided, tried.skipped, len(tried.faults)) == (1, 1, 1)
    assert tried.faults[0].message == done.faults[0].message
    assert "row 3" in done.faults[0].message and "decided already: keep A" in done.faults[0].message
    assert read_log(apart)[-1].summary == "Decided from a table in P07_b"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"outcome": "perhaps"}, "'perhaps' is not an outcome"),
        ({"source": "P99"}, "'P99' is not a source in which"),
        ({"source": "group"}, "'group' is not a source in which"),
        ({"start": "12a"}, "must be whole numbers"),
        ({"end": "9999"}, "no such difference"),
        ({"code_b": "judged"}, "no such difference"),
        ({"outcome": "redraw"}, "needs the new words"),
        ({"outcome": "redraw", "redrawn_end": "60"}, "must be whole numbers"),
        ({"outcome": "redraw", "redrawn_start": "0", "redrawn_end": "99999"}, "outside the text"),
        ({"outcome": "other code", "other_code": "nope"}, "no code 'nope'"),
        ({"outcome": "keep A", "other_code": "trust"}, "takes no code"),
        ({"id": "abcdefabcdef"}, "id is that of another difference"),
        ({"coder_a": "CD", "coder_b": "AB"}, "are not A and B"),
        ({"coder_a": "", "coder_b": ""}, "coders are not named"),
        ({"coder_a": "AB", "coder_b": "XY"}, "no coder 'XY'"),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_with_its_number(
    quick: Study, tmp_path: Path, changed: Row, said: str
) -> None:
    two = {"coder_a": "AB", "coder_b": "CD"}
    good = row_of(item_of(quick, "trust"), "keep B") | two
    file = written(
        tmp_path / "sheet.csv", [row_of(item_of(quick, "fear"), "keep A") | two | dict(changed), good]
    )
    report = import_decisions(quick, file)
    (fault,) = report.faults
    assert fault.message.startswith("sheet.csv, row 2: ") and said in fault.message
    assert fault.hint
    assert report.decided == 1
    assert ("P07_f", "trust", "That helped.") in agreed(quick)
    assert item_of(quick, "fear").is_open


def test_a_table_with_other_columns_is_refused_as_a_whole(quick: Study, tmp_path: Path) -> None:
    file = tmp_path / "codings.csv"
    file.write_text("source,start,end,code,quote\nP07_b,1,2,fear,x\n")
    with pytest.raises(BadInput, match="no column 'code_a'"):
        import_decisions(quick, file)
    with pytest.raises(BadInput, match="cannot be opened"):
        import_decisions(quick, tmp_path / "nothing.csv")
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(BadInput, match="not a workbook"):
        import_decisions(quick, tmp_path / "bad.xlsx")


def test_a_workbook_whose_cells_are_numbers(quick: Study, tmp_path: Path) -> None:
    item = item_of(quick, "fear")
    row = row_of(item, "keep B", reason="=2+2", id=item.id)
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in (list(row), list(row.values())):
        book.active.append(line)
    book.active.cell(2, list(row).index("reason") + 1).data_type = "s"
    book.save(tmp_path / "sheet.xlsx")
    assert import_decisions(quick, tmp_path / "sheet.xlsx").decided == 1
    decision = find_item(quick, item.id).decision
    assert decision is not None and decision.reason == "=2+2"


def test_a_reason_that_was_kept_from_being_a_formula_is_what_it_was(quick: Study, tmp_path: Path) -> None:
    item = item_of(quick, "fear")
    file = written(tmp_path / "sheet.csv", [row_of(item, "keep B", reason="'-1 for the edges")])
    import_decisions(quick, file)
    decision = find_item(quick, item.id).decision
    assert decision is not None and decision.reason == "-1 for the edges"


def test_a_sealed_name_in_a_reason_leaves_the_row_out(quick: Study, tmp_path: Path) -> None:
    seal_all(quick, ("P07_b", "Naïve"))
    file = written(
        tmp_path / "sheet.csv", [row_of(item_of(quick, "fear"), "keep A", reason="As Naïve put it")]
    )
    (fault,) = import_decisions(quick, file).faults
    assert "hold the name" in fault.message and "Naïve" not in fault.message


def test_rows_of_several_pairs_name_their_coders(quick: Study, tmp_path: Path) -> None:
    add_coder(quick, "EF")
    coded(quick, "EF", "P07_b", LESS, "judged")
    finish(quick.by("EF"), ["P07_b"])
    (one,) = [i for i in read_queue(quick, ("AB", "EF")).items if i.words == JUDGE]
    (other,) = [i for i in read_queue(quick, ("AB", "CD")).items if i.words == JUDGE]
    rows = [
        row_of(item, "keep A", coder_a=item.key.coders[0], coder_b=item.key.coders[1])
        for item in (one, other)
    ]
    assert import_decisions(quick, written(tmp_path / "sheet.csv", rows)).decided == 2
    bare = written(tmp_path / "bare.csv", [row_of(one, "keep A")])
    with pytest.raises(Refused, match="AB, CD, EF"):
        import_decisions(quick, bare)
    assert import_decisions(quick, bare, ("EF", "AB")).already == 1
    report = import_decisions(quick, tmp_path / "sheet.csv", ("CD", "AB"))
    assert (report.already, [fault.message for fault in report.faults]) == (
        1,
        ["sheet.csv, row 2: It is of 'AB' and 'EF'."],
    )


def test_one_coder_alone_has_nothing_to_decide(sqlite_study: Study, tmp_path: Path) -> None:
    from tests.builders import small_study

    small_study(sqlite_study, tmp_path / "files")
    file = tmp_path / "sheet.csv"
    file.write_text("source,start,end,code_a,code_b,outcome\nP07_b,1,2,fear,,keep A\n")
    with pytest.raises(Refused, match="finished sources so far: nobody"):
        import_decisions(sqlite_study, file)


def test_what_was_decided_otherwise_meanwhile_is_told(quick: Study, tmp_path: Path) -> None:
    item = item_of(quick, "fear")
    file = written(tmp_path / "sheet.csv", [row_of(item, "keep A")])
    decide(quick.by("CD"), item.key, "keep B")
    (fault,) = import_decisions(quick, file).faults
    assert "decided already: keep B, by CD. Yours is not written: keep A" in fault.message
