"""Which differences are listed: all of them, or some by source, code, kind and state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from qualbench.agreement.differences import KINDS
from qualbench.agreement.items import Item, choose
from qualbench.codebook.tree import Codebook
from qualbench.tui.widgets.difference_list import label_of


@dataclass(frozen=True)
class Shown:
    """The limits of what is listed."""

    source: str | None = None
    code: str | None = None
    kind: str | None = None
    open_only: bool = False
    kept_only: bool = False

    def of(self, items: Sequence[Item]) -> list[Item]:
        """Give those of some differences that are listed, in their order."""
        codes = [self.code] if self.code is not None else None
        return choose(
            items,
            source=self.source,
            codes=codes,
            kind=self.kind,
            open_only=self.open_only,
            kept_only=self.kept_only,
        )

    def toggled(self, limit: str, value: str | bool) -> Shown:
        """Give the same with a limit of this value, or without the limit if it has that already."""
        limits = asdict(self)
        limits[limit] = getattr(Shown(), limit) if limits[limit] == value else value
        return Shown(**limits)

    def told(self, book: Codebook) -> list[str]:
        """Give the limits in words."""
        code = f"'{label_of(book, self.code)}'" if self.code is not None else None
        limits = [self.source, code, self.kind]
        limits += ["open" if self.open_only else None, "agreed to differ" if self.kept_only else None]
        return [limit for limit in limits if limit]


def offers(
    shown: Shown, items: Sequence[Item], at_hand: Item | None, book: Codebook
) -> Iterator[tuple[Shown, str]]:
    """Give what can be listed instead, each with the words it is offered by; nothing that no difference is.

    Args:
        shown: What is listed.
        items: All differences.
        at_hand: The one that is looked at, whose source and codes are offered.
        book: The codebook.
    """
    if shown != Shown():
        yield Shown(), f"  all of them  ({len(items)})"
    source = shown.source or (at_hand.source if at_hand is not None else None)
    codes = [shown.code] if shown.code else list(at_hand.difference.codes) if at_hand is not None else []
    limits: list[tuple[str, str | bool, str]] = [
        ("open_only", True, "open only"),
        ("kept_only", True, "agreed to differ"),
        *([("source", source, f"in {source}")] if source is not None else []),
        *(("code", code, f"with '{label_of(book, code)}'") for code in codes),
        *(("kind", kind, kind) for kind in KINDS),
    ]
    for limit, value, told in limits:
        other = shown.toggled(limit, value)
        count, on = len(other.of(items)), getattr(shown, limit) == value
        if count or on:
            yield other, f"{'✓' if on else ' '} {told}  ({count})"
