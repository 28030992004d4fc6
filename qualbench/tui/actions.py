"""Every action of the workbench, once: bindings, footer, help and palette are made from this list."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType

EVERYWHERE, STUDY, IMPORT, TRANSCRIPT = "Everywhere", "Study", "Import", "Code"


@dataclass(frozen=True)
class Action:
    """Something a person can do.

    Attributes:
        id: Its name, `place.verb`; the method that does it is `action_` and what follows the point.
        keys: The keys that do it, parted by commas, in Textual's names.
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
    def method(self) -> str:
        """The action as Textual names it."""
        return self.id.partition(".")[2]


ACTIONS = (
    Action("app.mode_study", "1", "1", "Study", "Go to the study: its sources and what is next.", EVERYWHERE),
    Action("app.mode_import", "2", "2", "Import", "Go to the files to bring in.", EVERYWHERE),
    Action("app.mode_code", "4", "4", "Code", "Go to the transcript that was open last.", EVERYWHERE),
    Action(
        "app.help", "question_mark", "?", "Keys", "Show the keys of this place, then all.", EVERYWHERE, True
    ),
    Action("app.command_palette", "ctrl+p", "ctrl+p", "Palette", "Find an action by name.", EVERYWHERE, True),
    Action(
        "app.quit", "q,ctrl+q", "q", "Quit", "Leave the workbench; everything is saved.", EVERYWHERE, True
    ),
    Action("study.open", "enter", "enter", "Open", "Open the source under the cursor.", STUDY, True),
    Action("study.next_layer", "L", "L", "Layer", "Show the share coded in the next layer.", STUDY, True),
    Action(
        "study.checked",
        "c",
        "c",
        "Checked",
        "Mark the source as checked against its recording, or take that back.",
        STUDY,
        True,
    ),
    Action("study.row_down", "j", "j", "Down", "Move the cursor down.", STUDY),
    Action("study.row_up", "k", "k", "Up", "Move the cursor up.", STUDY),
    Action("imports.open", "o", "o", "Open", "Read a file or a folder.", IMPORT, True),
    Action(
        "imports.import", "i", "i", "Bring in", "Bring in the marked files, or all if none is.", IMPORT, True
    ),
    Action("imports.mark", "space", "space", "Mark", "Mark the file under the cursor.", IMPORT),
    Action("imports.mark_all", "A", "A", "Mark all", "Mark every file, or none.", IMPORT),
    Action(
        "imports.attributes",
        "a",
        "a",
        "Attributes",
        "Set timepoint, site, kind, mode or date of the marked files.",
        IMPORT,
        True,
    ),
    Action("imports.speaker", "s", "s", "Speaker", "Say who the speaker under the cursor is.", IMPORT, True),
    Action(
        "imports.merge",
        "m",
        "m",
        "Merge",
        "Say that a label is another misspelt, or no label.",
        IMPORT,
        True,
    ),
    Action("imports.label", "l", "l", "Label", "Say that words before a colon are a speaker.", IMPORT),
    Action(
        "imports.duplicate",
        "d",
        "d",
        "Duplicate",
        "Choose for a file like a source: skip, keep both, replace.",
        IMPORT,
    ),
    Action("imports.row_down", "j", "j", "Down", "Move the cursor down.", IMPORT),
    Action("imports.row_up", "k", "k", "Up", "Move the cursor up.", IMPORT),
    Action("imports.other_pane", "tab", "tab", "Pane", "Go from files to speakers and back.", IMPORT),
    Action("imports.to_study", "escape", "esc", "Stop", "Stop what runs, or go back to the study.", IMPORT),
    Action("code.right", "l,right", "l →", "Right", "Move a character to the right.", TRANSCRIPT),
    Action("code.left", "h,left", "h ←", "Left", "Move a character to the left.", TRANSCRIPT),
    Action("code.down", "j,down", "j ↓", "Down", "Move a row down.", TRANSCRIPT),
    Action("code.up", "k,up", "k ↑", "Up", "Move a row up.", TRANSCRIPT),
    Action("code.next_word", "w", "w", "Next word", "Move to the next word.", TRANSCRIPT),
    Action("code.previous_word", "b", "b", "Word back", "Move to the word before.", TRANSCRIPT),
    Action("code.page_down", "ctrl+d,pagedown", "ctrl+d", "Page down", "Move a page down.", TRANSCRIPT),
    Action("code.page_up", "ctrl+u,pageup", "ctrl+u", "Page up", "Move a page up.", TRANSCRIPT),
    Action("code.first", "g,home", "g", "Start", "Move to the start of the source.", TRANSCRIPT),
    Action("code.last", "G,end", "G", "End", "Move to the end of the source.", TRANSCRIPT),
    Action(
        "code.next_turn", "right_curly_bracket", "}", "Next turn", "Move to the next turn.", TRANSCRIPT, True
    ),
    Action(
        "code.previous_turn", "left_curly_bracket", "{", "Turn back", "Move to the turn before.", TRANSCRIPT
    ),
    Action("code.next_coding", "n", "n", "Next coding", "Move to the next coded passage.", TRANSCRIPT, True),
    Action("code.previous_coding", "N", "N", "Coding back", "Move to the coded passage before.", TRANSCRIPT),
    Action(
        "code.next_source",
        "right_square_bracket",
        "]",
        "Next source",
        "Open the next source of the list.",
        TRANSCRIPT,
        True,
    ),
    Action(
        "code.previous_source",
        "left_square_bracket",
        "[",
        "Source back",
        "Open the source before.",
        TRANSCRIPT,
    ),
    Action("code.next_layer", "L", "L", "Layer", "Show the codings of the next layer.", TRANSCRIPT, True),
    Action("code.to_study", "escape", "esc", "Study", "Go back to the study.", TRANSCRIPT, True),
)


def bindings(place: str) -> list[BindingType]:
    """Give the key bindings of a place."""
    return [
        Binding(
            action.keys,
            action.method,
            action.title,
            key_display=action.shown,
            show=action.in_footer,
            id=action.id,
            tooltip=action.help,
        )
        for action in ACTIONS
        if action.place == place
    ]


def actions_for(place: str) -> list[Action]:
    """Give the actions of a place first, then those that work everywhere."""
    return [a for a in ACTIONS if a.place == place] + [a for a in ACTIONS if a.place == EVERYWHERE]
