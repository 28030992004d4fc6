"""Editing and splitting an entry of the codebook, for every screen that shows one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qualbench.codebook.editing import edit_code
from qualbench.codebook.merging import parts_of, split_code
from qualbench.codebook.tree import CodeEntry, read_codebook
from qualbench.coding.codings import list_codings
from qualbench.coding.reviewing import passages_to_split
from qualbench.errors import Conflict, Refused
from qualbench.tui.entry_details import known_tags
from qualbench.tui.screens.base import ModeScreen
from qualbench.tui.screens.codebook_asking import AskNames
from qualbench.tui.screens.entry_conflict import BACK, MINE, EntryConflict
from qualbench.tui.screens.entry_form import EntryForm
from qualbench.tui.screens.review import review_split
from qualbench.tui.widgets.entry_view import FIELD_NAMES


class EditingEntry(ModeScreen):
    """The form of an entry, what comes of it where two people edit at once, and splitting."""

    def changed(self, sentence: str, code_id: str | None = None) -> None:
        """Show what the codebook has become, with an entry in view, and say what happened."""
        raise NotImplementedError

    # Its fields

    def edit_entry(self, entry: CodeEntry, values: Mapping[str, Any]) -> None:
        """Open the form of an entry.

        Args:
            entry: The entry as it is.
            values: What has been changed of it already, to go on with.
        """

        def save(edited: dict[str, Any]) -> None:
            self._keep(entry, edited)

        def closed(refused: dict[str, Any] | None) -> None:
            if refused is not None:
                self.attempt(lambda: self._show_both(entry, refused))

        settings, study = self.workbench.settings, self.workbench.study
        tags = known_tags(study, read_codebook(study))
        form = EntryForm(entry, values, settings.stakeholder_types, settings.timepoints, tags, save)
        self.app.push_screen(form, closed)

    def save_entry(self, seen: CodeEntry, values: dict[str, Any]) -> None:
        """Save fields of an entry; if somebody else was quicker, show both versions."""
        try:
            self._keep(seen, values)
        except Conflict:
            self._show_both(seen, values)

    def _keep(self, seen: CodeEntry, values: dict[str, Any]) -> None:
        entry = edit_code(self.workbench.study, seen.id, values, seen=seen)
        if list(values) == ["label"]:
            said = f"'{seen.label}' is now '{entry.label}'"
        else:
            said = f"Changed of '{entry.label}': {', '.join(FIELD_NAMES[name].lower() for name in values)}"
        self.changed(f"{said}; u takes that back.", entry.id)

    def _show_both(self, seen: CodeEntry, values: dict[str, Any]) -> None:
        book = read_codebook(self.workbench.study)
        theirs = book.by_id[seen.id]

        def decide(answer: str | None) -> None:
            if answer == MINE:
                self.attempt(lambda: overwrite())
            elif answer == BACK:
                self.attempt(self.reload)
                self.edit_entry(theirs, values)
            else:
                self.changed(f"'{theirs.label}' stays as they left it; yours was not saved.", theirs.id)

        def overwrite() -> None:
            if theirs.merged_into is not None:
                kept = book.survivor(theirs).label
                raise Refused(
                    f"'{theirs.label}' was merged into '{kept}' meanwhile.", "Edit that one instead."
                )
            self.save_entry(theirs, values)

        self.app.push_screen(EntryConflict(book, seen, theirs, values), decide)

    # Splitting

    def split_entry(self, entry: CodeEntry, layer: str) -> None:
        """Split an entry into others; if that is under way, go on with its passages in a layer."""
        study = self.workbench.study
        if parts_of(read_codebook(study), entry.id):
            self._send_on(entry, layer)
            return
        count = len(list_codings(study, layer=layer, code=entry.id))
        words = (
            f"New codes are made beside '{entry.label}'; then its passages, {count} in layer "
            f"{layer}, come one by one, to be sent to one of them by a key. "
            "You can stop at any time and go on later in the same way."
        )

        def split(names: tuple[str, ...] | None) -> None:
            if names is not None:
                self.attempt(lambda: do(names))

        def do(names: tuple[str, ...]) -> None:
            split_code(study, entry.id, names)
            made = ", ".join(f"'{name}'" for name in names)
            self.changed(f"'{entry.label}' is being split into {made}; u takes that back.", entry.id)
            if passages_to_split(study, entry.id, layer):
                self._send_on(entry, layer)

        self.app.push_screen(AskNames(f"Split '{entry.label}' into", words), split)

    def _send_on(self, entry: CodeEntry, layer: str) -> None:
        if not passages_to_split(self.workbench.study, entry.id, layer):
            raise Refused(
                f"No passage of '{entry.label}' in layer {layer} is left to be sent on.",
                "L shows another layer; it is retired once none is left in any.",
            )
        self.app.push_screen(review_split(entry.id, layer))
