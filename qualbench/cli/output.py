"""Printing: data to standard output, narration to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qualbench.errors import QualbenchError

if TYPE_CHECKING:
    from qualbench.coding.codings import CodingRead


def tell(sentence: str) -> None:
    """Say something to the person at the terminal."""
    print(sentence, file=sys.stderr)


def print_json(data: Any) -> None:
    """Print data as JSON."""
    print(json_text(data), end="")


def json_text(data: Any) -> str:
    """Give data as JSON for people and programs, with a line end."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def coding_json(coding: CodingRead) -> dict[str, object]:
    """Give a coding as the JSON that other programs read."""
    return {
        "id": coding.id,
        "source": coding.source,
        "start": coding.start,
        "end": coding.end,
        "code": coding.code,
        "layer": coding.layer,
        "quote": coding.quote,
        "exemplar": coding.exemplar,
        "meaning": coding.meaning,
        "version": coding.version,
        "kept_at": coding.kept_at,
        "made_as": coding.made_as,
    }


def coders_json(states: Mapping[str, str]) -> list[dict[str, str]]:
    """Give the states of a source's coders as the JSON that other programs read."""
    return [{"coder": coder, "state": state} for coder, state in states.items()]


def print_table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows in columns, numbers to the right, under headers."""
    cells = [[_shown(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(headers, *cells, strict=True)]
    numeric = [
        bool(rows) and all(row[n] is None or isinstance(row[n], int | float) for row in rows)
        for n in range(len(headers))
    ]
    for line in [list(headers), *cells]:
        parts = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ]
        print("  ".join(parts).rstrip())


def tell_faults(faults: Sequence[QualbenchError]) -> None:
    """Say what went wrong, a line each, with what to do about it."""
    for fault in faults:
        tell(f"{fault.message} {fault.hint}".rstrip())


def progress_line(what: str) -> Callable[[int, int, str], None]:
    """Give a function that shows progress on one line of a terminal; silent where there is none."""

    def show(done: int, total: int, name: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{what} {done + 1}/{total} {name}")
            if done + 1 == total:
                sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    return show


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:z.2f}" if isinstance(value, float) else str(value)
