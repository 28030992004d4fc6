"""The theory of change: how something is expected to work, as boxes and arrows, from a file and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qualbench.codebook.yaml_nodes import Node, fields_of, parse_nodes, place_of, text_of
from qualbench.errors import BadInput, NotFound
from qualbench.evaluation.yaml_texts import quoted, text_of_file

SHIPPED = ("ips_feasibility",)
"""Theories that come with the program, by the name of their file."""

KINDS = ("context", "input", "activity", "mechanism", "outcome")
"""What a box can be."""

_TOP = ("theory", "title", "source", "boxes", "arrows")
_BOX = ("id", "kind", "label", "note")
_ARROW = ("id", "from", "to", "label", "note")
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
_TO = "-to-"


@dataclass(frozen=True)
class Box:
    """A box: something that is there, is done, or is hoped for.

    Attributes:
        kind: One of `KINDS`; empty if it is not said.
        label: What stands in it.
        note: What else is said of it.
    """

    id: str
    label: str
    kind: str = ""
    note: str = ""


@dataclass(frozen=True)
class Arrow:
    """An arrow: the one is expected to lead to the other.

    Attributes:
        start: The id of the box it comes from.
        end: The id of the box it goes to.
        label: Why or how; empty if it is not said.
    """

    id: str
    start: str
    end: str
    label: str = ""
    note: str = ""


@dataclass(frozen=True)
class Theory:
    """A theory of change. Arrows may close a circle: a theory may hold that one thing feeds another back.

    Attributes:
        id: Its own, to which what is new is put.
    """

    id: str
    title: str
    source: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]

    @property
    def elements(self) -> dict[str, Box | Arrow]:
        """The boxes and arrows by id."""
        found: list[Box | Arrow] = [*self.boxes, *self.arrows]
        return {one.id: one for one in found}

    def named(self, id_: str) -> str:
        """Give what a box or arrow is called: its label, or of an arrow the boxes that it joins."""
        found = self.elements.get(id_)
        if isinstance(found, Arrow):
            labels = {box.id: box.label for box in self.boxes}
            return f"{labels[found.start]} → {labels[found.end]}"
        return found.label if found else self.title if id_ == self.id else id_

    def find(self, id_: str) -> str:
        """Give the id of a box, an arrow, or the theory itself.

        Raises:
            NotFound: If there is no such element.
        """
        if id_ == self.id or id_ in self.elements:
            return id_
        raise NotFound(
            f"There is no box or arrow '{id_}' in the theory.", "'qualbench theory show' gives the ids."
        )


def read_theory(name: str) -> Theory:
    """Read a theory from a YAML file, or one that comes with the program.

    Args:
        name: The path of a file, or one of `SHIPPED`.

    Raises:
        BadInput: If it cannot be read, or is not made as it should be; with line and column.
    """
    return parse_theory(*text_of_file(name, SHIPPED, "theories"))


def parse_theory(text: str, name: str, *, strict: bool = True) -> Theory:
    """Read a theory from the text of a YAML file; errors are those of `read_theory`.

    Args:
        text: The text.
        name: What to call it in messages.
        strict: Whether ids must be spelt as ids; in a version that was sealed one may hold a pseudonym.
    """
    root = parse_nodes(text, name)
    if root is None:
        raise BadInput(f"{name}: it is empty.", "'qualbench theory show --yaml' writes one to begin with.")
    top = fields_of(root, name, _TOP, "the top of a theory")
    words = {field: text_of(field, top[field][1], name) for field in _TOP[:3] if field in top}
    reading = _Reading(name, strict, {})
    id_ = reading.new_id(words.get("theory") or "study", root)
    boxes = tuple(reading.box(node) for node in reading.list_of(top, "boxes", root))
    if not boxes:
        raise BadInput(f"{place_of(name, root)}: it has no list 'boxes'.", "Write each box with a dash.")
    ids = {box.id for box in boxes}
    arrows = tuple(reading.arrow(node, ids) for node in reading.list_of(top, "arrows", root))
    return Theory(id_, words.get("title", ""), words.get("source", ""), boxes, arrows)


@dataclass
class _Reading:
    """What is known while a file is read: its name, and where each id stands."""

    name: str
    strict: bool
    places: dict[str, Node]

    def list_of(self, top: dict[str, tuple[Node, Node]], field: str, root: Node) -> Sequence[Node]:
        _, node = top.get(field, (root, None))
        if node is None or (node.kind == "text" and not node.text):
            return ()
        if node.kind != "list":
            raise BadInput(f"{place_of(self.name, node)}: '{field}' is a list.", "Write each with a dash.")
        return node.parts

    def new_id(self, id_: str, node: Node) -> str:
        if self.strict and not _ID.fullmatch(id_):
            raise BadInput(
                f"{place_of(self.name, node)}: '{id_}' cannot be an id.",
                "Use small letters, digits and hyphens, such as earned-trust.",
            )
        if id_ in self.places:
            first = self.places[id_].line + 1
            raise BadInput(
                f"{place_of(self.name, node)}: the id '{id_}' is there twice, first in line {first}.",
                "Give each box and arrow its own.",
            )
        self.places[id_] = node
        return id_

    def box(self, node: Node) -> Box:
        fields = fields_of(node, self.name, _BOX, "a box")
        words = {field: text_of(field, value, self.name) for field, (_, value) in fields.items()}
        self._require(words, ("id", "label"), node)
        kind = words.get("kind", "")
        if kind not in ("", *KINDS):
            raise BadInput(
                f"{place_of(self.name, fields['kind'][1])}: '{kind}' is not a kind of box.",
                f"Use one of {', '.join(KINDS)}.",
            )
        id_ = self.new_id(words["id"], fields["id"][1])
        return Box(id_, words["label"], kind, words.get("note", ""))

    def arrow(self, node: Node, boxes: set[str]) -> Arrow:
        fields = fields_of(node, self.name, _ARROW, "an arrow")
        words = {field: text_of(field, value, self.name) for field, (_, value) in fields.items()}
        self._require(words, ("from", "to"), node)
        for end in ("from", "to"):
            if words[end] not in boxes:
                raise BadInput(
                    f"{place_of(self.name, fields[end][1])}: there is no box '{words[end]}'.",
                    "An arrow joins two boxes of the list above, by their ids.",
                )
        if words["from"] == words["to"]:
            raise BadInput(
                f"{place_of(self.name, fields['to'][1])}: an arrow from '{words['to']}' to itself.",
                "Take it out, or say through which box it goes.",
            )
        id_ = words.get("id") or f"{words['from']}{_TO}{words['to']}"
        return Arrow(
            self.new_id(id_, fields["id"][1] if "id" in fields else node),
            words["from"],
            words["to"],
            words.get("label", ""),
            words.get("note", ""),
        )

    def _require(self, words: dict[str, str], needed: Sequence[str], node: Node) -> None:
        for field in needed:
            if not words.get(field):
                raise BadInput(f"{place_of(self.name, node)}: '{field}' is missing.", "Fill it in.")


def theory_as_yaml(theory: Theory) -> str:
    """Write a theory as the file that `parse_theory` reads."""
    lines = [f"theory: {quoted(theory.id)}"]
    lines += [
        f"{name}: {quoted(text)}"
        for name, text in (("title", theory.title), ("source", theory.source))
        if text
    ]
    lines.append("boxes:")
    for box in theory.boxes:
        lines += _entry((("id", box.id), ("kind", box.kind), ("label", box.label), ("note", box.note)))
    if theory.arrows:
        lines.append("arrows:")
    for arrow in theory.arrows:
        id_ = "" if arrow.id == f"{arrow.start}{_TO}{arrow.end}" else arrow.id
        fields = (("id", id_), ("from", arrow.start), ("to", arrow.end), ("label", arrow.label))
        lines += _entry((*fields, ("note", arrow.note)))
    return "\n".join(lines) + "\n"


def _entry(fields: Sequence[tuple[str, str]]) -> list[str]:
    lines = [f"    {name}: {quoted(text)}" for name, text in fields if text]
    return [f"  - {lines[0].strip()}", *lines[1:]]
