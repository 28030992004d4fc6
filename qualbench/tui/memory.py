"""What the workbench keeps in mind about a person's screen, outside the study: folded panes, places."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from qualbench.study.database import Study
from qualbench.study.secret import private_file, write_private


def read_folded(study: Study) -> dict[str, bool]:
    """Give the side panes that this person has shown or hidden, by name; True for hidden."""
    return {name: bool(value) for name, value in _kept(study, "folded").items()}


def write_folded(study: Study, folded: dict[str, bool]) -> None:
    """Keep of some side panes whether they are hidden; a disk that takes nothing more costs only that."""
    _keep(study, "folded", _kept(study, "folded") | folded)


def read_difference(study: Study) -> dict[str, str]:
    """Give what this person looked at last of two coders' differences: `pair` and `id`, if anything."""
    return {name: str(value) for name, value in _kept(study, f"difference {study.coder}").items()}


def write_difference(study: Study, pair: str, id_: str) -> None:
    """Keep which difference of which pair of coders is looked at."""
    _keep(study, f"difference {study.coder}", {"pair": pair, "id": id_})


def read_matrix(study: Study) -> dict[str, Any]:
    """Give what this person asked for last of the matrix; nothing if they never did."""
    return _kept(study, f"matrix {study.coder}")


def write_matrix(study: Study, look: Mapping[str, object]) -> None:
    """Keep what is asked for of the matrix."""
    _keep(study, f"matrix {study.coder}", look)


def _kept(study: Study, what: str) -> dict[str, Any]:
    found = _everything(study).get(what)
    return {str(name): value for name, value in found.items()} if isinstance(found, dict) else {}


def _keep(study: Study, what: str, values: Mapping[str, object]) -> None:
    everything = _everything(study) | {what: values}
    try:
        write_private(private_file(study, "workbench", ".json"), json.dumps(everything).encode("utf-8"))
    except OSError:
        return


def _everything(study: Study) -> dict[str, Any]:
    try:
        kept = json.loads(private_file(study, "workbench", ".json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
