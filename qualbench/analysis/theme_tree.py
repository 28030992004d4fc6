"""The theme map as a tree for the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from qualbench.analysis.code_use import Use, rolled_up
from qualbench.codebook.outline import outline
from qualbench.codebook.tree import Codebook

_BAR = 20  # cells


def map_as_text(book: Codebook, use: Mapping[str, Use]) -> str:
    """Write the map as a tree with bars, for the terminal.

    Args:
        book: The codebook; entries that are not in use are left out.
        use: The own use of entries by id (`code_use`).
    """
    together = rolled_up(use, book)
    everybody = len(frozenset().union(*(one.participants for one in use.values())))
    rows = [f"{'participants':<{_BAR + 5}} sources  codings"] if len(book) else []
    for place in outline(book):
        used = together[place.entry.id]
        people = len(used.participants)
        rows.append(
            f"{_bar(people, everybody):<{_BAR}} {people:4} {len(used.sources):7}  {used.codings:7}  "
            f"{'  ' * place.depth}{place.entry.label}"
        )
    rows.append(
        f"Of {everybody} participants whose words are coded." if everybody else "Nothing is coded yet."
    )
    return "\n".join(rows) + "\n"


def _bar(part: int, whole: int) -> str:
    eighths = round(8 * _BAR * part / whole) if whole else 0
    full, rest = divmod(max(eighths, 1 if part else 0), 8)
    return "█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")
