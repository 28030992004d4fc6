"""Passphrases: from a file, or asked for at the terminal, never on the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from qualbench.errors import BadInput

PassphraseFile = Annotated[Path | None, typer.Option(help="A file whose first line is the passphrase.")]


def first_line(path: Path) -> str:
    """Give the passphrase that a file holds.

    Raises:
        BadInput: If it cannot be read.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{path.name} cannot be read.", "Give a text file with the passphrase.") from None
    return lines[0] if lines else ""


def passphrase(file: Path | None, what: str, *, new: bool = False) -> str:
    """Give the passphrase of a file: from a file, else asked for.

    Args:
        file: Whose first line it is, if one was named.
        what: What it opens, such as "the file of arms".
        new: Whether it is made up now, and hence asked for twice.

    Raises:
        BadInput: If there is nobody to ask, or what was typed differs.
    """
    if file is not None:
        return first_line(file)
    if not sys.stdin.isatty():
        raise BadInput(f"{what[0].upper()}{what[1:]} needs a passphrase.", "Add --passphrase-file FILE.")
    typed = str(typer.prompt(f"Passphrase of {what}", hide_input=True, err=True))
    if new and typer.prompt("The same again", hide_input=True, err=True) != typed:
        raise BadInput("The two differ.", "Nothing was written; try again.")
    return typed
