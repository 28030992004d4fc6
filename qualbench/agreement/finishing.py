"""Finishing sources: what another coder has coded alike then goes to the agreed layer by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qualbench.agreement.agreed_layer import Claim, finished_pairs, put
from qualbench.agreement.decisions import Pair, compare_pair
from qualbench.coding.progress import mark_finished
from qualbench.study.database import Study
from qualbench.study.journal import Change, change


@dataclass(frozen=True)
class Finished:
    """What came of finishing sources.

    Attributes:
        sources: Names of those that were not finished before.
        taken: How many passages coded alike went to the agreed layer, by pair of coders; only pairs who now
            have finished one of the sources.
    """

    sources: list[str]
    taken: dict[Pair, int]


def finish(study: Study, sources: Sequence[str]) -> Finished:
    """Mark sources as finished by the coder at work, and take what they and others have coded alike.

    Both are one change, which cannot be undone. Its event does not count the passages: a third coder who has
    still to finish reads it too.

    Args:
        study: The study, with the coder at work.
        sources: Names.

    Raises:
        NotFound: If one of the sources does not exist.
        Refused: If the person at work is no coder.
    """
    with change(study, "finish", undoable=False) as changed:
        new = mark_finished(changed, sources)
        return Finished(list(new), fill(changed, new.values(), changed.coder))


def fill(changed: Change, source_ids: Collection[str], coder: str | None = None) -> dict[Pair, int]:
    """Put into the agreed layer what two coders who have finished a source have coded alike to the letter.

    Args:
        changed: The change to take part in.
        source_ids: Ids of the sources.
        coder: Only pairs with this coder.

    Returns:
        How many passages are new there or have grown, by pair.
    """
    sources_of: dict[Pair, list[str]] = {}
    for source_id, pairs in finished_pairs(changed.db, source_ids).items():
        for pair in pairs:
            if coder is None or coder in pair:
                sources_of.setdefault(pair, []).append(source_id)
    taken: Counter[Pair] = Counter()
    for pair, of_pair in sorted(sources_of.items()):
        for source_id, comparison in compare_pair(changed.db, of_pair, pair).items():
            alike = [Claim(coded.span, coded.code, None) for coded in comparison.agreed]
            taken[pair] += put(changed, source_id, alike)
    return dict(taken)
