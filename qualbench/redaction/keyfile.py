"""The key file: the originals of what was sealed, encrypted (`redaction.encrypted`), outside the study.

It is written anew at every sealing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from qualbench.redaction.encrypted import COST, Kind, check_place, read_encrypted, write_encrypted
from qualbench.study.database import Study
from qualbench.study.secret import private_file

_KIND = Kind("qualbench key file", "key file")
_COST = COST


@dataclass(frozen=True)
class Replaced:
    """One place that was replaced: where its pseudonym stands (code points, half-open), and its original."""

    start: int
    end: int
    original: str
    pseudonym: str


@dataclass(frozen=True)
class SealRecord:
    """The sealing of one source: digests (SHA-256) of its text before and after, and what was replaced."""

    source_id: str
    at: str
    before: str
    after: str
    replaced: list[Replaced]


@dataclass(frozen=True)
class KeyFile:
    """A key file and the passphrase to it."""

    path: Path
    passphrase: str


def key_file(study: Study, passphrase: str, path: Path | None = None) -> KeyFile:
    """Give the key file of a study: in this person's data folder, unless another path is given.

    Raises:
        BadInput: If the passphrase is too short.
        Refused: If the path lies in the study's folder.
    """
    path = path or private_file(study, "keys", ".json")
    check_place(study, path, passphrase, _KIND, "--key-file")
    return KeyFile(path, passphrase)


def read_key(key: KeyFile) -> list[SealRecord]:
    """Read all that a key file holds, in order of sealing; nothing if there is no file yet.

    Raises:
        Refused: If the passphrase is wrong.
        Damaged: If the file is not a key file, or has been changed.
    """
    if not key.path.exists():
        return []
    return [
        SealRecord(**{**one, "replaced": [Replaced(**place) for place in one["replaced"]]})
        for one in json.loads(read_encrypted(key.path, key.passphrase, _KIND))
    ]


def add_to_key(key: KeyFile, records: list[SealRecord]) -> None:
    """Add sealings to a key file, which is made if it is not there; only its owner can read it.

    Raises:
        Refused: If the passphrase is wrong.
        Damaged: If the file is not a key file, or has been changed.
    """
    _write_key(key, [*read_key(key), *records])


def remove_from_key(key: KeyFile, source_ids: Collection[str]) -> int:
    """Take the records of some sources out of a key file; give how many there were.

    Raises:
        Refused: If the passphrase is wrong.
        Damaged: If the file is not a key file, or has been changed.
    """
    held = read_key(key)
    kept = [one for one in held if one.source_id not in source_ids]
    if len(kept) < len(held):
        _write_key(key, kept)
    return len(held) - len(kept)


def _write_key(key: KeyFile, records: Sequence[SealRecord]) -> None:
    data = json.dumps([asdict(one) for one in records], ensure_ascii=False).encode()
    write_encrypted(key.path, key.passphrase, _KIND, data, _COST)
