"""Words as a search compares them: runs of letters and digits, case-folded."""

from __future__ import annotations

import re
from typing import NamedTuple

from qualbench.text.spans import Span

TOKEN = re.compile(r"[^\W_]+")
"""A word of a folded text: letters and digits; all else parts words."""


class Folded(NamedTuple):
    """A text case-folded.

    Attributes:
        text: The folded text.
        origins: For each of its code points that of the text it comes from; None where all stand in place.
    """

    text: str
    origins: list[int] | None

    def original(self, span: Span) -> Span:
        """Give what a span of the folded text, of at least one code point, is in the text."""
        if self.origins is None:
            return span
        return Span(self.origins[span.start], self.origins[span.end - 1] + 1)


def fold_case(text: str) -> Folded:
    """Fold the case of a text; a few letters become several ("ß" becomes "ss")."""
    folded = text.casefold()
    if len(folded) == len(text):  # no letter becomes less than one
        return Folded(folded, None)
    return Folded(folded, [at for at, letter in enumerate(text) for _ in letter.casefold()])


def tokens_of(text: str) -> list[str]:
    """Give the words of a text in order, folded."""
    return TOKEN.findall(text.casefold())
