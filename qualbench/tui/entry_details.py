"""What hangs on an entry of the codebook, read for the screen that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from qualbench.analysis.code_use import CodeTable, Use, code_use, rolled_up, where_used
from qualbench.codebook.frameworks import list_tags
from qualbench.codebook.tree import Codebook, CodeEntry, read_codebook
from qualbench.codebook.versions import list_versions, read_version
from qualbench.coding.codings import CodingRead, list_codings
from qualbench.coding.examples import Example, list_examples
from qualbench.coding.memos import CODE, list_memos
from qualbench.study.database import Study


@dataclass(frozen=True)
class Details:
    """What hangs on an entry.

    Attributes:
        code: The id of the entry.
        examples: Passages given as examples of it.
        exemplars: The coder's own codings of it that are marked as good examples.
        memos: How many memos there are on it.
        table: Where it occurs.
    """

    code: str
    examples: list[Example]
    exemplars: list[CodingRead]
    memos: int
    table: CodeTable


@dataclass(frozen=True)
class History:
    """In which versions each entry came and was changed last.

    Attributes:
        newest: The number of the newest version, 0 before the first.
        changed: By id, the first version that has the entry and the last one that changed it.
        frozen: The entries as the newest version has them, by id.
    """

    newest: int = 0
    changed: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    frozen: Mapping[str, CodeEntry] = field(default_factory=dict)

    def sentence(self, entry: CodeEntry) -> str:
        """Tell the history of an entry in a line."""
        if not self.newest:
            return "No version of the codebook has been released yet."
        if entry.id not in self.changed:
            return f"New since version {self.newest}."
        first, last = self.changed[entry.id]
        told = f"In the codebook since version {first}"
        told += f", last changed in version {last}" if last > first else ", unchanged in the versions since"
        if first == self.newest:
            told = f"New in version {first}"
        differs = entry.id not in self.frozen or _meaning(self.frozen[entry.id]) != _meaning(entry)
        return f"{told}; changed again since." if differs else f"{told}."


def read_details(study: Study, code_id: str, layer: str) -> Details:
    """Read what hangs on an entry, for the layer that is shown.

    Raises:
        NotFound: If there is no such entry or layer.
        Refused: If the layer may not be seen.
    """
    return Details(
        code_id,
        list_examples(study, code_id),
        [coding for coding in list_codings(study, code=code_id) if coding.exemplar],
        sum(memo.code == code_id for memo in list_memos(study, about=CODE)),
        where_used(study, code_id, layer),
    )


def read_uses(study: Study, layer: str) -> dict[str, Use]:
    """Read how often each entry is used in a layer, with all below it.

    Raises:
        NotFound: If there is no such layer.
        Refused: If the layer may not be seen.
    """
    return rolled_up(code_use(study, layer), read_codebook(study))


def read_history(study: Study) -> History:
    """Read which version each entry came with and was changed in."""
    changed: dict[str, tuple[int, int]] = {}
    before: dict[str, CodeEntry] = {}
    newest = 0
    for version in list_versions(study):
        newest = version.number
        book = read_version(study, newest)
        for id_, entry in book.by_id.items():
            first, last = changed.get(id_, (newest, newest))
            same = id_ in before and _meaning(before[id_]) == _meaning(entry)
            changed[id_] = (first, last if same else newest)
        before = dict(book.by_id)
    return History(newest, changed, before)


def known_tags(study: Study, book: Codebook) -> dict[str, str]:
    """Give the tags that entries can be given, those of frameworks first, each with what it stands for."""
    used = sorted({tag for entry in book.by_id.values() for tag in entry.tags})
    return dict.fromkeys(used, "") | {tag.id: tag.label for tag in list_tags(study)}


def _meaning(entry: CodeEntry) -> CodeEntry:
    """An entry without the key that a coder has given it."""
    return replace(entry, key=None)
