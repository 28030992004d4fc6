"""What an action is, and the places where there are any."""

from __future__ import annotations

from dataclasses import dataclass

EVERYWHERE, STUDY, IMPORT, REDACT = "Everywhere", "Study", "Import", "Redact"
MARK, CODE, MEMOS, SEARCH = "Mark in the text", "Code", "Memos", "Search"
REVIEW, SPLIT, UNCAPTURED = "Review", "Split", "In no theme"
VERSIONS, PHASES, PLAN = "Versions", "Phases", "Plan"
CODEBOOK = "Codebook"
COMPARE, REDRAW, AGREEMENT, BEHIND = "Compare", "Redraw", "Agreement", "Behind a figure"
MATRIX, BEHIND_CELL = "Matrix", "Behind a cell"


@dataclass(frozen=True)
class Action:
    """Something a person can do.

    Attributes:
        id: Its name, `place.verb`; the method that does it is `action_` and what follows the point.
        keys: The keys that do it, parted by commas, in Textual's names. Two parted by a blank are pressed one
            after the other; with `*` for the second, the action is given the character that was pressed.
        shown: The key as it is printed.
        title: What it does, in a word or two, for footer and palette.
        help: What it does, in a sentence.
        place: Where it can be done.
        in_footer: Whether the footer names it.
    """

    id: str
    keys: str
    shown: str
    title: str
    help: str
    place: str
    in_footer: bool = False

    @property
    def is_chord(self) -> bool:
        """Whether it takes two keys, one after the other."""
        return " " in self.keys

    @property
    def method(self) -> str:
        """The action as Textual names it."""
        return self.id.partition(".")[2]


def scrolls(prefix: str, place: str, what: str) -> tuple[Action, ...]:
    """The ways of moving through a scroll of things, wherever there is one."""
    return (
        Action(f"{prefix}.next", "j,down", "j ↓", "Next", f"Go to the next {what}.", place),
        Action(f"{prefix}.previous", "k,up", "k ↑", "Before", f"Go to the {what} before.", place),
        Action(f"{prefix}.page_down", "ctrl+d,pagedown", "ctrl+d", "Page down", "Go a page down.", place),
        Action(f"{prefix}.page_up", "ctrl+u,pageup", "ctrl+u", "Page up", "Go a page up.", place),
        Action(f"{prefix}.first", "g,home", "g", "First", f"Go to the first {what}.", place),
        Action(f"{prefix}.last", "G,end", "G", "Last", f"Go to the last {what}.", place),
    )
