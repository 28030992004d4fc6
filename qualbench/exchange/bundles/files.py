"""The file of a bundle: a line that says what it is, then its contents, compressed and encrypted.

The line is JSON with format, version, the study's own identifier and a nonce; the contents are AES-256-GCM
(NIST SP 800-38D) of zlib (RFC 1950) of JSON, with the line authenticated. The key is made of the study's
secret: whoever has the study can read a bundle, nobody else can, and nobody else can make or change one.
"""

from __future__ import annotations

import hmac
import json
import os
import zlib
from pathlib import Path
from typing import Any

from sqlmodel import select

from qualbench.errors import BadInput, Damaged, NotFound, Refused
from qualbench.exchange.bundles.contents import Bundle, from_json, to_json
from qualbench.study.database import Study
from qualbench.study.secret import read_secret, write_private
from qualbench.study.tables import StudyRecord

_FORMAT, _VERSION = "qualbench bundle", 1
_LARGEST = 2**26  # bytes, packed or unpacked: a file must not ask for all the memory there is
_LONGEST_LINE = 1_000


def write_bundle(study: Study, bundle: Bundle, file: Path) -> None:
    """Write a bundle to a file that only this person can read.

    Raises:
        Refused: If there is such a file, or the study's secret is not on this machine.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if file.exists():
        raise Refused(f"{file} exists already.", "Choose another name with -o.")
    nonce = os.urandom(12)
    header = {"format": _FORMAT, "version": _VERSION, "study": _uid(study), "nonce": nonce.hex()}
    line = json.dumps(header).encode() + b"\n"
    body = AESGCM(_key(study)).encrypt(nonce, zlib.compress(to_json(bundle)), line)
    write_private(file.expanduser().absolute(), line + body)


def read_bundle(study: Study, file: Path) -> Bundle:
    """Read a bundle of a study from its file.

    Raises:
        NotFound: If there is no such file.
        BadInput: If it is no bundle, or holds what none could.
        Damaged: If it is not whole, or was changed.
        Refused: If it is of another study or a newer version made it, or the study's secret is not on this
            machine.
    """
    if not file.is_file():
        raise NotFound(
            f"There is no file {file}.", "'qualbench bundle make' makes one, on the other machine."
        )
    with file.open("rb") as opened:
        data = opened.read(_LARGEST + 1)
    line, newline, body = data.partition(b"\n")
    header = _header(line + newline)
    if header is None or len(data) > _LARGEST:
        raise BadInput(f"{file} is not a bundle.", "'qualbench bundle make' makes one.")
    if header["version"] != _VERSION:
        raise Refused("A newer version of qualbench made this bundle.", "Install that version to merge it.")
    if header["study"] != _uid(study):
        raise Refused("The bundle is of another study.", "Name the folder of its study with --study.")
    return from_json(_unpacked(_decrypted(_key(study), header["nonce"], body, line + newline)))


def _header(line: bytes) -> dict[str, Any] | None:
    """What the first line says; None if it is not that of a bundle."""
    try:
        header: dict[str, Any] = json.loads(line[:_LONGEST_LINE])
        sound = header["format"] == _FORMAT and type(header["version"]) is int and header["version"] >= 1
        nonce = bytes.fromhex(header["nonce"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return {**header, "nonce": nonce} if sound and len(nonce) == 12 else None


def _decrypted(key: bytes, nonce: bytes, body: bytes, line: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(nonce, body, line)
    except InvalidTag:
        raise Damaged(
            "The bundle is not whole, or was changed.", "Copy it again from where it was made."
        ) from None


def _unpacked(packed: bytes) -> bytes:
    reader = zlib.decompressobj()
    try:
        data = reader.decompress(packed, _LARGEST)
    except zlib.error:
        raise BadInput("The bundle cannot be unpacked.", "Make it again on the other machine.") from None
    if not reader.eof:
        raise BadInput(f"The bundle holds more than {_LARGEST >> 20} MB.", "No coder's work is that large.")
    return data


def _key(study: Study) -> bytes:
    return hmac.new(read_secret(study), _FORMAT.encode(), "sha256").digest()


def _uid(study: Study) -> str:
    with study.read() as db:
        return db.exec(select(StudyRecord.uid)).one()
