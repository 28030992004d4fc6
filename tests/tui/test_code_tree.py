"""The tree of codes: which entries have a row, what stands in it, and how little is drawn anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from qualbench.analysis.code_use import Use
from qualbench.codebook.tree import Codebook, CodeEntry
from qualbench.tui.widgets.code_tree import CodeTree
from qualbench.tui.widgets.tree_rows import matches, tree_rows, with_way
from tests.builders import ENTRIES

STATUSES = ("candidate", "agreed", "retired")


@st.composite
def books(draw: st.DrawFn) -> Codebook:
    """A codebook of some entries, each below one before it or at the top."""
    entries: list[CodeEntry] = []
    for n in range(draw(st.integers(1, 30))):
        parent = draw(st.integers(-1, n - 1))
        above = f"e{parent}" if parent >= 0 else None
        label = draw(st.sampled_from(["Trust", "Trust in them", "Fear", "Forms, fear"]))
        entries.append(CodeEntry(f"e{n}", above, "code", label, status=draw(st.sampled_from(STATUSES))))
    return Codebook(entries)


@given(books(), st.booleans(), st.sets(st.integers(0, 29).map("e{}".format)))
def test_a_row_stands_right_below_the_nearest_shown_entry_above_it(
    book: Codebook, whole: bool, folded: set[str]
) -> None:
    rows = tree_rows(book, folded=folded, whole=whole)
    expected = []
    for _, entry in book.walk(whole=whole):
        above = [one for one in book.path(entry.id)[:-1] if one.in_use or whole]
        if not any(one.id in folded for one in above):
            expected.append((entry.id, len(above)))
    assert [(row.entry.id, row.depth) for row in rows] == expected
    for row in rows:
        below = any(entry.in_use or whole for _, entry in book.walk(row.entry.id, whole=True))
        assert row.fold == (" " if not below else "▸" if row.entry.id in folded else "▾")


@given(books(), st.sampled_from(["trust", "FEAR", "in tr", "them trust", "nothing"]))
def test_a_filter_shows_what_matches_and_the_way_to_it(book: Codebook, typed: str) -> None:
    words = typed.casefold().split()
    wanted = [e for e in book.by_id.values() if all(word in e.label.casefold() for word in words)]
    way = {one.id for entry in wanted for one in book.path(entry.id)}
    found = matches(book, typed)
    assert set(found) == {entry.id for entry in wanted}
    assert {row.entry.id for row in tree_rows(book, only=with_way(book, found))} == way


class Codes(App[None]):
    """The tree in an app of its own."""

    def __init__(self, entries: list[CodeEntry], colour: str = "") -> None:
        super().__init__()
        self.entries = entries

    def compose(self) -> ComposeResult:
        """Show the tree."""
        yield CodeTree()

    def on_mount(self) -> None:
        """Fill it."""
        self.query_one(CodeTree).show_book(Codebook(self.entries))


@asynccontextmanager
async def showing(
    entries: list[CodeEntry], size: tuple[int, int] = (60, 20)
) -> AsyncIterator[tuple[Pilot[None], CodeTree]]:
    """Show entries as a tree."""
    app = Codes(entries)
    async with app.run_test(size=size) as pilot:
        tree = app.query_one(CodeTree)
        tree.focus()
        await painted(pilot)
        yield pilot, tree


async def painted(pilot: Pilot[None]) -> None:
    """Wait until what changed is drawn."""
    await pilot.pause()
    while pilot.app.screen._dirty_widgets:
        await pilot.pause()


def drawn(tree: CodeTree) -> list[str]:
    return [tree._draw_row(n).text for n in range(len(tree.rows))]


def many() -> list[CodeEntry]:
    """2,000 entries: 40 themes of 49 codes."""
    made: list[CodeEntry] = []
    for n in range(40):
        made.append(CodeEntry(f"t{n}", None, "theme", f"Theme {n}"))
        made += [CodeEntry(f"t{n}c{m}", f"t{n}", "code", f"Code {m}") for m in range(49)]
    return made


async def test_a_move_among_2000_codes_draws_two_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    async with showing(many()) as (pilot, tree):
        assert len(tree.rows) == 2000
        tree.step(5)
        await painted(pilot)
        rows: list[int] = []
        draw = tree._draw_row
        monkeypatch.setattr(tree, "_draw_row", lambda row: (rows.append(row), draw(row))[1])
        tree.step(1)
        await painted(pilot)
        assert sorted(rows) == [5, 6]
        rows.clear()
        tree.step(-1)
        await painted(pilot)
        assert sorted(rows) == [5, 6]


async def test_the_cursor_is_always_in_view() -> None:
    async with showing(many()) as (pilot, tree):
        for move in (
            lambda: tree.step(40),
            lambda: tree.move_to_end(last=True),
            lambda: tree.step_page(-3),
            lambda: tree.move_to("t7c3"),
            lambda: tree.fold(["t7"], True),
            lambda: tree.filter("code 3"),
            lambda: tree.move_to_end(last=False),
        ):
            move()
            await pilot.pause()
            assert tree.scroll_y <= tree._cursor < tree.scroll_y + tree.size.height


async def test_folding_hides_what_stands_below_and_the_cursor_goes_to_what_hides_it() -> None:
    async with showing(ENTRIES) as (_, tree):
        tree.move_to("judged")
        tree.fold_here()  # nothing to fold: to the one above
        assert tree.entry is not None and tree.entry.id == "social-work"
        tree.fold(["trust"], True)
        assert [row.entry.id for row in tree.rows] == ["trust", "trial", "forms"]
        assert tree.entry.id == "trust"
        assert drawn(tree)[0].startswith("▸ ■ Trust")
        tree.unfold_here()
        tree.unfold_here()
        assert tree.entry.id == "social-work"
        tree.fold(["trust", "social-work"], True)
        assert tree.move_to("fear")
        assert tree.folded == set()


async def test_a_row_tells_status_key_and_use_without_colour() -> None:
    book = [
        CodeEntry("a", None, "theme", "Trust", status="candidate", colour="#D55E00"),
        CodeEntry("b", "a", "code", "Fear", key="f"),
        CodeEntry("c", "a", "code", "Shame", status="retired"),
        CodeEntry("d", "a", "code", "Dread", status="merged", merged_into="b"),
        CodeEntry("e", None, "code", "Forms", also_in=("a",)),
    ]
    async with showing(book) as (pilot, tree):
        tree.show_whole(True)
        use = Use(12, frozenset("ST"), frozenset("P"))
        tree.show_uses({"b": use})
        await painted(pilot)
        trust, fear, shame, dread, forms = drawn(tree)
        assert trust.startswith("▾ ? Trust +1")
        assert fear.startswith("    ■ Fear 'f") and fear.split()[-3:] == ["12", "2", "1"]
        assert shame.startswith("    † Shame")
        assert dread.startswith("    ⇒ Dread  merged into Fear")
        assert forms.startswith("  ■ Forms")
        colours = {segment.text: segment.style for segment in tree._draw_row(0)}
        style = colours["? "]
        assert style is not None and style.color is not None and style.color.triplet is not None
        assert style.color.triplet.hex == "#d55e00"


@pytest.mark.parametrize("width", [38, 44, 120])
async def test_a_nest_of_fifty_levels_can_be_read(width: int) -> None:
    nest = [
        CodeEntry(f"n{n}", f"n{n - 1}" if n else None, "code", f"The name of level {n}") for n in range(50)
    ]
    async with showing(nest, (width, 20)) as (_, tree):
        tree.show_uses({f"n{n}": Use(9999, frozenset(), frozenset()) for n in range(50)})
        for n, row in enumerate(drawn(tree)):
            assert cell_len(row) == tree._width
            assert "The name of" in row
            assert n < 9 or str(n) in row.partition("The")[0]


async def test_names_that_are_markup_or_wide_are_shown_as_they_are() -> None:
    book = [
        CodeEntry("a", None, "code", "[red]中文[/red] 字" * 5),
        CodeEntry("b", None, "code", "[@click=x]y"),
    ]
    async with showing(book, (40, 10)) as (_, tree):
        first, second = drawn(tree)
        assert first.startswith("  ■ [red]中文[/red]") and "…" in first
        assert second.startswith("  ■ [@click=x]y")
        assert {cell_len(first), cell_len(second)} == {tree._width}


async def test_a_click_goes_to_a_row_and_at_its_mark_folds_it() -> None:
    async with showing(ENTRIES) as (pilot, tree):
        await pilot.click(CodeTree, offset=(10, 2))
        assert tree.entry is not None and tree.entry.id == "fear"
        await pilot.click(CodeTree, offset=(2, 1))
        assert tree.folded == {"social-work"}
        await pilot.click(CodeTree, offset=(10, 15))
        assert tree.entry.id == "social-work"
