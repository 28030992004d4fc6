"""Exports on record: which files have left the study, and whose words are in them."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Collection
from pathlib import Path

import sqlalchemy as sa

from qualbench.errors import QualbenchError
from qualbench.evaluation.whose_words import people_in, read_said
from qualbench.exchange.manifest import MANIFEST
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.study.database import Study
from qualbench.study.journal import EXPORTED, change
from qualbench.study.tables import ExportRecord, new_id, now, table_of


def record_export(
    study: Study,
    path: Path,
    name: str,
    *,
    sources: Collection[str] | None = None,
    whole: bool = False,
    let_out: str = "",
    reason: str = "",
) -> None:
    """Put an export on record, unless the same bytes are on record under that name.

    Who may not change the study may export from it all the same: that the export is not on record is then
    told on standard error. What was let out although a rule is against it is never passed over so.

    Args:
        study: The study.
        path: The file or folder, where it lies now.
        name: As it will be called.
        sources: Names of the sources whose words can be in it; None means all.
        whole: Whether whole transcripts are in it.
        let_out: What a gate has let through, in a phrase; empty if nothing.
        reason: Why, in the person's own words.

    Raises:
        Refused: If something was let through, and that cannot be journaled.
    """
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    digest = _digest(path, files)
    try:
        with study.read() as db:
            said = read_said(db, sources)
            table = table_of(ExportRecord)
            same = sa.and_(table.c.name == name, table.c.sha256 == digest)
            known = db.execute(sa.select(table.c.id).where(same)).first() is not None
        if known and not let_out:
            return
        people = set(said) if whole else people_in(files, said)
        with change(study, EXPORTED, undoable=False) as changed:
            if reason:
                refuse_sealed_names(changed.db, study, reason)
                changed.reason = reason
            changed.insert(
                ExportRecord,
                [
                    {
                        "id": new_id(),
                        "name": name,
                        "kind": _kind(path),
                        "sha256": digest,
                        "participants": ",".join(sorted(people)),
                        "made_by": changed.coder,
                        "made_at": now(),
                    }
                ],
            )
            changed.summary = f"Exported {name}{f' with {let_out}' if let_out else ''}"
    except QualbenchError as fault:
        if let_out:
            raise
        print(f"This export is not on record. {fault}", file=sys.stderr)


def _kind(path: Path) -> str:
    return "folder" if path.is_dir() else path.suffix.lower().removeprefix(".") or "file"


def _digest(path: Path, files: list[Path]) -> str:
    """The SHA-256 of a file; of a folder, that of its manifest, else of the list of its files."""
    if not path.is_dir():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    manifest = path / MANIFEST
    if manifest.is_file():
        return hashlib.sha256(manifest.read_bytes()).hexdigest()
    listing = hashlib.sha256()
    for file in files:
        listing.update(file.relative_to(path).as_posix().encode() + b"\0" + file.read_bytes())
    return listing.hexdigest()
