"""Changing the tree of the codebook by keys: moving, merging, splitting; bringing a codebook in."""

from __future__ import annotations

from qualbench.codebook.drafts import BookFile
from qualbench.codebook.files import read_book, shipped_codebooks
from qualbench.codebook.frameworks import mount_tags
from qualbench.codebook.importing import import_entries, plan_import
from qualbench.codebook.merging import merge_codes
from qualbench.codebook.moving import move_code, shift_code
from qualbench.codebook.tree import CodeEntry
from qualbench.coding.blind import visible_layers
from qualbench.coding.codings import list_codings
from qualbench.coding.undoing import redo, undo
from qualbench.errors import Refused
from qualbench.study.tables import AGREED
from qualbench.tui.screens.codebook_asking import TOP, AskEntry, AskReason
from qualbench.tui.screens.codebook_editing import EditingCodebook
from qualbench.tui.screens.picker import Picker


class MovingInCodebook(EditingCodebook):
    """The actions that change the tree."""

    # Moving

    def action_shift_up(self) -> None:
        """Move the entry up among those beside it."""
        self._shift(-1)

    def action_shift_down(self) -> None:
        """Move the entry down among those beside it."""
        self._shift(1)

    def _shift(self, step: int) -> None:
        entry = self.chosen_in_use()
        shift_code(self.workbench.study, entry.id, step)
        self.changed(f"Moved '{entry.label}' {'up' if step < 0 else 'down'}; u takes that back.")

    def action_nest(self) -> None:
        """Put the entry below the one above it."""
        entry = self.chosen_in_use()
        beside = [one for one in self.book.children(entry.parent_id) if one.in_use]
        at = beside.index(entry)
        if not at:
            raise Refused(f"No entry stands above '{entry.label}' there.", "M moves it below any other.")
        self._move(entry, beside[at - 1])

    def action_unnest(self) -> None:
        """Move the entry one level out."""
        entry = self.chosen_in_use()
        if entry.parent_id is None:
            raise Refused(f"'{entry.label}' stands at the top already.")
        above = self.book.by_id[entry.parent_id].parent_id
        self._move(entry, self.book.by_id[above] if above is not None else None)

    def action_move(self) -> None:
        """Move the entry, with all below it, below a chosen one."""
        entry = self.chosen_in_use()

        def move(under: str | None) -> None:
            if under is not None:
                self.attempt(lambda: self._move(entry, None if under == TOP else self.book.by_id[under]))

        top = "the top of the tree" if entry.parent_id is not None else ""
        self.app.push_screen(
            AskEntry(f"Move '{entry.label}' below", self.book, self._inside(entry), top), move
        )

    def _move(self, entry: CodeEntry, under: CodeEntry | None) -> None:
        moved = move_code(self.workbench.study, entry.id, under.id if under is not None else None)
        where = f"below '{under.label}'" if under is not None else "to the top"
        now = f", now a {moved.level.replace('sub', 'sub-')}" if moved.level != entry.level else ""
        self.changed(f"Moved '{entry.label}' {where}{now}; u takes that back.", entry.id)

    def _inside(self, entry: CodeEntry) -> set[str]:
        return {entry.id, *(one.id for _, one in self.book.walk(entry.id, whole=True))}

    # Merging

    def action_merge(self) -> None:
        """Merge the entry into a chosen one."""
        entry = self.chosen_in_use()

        def ask(into: str | None) -> None:
            if into is not None:
                self.attempt(lambda: self._ask_merge(entry, self.book.by_id[into]))

        self.app.push_screen(AskEntry(f"Merge '{entry.label}' into", self.book, self._inside(entry)), ask)

    def _ask_merge(self, gone: CodeEntry, kept: CodeEntry) -> None:
        study = self.workbench.study
        counts = [
            f"{len(list_codings(study, layer=layer, code=gone.id))} of "
            + ("the agreed layer" if layer == AGREED else "yours")
            for layer in visible_layers(study)
            if layer in (study.coder, AGREED)
        ]
        below = len(self.book.children(gone.id))
        words = (
            f"'{kept.label}' stays, with its definition. It takes the codings of '{gone.label}': "
            f"{' and '.join(reversed(counts))}; what others have coded with it goes along. "
            "Where both codes stand on the same words, one coding of all the words is kept, with the memos "
            "of each."
            + (f"\n\nThe {below} entries below it move too." if below > 1 else "")
            + ("\n\nThe entry below it moves too." if below == 1 else "")
            + f"\n\nThe name '{gone.label}' stays findable. u takes all of it back."
        )

        def merge(reason: str | None) -> None:
            if reason is not None:
                self.attempt(lambda: do(reason))

        def do(reason: str) -> None:
            done = merge_codes(study, gone.id, kept.id, reason)
            came = f"{done.codings} coding{'s' * (done.codings != 1)} came along"
            joined = f", {done.joined} of them joined with what was there" if done.joined else ""
            self.changed(f"Merged into '{kept.label}', u takes that back: {came}{joined}.", kept.id)

        self.app.push_screen(AskReason(f"Merge '{gone.label}' into '{kept.label}'", words), merge)

    # Splitting

    def action_split(self) -> None:
        """Split the entry into others; if that is under way, go on with its passages."""
        self.split_entry(self.chosen_in_use(), self.shown_layer)

    # Undo and redo

    def action_undo(self) -> None:
        """Take back the coder's last change."""
        self.changed(f"Undid: {undo(self.workbench.study).summary}.")

    def action_redo(self) -> None:
        """Make it again."""
        self.changed(f"Redid: {redo(self.workbench.study).summary}.")

    # Bringing one in

    def action_import(self) -> None:
        """Bring in a codebook that comes with the program, as codes or only as tags."""
        books = {name: read_book(path) for name, path in shipped_codebooks().items()}
        choices = [
            (name, f"{book.title}, {book.framework or name}: {len(book.entries)} entries")
            for name, book in books.items()
        ]

        def read(name: str | None) -> None:
            if name is not None:
                self.attempt(lambda: self._ask_import(books[name]))

        self.app.push_screen(Picker("Bring in a codebook", choices), read)

    def _ask_import(self, book: BookFile) -> None:
        plan = plan_import(self.workbench.study, book.entries, given=book.given).result
        counts = f"{len(plan.added)} added" + (f", {len(plan.updated)} changed" if plan.updated else "")
        choices = [("codes", f"as codes: {counts}")]
        if book.framework:
            choices.append(("tags", f"only as tags for codes of your own, such as {book.framework}:…"))

        def bring(how: str | None) -> None:
            if how is not None:
                self.attempt(as_tags if how == "tags" else as_codes)

        def as_codes() -> None:
            done = import_entries(self.workbench.study, book.entries, book.name, given=book.given)
            told = f"{len(done.added)} entries added, {len(done.updated)} changed"
            self.changed(f"{told}; u takes that back.", next(iter(done.added), None))

        def as_tags() -> None:
            count = mount_tags(self.workbench.study, book)
            self.changed(f"{count} tags of {book.framework}, u takes that back; e puts them on an entry.")

        self.app.push_screen(Picker(book.title, choices), bring)
