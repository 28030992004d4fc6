"""The journal, and what came from other machines and programs."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from qualbench.study.tables.row import Row


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


class Reason(Row, table=True):
    """Why somebody made a change, kept outside the journal so that a name in it can be redacted."""

    event: int = Field(primary_key=True)  # its number in the journal
    text: str


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


class ForeignGuid(Row, table=True):
    """The GUID that another program gave something, so that it is known again when it is sent back."""

    __tablename__ = "foreign_guid"
    kind: str = Field(primary_key=True)  # source, code, user, case, coding, memo, variable
    key: str = Field(primary_key=True)  # what it stands for here: an id, or a name
    guid: str
