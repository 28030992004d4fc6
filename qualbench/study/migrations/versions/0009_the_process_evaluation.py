"""The process evaluation: plan, consent, withdrawal, arms, emergent issues, the theory of change.

On PostgreSQL a login that is blinded to the arms reads only sources that were cleared, and what another has
written in a cell of the framework matrix is hidden until both have finished its sources.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("study", sa.Column("consent", sa.String(), nullable=False, server_default="not required"))
    op.add_column("study", sa.Column("smallest_group", sa.Integer(), nullable=False, server_default="3"))
    op.add_column("coder", sa.Column("blinded", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("participant", sa.Column("trial_consent_date", sa.String(), nullable=True))
    _add_plan()
    _add_arms()
    _add_issues_and_theory()
    if op.get_bind().dialect.name == "postgresql":
        _secure_rows()


def _add_plan() -> None:
    op.create_table(
        "export_record",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("participants", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_export_record"),
    )
    op.create_table(
        "plan_row",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stakeholder", sa.String(), nullable=False),
        sa.Column("timepoint", sa.String(), nullable=True),
        sa.Column("site", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("emergent", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.name"], name="fk_plan_row_site"),
        sa.ForeignKeyConstraint(["stakeholder"], ["stakeholder_type.name"], name="fk_plan_row_stakeholder"),
        sa.ForeignKeyConstraint(["timepoint"], ["timepoint.name"], name="fk_plan_row_timepoint"),
        sa.PrimaryKeyConstraint("id", name="pk_plan_row"),
    )
    op.create_index("ix_plan_row_site", "plan_row", ["site"])
    op.create_index("ix_plan_row_stakeholder", "plan_row", ["stakeholder"])
    op.create_index("ix_plan_row_timepoint", "plan_row", ["timepoint"])
    op.create_table(
        "plan_outcome",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("plan_row_id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("noted_by", sa.String(), nullable=False),
        sa.Column("noted_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name="fk_plan_outcome_participant_id"
        ),
        sa.ForeignKeyConstraint(["plan_row_id"], ["plan_row.id"], name="fk_plan_outcome_plan_row_id"),
        sa.PrimaryKeyConstraint("id", name="pk_plan_outcome"),
    )
    op.create_index("ix_plan_outcome_participant_id", "plan_outcome", ["participant_id"])
    op.create_index("ix_plan_outcome_plan_row_id", "plan_outcome", ["plan_row_id"])
    op.create_table(
        "withdrawal",
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("date", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("withdrawn_by", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name="fk_withdrawal_participant_id"),
        sa.PrimaryKeyConstraint("participant_id", name="pk_withdrawal"),
    )


def _add_arms() -> None:
    op.create_table(
        "participant_arm",
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("arm", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name="fk_participant_arm_participant_id"
        ),
        sa.PrimaryKeyConstraint("participant_id", name="pk_participant_arm"),
    )
    op.create_index("ix_participant_arm_arm", "participant_arm", ["arm"])
    op.create_table(
        "clearance",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("cleared_by", sa.String(), nullable=False),
        sa.Column("cleared_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_clearance_source_id"),
        sa.PrimaryKeyConstraint("source_id", name="pk_clearance"),
    )


def _add_issues_and_theory() -> None:
    op.create_table(
        "emergent_issue",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("due", sa.String(), nullable=True),
        sa.Column("response", sa.String(), nullable=False),
        sa.Column("plan_row_id", sa.String(), nullable=True),
        sa.Column("raised_by", sa.String(), nullable=False),
        sa.Column("raised_at", sa.String(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("closed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["plan_row_id"], ["plan_row.id"], name="fk_emergent_issue_plan_row_id"),
        sa.PrimaryKeyConstraint("id", name="pk_emergent_issue"),
    )
    op.create_index("ix_emergent_issue_plan_row_id", "emergent_issue", ["plan_row_id"])
    op.create_table(
        "issue_quote",
        sa.Column("issue_id", sa.String(), nullable=False),
        sa.Column("coding_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["emergent_issue.id"], name="fk_issue_quote_issue_id"),
        sa.PrimaryKeyConstraint("issue_id", "coding_id", name="pk_issue_quote"),
    )
    op.create_index("ix_issue_quote_coding_id", "issue_quote", ["coding_id"])
    op.create_table(
        "theory_version",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_theory_version"),
    )
    op.create_table(
        "theory_link",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("code_id", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=True),
        sa.Column("coding_id", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["code.id"], name="fk_theory_link_code_id"),
        sa.ForeignKeyConstraint(["site"], ["site.name"], name="fk_theory_link_site"),
        sa.PrimaryKeyConstraint("id", name="pk_theory_link"),
    )
    op.create_index("ix_theory_link_code_id", "theory_link", ["code_id"])
    op.create_index("ix_theory_link_coding_id", "theory_link", ["coding_id"])
    op.create_index("ix_theory_link_element", "theory_link", ["element"])
    op.create_index("ix_theory_link_site", "theory_link", ["site"])


def _secure_rows() -> None:
    schema = str(op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one())
    _add_function(
        schema,
        "qualbench_blinded()",
        "SELECT coalesce((SELECT blinded FROM coder WHERE login = session_user), false)",
    )
    _add_function(
        schema,
        "qualbench_cell_is_open(who varchar, times varchar, author varchar)",
        "SELECT NOT EXISTS (SELECT 1 FROM "
        "(SELECT layer, source_id FROM assignment UNION SELECT layer, source_id FROM coding) part "
        "JOIN source ON source.id = part.source_id "
        "JOIN speaker ON speaker.source_id = part.source_id AND speaker.participant_id = who "
        "WHERE part.layer IN (author, (SELECT initials FROM coder WHERE login = session_user)) "
        "AND coalesce(source.timepoint, '') = ANY "
        "(CASE times WHEN '' THEN ARRAY[''] ELSE string_to_array(times, chr(10)) END) "
        "AND NOT EXISTS (SELECT 1 FROM assignment done WHERE done.layer = part.layer "
        "AND done.source_id = part.source_id AND done.state = 'finished'))",
    )
    me = "(SELECT qualbench_me())"
    sighted = "NOT (SELECT qualbench_blinded())"
    cleared = "SELECT 1 FROM clearance c WHERE c.source_id = source.id AND c.fingerprint = source.fingerprint"
    seen = "qualbench_cell_is_open(participant_id, timepoint, written_by)"
    _secure("cell_summary", sees=f"written_by = {me} OR {seen}", writes=f"written_by = {me}")
    _secure("source", sees=f"{sighted} OR EXISTS ({cleared})", writes=sighted)
    in_sight = f"{sighted} OR source_id IN (SELECT id FROM source)"
    for table in ("search_block", "turn", "speaker", "mention", "text_move", "not_asked", "reading"):
        _secure(table, sees=in_sight, writes="true")
    for table in ("coding", "memo", "code_example", "decision", "bookmark", "assignment"):
        op.execute(
            f"CREATE POLICY cleared ON {table} AS RESTRICTIVE FOR SELECT "
            f"USING (source_id IS NULL OR {in_sight})"
        )
    _secure("participant_arm", sees=sighted, writes=sighted)
    _secure("clearance", sees="true", writes=sighted)


def _add_function(schema: str, signature: str, body: str) -> None:
    op.execute(
        f"CREATE FUNCTION {signature} RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER "
        f"SET search_path = {schema}, pg_temp AS $${body}$$"
    )


def _secure(table: str, *, sees: str, writes: str) -> None:
    """Let logins see and write some rows only."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY sees ON {table} FOR SELECT USING ({sees})")
    op.execute(f"CREATE POLICY adds ON {table} FOR INSERT WITH CHECK ({writes})")
    op.execute(f"CREATE POLICY sets ON {table} FOR UPDATE USING ({writes}) WITH CHECK ({writes})")
    op.execute(f"CREATE POLICY removes ON {table} FOR DELETE USING ({writes})")
