"""Entries in use that a file lacks: which they are, and what can become of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.codebook.tree import Codebook, CodeEntry
from qualbench.study.tables import AGREED, Code, CodeVersion, Coding, Row, table_of


def lacking_in(book: Sequence[CodeEntry], in_file: Collection[str], top: CodeEntry | None) -> set[str]:
    """Give the entries in use that a file lacks, but for those that its entries stand below.

    Args:
        book: The codebook with those of the file.
        in_file: Their ids.
        top: The entry below which the file stands; None for the whole book.
    """
    parents = {entry.id: entry.parent_id for entry in book}
    above: set[str] = set()
    for code_id in in_file:
        at: str | None = code_id
        while at is not None and at not in above:
            above.add(at)
            at = parents.get(at)
    in_use = {entry.id for entry in book if entry.in_use}
    return (in_use if top is None else in_use & _below(book, top.id)) - above


def _below(book: Sequence[CodeEntry], top_id: str) -> set[str]:
    """The entries below one, of a book that has not been checked: they may stand in a circle."""
    tree = Codebook(book)
    below: set[str] = set()
    ahead = [entry.id for entry in tree.children(top_id)]
    while ahead:
        code_id = ahead.pop()
        if code_id not in below:
            below.add(code_id)
            ahead += [entry.id for entry in tree.children(code_id)]
    return below


def deletable(book: Sequence[CodeEntry], unused: Collection[str]) -> set[str]:
    """Give those of some unused entries to which none that stays refers."""
    deleted = set(unused)
    while True:
        referred = {
            other
            for entry in book
            if entry.id not in deleted
            for other in (entry.parent_id, entry.merged_into, entry.split_from, *entry.also_in)
        }
        if not deleted & referred:
            return deleted
        deleted -= referred


def without(book: Sequence[CodeEntry], deleted: Collection[str], retired: Collection[str]) -> list[CodeEntry]:
    """Give a book with entries gone and others retired, which then have no key and group nothing."""
    entries = []
    for entry in book:
        if entry.id in deleted:
            continue
        if entry.id in retired:
            entry = replace(entry, status="retired", key=None, also_in=())
        elif any(theme in retired for theme in entry.also_in):
            entry = replace(entry, also_in=tuple(one for one in entry.also_in if one not in retired))
        entries.append(entry)
    return entries


def used_codes(db: Session) -> set[str]:
    """Give the entries that anything of the study points to: codings of any coder, memos, versions."""
    code = table_of(Code)
    columns = [
        key.parent
        for table in Row.metadata.tables.values()
        if table is not code
        for key in table.foreign_keys
        if key.column is code.c.id
    ]
    columns += [table_of(CodeVersion).c.code_id, table_of(Coding).c.made_as]
    used = (db.execute(sa.select(column).distinct()).scalars() for column in columns)
    return {code_id for ids in used for code_id in ids if code_id is not None}


def visible_codings(db: Session, coder: str | None) -> dict[str, int]:
    """Give by id how many codings there are in the layers that the coder at work may always see."""
    coding = table_of(Coding)
    counts = (
        sa.select(coding.c.code_id, sa.func.count())
        .where(coding.c.layer.in_([AGREED, coder] if coder else [AGREED]))
        .group_by(coding.c.code_id)
    )
    return {code_id: count for code_id, count in db.execute(counts)}
