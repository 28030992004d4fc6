"""Codebooks read from YAML, the form that people edit and keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from qualbench.codebook.drafts import FILE_FIELDS, BookFile, Draft, entries_of
from qualbench.codebook.tree import LISTS
from qualbench.codebook.yaml_nodes import Node, fields_of, is_empty, parse_nodes, place_of, read_text, text_of
from qualbench.errors import BadInput

BOOK_FIELDS = ("codebook", "framework", "title", "source", "version", "codes")
"""What stands at the top of a file, in this order."""


def read_yaml(path: Path) -> BookFile:
    """Read a codebook from a YAML file.

    Raises:
        BadInput: If it cannot be read, is not YAML, or is not a codebook; with line and column.
    """
    book = parse_yaml(read_text(path), path.name)
    return book if book.name else replace(book, name=path.stem)


def parse_yaml(text: str, name: str) -> BookFile:
    """Read a codebook from the text of a YAML file.

    Args:
        text: What the file holds.
        name: The name of the file, for messages.

    Raises:
        BadInput: If it is not YAML or not a codebook; with line and column.
    """
    root = parse_nodes(text, name)
    if root is None:
        raise BadInput(f"{name}: it is empty.", "'qualbench codebook export' writes one to begin with.")
    if root.kind != "mapping":
        raise BadInput(f"{place_of(name, root)}: it has no list 'codes'.", "See the codebooks shipped.")
    head = fields_of(root, name, BOOK_FIELDS, "the top of a codebook")
    codes = head.get("codes")
    if codes is None or codes[1].kind != "list" or not codes[1].parts:
        place = place_of(name, codes[1] if codes else root)
        raise BadInput(f"{place}: it has no list 'codes'.", "Write each entry below 'codes:' with a dash.")
    entries, given = entries_of(list(_drafts(codes[1], name)))
    texts = {field: text_of(field, node, name) for field, (_, node) in head.items() if field != "codes"}
    return BookFile(
        texts.get("codebook", ""),
        entries,
        given,
        title=texts.get("title", ""),
        framework=texts.get("framework", ""),
        source=texts.get("source", ""),
        version=texts.get("version", ""),
    )


def _drafts(codes: Node, name: str) -> Iterator[Draft]:
    """The entries of a list, each before those below it."""
    ahead: list[tuple[Node, Draft | None]] = [(node, None) for node in reversed(codes.parts)]
    while ahead:
        node, parent = ahead.pop()
        if node.kind != "mapping":
            raise BadInput(
                f"{place_of(name, node)}: an entry must have an id and a label.", "Write '- id: ...'."
            )
        fields = fields_of(node, name, (*FILE_FIELDS, "codes"), "a code")
        _, below = fields.pop("codes", (node, None))
        draft = Draft(
            place_of(name, node),
            {field: _value(field, value, name) for field, (_, value) in fields.items()},
            {field: place_of(name, value) for field, (_, value) in fields.items()},
            parent,
        )
        yield draft
        if below is not None and (below.kind == "list" or not is_empty(below)):
            if below.kind != "list":
                code_id = draft.values.get("id") or "an entry"
                raise BadInput(
                    f"{place_of(name, below)}: 'codes' of {code_id} is not a list.", "Write each with a dash."
                )
            ahead += [(under, draft) for under in reversed(below.parts)]


def _value(field: str, node: Node, name: str) -> str | tuple[str, ...]:
    if field not in LISTS:
        return text_of(field, node, name)
    if node.kind == "list":
        items = (text_of(f"an item of '{field}'", item, name) for item in node.parts)
        return tuple(dict.fromkeys(filter(None, items)))
    if is_empty(node):
        return ()
    raise BadInput(
        f"{place_of(name, node)}: '{field}' is a list.", "Write each item on a line of its own, with a dash."
    )
