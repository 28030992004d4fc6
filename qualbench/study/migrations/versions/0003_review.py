"""Review of redactions: exceptions, a second reader, misspellings, styles of pseudonyms, unmasking words."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("study", sa.Column("pseudonyms", sa.String(), nullable=False, server_default="numbered"))
    op.add_column("entity", sa.Column("decided_by", sa.String(), nullable=True))
    op.add_column("entity", sa.Column("confirmed_by", sa.String(), nullable=True))
    op.add_column("variant", sa.Column("likes", sa.String(), nullable=False, server_default=""))
    op.add_column("mention", sa.Column("decision", sa.String(), nullable=True))
    op.add_column("mention", sa.Column("sealed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE mention SET sealed = true WHERE source_id IN (SELECT id FROM source WHERE state = 'sealed') "
        "AND entity_id IN (SELECT id FROM entity WHERE decision = 'accepted')"
    )
    op.create_table(
        "unmasking_word",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_unmasking_word"),
    )
