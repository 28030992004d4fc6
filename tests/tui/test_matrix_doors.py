"""Mode 7: from a cell to its words and their place, what was not asked about, and out to a file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook
from textual.widgets import Input, Label

from qualbench.analysis.matrix import passages_of_cell
from qualbench.coding.applying import add_coding
from qualbench.coding.not_asked import list_not_asked, mark_not_asked
from qualbench.exchange.matrix_files import ENDINGS
from qualbench.study.database import Study
from qualbench.study.journal import read_log
from qualbench.transcripts.participants import import_participants
from qualbench.tui.app import Workbench
from qualbench.tui.screens.code import CodeScreen
from qualbench.tui.screens.mark_list import MarkList
from qualbench.tui.screens.matrix import MatrixScreen
from qualbench.tui.screens.matrix_behind import CellScreen
from qualbench.tui.screens.matrix_export import FORMS, ExportForm
from qualbench.tui.widgets.choices import Choices
from qualbench.tui.widgets.passage_list import WIDEST, WORDS_ALONE
from tests.agreement.pairs import seal_all
from tests.builders import place
from tests.tui.coding import of
from tests.tui.comparing import third
from tests.tui.matrices import (
    BASELINE,
    FOLLOW_UP,
    JUDGE,
    LONG,
    MURDER,
    NO_TIME,
    Table,
    agreed,
    matrix,
)

__all__ = ["agreed"]

# From a cell to the place in the transcript


@of("matrix.passages", "cell.back")
async def test_a_cell_leads_to_its_passages(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.go("The trial", FOLLOW_UP)
        await table.press("enter")
        assert table.words == [
            ("P07_f", LONG),
            ("group", "The forms were murder."),
            ("group", MURDER),
        ]
        heads = [passage.heading for passage in table.passages.passages]
        assert heads == ["P07_f: 1 passage of P07", "group: 1 passage of P07", "group: 1 passage of P08"]
        about = table.over(CellScreen).query_one("#about")
        assert str(about.render()).startswith("3 passages of 2 participants in 2 sources, layer agreed")  # type: ignore[attr-defined]
        await table.press("escape")
        assert table.over(MatrixScreen) and table.at == ("The trial", FOLLOW_UP)


@of("matrix.passages")
async def test_there_are_as_many_passages_as_the_cell_counts(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.choose("n", "passages")
        shown = table.screen.shown
        assert shown is not None
        for n, code in enumerate(shown.matrix.codes):
            for m, column in enumerate(shown.matrix.columns):
                count = shown.matrix.cells[n][m]
                assert len(passages_of_cell(agreed, shown.look.request, code, column)) == count
                if count:
                    await table.go(table.rows[n], table.columns[m])
                    await table.press("enter")
                    assert len(table.words) == count
                    await table.press("escape")


@of("matrix.passages")
async def test_a_silent_cell_has_no_passages_and_says_so(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("j enter")
        assert table.over(MatrixScreen)
        assert table.said == f"Silent: 0 of 1 participant. {BASELINE}: The trial"


@of("cell.next", "cell.previous", "cell.page_down", "cell.page_up", "cell.first", "cell.last")
async def test_the_cursor_moves_through_the_passages(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.go("The trial", FOLLOW_UP)
        await table.press("enter")
        seen = []
        for keys in ("j", "down", "k", "up", "G", "g", "ctrl+d", "ctrl+u"):
            await table.press(keys)
            seen.append(table.passages.cursor)
        assert seen == [1, 2, 1, 0, 2, 0, 2, 0]
        assert table.said.startswith("1 of 3: P07_f, ")


@of("cell.wider", "cell.narrower")
async def test_more_or_less_is_shown_around_a_passage(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("enter plus")
        assert table.passages.context == 1
        await table.press(" ".join(["plus"] * WIDEST))
        assert (table.passages.context, table.said) == (WIDEST, "That is all there is around them.")
        await table.press(" ".join(["minus"] * (WIDEST + 2)))
        assert (table.passages.context, table.said) == (WORDS_ALONE, "These are the words alone.")


@of("cell.open")
async def test_a_passage_leads_to_its_place_and_escape_leads_back(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("enter j enter")
        code = table.over(CodeScreen)
        assert code.source_name == "P07_b"
        assert code.transcript.caret == place(agreed, "P07_b", JUDGE).start
        await table.press("escape")
        assert table.passages.cursor == 1
        await table.press("escape")
        assert table.over(MatrixScreen) and table.at == ("Trust", BASELINE)


async def test_who_may_not_be_quoted_is_marked_behind_a_cell(at_home: Study, tmp_path: Path) -> None:
    header = "id,family,stakeholder,site,consent_quote"
    (tmp_path / "people.csv").write_text(f"{header}\nP07,F07,Parent,Glasgow,no\n")
    import_participants(at_home, tmp_path / "people.csv")
    async with matrix(at_home) as table:
        await table.choose("n", "quotes")
        assert table.cells[0][0] == "2" and table.quotes == ""
        assert "not to be quoted" in table.text("counted")
        await table.press("enter")
        assert [passage.marks for passage in table.passages.passages] == ["not to be quoted"] * 2


async def test_passages_follow_what_changes(agreed: Study) -> None:
    other = third(agreed)
    add_coding(other, "P07_b", place(agreed, "P07_b", JUDGE), "judged")
    async with matrix(other) as table:
        await table.press("L enter")
        assert len(table.words) == 1
        add_coding(other, "P07_b", place(agreed, "P07_b", "From a pal of mine."), "fear")
        table.pilot.app.post_message(Workbench.ChangedByOthers())
        await table.press("g")
        assert len(table.words) == 2


# What was not asked about


@of("matrix.unasked", "matrix.undo", "matrix.redo")
async def test_a_topic_is_marked_as_not_asked_about(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.go("The trial", BASELINE)
        await table.press("x")
        assert table.over(MarkList) and [row.strip() for row in table.offered()] == ["P07_b"]
        await table.press("enter")
        assert [(mark.source, mark.code) for mark in list_not_asked(agreed)] == [("P07_b", "trial")]
        assert table.said == "'The trial': not asked about in 1 source more; u takes that back."
        assert table.cells[1][0] == "/" and "/ not asked about" in table.text("legend")
        await table.press("k j")
        assert table.said == f"Not asked about in the one source. {BASELINE}: The trial"
        await table.press("u")
        assert table.cells[1][0] == "0/1" and table.said.startswith("Undid: Marked as not asked about")
        await table.press("ctrl+r")
        assert table.cells[1][0] == "/" and table.said.startswith("Redid: ")
        await table.press("x")
        assert table.offered() == ["✓ P07_b"]
        await table.press("tab enter")
        assert list_not_asked(agreed) == [] and table.cells[1][0] == "0/1"
        assert table.said == "'The trial': asked about in 1 source after all; u takes that back."


@of("matrix.unasked")
async def test_who_spoke_of_it_all_the_same_is_counted(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.go("The trial", FOLLOW_UP)
        await table.press("x")
        assert [row.strip() for row in table.offered()] == [
            "P07_f  (1 passage: counted all the same)",
            "group  (2 passages: counted all the same)",
        ]
        await table.mark("group")
        await table.press("enter")
        assert [mark.source for mark in list_not_asked(agreed)] == ["group"]
        assert table.cells[1] == ["0/1", "2/2", "0/1", "/"]


@of("matrix.unasked")
async def test_a_mark_above_is_taken_back_above(agreed: Study) -> None:
    mark_not_asked(agreed, ["P07_f"], ["trust"])
    async with matrix(agreed) as table:
        await table.choose("r", "codes")
        await table.go("Fear", FOLLOW_UP)
        await table.press("x")
        assert table.offered()[0] == "✓ P07_f"
        await table.press("tab enter")
        assert table.said.startswith("The mark is on an entry above this one.")
        assert len(list_not_asked(agreed)) == 1


@of("matrix.unasked")
async def test_nothing_is_marked_where_nothing_was_collected(agreed: Study) -> None:
    async with matrix(agreed) as table:
        await table.press("a")
        await table.go("Trust", "Family engagement worker, Baseline")
        await table.press("x")
        assert table.said == "The cell has no source in which it could have been asked about."
        await table.go("The trial", NO_TIME)
        await table.press("x escape")
        assert list_not_asked(agreed) == []


async def test_how_many_more_were_not_asked_is_told(agreed: Study) -> None:
    mark_not_asked(agreed, ["P07_f", "group"], ["trust"])
    other = third(agreed)
    add_coding(other, "group", place(agreed, "group", MURDER), "fear")
    async with matrix(other) as table:
        await table.press("L")
        await table.choose("n", "sources")
        await table.go("Trust", FOLLOW_UP)
        assert table.said == f"1 of 1 source (1 more not asked). {FOLLOW_UP}: Trust"


# Out to a file


async def opened_form(table: Table) -> ExportForm:
    await table.press("e")
    return table.over(ExportForm)


async def set_form(table: Table, form: str) -> None:
    """Choose a form of file by its place in the row."""
    choices = table.over(ExportForm).query_one("#form", Choices)
    choices.focus()
    while choices.chosen != (form,):
        await table.press("right")


def told(table: Table) -> str:
    return str(table.over(ExportForm).query_one("#told", Label).render())


@pytest.fixture
def at_home(agreed: Study, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """The same, with its secret on this machine."""
    shutil.copytree(template.parent / "home", tmp_path / "home")
    monkeypatch.setenv("QUALBENCH_HOME", str(tmp_path / "home"))
    return agreed


@pytest.fixture
def sealed(at_home: Study) -> Study:
    """The same, with every source sealed."""
    seal_all(at_home)
    return at_home


@of("matrix.export")
@pytest.mark.parametrize("form", FORMS)
async def test_the_matrix_is_written_in_each_form(sealed: Study, form: str) -> None:
    async with matrix(sealed) as table:
        await table.press("P t")
        screen = await opened_form(table)
        await set_form(table, form)
        line = screen.query_one("#file", Input)
        assert line.value == f"exports/matrix{ENDINGS[form]}"
        line.value = f"exports/mine{ENDINGS[form]}"
        await let_small_ones_out(table)
        await table.press("enter")
        file = sealed.folder / "exports" / f"mine{ENDINGS[form]}"
        assert table.over(MatrixScreen) and table.said == f"Wrote exports/{file.name}."
        assert file.stat().st_size > 50


async def let_small_ones_out(table: Table) -> None:
    """Let columns of few people out, where the form asks about them."""
    screen = table.over(ExportForm)
    if screen.query_one("#few").display:
        screen.query_one("#small", Choices).focus()
        await table.press("space")
        screen.query_one("#reason", Input).value = "for the team"


@of("matrix.export")
async def test_what_is_shown_is_what_is_written(sealed: Study) -> None:
    async with matrix(sealed) as table:
        await table.choose("n", "codings")
        await table.choose("s", "by all columns")
        await opened_form(table)
        await set_form(table, "workbook")
        await let_small_ones_out(table)
        await table.press("enter")
    sheet = load_workbook(sealed.folder / "exports" / "matrix.xlsx").active
    assert sheet is not None
    rows = [row[0].value for row in sheet.iter_rows() if row[0].value in ("Trust", "The trial")]
    assert rows == ["The trial", "Trust"]


@of("matrix.export")
async def test_columns_of_few_people_go_out_for_a_reason_only(sealed: Study) -> None:
    async with matrix(sealed) as table:
        screen = await opened_form(table)
        assert "4 columns of fewer than 3 people" in str(screen.query_one("#few Label", Label).render())
        await table.press("enter")
        assert "who could be known by it" in told(table)
        assert told(table).endswith("take small groups as one (P), or let them out above.")
        screen.query_one("#small", Choices).focus()
        await table.press("space enter")
        assert told(table) == "Say why they go out all the same."
        assert screen.focused is screen.query_one("#reason", Input)
        assert not (sealed.folder / "exports" / "matrix.docx").exists()
        screen.query_one("#reason", Input).value = "for the steering group"
        await table.press("enter")
        assert table.over(MatrixScreen) and (sealed.folder / "exports" / "matrix.docx").is_file()
    assert "4 columns of fewer than 3 people" in read_log(sealed)[-1].summary


@of("matrix.export")
async def test_the_layout_for_the_team_may_have_small_columns(sealed: Study) -> None:
    async with matrix(sealed) as table:
        screen = await opened_form(table)
        await set_form(table, "nvivo")
        assert not screen.query_one("#few").display and not screen.query_one("#heat").display
        await table.press("enter")
        assert table.said == "Wrote exports/matrix.xlsx."


@of("matrix.export")
async def test_sources_that_are_not_sealed_are_refused_or_let_out_on_record(at_home: Study) -> None:
    async with matrix(at_home) as table:
        screen = await opened_form(table)
        await set_form(table, "nvivo")
        await table.press("enter")
        assert told(table).startswith("Not sealed yet: ")
        assert told(table).endswith("Seal them in mode 3, or let them out above.")
        screen.query_one("#unsealed", Choices).focus()
        await table.press("space enter")
        assert table.said == "Wrote exports/matrix.xlsx."
    assert "5 sources unsealed" in read_log(at_home)[-1].summary


async def test_a_file_that_is_there_is_told_of_before_it_is_replaced(sealed: Study) -> None:
    (sealed.folder / "exports").mkdir(exist_ok=True)
    (sealed.folder / "exports" / "matrix.docx").write_text("old")
    async with matrix(sealed) as table:
        screen = await opened_form(table)
        note = screen.query_one("#note", Label)
        assert str(note.render()) == "matrix.docx is there already and will be replaced."
        screen.query_one("#file", Input).value = "exports/other.docx"
        await table.press("tab")
        assert str(note.render()) == ""
        await table.press("escape")
    assert (sealed.folder / "exports" / "matrix.docx").read_text() == "old"


async def test_a_place_that_cannot_be_written_is_told(sealed: Study) -> None:
    (sealed.folder / "taken").write_text("a file")
    async with matrix(sealed) as table:
        screen = await opened_form(table)
        await set_form(table, "nvivo")
        screen.query_one("#file", Input).value = "taken/matrix"
        await table.press("enter")
        assert "cannot be written" in told(table)
        screen.query_one("#file", Input).value = " "
        await table.press("enter")
        assert table.over(ExportForm)
