"""Bringing transcript files into a study, each in a change of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from qualbench.errors import BadInput, QualbenchError, Refused
from qualbench.study.collecting import collecting_seldom
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, source_mark
from qualbench.study.retext import fingerprint
from qualbench.study.secret import read_secret
from qualbench.study.tables import Source, Speaker, Turn, new_id, now, table_of
from qualbench.transcripts.candidates import INTERVIEWER, Candidate
from qualbench.transcripts.intake import Intake
from qualbench.transcripts.manifest import ManifestRow, names_file
from qualbench.transcripts.participants import give_labels, label_digest
from qualbench.transcripts.readers import READERS, printable
from qualbench.transcripts.replacing import replace_text

_NOT_TRANSCRIPTS = ("readme",)
_TABLES = (".csv", ".xlsx")


@dataclass
class ImportReport:
    """What came of an import, file by file.

    Attributes:
        imported: What came in, or would come in on a dry run.
        skipped: Duplicates left out because that was the choice.
        waiting: Files that could be read but not come in; the reason is among the faults.
        faults: What went wrong.
        notes: What else was left out, a sentence each.
        stopped: Whether somebody stopped the import before its end.
    """

    imported: list[Candidate] = field(default_factory=list)
    skipped: list[Candidate] = field(default_factory=list)
    waiting: list[Candidate] = field(default_factory=list)
    faults: list[QualbenchError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stopped: bool = False


def find_files(paths: Iterable[Path]) -> tuple[list[Path], list[str]]:
    """Give the files named, and for a folder the transcripts right inside it, in order of name.

    Returns:
        The files, and a note for what else lies in a folder.

    Raises:
        BadInput: If a folder is not there.
    """
    files: list[Path] = []
    notes: list[str] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(entry for entry in path.iterdir() if not entry.name.startswith((".", "~$")))
            found = [entry for entry in inside if entry.is_file() and _may_be_transcript(entry)]
            files += found
            folders = [entry.name for entry in inside if entry.is_dir()]
            if folders:
                notes.append(f"Folders inside {path.name} were not looked into: {', '.join(folders[:5])}.")
            others = [
                printable(entry.name)
                for entry in inside
                if entry.is_file() and entry not in found and entry.suffix.lower() not in _TABLES
            ]
            if others:
                more = f" and {len(others) - 10} more" if len(others) > 10 else ""
                notes.append(f"Left out as no transcripts: {', '.join(others[:10])}{more}.")
            if not found:
                raise BadInput(f"There is no transcript right inside {path}.", " ".join(notes))
        elif path.suffix:
            files.append(path)
        else:
            raise BadInput(f"There is no folder {path}.", "Check its name.")
    return files, notes


def import_files(
    study: Study,
    paths: Iterable[Path],
    *,
    manifest: Path | None = None,
    pattern: str | None = None,
    labels: Mapping[str, str | None] | None = None,
    duplicates: str | None = None,
    dry_run: bool = False,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> ImportReport:
    """Import transcript files; what is wrong with one keeps that one out and is reported.

    Args:
        study: The study.
        paths: Files and folders. Where a manifest lies in such a folder it is read as manifest only if named.
        manifest: A table with a row a file; a file without a row is then left out.
        pattern: What file names say, such as "{participant}_{timepoint}".
        labels: Labels to put in the place of others; None takes a label for words.
        duplicates: What to do with files like a source: one of `duplicates.CHOICES`; None refuses them.
        dry_run: Report only.
        progress: Called before each file with the number done, the number of all, and its name. A
            KeyboardInterrupt between or during files ends the import; the file at hand stays out.

    Raises:
        BadInput: If the manifest as a whole or the pattern cannot be read, or a folder is not there.
    """
    paths = list(paths)
    files, notes = find_files(paths)
    intake = Intake(study, manifest, pattern)
    report = ImportReport(faults=list(intake.faults), notes=notes)
    told = {fault.file for fault in intake.faults} - {row.file for row in intake.rows}
    files = [file for file in files if file.name not in told]
    if manifest is not None and any(path.is_dir() for path in paths):
        report.faults += _rows_without_file(manifest, intake.rows, files)
    try:
        with collecting_seldom():
            for done, path in enumerate(files):
                progress(done, len(files), printable(path.name))
                try:
                    candidate = intake.prepare(path)
                    if labels or duplicates:
                        candidate = intake.revise(candidate, labels=labels, choice=duplicates)
                    _take_in(study, intake, candidate, report, dry_run)
                except QualbenchError as fault:
                    report.faults.append(fault)
    except KeyboardInterrupt:
        report.stopped = True
    if files:
        report.notes += [
            f"No file has the label '{label}'." for label in sorted({*(labels or {})} - intake.relabelled)
        ]
    return report


def commit(study: Study, candidate: Candidate) -> None:
    """Bring a candidate into the study in one change: as a source of its own, or in the place of another.

    Raises:
        Refused: If its name is taken, or what it should replace has been changed meanwhile.
    """
    replacing = candidate.replacement is not None
    with change(study, "replace" if replacing else "import", undoable=not replacing) as made:
        if candidate.replacement is not None and candidate.likeness is not None:
            columns = {
                name: value for name, value in _attribute_columns(candidate).items() if value is not None
            }
            source_id = replace_text(made, candidate.likeness, {**columns, **_file_columns(candidate)})
            made.summary = f"Replaced {source_mark(source_id)} by a corrected version"
        else:
            source_id = new_id()
            _refuse_taken_name(made, candidate)
            made.insert(Source, [_source_columns(source_id, candidate)])
            made.summary = f"Imported {source_mark(source_id)}"
        speakers, turns = _rows(candidate, source_id)
        made.insert(Speaker, speakers)
        made.insert(Turn, turns)
        if candidate.assigned:
            secret = read_secret(study)
            give_labels(
                made,
                {
                    label_digest(secret, candidate.name, label): None if who == INTERVIEWER else who
                    for label, who in candidate.assigned.items()
                },
            )


def _take_in(study: Study, intake: Intake, candidate: Candidate, report: ImportReport, dry_run: bool) -> None:
    same = candidate.likeness is not None and candidate.likeness.same
    if candidate.likeness is not None and (
        candidate.choice == "skip" or (candidate.choice == "replace" and same)
    ):
        report.skipped.append(candidate)
        return
    obstacle = intake.obstacle(candidate)
    if obstacle is not None:
        report.waiting.append(candidate)
        raise obstacle
    if not dry_run:
        commit(study, candidate)
    intake.note_imported(candidate)
    report.imported.append(candidate)


def _may_be_transcript(file: Path) -> bool:
    return file.suffix.lower() in READERS and file.stem.casefold() not in _NOT_TRANSCRIPTS


def _rows_without_file(manifest: Path, rows: Sequence[ManifestRow], files: Sequence[Path]) -> list[BadInput]:
    return [
        BadInput(
            f"{manifest.name}, row {row.number}: there is no file {row.file} among those to import.",
            "Add the file or take out the row.",
        )
        for row in rows
        if not any(names_file(row, file) for file in files)
    ]


def _rows(candidate: Candidate, source_id: str) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """The rows of the speakers and of the turns."""
    speakers: list[dict[str, object]] = [
        {
            "source_id": source_id,
            "n": n,
            "label": found.label,
            "role": found.role,
            "participant_id": found.participant,
        }
        for n, found in enumerate(candidate.speakers, start=1)
    ]
    numbers = {found.label: n for n, found in enumerate(candidate.speakers, start=1)}
    turns: list[dict[str, object]] = [
        {
            "source_id": source_id,
            "n": n,
            "speaker_n": numbers[turn.label],
            "label_start": turn.label_start,
            "start": turn.start,
            "end": turn.end,
            "begins_at": turn.begins_at,
            "ends_at": turn.ends_at,
        }
        for n, turn in enumerate(candidate.transcript.turns, start=1)
    ]
    return speakers, turns


def _refuse_taken_name(made: Change, candidate: Candidate) -> None:
    """Two people may import at once; the second is told rather than stopped by the database."""
    source = table_of(Source)
    if made.db.execute(sa.select(source.c.id).where(source.c.name == candidate.name)).first() is not None:
        raise Refused(
            f"{candidate.file}: somebody has just imported a source of that name.", "Look at it first."
        )


def _attribute_columns(candidate: Candidate) -> dict[str, str | None]:
    attributes = candidate.attributes
    return {
        "kind": attributes.kind,
        "timepoint": attributes.timepoint,
        "site": attributes.site,
        "date": attributes.date,
        "mode": attributes.mode,
        "interviewer": _interviewers(candidate),
    }


def _interviewers(candidate: Candidate) -> str | None:
    """The labels of interviewers that somebody gave, or that the file gives in brackets."""
    named = [name.strip() for name in (candidate.attributes.interviewer or "").split(";") if name.strip()]
    folded = {name.casefold() for name in named}
    for found in candidate.speakers:
        given = found.label in candidate.assigned or found.label in candidate.transcript.roles
        if found.label and found.role == "interviewer" and given and found.label.casefold() not in folded:
            named.append(found.label)
    return "; ".join(named) or None


def _file_columns(candidate: Candidate) -> dict[str, str | None]:
    return {"format": candidate.format, "imported_fingerprint": candidate.print_}


def _source_columns(source_id: str, candidate: Candidate) -> dict[str, str | int | None]:
    attributes = _attribute_columns(candidate)
    return {
        "id": source_id,
        "name": candidate.name,
        **attributes,
        "kind": attributes["kind"] or "interview",
        **_file_columns(candidate),
        "state": "imported",
        "words": candidate.words,
        "fingerprint": fingerprint(candidate.transcript.text),
        "imported_at": now(),
        "text": candidate.transcript.text,
    }
