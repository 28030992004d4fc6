"""Files that only a passphrase opens: the key file, and the arms of the trial. Both lie outside the study.

A JSON object with the parameters of scrypt (RFC 7914), a check of the passphrase, and the contents under
AES-256-GCM (NIST SP 800-38D); the header is authenticated with them.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qualbench.errors import BadInput, Damaged, Refused
from qualbench.study.database import Study
from qualbench.study.secret import write_private

COST = 2**17  # OWASP Password Storage Cheat Sheet: 128 MiB
_BLOCK, _LANES = 8, 1
_MOST_COST = 2 * COST * _BLOCK  # a damaged header must not ask for all the memory there is
_SHORTEST = 8  # characters in a passphrase


@dataclass(frozen=True)
class Kind:
    """A kind of encrypted file.

    Attributes:
        format: What its header says.
        called: What it is called in messages, such as "key file".
    """

    format: str
    called: str


def check_place(study: Study, path: Path, passphrase: str, kind: Kind, option: str) -> None:
    """Check that an encrypted file may lie at a place, and that its passphrase is long enough.

    Raises:
        BadInput: If the passphrase is too short.
        Refused: If the path lies in the study's folder.
    """
    if len(passphrase) < _SHORTEST:
        raise BadInput(f"The passphrase is shorter than {_SHORTEST} characters.", "Choose a longer one.")
    if study.folder.resolve() in path.resolve().parents:
        raise Refused(f"The {kind.called} would lie in the study's folder.", f"Keep it elsewhere: {option}.")


def write_encrypted(path: Path, passphrase: str, kind: Kind, data: bytes, cost: int = COST) -> None:
    """Write a file anew that only the passphrase opens; only its owner can read it.

    Args:
        path: The file.
        passphrase: What opens it.
        kind: What it is.
        data: What it holds.
        cost: How dear a guess of the passphrase is (n of scrypt).
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(16), os.urandom(12)
    header: dict[str, Any] = {
        "format": kind.format,
        "version": 1,
        "scrypt": {"salt": _text(salt), "n": cost, "r": _BLOCK, "p": _LANES},
        "nonce": _text(nonce),
    }
    derived = _derive(passphrase, header)
    header["check"] = _check(derived, kind)
    body = AESGCM(derived[:32]).encrypt(nonce, data, _canonical(header))
    write_private(path, json.dumps({**header, "body": _text(body)}, indent=1).encode())


def read_encrypted(path: Path, passphrase: str, kind: Kind) -> bytes:
    """Give what an encrypted file holds.

    Raises:
        Refused: If the passphrase is wrong.
        Damaged: If the file is not of that kind, or has been changed.
    """
    header, body = _read(path, kind)
    derived = _derive(passphrase, header)
    if not hmac.compare_digest(_check(derived, kind), header["check"]):
        raise Refused(
            f"The passphrase does not open the {kind.called}.", "Passphrases differ by case and blanks."
        )
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(derived[:32]).decrypt(base64.b64decode(header["nonce"]), body, _canonical(header))
    except InvalidTag:
        raise damaged(path, kind) from None


def damaged(path: Path, kind: Kind) -> Damaged:
    """Give what is said of a file that cannot be what it should be."""
    return Damaged(f"{path.name} is damaged, or is no {kind.called}.", "Use a copy of it, if you have one.")


def _read(path: Path, kind: Kind) -> tuple[dict[str, Any], bytes]:
    try:
        header = json.loads(path.read_text("utf-8"))
        body = base64.b64decode(header.pop("body"), validate=True)
        scrypt = header["scrypt"]
        sound = (
            header["format"] == kind.format
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
        raise damaged(path, kind) from None
    if not sound:
        raise damaged(path, kind)
    return header, body


def _derive(passphrase: str, header: dict[str, Any]) -> bytes:
    """Give 64 bytes of the passphrase: the key, and what the check is made of."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    numbers = header["scrypt"]
    salt = base64.b64decode(numbers["salt"])
    kdf = Scrypt(salt=salt, length=64, n=numbers["n"], r=numbers["r"], p=numbers["p"])
    return kdf.derive(passphrase.encode())


def _check(derived: bytes, kind: Kind) -> str:
    return hmac.new(derived[32:], kind.format.encode(), "sha256").hexdigest()


def _canonical(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
