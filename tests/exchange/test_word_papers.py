"""Tables for papers: the theme table, the codebook appendix, matrices and quotes as documents."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.table import Table

from qualbench.analysis.codebook_appendix import codebook_appendix
from qualbench.analysis.matrix import Matrix, build_matrix
from qualbench.analysis.matrix_model import NOT_ASKED
from qualbench.analysis.matrix_words import readable
from qualbench.analysis.quotes import QuoteFilter, find_quotes, list_quotes
from qualbench.analysis.quotes_passages import as_passages
from qualbench.analysis.theme_table import theme_table
from qualbench.codebook.tree import CodeEntry, read_codebook
from qualbench.coding.applying import add_coding, set_exemplar
from qualbench.coding.codings import list_codings
from qualbench.coding.memos import add_memo, on_code
from qualbench.exchange.matrix_sheet import write_readable_matrix
from qualbench.exchange.word import write_themes
from qualbench.exchange.word_codebook import write_codebook_appendix
from qualbench.exchange.word_matrix import write_matrix_document
from qualbench.exchange.word_quotes import write_quotes_document
from qualbench.study.database import Study
from tests.builders import place, plant_entry, small_study
from tests.conftest import Demonstration


@pytest.fixture
def small(sqlite_study: Study, tmp_path: Path) -> Study:
    study = small_study(sqlite_study, tmp_path / "files")
    add_coding(study, "P07_f", place(study, "P07_f", "The forms were long."), "forms")
    add_coding(study, "group", place(study, "group", "The forms were murder."), "forms")
    add_coding(study, "P07_b", place(study, "P07_b", "They judge ye."), "judged")
    return study


def read(path: Path) -> Document:
    return docx.Document(str(path))


def rows_of(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def repeated(table: Table) -> int:
    return sum(bool(row._tr.xpath("w:trPr/w:tblHeader")) for row in table.rows)


def vertical_rules(table: Table) -> list[str]:
    return [edge for edge in ("left", "right", "insideV") if table._tbl.xpath(f".//w:{edge}[@w:sz]")]


def test_the_theme_table_counts_nothing_unless_it_is_asked_to(small: Study, tmp_path: Path) -> None:
    table = theme_table(small, "AB")
    write_themes(table, tmp_path / "themes.docx")
    (word,) = read(tmp_path / "themes.docx").tables
    assert rows_of(word) == [
        ["Theme", "Sub-theme", "What it is about", "Quotes"],
        ["Trust", "Social work", "", "“They judge ye.” [Participant]"],
        [
            "The trial",
            "Forms: long / short",
            "",
            "“The forms were murder.” [Participant]\n“The forms were long.” [Participant]",
        ],
    ]
    assert (repeated(word), vertical_rules(word)) == (1, [])
    write_themes(table, tmp_path / "themes.docx", participants=True)
    (word,) = read(tmp_path / "themes.docx").tables
    assert [row[-1] for row in rows_of(word)] == ["Participants (n of N)", "1 of 3", "1 of 3"]


def test_the_page_of_the_theme_table_lies_as_it_is_told(small: Study, tmp_path: Path) -> None:
    for landscape, way in ((True, WD_ORIENT.LANDSCAPE), (False, WD_ORIENT.PORTRAIT)):
        write_themes(theme_table(small, "AB"), tmp_path / "themes.docx", landscape=landscape)
        section = read(tmp_path / "themes.docx").sections[0]
        assert section.orientation == way
        (word,) = read(tmp_path / "themes.docx").tables
        room = section.page_width - section.left_margin - section.right_margin
        assert sum(column.width for column in word.columns) <= room


def test_the_summary_is_the_definition_the_central_concept_or_the_newest_memo(small: Study) -> None:
    add_memo(small, "An older thought.", on_code("forms"))
    add_memo(small, "Forms weigh.", on_code("forms"))
    about = [row.summary for row in theme_table(small, "AB", summary="memo").rows]
    assert about == ["", "Forms weigh."]
    assert [row.summary for row in theme_table(small, "AB").rows] == ["", ""]


def test_exemplars_stand_first_in_the_theme_table(small: Study) -> None:
    def first() -> str:
        return theme_table(small, "AB", quotes=1).rows[1].quotes[0].text

    assert first() == "The forms were murder."
    set_exemplar(small, list_codings(small, source="P07_f")[0].id, True)
    assert first() == "The forms were long."


def test_no_few_people_carry_the_theme_table(demonstration: Demonstration) -> None:
    table = theme_table(demonstration.study)
    assert table.quoted.total() == 20
    assert max(table.quoted.values()) <= 2
    assert len(table.quoted) >= 14
    printed = [passage.text for row in table.rows for passage in row.quotes]
    assert len(set(printed)) == len(printed)


def test_a_theme_without_anything_below_it_is_its_own_row(small: Study, tmp_path: Path) -> None:
    plant_entry(small, CodeEntry("alone", None, "theme", "Alone", definition="By itself."))
    write_themes(theme_table(small, "AB"), tmp_path / "t.docx")
    assert rows_of(read(tmp_path / "t.docx").tables[0])[-1] == [
        "Alone",
        "",
        "By itself.",
        "Nothing is coded yet.",
    ]


def test_the_codebook_appendix_has_every_entry_with_an_example(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    appendix = codebook_appendix(demonstration.study)
    write_codebook_appendix(appendix, tmp_path / "codebook.docx")
    document = read(tmp_path / "codebook.docx")
    (word,) = document.tables
    rows = rows_of(word)
    assert rows[0] == ["Code", "Definition", "When to use it, and when not", "Example"]
    entries = [entry for _, entry in read_codebook(demonstration.study).walk()]
    assert [row[0] for row in rows[1:]] == [entry.label for entry in entries]
    assert all(row[1].startswith(entry.definition) for row, entry in zip(rows[1:], entries, strict=True))
    assert document.paragraphs[0].text.startswith("Codebook, version 2 (")
    said = {" ".join(quote.text.split()) for quote in list_quotes(demonstration.study)}
    coded = {quote.code for quote in list_quotes(demonstration.study)}
    for row, entry in zip(rows[1:], entries, strict=True):
        if entry.id in coded:
            words = row[3].partition("” [")[0].strip("“").removesuffix(" [...]")
            assert any(words in quote for quote in said)
        elif entry.typical_example:
            assert row[3] == f"In the team's words: {entry.typical_example}"
    write_codebook_appendix(appendix, tmp_path / "codebook.docx", participants=True)
    counted = [row[4] for row in rows_of(read(tmp_path / "codebook.docx").tables[0])[1:]]
    assert all(cell.endswith(" of 22") for cell in counted)


@pytest.fixture
def matrix(demonstration: Demonstration) -> Matrix:
    built = build_matrix(
        demonstration.study,
        "tree",
        ("stakeholder", "timepoint"),
        cells="participants",
        totals=True,
        all_columns=True,
    )
    states = [list(line) for line in built.states]
    states[0][0] = NOT_ASKED
    return replace(built, states=states)


def test_a_wide_matrix_goes_on_in_further_tables_with_all_its_names(matrix: Matrix, tmp_path: Path) -> None:
    words = readable(matrix, totals=True)
    write_matrix_document(words, tmp_path / "m.docx", heat=True)
    document = read(tmp_path / "m.docx")
    assert document.sections[0].orientation == WD_ORIENT.LANDSCAPE
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert captions == [words.title, f"{words.title}, continued (2 of 2)"]
    cells: list[list[str]] = [[] for _ in words.rows]
    sizes: list[str] = []
    for table in document.tables:
        rows = rows_of(table)
        assert repeated(table) == 3
        assert [row[0] for row in rows[3:]] == words.rows
        sizes += rows[2][1:]
        for line, row in zip(cells, rows[3:], strict=True):
            line += row[1:]
    assert cells == [[cell.text for cell in line] for line in words.cells]
    assert sizes == words.sizes
    assert cells[0][0] == "–" and "not collected" in cells[0]
    notes = [p.text for p in document.paragraphs if p.style.name == "Table note"]
    assert notes == [words.counted, *words.notes]


def test_a_narrow_matrix_stands_upright_and_can_be_turned(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    built = build_matrix(demonstration.study, "themes", ("timepoint",))
    write_matrix_document(readable(built), tmp_path / "m.docx")
    assert read(tmp_path / "m.docx").sections[0].orientation == WD_ORIENT.PORTRAIT
    write_matrix_document(readable(built, turned=True), tmp_path / "m.docx")
    rows = rows_of(read(tmp_path / "m.docx").tables[0])
    assert rows[0][1:] == built.rows
    assert [row[0] for row in rows[1:]] == [
        f"{name} (n = {size.participants})" for (name,), size in zip(built.columns, built.sizes, strict=True)
    ]


def test_the_readable_workbook_holds_the_numbers_and_says_what_they_are(
    matrix: Matrix, tmp_path: Path
) -> None:
    words = readable(matrix, totals=True)
    write_readable_matrix(words, tmp_path / "m.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "m.xlsx").active
    assert sheet is not None
    assert (sheet["A1"].value, sheet["A2"].value) == (words.title, words.counted)
    top = next(n for n in range(1, 20) if sheet.cell(n, 1).value == "Entry") + 1
    assert sheet.freeze_panes == f"B{top}"
    assert [sheet.cell(top - 1, m + 2).value for m in range(len(words.sizes))] == words.sizes
    for n, line in enumerate(words.cells):
        assert sheet.cell(top + n, 1).value == words.rows[n]
        for m, cell in enumerate(line):
            at = sheet.cell(top + n, m + 2)
            assert at.value == (cell.text if cell.number is None else cell.number)
            assert (at.fill.fill_type == "solid") == (cell.step > 0)
    assert sheet.page_setup.orientation == "landscape"


FORMULA = '=HYPERLINK("http://example.org","x")'


def test_what_looks_like_a_formula_is_text(matrix: Matrix, tmp_path: Path) -> None:
    odd = replace(matrix, rows=[FORMULA, "#N/A", "+1", *matrix.rows[3:]])
    write_readable_matrix(readable(odd), tmp_path / "m.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "m.xlsx").active
    assert sheet is not None
    found = [(cell.value, cell.data_type) for (cell,) in sheet.iter_rows(max_col=1)]
    assert {(FORMULA, "s"), ("#N/A", "s"), ("+1", "s")} <= set(found)


def test_talk_around_a_quote_is_marked(small: Study, tmp_path: Path) -> None:
    quotes = find_quotes(small, QuoteFilter("judged", layer="AB")).quotes
    write_quotes_document(
        as_passages(small, quotes, context=1), tmp_path / "q.docx", {"judged": "Being judged"}, where=True
    )
    assert [p.text for p in read(tmp_path / "q.docx").paragraphs] == [
        "Quotes",
        "Before, Interviewer: Why?",
        "Before, Participant: Naïve, me. 🙂",
        "“They judge ye.” [Participant]",
        f"Codes: Being judged (P07_b {quotes[0].start})",
    ]


def documents(study: Study, matrix: Matrix) -> dict[str, Callable[[Path], None]]:
    words, passages = readable(matrix), as_passages(study, list_quotes(study)[:20], context=1)
    return {
        "themes.docx": lambda path: write_themes(theme_table(study), path, participants=True),
        "codebook.docx": lambda path: write_codebook_appendix(codebook_appendix(study), path),
        "matrix.docx": lambda path: write_matrix_document(words, path, heat=True),
        "matrix.xlsx": lambda path: write_readable_matrix(words, path),
        "quotes.docx": lambda path: write_quotes_document(passages, path, {}),
    }


def test_two_exports_are_the_same_bytes_and_carry_no_time(
    demonstration: Demonstration, matrix: Matrix, tmp_path: Path
) -> None:
    for name, make in documents(demonstration.study, matrix).items():
        make(tmp_path / name)
        first = (tmp_path / name).read_bytes()
        make(tmp_path / name)
        assert (tmp_path / name).read_bytes() == first, name
        with zipfile.ZipFile(tmp_path / name) as archive:
            assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert b"2000-01-01T00:00:00Z" in archive.read("docProps/core.xml")


ORDERS = {  # ECMA-376, 17.4.59 and 17.4.69
    "tblPr": "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "tcPr": "tcW gridSpan vMerge tcBorders shd noWrap tcMar vAlign",
}


def test_tables_are_in_the_order_of_the_schema(
    demonstration: Demonstration, matrix: Matrix, tmp_path: Path
) -> None:
    """Word is strict about the order of properties where other programs are not."""
    for name, make in documents(demonstration.study, matrix).items():
        make(tmp_path / name)
        for table in read(tmp_path / name).tables if name.endswith(".docx") else ():
            for tag, names in ORDERS.items():
                order = names.split()
                for properties in table._tbl.iter(qn(f"w:{tag}")):
                    places = [order.index(one.tag.rpartition("}")[2]) for one in properties]
                    assert places == sorted(set(places)), (name, tag)
