"""Copies of a study on two laptops, as a backup and a restore make them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from qualbench.exchange.bundles.files import read_bundle, write_bundle
from qualbench.exchange.bundles.making import make_bundle
from qualbench.exchange.bundles.merging import merge_bundle
from qualbench.exchange.bundles.report import Merged
from qualbench.study.backups import backup, restore
from qualbench.study.database import Study, open_study
from qualbench.study.local import DATABASE_FILE, write_address
from qualbench.study.tables import AGREED, Row, new_id

WORK = ("coding", "memo", "code_example", "assignment", "reading", "code")
"""The tables that bundles bring rows to."""


def copy_of(study: Study, folder: Path, coder: str) -> Study:
    """Make a copy of a study for a coder's laptop."""
    name = f"{coder}-{new_id()}"
    backup(study, folder / f"{name}.db")
    return restore(folder / f"{name}.db", folder / name, coder=coder)


def quick_copy(study: Study, folder: Path, coder: str) -> Study:
    """The same for a study on SQLite, without the checks of a backup."""
    target = folder / f"{coder}-{new_id()}"
    target.mkdir()
    write_address(target, DATABASE_FILE, coder)
    with (
        closing(sqlite3.connect(study.folder / DATABASE_FILE)) as source,
        closing(sqlite3.connect(target / DATABASE_FILE)) as copy,
    ):
        source.backup(copy)
    return open_study(target)


def carry_over(there: Study, here: Study, folder: Path) -> Merged:
    """Take what the coder of one copy has done to another, in a file."""
    file = folder / f"{new_id()}.bundle"
    write_bundle(there, make_bundle(there), file)
    return merge_bundle(here, read_bundle(here, file))


def rows(study: Study, *tables: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of some tables, all of `WORK` if none is named, in order of their keys.

    Ids in the agreed layer are those of the copy, and so are left out.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    with study.read() as db:
        for name in tables or WORK:
            table = Row.metadata.tables[name]
            read = [dict(row) for row in db.execute(sa.select(table)).mappings()]
            for row in read:
                if row.get("layer") == AGREED and name == "coding":
                    row |= {"id": "", "created_at": "", "created_by": ""}
            found[name] = sorted(read, key=lambda row: [str(value) for value in row.values()])
    return found


def of_layer(study: Study, layer: str) -> list[dict[str, Any]]:
    """The codings of a layer."""
    return [row for row in rows(study, "coding")["coding"] if row["layer"] == layer]


def not_by(study: Study, coder: str) -> dict[str, list[dict[str, Any]]]:
    """What is not one coder's."""
    owners = ("layer", "created_by", "added_by", "coder")

    def is_theirs(row: dict[str, Any]) -> bool:
        return next((row[name] == coder for name in owners if name in row), False)

    return {name: [row for row in found if not is_theirs(row)] for name, found in rows(study).items()}


def events(study: Study) -> int:
    """How many events the journal has."""
    with study.read() as db:
        return int(
            db.execute(sa.select(sa.func.count()).select_from(Row.metadata.tables["event"])).scalar_one()
        )


def words_of(study: Study, found: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    """The words and codes of codings, in order."""
    with study.read() as db:
        source = Row.metadata.tables["source"]
        texts = {row.id: row.text for row in db.execute(sa.select(source.c.id, source.c.text))}
    return sorted((texts[row["source_id"]][row["start"] : row["end"]], row["code_id"]) for row in found)
