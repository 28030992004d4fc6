"""What coders put on the text, and what is decided and summed up from it."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from qualbench.study.tables.row import Row, new_id


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
