"""Every action of the workbench, once: bindings, footer, help and palette are made from this list."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType

EVERYWHERE, STUDY, IMPORT, REDACT = "Everywhere", "Study", "Import", "Redact"
MARK, CODE, MEMOS, SEARCH = "Mark in the text", "Code", "Memos", "Search"


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


def _moves(prefix: str, place: str) -> tuple[Action, ...]:
    """The ways of moving through a transcript, wherever one is shown."""
    return (
        Action(f"{prefix}.right", "l,right", "l →", "Right", "Move a character to the right.", place),
        Action(f"{prefix}.left", "h,left", "h ←", "Left", "Move a character to the left.", place),
        Action(f"{prefix}.down", "j,down", "j ↓", "Down", "Move a row down.", place),
        Action(f"{prefix}.up", "k,up", "k ↑", "Up", "Move a row up.", place),
        Action(f"{prefix}.next_word", "w", "w", "Next word", "Move to the next word.", place),
        Action(f"{prefix}.previous_word", "b", "b", "Word back", "Move to the word before.", place),
        Action(f"{prefix}.word_end", "e", "e", "Word end", "Move to the end of the word.", place),
        Action(
            f"{prefix}.next_sentence",
            "right_parenthesis",
            ")",
            "Next sentence",
            "Move to the next sentence.",
            place,
        ),
        Action(
            f"{prefix}.previous_sentence",
            "left_parenthesis",
            "(",
            "Sentence back",
            "Move to the sentence before.",
            place,
        ),
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
    Action("app.mode_memos", "8", "8", "Memos", "Go to the memos.", EVERYWHERE),
    Action("app.mode_search", "9", "9", "Search", "Go to the search of all sources.", EVERYWHERE),
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
    *_moves("code", CODE),
    Action("code.select", "v", "v", "Select", "Begin a selection at the caret, or drop it.", CODE, True),
    Action("code.sentence", "s", "s", "Sentence", "Select the sentence; again, the next one too.", CODE),
    Action("code.turn", "V", "V", "Turn", "Select the turn; again, the next one too.", CODE),
    Action(
        "code.cycle",
        "o",
        "o",
        "Other",
        "Go on to the next of the codes here; in a selection, to its other end.",
        CODE,
    ),
    Action("code.snap", "plus", "+", "Whole words", "Widen the selection to whole words.", CODE),
    Action(
        "code.code",
        "c",
        "c",
        "Code",
        "Choose codes for the selection, or for the sentence at the caret.",
        CODE,
        True,
    ),
    Action("code.repeat", "full_stop", ".", "Repeat", "Put the last code on the selection.", CODE, True),
    Action("code.by_key", "apostrophe *", "' a", "By its key", "Put the code that has this key there.", CODE),
    Action("code.create", "C", "C", "New code", "Make a code and put it there.", CODE),
    Action("code.in_vivo", "i", "i", "In vivo", "Make a code named by the selected words.", CODE),
    Action("code.give_key", "K", "K", "Give a key", "Give the code here a key of its own.", CODE),
    Action("code.remove", "x", "x", "Uncode", "Take the code here away.", CODE, True),
    Action("code.rebound", "E", "E", "Bounds", "Give the code here the selected words.", CODE),
    Action(
        "code.exemplar", "exclamation_mark", "!", "Exemplar", "Mark the code here as a good example.", CODE
    ),
    Action(
        "code.meaning",
        "S",
        "S",
        "Semantic, latent",
        "Say whether the code here reads what is said or what lies under it.",
        CODE,
    ),
    Action("code.memo", "M", "M", "Memo", "Write a memo on what is here.", CODE),
    Action("code.undo", "u", "u", "Undo", "Take your last change back.", CODE, True),
    Action("code.redo", "ctrl+r", "ctrl+r", "Redo", "Do again what you took back.", CODE),
    Action(
        "code.next_uncoded",
        "right_square_bracket u",
        "] u",
        "Next uncoded",
        "Move to the next participants' talk that nobody coded.",
        CODE,
    ),
    Action(
        "code.previous_uncoded",
        "left_square_bracket u",
        "[ u",
        "Uncoded back",
        "Move to the uncoded talk before.",
        CODE,
    ),
    Action(
        "code.next_coding",
        "right_square_bracket c",
        "] c",
        "Next coding",
        "Move to the next coded passage.",
        CODE,
    ),
    Action(
        "code.previous_coding",
        "left_square_bracket c",
        "[ c",
        "Coding back",
        "Move to the coded passage before.",
        CODE,
    ),
    Action(
        "code.next_memo",
        "right_square_bracket m",
        "] m",
        "Next memo",
        "Move to the next turn with a memo.",
        CODE,
    ),
    Action(
        "code.previous_memo",
        "left_square_bracket m",
        "[ m",
        "Memo back",
        "Move to the turn with a memo before.",
        CODE,
    ),
    Action(
        "code.next_source",
        "right_square_bracket s",
        "] s",
        "Next source",
        "Open the next source of the list.",
        CODE,
    ),
    Action(
        "code.previous_source",
        "left_square_bracket s",
        "[ s",
        "Source back",
        "Open the source before.",
        CODE,
    ),
    Action("code.find", "slash", "/", "Find", "Find words in this source.", CODE),
    Action("code.next_hit", "n", "n", "Next found", "Move to the next place found.", CODE),
    Action("code.previous_hit", "N", "N", "Found before", "Move to the place found before.", CODE),
    Action("code.go_to", "colon", ":", "Turn number", "Go to a turn by its number.", CODE),
    Action("code.jump", "J", "J", "Jump", "Show letters at the sentences in view, and jump to one.", CODE),
    Action("code.set_mark", "m *", "m a", "Mark", "Mark this place with a letter.", CODE),
    Action("code.to_mark", "grave_accent *", "` a", "To mark", "Go to the place with this letter.", CODE),
    Action("code.split", "vertical_line", "|", "Split", "Show a second place beside, or close it.", CODE),
    Action("code.filter", "f", "f", "Codes shown", "Show some codes or themes only, or all again.", CODE),
    Action("code.next_layer", "L", "L", "Layer", "Show the codings of the next layer.", CODE),
    Action(
        "code.reading", "R", "R", "Reading", "Read without codes, notes in the margin; again, code.", CODE
    ),
    Action("code.read", "r", "r", "Read", "Mark the source as read by you, or take that back.", CODE),
    Action("code.other_pane", "tab", "tab", "Pane", "Go on to the next pane.", CODE),
    Action("code.fold_sources", "less_than_sign", "<", "Sources", "Show or hide the list of sources.", CODE),
    Action("code.fold_codes", "greater_than_sign", ">", "Codes", "Show or hide the list of codes.", CODE),
    Action("code.filter_sources", "F", "F", "Sources shown", "List some sources only, or all again.", CODE),
    Action("code.back", "escape", "esc", "Back", "Drop what is selected or found, or go to the study.", CODE),
    Action("memos.add", "a", "a", "New memo", "Write a memo on the study.", MEMOS, True),
    Action("memos.edit", "e,enter", "e", "Edit", "Go on with the memo under the cursor.", MEMOS, True),
    Action("memos.remove", "x", "x", "Remove", "Take the memo under the cursor away.", MEMOS, True),
    Action("memos.open", "o", "o", "Place", "Open its place in the transcript.", MEMOS, True),
    Action(
        "memos.next_filter",
        "f",
        "f",
        "Filter",
        "List those on the next kind of thing: study, source, code, coding, turn.",
        MEMOS,
        True,
    ),
    Action("memos.whose", "w", "w", "Whose", "List your own only, or everybody's.", MEMOS),
    Action("memos.undo", "u", "u", "Undo", "Take your last change back.", MEMOS),
    Action("memos.redo", "ctrl+r", "ctrl+r", "Redo", "Do again what you took back.", MEMOS),
    Action("memos.row_down", "j", "j", "Down", "Move the cursor down; in the text, move that.", MEMOS),
    Action("memos.row_up", "k", "k", "Up", "Move the cursor up; in the text, move that.", MEMOS),
    Action("memos.other_pane", "tab", "tab", "Pane", "Go from the list to the text and back.", MEMOS),
    Action("memos.to_study", "escape", "esc", "Back", "Leave the text, or go back to the study.", MEMOS),
    Action("search.type", "slash", "/", "Type", "Go to the line to type.", SEARCH, True),
    Action("search.open", "enter", "enter", "Open", "Open the place in its transcript.", SEARCH, True),
    Action("search.code", "c", "c", "Code", "Choose codes for the places not left out.", SEARCH, True),
    Action("search.leave_out", "space", "space", "Leave out", "Leave the place out, or take it in.", SEARCH),
    Action("search.all_or_none", "A", "A", "All or none", "Leave every place out, or take all in.", SEARCH),
    Action(
        "search.extent",
        "e",
        "e",
        "Extent",
        "Code the words found, their sentence, or their turn.",
        SEARCH,
        True,
    ),
    Action("search.limit", "f", "f", "Limits", "Search only some of the talk, or all again.", SEARCH, True),
    Action("search.next_page", "greater_than_sign", ">", "Next page", "Show the next 200 places.", SEARCH),
    Action("search.previous_page", "less_than_sign", "<", "Page back", "Show the 200 before.", SEARCH),
    Action("search.undo", "u", "u", "Undo", "Take your last change back.", SEARCH),
    Action("search.redo", "ctrl+r", "ctrl+r", "Redo", "Do again what you took back.", SEARCH),
    Action("search.row_down", "j", "j", "Down", "Move the cursor down.", SEARCH),
    Action("search.row_up", "k", "k", "Up", "Move the cursor up.", SEARCH),
    Action("search.other_pane", "tab", "tab", "Pane", "Go from the line to what was found.", SEARCH),
    Action("search.to_study", "escape", "esc", "Study", "Leave the line, or go back to the study.", SEARCH),
)


def bindings(place: str) -> list[BindingType]:
    """Give the key bindings of a place; an action of two keys has one without a key, for a keymap to fill."""
    return [
        Binding(
            f"none_{action.method}" if action.is_chord else action.keys,
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


def chords(place: str) -> dict[str, dict[str, Action]]:
    """Give the actions of two keys of a place, by the first and the second."""
    found: dict[str, dict[str, Action]] = {}
    for action in ACTIONS:
        if action.place == place and action.is_chord:
            first, second = action.keys.split()
            found.setdefault(first, {})[second] = action
    return found


def actions_for(place: str) -> list[Action]:
    """Give the actions of a place first, then those that work everywhere."""
    return [a for a in ACTIONS if a.place == place] + [a for a in ACTIONS if a.place == EVERYWHERE]
