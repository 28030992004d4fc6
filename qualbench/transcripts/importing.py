"""Bringing transcript files into a study, each in a change of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import select

from qualbench.errors import BadInput, QualbenchError, Refused
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, source_mark
from qualbench.study.retext import fingerprint
from qualbench.study.secret import read_secret, text_digest
from qualbench.study.settings import StudySettings, read_study_settings
from qualbench.study.tables import Source, Speaker, Turn, new_id, now, table_of
from qualbench.transcripts.manifest import ManifestRow, read_manifest
from qualbench.transcripts.model import Transcript
from qualbench.transcripts.participants import Resolver, item_of
from qualbench.transcripts.readers import READERS, read_transcript


@dataclass(frozen=True)
class SpeakerFound:
    """A speaker label of a file, with its number of turns and what it was resolved to."""

    label: str | None
    turns: int
    role: str
    participant: str | None


@dataclass(frozen=True)
class FileImported:
    """A file that came in, or would come in on a dry run."""

    name: str
    format: str
    words: int
    turns: int
    speakers: list[SpeakerFound]
    notes: list[str]


@dataclass
class ImportReport:
    """What came of an import, file by file."""

    imported: list[FileImported] = field(default_factory=list)
    faults: list[QualbenchError] = field(default_factory=list)


def find_files(paths: Iterable[Path]) -> list[Path]:
    """Give the files named, and for a folder the transcripts right inside it, in order of name.

    Raises:
        BadInput: If a folder is not there.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(file for file in path.iterdir() if file.suffix.lower() in READERS)
        elif path.suffix:
            files.append(path)
        else:
            raise BadInput(f"There is no folder {path}.", "Check its name.")
    return files


def import_files(
    study: Study,
    paths: Iterable[Path],
    *,
    manifest: Path | None = None,
    dry_run: bool = False,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> ImportReport:
    """Import transcript files; what is wrong with one keeps that one out and is reported.

    Args:
        study: The study.
        paths: Files and folders. Where a manifest lies in such a folder it is read as manifest only if named.
        manifest: A CSV with a row a file; a file without a row is then left out.
        dry_run: Report only.
        progress: Called before each file with the number done, the number of all, and its name.

    Raises:
        BadInput: If the manifest as a whole cannot be read, or a folder is not there.
    """
    paths = list(paths)
    files = find_files(paths)
    report = ImportReport()
    rows: dict[str, ManifestRow] | None = None
    if manifest is not None:
        listed, faults = read_manifest(manifest)
        report.faults += faults
        rows = {row.file: row for row in listed}
        told = {fault.file for fault in faults} - rows.keys()
        files = [file for file in files if file.name not in told]
        if any(path.is_dir() for path in paths):
            report.faults += _rows_without_file(manifest, listed, files)
    settings = read_study_settings(study)
    secret = read_secret(study)
    with study.read() as db:
        resolver = Resolver(db, secret)
        known = _Known(secret)
        for name, print_ in db.exec(select(Source.name, Source.imported_fingerprint)):
            known.add(name, print_)
    for done, path in enumerate(files):
        progress(done, len(files), path.name)
        try:
            row = _row_for(path, rows, manifest, settings)
            transcript = read_transcript(path)
            print_ = known.check(path, transcript)
            speakers = _resolve(transcript, path.stem, row, resolver)
            if not dry_run:
                _store(study, path, row, transcript, speakers, print_)
            known.add(path.stem, print_)
            report.imported.append(_imported(path, transcript, speakers))
        except QualbenchError as fault:
            report.faults.append(fault)
    return report


class _Known:
    """The sources there are, by name and by what their text was when it came in."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._names: set[str] = set()
        self._prints: dict[str, str] = {}

    def add(self, name: str, print_: str) -> None:
        self._names.add(name)
        self._prints[print_] = name

    def check(self, path: Path, transcript: Transcript) -> str:
        """Refuse a file that is in the study already, and give its fingerprint."""
        print_ = text_digest(self._secret, transcript.text)
        if print_ in self._prints:
            raise Refused(
                f"{path.name}: the same text is in the study already, as {self._prints[print_]}.",
                "Leave it out.",
            )
        if path.stem in self._names:
            raise Refused(
                f"{path.name}: the study has a source named {path.stem} already.",
                "Rename the file to keep both.",
            )
        return print_


def _rows_without_file(manifest: Path, rows: list[ManifestRow], files: list[Path]) -> list[BadInput]:
    names = {file.name for file in files}
    return [
        BadInput(
            f"{manifest.name}, row {row.number}: there is no file {row.file} among those to import.",
            "Add the file or take out the row.",
        )
        for row in rows
        if row.file not in names
    ]


def _row_for(
    path: Path, rows: dict[str, ManifestRow] | None, manifest: Path | None, settings: StudySettings
) -> ManifestRow | None:
    if rows is None or manifest is None:
        return None
    row = rows.get(path.name)
    if row is None:
        raise BadInput(
            f"{path.name}: {manifest.name} has no row for it.", "Add a row, or leave the file out."
        )
    where = f"{manifest.name}, row {row.number}"
    return replace(
        row,
        timepoint=item_of(where, "timepoint", row.timepoint, settings.timepoints),
        site=item_of(where, "site", row.site, settings.sites),
    )


def _resolve(
    transcript: Transcript, name: str, row: ManifestRow | None, resolver: Resolver
) -> dict[str | None, SpeakerFound]:
    turns: dict[str | None, int] = {}
    for turn in transcript.turns:
        turns[turn.label] = turns.get(turn.label, 0) + 1
    interviewer = row.interviewer if row else None
    return {
        label: SpeakerFound(label, count, *resolver.resolve(name, label, interviewer))
        for label, count in turns.items()
    }


def _imported(path: Path, transcript: Transcript, speakers: dict[str | None, SpeakerFound]) -> FileImported:
    notes = list(transcript.notes)
    unresolved = [found.label for found in speakers.values() if found.role == "other" and found.label]
    if unresolved:
        notes.append(
            f"Nobody is known by the label {', '.join(unresolved)}: their words count for nobody. Give a "
            "participant's in the column labels, an interviewer's in the manifest."
        )
    return FileImported(
        path.stem,
        path.suffix.lower().removeprefix("."),
        transcript.words,
        len(transcript.turns),
        list(speakers.values()),
        notes,
    )


def _store(
    study: Study,
    path: Path,
    row: ManifestRow | None,
    transcript: Transcript,
    speakers: dict[str | None, SpeakerFound],
    print_: str,
) -> None:
    source_id = new_id()
    with change(study, "import", f"Imported {source_mark(source_id)}") as made:
        _refuse_taken_name(made, path)
        made.insert(Source, [_source_columns(source_id, path, row, transcript, print_)])
        numbers = {label: n for n, label in enumerate(speakers, start=1)}
        made.insert(
            Speaker,
            [
                {
                    "source_id": source_id,
                    "n": numbers[label],
                    "label": label,
                    "role": found.role,
                    "participant_id": found.participant,
                }
                for label, found in speakers.items()
            ],
        )
        made.insert(
            Turn,
            [
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
                for n, turn in enumerate(transcript.turns, start=1)
            ],
        )


def _refuse_taken_name(made: Change, path: Path) -> None:
    """Two people may import at once; the second is told rather than stopped by the database."""
    taken = made.db.execute(sa.select(table_of(Source).c.id).where(table_of(Source).c.name == path.stem))
    if taken.first() is not None:
        raise Refused(f"{path.name}: somebody has just imported a source of that name.", "Look at it first.")


def _source_columns(
    source_id: str, path: Path, row: ManifestRow | None, transcript: Transcript, print_: str
) -> dict[str, str | int | None]:
    return {
        "id": source_id,
        "name": path.stem,
        "kind": row.kind if row else "interview",
        "timepoint": row.timepoint if row else None,
        "site": row.site if row else None,
        "date": row.date if row else None,
        "mode": row.mode if row else None,
        "interviewer": row.interviewer if row else None,
        "format": path.suffix.lower().removeprefix("."),
        "state": "imported",
        "words": transcript.words,
        "fingerprint": fingerprint(transcript.text),
        "imported_fingerprint": print_,
        "imported_at": now(),
        "text": transcript.text,
    }
