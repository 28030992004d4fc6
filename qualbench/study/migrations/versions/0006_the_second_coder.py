"""The second coder: roles, hidden parts of the journal, bundles; on PostgreSQL what each login may see.

Policies bind every login but the owner of the tables. A coder's login is found by `session_user`, which SET
ROLE does not change; the functions run as the owner with a search path of their own, so that a temporary
table of a login cannot stand in for one of theirs. Functions without arguments are asked in subqueries, once
a statement, not once a row.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_BLIND = ("coding", "memo", "decision", "code_example", "bookmark")
_ALONE = ("code", "uncode", "memo", "read", "bookmark")  # actions whose summary only their author sees


def upgrade() -> None:
    op.add_column("coder", sa.Column("role", sa.String(), nullable=False, server_default="coder"))
    op.add_column("coder", sa.Column("login", sa.String(), nullable=True))
    op.add_column("coding", sa.Column("decision_id", sa.String(), nullable=True))
    op.create_index("ix_coding_decision_id", "coding", ["decision_id"])
    with op.batch_alter_table("coder") as coder:
        coder.create_unique_constraint("uq_coder_login", ["login"])
    with op.batch_alter_table("decision") as decision:
        decision.add_column(sa.Column("code_chosen", sa.String(), nullable=True))
        decision.create_foreign_key("fk_decision_code_chosen", "code", ["code_chosen"], ["id"])
    op.create_index("ix_decision_code_chosen", "decision", ["code_chosen"])
    op.add_column("event", sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "hidden_change",
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=True),
        sa.Column("payload_digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("event", "n", name="pk_hidden_change"),
    )
    _add_bundles()
    op.execute(
        "UPDATE coder SET role = 'lead' WHERE initials = "
        "(SELECT initials FROM coder ORDER BY added_at, initials LIMIT 1)"
    )
    _hide_what_was_done()
    if op.get_bind().dialect.name == "postgresql":
        _secure_rows()


def _add_bundles() -> None:
    op.create_table(
        "merged_bundle",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("merged_by", sa.String(), nullable=False),
        sa.Column("merged_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["coder"], ["coder.initials"], name="fk_merged_bundle_coder"),
        sa.PrimaryKeyConstraint("id", name="pk_merged_bundle"),
    )
    op.create_index("ix_merged_bundle_coder", "merged_bundle", ["coder"])
    op.create_table(
        "merged_event",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("bundle_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("touched", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["bundle_id"], ["merged_bundle.id"], name="fk_merged_event_bundle_id"),
        sa.PrimaryKeyConstraint("hash", name="pk_merged_event"),
    )
    op.create_index("ix_merged_event_coder", "merged_event", ["coder"])
    op.create_index("ix_merged_event_bundle_id", "merged_event", ["bundle_id"])
    op.create_table(
        "text_move",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("digest_before", sa.String(), nullable=False),
        sa.Column("digest_after", sa.String(), nullable=False),
        sa.Column("edits", sa.String(), nullable=False),
        sa.Column("rewritten", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_text_move_source_id"),
        sa.PrimaryKeyConstraint("source_id", "n", name="pk_text_move"),
    )


def _hide_what_was_done() -> None:
    """Hide whole events from before this revision: their payloads are in one piece."""
    event = sa.table("event", *(sa.column(name) for name in ("action", "target", "hidden", "payload")))
    telling = [event.c.payload.contains(f'["{table}",', autoescape=True) for table in _BLIND]
    hidden = sa.or_(event.c.action.in_((*_ALONE, "undo", "redo")), *telling)
    op.execute(sa.update(event).where(hidden).values(hidden=True))


def _secure_rows() -> None:
    schema = str(op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one())
    _add_function(
        schema, "qualbench_me()", "varchar", "SELECT initials FROM coder WHERE login = session_user"
    )
    _add_function(
        schema,
        "qualbench_shared()",
        "TABLE (layer varchar, source_id varchar)",
        "SELECT theirs.layer, theirs.source_id FROM assignment theirs "
        "JOIN assignment mine ON mine.source_id = theirs.source_id AND mine.state = 'finished' "
        "JOIN coder ON coder.initials = mine.layer AND coder.login = session_user "
        "WHERE theirs.state = 'finished'",
    )
    _add_function(
        schema,
        "qualbench_ahead()",
        "TABLE (source_id varchar)",
        "SELECT mine.source_id FROM assignment mine "
        "JOIN coder ON coder.initials = mine.layer AND coder.login = session_user "
        "WHERE mine.state <> 'finished' AND EXISTS (SELECT 1 FROM assignment theirs WHERE "
        "theirs.source_id = mine.source_id AND theirs.layer <> mine.layer AND theirs.state = 'finished')",
    )
    _add_function(
        schema,
        "qualbench_journal_end()",
        "TABLE (seq integer, hash varchar)",
        "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1",
    )
    me = "(SELECT qualbench_me())"
    shared = "IN (SELECT s.layer, s.source_id FROM qualbench_shared() s)"
    done = "source_id IN (SELECT s.source_id FROM qualbench_shared() s)"
    ahead = "source_id IN (SELECT a.source_id FROM qualbench_ahead() a)"
    _secure(
        "coding",
        sees=f"layer = {me} OR (layer, source_id) {shared} OR (layer = 'agreed' AND NOT {ahead})",
        writes=f"layer = {me} OR (layer = 'agreed' AND {done})",
    )
    _secure(
        "memo",
        sees=f"created_by = {me} OR source_id IS NULL OR (created_by, source_id) {shared}",
        writes=f"created_by = {me}",
    )
    _secure(
        "code_example",
        sees=f"added_by = {me} OR (added_by, source_id) {shared}",
        writes=f"added_by = {me}",
    )
    _secure("decision", sees=f"{me} IN (layer_a, layer_b) OR {done}", writes=done)
    _secure("event", sees=f"NOT hidden OR coder = {me}", writes=f"coder = {me}")
    for table in ("bookmark", "hidden_change", "merged_event"):
        _secure(table, sees=f"coder = {me}", writes=f"coder = {me}")
    _secure("merged_bundle", sees="true", writes=f"coder = {me}")
    # Nobody is finished but by themselves, and nobody goes back once they may have seen another's work.
    seen = (
        "state = 'finished' AND EXISTS (SELECT 1 FROM qualbench_shared() s "
        f"WHERE s.source_id = assignment.source_id AND s.layer <> {me})"
    )
    _secure("assignment", sees="true", writes=f"layer = {me}", leaves=f"layer = {me} AND NOT ({seen})")


def _add_function(schema: str, signature: str, returns: str, body: str) -> None:
    op.execute(
        f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql STABLE SECURITY DEFINER "
        f"SET search_path = {schema}, pg_temp AS $${body}$$"
    )


def _secure(table: str, *, sees: str, writes: str, leaves: str | None = None) -> None:
    """Let logins see and write some rows only; `leaves` are those they may change, if not all they write."""
    leaves = leaves or writes
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY sees ON {table} FOR SELECT USING ({sees})")
    op.execute(f"CREATE POLICY adds ON {table} FOR INSERT WITH CHECK ({writes})")
    op.execute(f"CREATE POLICY sets ON {table} FOR UPDATE USING ({leaves}) WITH CHECK ({writes})")
    op.execute(f"CREATE POLICY removes ON {table} FOR DELETE USING ({leaves})")
