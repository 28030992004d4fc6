"""The versions of the codebook: what each changed, and what that asks to read again."""

from __future__ import annotations

from collections import Counter

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from qualbench.codebook.diff import CodeChange, diff_codebooks
from qualbench.codebook.tree import Codebook
from qualbench.codebook.versions import Version, list_versions, read_version, release
from qualbench.coding.codings import list_codings
from qualbench.coding.rereading import ToReread, count_to_reread, passages_to_reread
from qualbench.study.journal import newest_event
from qualbench.study.stance import wording
from qualbench.tui.actions import VERSIONS, bindings
from qualbench.tui.screens.base import MODES, told
from qualbench.tui.screens.release_form import ReleaseForm
from qualbench.tui.screens.scrolling import Scrolling
from qualbench.tui.widgets.chrome import Header, Status
from qualbench.tui.widgets.diff_view import change_blocks, entry_blocks
from qualbench.tui.widgets.lines import SideList
from qualbench.tui.widgets.text_blocks import TextBlocks

NOW = 0
"""Stands for the codebook as it is now among the numbers of versions; before the first one there is none."""

_LIST, _NARROW = 38, 28  # cells of the list of versions, on a wide and on a narrow screen
_NOTHING = "Nothing changed."
_UNRELEASED = (
    "Here will be the versions of the codebook: frozen by agreement, to be compared later.\n\n"
    "R releases the first one."
)


class VersionsScreen(Scrolling):
    """Versions to the left; to the right what changed from the one before, or between two that are marked."""

    place = VERSIONS
    BINDINGS = bindings(VERSIONS)
    DEFAULT_CSS = f"""
    VersionsScreen SideList, VersionsScreen SideList:focus {{
        width: {_LIST}; padding: 0 1 0 1; border-right: vkey $panel;
    }}
    VersionsScreen.-narrow SideList, VersionsScreen.-narrow SideList:focus {{ width: {_NARROW}; }}
    VersionsScreen #about {{
        height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis;
    }}
    VersionsScreen #none {{ height: 1fr; padding: 2 4; }}
    """

    def __init__(self) -> None:
        super().__init__()
        self._versions: list[Version] = []
        self._marked: list[int] = []
        self._books: dict[int, Codebook] = {}
        self._changes: list[CodeChange] = []
        self._to_reread: list[ToReread] = []
        self._shows_tree = False
        self._shown: tuple[int | None, ...] | None = None  # what stands to the right, as `_show` names it
        self._seen: int | None = None  # the newest event when the versions were read

    def header(self) -> Header:
        """Make the header, with the codebook as the present mode."""
        settings = self.workbench.settings
        return Header(settings.title, self.workbench.study.coder, MODES, "Codebook")

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self.header()
        yield Static("", id="about", markup=False)
        with Horizontal():
            yield SideList()
            yield TextBlocks()
            yield Static("", id="none", markup=False)
        yield Status()
        yield self.keys()

    def on_screen_resume(self) -> None:
        """Read the versions anew if anything has changed."""
        self._look_again()

    def on_resize(self) -> None:
        """Give the list less room on a narrow screen."""
        self.set_class(self.app.size.width < 100, "-narrow")

    @told
    def _look_again(self) -> None:
        if newest_event(self.workbench.study) != self._seen:  # a form that closes is a resume too
            self.reload()

    @told
    def reload(self) -> None:
        """Read the versions, and show what changed in the one under the cursor."""
        study = self.workbench.study
        self._seen = newest_event(study)
        self._versions = list_versions(study)
        self._books = {}
        self._list_versions()
        if self.focused is None:
            self.query_one(SideList).focus()

    def _list_versions(self) -> None:
        listed = self.query_one(SideList)
        at = listed.highlighted or 0
        listed.clear_options()
        listed.add_options([Option(self._row(None), id=str(NOW))])
        listed.add_options([Option(self._row(one), id=str(one.number)) for one in self._versions[::-1]])
        listed.highlighted = min(at, len(self._versions))
        self._show()

    def _row(self, version: Version | None) -> Text:
        number = version.number if version is not None else NOW
        mark = "✓ " if number in self._marked else "  "
        if version is None:
            return Text.assemble((mark, "bold"), ("now", "bold"), "  not released yet\n")
        day, by = version.released_at[:10], version.agreed_by
        return Text.assemble(
            (mark, "bold"),
            (f"{version.number}", "bold"),
            f"  {day}  {by}\n    {' '.join(version.note.split())}",
        )

    # What is compared

    @property
    def _number(self) -> int:
        at = self.query_one(SideList).highlighted or 0
        return NOW if at == 0 else self._versions[-at].number

    def _pair(self) -> tuple[int, int]:
        """The versions that are compared; `NOW` as the later one is the codebook as it is."""
        if len(self._marked) == 2:
            earlier, later = sorted(self._marked, key=self._age)
            return earlier, later
        return self._age(self._number) - 1, self._number

    def _age(self, number: int) -> int:
        return len(self._versions) + 1 if number == NOW else number

    def _book(self, number: int, *, later: bool) -> Codebook:
        """The codebook of a version; before the first version there is an empty one."""
        if number == NOW and not later:
            return Codebook([])
        if number not in self._books:
            self._books[number] = read_version(self.workbench.study, number or None)
        return self._books[number]

    @on(OptionList.OptionHighlighted)
    def _show_highlighted(self) -> None:
        self._show()

    @told
    def _show(self) -> None:
        earlier, later = self._pair()
        wanted = (earlier, later, self._number if self._shows_tree else None, self._seen)
        if wanted == self._shown:
            return
        self._shown = wanted
        old, new = self._book(earlier, later=False), self._book(later, later=True)
        if self._shows_tree:
            blocks = entry_blocks(self._book(self._number, later=True))
        elif self._versions:
            self._changes = diff_codebooks(old, new)
            blocks = change_blocks(self._changes, old, new, self._said_to_reread(earlier, later))
        else:
            self._changes, blocks = [], []
        view, none = self.query_one(TextBlocks), self.query_one("#none", Static)
        view.display, none.display = bool(blocks), not blocks
        none.update(_NOTHING if self._versions else _UNRELEASED)
        view.show(blocks)
        self.query_one("#about", Static).update(self._about(earlier, later), layout=False)

    def _about(self, earlier: int, later: int) -> str:
        if not self._versions and not self._shows_tree:
            return "Nothing has been released yet"
        if self._shows_tree:
            return f"{self._named(self._number)}: the codes with their definitions; o shows what changed"
        since = f"since version {earlier}" if earlier else "the first version"
        entries = len({change.id for change in self._changes})
        count = (
            f"{entries} {'entry' if entries == 1 else 'entries'} changed" if earlier else f"{entries} entries"
        )
        return f"{self._named(later)}, {since}: {count}"

    def _named(self, number: int) -> str:
        return f"Version {number}" if number else "The codebook as it is now"

    def _said_to_reread(self, earlier: int, later: int) -> dict[str, str]:
        """What is said of the coder's own passages, by the id of a changed entry."""
        study = self.workbench.study
        self._to_reread = []
        if study.coder is None or not earlier:
            return {}
        if later != NOW:
            self._to_reread = passages_to_reread(study, since=earlier, until=later)
            counts = count_to_reread(self._to_reread)
            return {
                code: f"{_passages(n)} of yours to be read again; enter goes through them."
                for code, n in counts.items()
            }
        had = Counter(code for one in list_codings(study) for code in {one.code, one.made_as} if code)
        asking = {change.id for change in self._changes if change.asks_for_reading}
        return {
            code: f"Once released, this asks to read {_passages(had[code])} of yours again."
            for code in asking
            if had[code]
        }

    # What is done

    def action_choose(self) -> None:
        """Show the codes of the version, or go through the passages that the change asks to read again."""
        if self.query_one(SideList).has_focus or self._shows_tree:
            self.action_definitions()
            return
        block = self.query_one(TextBlocks).present
        if block is None:
            return
        first = next((one for one in self._to_reread if block.id in {c.id for c in one.changes}), None)
        if first is None:
            self.say("No passage of yours has to be read again for that.")
            return
        self.workbench.reread_code = block.id
        self.workbench.open_source(first.coding.source, first.coding.start)

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        self.action_choose()

    def action_definitions(self) -> None:
        """Show the codes of the version with their definitions, or what changed again."""
        self._shows_tree = not self._shows_tree
        self._show()
        if self._shows_tree and self._blocks.display:
            self._blocks.focus()
        elif not self._blocks.display:
            self.query_one(SideList).focus()

    def action_mark(self) -> None:
        """Mark the version, to compare two; the third takes the place of the first."""
        number = self._number
        if number in self._marked:
            self._marked.remove(number)
        else:
            self._marked = [*self._marked, number][-2:]
        self._shows_tree = False
        self._list_versions()
        if len(self._marked) == 1:
            self.say("Mark another version, and what changed between the two is shown.")

    def action_release(self) -> None:
        """Freeze the codebook as it is now as the next version."""
        study, settings = self.workbench.study, self.workbench.settings
        number = len(self._versions) + 1

        def done(version: Version | None) -> None:
            if version is not None:
                self._marked = []
                self.query_one(SideList).highlighted = 1
                self.reload()
                self.say(f"Version {version.number} is released: {version.codes} entries.")

        form = ReleaseForm(
            number,
            wording(settings.stance).settled,
            self.workbench.study.coder or "",
            lambda note, agreed: release(study, note, agreed),
        )
        self.app.push_screen(form, done)

    @property
    def _blocks(self) -> TextBlocks:
        return self.query_one(TextBlocks)

    def action_other_pane(self) -> None:
        """Go from the versions to what changed, and back."""
        listed = self.query_one(SideList)
        if listed.has_focus and self._blocks.display:
            self._blocks.focus()
        else:
            listed.focus()

    def action_back(self) -> None:
        """Leave what changed or the codes of a version, or go back to where one came from."""
        if self._shows_tree:
            self.action_definitions()
        elif self._blocks.has_focus:
            self.query_one(SideList).focus()
        else:
            self.app.pop_screen()


def _passages(count: int) -> str:
    return "1 passage" if count == 1 else f"{count} passages"
