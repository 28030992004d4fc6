"""Taking a seal off with the key file: originals put back, or only read."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from qualbench.errors import NotFound, Refused
from qualbench.redaction.keyfile import KeyFile, SealRecord, read_key
from qualbench.redaction.sealing import rename_speakers
from qualbench.study.database import Study
from qualbench.study.journal import change, source_mark
from qualbench.study.retext import fingerprint, retext
from qualbench.study.secret import read_secret, text_digest
from qualbench.study.tables import Entity, Mention, Source, table_of
from qualbench.text.spans import Edit, apply_edits
from qualbench.transcripts.sources import source_ids


def unseal(study: Study, name: str, key: KeyFile) -> int:
    """Put the originals back into a source, as it was before it was last sealed; give their number.

    Codings move along. What was accepted stays accepted and can be decided on anew.

    Raises:
        NotFound: If there is no such source, or the key file knows nothing of its present text.
        Refused: If the passphrase is wrong.
        Damaged: If the key file is damaged.
    """
    records = read_key(key)
    with change(study, "unseal", undoable=False) as changed:
        source_id = source_ids(changed.db, [name])[name]
        source, mention = table_of(Source), table_of(Mention)
        text = changed.db.execute(sa.select(source.c.text).where(source.c.id == source_id)).scalar_one()
        record = _record_of(records, source_id, text, name)
        edits = [Edit(place.start, place.end, place.original) for place in record.replaced]
        opened = changed.db.execute(
            sa.select(mention.c.id, mention.c.start).where(mention.c.source_id == source_id, mention.c.sealed)
        ).all()
        starts = {place.start for place in record.replaced}
        changed.update(Mention, [{"id": row.id, "sealed": False} for row in opened if row.start in starts])
        rename_speakers(changed, source_id, retext(changed, source_id, edits, state="suggested"))
        changed.summary = f"Took the seal off {source_mark(source_id)}: {len(edits)} originals put back"
    return len(edits)


def original_text(study: Study, name: str, key: KeyFile) -> str:
    """Give the text of a source as it was imported, without changing the study.

    Raises:
        NotFound: If there is no such source, or the key file knows nothing of its present text.
        Refused: If the passphrase is wrong, or an earlier sealing is not in the key file.
        Damaged: If the key file is damaged.
    """
    records = read_key(key)
    source = table_of(Source)
    with study.read() as db:
        source_id = source_ids(db, [name])[name]
        row = db.execute(
            sa.select(source.c.text, source.c.imported_fingerprint).where(source.c.id == source_id)
        ).one()
    text, imported = str(row.text), row.imported_fingerprint
    sealed = _record_of(records, source_id, text, name)
    for record in reversed(records[: records.index(sealed) + 1]):
        if (record.source_id, record.after) == (source_id, fingerprint(text)):
            text = apply_edits(text, [Edit(p.start, p.end, p.original) for p in record.replaced])
    if text_digest(read_secret(study), text) != imported and not _is_whole(study, source_id, records):
        raise Refused(
            f"The key file lacks an earlier sealing of {name}.", "It was sealed without the key file then."
        )
    return text


def _is_whole(study: Study, source_id: str, records: Sequence[SealRecord]) -> bool:
    """Whether all pseudonyms of a source are in the key file; a text may have changed since its import."""
    mention, entity = table_of(Mention), table_of(Entity)
    with study.read() as db:
        rows = db.execute(
            sa.select(entity.c.pseudonym)
            .join_from(mention, entity, mention.c.entity_id == entity.c.id)
            .where(mention.c.source_id == source_id, mention.c.sealed)
        ).scalars()
        present = set(rows)
    return present <= {place.pseudonym for r in records if r.source_id == source_id for place in r.replaced}


def _record_of(records: Sequence[SealRecord], source_id: str, text: str, name: str) -> SealRecord:
    mark = fingerprint(text)
    known = [record for record in records if (record.source_id, record.after) == (source_id, mark)]
    if known:
        return next((record for record in reversed(known) if record.replaced), known[-1])
    raise NotFound(
        f"The key file knows nothing of {name} as it is now.", "It was sealed without it, or is not sealed."
    )
