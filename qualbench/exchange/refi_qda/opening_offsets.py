"""The ways in which programs count places in a text, and finding a place that was counted in one of them.

The standard says code points from 0; programs count UTF-16 units, CR LF as one or two, a byte order mark or
not, and say nothing of it. Ends are exclusive with every program.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, product

from qualbench.errors import BadInput
from qualbench.text.spans import Span

_UNITS = {"points": "Unicode code points", "utf16": "UTF-16 code units"}
_NEWLINES = {
    "": "line ends as they are in the files",
    "-lf": "CR LF as one",
    "-crlf": "every line end as two",
}


@dataclass(frozen=True)
class Counting:
    """A way of counting places.

    Attributes:
        unit: One of "points" and "utf16".
        newline: "" for as it is in the file, "-lf" where CR LF is one, "-crlf" where every line end is two.
        mark: Whether a byte order mark is counted.
    """

    unit: str
    newline: str = ""
    mark: bool = False

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        return f"{self.unit}{self.newline}{'+bom' if self.mark else ''}"

    @property
    def words(self) -> str:
        """Say it in words."""
        mark = ", a byte order mark too" if self.mark else ""
        return f"{_UNITS[self.unit]}, {_NEWLINES[self.newline]}{mark}"


KINDS: Mapping[str, Counting] = {
    counting.name: counting
    for mark, newline, unit in product((False, True), _NEWLINES, _UNITS)
    for counting in [Counting(unit, newline, mark)]
}
"""All ways of counting by name, those that are likelier first."""


@dataclass(frozen=True)
class RawText:
    """A text as it lies in a project.

    Attributes:
        text: Without its byte order mark.
        mark: Whether it had one.
    """

    text: str
    mark: bool = False

    @cached_property
    def _wide(self) -> list[int]:
        return [match.start() for match in re.finditer("[\U00010000-\U0010ffff]", self.text)]

    @cached_property
    def _second(self) -> list[int]:
        return [match.start() + 1 for match in re.finditer("\r\n", self.text)]

    @cached_property
    def _alone(self) -> list[int]:
        return [match.start() for match in re.finditer("(?<!\r)\n", self.text)]

    def same(self, counting: Counting) -> Counting:
        """Give the simplest way of counting that comes to the same in this text."""
        newline = counting.newline
        if (newline == "-lf" and not self._second) or (newline == "-crlf" and not self._alone):
            newline = ""
        unit = counting.unit if self._wide else "points"
        return Counting(unit, newline, counting.mark and self.mark)

    def places(self, counting: Counting) -> Places:
        """Give what finds places of this text that were counted in a way."""
        counting = self.same(counting)
        odd = [(at, 1) for at in self._wide] if counting.unit == "utf16" else []
        if counting.newline == "-lf":
            odd += [(at, -1) for at in self._second]
        elif counting.newline == "-crlf":
            odd += [(at, 1) for at in self._alone]
        odd.sort()
        shifts = list(accumulate((more for _, more in odd), initial=0))
        after = [at + 1 + shift for (at, _), shift in zip(odd, shifts[1:], strict=True)]
        return Places(len(self.text), int(counting.mark), after, shifts, [more > 0 for _, more in odd])


@dataclass(frozen=True)
class Places:
    """Finds the code point at a place: the places that follow characters of another width, and the shifts."""

    length: int
    first: int
    after: Sequence[int]
    shifts: Sequence[int]
    wider: Sequence[bool]

    def at(self, place: int) -> tuple[int, bool]:
        """Give the code point at a place, and whether the place is in the middle of the one before."""
        place -= self.first
        n = bisect_right(self.after, place)
        inside = n < len(self.after) and self.wider[n] and place == self.after[n] - 1
        return place - self.shifts[n], inside

    def span(self, start: int, end: int) -> Span:
        """Give a span of code points; an end in the middle of one moves outwards. It may leave the text."""
        first, inside = self.at(start)
        return Span(first - inside, self.at(end)[0])


def read_kind(name: str) -> Counting:
    """Give a way of counting by its name.

    Raises:
        BadInput: If there is none.
    """
    if name.casefold() not in KINDS:
        raise BadInput(f"'{name}' is no way of counting places.", f"Use one of {', '.join(KINDS)}.")
    return KINDS[name.casefold()]
