"""Both decisions on a difference that two people have decided at once."""

from __future__ import annotations

from rich import box
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from qualbench.agreement.deciding import Choice
from qualbench.agreement.decisions import DecisionRead
from qualbench.codebook.tree import Codebook
from qualbench.tui.widgets.difference_list import label_of

THEIRS, MINE = "theirs", "mine"


class DecisionConflict(ModalScreen[str]):
    """Gives `THEIRS` to let it stand, `MINE` to reopen it and decide as was meant here.

    Args:
        book: The codebook.
        theirs: What has been decided.
        mine: What was to be decided.
    """

    BINDINGS = [  # noqa: RUF012 (Textual's own form)
        Binding("t,escape", f"answer('{THEIRS}')", "Theirs"),
        Binding("m", f"answer('{MINE}')", "Mine"),
    ]
    DEFAULT_CSS = """
    DecisionConflict { align: center middle; }
    DecisionConflict Vertical {
        width: 84; max-width: 96%; height: auto; max-height: 90%;
        background: $surface; border: round $primary; padding: 0 1;
    }
    """

    def __init__(self, book: Codebook, theirs: DecisionRead, mine: Choice) -> None:
        super().__init__()
        self._book, self._theirs, self._mine = book, theirs, mine

    def compose(self) -> ComposeResult:
        """Lay both out side by side."""
        with Vertical() as frame:
            frame.border_title = f"{self._theirs.decided_by} was quicker"
            frame.border_subtitle = "t or esc leaves theirs, m reopens it and saves yours"
            yield Static("That is decided already; nothing of yours is saved yet.", markup=False)
            yield Static(self._compared())

    def action_answer(self, answer: str) -> None:
        """Close with an answer."""
        self.dismiss(answer)

    def _compared(self) -> Table:
        table = Table(box=box.SIMPLE_HEAD, expand=True, pad_edge=False)
        table.add_column("")
        table.add_column("theirs", ratio=1)
        table.add_column("yours", ratio=1)
        theirs, mine = self._theirs, self._mine
        rows = [
            ("decided", theirs.outcome, mine.outcome),
            ("code", self._named(theirs.code_chosen), self._named(mine.code)),
            ("reason", theirs.reason, mine.reason),
        ]
        for name, of_theirs, of_mine in rows:
            if of_theirs or of_mine:
                table.add_row(Text(name, "bold"), Text(of_theirs or "none"), Text(of_mine or "none"))
        return table

    def _named(self, code: str | None) -> str:
        return label_of(self._book, code) if code is not None else ""
