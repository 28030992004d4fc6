"""The YAML files that criteria, plans and theories of change are read from and written as."""

from __future__ import annotations

from collections.abc import Collection
from importlib import resources
from pathlib import Path

from qualbench.codebook.yaml_nodes import read_text


def text_of_file(name: str, shipped: Collection[str], folder: str) -> tuple[str, str]:
    """Give the text of a YAML file, or of one that comes with the program, and what to call it in messages.

    Args:
        name: The path of a file, or one of those shipped.
        shipped: The names of those.
        folder: Where they are, among the program's data.

    Raises:
        BadInput: If it cannot be read.
    """
    if name in shipped:
        file = resources.files("qualbench") / "data" / folder / f"{name}.yaml"
        return file.read_text("utf-8"), f"{name}.yaml"
    return read_text(Path(name)), Path(name).name


def quoted(text: str) -> str:
    """Give a text as a scalar in double quotes (YAML 1.2.2, section 7.3.1)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
