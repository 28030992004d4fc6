"""The passages behind a figure, and NVivo's rows."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualbench.agreement.coefficients import Cells, cohen_kappa
from qualbench.agreement.comparison import agree
from qualbench.agreement.nvivo import NvivoRow, nvivo_rows
from qualbench.agreement.passages import CELLS, PassageBehind, behind
from qualbench.coding.applying import add_coding
from qualbench.coding.progress import finish
from qualbench.errors import BadInput, NotFound
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.tables import Coding, table_of
from qualbench.text.spans import Span
from qualbench.transcripts.sources import read_source, source_ids
from tests.builders import code_as_they_are, place, small_study


@pytest.fixture
def compared(sqlite_study: Study, tmp_path: Path) -> Study:
    """AB and CD differ on P07_b; both have finished it and group, where only CD has coded."""
    study = small_study(sqlite_study, tmp_path / "files")
    other = study.by("CD")
    add_coding(study, "P07_b", place(study, "P07_b", "of mine. I was feart"), "fear")
    add_coding(other, "P07_b", place(study, "P07_b", "feart of them."), "fear")
    add_coding(other, "P07_b", place(study, "P07_b", "me. 🙂 They"), "fear")
    add_coding(other, "group", place(study, "group", "Murder, aye."), "forms")
    for who in (study, other):
        finish(who, ["P07_b", "group"])
    return study


def test_by_sentence(compared: Study) -> None:
    (mine,) = behind(compared, "fear", "a_only", unit="sentence")
    assert (mine.source, mine.words) == ("P07_b", "From a pal of mine.")
    assert mine.span == place(compared, "P07_b", "From a pal of mine.")
    assert mine.a == (place(compared, "P07_b", "of mine. I was feart"),)
    assert mine.b == ()
    assert [one.words for one in behind(compared, "fear", "both", unit="sentence")] == [
        "I was feart of them."
    ]
    assert [one.words for one in behind(compared, "Fear", "b_only", unit="sentence")] == [
        "Naïve, me.",
        "🙂 They judge ye.",
    ]


def test_by_turn_and_by_character(compared: Study) -> None:
    assert [one.words for one in behind(compared, "fear", "both")] == [
        "From a pal of mine. I was feart of them."
    ]
    assert [one.words for one in behind(compared, "fear", "both", unit="character")] == ["feart"]
    assert [one.words for one in behind(compared, "fear", "b_only", unit="character")] == [
        " of them.",
        "me. 🙂 They",
    ]
    assert [one.source for one in behind(compared, "forms", "b_only")] == ["group"]
    assert behind(compared, "forms", "b_only", sources=["P07_b"]) == []
    assert behind(compared, "judged", "both") == []


def test_what_there_is_no_door_to(compared: Study) -> None:
    with pytest.raises(BadInput, match="not a cell"):
        behind(compared, "fear", "neither")
    with pytest.raises(NotFound):
        behind(compared, "no", "both")


places = st.lists(st.tuples(st.integers(0, 95), st.integers(1, 40)), max_size=5)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(a=places, b=places)
def test_there_are_as_many_as_the_figure_says(
    compared: Study, a: list[tuple[int, int]], b: list[tuple[int, int]]
) -> None:
    length = len(read_source(compared, "P07_b").text)
    with change(compared, "clear", "Cleared") as changed:
        (source_id,) = source_ids(changed.db, ["P07_b"]).values()
        table = table_of(Coding)
        rows = changed.db.execute(
            sa.select(table.c.id).where(table.c.source_id == source_id, table.c.code_id == "fear")
        )
        changed.delete(Coding, [{"id": id_} for id_ in rows.scalars().all()])
    for who, of in ((compared, a), (compared.by("CD"), b)):
        spans = {Span(start, min(length, start + size)) for start, size in of if start < length}
        code_as_they_are(who, "P07_b", [(span, "fear") for span in spans])
    for unit in ("turn", "sentence", "character"):
        for counted in ("participants", "everybody"):
            found = agree(compared, unit=unit, counted=counted)
            cells = next((one.cells for one in found.codes if one.code == "fear"), Cells(0, 0, 0, 0))
            for cell in CELLS:
                passages = behind(compared, "fear", cell, unit=unit, counted=counted)
                assert passages == sorted(passages, key=lambda one: (one.source, one.span))
                assert all(_reached(one, cell) for one in passages)
                number = sum(len(one.words) for one in passages) if unit == "character" else len(passages)
                assert number == getattr(cells, cell)


def _reached(one: PassageBehind, cell: str) -> bool:
    return (bool(one.a), bool(one.b)) == {
        "both": (True, True),
        "a_only": (True, False),
        "b_only": (False, True),
    }[cell]


def test_rows_as_nvivo_defines_them(compared: Study) -> None:
    texts = {name: len(read_source(compared, name).text) for name in ("P07_b", "group")}
    rows = {(row.code, row.source): row for row in nvivo_rows(compared)}
    assert set(rows) == {(code, source) for code in ("fear", "forms") for source in texts}
    fear = rows["fear", "P07_b"]
    size = texts["P07_b"]
    a, b, both = len("of mine. I was feart"), len("feart of them.") + len("me. 🙂 They"), len("feart")
    assert fear.cells == Cells(both, a - both, b - both, size - a - b + both)
    assert (fear.size, fear.kappa) == (size, cohen_kappa(fear.cells))
    assert fear.both == pytest.approx(100 * both / size)
    assert fear.agreement == pytest.approx(fear.both + fear.neither)
    assert (
        fear.disagreement == pytest.approx(fear.a_only + fear.b_only) == pytest.approx(100 - fear.agreement)
    )
    nobody = rows["forms", "P07_b"]
    assert (nobody.kappa, nobody.agreement, nobody.neither) == (1.0, 100.0, 100.0)
    assert rows["forms", "group"].kappa == 0.0


def test_the_worked_example_of_nvivo() -> None:
    """NVivo's help: of 1,000 characters 50 coded by both, 150 by one, 800 by neither: 85 % agreement."""
    row = NvivoRow("x", "s", Cells(50, 150, 0, 800))
    assert (row.agreement, row.disagreement) == (85.0, 15.0)
    assert NvivoRow("x", "s", Cells(9, 0, 0, 0)).kappa == 1.0
