"""The codebook: fields of an entry, versions, examples, framework tags, the stance of the study."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_WORDS = (
    "short_definition",
    "atypical_example",
    "near_miss_example",
    "central_concept",
    "origin",
    "question",
    "tags",
    "stakeholders",
    "timepoints",
    "also_in",
)
_LINKS = ("merged_into", "split_from", "created_by", "created_at")


def upgrade() -> None:
    op.add_column("study", sa.Column("stance", sa.String(), nullable=False, server_default="codebook"))
    for name in _WORDS:
        op.add_column("code", sa.Column(name, sa.String(), nullable=False, server_default=""))
    for name in _LINKS:
        op.add_column("code", sa.Column(name, sa.String(), nullable=True))
    op.add_column("coding", sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("coding", sa.Column("kept_under", sa.Integer(), nullable=True))
    op.add_column("coding", sa.Column("kept_at", sa.String(), nullable=True))
    op.add_column("coding", sa.Column("made_as", sa.String(), nullable=True))
    _add_versions()
    op.create_table(
        "code_example",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("code_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["code.id"], name="fk_code_example_code_id"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_code_example_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_code_example"),
    )
    op.create_index("ix_code_example_code_id", "code_example", ["code_id"])
    op.create_index("ix_code_example_source_id_start", "code_example", ["source_id", "start"])
    op.create_table(
        "framework_tag",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("framework", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_framework_tag"),
    )
    op.create_table(
        "reason",
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("event", name="pk_reason"),
    )


def _add_versions() -> None:
    op.create_table(
        "codebook_version",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("agreed_by", sa.String(), nullable=False),
        sa.Column("released_by", sa.String(), nullable=False),
        sa.Column("released_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_codebook_version"),
    )
    words = ("label", "definition", "when_to_use", "when_not_to_use", "typical_example", *_WORDS)
    op.create_table(
        "code_version",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in words),
        sa.Column("colour", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.Column("split_from", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["version"], ["codebook_version.number"], name="fk_code_version_version"),
        sa.PrimaryKeyConstraint("version", "code_id", name="pk_code_version"),
    )
