"""Figures of agreement, a row for each code, with a bar of how often both used it and how often only one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment

from qualbench.text.bars import shared_bar
from qualbench.tui.widgets.block_list import BAR, BlockList
from qualbench.tui.widgets.difference_list import fitted

_NAME, _NARROWEST = 34, 14  # cells of the name of a code, at most and at least
_BAR, _NARROW_BAR = 24, 8  # cells of a bar
_GAP = 2


@dataclass(frozen=True)
class FigureRow:
    """A code with its figures.

    Attributes:
        code: Its id; empty for all codes together.
        cells: The figures as they are shown, one for each column.
        shares: How often both, only A and only B used it; the bar shows their shares of the three together.
    """

    code: str
    label: str
    cells: tuple[str, ...]
    shares: tuple[int, int, int] = (0, 0, 0)


class FigureTable(BlockList):
    """Rows of figures with a cursor on one.

    Attributes:
        rows: What is shown.
        heading: The names of the columns, each above its own.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[FigureRow] = ()
        self.heading = ""
        self._titles: tuple[str, ...] = ()
        self._widths: list[int] = []
        self._label, self._bar = _NARROWEST, _BAR

    def show(self, titles: tuple[str, ...], rows: Sequence[FigureRow]) -> None:
        """Show other figures; the cursor stays on its code, if that is among them.

        Args:
            titles: Of the columns.
            rows: The codes in order.
        """
        present = self.present.code if self.present is not None else None
        self._titles, self.rows = titles, rows
        codes = [row.code for row in rows]
        self.lay_out(codes.index(present) if present in codes else 0)

    @property
    def present(self) -> FigureRow | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def measure(self, width: int) -> Sequence[int]:
        """Give each column the cells it needs, the rest to names and bars."""
        columns = [
            max([cell_len(title), *(cell_len(row.cells[n]) for row in self.rows)]) + _GAP
            for n, title in enumerate(self._titles)
        ]
        longest = max([cell_len(row.label) for row in self.rows], default=_NARROWEST)
        room = width - sum(columns) - _GAP
        self._bar = max(_NARROW_BAR, min(_BAR, room - min(longest, _NAME)))
        self._label = max(_NARROWEST, min(longest, _NAME, room - self._bar))
        self._widths = columns
        names = "".join(f"{title:>{w}}" for title, w in zip(self._titles, columns, strict=True))
        self.heading = f"{'':{BAR}}{'code':<{self._label}}{names}" if self.rows else ""
        return [1] * len(self.rows)

    def draw(self, block: int, row: int) -> Iterator[Segment]:
        """Draw a row."""
        shown = self.rows[block]
        part = "strong" if block == self.cursor or not shown.code else "plain"
        yield Segment(fitted(shown.label, self._label), self.style(part))
        cells = "".join(f"{cell:>{w}}" for cell, w in zip(shown.cells, self._widths, strict=True))
        yield Segment(cells, self.style(part))
        yield Segment(" " * _GAP + shared_bar(shown.shares, self._bar), self.style("plain"))
