"""Consent of participants, and the check of a source against its recording."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("participant", sa.Column("consent_date", sa.String(), nullable=True))
    op.add_column("participant", sa.Column("consent_version", sa.String(), nullable=True))
    op.add_column("participant", sa.Column("consent_quote", sa.Boolean(), nullable=True))
    op.add_column("participant", sa.Column("consent_archive", sa.Boolean(), nullable=True))
    op.add_column("source", sa.Column("checked_by", sa.String(), nullable=True))
    op.add_column("source", sa.Column("checked_at", sa.String(), nullable=True))
