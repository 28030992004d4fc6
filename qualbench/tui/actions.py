"""Every action of the workbench, once: bindings, footer, help and palette are made from this list."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType

EVERYWHERE, STUDY, IMPORT, REDACT = "Everywhere", "Study", "Import", "Redact"
MARK, TRANSCRIPT = "Mark in the text", "Code"


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


def _moves(prefix: str, place: str) -> tuple[Action, ...]:
    """The ways of moving through a transcript, wherever one is shown."""
    return (
        Action(f"{prefix}.right", "l,right", "l →", "Right", "Move a character to the right.", place),
        Action(f"{prefix}.left", "h,left", "h ←", "Left", "Move a character to the left.", place),
        Action(f"{prefix}.down", "j,down", "j ↓", "Down", "Move a row down.", place),
        Action(f"{prefix}.up", "k,up", "k ↑", "Up", "Move a row up.", place),
        Action(f"{prefix}.next_word", "w", "w", "Next word", "Move to the next word.", place),
        Action(f"{prefix}.previous_word", "b", "b", "Word back", "Move to the word before.", place),
        Action(f"{prefix}.page_down", "ctrl+d,pagedown", "ctrl+d", "Page down", "Move a page down.", place),
        Action(f"{prefix}.page_up", "ctrl+u,pageup", "ctrl+u", "Page up", "Move a page up.", place),
        Action(f"{prefix}.first", "g,home", "g", "Start", "Move to the start of the source.", place),
        Action(f"{prefix}.last", "G,end", "G", "End", "Move to the end of the source.", place),
        Action(
            f"{prefix}.next_turn",
            "right_curly_bracket",
            "}",
            "Next turn",
            "Move to the next turn.",
            place,
            True,
        ),
        Action(
            f"{prefix}.previous_turn",
            "left_curly_bracket",
            "{",
            "Turn back",
            "Move to the turn before.",
            place,
        ),
    )


ACTIONS = (
    Action("app.mode_study", "1", "1", "Study", "Go to the study: its sources and what is next.", EVERYWHERE),
    Action("app.mode_import", "2", "2", "Import", "Go to the files to bring in.", EVERYWHERE),
    Action("app.mode_redact", "3", "3", "Redact", "Go to the review of what identifies people.", EVERYWHERE),
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
    Action(
        "redact.accept",
        "y",
        "y",
        "Replace",
        "Replace the entity under the cursor; among its places, that place alone.",
        REDACT,
        True,
    ),
    Action(
        "redact.reject",
        "n",
        "n",
        "Keep",
        "Keep the entity as it is; among its places, that place alone.",
        REDACT,
        True,
    ),
    Action("redact.pseudonym", "e", "e", "Pseudonym", "Write the pseudonym yourself, and accept.", REDACT),
    Action("redact.kind", "c", "c", "Kind", "Say what kind of identifier it is.", REDACT),
    Action("redact.same_as", "s", "s", "Same as", "Make it one with another entity.", REDACT),
    Action("redact.mark", "space", "space", "Mark", "Mark the place under the cursor.", REDACT),
    Action("redact.split", "x", "x", "Split off", "Make an entity of its own of the marked places.", REDACT),
    Action(
        "redact.earlier_start", "left_square_bracket", "[", "Widen left", "Take in the word before.", REDACT
    ),
    Action("redact.later_end", "right_square_bracket", "]", "Widen right", "Take in the word after.", REDACT),
    Action(
        "redact.later_start", "left_curly_bracket", "{", "Narrow left", "Leave out the first word.", REDACT
    ),
    Action(
        "redact.earlier_end", "right_curly_bracket", "}", "Narrow right", "Leave out the last word.", REDACT
    ),
    Action(
        "redact.text",
        "o,enter",
        "o",
        "Text",
        "Open the text there, to read on or to mark more.",
        REDACT,
        True,
    ),
    Action(
        "redact.next_queue",
        "f",
        "f",
        "List",
        "Go on to the next list: names, details, second reader, decided.",
        REDACT,
        True,
    ),
    Action("redact.rest", "R", "R", "Rest", "Decide alike on all that is left in the list.", REDACT),
    Action("redact.detect", "d", "d", "Detect", "Look through all sources that are not sealed.", REDACT),
    Action("redact.undo", "u", "u", "Undo", "Take your last change back.", REDACT, True),
    Action("redact.redo", "ctrl+r", "ctrl+r", "Redo", "Do again what you took back.", REDACT),
    Action("redact.row_down", "j", "j", "Down", "Move the cursor down.", REDACT),
    Action("redact.row_up", "k", "k", "Up", "Move the cursor up.", REDACT),
    Action("redact.other_pane", "tab", "tab", "Pane", "Go from entities to places and back.", REDACT),
    Action("redact.to_study", "escape", "esc", "Stop", "Stop what runs, or go back to the study.", REDACT),
    *_moves("mark", MARK),
    Action("mark.select", "v", "v", "Select", "Begin a selection at the caret, or drop it.", MARK, True),
    Action(
        "mark.add",
        "a,y",
        "a",
        "Replace",
        "Replace the selection, or the word at the caret, wherever it stands.",
        MARK,
        True,
    ),
    Action("mark.next_mention", "n", "n", "Next", "Move to the next place that is marked.", MARK, True),
    Action("mark.previous_mention", "N", "N", "Before", "Move to the place marked before.", MARK),
    Action("mark.back", "escape", "esc", "Back", "Drop the selection, or go back to the list.", MARK, True),
    *_moves("code", TRANSCRIPT),
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
