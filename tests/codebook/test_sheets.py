"""Codebooks as sheets that people fill in: CSV and Excel, in and out."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualbench.codebook.drafts import BookFile, one_line
from qualbench.codebook.files import find_codebook, read_book, write_book
from qualbench.codebook.sheet_writing import write_csv, write_workbook
from qualbench.codebook.sheets import COLUMNS, guarded, joined, parted, read_sheet, unguarded
from qualbench.codebook.tree import CodeEntry
from qualbench.errors import BadInput
from tests.codebook.books import books

BOOK = BookFile(
    "book",
    [
        CodeEntry("trust", None, "theme", "Trust", tags=("tfa:burden", "npt:coherence"), colour="#D55E00"),
        CodeEntry("fear", "trust", "code", "=Fear", definition="-1 + @x", key="f", status="candidate"),
    ],
)


def sheet(folder: Path, text: str, encoding: str = "utf-8") -> BookFile:
    (folder / "book.csv").write_text(text, encoding)
    return read_sheet(folder / "book.csv")


def workbook(folder: Path, *rows: list[Any], merge: str | None = None) -> Path:
    book = openpyxl.Workbook()
    page: Any = book.active
    for row in rows:
        page.append(row)
    if merge:
        page.merge_cells(merge)
    book.save(folder / "book.xlsx")
    return folder / "book.xlsx"


@settings(max_examples=60, deadline=None)
@given(books)
def test_what_is_written_reads_as_the_same_book(
    tmp_path_factory: pytest.TempPathFactory, book: BookFile
) -> None:
    folder = tmp_path_factory.getbasetemp()
    for name, write in (("same.csv", write_csv), ("same.xlsx", write_workbook)):
        (folder / name).write_bytes(write(book))
        read = read_book(folder / name)
        assert read.entries == book.entries
        assert set(read.given[book.entries[0].id]) >= {"definition", "tags"}


def test_the_shipped_codebook_goes_through_a_sheet(tmp_path: Path) -> None:
    book = read_book(find_codebook("ips_process_evaluation"))
    for name in ("ips.csv", "ips.xlsx"):
        write_book(book, tmp_path / name)
        assert read_book(tmp_path / name).entries == book.entries


@given(st.text(alphabet="'=+-@a; \\", max_size=8).map(one_line))
def test_no_cell_is_a_formula_and_each_comes_back(text: str) -> None:
    assert guarded(text)[:1] not in tuple("=+-@") or not text
    assert unguarded(guarded(text)) == text
    assert parted(joined([text, "b"] if text not in ("", "b") else ["b"])) == tuple(
        dict.fromkeys(filter(None, [text, "b"]))
    )


def test_a_workbook_is_made_to_be_filled_in() -> None:
    data = write_workbook(BOOK)
    page: Any = openpyxl.load_workbook(BytesIO(data)).active
    assert [cell.value for cell in page[1]] == list(COLUMNS)
    assert page["A1"].font.bold and page["A1"].fill.fgColor.rgb.endswith("F0F0F0")
    assert page.freeze_panes == "D2"
    assert page["F2"].alignment.wrap_text and page.column_dimensions["F"].width > 40
    choices = {str(one.sqref)[0]: one.formula1 for one in page.data_validations.dataValidation}
    letters = {cell.value: cell.column_letter for cell in page[1]}
    assert choices == {
        letters["level"]: '"theme,subtheme,code"',
        letters["status"]: '"candidate,agreed,retired,merged"',
        letters["origin"]: '"theory,data"',
    }
    fear = page[f"{letters['label']}3"]
    assert (fear.value, fear.data_type, fear.quotePrefix) == ("=Fear", "s", True)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert b"'=Fear" in write_csv(BOOK) and b"'-1 + @x" in write_csv(BOOK)


def test_a_sheet_as_people_fill_it_in(tmp_path: Path) -> None:
    """Ids left blank, parents by label or path, semicolons, a mark, empty rows, a column of their own."""
    book = sheet(
        tmp_path,
        "Label;Parent;Short definition;Tags;Level;Remarks\n"
        'Fear;Social work;"Being afraid;\nfor long";"a; b;";;\n'
        ";;;;;\n"
        "Trust;;;;theme;ask CD\n"
        "Social work;Trust;;;;\n"
        "Fear;Trust > Social work > Fear;;;;\n"
        "Été;trust;;;;\n"
        "ß;;;;;\n",
        "utf-8-sig",
    )
    assert [(e.id, e.parent_id, e.level) for e in book.entries] == [
        ("trust", None, "theme"),
        ("social-work", "trust", "subtheme"),
        ("fear", "social-work", "code"),
        ("fear-2", "fear", "code"),
        ("t", "trust", "subtheme"),
        ("ss", None, "theme"),
    ]
    fear = book.entries[2]
    assert (fear.short_definition, fear.tags) == ("Being afraid; for long", ("a", "b"))
    assert book.ignored == ("Remarks",)
    assert book.given["fear"] == {"id", "label", "short_definition", "tags"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "book.csv, row 1: there is no column 'label'"),
        ("id,parent\na,", "book.csv, row 1: there is no column 'label'"),
        ("label\n\n", "book.csv: it has no rows below its header"),
        ("label,defintion\nA,x", "row 1: 'defintion' is not a column"),
        ("label,Label\nA,x", "row 1: there are two columns 'Label'"),
        ("label,id\n,a", "row 2, column label: the entry has no label"),
        ("label,id\nA,A b", "row 2, column id: 'A b' cannot be an id"),
        ("label,id\nA,a\n\nB,a", "row 4, column id: the id 'a' is used twice, first in row 2"),
        ("label,level\nA,thing", "row 2, column level: 'thing' is not a level"),
        ("label,status\nA,gone", "row 2, column status: 'gone' is not a status"),
        ("label,colour\nA,blue", "row 2, column colour: 'blue' is not a colour"),
        ("label,key\nA,x\nB,x", "row 3, column key: two codes have the key 'x'"),
        ("label\nA\na", "row 3, column label: two codes under one parent are labelled 'a'"),
        ("label,parent\nA,B", "row 2, column parent: no row has the id or label 'B'"),
        ("label,parent\nA,B\nC,A", "row 2, column parent: no row has the id or label 'B'"),
        ("label,parent\nA,B\nB,A", "row 2, column parent: 'A' would stand below itself"),
        ("label,parent\nA,a", "row 2, column parent: 'A' would stand below itself"),
        ("label,parent\nA,\nB,\nX,A\nX,B\nC,X", "row 6, column parent: several entries are labelled 'X'"),
        ("label,merged_into,status\nA,b,merged", "row 2, column merged_into: 'a' refers to 'b'"),
        ("label,also_in\nA,b", "row 2, column also_in: 'a' refers to 'b'"),
        ("label,definition\nA,one, two", "row 2: it has more cells than row 1 has columns"),
        ('label\n"A', "it is not a CSV table"),
    ],
)  # fmt: skip
def test_faults_in_sheets_are_told_with_their_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        sheet(tmp_path, text)
    assert said in refused.value.message
    assert refused.value.message.startswith("book.csv")


def test_a_sheet_that_nests_too_deep_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="too deep"):
        sheet(tmp_path, "label,parent\n" + "\n".join(f"L{n},L{n + 1}" for n in range(500)) + "\nL500,")
    with pytest.raises(BadInput, match="row 102: it stands more than 100 levels deep"):
        sheet(tmp_path, "label,parent\nL0,\n" + "\n".join(f"L{n + 1},L{n}" for n in range(500)))


def test_workbooks_that_cannot_be_taken_are_told(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["label", "definition"], ["A", "=1+1"])
    with pytest.raises(BadInput, match="row 2, cell B2: it holds a formula"):
        read_book(path)
    workbook(tmp_path, ["label", "parent"], ["A", None], ["B", "A"], ["C", None], merge="B3:B4")
    with pytest.raises(BadInput, match="row 3: the cells B3:B4 are merged"):
        read_book(path)
    workbook(tmp_path, ["label"], *(["A"] for _ in range(20_001)))
    with pytest.raises(BadInput, match="more than 20,000 rows"):
        read_book(path)
    path.write_bytes(b"PK\x03\x04nothing")
    with pytest.raises(BadInput, match="not a workbook, or is damaged"):
        read_book(path)
    for name in ("none.xlsx", "folder.csv"):
        (tmp_path / "folder.csv").mkdir(exist_ok=True)
        with pytest.raises(BadInput, match="cannot be opened"):
            read_book(tmp_path / name)


def test_numbers_and_a_second_sheet_in_a_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["label", "key", None], [2026, 1.0, "not read"], [None, None], ["B", "b"])
    book = read_book(path)
    assert [(e.id, e.label, e.key) for e in book.entries] == [("2026", "2026", "1"), ("b", "B", "b")]


def test_a_text_too_long_for_a_cell_is_told(tmp_path: Path) -> None:
    long = replace(BOOK, entries=[CodeEntry("a", None, "theme", "A", definition="x " * 20_000)])
    with pytest.raises(BadInput, match="'a' is too long for a cell"):
        write_book(long, tmp_path / "book.xlsx")
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from(",;\t\"\n'=>ab\\ ") | st.characters(), max_size=60))
def test_random_cells_are_a_book_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.csv"
    for whole in (text, "label,parent,tags,key\n" + text):
        path.write_bytes(whole.encode("utf-8", "surrogatepass"))
        try:
            read_book(path)
        except BadInput as refused:
            assert refused.message.startswith("fuzz.csv")
