"""This machine's view of a study: qualbench.toml in its folder."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qualbench.errors import Damaged, NotFound

SETTINGS_FILE = "qualbench.toml"
DATABASE_FILE = "study.db"


@dataclass(frozen=True)
class LocalSettings:
    """This machine's view of a study, as qualbench.toml has it.

    Attributes:
        database: Its address, or the name of the file in the folder.
        coder: Initials of the person whose machine this is.
        keys: Keys of the workbench that this person has changed, by the id of the action.
    """

    database: str | None = None
    coder: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)


def read_settings(folder: Path) -> LocalSettings:
    """Read this machine's view of a study.

    Raises:
        NotFound: If the folder holds no study.
        Damaged: If the settings file is not TOML, or a value is not a text.
    """
    if folder.is_file():
        raise NotFound(f"{folder} is a file.", "Give the folder of the study.")
    try:
        settings = tomllib.loads((folder / SETTINGS_FILE).read_text("utf-8"))
    except FileNotFoundError:
        raise NotFound(
            f"There is no study in {folder}.",
            "Name its folder with --study, make one with 'qualbench new DIR', or look at 'qualbench demo'.",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise Damaged(f"{folder / SETTINGS_FILE} cannot be read: {error}.", "Put it right by hand.") from None
    keys = settings.pop("keys", {})
    if not isinstance(keys, dict) or not all(
        isinstance(v, str) for v in (*settings.values(), *keys.values())
    ):
        raise Damaged(
            f"{folder / SETTINGS_FILE}: every value must be a text in quotes.", "Put it right by hand."
        )
    return LocalSettings(settings.get("database"), settings.get("coder"), keys)


def write_address(folder: Path, database: str, coder: str | None) -> None:
    """Write this machine's view of a study, with the keys that this person has changed, if any."""
    settings: dict[str, str] = {"database": database} | ({"coder": coder} if coder else {})
    keys = read_settings(folder).keys if (folder / SETTINGS_FILE).exists() else {}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in settings.items()]
    if keys:
        lines += ["", "[keys]", *(f"{json.dumps(name)} = {json.dumps(key)}" for name, key in keys.items())]
    _write_private(folder / SETTINGS_FILE, "\n".join([*lines, ""]))


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
