"""Codebooks as YAML files, the form that people edit and keep; and those shipped with the program."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from qualbench.codebook.tree import LEVELS, CodeEntry
from qualbench.errors import BadInput, NotFound
from qualbench.text.words import normalise

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FIELDS = (
    "label",
    "definition",
    "when_to_use",
    "when_not_to_use",
    "typical_example",
    "colour",
    "key",
    "status",
)
_KEYS = frozenset(("id", "level", "codes", *_FIELDS))


def shipped_codebooks() -> dict[str, Path]:
    """Give the codebooks that come with the program, by name."""
    return {file.stem: file for file in sorted(data_folder("codebooks").glob("*.yaml"))}


def data_folder(name: str) -> Path:
    """Give a folder of data shipped with the program: in the wheel, or beside the package in a checkout."""
    installed = Path(str(resources.files("qualbench"))) / "data" / name
    return installed if installed.is_dir() else Path(str(resources.files("qualbench"))).parent / name


def find_codebook(name: str) -> Path:
    """Give the file of a codebook by path or by the name of a shipped one.

    Raises:
        NotFound: If there is neither.
    """
    if Path(name).is_file():
        return Path(name)
    shipped = shipped_codebooks()
    if name not in shipped:
        raise NotFound(f"There is no codebook '{name}'.", f"Give a file, or one of {', '.join(shipped)}.")
    return shipped[name]


def read_codebook_file(path: Path) -> list[CodeEntry]:
    """Read a codebook from YAML, parents before children.

    Raises:
        BadInput: If it is not YAML (with line and column) or an entry is not as it should be (with its line).
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        book = YAML(typ="rt").load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{path.name}: it cannot be read as text.", "Check the file.") from None
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it is not YAML"
        raise BadInput(f"{path.name}{where}: {problem}.", "Put it right in an editor.") from None
    if not isinstance(book, dict) or not isinstance(book.get("codes"), list) or not book["codes"]:
        raise BadInput(f"{path.name}: it has no list 'codes'.", "See codebooks/ips_process_evaluation.yaml.")
    entries = list(_entries(path, book["codes"], None, 0))
    _refuse_doubles(path, entries)
    return entries


def _entries(path: Path, nodes: Any, parent: CodeEntry | None, depth: int) -> Iterator[CodeEntry]:
    for node in nodes:
        where = f"{path.name}, line {_line(node, nodes)}"
        if not isinstance(node, dict):
            raise BadInput(f"{where}: an entry must have an id and a label.", "Write '- id: ...'.")
        unknown = sorted(set(node) - _KEYS)
        if unknown:
            raise BadInput(f"{where}: '{unknown[0]}' is not a field of a code.", "Take it out or correct it.")
        entry = _entry(where, node, parent, depth)
        yield entry
        below = node.get("codes") or []
        if not isinstance(below, list):
            raise BadInput(f"{where}: 'codes' of {entry.id} is not a list.", "Write each with a dash.")
        yield from _entries(path, below, entry, depth + 1)


def _entry(where: str, node: Mapping[str, Any], parent: CodeEntry | None, depth: int) -> CodeEntry:
    code_id = str(node.get("id") or "")
    if not _ID.fullmatch(code_id):
        raise BadInput(f"{where}: '{code_id}' cannot be an id.", "Use small letters, digits and hyphens.")
    texts = {name: " ".join(normalise(str(node[name])).split()) for name in _FIELDS if node.get(name)}
    if not texts.get("label"):
        raise BadInput(f"{where}: {code_id} has no label.", "Give it one.")
    level = str(node.get("level") or LEVELS[min(depth, len(LEVELS) - 1)])
    if level not in LEVELS:
        raise BadInput(f"{where}: '{level}' is not a level.", f"Use one of {', '.join(LEVELS)}.")
    if "colour" in texts and not re.fullmatch(r"#[0-9A-Fa-f]{6}", texts["colour"]):
        raise BadInput(f"{where}: '{texts['colour']}' is not a colour.", "Write it as #RRGGBB.")
    if "key" in texts and not re.fullmatch(r"[0-9A-Za-z]", texts["key"]):
        raise BadInput(f"{where}: '{texts['key']}' cannot be the key of a code.", "Use one letter or digit.")
    return CodeEntry(code_id, parent.id if parent else None, level, **texts)


def _refuse_doubles(path: Path, entries: list[CodeEntry]) -> None:
    ids: set[str] = set()
    keys: set[str | None] = set()
    labels: set[tuple[str | None, str]] = set()
    for entry in entries:
        if entry.id in ids:
            raise BadInput(
                f"{path.name}: the id '{entry.id}' is used twice.", "Give one of the two another id."
            )
        place = (entry.parent_id, entry.label.casefold())
        if place in labels:
            raise BadInput(
                f"{path.name}: two codes under one parent are labelled '{entry.label}'.",
                "Rename one of them.",
            )
        if entry.key is not None and entry.key in keys:
            raise BadInput(f"{path.name}: two codes have the key '{entry.key}'.", "Give one another key.")
        ids.add(entry.id)
        labels.add(place)
        keys.add(entry.key)


def _line(node: Any, siblings: Any) -> int:
    mark = getattr(node, "lc", None) or getattr(siblings, "lc", None)
    return int(mark.line) + 1 if mark is not None and mark.line is not None else 1
