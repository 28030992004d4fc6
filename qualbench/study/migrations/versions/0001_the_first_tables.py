"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "code",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("when_to_use", sa.String(), nullable=False),
        sa.Column("when_not_to_use", sa.String(), nullable=False),
        sa.Column("typical_example", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["code.id"], name="fk_code_parent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_code"),
    )
    op.create_index("ix_code_parent_id", "code", ["parent_id"])

    op.create_table(
        "coder",
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("added_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("initials", name="pk_coder"),
    )
    op.create_table(
        "entity",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("pseudonym", sa.String(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entity"),
    )
    op.create_table(
        "event",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.Column("undoable", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.String(), nullable=True),
        sa.Column("payload_digest", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
    )
    op.create_index("ix_event_coder_seq", "event", ["coder", "seq"])

    op.create_table(
        "site",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_site"),
    )
    op.create_table(
        "stakeholder_type",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_stakeholder_type"),
    )
    op.create_table(
        "study",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("journal_key", sa.String(), nullable=False),
        sa.Column("secret_check", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_study"),
    )
    op.create_table(
        "timepoint",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_timepoint"),
    )
    op.create_table(
        "layer",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("coder", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["coder"], ["coder.initials"], name="fk_layer_coder"),
        sa.PrimaryKeyConstraint("name", name="pk_layer"),
    )
    op.create_table(
        "participant",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=True),
        sa.Column("stakeholder", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["site"], ["site.name"], name="fk_participant_site"),
        sa.ForeignKeyConstraint(
            ["stakeholder"], ["stakeholder_type.name"], name="fk_participant_stakeholder"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_participant"),
    )
    op.create_index("ix_participant_site", "participant", ["site"])
    op.create_index("ix_participant_stakeholder", "participant", ["stakeholder"])

    op.create_table(
        "source",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("timepoint", sa.String(), nullable=True),
        sa.Column("site", sa.String(), nullable=True),
        sa.Column("date", sa.String(), nullable=True),
        sa.Column("mode", sa.String(), nullable=True),
        sa.Column("interviewer", sa.String(), nullable=True),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("imported_fingerprint", sa.String(), nullable=False),
        sa.Column("imported_at", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.name"], name="fk_source_site"),
        sa.ForeignKeyConstraint(["timepoint"], ["timepoint.name"], name="fk_source_timepoint"),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
        sa.UniqueConstraint("name", name="uq_source_name"),
    )
    op.create_index("ix_source_site", "source", ["site"])
    op.create_index("ix_source_timepoint", "source", ["timepoint"])

    op.create_table(
        "variant",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("first_word_digest", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_variant_entity_id"),
        sa.PrimaryKeyConstraint("digest", name="pk_variant"),
    )
    op.create_index("ix_variant_entity_id", "variant", ["entity_id"])

    op.create_table(
        "assignment",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("layer", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.name"], name="fk_assignment_layer"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_assignment_source_id"),
        sa.PrimaryKeyConstraint("source_id", "layer", name="pk_assignment"),
    )
    op.create_table(
        "coding",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.String(), nullable=False),
        sa.Column("layer", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["code.id"], name="fk_coding_code_id"),
        sa.ForeignKeyConstraint(["layer"], ["layer.name"], name="fk_coding_layer"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_coding_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_coding"),
        sa.UniqueConstraint(
            "source_id",
            "layer",
            "code_id",
            "start",
            "end",
            name="uq_coding_source_id_layer_code_id_start_end",
        ),
    )
    op.create_index("ix_coding_code_id", "coding", ["code_id"])
    op.create_index("ix_coding_layer_source_id", "coding", ["layer", "source_id"])

    op.create_table(
        "decision",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("layer_a", sa.String(), nullable=False),
        sa.Column("layer_b", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("code_a", sa.String(), nullable=True),
        sa.Column("code_b", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["code_a"], ["code.id"], name="fk_decision_code_a"),
        sa.ForeignKeyConstraint(["code_b"], ["code.id"], name="fk_decision_code_b"),
        sa.ForeignKeyConstraint(["layer_a"], ["layer.name"], name="fk_decision_layer_a"),
        sa.ForeignKeyConstraint(["layer_b"], ["layer.name"], name="fk_decision_layer_b"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_decision_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )
    op.create_index("ix_decision_code_a", "decision", ["code_a"])
    op.create_index("ix_decision_code_b", "decision", ["code_b"])
    op.create_index("ix_decision_source_id", "decision", ["source_id"])

    op.create_table(
        "mention",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("detector", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_mention_entity_id"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_mention_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mention"),
    )
    op.create_index("ix_mention_entity_id", "mention", ["entity_id"])
    op.create_index("ix_mention_source_id_start", "mention", ["source_id", "start"])

    op.create_table(
        "participant_label",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name="fk_participant_label_participant_id"
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_participant_label"),
    )
    op.create_index("ix_participant_label_participant_id", "participant_label", ["participant_id"])

    op.create_table(
        "speaker",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name="fk_speaker_participant_id"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_speaker_source_id"),
        sa.PrimaryKeyConstraint("source_id", "n", name="pk_speaker"),
    )
    op.create_index("ix_speaker_participant_id", "speaker", ["participant_id"])

    op.create_table(
        "turn",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("speaker_n", sa.Integer(), nullable=False),
        sa.Column("label_start", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("begins_at", sa.Float(), nullable=True),
        sa.Column("ends_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["source_id", "speaker_n"], ["speaker.source_id", "speaker.n"], name="fk_turn_source_id_speaker_n"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_turn_source_id"),
        sa.PrimaryKeyConstraint("source_id", "n", name="pk_turn"),
    )
    op.create_index("ix_turn_source_id_start_end", "turn", ["source_id", "start", "end"])
