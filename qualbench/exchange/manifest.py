"""The list of the files of an export, and of the state of the study that they come from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import sqlalchemy as sa

from qualbench import __version__
from qualbench.codebook.versions import latest_version
from qualbench.study.database import Study
from qualbench.study.journal import EXPORTED, journal_end
from qualbench.study.settings import read_study_settings
from qualbench.study.tables import Event, table_of

MANIFEST = "manifest.json"


def not_listed(folder: Path) -> list[Path]:
    """Give the files of a folder that its manifest does not list: they are no part of the last export."""
    content = json.loads((folder / MANIFEST).read_text("utf-8"))
    listed = {MANIFEST, *(one["file"] for one in content["files"])}
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path for path in paths if path.relative_to(folder).as_posix() not in listed]


def state_of_study(study: Study) -> tuple[int, str]:
    """Give the number and the hash of the newest event that is no record of an export."""
    seq, newest = journal_end(study)
    event = table_of(Event)
    with study.read() as db:
        last = db.execute(sa.select(event.c.action).where(event.c.seq == seq)).scalar()
        if last != EXPORTED:
            return seq, newest
        before = db.execute(
            sa.select(event.c.seq, event.c.hash)
            .where(event.c.action != EXPORTED)
            .order_by(event.c.seq.desc())
            .limit(1)
        ).first()
    return (before.seq, before.hash) if before else (0, "")


def write_manifest(study: Study, folder: Path) -> int:
    """Write manifest.json: each file with its SHA-256 and size, and the state of the study.

    The state is the number and hash of the newest event of the journal, but for records of exports. It is a
    chain: it fixes all that came before. No time is in it, so two exports of one state are the same bytes.
    Gives the number of files.
    """
    settings = read_study_settings(study)
    event, hash_ = state_of_study(study)
    with study.read() as db:
        version = latest_version(db)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = [
        {
            "file": path.relative_to(folder).as_posix(),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "size": path.stat().st_size,
        }
        for path in paths
    ]
    study_state = {
        "uid": settings.uid,
        "title": settings.title,
        "event": event,
        "journal": hash_,
        "codebook_version": version,
    }
    content = {"program": f"qualbench {__version__}", "study": study_state, "files": files}
    (folder / MANIFEST).write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return len(files)
