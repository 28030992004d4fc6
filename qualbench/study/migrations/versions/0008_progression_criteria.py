"""Progression criteria: rows of the protocol's table, the flow of families, the team's colours, evidence."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "criterion",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("measurement", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("qualitative", sa.Boolean(), nullable=False),
        sa.Column("figures", sa.String(), nullable=False),
        sa.Column("green", sa.String(), nullable=False),
        sa.Column("amber", sa.String(), nullable=False),
        sa.Column("red", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_criterion"),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("criterion_id", sa.String(), nullable=False),
        sa.Column("code_id", sa.String(), nullable=True),
        sa.Column("coding_id", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["code.id"], name="fk_evidence_code_id"),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name="fk_evidence_criterion_id"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
    )
    op.create_index("ix_evidence_code_id", "evidence", ["code_id"])
    op.create_index("ix_evidence_coding_id", "evidence", ["coding_id"])
    op.create_index("ix_evidence_criterion_id", "evidence", ["criterion_id"])
    op.create_table(
        "flow_count",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.name"], name="fk_flow_count_site"),
        sa.PrimaryKeyConstraint("site", "step", name="pk_flow_count"),
    )
    op.create_table(
        "flow_reason",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.name"], name="fk_flow_reason_site"),
        sa.PrimaryKeyConstraint("id", name="pk_flow_reason"),
    )
    op.create_table(
        "judgement",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("criterion_id", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name="fk_judgement_criterion_id"),
        sa.PrimaryKeyConstraint("id", name="pk_judgement"),
    )
    op.create_index("ix_judgement_criterion_id", "judgement", ["criterion_id"])
