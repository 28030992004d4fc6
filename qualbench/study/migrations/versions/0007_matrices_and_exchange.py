"""Matrices and exchange: topics not asked about, written cells, attributes and GUIDs of other programs."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "not_asked",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("code_id", sa.String(), nullable=False),
        sa.Column("marked_by", sa.String(), nullable=False),
        sa.Column("marked_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_not_asked_source_id"),
        sa.ForeignKeyConstraint(["code_id"], ["code.id"], name="fk_not_asked_code_id"),
        sa.PrimaryKeyConstraint("source_id", "code_id", name="pk_not_asked"),
    )
    op.create_index("ix_not_asked_code_id", "not_asked", ["code_id"])
    op.create_table(
        "cell_summary",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("timepoint", sa.String(), nullable=False),
        sa.Column("code_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name="fk_cell_summary_participant_id"
        ),
        sa.ForeignKeyConstraint(["code_id"], ["code.id"], name="fk_cell_summary_code_id"),
        sa.PrimaryKeyConstraint("id", name="pk_cell_summary"),
        sa.UniqueConstraint(
            "participant_id",
            "timepoint",
            "code_id",
            "version",
            name="uq_cell_summary_participant_id_timepoint_code_id_version",
        ),
    )
    op.create_index("ix_cell_summary_participant_id", "cell_summary", ["participant_id"])
    op.create_index("ix_cell_summary_code_id", "cell_summary", ["code_id"])
    op.create_table(
        "participant_attribute",
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name="fk_participant_attribute_participant_id"
        ),
        sa.PrimaryKeyConstraint("participant_id", "name", name="pk_participant_attribute"),
    )
    op.create_table(
        "foreign_guid",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("guid", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_foreign_guid"),
    )
