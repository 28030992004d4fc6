"""Asking for another matrix: its rows, columns, cells, layer and limits, and how it is laid out."""

from __future__ import annotations

from dataclasses import replace

from qualbench.analysis.matrix import ROWS, TREE
from qualbench.analysis.matrix_views import NORMALISE
from qualbench.errors import Refused
from qualbench.tui.matrix_shown import BY_COLUMN
from qualbench.tui.screens.code_picker import CodePicker, Picked
from qualbench.tui.screens.mark_list import NONE, MarkList
from qualbench.tui.screens.matrix_open import OpenMatrix
from qualbench.tui.screens.picker import Picker

ROW_NAMES = {"themes": "themes", "subthemes": "sub-themes", "codes": "codes", TREE: "all levels, as a tree"}
CELL_NAMES = {
    "codings": "codings, once for each participant they hold",
    "passages": "passages: codings that overlap or adjoin as one",
    "sources": "sources, of how many",
    "participants": "participants, of how many",
    "words": "words of participants, of how many",
    "share": "share of talk: coded words of all their words",
    "presence": "presence: 1 where anybody speaks of it, else 0",
    "quotes": "quotes, and below the words of the cell",
}
ROWS_BELOW, ALL_ENTRIES = "below", "all"
SHARES = {
    "row": "shares of the row's total",
    "column": "shares of the column's total",
    "n": "shares of all there could be, or for each participant",
}
AS_COUNTED = "counted"
_PARTED = "\n"  # parts an attribute from its value in the id of a choice


class ChangingMatrix(OpenMatrix):
    """The matrix, of which another can be asked for."""

    # What is counted

    def action_rows(self) -> None:
        """Choose the rows."""
        request = self.look.request
        choices = [(name, ROW_NAMES[name]) for name in (*ROWS, TREE)]
        choices.append((ROWS_BELOW, "only some entries, with what is below them ..."))
        if request.codes:
            choices.append((ALL_ENTRIES, "all entries again"))

        def take(choice: str | None) -> None:
            if choice == ROWS_BELOW:
                self._choose_entries()
            elif choice == ALL_ENTRIES:
                self.ask(self.look.asking(codes=()))
            elif choice is not None:
                self.ask(self.look.asking(rows=choice))

        self.app.push_screen(Picker("Rows", _ticked(choices, {request.rows})), take)

    def _choose_entries(self) -> None:
        def take(picked: Picked | None) -> None:
            if picked is not None:
                self.ask(self.look.asking(codes=picked.codes, rows=TREE))

        self.app.push_screen(CodePicker("Rows at and below", self.book, [], {}, creates=False), take)

    def action_columns(self) -> None:
        """Choose what the columns cross."""
        choices = [(name, f"{name}  ({len(values)})") for name, values in self.known.items()]

        def take(chosen: tuple[str, ...] | None) -> None:
            if chosen:
                self.ask(self.look.asking(columns=chosen))

        here = [name for name in self.look.request.columns if name in self.known]
        self.app.push_screen(MarkList("Columns cross", choices, here, numbered=True), take)

    def action_pivot(self) -> None:
        """Put the next of the attributes that the columns cross first."""
        first, *others = self.look.request.columns
        if not others:
            raise Refused("The columns cross one attribute only.", "c chooses more.")
        self.ask(self.look.asking(columns=(*others, first)))

    def action_cells(self) -> None:
        """Choose what the cells count."""

        def take(choice: str | None) -> None:
            if choice is not None:
                self.ask(self.look.asking(cells=choice))

        self.app.push_screen(
            Picker("Count", _ticked(list(CELL_NAMES.items()), {self.look.request.cells})), take
        )

    def action_only(self) -> None:
        """Count some sources or people only, or all again."""
        only = [_PARTED.join(pair) for pair in self.look.request.only]
        choices = [(NONE, "all of them")] if only else []
        choices += [
            (f"{name}{_PARTED}{value}", f"{name}: {value}  ({sources} source{'s' * (sources != 1)})")
            for name, values in self.known.items()
            for value, sources in values.items()
        ]

        def take(chosen: tuple[str, ...] | None) -> None:
            if chosen is not None:
                pairs = [one.partition(_PARTED) for one in chosen]
                self.ask(self.look.asking(only=tuple((name, value) for name, _, value in pairs)))

        self.app.push_screen(MarkList("Count only", choices, only, empty=bool(only)), take)

    def action_next_layer(self) -> None:
        """Count the next layer that may be seen."""
        layer = self.workbench.next_layer(self.look.request.layer)
        self.ask(self.look.asking(layer=layer))
        self.say(f"Layer {layer}.")

    def action_own(self) -> None:
        """Count for each row its own codings only, or those below it too."""
        own = not self.look.request.own
        self.ask(self.look.asking(own=own))
        self.say(
            "A row counts its own codings only." if own else "A row counts what is below it in the tree too."
        )

    def action_all_columns(self) -> None:
        """Show the crossings of which nobody was talked to, or hide them."""
        every = not self.look.request.all_columns
        self.ask(self.look.asking(all_columns=every))
        of_nobody = "The crossings of which nobody was talked to are"
        self.say(f"{of_nobody} {'columns too' if every else 'left out'}.")

    def action_pool(self) -> None:
        """Take the columns of few people together as one, or apart again."""
        few = self.workbench.settings.smallest_group
        pooled = 0 if self.look.request.pooled_below else few
        self.ask(self.look.asking(pooled_below=pooled))
        self.say(
            f"Groups of fewer than {few} people are {'one column' if pooled else 'columns of their own'}."
        )

    # How it is laid out

    def action_turn(self) -> None:
        """Put the themes into columns, or back into rows."""
        self.ask(replace(self.look, turned=not self.look.turned))

    def action_totals(self) -> None:
        """Show all columns as one and all rows as one, or hide them."""
        self.ask(replace(self.look, totals=not self.look.totals))
        if self.look.totals:
            self.say("All counts anew over all columns or rows, each once: it need not be the sum.")

    def action_sort(self) -> None:
        """Sort the themes."""
        _, column = self.here()
        choices = [
            *([(BY_COLUMN, f"largest first, by {', '.join(column)}")] if column else []),
            ("total", "largest first, by all columns as one"),
            ("label", "by name"),
            ("codebook", "as in the codebook"),
        ]

        def take(choice: str | None) -> None:
            if choice is not None:
                values = (column or ()) if choice == BY_COLUMN else ()
                self.ask(replace(self.look, sort=choice, column=values))

        chosen = {self.look.sort} if self.look.sort != BY_COLUMN or self.look.column == column else set()
        self.app.push_screen(Picker("Sort the themes", _ticked(choices, chosen)), take)

    def action_normalise(self) -> None:
        """Show shares, or the numbers again."""
        cells = self.look.request.cells
        if cells in ("share", "presence"):
            raise Refused(f"{cells.capitalize()} cannot be shown as shares.", "n counts something else.")
        choices = [(AS_COUNTED, "as counted"), *((name, SHARES[name]) for name in NORMALISE)]

        def take(choice: str | None) -> None:
            if choice is not None:
                self.ask(replace(self.look, normalise=None if choice == AS_COUNTED else choice))

        chosen = {self.look.normalise or AS_COUNTED}
        self.app.push_screen(Picker("Show the numbers", _ticked(choices, chosen)), take)


def _ticked(choices: list[tuple[str, str]], chosen: set[str]) -> list[tuple[str, str]]:
    return [(id_, f"{'✓' if id_ in chosen else ' '} {label}") for id_, label in choices]
