"""Merging a bundle: taking in what a coder has done on another copy of the study.

The rule. Each copy knows a coder's work by its events, and which rows each touched (`work`). What the bundle
knows and this copy does not is new, and comes as the bundle has it: rows that were made, changed or taken
away. What this copy knows and the bundle does not was done here, and stays. A row that was touched on both
sides is a conflict unless both now have it alike: it stays as it is here, and is told at each merge until
somebody makes both the same. An event is known once all it touched has come, so what cannot come, for its
source or code is not here, comes with the same bundle or a later one after the cause is mended.

From this follows that a bundle merged twice brings nothing the second time, that an older one after a newer
brings nothing, and that two coders' bundles may come in any order. What is not a coder's own doing, merging
codes and sealing, does not travel: each copy does it by itself, and rows that come are moved along.

Sources that the coder and another have both finished are closed: what was seen there does not change.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.agreement.agreed_layer import finished_pairs
from qualbench.errors import BadInput, NotFound
from qualbench.exchange.bundles.codes import bring_codes
from qualbench.exchange.bundles.codings import merge_codings, remove_codings
from qualbench.exchange.bundles.contents import Bundle, Deed, to_json
from qualbench.exchange.bundles.incoming import Incoming
from qualbench.exchange.bundles.memos import merge_examples, merge_memos, remove_memos
from qualbench.exchange.bundles.report import Merged, report_of
from qualbench.exchange.bundles.states import merge_readings, merge_states
from qualbench.exchange.bundles.texts import find_sources
from qualbench.exchange.bundles.work import deeds_of, differing
from qualbench.redaction.own_words import sealed_names_replaced
from qualbench.study.access import require_whole
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, code_mark, source_mark
from qualbench.study.secret import read_secret
from qualbench.study.tables import (
    CodebookVersion,
    Coder,
    Event,
    MergedBundle,
    MergedEvent,
    now,
    table_of,
)

_CLOCKS = timedelta(hours=1)  # by which those of two machines may differ without a word


class _OnlyTried(Exception):
    """Ends a change that is not to be kept."""


def merge_bundle(study: Study, bundle: Bundle, *, dry_run: bool = False) -> Merged:
    """Take in a bundle, in one change that cannot be undone. Nobody's work but the coder's is touched.

    Args:
        study: The study, with the person at work, who need not be the coder.
        bundle: The bundle.
        dry_run: Whether it is only to be tried, and nothing kept.

    Returns:
        What came of it, as far as the person at work may know.

    Raises:
        NotFound: If the study has no such coder.
        BadInput: If the bundle holds what cannot be; nothing is kept.
        Refused: If it is another coder's, whose work the login at work does not see.
    """
    secret = read_secret(study)
    with suppress(_OnlyTried), change(study, "bundle", undoable=False) as changed:
        _check(changed, bundle)
        here = deeds_of(changed.db, bundle.coder)
        reword = sealed_names_replaced(changed.db, study)
        incoming = Incoming(
            changed,
            bundle,
            differing(bundle.events, here),
            (sources := find_sources(changed.db, secret, bundle.sources)),
            _closed(changed.db, bundle.coder, [source.id for source in sources.values()]),
            bring_codes(changed, bundle, reword),
            reword,
        )
        if datetime.fromisoformat(bundle.made_at) > datetime.now(UTC) + _CLOCKS:
            incoming.outcome.notices.append("It was made later than it is now: one of the clocks is wrong.")
        remove_memos(incoming)
        stays, gone = merge_codings(incoming, _common_versions(changed.db, bundle))
        merge_memos(incoming, stays)
        remove_codings(incoming, gone)
        merge_examples(incoming)
        merge_readings(incoming)
        merge_states(incoming)
        _record(incoming, here)
        merged = report_of(incoming, study.coder, dry_run=dry_run)
        marks = ", ".join(f"'{code_mark(entry.id)}'" for entry in incoming.frame.added)
        made_at = f"{bundle.made_at[:16].replace('T', ' ')} UTC"
        changed.summary = (
            f"Merged {bundle.coder}'s bundle of {made_at}{f', which proposes {marks}' if marks else ''}"
        )
        if dry_run:
            raise _OnlyTried
    return merged


def _check(changed: Change, bundle: Bundle) -> None:
    if changed.db.get(Coder, bundle.coder) is None:
        raise NotFound(
            f"The study has no coder '{bundle.coder}'.",
            f"A lead takes them in first: qualbench team add {bundle.coder}.",
        )
    if bundle.coder != changed.coder:
        require_whole(changed.db, "Merging somebody else's bundle")
    known = changed.db.get(MergedBundle, bundle.id)
    if known is not None and known.digest != sha256(to_json(bundle)).hexdigest():
        raise BadInput(
            "A bundle of this name but with other contents was merged before.",
            "Make it again on the other machine.",
        )


def _closed(db: Session, coder: str, source_ids: Collection[str]) -> frozenset[str]:
    """Ids of those sources that a coder and another have finished."""
    pairs = finished_pairs(db, source_ids)
    return frozenset(id_ for id_, both in pairs.items() if any(coder in pair for pair in both))


def _common_versions(db: Session, bundle: Bundle) -> int:
    """How many versions of the codebook are the same here and there, from the first one on."""
    table = table_of(CodebookVersion)
    here = db.execute(sa.select(table.c.released_at).order_by(table.c.number)).scalars().all()
    pairs = list(zip(here, bundle.versions, strict=False))
    return next((n for n, (ours, theirs) in enumerate(pairs) if ours != theirs), len(pairs))


def _record(incoming: Incoming, here: list[Deed]) -> None:
    """Keep which of the coder's events have come, and what of each; and the bundle, if anything has."""
    changed, bundle = incoming.changed, incoming.bundle
    known = {deed.hash: deed.touched for deed in here}
    event, merged = table_of(Event), table_of(MergedEvent)
    own = set(changed.db.execute(sa.select(event.c.hash).where(event.c.coder == bundle.coder)).scalars())
    there = set(changed.db.execute(sa.select(merged.c.hash).where(merged.c.coder == bundle.coder)).scalars())
    new, more = [], []
    for deed in bundle.events:
        if not deed.hash or deed.hash in own:
            continue
        settled = {name: gone for name, gone in deed.touched.items() if name in incoming.outcome.settled}
        touched = dict(known.get(deed.hash, {})) | settled
        if deed.hash not in there:
            new.append(
                {
                    "hash": deed.hash,
                    "coder": bundle.coder,
                    "bundle_id": bundle.id,
                    "seq": deed.seq,
                    "at": deed.at,
                    "action": deed.action,
                    "summary": _with_ids_of(incoming, deed.summary),
                    "touched": json.dumps(touched),
                }
            )
        elif touched != known[deed.hash]:
            more.append({"hash": deed.hash, "touched": json.dumps(touched)})
    if (new or more or changed.tables) and changed.db.get(MergedBundle, bundle.id) is None:
        changed.insert(
            MergedBundle,
            [
                {
                    "id": bundle.id,
                    "coder": bundle.coder,
                    "made_at": bundle.made_at,
                    "digest": sha256(to_json(bundle)).hexdigest(),
                    "merged_by": changed.coder,
                    "merged_at": now(),
                }
            ],
        )
    changed.insert(MergedEvent, new)
    changed.update(MergedEvent, more)


def _with_ids_of(incoming: Incoming, summary: str) -> str:
    """A summary with the marks of codes and sources as they go here."""
    for there, here in incoming.frame.ids.items():
        summary = summary.replace(code_mark(there), code_mark(here))
    for there, source in incoming.sources.items():
        summary = summary.replace(source_mark(there), source_mark(source.id or there))
    return summary
