"""The key file: the originals of what was sealed, encrypted, outside the study.

A JSON object with the parameters of scrypt (RFC 7914), a check of the passphrase, and the originals under
AES-256-GCM (NIST SP 800-38D); the header is authenticated with them. It is written anew at every sealing.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qualbench.errors import BadInput, Damaged, Refused
from qualbench.study.database import Study
from qualbench.study.secret import private_file, write_private

_FORMAT = "qualbench key file"
_COST, _BLOCK, _LANES = 2**17, 8, 1  # OWASP Password Storage Cheat Sheet: 128 MiB
_MOST_COST = 2 * _COST * _BLOCK  # a damaged header must not ask for all the memory there is
_SHORTEST = 8  # characters in a passphrase


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
    if len(passphrase) < _SHORTEST:
        raise BadInput(f"The passphrase is shorter than {_SHORTEST} characters.", "Choose a longer one.")
    path = path or private_file(study, "keys", ".json")
    if study.folder.resolve() in path.resolve().parents:
        raise Refused("The key file would lie in the study's folder.", "Keep it elsewhere: --key-file.")
    return KeyFile(path, passphrase)


def read_key(key: KeyFile) -> list[SealRecord]:
    """Read all that a key file holds, in order of sealing; nothing if there is no file yet.

    Raises:
        Refused: If the passphrase is wrong.
        Damaged: If the file is not a key file, or has been changed.
    """
    if not key.path.exists():
        return []
    header, body = _read(key.path)
    derived = _derive(key.passphrase, header)
    if not hmac.compare_digest(_check(derived), header["check"]):
        raise Refused("The passphrase does not open the key file.", "Passphrases differ by case and blanks.")
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        data = AESGCM(derived[:32]).decrypt(base64.b64decode(header["nonce"]), body, _canonical(header))
    except InvalidTag:
        raise _damaged(key.path) from None
    return [
        SealRecord(**{**one, "replaced": [Replaced(**place) for place in one["replaced"]]})
        for one in json.loads(data)
    ]


def add_to_key(key: KeyFile, records: list[SealRecord]) -> None:
    """Add sealings to a key file, which is made if it is not there; only its owner can read it.

    Raises:
        Refused: If the passphrase is wrong.
        Damaged: If the file is not a key file, or has been changed.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    held = [*read_key(key), *records]
    salt, nonce = os.urandom(16), os.urandom(12)
    header: dict[str, Any] = {
        "format": _FORMAT,
        "version": 1,
        "scrypt": {"salt": _text(salt), "n": _COST, "r": _BLOCK, "p": _LANES},
        "nonce": _text(nonce),
    }
    derived = _derive(key.passphrase, header)
    header["check"] = _check(derived)
    data = json.dumps([asdict(one) for one in held], ensure_ascii=False).encode()
    body = AESGCM(derived[:32]).encrypt(nonce, data, _canonical(header))
    write_private(key.path, json.dumps({**header, "body": _text(body)}, indent=1).encode())


def _read(path: Path) -> tuple[dict[str, Any], bytes]:
    try:
        header = json.loads(path.read_text("utf-8"))
        body = base64.b64decode(header.pop("body"), validate=True)
        scrypt = header["scrypt"]
        sound = (
            header["format"] == _FORMAT
            and header["version"] == 1
            and all(type(scrypt[name]) is int and scrypt[name] > 0 for name in ("n", "r", "p"))
            and scrypt["n"] > 1
            and scrypt["n"] & (scrypt["n"] - 1) == 0
            and scrypt["n"] * scrypt["r"] * scrypt["p"] <= _MOST_COST
            and len(base64.b64decode(scrypt["salt"], validate=True)) >= 16
            and len(base64.b64decode(header["nonce"], validate=True)) == 12
            and isinstance(header["check"], str)
            and header["check"].isascii()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _damaged(path) from None
    if not sound:
        raise _damaged(path)
    return header, body


def _derive(passphrase: str, header: dict[str, Any]) -> bytes:
    """Give 64 bytes of the passphrase: the key, and what the check is made of."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    numbers = header["scrypt"]
    salt = base64.b64decode(numbers["salt"])
    kdf = Scrypt(salt=salt, length=64, n=numbers["n"], r=numbers["r"], p=numbers["p"])
    return kdf.derive(passphrase.encode())


def _check(derived: bytes) -> str:
    return hmac.new(derived[32:], b"qualbench key file", "sha256").hexdigest()


def _canonical(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _damaged(path: Path) -> Damaged:
    return Damaged(f"{path.name} is damaged, or is no key file.", "Use a copy of it, if you have one.")
