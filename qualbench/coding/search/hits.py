"""Searching the texts of a study."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.codebook.tree import codebook_of
from qualbench.coding.blind import in_any_view, in_view
from qualbench.coding.search.matching import Finder, pattern_finder, pattern_sieve, resolved, word_finder
from qualbench.coding.search.places import (
    Place,
    crossed_places,
    indexed_places,
    scanned_places,
    sieve_of,
    vocabulary,
)
from qualbench.coding.search.query import Pattern, Query, parse_query
from qualbench.errors import BadInput, NotFound
from qualbench.study.blinding import arms_are_sealed, arms_of
from qualbench.study.database import Study
from qualbench.study.fulltext import fill, is_current
from qualbench.study.settings import read_study_settings
from qualbench.study.tables import AGREED, Coding, Source, table_of
from qualbench.text.spans import Span, merge
from qualbench.transcripts.attributes import KINDS, item_of
from qualbench.transcripts.sources import source_ids


@dataclass(frozen=True)
class Limits:
    """Where to search; what is None or empty sets no limit.

    Attributes:
        stakeholder: Only words of participants of this stakeholder type.
        timepoint: Only sources of this timepoint.
        site: Only words of participants of this site; of others in sources of it.
        kind: Only sources of this kind.
        sources: Only sources of these names.
        code: Only hits that touch words with this code, sub-theme or theme, or what is below it.
        layer: Whose codings of that code; None means those of the person at work.
        uncoded: Only hits that no coding in view touches.
        arm: Only words of participants of this arm of the trial, once that is unsealed.
    """

    stakeholder: str | None = None
    timepoint: str | None = None
    site: str | None = None
    kind: str | None = None
    sources: tuple[str, ...] = ()
    code: str | None = None
    layer: str | None = None
    uncoded: bool = False
    arm: str | None = None


@dataclass(frozen=True)
class HitBlock:
    """The turn, heading or other block in which hits stand.

    Attributes:
        words: Its words, at [start, end) of the source.
        speaker: The label of who speaks; None between turns, as are role, participant and stakeholder.
        site: That of the participant, else of the source.
    """

    start: int
    end: int
    words: str
    speaker: str | None
    role: str | None
    participant: str | None
    stakeholder: str | None
    timepoint: str | None
    site: str | None


@dataclass(frozen=True)
class Hit:
    """A place that a search found: the words `text`, at [start, end) of the source of that name."""

    source: str
    start: int
    end: int
    text: str
    block: HitBlock

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.start, self.end)


@dataclass(frozen=True)
class _Searched:
    """A source that is searched."""

    name: str
    timepoint: str | None
    site: str | None


NO_LIMITS = Limits()


def search(study: Study, query: str, limits: Limits = NO_LIMITS) -> list[Hit]:
    """Give the places that match a search, in order of source and place.

    The words of blocks are searched: turns without their labels, and what stands between turns. The index
    is brought up to date first; where that cannot be done the texts themselves are read.

    Args:
        study: The study; no coding that its coder may not see yet has a part in what is found.
        query: As `query` describes it.
        limits: Where to search.

    Raises:
        BadInput: If the search or a limit cannot be read, or its regular expression takes too long.
        NotFound: If a source, code or layer of the limits does not exist.
        Refused: If the layer of the limits may not be seen yet, or the arms are sealed.
    """
    parsed = parse_query(query)
    limits = _checked(study, limits)
    with study.read() as db:
        current = is_current(db)
    if not current:
        fill(study)
    with study.read() as db:
        searched = _searched(db, limits)
        coded = _coded(db, study, limits)
        of_arm = _of_arm(db, limits.arm)
        find, places = _prepared(db, parsed, list(searched) if _narrowed(limits) else None)
        hits: list[Hit] = []
        for place in places:
            if of_arm is not None and place.participant not in of_arm:
                continue
            hits += _hits_in(place, find(place.words), searched[place.source_id], limits, coded)
    return sorted(hits, key=lambda hit: (hit.source, hit.start, hit.end))


def _prepared(db: Session, query: Query, ids: Sequence[str] | None) -> tuple[Finder, Iterable[Place]]:
    """What finds the hits, and the blocks to look at."""
    current = is_current(db)
    if isinstance(query, Pattern):
        crosses = pattern_sieve(query) if current else None
        if crosses is not None:
            return pattern_finder(query), crossed_places(db, crosses, ids)
        return pattern_finder(query), indexed_places(db, None, ids) if current else scanned_places(db, ids)
    if any(term.fuzzy for term in query.terms()):
        query = resolved(query, vocabulary(db, current=current))
    sieve = sieve_of(query)
    if not sieve:
        return word_finder(query), ()
    return word_finder(query), indexed_places(db, sieve, ids) if current else scanned_places(db, ids)


def _hits_in(
    place: Place,
    found: Sequence[Span],
    source: _Searched,
    limits: Limits,
    coded: dict[str, list[Span]] | None,
) -> list[Hit]:
    """The hits in a block, those outside the limits left out."""
    if coded is not None:
        of_source = coded.get(place.source_id, [])
        found = [span for span in found if _touches(of_source, span, place.start) != limits.uncoded]
    if not found:
        return []
    site = place.site or source.site
    if limits.stakeholder not in (None, place.stakeholder) or limits.site not in (None, site):
        return []
    block = HitBlock(
        place.start,
        place.end,
        place.words,
        place.speaker,
        place.role,
        place.participant,
        place.stakeholder,
        source.timepoint,
        site,
    )
    return [
        Hit(source.name, place.start + start, place.start + end, place.words[start:end], block)
        for start, end in found
    ]


def _touches(merged: Sequence[Span], span: Span, offset: int) -> bool:
    """Whether a span, moved by an offset, shares a code point with one of some merged spans."""
    before = bisect_right(merged, (span.end + offset - 1, float("inf")))
    return before > 0 and merged[before - 1].end > span.start + offset


def _checked(study: Study, limits: Limits) -> Limits:
    """The limits with their values as the study's lists write them."""
    if limits.code is not None and limits.uncoded:
        raise BadInput("Words with a code are not uncoded.", "Leave out --code or --uncoded.")
    if limits.layer is not None and limits.code is None:
        raise BadInput("A layer limits nothing by itself.", "Add a code: --code CODE.")
    if limits.kind is not None and limits.kind not in KINDS:
        raise BadInput(f"'{limits.kind}' is not a kind of source.", f"Use one of {', '.join(KINDS)}.")
    if not (limits.stakeholder or limits.timepoint or limits.site):
        return limits
    settings = read_study_settings(study)
    return replace(
        limits,
        stakeholder=item_of("--stakeholder", "stakeholder", limits.stakeholder, settings.stakeholder_types),
        timepoint=item_of("--timepoint", "timepoint", limits.timepoint, settings.timepoints),
        site=item_of("--site", "site", limits.site, settings.sites),
    )


def _narrowed(limits: Limits) -> bool:
    return bool(limits.sources or limits.timepoint or limits.kind)


def _searched(db: Session, limits: Limits) -> dict[str, _Searched]:
    """The sources to search, by id."""
    source = table_of(Source)
    wanted: list[sa.ColumnElement[bool]] = []
    if limits.sources:
        wanted.append(source.c.id.in_(source_ids(db, list(limits.sources)).values()))
    if limits.timepoint is not None:
        wanted.append(source.c.timepoint == limits.timepoint)
    if limits.kind is not None:
        wanted.append(source.c.kind == limits.kind)
    rows = db.execute(sa.select(source.c.id, source.c.name, source.c.timepoint, source.c.site).where(*wanted))
    return {source_id: _Searched(name, timepoint, site) for source_id, name, timepoint, site in rows}


def _of_arm(db: Session, arm: str | None) -> set[str] | None:
    """The participants of an arm; None if it sets no limit."""
    if arm is None:
        return None
    arms = arms_of(db)
    if not arms:
        raise arms_are_sealed()
    if arm not in arms.values():
        raise NotFound(f"There is no arm '{arm}'.", f"There are: {', '.join(sorted(set(arms.values())))}.")
    return {who for who, of_them in arms.items() if of_them == arm}


def _coded(db: Session, study: Study, limits: Limits) -> dict[str, list[Span]] | None:
    """Merged spans of the codings that the limits ask for, by source id; None if they ask for none."""
    coding = table_of(Coding)
    if limits.uncoded:
        wanted = [in_any_view(study.coder)]
    elif limits.code is not None:
        book = codebook_of(db)
        entry = book.find(limits.code)
        codes = book.at_and_below(entry.id)
        wanted = [in_view(db, study, limits.layer or study.coder or AGREED), coding.c.code_id.in_(codes)]
    else:
        return None
    spans: dict[str, list[Span]] = {}
    for source_id, start, end in db.execute(
        sa.select(coding.c.source_id, coding.c.start, coding.c.end).where(*wanted)
    ):
        spans.setdefault(source_id, []).append(Span(start, end))
    return {source_id: merge(of_source) for source_id, of_source in spans.items()}
