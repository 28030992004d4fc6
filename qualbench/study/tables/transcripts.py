"""Sources, their turns of talk, and what in them is redacted."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from qualbench.study.tables.row import Row, new_id


class Source(Row, table=True):
    """One interview, focus group, set of minutes or field note."""

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str = Field(unique=True)
    kind: str
    timepoint: str | None = Field(default=None, foreign_key="timepoint.name", index=True)
    site: str | None = Field(default=None, foreign_key="site.name", index=True)
    date: str | None = None
    mode: str | None = None
    interviewer: str | None = None
    format: str
    state: str  # imported, suggested (looked through for identifiers), sealed
    words: int
    fingerprint: str  # sha256 of the text
    imported_fingerprint: str  # digest of the text as it came in, keyed by the study's secret
    imported_at: str
    checked_by: str | None = None  # initials of who checked it against the recording, and when
    checked_at: str | None = None
    text: str


class TextMove(Row, table=True):
    """How the text of a source was changed once: where and by how much, no word of it.

    With these, places in an earlier text can be moved to the present one. The digests are keyed by the
    study's secret: a plain one of a text from before a sealing would tell the name that was sealed to
    whoever tries a list of names on it.
    """

    __tablename__ = "text_move"
    source_id: str = Field(primary_key=True, foreign_key="source.id")
    n: int = Field(primary_key=True)
    digest_before: str
    digest_after: str
    edits: str  # JSON: [[start, end, length of what stands there now], ...] in offsets of the text before
    rewritten: bool  # what stands there now are other words, not a pseudonym of the same


class Speaker(Row, table=True):
    """A speaker label of a source, resolved to a participant or to a role."""

    source_id: str = Field(primary_key=True, foreign_key="source.id")
    n: int = Field(primary_key=True)
    label: str | None
    role: str  # participant, interviewer, other
    participant_id: str | None = Field(default=None, foreign_key="participant.id", index=True)


class Turn(Row, table=True):
    """A stretch of talk by one speaker; [start, end) holds the words, [label_start, start) the label."""

    __table_args__ = (
        ForeignKeyConstraint(["source_id", "speaker_n"], ["speaker.source_id", "speaker.n"]),
        Index(None, "source_id", "start", "end"),
    )
    source_id: str = Field(primary_key=True, foreign_key="source.id")
    n: int = Field(primary_key=True)
    speaker_n: int
    label_start: int
    start: int
    end: int
    begins_at: float | None = None  # seconds into the recording
    ends_at: float | None = None


class Entity(Row, table=True):
    """One person, place or organisation to be redacted, with all its mentions; never holds its name."""

    id: str = Field(default_factory=new_id, primary_key=True)
    kind: str
    pseudonym: str | None = None
    decision: str  # pending, accepted, rejected
    decided_by: str | None = None  # initials
    confirmed_by: str | None = None  # initials of the second reader who agreed that it stays


class Variant(Row, table=True):
    """A form under which an entity appears, as a digest keyed by the study's secret."""

    digest: str = Field(primary_key=True)
    first_word_digest: str
    likes: str = ""  # digests by which misspellings are known (redaction.forms), parted by blanks
    entity_id: str = Field(foreign_key="entity.id", index=True)


class Mention(Row, table=True):
    """A place in a source where an entity is named; after sealing, where its pseudonym stands."""

    __table_args__ = (Index(None, "source_id", "start"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    source_id: str = Field(foreign_key="source.id")
    start: int
    end: int
    entity_id: str = Field(foreign_key="entity.id", index=True)
    tier: str  # strong, possible
    detector: str
    reason: str
    decision: str | None = None  # an exception to that on the entity: accepted, rejected
    sealed: bool = False  # its pseudonym stands there
