"""What a page of the study finds there, or finds missing, and how it names things in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qualbench.analysis.document import counted, in_words
from qualbench.codebook.tree import CodeEntry
from qualbench.study.tables import AGREED

NAMED = 3
"""How many names are given in a sentence; the others are counted."""


@dataclass(frozen=True)
class Finding:
    """Something that is there, or missing.

    Attributes:
        sentence: What it is.
        leads_on: The command that shows or mends it; may be empty.
    """

    sentence: str
    leads_on: str = ""


Found = tuple[bool, Finding]
"""Whether it is there (or else missing), and what."""


def there(sentence: str, leads_on: str = "") -> Found:
    """Give a finding of something that is there."""
    return True, Finding(sentence, leads_on)


def missing(sentence: str, leads_on: str = "") -> Found:
    """Give a finding of something that is missing."""
    return False, Finding(sentence, leads_on)


def layer_named(layer: str) -> str:
    """Give what a layer is called in a sentence."""
    return "the agreed layer" if layer == AGREED else f"the layer of {layer}"


def labels(entries: Sequence[CodeEntry]) -> str:
    """Give the first few labels of entries, and how many more there are."""
    return in_words([f"'{entry.label}'" for entry in entries], NAMED)


def themes_counted(entries: Sequence[CodeEntry]) -> str:
    """Give how many themes and sub-themes there are: "4 themes and 10 sub-themes"."""
    themes = sum(entry.level == "theme" for entry in entries)
    parts = [(themes, "theme"), (len(entries) - themes, "sub-theme")]
    return in_words([counted(n, noun) for n, noun in parts if n])
