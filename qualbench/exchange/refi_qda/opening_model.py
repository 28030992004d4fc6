"""A project of another program as its XML says it, before anything is made of it.

GUIDs are in small letters without braces, None where there is none; times are ISO 8601 in UTC. Places are
numbers as they stand in the file: how the program counted is for `opening_offsets` to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from qualbench.exchange.refi_qda.codebook_reading import CodeNode, CodeSet

Guid = str | None

_EXAMPLES = 3


class CodingXml(NamedTuple):
    """A code on a selection, or on a whole source."""

    guid: Guid
    code: Guid
    user: Guid
    time: str | None
    notes: tuple[str, ...] = ()


class SelectionXml(NamedTuple):
    """A place in a text; `start` and `end` as the file gives them, None if they cannot be read."""

    guid: Guid
    start: int | None
    end: int | None
    user: Guid
    time: str | None
    description: str
    codings: tuple[CodingXml, ...]
    notes: tuple[str, ...]


@dataclass
class HolderXml:
    """What holds a text: a source, what represents one in words, or a note.

    Attributes:
        tag: The name of its element, in small letters.
        above: The holder that it is within, such as the PDF that it represents.
        paths: Where its text lies, by the attribute that says so, in small letters.
        text: The text itself, if it stands in the XML.
        codings: Those on it as a whole.
        values: Values of variables, by GUID of the variable.
        sync_points: Places in the text, by GUID; of a transcript of a recording.
        elsewhere: Places coded that are none in a text, such as areas of a PDF, by the name of their element.
    """

    tag: str
    guid: Guid
    name: str
    user: Guid
    time: str | None
    changed: str | None
    above: HolderXml | None
    paths: dict[str, str]
    text: str | None = None
    description: str = ""
    selections: list[SelectionXml] = field(default_factory=list)
    codings: list[CodingXml] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    sync_points: dict[str, int] = field(default_factory=dict)
    elsewhere: Counter[str] = field(default_factory=Counter)


class UserXml(NamedTuple):
    """A coder."""

    guid: Guid
    name: str
    id: str


class CaseXml(NamedTuple):
    """A case, with the values of its variables by GUID, and what belongs to it."""

    guid: Guid
    name: str
    description: str
    values: dict[str, str]
    codes: tuple[str, ...]
    sources: tuple[str, ...]
    selections: tuple[str, ...]


class SetXml(NamedTuple):
    """A set of sources or notes; of codes it is a `CodeSet` too."""

    guid: Guid
    name: str
    sources: tuple[str, ...]
    notes: tuple[str, ...]


class LinkXml(NamedTuple):
    """A link between two things, by their GUIDs."""

    guid: Guid
    origin: Guid
    target: Guid


class Report:
    """What was not understood, or not taken, by kind."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = {}

    def add(self, kind: str, example: str = "", count: int = 1) -> None:
        """Count something.

        Args:
            kind: What it is, as it is told: "pictures".
            example: What the thing is called in the file; never words of a transcript.
            count: How many there are.
        """
        if not count:
            return
        self.counts[kind] += count
        known = self.examples.setdefault(kind, [])
        if example and len(known) < _EXAMPLES and example not in known:
            known.append(example)

    @property
    def sentence(self) -> str:
        """Say all of it in a line."""
        kinds = "; ".join(f"{kind}: {count}" for kind, count in self.counts.items())
        return f"Not taken: {kinds}." if kinds else ""

    def add_all(self, kind: str, examples: Iterable[str]) -> None:
        """Count several things of a kind."""
        for example in examples:
            self.add(kind, example)


@dataclass
class ProjectXml:
    """A project.

    Attributes:
        origin: The program that wrote it, as it says.
        capitals: Whether its GUIDs have letters, none of them small.
        holders: Sources, then notes, and what is within them, in the order of the file.
    """

    name: str = ""
    origin: str = ""
    user: Guid = None
    time: str | None = None
    description: str = ""
    capitals: bool = True
    users: list[UserXml] = field(default_factory=list)
    codes: list[CodeNode] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    cases: list[CaseXml] = field(default_factory=list)
    holders: list[HolderXml] = field(default_factory=list)
    links: list[LinkXml] = field(default_factory=list)
    sets: list[SetXml] = field(default_factory=list)
    code_sets: list[CodeSet] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    report: Report = field(default_factory=Report)
