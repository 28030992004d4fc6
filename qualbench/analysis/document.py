"""A report as headings, paragraphs, lists and tables, whatever it is then written as. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

_MARKS = re.compile(r"[\\`*<\[\]|]|(?<!\w)_|_(?!\w)")


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is that of the whole."""

    text: str
    level: int


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of running text."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list without numbers."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table with a header row; the lines of a cell are parted by LF.

    Attributes:
        parts: How the columns share the width, as parts of it.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    parts: tuple[float, ...]


Block = Heading | Paragraph | Bullets | Grid


def blocks_as_markdown(blocks: Iterable[Block]) -> str:
    """Write blocks as Markdown, what would be taken for marks escaped."""
    return "\n\n".join(_markdown(block) for block in blocks) + "\n"


def day_of(at: str) -> str:
    """Give the day of a time in ISO 8601 as people write it: 3 March 2025 (in UTC)."""
    day = datetime.fromisoformat(at)
    return f"{day.day} {day:%B %Y}"


def counted(n: int, one: str, several: str = "") -> str:
    """Give a number with its noun: "1 source", "3 sources"; the plural ends in s unless it is given."""
    return f"{n} {one if n == 1 else several or one + 's'}"


def in_words(names: Sequence[str], most: int = 0) -> str:
    """Join names by commas and an "and".

    Args:
        names: The names.
        most: How many are named at most, the others only counted; 0 names all.
    """
    shown = list(names[:most]) if most else list(names)
    if len(shown) < len(names):
        shown.append(f"{len(names) - len(shown)} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def escaped(text: str) -> str:
    """Give a text as one line of Markdown in which nothing is taken for a mark."""
    return _MARKS.sub(r"\\\g<0>", " ".join(text.split()))


def _markdown(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {escaped(text)}"
        case Paragraph(text):
            return escaped(text)
        case Bullets(items):
            return "\n".join(f"- {escaped(item)}" for item in items)
        case Grid(headers, rows, _):
            lines = [headers, ("---",) * len(headers), *rows]
            return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return "<br>".join(escaped(line) for line in text.split("\n"))
