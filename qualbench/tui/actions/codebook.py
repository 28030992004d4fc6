"""The actions of the codebook and what belongs to it: review, versions, phases."""

from __future__ import annotations

from qualbench.tui.actions.action import (
    CODEBOOK,
    PHASES,
    REVIEW,
    SPLIT,
    UNCAPTURED,
    VERSIONS,
    Action,
    scrolls,
)


def _reads_again(prefix: str, place: str) -> tuple[Action, ...]:
    """What can be done wherever passages are read again."""
    return (
        *scrolls(prefix, place, "passage"),
        Action(f"{prefix}.wider", "plus", "+", "More", "Show a turn more to either side.", place),
        Action(
            f"{prefix}.narrower",
            "minus",
            "-",
            "Less",
            "Show a turn less to either side, at last the words alone.",
            place,
        ),
        Action(f"{prefix}.open", "o,enter", "o", "Text", "Open the place in its transcript.", place, True),
        Action(f"{prefix}.next_layer", "L", "L", "Layer", "Show the passages of the next layer.", place),
        Action(f"{prefix}.undo", "u", "u", "Undo", "Take your last change back.", place, True),
        Action(f"{prefix}.redo", "ctrl+r", "ctrl+r", "Redo", "Do again what you took back.", place),
        Action(f"{prefix}.back", "escape", "esc", "Back", "Go back to where you came from.", place),
    )


def _codings(prefix: str, place: str, in_footer: bool) -> tuple[Action, ...]:
    """What can be done with a coded passage that is read again."""
    return (
        Action(f"{prefix}.move", "m", "m", "Move", "Give the passage another code.", place, in_footer),
        Action(f"{prefix}.uncode", "x", "x", "Uncode", "Take the code off the passage.", place, in_footer),
        Action(f"{prefix}.memo", "n", "n", "Memo", "Write a memo on the coding, or go on with it.", place),
        Action(
            f"{prefix}.exemplar", "exclamation_mark", "!", "Exemplar", "Mark it as a good example.", place
        ),
        Action(
            f"{prefix}.example",
            "E",
            "E",
            "Example",
            "Give it as an example of its code: typical, atypical or near miss.",
            place,
        ),
    )


FRAME = (
    Action("codebook.row_down", "j,down", "j ↓", "Down", "Move the cursor down.", CODEBOOK),
    Action("codebook.row_up", "k,up", "k ↑", "Up", "Move the cursor up.", CODEBOOK),
    Action("codebook.page_down", "ctrl+d,pagedown", "ctrl+d", "Page down", "Move a page down.", CODEBOOK),
    Action("codebook.page_up", "ctrl+u,pageup", "ctrl+u", "Page up", "Move a page up.", CODEBOOK),
    Action("codebook.first", "g,home", "g", "First", "Move to the first row.", CODEBOOK),
    Action("codebook.last", "G,end", "G", "Last", "Move to the last row.", CODEBOOK),
    Action(
        "codebook.fold",
        "h,left",
        "h ←",
        "Fold",
        "Fold the entry, or go to the one it stands below.",
        CODEBOOK,
    ),
    Action(
        "codebook.unfold",
        "l,right",
        "l →",
        "Unfold",
        "Unfold the entry, or go to the first below it.",
        CODEBOOK,
    ),
    Action("codebook.read_on", "space", "space", "Read on", "Show more of the entry to the right.", CODEBOOK),
    Action(
        "codebook.passages",
        "enter",
        "enter",
        "Passages",
        "Show all its passages in one scroll; in the table, those of the cell.",
        CODEBOOK,
        True,
    ),
    Action(
        "codebook.filter",
        "slash",
        "/",
        "Find",
        "Show the entries with a name, those merged into others too.",
        CODEBOOK,
    ),
    Action("codebook.add", "a", "a", "Add", "Add an entry beside this one.", CODEBOOK, True),
    Action("codebook.add_below", "A", "A", "Add below", "Add an entry below this one.", CODEBOOK),
    Action("codebook.edit", "e", "e", "Edit", "Edit all fields of the entry.", CODEBOOK, True),
    Action("codebook.rename", "r", "r", "Rename", "Give the entry another name.", CODEBOOK),
    Action("codebook.shift_up", "K", "K", "Move up", "Move it up among its neighbours.", CODEBOOK),
    Action("codebook.shift_down", "J", "J", "Move down", "Move it down among its neighbours.", CODEBOOK),
    Action("codebook.nest", "greater_than_sign", ">", "Nest", "Put it below the entry above it.", CODEBOOK),
    Action("codebook.unnest", "less_than_sign", "<", "Out", "Move it one level out.", CODEBOOK),
    Action("codebook.move", "M", "M", "Move", "Move it below an entry that you choose.", CODEBOOK),
    Action("codebook.merge", "m", "m", "Merge", "Merge it into an entry that you choose.", CODEBOOK, True),
    Action(
        "codebook.split",
        "s",
        "s",
        "Split",
        "Split it into new codes, or go on with sending its passages to them.",
        CODEBOOK,
        True,
    ),
    Action("codebook.retire", "R", "R", "Retire", "Take it out of use, or bring it back.", CODEBOOK),
    Action("codebook.themes", "t", "t", "Themes", "Put it into candidate themes, or out of them.", CODEBOOK),
    Action("codebook.agree", "y", "y", "Agree", "Agree on it, a candidate so far.", CODEBOOK),
    Action(
        "codebook.give_key",
        "apostrophe *",
        "' a",
        "Key",
        "Give it this key for coding; the one it has is taken away.",
        CODEBOOK,
    ),
    Action("codebook.memo", "n", "n", "Memo", "Write a memo on it, or go on with yours.", CODEBOOK),
    Action("codebook.versions", "v", "v", "Versions", "Show the versions of the codebook.", CODEBOOK),
    Action(
        "codebook.uncaptured", "w", "w", "What is left", "Show the talk that no theme captures.", CODEBOOK
    ),
    Action("codebook.show_whole", "i", "i", "Retired", "Show retired and merged entries, or not.", CODEBOOK),
    Action("codebook.next_layer", "L", "L", "Layer", "Count the codings of the next layer.", CODEBOOK),
    Action("codebook.import", "b", "b", "Bring in", "Bring in a codebook of the program's own.", CODEBOOK),
    Action("codebook.undo", "u", "u", "Undo", "Take your last change back.", CODEBOOK),
    Action("codebook.redo", "ctrl+r", "ctrl+r", "Redo", "Do again what you took back.", CODEBOOK),
    Action("codebook.other_pane", "tab", "tab", "Table", "Go to the table, or back to the tree.", CODEBOOK),
    Action("codebook.back", "escape", "esc", "Back", "Show all again, or go to the study.", CODEBOOK),
    Action("review.keep", "y", "y", "Keep", "Say that it was read again and keeps its code.", REVIEW, True),
    *_codings("review", REVIEW, True),
    *_reads_again("review", REVIEW),
    Action(
        "split.send",
        "1,2,3,4,5,6,7,8,9",
        "1-9",
        "Send",
        "Send the passage to the part that has the digit.",
        SPLIT,
        True,
    ),
    Action("split.keep", "0,y", "0", "Keep", "Keep the passage with the code as it is.", SPLIT, True),
    *_codings("split", SPLIT, False),
    *_reads_again("split", SPLIT),
    Action("uncaptured.code", "c", "c", "Code", "Choose codes for the words here.", UNCAPTURED, True),
    *_reads_again("uncaptured", UNCAPTURED),
    *scrolls("versions", VERSIONS, "change"),
    Action(
        "versions.choose",
        "enter",
        "enter",
        "Passages",
        "Go through the passages that the change asks to read again; on a version, show its codes.",
        VERSIONS,
        True,
    ),
    Action(
        "versions.definitions",
        "o",
        "o",
        "Codes",
        "Show the codes of the version with their definitions, or what changed again.",
        VERSIONS,
        True,
    ),
    Action("versions.mark", "space", "space", "Mark", "Mark the version, to compare two.", VERSIONS, True),
    Action(
        "versions.release",
        "R",
        "R",
        "Release",
        "Freeze the codebook as it is now as the next version.",
        VERSIONS,
        True,
    ),
    Action("versions.other_pane", "tab", "tab", "Pane", "Go to what changed and back.", VERSIONS),
    Action("versions.back", "escape", "esc", "Back", "Go back to where you came from.", VERSIONS),
    *scrolls("phases", PHASES, "thing that is missing"),
    Action("phases.follow", "enter", "enter", "Go there", "Go where it can be mended.", PHASES, True),
    Action("phases.back", "escape", "esc", "Back", "Go back to the sources.", PHASES, True),
)
