"""The process evaluation around the coding: criteria, plan, consent, blinding, issues, theory."""

from __future__ import annotations

from sqlmodel import Field

from qualbench.study.tables.row import Row, new_id


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


class PlanRow(Row, table=True):
    """A row of the sampling plan: whom to talk to, when, where and how, and how many of them."""

    __tablename__ = "plan_row"
    id: str = Field(default_factory=new_id, primary_key=True)
    position: int
    stakeholder: str = Field(foreign_key="stakeholder_type.name", index=True)
    timepoint: str | None = Field(default=None, foreign_key="timepoint.name", index=True)  # None: as needed
    site: str | None = Field(default=None, foreign_key="site.name", index=True)  # None: at every site
    kind: str  # of source
    least: int | None = None  # people or groups to talk to; None: all there are; 0: none, by design
    most: int | None = None
    emergent: bool = False  # added when the talk asked for it
    note: str = ""


class PlanOutcome(Row, table=True):
    """That somebody who was to be talked to was not."""

    __tablename__ = "plan_outcome"
    id: str = Field(default_factory=new_id, primary_key=True)
    plan_row_id: str = Field(foreign_key="plan_row.id", index=True)
    participant_id: str | None = Field(default=None, foreign_key="participant.id", index=True)
    outcome: str  # declined, not reached
    reason: str = ""
    noted_by: str
    noted_at: str


class Withdrawal(Row, table=True):
    """That a participant has withdrawn, and what they chose for their words."""

    participant_id: str = Field(primary_key=True, foreign_key="participant.id")
    date: str
    choice: str  # retain, remove
    scope: str  # JSON: how much there was of each kind of thing
    withdrawn_by: str
    withdrawn_at: str


class ExportRecord(Row, table=True):
    """A file that has left the study, and whose words are in it."""

    __tablename__ = "export_record"
    id: str = Field(default_factory=new_id, primary_key=True)
    name: str  # of the file, without its folder
    kind: str
    sha256: str
    participants: str  # ids, parted by commas
    made_by: str
    made_at: str


class ParticipantArm(Row, table=True):
    """The arm of the trial that a participant is in; there are none before it is unsealed."""

    __tablename__ = "participant_arm"
    participant_id: str = Field(primary_key=True, foreign_key="participant.id")
    arm: str = Field(index=True)


class Clearance(Row, table=True):
    """That a source tells a blinded reader nothing of the arm."""

    source_id: str = Field(primary_key=True, foreign_key="source.id")
    fingerprint: str  # of the text that was looked at
    cleared_by: str
    cleared_at: str


class EmergentIssue(Row, table=True):
    """Something that the talk brought up and that the trial has to act on."""

    __tablename__ = "emergent_issue"
    id: str = Field(default_factory=new_id, primary_key=True)
    title: str
    action: str = ""
    owner: str = ""  # initials, or a role such as "trial manager"
    due: str | None = None
    response: str = ""  # the answer designed with parent collaborators
    plan_row_id: str | None = Field(default=None, foreign_key="plan_row.id", index=True)
    raised_by: str
    raised_at: str
    closed_by: str | None = None
    closed_at: str | None = None


class IssueQuote(Row, table=True):
    """A coding that shows an emergent issue."""

    __tablename__ = "issue_quote"
    issue_id: str = Field(primary_key=True, foreign_key="emergent_issue.id")
    coding_id: str = Field(primary_key=True, index=True)  # it may be gone


class TheoryVersion(Row, table=True):
    """A version of the theory of change: its boxes and arrows as YAML."""

    __tablename__ = "theory_version"
    number: int = Field(primary_key=True)
    text: str
    note: str
    made_by: str
    made_at: str


class TheoryLink(Row, table=True):
    """What a theme says about a box or an arrow of the theory of change."""

    __tablename__ = "theory_link"
    id: str = Field(default_factory=new_id, primary_key=True)
    element: str = Field(index=True)  # the id of the box or arrow; of the theory itself where new
    code_id: str = Field(foreign_key="code.id", index=True)
    relation: str  # supports, challenges, new
    site: str | None = Field(default=None, foreign_key="site.name", index=True)
    coding_id: str | None = Field(default=None, index=True)  # it may be gone
    note: str = ""
    added_by: str
    added_at: str
