"""The tables of a study, one class a word of the field.

Offsets are code points of `source.text`, half-open. Times are ISO 8601 in UTC. Ids of things that people
make are random (`new_id`), so that two machines can make them apart and be joined later.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from sqlalchemy import ForeignKeyConstraint, Index, MetaData, Table, UniqueConstraint
from sqlmodel import Field, SQLModel

AGREED = "agreed"
"""The name of the layer that reconciliation writes."""

_ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id() -> str:
    """Make a random id of 60 bits in twelve letters and digits that cannot be mistaken for one another."""
    bits = secrets.randbits(60)
    return "".join(_ID_ALPHABET[bits >> shift & 31] for shift in range(0, 60, 5))


def now() -> str:
    """Give the time in UTC, to the microsecond, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Row(SQLModel):
    """What every table of a study shares: one naming scheme for its constraints."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class StudyRecord(Row, table=True):
    """The study itself; one row."""

    __tablename__ = "study"
    id: int = Field(default=1, primary_key=True)
    uid: str
    title: str
    created_at: str
    journal_key: str  # hex; keys the digests of journal payloads
    secret_check: str  # tells whether a secret (study.secret) is this study's
    pseudonyms: str = "numbered"  # the style: numbered, names, general
    stance: str = "codebook"  # the kind of thematic analysis: reflexive, codebook, reliability


class ListItem(Row):
    """An item of a list that the team keeps, in the order in which it is shown."""

    name: str = Field(primary_key=True)
    position: int


class Site(ListItem, table=True):
    """A place where the trial runs."""


class StakeholderType(ListItem, table=True):
    """A kind of person whose view is compared with that of others."""

    __tablename__ = "stakeholder_type"


class Timepoint(ListItem, table=True):
    """A stage of the trial; ordered."""


class UnmaskingWord(ListItem, table=True):
    """A word that tells the arm of the trial to a reader who must not know it."""

    __tablename__ = "unmasking_word"


class Coder(Row, table=True):
    """A person of the team, known by initials."""

    initials: str = Field(primary_key=True)
    added_at: str
    role: str = "coder"  # lead, coder, reader
    login: str | None = Field(default=None, unique=True)  # the role of PostgreSQL that this person logs in as


class Layer(Row, table=True):
    """A set of codings kept apart: one a coder, and the agreed one."""

    name: str = Field(primary_key=True)
    coder: str | None = Field(default=None, foreign_key="coder.initials")


class Participant(Row, table=True):
    """A person who was talked to, known by a code such as P07, never by name."""

    id: str = Field(primary_key=True)
    family: str | None = None
    stakeholder: str = Field(foreign_key="stakeholder_type.name", index=True)
    site: str | None = Field(default=None, foreign_key="site.name", index=True)
    consent_date: str | None = None
    consent_version: str | None = None
    consent_quote: bool | None = None
    consent_archive: bool | None = None


class ParticipantLabel(Row, table=True):
    """The speaker label of a participant in one source, where it is not the participant's id.

    Labels and names of sources may be people's names, so only their digest is kept, keyed by the
    study's secret (`transcripts.participants`).
    """

    __tablename__ = "participant_label"
    digest: str = Field(primary_key=True)
    participant_id: str = Field(foreign_key="participant.id", index=True)


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


class CodeFields(Row):
    """What the team writes about an entry of the codebook; lists hold an item a line (MacQueen 1998)."""

    level: str  # theme, subtheme, code
    label: str
    position: int
    short_definition: str = ""
    definition: str = ""
    when_to_use: str = ""
    when_not_to_use: str = ""
    typical_example: str = ""
    atypical_example: str = ""
    near_miss_example: str = ""  # close, but not this code
    central_concept: str = ""  # what holds a theme together
    origin: str = ""  # theory, data
    question: str = ""  # the question, or row of the protocol's Table 1, that it serves
    tags: str = ""  # of frameworks, such as tfa:burden
    stakeholders: str = ""  # whose talk it is for; all if empty
    timepoints: str = ""
    also_in: str = ""  # ids of the candidate themes it sits in besides its parent
    colour: str | None = None
    key: str | None = None  # the letter that applies it
    status: str = "agreed"  # candidate, agreed, retired, merged
    merged_into: str | None = None
    split_from: str | None = None


class Code(CodeFields, table=True):
    """An entry of the codebook: a theme, sub-theme or code."""

    __table_args__ = (Index(None, "key", unique=True),)
    id: str = Field(primary_key=True)
    parent_id: str | None = Field(default=None, foreign_key="code.id", index=True)
    created_by: str | None = None
    created_at: str | None = None


class CodebookVersion(Row, table=True):
    """A version of the codebook that the team has agreed on and frozen."""

    __tablename__ = "codebook_version"
    number: int = Field(primary_key=True)
    note: str
    agreed_by: str  # as the team writes it, such as "AB, CD"
    released_by: str
    released_at: str


class CodeVersion(CodeFields, table=True):
    """An entry of the codebook as it stood in a version."""

    __tablename__ = "code_version"
    version: int = Field(primary_key=True, foreign_key="codebook_version.number")
    code_id: str = Field(primary_key=True)
    parent_id: str | None = None


class CodeExample(Row, table=True):
    """A passage that shows what a code means: a typical or unusual one, or one that is close but not it."""

    __tablename__ = "code_example"
    __table_args__ = (Index(None, "source_id", "start"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    code_id: str = Field(foreign_key="code.id", index=True)
    kind: str  # typical, atypical, near miss
    source_id: str = Field(foreign_key="source.id")
    start: int
    end: int
    added_by: str
    added_at: str


class FrameworkTag(Row, table=True):
    """A construct of a published framework that codes can be tagged with."""

    __tablename__ = "framework_tag"
    id: str = Field(primary_key=True)  # such as tfa:burden
    framework: str
    label: str
    definition: str
    position: int


class Coding(Row, table=True):
    """A code on a span of a source, in one layer."""

    __table_args__ = (
        UniqueConstraint("source_id", "layer", "code_id", "start", "end"),
        Index(None, "layer", "source_id"),
    )
    id: str = Field(default_factory=new_id, primary_key=True)
    source_id: str = Field(foreign_key="source.id")
    start: int
    end: int
    code_id: str = Field(foreign_key="code.id", index=True)
    layer: str = Field(foreign_key="layer.name")
    created_by: str
    created_at: str
    exemplar: bool = False  # shows well what the code means
    meaning: str | None = None  # semantic, latent
    version: int = 0  # of the codebook, under which it was made; 0 before the first
    kept_under: int | None = None  # the version under which it was last read again and kept, and when
    kept_at: str | None = None
    made_as: str | None = None  # the code it was made with, if a merge or split has given it another
    decision_id: str | None = Field(default=None, index=True)  # that put it into the agreed layer


class Memo(Row, table=True):
    """A note in Markdown on the study, a source, a code, a coding, or the words of a turn."""

    __table_args__ = (Index(None, "source_id", "start"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    about: str  # study, source, code, coding, turn
    source_id: str | None = Field(default=None, foreign_key="source.id")  # of a source, coding or turn
    start: int | None = None  # of a turn
    end: int | None = None
    code_id: str | None = Field(default=None, foreign_key="code.id", index=True)
    coding_id: str | None = Field(default=None, foreign_key="coding.id", index=True)
    text: str
    created_by: str
    created_at: str
    changed_at: str


class Reading(Row, table=True):
    """That somebody has read a source through, before coding it (Braun & Clarke 2006, phase 1)."""

    source_id: str = Field(primary_key=True, foreign_key="source.id")
    coder: str = Field(primary_key=True, foreign_key="coder.initials")
    read_at: str


class Bookmark(Row, table=True):
    """A place in a source that a coder comes back to by a letter."""

    coder: str = Field(primary_key=True, foreign_key="coder.initials")
    letter: str = Field(primary_key=True)
    source_id: str = Field(foreign_key="source.id", index=True)
    position: int


class Assignment(Row, table=True):
    """A coder's work on a source."""

    source_id: str = Field(primary_key=True, foreign_key="source.id")
    layer: str = Field(primary_key=True, foreign_key="layer.name")
    state: str  # assigned, in progress, finished


class Decision(Row, table=True):
    """What was decided about one difference between two coders."""

    id: str = Field(default_factory=new_id, primary_key=True)
    source_id: str = Field(foreign_key="source.id", index=True)
    layer_a: str = Field(foreign_key="layer.name")
    layer_b: str = Field(foreign_key="layer.name")
    start: int
    end: int
    code_a: str | None = Field(default=None, foreign_key="code.id", index=True)
    code_b: str | None = Field(default=None, foreign_key="code.id", index=True)
    outcome: str
    code_chosen: str | None = Field(default=None, foreign_key="code.id", index=True)  # neither A's nor B's
    reason: str = ""
    decided_by: str
    decided_at: str


class Event(Row, table=True):
    """One change to the study, in the append-only journal."""

    __table_args__ = (Index(None, "coder", "seq"),)
    seq: int = Field(primary_key=True)
    at: str
    coder: str
    action: str
    summary: str
    target: int | None = None  # the event that this one undoes or redoes
    undoable: bool
    hidden: bool = False  # its summary tells what a coder did, which nobody else is to see
    payload: str | None  # JSON; None once it has been blanked
    payload_digest: str
    hash: str


class HiddenChange(Row, table=True):
    """The part of an event's payload that tells what a coder thinks of a source: nobody else is to see it.

    The payload holds its digest in its place, so that the chain proves it too.
    """

    __tablename__ = "hidden_change"
    event: int = Field(primary_key=True)  # its number in the journal
    n: int = Field(primary_key=True)  # its place in the payload
    coder: str
    payload: str | None  # JSON; None once it has been blanked
    payload_digest: str


class MergedBundle(Row, table=True):
    """A bundle of a coder's work on another machine that has been merged."""

    __tablename__ = "merged_bundle"
    id: str = Field(primary_key=True)
    coder: str = Field(foreign_key="coder.initials", index=True)
    made_at: str
    digest: str  # sha256 of what it holds
    merged_by: str
    merged_at: str


class MergedEvent(Row, table=True):
    """A coder's event of another machine's journal, known from a bundle, and what of it has come."""

    __tablename__ = "merged_event"
    hash: str = Field(primary_key=True)  # in that journal
    coder: str = Field(index=True)
    bundle_id: str = Field(foreign_key="merged_bundle.id", index=True)
    seq: int
    at: str
    action: str
    summary: str
    touched: str  # JSON: of each row that it changed and that has come, whether it took it away


class Reason(Row, table=True):
    """Why somebody made a change, kept outside the journal so that a name in it can be redacted."""

    event: int = Field(primary_key=True)  # its number in the journal
    text: str


class NotAsked(Row, table=True):
    """That a topic was not asked about in a source, so that silence on it means nothing."""

    __tablename__ = "not_asked"
    source_id: str = Field(primary_key=True, foreign_key="source.id")
    code_id: str = Field(primary_key=True, foreign_key="code.id", index=True)
    marked_by: str
    marked_at: str


class CellSummary(Row, table=True):
    """What a participant said on a theme at a timepoint, in the team's words; the newest version counts."""

    __tablename__ = "cell_summary"
    __table_args__ = (UniqueConstraint("participant_id", "timepoint", "code_id", "version"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    participant_id: str = Field(foreign_key="participant.id", index=True)
    timepoint: str = ""  # empty where the source states none
    code_id: str = Field(foreign_key="code.id", index=True)
    version: int
    text: str  # Markdown; a link to a quote is [words](coding:ID)
    written_by: str
    written_at: str


class ParticipantAttribute(Row, table=True):
    """What else is known of a participant, such as a variable that came with another program's project."""

    __tablename__ = "participant_attribute"
    participant_id: str = Field(primary_key=True, foreign_key="participant.id")
    name: str = Field(primary_key=True)
    value: str


class ForeignGuid(Row, table=True):
    """The GUID that another program gave something, so that it is known again when it is sent back."""

    __tablename__ = "foreign_guid"
    kind: str = Field(primary_key=True)  # source, code, user, case, coding, memo, variable
    key: str = Field(primary_key=True)  # what it stands for here: an id, or a name
    guid: str


class Criterion(Row, table=True):
    """A progression criterion: a row of the protocol's Table 1."""

    id: str = Field(primary_key=True)
    position: int
    outcome: str
    element: str
    measurement: str
    target: str = ""  # the feasibility criterion as printed
    qualitative: bool = False
    figures: str = ""  # the steps of the flow that it is about, parted by commas
    green: str = ""  # the rules as printed; empty where nothing is
    amber: str = ""
    red: str = ""
    rule: str = ""  # as the program computes it; empty where a colour is the team's to give


class FlowCount(Row, table=True):
    """How many reached a step of the trial, by site."""

    __tablename__ = "flow_count"
    site: str = Field(primary_key=True, foreign_key="site.name")
    step: str = Field(primary_key=True)
    number: int


class FlowReason(Row, table=True):
    """How many left before a step for a reason, by site."""

    __tablename__ = "flow_reason"
    id: str = Field(default_factory=new_id, primary_key=True)
    site: str = Field(foreign_key="site.name")
    step: str
    reason: str
    number: int


class Judgement(Row, table=True):
    """A colour that the team gave a criterion; the newest counts."""

    id: str = Field(default_factory=new_id, primary_key=True)
    criterion_id: str = Field(foreign_key="criterion.id", index=True)
    colour: str  # green, amber, red
    reason: str
    decided_by: str
    decided_at: str


class Evidence(Row, table=True):
    """A code or a coding that bears on a criterion."""

    id: str = Field(default_factory=new_id, primary_key=True)
    criterion_id: str = Field(foreign_key="criterion.id", index=True)
    code_id: str | None = Field(default=None, foreign_key="code.id", index=True)
    coding_id: str | None = Field(default=None, index=True)  # it may be gone: what it showed is then, too
    note: str = ""
    added_by: str
    added_at: str


def table_of(model: type[Row]) -> Table:
    """Give the SQLAlchemy table behind a class of this module."""
    return model.metadata.tables[str(model.__tablename__)]
