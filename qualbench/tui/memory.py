"""What the workbench keeps in mind about a person's screen, outside the study: which panes are folded."""

from __future__ import annotations

import json

from qualbench.study.database import Study
from qualbench.study.secret import private_file, write_private


def read_folded(study: Study) -> dict[str, bool]:
    """Give the side panes that this person has shown or hidden, by name; True for hidden."""
    try:
        kept = json.loads(private_file(study, "workbench", ".json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    folded = kept.get("folded") if isinstance(kept, dict) else None
    return {str(name): bool(value) for name, value in folded.items()} if isinstance(folded, dict) else {}


def write_folded(study: Study, folded: dict[str, bool]) -> None:
    """Keep which side panes are hidden; a disk that takes nothing more costs only that."""
    try:
        write_private(
            private_file(study, "workbench", ".json"), json.dumps({"folded": folded}).encode("utf-8")
        )
    except OSError:
        return
