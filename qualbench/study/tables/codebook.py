"""The codebook, its versions, and the frameworks that its codes are tagged with."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from qualbench.study.tables.row import Row, new_id


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
