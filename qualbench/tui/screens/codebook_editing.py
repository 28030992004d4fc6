"""Adding entries of the codebook and changing their fields, by keys."""

from __future__ import annotations

from qualbench.codebook.editing import NewCode, add_code, edit_code, set_key
from qualbench.codebook.moving import agree_codes, restore_code, retire_code
from qualbench.codebook.tree import CodeEntry
from qualbench.coding.memos import CODE, add_memo, edit_memo, list_memos, on_code
from qualbench.errors import Refused
from qualbench.tui.screens.codebook_asking import AskNew, AskReason, AskThemes
from qualbench.tui.screens.codebook_open import OpenCodebook
from qualbench.tui.screens.entry_editing import EditingEntry
from qualbench.tui.screens.memo_editor import MemoEditor
from qualbench.tui.screens.prompt import Prompt
from qualbench.tui.widgets.entry_view import LEVEL_NAMES

_BELOW = {"theme": ("code", "subtheme"), "subtheme": ("code", "subtheme"), "code": ("code",)}
_AT_TOP = ("theme", "code")


class EditingCodebook(OpenCodebook, EditingEntry):
    """The actions on one entry as it is, where it stands left aside."""

    def changed(self, sentence: str, code_id: str | None = None) -> None:
        """Show what the codebook has become, with the cursor on an entry, and say what happened."""
        self.reload()
        if code_id is not None:
            self.codes.move_to(code_id)
        self.say(sentence)

    # Adding

    def action_add(self) -> None:
        """Add an entry beside the one under the cursor."""
        entry = self.codes.entry
        parent = self.book.by_id.get(entry.parent_id or "") if entry is not None else None
        levels = _BELOW[parent.level] if parent is not None else _AT_TOP
        if entry is not None and entry.level in levels:
            levels = tuple(sorted(levels, key=lambda level: level != entry.level))
        self._add(parent, levels)

    def action_add_below(self) -> None:
        """Add an entry below the one under the cursor."""
        entry = self.chosen_in_use()
        self._add(entry, _BELOW[entry.level])

    def _add(self, parent: CodeEntry | None, levels: tuple[str, ...]) -> None:
        def add(answer: tuple[str, str] | None) -> None:
            if answer is not None:
                self.attempt(lambda: put(*answer))

        def put(label: str, level: str) -> None:
            new = NewCode(label, parent.id if parent is not None else None, level=level)
            entry = add_code(self.workbench.study, new)
            kind = LEVEL_NAMES[entry.level]
            self.changed(f"Added the {kind} '{entry.label}', a candidate; u takes that back.", entry.id)

        where = f"below '{parent.label}'" if parent is not None else "at the top"
        self.app.push_screen(AskNew(f"A new entry {where}", levels), add)

    # Its fields

    def action_rename(self) -> None:
        """Give the entry another name."""
        self.look_again()
        entry = self.chosen_in_use()

        def rename(label: str | None) -> None:
            if label is not None and label != entry.label:
                self.attempt(lambda: self.save_entry(entry, {"label": label}))

        self.app.push_screen(Prompt(f"Rename '{entry.label}'", entry.label), rename)

    def action_edit(self) -> None:
        """Edit all fields of the entry in a form."""
        self.look_again()
        self.edit_entry(self.chosen_in_use(), {})

    def action_give_key(self, key: str) -> None:
        """Give the entry a key letter; the one that it has already is taken away."""
        entry = self.chosen_in_use()
        if entry.key == key:
            set_key(self.workbench.study, entry.id, None)
            self.changed(f"'{entry.label}' has no key any more; u takes that back.")
            return
        before = set_key(self.workbench.study, entry.id, key)
        taken = f", which '{before.label}' had" if before else ""
        self.changed(f"'{entry.label}' has the key {key}{taken}; u takes that back.")

    def action_themes(self) -> None:
        """Put the code into candidate themes, or out of them."""
        entry = self.chosen_in_use()
        below = {one.id for _, one in self.book.walk(entry.id, whole=True)} | {entry.id}
        themes = [
            one
            for _, one in self.book.walk()
            if one.level != "code" and one.status == "candidate" and one.id not in below
        ]
        if not themes:
            raise Refused(
                "There is no candidate theme to put it into.",
                "a adds one; it groups codes until it is agreed on.",
            )

        def put(ids: tuple[str, ...] | None) -> None:
            if ids is not None and set(ids) != set(entry.also_in):
                self.attempt(lambda: keep(ids))

        def keep(ids: tuple[str, ...]) -> None:
            edit_code(self.workbench.study, entry.id, {"also_in": ids})
            names = ", ".join(f"'{self.book.by_id[id_].label}'" for id_ in ids)
            self.changed(f"'{entry.label}' sits in {names or 'no candidate theme'}; u takes that back.")

        self.app.push_screen(AskThemes(f"'{entry.label}' sits in", self.book, themes, entry.also_in), put)

    # Its status

    def action_agree(self) -> None:
        """Agree on the entry, a candidate so far."""
        entry = self.chosen_in_use()
        if entry.status != "candidate":
            raise Refused(f"'{entry.label}' is agreed on already.")
        before = len(self.book.children(entry.id))
        agree_codes(self.workbench.study, [entry.id])
        self.changed(f"Agreed on '{entry.label}'; u takes that back.")
        came = len(self.book.children(entry.id)) - before
        if came:
            stands = "code that it groups stands" if came == 1 else "codes that it groups stand"
            self.say(f"Agreed on '{entry.label}'; the {came} {stands} below it now; u takes that back.")

    def action_retire(self) -> None:
        """Take the entry out of use, or bring one back that was retired or merged."""
        entry = self.chosen()
        if not entry.in_use:
            restore_code(self.workbench.study, entry.id)
            stays = ", without the codings that the merge moved" if entry.merged_into is not None else ""
            self.changed(f"'{entry.label}' is back as a candidate{stays}; u takes that back.", entry.id)
            return
        below = list(self.book.walk(entry.id))
        if below:
            retire_code(self.workbench.study, entry.id)  # which says what stands in the way

        def retire(reason: str | None) -> None:
            if reason is not None:
                self.attempt(lambda: self._retire(entry, reason))

        self.app.push_screen(AskReason(f"Retire '{entry.label}'", "Its codings stay."), retire)

    def _retire(self, entry: CodeEntry, reason: str) -> None:
        retire_code(self.workbench.study, entry.id, reason)
        hidden = "" if self.codes.whole else " i shows it,"
        self.changed(f"Retired '{entry.label}', its codings stay;{hidden} u takes that back.", entry.id)

    def action_memo(self) -> None:
        """Write a memo on the entry, or go on with one's own."""
        entry, study = self.chosen_in_use(), self.workbench.study
        mine = list_memos(study, about=CODE, code=entry.id, by=study.coder)

        def keep(text: str, seen: str) -> None:
            if mine:
                edit_memo(study, mine[0].id, text, seen)
            else:
                add_memo(study, text, on_code(entry.id))

        def kept(text: str | None) -> None:
            if text is not None:
                self.changed("The memo is kept; 8 lists all of them.")

        self.app.push_screen(MemoEditor(f"Memo on {entry.label}", mine[0].text if mine else "", keep), kept)
