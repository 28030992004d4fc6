"""Mode 6: the figures of two coders code by code, and the passages behind each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.widgets import Static

from qualbench.agreement.coefficients import cohen_kappa, dice
from qualbench.agreement.comparison import agree
from qualbench.agreement.finishing import finish
from qualbench.agreement.intervals import intervals
from qualbench.agreement.passages import behind
from qualbench.coding.applying import add_coding
from qualbench.coding.assigning import assign
from qualbench.study.database import Study
from qualbench.study.settings import set_stance
from qualbench.tui.app import Workbench
from qualbench.tui.screens.reconcile import ReconcileScreen
from qualbench.tui.screens.reconcile_behind import BehindScreen
from qualbench.tui.screens.reconcile_figures import FiguresScreen
from qualbench.tui.widgets.figure_table import FigureTable
from qualbench.tui.widgets.passage_list import WIDEST, WORDS_ALONE, PassageList
from tests.builders import place
from tests.tui.coding import of
from tests.tui.comparing import AYE, FEART, JUDGE, MURDER, SOURCES, Meeting, compared, meeting, third

__all__ = ["compared"]

ORDER = ["all codes", "Fear", "Being judged", "Forms: long / short"]


class Figures(Meeting):
    """The figures, and what lies behind them."""

    @property
    def table(self) -> FigureTable:
        return self.over(FiguresScreen).query_one(FigureTable)

    @property
    def labels(self) -> list[str]:
        return [row.label for row in self.table.rows]

    @property
    def at_code(self) -> str:
        """The code under the cursor."""
        assert self.table.present is not None
        return self.table.present.label

    def cell(self, code: str, column: str) -> str:
        """A figure as it is shown."""
        row = next(row for row in self.table.rows if row.label == code)
        return row.cells[self.table._titles.index(column)]

    @property
    def legend(self) -> str:
        return str(self.over(FiguresScreen).query_one("#legend", Static).render())

    @property
    def above(self) -> str:
        return str(self.pilot.app.screen.query_one("#about", Static).render())

    @property
    def passages(self) -> PassageList:
        return self.over(BehindScreen).query_one(PassageList)

    @property
    def behind(self) -> list[tuple[str, str]]:
        """The passages behind a figure, under their headings."""
        return [(passage.heading, passage.source) for passage in self.passages.passages]


@asynccontextmanager
async def figures(study: Study, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Figures]:
    async with meeting(study, size) as desk:
        await desk.press("percent_sign")
        yield Figures(desk.pilot, study)


# Figures


@of("reconcile.figures")
async def test_each_code_has_its_figures_and_all_codes_together_have_theirs(compared: Study) -> None:
    found = agree(compared)
    async with figures(compared) as desk:
        assert desk.labels == ORDER
        for label, cells in zip(ORDER, [found.pooled, *(one.cells for one in found.codes)], strict=True):
            kappa = cohen_kappa(cells)
            assert kappa is not None and desk.cell(label, "kappa") == f"{kappa:z.2f}"
            assert desk.cell(label, "Dice") == f"{dice(cells):.2f}"
            shares = next(row.shares for row in desk.table.rows if row.label == label)
            assert shares == (cells.both, cells.a_only, cells.b_only)
        assert "by turn" in desk.above and "4 sources" in desk.above
        assert "Intervals need 5 sources." in desk.legend


@pytest.mark.parametrize(("size", "titles"), [((80, 24), 5), ((120, 40), 6), ((200, 50), 10)])
async def test_as_many_figures_as_there_is_room_for(
    compared: Study, size: tuple[int, int], titles: int
) -> None:
    async with figures(compared, size) as desk:
        assert len(desk.table._titles) == titles
        assert {"agreed", "kappa", "Dice", "AC1", "prevalence"} <= set(desk.table._titles)
        line = desk.table.render_line(1).text
        assert line.strip().startswith("Fear") and line.rstrip().endswith(("█", "▒", "░"))
        assert desk.table.heading.index("kappa") + 5 == line.index(desk.cell("Fear", "kappa")) + len(
            desk.cell("Fear", "kappa")
        )


async def test_what_is_undefined_is_a_dash_with_its_reason(compared: Study) -> None:
    other = third(compared)
    add_coding(
        other, "P07_b", place(compared, "P07_b", "How did you hear?"), "forms"
    )  # no participant's talk
    finish(other, ["P07_b"])
    async with figures(compared) as desk:
        await desk.press("L")
        await desk.press("G")
        assert desk.at_code == "Forms: long / short"
        assert (desk.cell(desk.at_code, "kappa"), desk.cell(desk.at_code, "Dice")) == ("-", "-")
        assert desk.cell(desk.at_code, "agreed") == "100.0%"
        assert desk.said.startswith(
            "kappa -: Neither coder used the code, so agreement by chance is complete."
        )
        assert "Dice -: Neither coder used the code." in desk.said
        await desk.press("o")
        assert desk.labels[-1] == "Forms: long / short"  # below those that have one


async def test_five_sources_give_an_interval(compared: Study) -> None:
    for study in (compared, compared.by("CD")):
        finish(study, ["wide"])
    found = intervals(agree(compared), ("kappa",)).codes["fear"]["kappa"]
    assert found is not None
    async with figures(compared) as desk:
        told = f"{found.low:.2f} to {found.high:.2f}"
        assert desk.cell("Fear", "95 % interval") == told
        await desk.press("j")
        assert f"Kappa {told} (95 %)." in desk.said
        assert "2,000 resamples" in desk.legend


async def test_a_reflexive_study_counts_and_shows_no_coefficient(compared: Study) -> None:
    set_stance(compared, "reflexive", "We read for meaning.")
    async with figures(compared) as desk:
        assert desk.table._titles == ("both", "AB only", "CD only", "neither")
        assert desk.cell("Fear", "AB only") == "1"
        await desk.press("j")
        words = " ".join([desk.said, desk.legend, desk.above, desk.table.heading])
        assert not any(name in words for name in ("kappa", "Dice", "AC1", "%"))
        assert "the study is reflexive" in desk.legend


async def test_no_word_is_put_to_the_size_of_a_figure(compared: Study) -> None:
    async with figures(compared, (200, 50)) as desk:
        words = " ".join([desk.said, desk.legend, desk.above, desk.table.heading]).casefold()
        for judgement in (
            "substantial",
            "moderate",
            "fair",
            "good",
            "poor",
            "excellent",
            "perfect",
            "strong",
        ):
            assert judgement not in words


@of("figures.next_unit")
async def test_sentences_and_characters_are_counted_too(compared: Study) -> None:
    async with figures(compared) as desk:
        seen = []
        for unit in ("turn", "sentence", "character"):
            cells = next(one.cells for one in agree(compared, unit=unit).codes if one.code == "fear")
            kappa = cohen_kappa(cells)
            assert kappa is not None and desk.cell("Fear", "kappa") == f"{kappa:z.2f}"
            assert f"by {unit}" in desk.above
            seen.append(desk.cell("Fear", "kappa"))
            await desk.press("c")
        assert len(set(seen)) == 3 and "by turn" in desk.above


@of("figures.order")
async def test_the_lowest_figures_come_first_if_wanted(compared: Study) -> None:
    async with figures(compared) as desk:
        await desk.press("j j")
        assert desk.at_code == "Being judged"
        await desk.press("o")
        assert desk.labels == ["all codes", "Being judged", "Fear", "Forms: long / short"]
        assert desk.at_code == "Being judged"  # the cursor stays on its code
        await desk.press("o")
        assert desk.labels == ORDER


@of("figures.next_pair")
async def test_the_next_pair_has_figures_of_its_own(compared: Study) -> None:
    async with figures(compared) as desk:
        await desk.press("L")
        assert desk.said == "No other two coders can be compared yet."
    other = third(compared)
    add_coding(other, "P07_b", place(compared, "P07_b", FEART), "fear")
    finish(other, ["P07_b"])
    async with figures(compared) as desk:
        await desk.press("L")
        assert desk.above.startswith("A AB  B EF") and "1 source " in desk.above
        assert desk.said == "A is AB, B is EF."
        assert desk.cell("Fear", "Dice") == "1.00"


@of(
    "figures.next",
    "figures.previous",
    "figures.page_down",
    "figures.page_up",
    "figures.first",
    "figures.last",
)
@of("figures.back")
async def test_the_cursor_moves_through_the_codes_and_escape_goes_back(compared: Study) -> None:
    async with figures(compared) as desk:
        seen = []
        for keys in (
            "j",
            "down",
            "k",
            "up",
            "G",
            "g",
            "end",
            "home",
            "ctrl+d",
            "ctrl+u",
            "pagedown",
            "pageup",
        ):
            await desk.press(keys)
            seen.append(ORDER.index(desk.at_code))
        assert seen == [1, 2, 1, 0, 3, 0, 3, 0, 3, 0, 3, 0]
        await desk.press("escape")
        desk.over(ReconcileScreen)
        assert desk.at == JUDGE


async def test_figures_follow_what_changes(compared: Study) -> None:
    async with figures(compared) as desk:
        other = third(compared)
        finish(other, ["P07_b"])
        desk.pilot.app.post_message(Workbench.ChangedByOthers())
        await desk.press("j L")
        assert desk.above.startswith("A AB  B EF")


# Behind them


@of("figures.passages", "behind.back")
@pytest.mark.parametrize("unit", ["turn", "sentence", "character"])
async def test_the_passages_behind_a_figure_are_as_many_as_it_counts(compared: Study, unit: str) -> None:
    async with figures(compared) as desk:
        await desk.press("enter")
        assert desk.said == "That is all codes together; each code has its passages."
        for _ in range(("turn", "sentence", "character").index(unit)):
            await desk.press("c")
        await desk.press("j enter")
        wanted = [
            (cell, passage.source)
            for cell in ("a_only", "b_only", "both")
            for passage in behind(compared, "fear", cell, unit=unit)
        ]
        assert [(one.group, one.source) for one in desk.passages.passages] == wanted
        heads = {one.group: one.heading for one in desk.passages.passages}
        count = [cell for cell, _ in wanted].count("both")
        what = "passage" if unit == "character" else unit
        assert heads["both"] == f"AB and CD: {count} {what}{'s' * (count != 1)}"
        await desk.press("escape")
        assert desk.at_code == "Fear"


async def test_a_passage_says_how_much_either_has_coded(compared: Study) -> None:
    async with figures(compared) as desk:
        await desk.press("j enter G")
        assert desk.passages.present is not None
        assert desk.passages.present.marks == "AB 5 words, CD 3 words"
        assert desk.said == "3 of 3: AB and CD: 1 turn"


@of("behind.next", "behind.previous", "behind.page_down", "behind.page_up", "behind.first", "behind.last")
async def test_the_cursor_moves_through_the_passages(compared: Study) -> None:
    async with figures(compared) as desk:
        await desk.press("j enter")
        seen = []
        for keys in ("j", "down", "k", "up", "G", "g", "ctrl+d", "ctrl+u"):
            await desk.press(keys)
            seen.append(desk.passages.cursor)
        assert seen == [1, 2, 1, 0, 2, 0, 2, 0]


@of("behind.wider", "behind.narrower")
async def test_more_or_less_is_shown_around_a_passage(compared: Study) -> None:
    async with figures(compared) as desk:
        await desk.press("j enter plus")
        assert desk.passages.context == 1
        await desk.press("minus minus")
        assert desk.passages.context == WORDS_ALONE
        await desk.press("minus")
        assert desk.said == "These are the words alone."
        await desk.press(" ".join(["plus"] * 7))
        assert desk.passages.context == WIDEST and desk.said == "That is all there is around them."


@of("behind.go")
async def test_enter_goes_to_the_difference_there(compared: Study) -> None:
    async with figures(compared) as desk:
        await desk.press("j enter")
        assert desk.behind[0] == ("AB only: 1 turn", "group")
        await desk.press("enter")
        desk.over(ReconcileScreen)
        assert desk.at == MURDER and desk.hand == ([MURDER], [])
        await desk.press("percent_sign G enter")
        assert [source for _, source in desk.behind] == ["group", "long"]
        await desk.press("j o")
        assert desk.at == AYE


async def test_what_is_alike_is_shown_without_a_difference_to_decide(compared: Study) -> None:
    async with figures(compared) as desk:
        await desk.press("G enter enter")
        desk.over(ReconcileScreen)
        assert desk.hand == (["The forms were murder."], ["The forms were murder."])
        assert desk.told[0] == "AB and CD have coded this alike: Forms: long / short"
        await desk.press("a")
        assert desk.decided == [] and desk.said.startswith("There is no difference here.")
        await desk.press("n")
        assert desk.at == JUDGE and desk.hand == ([JUDGE], [JUDGE])
        await desk.press("percent_sign G enter enter escape")
        assert desk.over(ReconcileScreen) and desk.at == JUDGE


async def test_a_figure_of_another_pair_leads_to_that_pair(compared: Study) -> None:
    other = third(compared)
    add_coding(other, "P07_b", place(compared, "P07_b", "From a pal of mine."), "forms")
    finish(other, ["P07_b"])
    async with figures(compared) as desk:
        await desk.press("L G enter")
        assert [source for _, source in desk.behind] == ["P07_b"]
        await desk.press("enter")
        assert desk.about.startswith("A AB  B EF") and desk.at == "From a pal of mine."


async def test_a_difference_that_is_filtered_out_is_found_all_the_same(compared: Study) -> None:
    async with meeting(compared) as desk:
        await desk.press("f")
        await desk.answer("boundary")
        assert MURDER not in desk.listed
        await desk.press("percent_sign j enter enter")
        assert desk.at == MURDER and len(desk.listed) == 5


async def test_a_code_without_counted_passages_says_so(compared: Study) -> None:
    add_coding(third(compared), "P07_b", place(compared, "P07_b", "How did you hear?"), "trial")
    finish(compared.by("EF"), ["P07_b"])
    async with figures(compared) as desk:
        await desk.press("L")
        await desk.press("G enter")
        empty = desk.over(BehindScreen).query_one("#empty", Static)
        assert empty.display and "Neither has coded participants' talk with 'The trial'" in str(
            empty.render()
        )
        await desk.press("j enter plus minus escape")
        desk.over(FiguresScreen)


async def test_who_may_no_longer_look_sees_no_figures(compared: Study) -> None:
    other = third(compared)
    async with figures(other) as desk:
        assert desk.labels == ORDER
        assign(compared, SOURCES, ["EF"])
        desk.pilot.app.post_message(Workbench.ChangedByOthers())
        await desk.press("j")
        assert desk.table.rows == [] and "hidden until you have finished it too" in desk.said
        await desk.press("enter o c G escape")
        assert desk.over(ReconcileScreen) and desk.listed == []
