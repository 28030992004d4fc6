"""The study, the lists that the team keeps, the team, and who was talked to."""

from __future__ import annotations

from sqlmodel import Field

from qualbench.study.tables.row import Row

AGREED = "agreed"
"""The name of the layer that reconciliation writes."""


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
    consent: str = "not required"  # required, not required: whether coding waits for everybody's consent
    smallest_group: int = 3  # fewer people than this are not told apart in labels, matrices and counts


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
    blinded: bool = False  # must not know the arms: gets only sources that were cleared


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
    trial_consent_date: str | None = None  # to the trial, which says nothing of the interview


class ParticipantLabel(Row, table=True):
    """The speaker label of a participant in one source, where it is not the participant's id.

    Labels and names of sources may be people's names, so only their digest is kept, keyed by the
    study's secret (`transcripts.participants`).
    """

    __tablename__ = "participant_label"
    digest: str = Field(primary_key=True)
    participant_id: str = Field(foreign_key="participant.id", index=True)


class ParticipantAttribute(Row, table=True):
    """What else is known of a participant, such as a variable that came with another program's project."""

    __tablename__ = "participant_attribute"
    participant_id: str = Field(primary_key=True, foreign_key="participant.id")
    name: str = Field(primary_key=True)
    value: str
