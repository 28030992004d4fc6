"""Reading files and holding them against the study: manifest, pattern, participants, other texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

import sqlalchemy as sa

from qualbench.errors import BadInput, QualbenchError, Refused
from qualbench.study.database import Study
from qualbench.study.secret import read_secret, text_digest
from qualbench.study.settings import read_study_settings
from qualbench.study.tables import Participant, Source, table_of
from qualbench.transcripts.attributes import Attributes, read_attributes
from qualbench.transcripts.candidates import INTERVIEWER, Candidate, SpeakerFound, source_name
from qualbench.transcripts.consent import SpokenIn, check_in_time, refuse_withdrawn, withdrawn
from qualbench.transcripts.duplicates import Likeness, compare, likest, signature
from qualbench.transcripts.labels import alike, is_interviewer_role
from qualbench.transcripts.manifest import ManifestRow, RowFault, names_file, read_manifest
from qualbench.transcripts.model import Transcript, TurnSpan, relabel
from qualbench.transcripts.naming import compile_pattern, fields_of
from qualbench.transcripts.participants import Resolver
from qualbench.transcripts.readers import printable, read_transcript
from qualbench.transcripts.replacing import Replacement, plan_replacement

_SAMPLE = 70  # characters


class Intake:
    """What must be known of a study to hold files against it.

    Args:
        study: The study.
        manifest: A table with a row a file; a file without a row is then refused.
        pattern: What file names say, such as "{participant}_{timepoint}".

    Raises:
        BadInput: If the manifest as a whole, or the pattern, cannot be read.
    """

    def __init__(self, study: Study, manifest: Path | None = None, pattern: str | None = None) -> None:
        self._study = study
        self._settings = read_study_settings(study)
        self._secret = read_secret(study)
        self._pattern = compile_pattern(pattern) if pattern else None
        self.manifest = manifest
        self.rows: list[ManifestRow] = []
        self.faults: list[RowFault] = []
        if manifest is not None:
            self.rows, self.faults = read_manifest(manifest, self._settings)
        source = table_of(Source)
        with study.read() as db:
            self._resolver = Resolver(db, self._secret)
            self._withdrawn = withdrawn(db)
            person = table_of(Participant)
            self._consented = dict(db.execute(sa.select(person.c.id, person.c.consent_date)).all())
            known = db.execute(sa.select(source.c.name, source.c.imported_fingerprint, source.c.text)).all()
        self._stored = {row.name for row in known}
        self._names = set(self._stored)
        self._prints = {row.imported_fingerprint: row.name for row in known}
        self._signatures = {row.name: signature(row.text.split()) for row in known}
        self._texts: dict[str, str] = {}
        self._read: dict[Path, Candidate] = {}
        self.relabelled: set[str] = set()

    def prepare(self, path: Path) -> Candidate:
        """Read a file and hold it against the study.

        Raises:
            BadInput: If the file cannot be read, or has no row in the manifest.
            Refused: If the study has not the participant that is named for it.
        """
        attributes = self._attributes(path)
        transcript = read_transcript(path)
        said = read_attributes(
            _known_fields(transcript.metadata), f"{printable(path.name)}, its front matter", self._settings
        )
        attributes, name = attributes.over(said), source_name(path)
        known = {
            label: label
            for label in transcript.doubtful
            if self._resolver.resolve(name, label, attributes.interviewer)[0] != "other"
        }
        if known:
            transcript = relabel(transcript, known)
        bare = Candidate(path, name, transcript, attributes, {}, [])
        candidate = self._compared(self._resolved(bare))
        self._read[path] = candidate
        return candidate

    def refreshed(self, candidate: Candidate) -> Candidate:
        """Give a candidate held against the study as it is now, others having come in since."""
        return self._compared(self._resolved(candidate))

    def revise(
        self,
        candidate: Candidate,
        *,
        labels: Mapping[str, str | None] | None = None,
        assigned: Mapping[str | None, str] | None = None,
        attributes: Attributes | None = None,
        choice: str | None = None,
    ) -> Candidate:
        """Give a candidate with what a person has decided about it.

        Args:
            candidate: The candidate.
            labels: New labels, as for `model.relabel`; those that the file has not are passed over.
            assigned: Whose labels are whose: participant ids, or `INTERVIEWER`.
            attributes: Attributes to set; None in them leaves what there is.
            choice: What to do with a duplicate.

        Raises:
            Refused: If the study has not such a participant.
        """
        present = {*candidate.transcript.turns_by_label, *candidate.transcript.doubtful}
        folded = {label.casefold(): label for label in present if label}
        named = {
            folded[old.casefold()]: (old, new)
            for old, new in (labels or {}).items()
            if old.casefold() in folded
        }
        self.relabelled |= {old for old, _ in named.values()}
        wanted = {label: new for label, (_, new) in named.items()}
        if wanted:
            candidate = replace(candidate, transcript=relabel(candidate.transcript, wanted))
        if assigned:
            candidate = replace(candidate, assigned={**candidate.assigned, **assigned})
        if attributes is not None:
            candidate = replace(candidate, attributes=attributes.over(candidate.attributes))
        if choice is not None:
            candidate = replace(candidate, choice=choice)
        return (
            self._compared(self._resolved(candidate)) if wanted else self._chosen(self._resolved(candidate))
        )

    def obstacle(self, candidate: Candidate) -> QualbenchError | None:
        """Give the reason why a candidate cannot come in as it is, if there is one."""
        file, like, choice = candidate.file, candidate.likeness, candidate.choice
        try:
            self._check_people(candidate)
        except QualbenchError as fault:
            return fault
        if like is not None and choice is None:
            if like.same:
                return Refused(
                    f"{file}: the same text is in the study already, as {like.source}."
                    if like.source in self._names
                    else f"{file}: it is the same text as {like.source}.",
                    "Leave it out with --duplicates skip, or take both with --duplicates keep.",
                )
            return Refused(
                f"{file}: {like.percent} of its words are those of {like.source}; "
                f"passages that differ: {len(like.differing)}.",
                "Choose with --duplicates skip, keep or replace; --dry-run shows what differs.",
            )
        if candidate.replacement is not None and candidate.replacement.stranded:
            return Refused(
                f"{file}: codings, decisions and memos of {candidate.name} without a word left in the new "
                f"version: {len(candidate.replacement.stranded)}.",
                "Remove or redraw them first, or import the file with --duplicates keep.",
            )
        if candidate.replacement is not None and candidate.replacement.uncovered:
            return Refused(
                f"{file}: {candidate.name} is sealed, and the new version has other words for pseudonyms in "
                f"it: {candidate.replacement.uncovered}.",
                "Put the pseudonyms into the file first, as they are in the source.",
            )
        if candidate.name in self._names and choice != "replace":
            return Refused(
                f"{file}: the study has a source named {candidate.name} already.",
                "Rename the file to keep both.",
            )
        return None

    def _check_people(self, candidate: Candidate) -> None:
        """Refuse words of who has withdrawn, or who consented only after this was said."""
        spoken = [SpokenIn(candidate.name, candidate.attributes.date)]
        for who in dict.fromkeys(found.participant for found in candidate.speakers if found.participant):
            if who in self._withdrawn:
                raise refuse_withdrawn(who, self._withdrawn[who], candidate.file)
            if day := self._consented.get(who):
                check_in_time(who, day, spoken, candidate.file)

    def note_imported(self, candidate: Candidate) -> None:
        """Count a candidate among the sources there are."""
        self._names.add(candidate.name)
        self._prints[candidate.print_] = candidate.name
        self._signatures[candidate.name] = candidate.signature
        self._texts[candidate.name] = candidate.transcript.text

    def _attributes(self, path: Path) -> Attributes:
        given, name = Attributes(), printable(path.name)
        if self._pattern is not None:
            given = read_attributes(fields_of(path.stem, self._pattern, name), name, self._settings)
        if self.manifest is not None:
            row = next((row for row in self.rows if names_file(row, path)), None)
            if row is None:
                raise BadInput(
                    f"{name}: {self.manifest.name} has no row for it.",
                    "Add a row, or leave the file out.",
                )
            given = row.attributes.over(given)
        return given

    def _resolved(self, candidate: Candidate) -> Candidate:
        """The candidate with its speakers resolved, the participant named for the file among them."""
        transcript, attributes = candidate.transcript, candidate.attributes
        turns = transcript.turns_by_label
        roles = {
            label: self._resolver.resolve(candidate.name, label, attributes.interviewer) for label in turns
        }
        for speaker, role in transcript.roles.items():
            if speaker in turns and roles[speaker][0] == "other" and is_interviewer_role(role):
                roles[speaker] = ("interviewer", None)
        assigned = {label: who for label, who in candidate.assigned.items() if label in turns}
        if attributes.participant is not None:
            participant = self._participant(attributes.participant, candidate.file)
            unknown = [
                label for label in turns if label and roles[label][0] == "other" and label not in assigned
            ]
            if participant in (who for _, who in roles.values()):
                attributes = replace(attributes, participant=None)
            elif len(unknown) == 1 and participant not in assigned.values():
                assigned[unknown[0]] = participant
        for label, who in assigned.items():
            if who == INTERVIEWER:
                roles[label] = ("interviewer", None)
            else:
                roles[label] = ("participant", self._participant(who, candidate.file))
        likes = alike({label: len(spans) for label, spans in turns.items() if label})
        speakers = [
            SpeakerFound(label, len(spans), *roles[label], _sample(transcript, spans), likes.get(label or ""))
            for label, spans in turns.items()
        ]
        return replace(candidate, attributes=attributes, assigned=assigned, speakers=speakers)

    def _participant(self, id_: str, file: str) -> str:
        participant = self._resolver.participant(id_)
        if participant is None:
            raise Refused(
                f"{file}: the study has no participant {id_}.",
                "Import the participants first: qualbench participants import FILE.",
            )
        return participant

    def _compared(self, candidate: Candidate) -> Candidate:
        """The candidate with the source that it is like."""
        text = candidate.transcript.text
        print_ = text_digest(self._secret, text)
        words = text.split()  # as word processors count them
        runs = signature(words)
        before = takewhile(lambda read: read != candidate.path, self._read)  # of two alike the later waits
        others = [self._read[path] for path in before if self._read[path].name not in self._names]
        same = self._prints.get(print_) or next((c.name for c in others if c.print_ == print_), None)
        signatures = self._signatures | {c.name: c.signature for c in others}
        like = likest(runs, signatures) if same is None else None
        likeness = compare(like, self._text(like), text) if like is not None else None
        if same is not None:
            likeness = Likeness(same, self._text(same), True, 1.0, [])
        return self._chosen(
            replace(candidate, print_=print_, signature=runs, words=len(words), likeness=likeness)
        )

    def _chosen(self, candidate: Candidate) -> Candidate:
        """The candidate with the name and the replacement that its choice means."""
        like, name = candidate.likeness, source_name(candidate.path)
        if like is None:
            return replace(candidate, name=name, choice=None, replacement=None)
        if candidate.choice == "replace" and not like.same:
            in_study = like.source in self._stored
            planned = plan_replacement(self._study, like) if in_study else Replacement(like.edits)
            return replace(candidate, name=like.source, replacement=planned)
        if candidate.choice == "keep":
            number = 2
            while name in self._names:
                name, number = f"{source_name(candidate.path)} ({number})", number + 1
        return replace(candidate, name=name, replacement=None)

    def _text(self, name: str) -> str:
        if name in self._texts:
            return self._texts[name]
        if name not in self._stored:
            return next(c.transcript.text for c in self._read.values() if c.name == name)
        source = table_of(Source)
        with self._study.read() as db:
            return str(db.execute(sa.select(source.c.text).where(source.c.name == name)).scalar_one())


def _known_fields(metadata: Mapping[str, str]) -> dict[str, str]:
    """Those fields of the front matter that are simply texts, for attributes."""
    return {name: value for name, value in metadata.items() if value and not value.startswith(("[", "{"))}


def _sample(transcript: Transcript, turns: list[TurnSpan]) -> str:
    """The beginning of the first turn that has a few words, else of the first."""
    texts = [" ".join(transcript.text[turn.start : turn.end].split()) for turn in turns[:10]]
    text = next((text for text in texts if text.count(" ") >= 3), texts[0])
    return text if len(text) <= _SAMPLE else f"{text[:_SAMPLE].rsplit(' ', 1)[0]} …"
