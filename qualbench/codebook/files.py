"""Codebooks in files, and those shipped with the program."""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import replace
from importlib import resources
from pathlib import Path

from qualbench.codebook.drafts import BookFile
from qualbench.codebook.sheet_writing import write_csv, write_workbook
from qualbench.codebook.sheets import read_sheet
from qualbench.codebook.tree import CodeEntry
from qualbench.codebook.yaml_files import read_yaml
from qualbench.codebook.yaml_nodes import read_text
from qualbench.codebook.yaml_writing import write_yaml
from qualbench.errors import BadInput, NotFound

_SHEETS = (".csv", ".xlsx")


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
    """Give the entries of a codebook in a file, parents before children.

    Raises:
        BadInput: If it cannot be read or is not a codebook; the message tells the place.
    """
    return read_book(path).entries


def read_book(path: Path) -> BookFile:
    """Read a codebook from a .yaml, .yml, .csv or .xlsx file.

    Raises:
        BadInput: If it cannot be read or is not a codebook; the message tells the place.
    """
    _check_ending(path)
    return read_sheet(path) if path.suffix.lower() in _SHEETS else read_yaml(path)


def write_book(book: BookFile, path: Path) -> None:
    """Write a codebook to a .yaml, .yml, .csv or .xlsx file: wholly, or not at all.

    Comments and unchanged lines of a YAML file that is there stay (see `write_yaml`); another is replaced. A
    new one whose book has no name takes that of the file.

    Raises:
        BadInput: If there are no entries, the ending is another, the YAML file there is not a codebook, or
            the file cannot be written.
    """
    _check_ending(path)
    ending = path.suffix.lower()
    if ending == ".csv":
        data = write_csv(book)
    elif ending == ".xlsx":
        data = write_workbook(book)
    else:
        new = replace(book, name=book.name or path.stem)
        data = (write_yaml(book, read_text(path)) if path.exists() else write_yaml(new)).encode()
    try:
        _replace(path, data)
    except OSError as error:
        raise BadInput(
            f"{path.name}: it cannot be written ({error.strerror}).", "Check the folder and its rights."
        ) from None


def _check_ending(path: Path) -> None:
    if path.suffix.lower() not in (*_SHEETS, ".yaml", ".yml"):
        raise BadInput(
            f"{path.name}: this is not how a codebook's file ends.", "Use .yaml, .yml, .csv or .xlsx."
        )


def _replace(path: Path, data: bytes) -> None:
    """Put a file in the place of another once it is written, with the rights of the one before it."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        partial.write_bytes(data)
        if path.exists():
            shutil.copymode(path, partial)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
