"""YAML as its stream of events: mappings, lists and text, each with its place in the file.

The file is never made into objects, so that an alias or a tag is refused before anything comes of it, every
fault has its line and column, and `label: No` is the word and not a truth value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qualbench.codebook.drafts import DEEPEST, UNREADABLE, nearest, one_line
from qualbench.errors import BadInput

LARGEST = 5 * 1024 * 1024  # bytes; 2,000 entries written out in full have some 2.5 MB

_EMPTY = ("", "~", "null", "Null", "NULL")


@dataclass
class Node:
    """A piece of YAML; lines and columns are counted from 0.

    Attributes:
        kind: "text", "list" or "mapping".
        line: Where it begins.
        column: Where it begins.
        text: What a text says; "" if it is left empty.
        parts: The items of a list; the keys and values of a mapping, one after the other.
        end: The line and column after it; of what is written by indentation, a line's beginning.
        flow: Whether it is a list or mapping in brackets.
    """

    kind: str
    line: int
    column: int
    text: str
    parts: list[Node]
    end: tuple[int, int]
    flow: bool = False


def read_text(path: Path) -> str:
    """Give the text of a file in UTF-8.

    Raises:
        BadInput: If it cannot be read, is too large or is in another encoding.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput(f"{path.name}: it is larger than 5 MB.", "A codebook is not; check the file.")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path.name}: it cannot be opened ({error.strerror}).", "Check its name.") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path.name}: it is not in UTF-8.", "Save it as UTF-8.") from None


def parse_nodes(text: str, name: str) -> Node | None:
    """Give the pieces of a YAML text; None if there are none.

    Raises:
        BadInput: If it is not YAML, or has aliases, anchors or tags, several documents, or too many levels.
    """
    from ruamel.yaml.error import YAMLError

    unreadable = UNREADABLE.search(text.replace("\ufeff", " "))
    if unreadable:
        before = text[: unreadable.start()]
        place = f"line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))}"
        raise BadInput(
            f"{name}, {place}: a character U+{ord(unreadable[0]):04X} cannot be in YAML.", "Take it out."
        )
    try:
        return _compose(_events(text), name)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = str(getattr(error, "problem", None) or "it is not YAML").splitlines()[0]
        raise BadInput(f"{name}{where}: {problem}.", "Put it right in an editor.") from None
    except (ValueError, OverflowError, TypeError, AttributeError, IndexError, KeyError, AssertionError):
        # what the parser of ruamel.yaml raises for some texts that are not YAML
        raise BadInput(f"{name}: it is not YAML.", "Put it right in an editor.") from None


def _events(text: str) -> Iterator[Any]:
    from ruamel.yaml import YAML

    return iter(YAML(typ="safe", pure=True).parse(text))


def _compose(events: Iterator[Any], name: str) -> Node | None:
    from ruamel.yaml import events as kinds

    root: Node | None = None
    open_nodes: list[Node] = []
    for event in events:
        mark = event.start_mark
        place = f"{name}, line {mark.line + 1}, column {mark.column + 1}"
        if isinstance(event, kinds.AliasEvent) or getattr(event, "anchor", None):
            raise BadInput(f"{place}: anchors and aliases (& and *) are not read.", "Write the text out.")
        if getattr(event, "tag", None):
            raise BadInput(f"{place}: tags (!) are not read.", "Take it out, or put the text in quotes.")
        if isinstance(event, kinds.DocumentStartEvent) and root is not None:
            raise BadInput(f"{place}: a second document begins here.", "Keep one codebook a file.")
        if isinstance(event, kinds.CollectionEndEvent):
            _close(open_nodes.pop(), event)
        elif isinstance(event, kinds.NodeEvent):
            node = _node(event)
            if open_nodes:
                open_nodes[-1].parts.append(node)
            else:
                root = node
            if node.kind != "text":
                open_nodes.append(node)
            if len(open_nodes) > 2 * DEEPEST + 2:
                raise BadInput(f"{place}: it has more than {DEEPEST} levels.", "Flatten it.")
    return None if root is None or (root.kind == "text" and not root.text) else root


def _node(event: Any) -> Node:
    from ruamel.yaml import events as kinds

    line, column = event.start_mark.line, event.start_mark.column
    end = (event.end_mark.line, event.end_mark.column)
    if isinstance(event, kinds.ScalarEvent):
        plain = event.implicit[0]
        return Node("text", line, column, "" if plain and event.value in _EMPTY else event.value, [], end)
    kind = "list" if isinstance(event, kinds.SequenceStartEvent) else "mapping"
    return Node(kind, line, column, "", [], end, bool(event.flow_style))


def _close(node: Node, event: Any) -> None:
    if node.flow:
        node.end = (event.end_mark.line, event.end_mark.column)
    elif node.parts:
        line, column = node.parts[-1].end
        node.end = (line + 1, 0) if column else (line, 0)


def fields_of(node: Node, name: str, known: tuple[str, ...], what: str) -> dict[str, tuple[Node, Node]]:
    """Give the keys and values of a mapping by what the key says.

    Args:
        node: The mapping.
        name: The name of the file, for messages.
        known: The keys that it may have.
        what: What has such keys, for messages.

    Raises:
        BadInput: If it is no mapping, or has another key, or one twice.
    """
    if node.kind != "mapping":
        raise BadInput(f"{place_of(name, node)}: this is not {what}.", "Write its fields, each with a colon.")
    fields: dict[str, tuple[Node, Node]] = {}
    for key, value in zip(node.parts[::2], node.parts[1::2], strict=True):
        if key.text not in known or key.kind != "text":
            meant = nearest(key.text, known)
            hint = f"Did you mean '{meant}'?" if meant else f"Use some of {', '.join(known)}."
            shown = f"'{one_line(key.text)[:40]}'" if key.kind == "text" else f"a {key.kind}"
            raise BadInput(f"{place_of(name, key)}: {shown} is not a field of {what}.", hint)
        if key.text in fields:
            raise BadInput(f"{place_of(name, key)}: '{key.text}' is there twice.", "Keep one of the two.")
        fields[key.text] = key, value
    return fields


def text_of(field: str, node: Node, name: str) -> str:
    """Give what a text says, on one line.

    Raises:
        BadInput: If it is a list or a mapping.
    """
    if node.kind != "text":
        raise BadInput(
            f"{place_of(name, node)}: '{field}' is a text, not a {node.kind}.",
            "Put it in quotes if it begins with a bracket, or has a colon.",
        )
    return one_line(node.text)


def is_empty(node: Node) -> bool:
    """Tell whether a field was left empty."""
    return node.kind == "text" and not node.text


def place_of(name: str, node: Node) -> str:
    """Say where a piece stands, line and column counted from 1."""
    return f"{name}, line {node.line + 1}, column {node.column + 1}"
