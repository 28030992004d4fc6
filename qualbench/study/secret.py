"""The secret of a study: it keys the digests of names, and is kept outside the study.

With the secret the study can know a redacted name or a speaker label again; without it nobody can try a
list of names on the study's digests. The study holds a check value, so a missing or wrong secret is
noticed rather than replaced.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import tempfile
from pathlib import Path

import platformdirs
from sqlmodel import Session, select

from qualbench.errors import Refused
from qualbench.study.database import Study
from qualbench.study.tables import StudyRecord
from qualbench.text.words import fold

_OUTER_PUNCTUATION = re.compile(r"^\W+|\W+$")


def make_secret(uid: str) -> str:
    """Make the secret of a new study, store it for this person, and give its check value.

    Args:
        uid: The study's own identifier, which names the file.
    """
    secret = secrets.token_bytes(32)
    store_secret(uid, secret)
    return _check_value(secret)


def store_secret(uid: str, secret: bytes) -> None:
    """Keep the secret of a study, by its identifier, in this person's data folder."""
    write_private(_file("secrets", uid, ".key"), secret)


def private_file(study: Study, folder: str, ending: str) -> Path:
    """Give the file of a study in a subfolder of this person's data folder; it need not be there."""
    with study.read() as db:
        uid = db.exec(select(StudyRecord.uid)).one()
    return _file(folder, uid, ending)


def write_private(file: Path, data: bytes) -> None:
    """Write a file that only this person can read: wholly, or not at all."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_secret(study: Study) -> bytes:
    """Read the study's secret from this person's data folder, or `QUALBENCH_HOME`.

    Raises:
        Refused: If it is not there, or is that of another study.
    """
    with study.read() as db:
        return secret_of(db)


def secret_of(db: Session) -> bytes:
    """Read the study's secret as `read_secret` does, in an open session.

    Raises:
        Refused: If it is not there, or is that of another study.
    """
    record = db.exec(select(StudyRecord)).one()
    file = _file("secrets", record.uid, ".key")
    try:
        secret = file.read_bytes()
    except OSError:
        secret = b""
    if _check_value(secret) != record.secret_check:
        raise Refused(
            "The secret of this study is not on this machine.",
            f"Ask who made the study for it, and put it at {file}.",
        )
    return secret


def digest(secret: bytes, name: str) -> str:
    """Give the keyed digest of a name (HMAC-SHA256), whatever its case, spacing and outer marks."""
    folded = fold(name)
    bare = _OUTER_PUNCTUATION.sub("", folded) or folded
    return hmac.new(secret, bare.encode(), "sha256").hexdigest()


def text_digest(secret: bytes, text: str) -> str:
    """Give the keyed digest of a whole text, letter by letter (HMAC-SHA256)."""
    return hmac.new(secret, text.encode(), "sha256").hexdigest()


def _file(folder: str, uid: str, ending: str) -> Path:
    home = os.environ.get("QUALBENCH_HOME") or platformdirs.user_data_dir("qualbench")
    return Path(home) / folder / f"{uid}{ending}"


def _check_value(secret: bytes) -> str:
    return hmac.new(secret, b"qualbench", "sha256").hexdigest()
