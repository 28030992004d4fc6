"""Files read and held against the study, but not yet in it: what a person looks at before an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from qualbench.transcripts.attributes import Attributes
from qualbench.transcripts.duplicates import Likeness, Signature
from qualbench.transcripts.model import Transcript
from qualbench.transcripts.readers import printable
from qualbench.transcripts.replacing import Replacement

INTERVIEWER = "interviewer"
"""What a label is assigned to when it is no participant's but an interviewer's."""


@dataclass(frozen=True)
class SpeakerFound:
    """A speaker label of a file.

    Attributes:
        turns: How many turns it has.
        role: participant, interviewer or other.
        participant: The id, where it is a participant.
        sample: The beginning of one of its turns.
        like: Another label that this one may be, misspelt.
    """

    label: str | None
    turns: int
    role: str
    participant: str | None
    sample: str
    like: str | None


@dataclass(frozen=True)
class Candidate:
    """A file that may come in.

    Attributes:
        name: The name that its source will have.
        assigned: Participant ids (or `INTERVIEWER`) by label, where somebody said so.
        print_: The digest of its text; `signature` tells what it is like.
        words: How many words its text has, labels and preamble among them.
        likeness: The source that it is like, if any.
        choice: What is to be done about that: one of `duplicates.CHOICES`, or None.
        replacement: What replacing would do, where that is the choice.
    """

    path: Path
    name: str
    transcript: Transcript
    attributes: Attributes
    assigned: Mapping[str | None, str]
    speakers: list[SpeakerFound]
    print_: str = ""
    signature: Signature = frozenset()
    words: int = 0
    likeness: Likeness | None = None
    choice: str | None = None
    replacement: Replacement | None = None

    @property
    def file(self) -> str:
        """The name of the file, fit to be printed."""
        return printable(self.path.name)

    @property
    def format(self) -> str:
        """The ending of the file, without its point."""
        return self.path.suffix.lower().removeprefix(".")

    @property
    def notes(self) -> list[str]:
        """What a person should know of it, a sentence each."""
        notes = list(self.transcript.notes)
        doubtful = ", ".join(f"{label}:" for label in self.transcript.doubtful[:5])
        if doubtful:
            notes.append(f"Seen once only and taken as words, not as a speaker: {doubtful}")
        unknown = [found.label for found in self.speakers if found.role == "other" and found.label]
        if unknown:
            notes.append(
                f"Nobody is known by the label {', '.join(unknown)}: their words count for nobody. Give a "
                "participant's in the column labels, an interviewer's in the manifest."
            )
        for found in self.speakers:
            if found.like:
                notes.append(
                    f"'{found.label}' may be '{found.like}' misspelt: --merge '{found.label}={found.like}'."
                )
        if self.attributes.participant and self.attributes.participant not in self.assigned.values():
            notes.append(f"Which label is {self.attributes.participant}'s cannot be told.")
        return notes


def source_name(path: Path) -> str:
    """Give the name of the source that a file becomes: its own, without ending, slashes and controls."""
    return printable(path.stem).replace("/", "_").replace("\\", "_").replace("?", "_").strip()
