"""The names a team knows: always found, in any case, and kept outside the study for they are originals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from qualbench.errors import BadInput
from qualbench.redaction.kinds import TERMS
from qualbench.study.database import Study
from qualbench.study.secret import private_file, write_private
from qualbench.study.settings import read_study_settings
from qualbench.text.words import fold
from qualbench.transcripts.manifest import read_rows


def read_names(path: Path) -> dict[str, str]:
    """Read names, each with its kind, from a table with a column `name` and perhaps one `kind`.

    Raises:
        BadInput: If the file cannot be read, has no such column, or has a kind that there is not.
    """
    names = {}
    for number, cells in read_rows(path, ("name",)):
        kind = cells.get("kind") or "person"
        if kind not in TERMS:
            raise BadInput(
                f"{path.name}, row {number}: '{kind}' is not a kind of identifier.",
                f"Use one of {', '.join(TERMS)}.",
            )
        if cells["name"]:
            names[cells["name"]] = kind
    return names


def known_names(study: Study) -> dict[str, str]:
    """Give the names kept for a study on this machine, with their kinds, and its sites."""
    sites = dict.fromkeys(read_study_settings(study).sites, "place")
    return sites | kept_names(study)


def kept_names(study: Study) -> dict[str, str]:
    """Give the names kept for a study on this machine, each with its kind.

    Raises:
        BadInput: If the list is damaged.
    """
    file = private_file(study, "names", ".json")
    try:
        names = json.loads(file.read_text("utf-8"))
        return {str(name): str(kind) for name, kind in names.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError):
        raise BadInput("The list of known names cannot be read.", f"Mend or remove {file}.") from None


def keep_names(study: Study, names: Mapping[str, str]) -> int:
    """Add names to the list of this machine; give how many are new."""
    kept = kept_names(study)
    present = set(map(fold, kept))
    fresh = {name.strip(): kind for name, kind in names.items() if fold(name) and fold(name) not in present}
    _write(study, kept | fresh)
    return len(fresh)


def forget_names(study: Study, names: Iterable[str]) -> int:
    """Take names from the list of this machine; give how many stood in it."""
    kept = kept_names(study)
    gone = set(map(fold, names))
    left = {name: kind for name, kind in kept.items() if fold(name) not in gone}
    _write(study, left)
    return len(kept) - len(left)


def _write(study: Study, names: Mapping[str, str]) -> None:
    data = json.dumps(dict(sorted(names.items())), ensure_ascii=False, indent=1)
    write_private(private_file(study, "names", ".json"), data.encode())
