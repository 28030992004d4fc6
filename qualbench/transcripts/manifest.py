"""The tables that come with transcripts, as .csv or .xlsx: the manifest of files and the participants."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qualbench.errors import BadInput, Refused
from qualbench.study.settings import StudySettings
from qualbench.transcripts.attributes import Attributes, check_date, check_participant_id, read_attributes
from qualbench.transcripts.encoding import decode

MANIFEST_COLUMNS = ("file", "kind", "timepoint", "site", "date", "mode", "interviewer", "participant")
PARTICIPANT_COLUMNS = ("id", "family", "stakeholder", "site", "labels")
CONSENT_COLUMNS = ("consent_date", "consent_version", "consent_quote", "consent_archive", "trial_consent")

_LARGEST = 20 * 1024 * 1024  # bytes; a table of 300 files has some 50,000
_YES, _NO = ("yes", "y", "true", "1"), ("no", "n", "false", "0")


@dataclass(frozen=True)
class ManifestRow:
    """What the manifest says of one file.

    Attributes:
        number: The row's number in the file, the header being 1.
    """

    number: int
    file: str
    attributes: Attributes


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
        consent: Values by column, for those columns of consent that the table has.
    """

    number: int
    id: str
    family: str | None
    stakeholder: str
    site: str | None
    labels: Mapping[str, str]
    consent: Mapping[str, str | bool | None]


def read_rows(path: Path, required: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Read a .csv or .xlsx table with a header and give each row with its number, the header being row 1.

    Columns of a .csv are parted by comma, semicolon or tab, whichever the header has; cells lose outer
    blanks. Of a workbook the first sheet is read.

    Raises:
        BadInput: If the file cannot be read or lacks a required column.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise BadInput(f"{path.name}: it is larger than 20 MB.", "A table of files or people is not.")
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path.name}: it cannot be opened ({error.strerror}).", "Check its name.") from None
    rows = _sheet(data, path.name) if path.suffix.lower() == ".xlsx" else _csv(data, path.name)
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


def read_manifest(path: Path, settings: StudySettings) -> tuple[list[ManifestRow], list[RowFault]]:
    """Read a manifest; rows that cannot be used come back as errors beside those that can.

    Raises:
        BadInput: If the file as a whole cannot be read.
    """
    rows: list[ManifestRow] = []
    faults: list[RowFault] = []
    seen: dict[str, int] = {}
    for number, cells in read_rows(path, ("file",)):
        where = f"{path.name}, row {number}"
        file = cells["file"].replace("\\", "/").rpartition("/")[2]
        try:
            if not file:
                raise BadInput(f"{where}: the file is not named.", "Fill in the column 'file'.")
            if file in seen:
                raise BadInput(f"{where}: {file} is in row {seen[file]} already.", "Keep one of the two.")
            seen[file] = number
            rows.append(ManifestRow(number, file, read_attributes(cells, where, settings)))
        except BadInput as fault:
            faults.append(RowFault(fault.message, fault.hint, file))
    return rows, faults


def names_file(row: ManifestRow, path: Path) -> bool:
    """Tell whether a row is about a file; case makes no difference, and the ending may be left out."""
    return row.file.casefold() in (path.name.casefold(), path.stem.casefold())


def write_template(folder: Path, files: Sequence[str]) -> list[Path]:
    """Write an empty manifest, with a row for each file, and an empty list of participants.

    One that is there already is left as it is.

    Raises:
        Refused: If both are there already.
    """
    tables: dict[str, list[Sequence[str]]] = {
        "manifest.csv": [MANIFEST_COLUMNS, *((file, *[""] * (len(MANIFEST_COLUMNS) - 1)) for file in files)],
        "participants.csv": [(*PARTICIPANT_COLUMNS, *CONSENT_COLUMNS)],
    }
    there = [name for name in tables if (folder / name).exists()]
    if len(there) == len(tables):
        raise Refused(f"{folder} has {' and '.join(there)} already.", "Fill those in, or move them away.")
    for name in there:
        del tables[name]
    for name, rows in tables.items():
        out = io.StringIO(newline="")
        csv.writer(out).writerows(rows)
        (folder / name).write_text(
            out.getvalue(), "utf-8-sig", newline=""
        )  # the mark lets Excel read accents
    return [folder / name for name in tables]


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
                    _consent(cells, where),
                )
            )
        except BadInput as fault:
            faults.append(fault)
    return rows, faults


def _csv(data: bytes, name: str) -> list[list[str]]:
    text = decode(data, name).text
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise BadInput(f"{name}: it is not a CSV table ({error}).", "Save it as CSV again.") from None


def _sheet(data: bytes, name: str) -> list[list[str]]:
    import openpyxl
    from lxml.etree import XMLSyntaxError
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > 10 * _LARGEST:
                raise BadInput(f"{name}: it unpacks to more than 200 MB.", "Check what it holds.")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = [[_cell(value) for value in row] for row in book.worksheets[0].iter_rows(values_only=True)]
        book.close()
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        XMLSyntaxError,
        AttributeError,
        KeyError,
        ValueError,
        TypeError,
        IndexError,
    ):
        raise BadInput(
            f"{name}: it is not a workbook, or is damaged.", "Save it as .xlsx or .csv again."
        ) from None
    return rows


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _consent(cells: Mapping[str, str], where: str) -> dict[str, str | bool | None]:
    """The columns of consent that the table has."""
    consent: dict[str, str | bool | None] = {}
    for column in CONSENT_COLUMNS:
        if column not in cells:
            continue
        value = cells[column]
        if column in ("consent_quote", "consent_archive") and value:
            if value.casefold() not in _YES + _NO:
                raise BadInput(f"{where}: '{value}' in {column} is neither yes nor no.", "Write yes or no.")
            consent[column] = value.casefold() in _YES
        elif column == "trial_consent":  # to the trial, which is no consent to an interview
            if value:
                check_date(value, where)
            consent["trial_consent_date"] = value or None
        else:
            if column == "consent_date" and value:
                check_date(value, where)
            consent[column] = value or None
    return consent


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
