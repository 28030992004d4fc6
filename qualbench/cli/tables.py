"""A table in the form that somebody asks for, printed or written to a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from qualbench.cli.output import tell
from qualbench.errors import BadInput
from qualbench.exchange.gates import gate
from qualbench.study.database import Study

NEEDS_FILE = ("xlsx", "docx", "png")


def form_of(
    form: str | None, output: Path | None, known: Sequence[str], default: str, *, as_json: bool = False
) -> str:
    """Give the form that is wanted: as it is named, or by the ending of the file.

    Args:
        form: What `--format` said.
        output: The file, if there is to be one.
        known: The forms that there are; each but "table" is the ending of its files.
        default: What is printed if nothing is said.
        as_json: Whether `--json` was given.

    Raises:
        BadInput: If there is no such form, or it needs a file.
    """
    ending = output.suffix.lower().removeprefix(".") if output is not None else default
    wanted = form or ("json" if as_json else ending)
    if wanted not in known:
        what = f"'{form}' is not a format." if form else f"{output} has no ending that tells its format."
        raise BadInput(what, f"Use --format with one of {', '.join(known)}.")
    if output is None and wanted in NEEDS_FILE:
        raise BadInput(f"'{wanted}' needs a file.", f"Add -o FILE.{wanted}.")
    if output is not None and wanted == "table":
        raise BadInput(
            "A table goes to the terminal.", f"Use another format with -o: {', '.join(known[1:])}."
        )
    return wanted


def put_text(study: Study, text: str, output: Path | None, *, allow_unsealed: bool = False) -> None:
    """Print a text, or write it to a file through the gate of all exports."""
    if output is None:
        print(text, end="")
        return
    with gate(study, output, allow_unsealed=allow_unsealed) as draft:
        draft.write_text(text, "utf-8")
    tell(f"Wrote {output}.")


def as_csv(headers: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
    """Write rows as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows(rows)
    return out.getvalue()


def shortened(words: str, longest: int) -> str:
    """Give words in one line of no more than a number of characters."""
    line = " ".join(words.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
