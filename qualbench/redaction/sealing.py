"""Sealing: replacing what was accepted, for good, and leaving nothing of it behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from qualbench.errors import Refused
from qualbench.redaction.entities import ACCEPTED, PENDING
from qualbench.redaction.forms import Forms, forms_of
from qualbench.redaction.keyfile import KeyFile, Replaced, SealRecord, add_to_key
from qualbench.redaction.own_words import OWN_WORDS, Reworded, reword
from qualbench.study.access import require_whole
from qualbench.study.backups import remove_unsealed_backups
from qualbench.study.database import Study
from qualbench.study.journal import SEAL, Change, change, source_mark
from qualbench.study.retext import fingerprint, retext
from qualbench.study.secret import read_secret
from qualbench.study.tables import (
    Entity,
    Mention,
    Site,
    Source,
    Speaker,
    StakeholderType,
    Timepoint,
    Turn,
    now,
    table_of,
)
from qualbench.text.spans import Edit
from qualbench.text.words import fold
from qualbench.transcripts.sources import source_ids


@dataclass(frozen=True)
class Sealed:
    """What sealing did.

    Attributes:
        sources: The sources sealed.
        replacements: Places replaced.
        backups_removed: Automatic backups that still held their originals.
        reworded: What held redacted names of people's own words: memos, codes, the journal.
    """

    sources: list[str]
    replacements: int
    backups_removed: list[Path]
    reworded: Reworded


def seal(study: Study, names: Sequence[str], key: KeyFile | None = None) -> Sealed:
    """Replace every accepted mention of some sources by its pseudonym, for good.

    Turns, codings and all else that hangs on the text move along; names in memos, codes and reasons go too,
    and do not come back when a source is unsealed. Afterwards the originals are scrubbed
    from the database file and its log, and automatic backups that hold them are removed. A source that was
    sealed before, and in which something was found since, is sealed again.

    Args:
        study: The study.
        names: The sources.
        key: Where to keep the originals. Without one they are gone.

    Raises:
        NotFound: If one of the names is not a source.
        Refused: If a source is sealed already, has a redacted name for its own name, was never looked
            through, or has suggestions nobody has decided on, or the key file cannot be opened, and nothing
            was done; or if another program holds on to the originals (see `scrub`).
        Damaged: If the key file is damaged; nothing was done.
    """
    records: list[SealRecord] = []
    secret = read_secret(study)
    with change(study, SEAL, undoable=False) as changed:
        require_whole(changed.db, "Sealing")
        ids = source_ids(changed.db, list(names))
        wanted = forms_of(changed.db, secret, ACCEPTED)
        for name in names:
            if any(one.exact for one in wanted.find(name.replace("_", " "))):
                raise Refused(
                    f"The name of {name} holds a redacted name.", f"First: qualbench rename {name} NEWNAME."
                )
            records.append(_seal_source(changed, ids[name], name))
        _refuse_own_words(changed, wanted)
        reworded = reword(changed, wanted)
        replaced = sum(len(record.replaced) for record in records)
        said = f"Sealed {', '.join(map(source_mark, ids.values()))}: {replaced} places replaced"
        changed.summary = f"{said}. {reworded.sentence()}".rstrip(". ")
        if key is not None:  # before the originals are gone: a record too many does no harm
            add_to_key(key, records)
    return Sealed(list(names), replaced, scrub(study), reworded)


def _refuse_own_words(changed: Change, wanted: Forms) -> None:
    """Refuse what no export could pass afterwards: redacted names in pseudonyms, lists and title."""
    entity = table_of(Entity)
    pseudonyms = changed.db.execute(sa.select(entity.c.pseudonym).where(entity.c.decision == ACCEPTED))
    for pseudonym in pseudonyms.scalars():
        if any(one.exact for one in wanted.find(pseudonym or "")):
            raise Refused(
                "A pseudonym holds a redacted name.", "Find it with 'qualbench redact list --queue decided'."
            )
    for model in (Site, StakeholderType, Timepoint):
        table = table_of(model)
        for item in changed.db.execute(sa.select(table.c.name)).scalars():
            if any(one.exact for one in wanted.find(item)):
                raise Refused(
                    f"'{item}' is a {table.name.replace('_', ' ')} of the study, and is to be redacted.",
                    f"Let it stand: qualbench redact decide '{item}' reject.",
                )


def _seal_source(changed: Change, source_id: str, name: str) -> SealRecord:
    source, mention, entity = table_of(Source), table_of(Mention), table_of(Entity)
    before = changed.db.execute(
        sa.select(source.c.state, source.c.text).where(source.c.id == source_id)
    ).one()
    if before.state == "sealed":
        raise Refused(f"{name} is sealed already.")
    if before.state == "imported":
        raise Refused(
            f"{name} has not been looked through for identifiers yet.",
            "Run 'qualbench redact suggest' first.",
        )
    decision = sa.func.coalesce(mention.c.decision, entity.c.decision).label("decided")
    rows = changed.db.execute(
        sa.select(mention.c.id, mention.c.start, mention.c.end, decision, entity.c.pseudonym)
        .join_from(mention, entity, mention.c.entity_id == entity.c.id)
        .where(mention.c.source_id == source_id, ~mention.c.sealed)
        .order_by(mention.c.start)
    ).all()
    pending = sum(row.decided == PENDING for row in rows)
    if pending:
        raise Refused(
            f"{name} has {pending} suggestions nobody has decided on.",
            "Decide on them first: qualbench redact list --pending.",
        )
    accepted = [row for row in rows if row.decided == ACCEPTED]
    edits = _edits([Edit(row.start, row.end, row.pseudonym) for row in accepted])
    text = retext(changed, source_id, edits, state="sealed")
    changed.update(Mention, [{"id": row.id, "sealed": True} for row in accepted])
    rename_speakers(changed, source_id, text)
    return SealRecord(
        source_id, now(), fingerprint(before.text), fingerprint(text), _replaced(before.text, edits)
    )


def _replaced(before: str, edits: Sequence[Edit]) -> list[Replaced]:
    """What was replaced, with where its pseudonyms stand now."""
    shift, places = 0, []
    for edit in edits:
        start = edit.start + shift
        end = start + len(edit.replacement)
        places.append(Replaced(start, end, before[edit.start : edit.end], edit.replacement))
        shift += len(edit.replacement) - (edit.end - edit.start)
    return places


def _edits(wanted: Sequence[Edit]) -> list[Edit]:
    """The replacements to make; mentions that overlap become one, under the pseudonym of the longest."""
    edits: list[Edit] = []
    for edit in sorted(wanted):
        if edits and edit.start < edits[-1].end:
            before = edits[-1]
            longer = max(before, edit, key=lambda one: one.end - one.start)
            edits[-1] = Edit(before.start, max(before.end, edit.end), longer.replacement)
        else:
            edits.append(edit)
    return edits


def rename_speakers(changed: Change, source_id: str, text: str) -> None:
    """Take over into the speakers what has become of their labels in the text."""
    turn, speaker = table_of(Turn), table_of(Speaker)
    labels: dict[int, str] = {}
    for row in changed.db.execute(sa.select(turn).where(turn.c.source_id == source_id).order_by(turn.c.n)):
        label = text[row.label_start : row.start].removesuffix(": ")
        if label:
            labels.setdefault(row.speaker_n, label)
    present = changed.db.execute(
        sa.select(speaker.c.n, speaker.c.label).where(speaker.c.source_id == source_id)
    ).all()  # a label that went with the words after it leaves none
    renamed = {n: (label, labels.get(n)) for n, label in present if labels.get(n) != label}
    changed.update(
        Speaker, [{"source_id": source_id, "n": n, "label": new} for n, (_, new) in renamed.items()]
    )
    source = table_of(Source)
    interviewer = changed.db.execute(sa.select(source.c.interviewer).where(source.c.id == source_id)).scalar()
    now_called = {fold(old or ""): new for old, new in renamed.values()}
    if interviewer and fold(interviewer) in now_called:
        changed.update(Source, [{"id": source_id, "interviewer": now_called[fold(interviewer)]}])


def scrub(study: Study, *, tables: Sequence[str] | None = None, held: Refused | None = None) -> list[Path]:
    """Remove backups that hold originals of sealed sources, and have the database give up such pages.

    SQLite zeroes what is freed (secure_delete), but not the gaps left in a page when its rows are moved to
    others, so the file is written anew, and its write-ahead log emptied. PostgreSQL rewrites the tables and
    its samples of them; its own log and server backups are the administrator's (see docs/architecture.md).

    Args:
        study: The study.
        tables: Those that PostgreSQL rewrites; None means those with texts and people's own words.
        held: What is raised where another program is in the way; None speaks of sealing.

    Returns:
        The backups removed.

    Raises:
        Refused: If another program keeps the study open and so keeps old pages alive.
    """
    removed = remove_unsealed_backups(study)
    held = held or Refused(
        "The sources are sealed, but the database still holds originals: another program has the study open, "
        "or the disk is full.",
        "Put that right and run 'qualbench redact seal' again.",
    )
    with study.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if study.on_sqlite:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA temp_store=MEMORY")  # no copy among temporary files
            try:
                connection.exec_driver_sql("VACUUM")
                busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()
            except sa.exc.OperationalError:
                busy = True
            connection.exec_driver_sql("BEGIN")
            if busy:
                raise held
        else:
            connection.execute(sa.text("SET lock_timeout = '10s'"))
            try:
                own_words = (table_of(model).name for model, _ in OWN_WORDS)
                rewritten = tables or ("source", "speaker", "event", "hidden_change", *own_words)
                for table in ("search_block", "search_source", *rewritten):
                    connection.execute(sa.text(f"VACUUM (FULL, ANALYZE) {table}"))
                connection.execute(sa.text("VACUUM (FULL) pg_statistic"))  # where ANALYZE keeps samples
            except sa.exc.OperationalError:
                raise held from None
    return removed
