"""Agreement as files: every figure as it is computed, numbers as numbers, and nothing that is a formula."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from pathlib import Path

import openpyxl
import pytest

from qualbench.agreement.alpha import alphas
from qualbench.agreement.coefficients import COEFFICIENTS, NO_CELLS, Cells
from qualbench.agreement.comparison import Agreement, CodeAgreement, agree, read_pair
from qualbench.agreement.intervals import TOO_FEW, intervals
from qualbench.agreement.matching import match_segments
from qualbench.agreement.nvivo import nvivo_rows
from qualbench.agreement.unitizing import u_alphas
from qualbench.codebook.tree import Codebook, CodeEntry, read_codebook
from qualbench.exchange.agreement_chart import agreement_as_svg
from qualbench.exchange.agreement_tables import (
    ALL_CODES,
    Table,
    agreement_table,
    alpha_table,
    nvivo_table,
    segment_table,
    table_as_csv,
    unitizing_table,
    write_table_workbook,
)
from tests.conftest import Demonstration

SVG = "{http://www.w3.org/2000/svg}"
BOOK = Codebook(
    [
        CodeEntry("fear", None, "code", "Fear & <trust>"),
        CodeEntry("=cmd", None, "code", "=1+1"),
        CodeEntry("@never", None, "code", "Never coded"),
    ]
)


def small() -> Agreement:
    tables = {
        "fear": {"one": Cells(3, 1, 0, 6), "two": Cells(1, 0, 2, 7)},
        "=cmd": {"one": Cells(0, 2, 0, 8), "two": NO_CELLS},
        "@never": {"one": Cells(0, 0, 0, 10), "two": Cells(0, 0, 0, 10)},
    }
    codes = [CodeAgreement(code, sum(of.values(), NO_CELLS), of) for code, of in tables.items()]
    return Agreement("turn", ("AB", "CD"), ["one", "two"], codes)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_code_has_a_row_and_the_last_one_sums_the_cells() -> None:
    found = small()
    table = agreement_table([(found, intervals(found))], BOOK)
    rows = rows_of(table_as_csv(table))
    assert [(row["both"], row["a_only"], row["b_only"], row["neither"]) for row in rows] == [
        ("4", "1", "2", "13"),
        ("0", "2", "0", "8"),
        ("0", "0", "0", "20"),
        ("4", "3", "2", "41"),
    ]
    for row, cells in zip(rows, [*(one.cells for one in found.codes), found.pooled], strict=True):
        for name, measure in COEFFICIENTS.items():
            value = measure(cells)
            assert row[name] == ("" if value is None else str(round(value, 6)))
    assert rows[2]["why_undefined"].startswith("kappa: Neither coder used the code, so")
    assert "dice, jaccard: Neither coder used the code." in rows[2]["why_undefined"]
    assert rows[3]["label"] == ALL_CODES and rows[3]["why_undefined"] == ""
    assert rows[0]["kappa_low"] == "" and TOO_FEW in table.notes


def test_the_intervals_of_the_demonstration_hold_their_figures(demonstration: Demonstration) -> None:
    found = agree(demonstration.study)
    table = agreement_table([(found, intervals(found, seed=4))], read_codebook(demonstration.study))
    rows = rows_of(table_as_csv(table))
    assert len(rows) == len(found.codes) + 1
    assert all(
        float(row[f"{name}_low"]) <= float(row[name]) <= float(row[f"{name}_high"])
        for row in rows
        for name in ("percent", "kappa", "dice")
    )
    assert any("seed 4" in note for note in table.notes)


def test_the_other_reports_have_what_they_were_computed_to_be(demonstration: Demonstration) -> None:
    study, book = demonstration.study, read_codebook(demonstration.study)
    layers = read_pair(study, unit="character")
    alpha = alphas(layers)
    rows = rows_of(table_as_csv(alpha_table(alpha, book)))
    assert [row["code"] for row in rows] == [*alpha.codes, ""]
    assert float(rows[-1]["alpha"]) == pytest.approx(alpha.pooled.value, abs=1e-6)
    family = u_alphas(layers)
    rows = rows_of(table_as_csv(unitizing_table([(layers.pair, family)], book)))
    assert float(rows[0]["u_alpha"]) == pytest.approx(family.codes[rows[0]["code"]].value, abs=1e-6)
    assert float(rows[-1]["binary_u_alpha"]) == pytest.approx(family.binary.value, abs=1e-6)
    assert rows[-1]["cu_alpha"] == "" and "several codes on the same words" in rows[-1]["why_undefined"]
    found = match_segments(layers, 0.5)
    rows = rows_of(table_as_csv(segment_table([(layers.pair, found)], book)))
    assert [int(rows[-1][name]) for name in ("passages_a", "passages_b", "pairs")] == [
        found.pooled.of_a,
        found.pooled.of_b,
        found.pooled.pairs,
    ]
    nvivo = nvivo_rows(study)
    rows = rows_of(table_as_csv(nvivo_table([(layers.pair, nvivo)], book)))
    assert len(rows) == len(nvivo) == 28 * 15
    for row in rows:
        parts = [float(row[f"{name} (%)"]) for name in ("A and B", "Not A and Not B", "Agreement")]
        assert parts[0] + parts[1] == pytest.approx(parts[2], abs=1e-5)


def test_the_workbook_has_numbers_as_numbers_and_its_header_in_sight(tmp_path: Path) -> None:
    found = small()
    write_table_workbook(agreement_table([(found, intervals(found))], BOOK), tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["Agreement", "Notes"]
    sheet = book["Agreement"]
    assert sheet.freeze_panes == "C2"
    header = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, header["both"]).value == 4
    assert sheet.cell(2, header["kappa"]).value == pytest.approx(COEFFICIENTS["kappa"](found.codes[0].cells))
    assert sheet.cell(2, header["kappa"]).number_format == "0.000"
    assert sheet.cell(4, header["kappa"]).value is None
    widths = [sheet.column_dimensions[letter].width for letter in ("A", "B", "E")]
    assert widths[1] > widths[2] > 5
    assert any("one, two" in str(row[0].value) for row in book["Notes"].iter_rows())


def test_no_name_becomes_a_formula(tmp_path: Path) -> None:
    found = small()
    table = agreement_table([(found, intervals(found))], BOOK)
    lines = table_as_csv(table).splitlines()
    assert lines[2].startswith("'=cmd,'=1+1,") and lines[3].startswith("'@never,")
    write_table_workbook(table, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Agreement"]
    assert [(cell.value, cell.data_type) for cell in (sheet["A3"], sheet["B3"])] == [
        ("=cmd", "s"),
        ("=1+1", "s"),
    ]


def test_two_workbooks_are_the_same_bytes(tmp_path: Path) -> None:
    table = Table("T", ("code", "x"), [("a", 0.5), ("b\x01", None)], ("A note.",))
    for name in ("one.xlsx", "two.xlsx"):
        write_table_workbook(table, tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_the_chart_draws_each_code_to_scale() -> None:
    found = small()
    drawn = ET.fromstring(agreement_as_svg(found, intervals(found), BOOK))
    texts = ["".join(one.itertext()) for one in drawn.iter(f"{SVG}text")]
    assert {"Fear & <trust>", "=1+1", "Never coded", "4 / 1 / 2", "0 / 2 / 0", "0 / 0 / 0"} <= set(texts)
    bars = [
        (one.get("fill"), float(one.get("width", "0")))
        for one in drawn.findall(f"{SVG}rect")
        if one.get("height") == "12" and one.get("width") != "24.0"
    ]
    fear = dict(bars[:3])
    assert fear["#444444"] == pytest.approx(4 * fear["url(#a)"], rel=0.01)
    assert fear["url(#b)"] == pytest.approx(2 * fear["url(#a)"], rel=0.01)
    assert len(bars) == 3 + 1 + 0 + 3
    # kappa: defined of two codes and the sum; Dice: the same; and one of each in the heading
    assert len(drawn.findall(f"{SVG}circle")) == len(drawn.findall(f"{SVG}path")) == 4
    assert any("at least 5 sources" in text for text in texts)


def test_the_axis_reaches_below_zero_where_a_figure_does() -> None:
    apart = CodeAgreement("fear", Cells(0, 5, 5, 0), {"one": Cells(0, 5, 5, 0)})
    found = Agreement("turn", ("AB", "CD"), ["one"], [apart])
    drawn = ET.fromstring(agreement_as_svg(found, intervals(found), BOOK))
    texts = ["".join(one.itertext()) for one in drawn.iter(f"{SVG}text")]
    assert "-1" in texts and "0" in texts and "1" in texts
    width = float(drawn.get("width", "0"))
    assert all(
        0 < float(dot.get("cx", "-1")) < width for dot in drawn.iter(f"{SVG}circle") if dot.get("r") != "0.9"
    )
