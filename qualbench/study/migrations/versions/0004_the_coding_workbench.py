"""The coding workbench: memos, read marks, bookmarks, keys of codes, exemplars, the index of words."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("code", sa.Column("key", sa.String(), nullable=True))
    op.create_index("ix_code_key", "code", ["key"], unique=True)
    op.add_column("coding", sa.Column("exemplar", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("coding", sa.Column("meaning", sa.String(), nullable=True))
    op.create_table(
        "memo",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("code_id", sa.String(), nullable=True),
        sa.Column("coding_id", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("changed_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_memo_source_id"),
        sa.ForeignKeyConstraint(["code_id"], ["code.id"], name="fk_memo_code_id"),
        sa.ForeignKeyConstraint(["coding_id"], ["coding.id"], name="fk_memo_coding_id"),
        sa.PrimaryKeyConstraint("id", name="pk_memo"),
    )
    op.create_index("ix_memo_source_id_start", "memo", ["source_id", "start"])
    op.create_index("ix_memo_code_id", "memo", ["code_id"])
    op.create_index("ix_memo_coding_id", "memo", ["coding_id"])
    op.create_table(
        "reading",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("read_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_reading_source_id"),
        sa.ForeignKeyConstraint(["coder"], ["coder.initials"], name="fk_reading_coder"),
        sa.PrimaryKeyConstraint("source_id", "coder", name="pk_reading"),
    )
    op.create_table(
        "bookmark",
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["coder"], ["coder.initials"], name="fk_bookmark_coder"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_bookmark_source_id"),
        sa.PrimaryKeyConstraint("coder", "letter", name="pk_bookmark"),
    )
    op.create_index("ix_bookmark_source_id", "bookmark", ["source_id"])
    _add_index_of_words()


def _add_index_of_words() -> None:
    """Make what `study.fulltext` keeps; it fills it."""
    op.create_table(
        "search_block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_block"),
    )
    op.create_table(
        "search_source",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name="pk_search_source"),
    )
    if op.get_bind().dialect.name == "sqlite":
        # Our tokens come parted by blanks and folded; "ascii" leaves letters beyond ASCII as they are.
        op.execute(
            "CREATE VIRTUAL TABLE search_words "
            "USING fts5(words, content='', columnsize=0, detail=none, tokenize='ascii')"
        )
        op.execute("CREATE VIRTUAL TABLE search_vocabulary USING fts5vocab(search_words, row)")
    else:
        op.execute("ALTER TABLE search_block ADD COLUMN tokens tsvector NOT NULL")
        op.execute("CREATE INDEX ix_search_block_tokens ON search_block USING gin (tokens)")
