"""The tables that come with transcripts: the manifest of files and the list of participants, as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qualbench.errors import BadInput
from qualbench.transcripts.readers.plain import decode

MANIFEST_COLUMNS = ("file", "kind", "timepoint", "site", "date", "mode", "interviewer")
PARTICIPANT_COLUMNS = ("id", "family", "stakeholder", "site", "labels")
KINDS = ("interview", "focus group", "minutes", "field note")
MODES = ("face to face", "phone", "online")

_PARTICIPANT_ID = re.compile(r"[A-Z]{1,5}[-_]?\d{1,4}|[A-Z]{1,4}-[A-Z]{1,2}")
_LONG_NUMBER = re.compile(r"\d[\d\s-]{7,}\d")


@dataclass(frozen=True)
class ManifestRow:
    """What the manifest says of one file; None where it says nothing.

    Attributes:
        number: The row's number in the file, the header being 1.
    """

    number: int
    file: str
    kind: str
    timepoint: str | None
    site: str | None
    date: str | None
    mode: str | None
    interviewer: str | None


class RowFault(BadInput):
    """A row of a manifest that cannot be used, with the file that it is about."""

    def __init__(self, message: str, hint: str, file: str) -> None:
        super().__init__(message, hint)
        self.file = file


@dataclass(frozen=True)
class ParticipantRow:
    """One participant of the list.

    Attributes:
        labels: Speaker label by source name, where it is not the id; "*" for talk without a label.
    """

    number: int
    id: str
    family: str | None
    stakeholder: str
    site: str | None
    labels: Mapping[str, str]


def read_rows(path: Path, required: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Read a CSV file with a header and give each row with its number, the header being row 1.

    Columns are parted by comma, semicolon or tab, whichever the header has; cells lose outer blanks.

    Raises:
        BadInput: If the file cannot be read or lacks a required column.
    """
    try:
        text = decode(path.read_bytes(), path.name)
    except OSError as error:
        raise BadInput(f"{path.name}: it cannot be opened ({error.strerror}).", "Check its name.") from None
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise BadInput(f"{path.name}: it is not a CSV table ({error}).", "Save it as CSV again.") from None
    names = [name.strip().casefold() for name in rows[0]] if rows else []
    missing = [name for name in required if name not in names]
    if missing:
        raise BadInput(
            f"{path.name}: row 1 has no column '{missing[0]}'; it has: {', '.join(names)[:80]}.",
            f"The first row must name at least {', '.join(required)}.",
        )
    for number, row in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in row):
            cells = {name: cell.strip() for name, cell in zip(names, row, strict=False)}
            yield number, dict.fromkeys(names, "") | cells


def read_manifest(path: Path) -> tuple[list[ManifestRow], list[RowFault]]:
    """Read a manifest; rows that cannot be used come back as errors beside those that can.

    Raises:
        BadInput: If the file as a whole cannot be read.
    """
    rows: list[ManifestRow] = []
    faults: list[RowFault] = []
    seen: dict[str, int] = {}
    for number, cells in read_rows(path, MANIFEST_COLUMNS):
        where = f"{path.name}, row {number}"
        file = cells["file"]
        try:
            if file in seen:
                raise BadInput(f"{where}: {file} is in row {seen[file]} already.", "Keep one of the two.")
            seen[file] = number
            rows.append(_manifest_row(where, number, cells))
        except BadInput as fault:
            faults.append(RowFault(fault.message, fault.hint, file))
    return rows, faults


def _manifest_row(where: str, number: int, cells: Mapping[str, str]) -> ManifestRow:
    def cell(name: str) -> str | None:
        return cells.get(name) or None

    file, kind = cell("file"), (cell("kind") or "").casefold()
    if file is None:
        raise BadInput(f"{where}: the file is not named.", "Fill in the column 'file'.")
    if kind not in KINDS:
        raise BadInput(f"{where}: '{kind}' is not a kind of source.", f"Use one of {', '.join(KINDS)}.")
    mode = cell("mode")
    if mode is not None and mode.casefold() not in MODES:
        raise BadInput(f"{where}: '{mode}' is not a mode.", f"Use one of {', '.join(MODES)}.")
    day = cell("date")
    if day is not None:
        try:
            date.fromisoformat(day)
        except ValueError:
            raise BadInput(f"{where}: '{day}' is not a date.", "Write it as 2026-03-31.") from None
    return ManifestRow(
        number,
        file,
        kind,
        cell("timepoint"),
        cell("site"),
        day,
        mode.casefold() if mode else None,
        cell("interviewer"),
    )


def read_participants(path: Path) -> tuple[list[ParticipantRow], list[BadInput]]:
    """Read a list of participants; rows that cannot be used come back as errors beside those that can.

    The column `labels` holds `source=label` pairs parted by semicolons.

    Raises:
        BadInput: If the file as a whole cannot be read.
    """
    rows: list[ParticipantRow] = []
    faults: list[BadInput] = []
    for number, cells in read_rows(path, PARTICIPANT_COLUMNS[:3]):
        where = f"{path.name}, row {number}"
        try:
            check_participant_id(cells["id"], where)
            if cells["id"].casefold() in {row.id.casefold() for row in rows}:
                raise BadInput(f"{where}: {cells['id']} is in the list twice.", "Keep one of the two rows.")
            rows.append(
                ParticipantRow(
                    number,
                    cells["id"],
                    cells.get("family") or None,
                    cells.get("stakeholder", ""),
                    cells.get("site") or None,
                    _labels(cells.get("labels", ""), where),
                )
            )
        except BadInput as fault:
            faults.append(fault)
    return rows, faults


def check_participant_id(participant: str, where: str) -> None:
    """Check that an id is a code such as P07, not a name or an NHS or CHI number.

    Raises:
        BadInput: If it is not.
    """
    if not participant:
        raise BadInput(f"{where}: the participant has no id.", "Give a code such as P07.")
    if _LONG_NUMBER.search(participant):
        raise BadInput(f"{where}: the id looks like an NHS, CHI or phone number.", "Give a code such as P07.")
    if not _PARTICIPANT_ID.fullmatch(participant):
        raise BadInput(f"{where}: the id looks like a name.", "Give a code such as P07.")


def _labels(cell: str, where: str) -> dict[str, str]:
    labels = {}
    for pair in filter(None, (part.strip() for part in cell.split(";"))):
        source, equals, label = (part.strip() for part in pair.partition("="))
        if not (source and equals and label):
            raise BadInput(
                f"{where}: '{pair}' is not source=label.", "Write P01_baseline=Mother; P01_followup=M."
            )
        labels[source] = label
    return labels
