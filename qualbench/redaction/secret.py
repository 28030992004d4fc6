"""The secret of a study that keys the digests of its redacted names; it is kept outside the study."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

import platformdirs

from qualbench.study.database import Study
from qualbench.study.settings import read_study_settings
from qualbench.text.words import fold


def secret_file(study: Study) -> Path:
    """Give the place of a study's secret, in this person's data folder (or `QUALBENCH_HOME`)."""
    home = os.environ.get("QUALBENCH_HOME") or platformdirs.user_data_dir("qualbench")
    return Path(home) / "secrets" / f"{read_study_settings(study).uid}.key"


def read_secret(study: Study) -> bytes:
    """Read the study's secret, making it if there is none yet."""
    file = secret_file(study)
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secrets.token_bytes(32))
    return file.read_bytes()


def digest(secret: bytes, name: str) -> str:
    """Give the keyed digest of a name (HMAC-SHA256), by which the study knows it again but cannot tell it.

    Variants that differ only in case or spacing have one digest.
    """
    return hmac.new(secret, fold(name).encode(), "sha256").hexdigest()
