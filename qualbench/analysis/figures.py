"""What a study can show of how it was done, in sentences with figures, one function a question. Pure.

A function that finds nothing yields nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from qualbench.analysis.document import counted, day_of, in_words
from qualbench.analysis.evidence import Evidence, Passage
from qualbench.analysis.findings import layer_named, themes_counted
from qualbench.analysis.frame_events import MERGE, SPLIT, STANCE, FrameEvent
from qualbench.analysis.phases_of_themes import is_defined
from qualbench.study.stance import wording
from qualbench.text.words import count_words

_THEMES = "themes and sub-themes"


def coders(evidence: Evidence) -> Iterator[str]:
    """Say who finished how much, and how much of it more than one coder."""
    finished = Counter(who for people in evidence.finished.values() for who in people)
    if finished:
        each = in_words([f"{coder} {finished[coder]}" for coder in sorted(finished)])
        sources = counted(len(evidence.sources), "source")
        yield f"{counted(len(finished), 'coder')} finished sources: of {sources} {each}."
    doubly = sum(len(people) > 1 for people in evidence.finished.values())
    if doubly:
        yield (
            f"{counted(doubly, 'source')} coded by more than one, each without seeing the other's codings. "
            f"{wording(evidence.stance).second_coder}"
        )


def tree(evidence: Evidence) -> Iterator[str]:
    """Say how many entries the codebook has, how many are defined, and which versions were released."""
    if not evidence.entries:
        return
    codes = [entry for entry in evidence.entries if entry.level == "code"]
    parts = [*([themes_counted(evidence.themes)] if evidence.themes else []), counted(len(codes), "code")]
    defined = sum(map(is_defined, evidence.entries))
    yield f"{', '.join(parts)} in use; {defined} of {len(evidence.entries)} entries with a definition."
    if evidence.versions:
        last = evidence.versions[-1]
        settled = wording(evidence.stance).settled
        yield (
            f"{counted(len(evidence.versions), 'version')} released, the last on {day_of(last.released_at)}, "
            f"{settled} {last.agreed_by}."
        )


def derivation(evidence: Evidence, events: Sequence[FrameEvent]) -> Iterator[str]:
    """Say where the entries come from, and how codes were merged and split."""
    if not evidence.entries:
        return
    yield wording(evidence.stance).themes
    origins = Counter(entry.origin for entry in evidence.entries)
    yield (
        f"Of {counted(len(evidence.entries), 'entry', 'entries')}, {origins['theory']} come from theory, "
        f"{origins['data']} from the data; not recorded of {origins['']}."
    )
    yield from _reshaping(events)


def _reshaping(events: Sequence[FrameEvent]) -> Iterator[str]:
    kinds = Counter(event.kind for event in events)
    if kinds[MERGE] or kinds[SPLIT]:
        reasoned = sum(bool(event.reason) for event in events if event.kind in (MERGE, SPLIT))
        merges, splits = counted(kinds[MERGE], "merge"), counted(kinds[SPLIT], "split")
        yield f"{merges} and {splits} of codes, {reasoned} of them with a reason on record."


def quotations(evidence: Evidence) -> Iterator[str]:
    """Say how many passages are marked as exemplars, of how many participants and themes."""
    exemplars = [passage for passage in evidence.in_layer if passage.exemplar]
    if not exemplars:
        return
    quoted, people = len(evidence.speakers_of(exemplars)), counted(len(evidence.participants), "participant")
    yield (
        f"{counted(len(exemplars), 'passage')} marked as exemplars in {layer_named(evidence.layer)}, of "
        f"{quoted} of {people}."
    )
    with_one = [
        theme for theme in evidence.themes if any(p.exemplar for p in evidence.spreads[theme.id].passages)
    ]
    yield f"{len(with_one)} of {counted(len(evidence.themes), 'theme or sub-theme', _THEMES)} have one."


def consistency(evidence: Evidence) -> Iterator[str]:
    """Say how themes spread over participants, and what two coders made of their differences."""
    yield from spread(evidence)
    if evidence.outcomes:
        words = wording(evidence.stance)
        decided = counted(len(evidence.outcomes), words.difference, words.differences)
        reasoned = sum(has_reason for _, has_reason in evidence.outcomes)
        yield f"{decided} of two coders {words.decided}, {reasoned} with a reason on record."


def spread(evidence: Evidence) -> Iterator[str]:
    """Say how many participants and sources each theme has, and how much of it one of them carries."""
    if not evidence.in_layer:
        return
    yield f"Counted in {layer_named(evidence.layer)}, sub-themes and codes with their theme:"
    people, sources = len(evidence.participants), len(evidence.seen_in(evidence.layer))
    for theme in evidence.themes:
        if theme.level != "theme":
            continue
        spread = evidence.spreads[theme.id]
        most = max(spread.participants.values(), default=0)
        total = len(spread.passages)
        carried = f"; at most {most / total:.0%} of its passages are of one participant" if total else ""
        yield (
            f"'{theme.label}': {len(spread.participants)} of {counted(people, 'participant')}, "
            f"{len(spread.sources)} of {counted(sources, 'source')}{carried}."
        )


def clarity(evidence: Evidence) -> Iterator[str]:
    """Say how many themes and codes are defined and bounded."""
    if not evidence.themes:
        return
    themes = counted(len(evidence.themes), "theme or sub-theme", _THEMES)
    yield f"{sum(map(is_defined, evidence.themes))} of {themes} have a definition."
    yield f"{sum(bool(t.central_concept) for t in evidence.themes)} have a central organising concept."
    codes = [entry for entry in evidence.entries if entry.level == "code"]
    if codes:
        bounded = sum(bool(code.when_not_to_use) for code in codes)
        yield f"{bounded} of {counted(len(codes), 'code')} say when not to use them."


def listening(evidence: Evidence) -> Iterator[str]:
    """Say how many sources were checked against their recordings."""
    if evidence.sources:
        checked = f"{len(evidence.checked)} of {counted(len(evidence.sources), 'source')}"
        yield f"{checked} checked against the recording."


def attention(evidence: Evidence) -> Iterator[str]:
    """Say how much of the talk is coded, over all and from source to source."""
    if not evidence.in_layer:
        return
    seen = evidence.seen_in(evidence.layer)
    with_talk = [name for name in seen if evidence.talk.get(name)]
    coded = {passage.source for passage in evidence.in_layer}
    where = layer_named(evidence.layer)
    yield f"{len(coded)} of {counted(len(seen), 'source')} coded in {where}."
    by_source: dict[str, list[Passage]] = {name: [] for name in seen}
    for passage in evidence.in_layer:
        by_source[passage.source].append(passage)
    shares = [evidence.share(by_source[name], [name]) or 0 for name in with_talk]
    if shares:
        share = evidence.share(evidence.in_layer, with_talk) or 0
        yield (
            f"Of participants' talk {share:.0%} is coded; by source {min(shares):.0%} to {max(shares):.0%}, "
            f"median {median(shares):.0%}."
        )


def collated(evidence: Evidence) -> Iterator[str]:
    """Say how many passages the themes have, and how many are under none."""
    counts = [len(evidence.spreads[theme.id].passages) for theme in evidence.themes if theme.level == "theme"]
    if not counts or not evidence.in_layer:
        return
    yield f"Passages of a theme in {layer_named(evidence.layer)}: {min(counts)} to {max(counts)}."
    outside = len(evidence.in_layer) - len({p for s in evidence.spreads.values() for p in s.passages})
    if outside:
        yield f"{counted(outside, 'passage')} under no theme."


def held_against(evidence: Evidence, events: Sequence[FrameEvent]) -> Iterator[str]:
    """Say how many passages were read again, and how codes were merged and split."""
    kept = sum(passage.kept for passage in evidence.in_layer)
    if kept:
        yield (
            f"{kept} of {counted(len(evidence.in_layer), 'passage')} read again in "
            f"{layer_named(evidence.layer)}."
        )
    yield from _reshaping(events)


def interpretation(evidence: Evidence) -> Iterator[str]:
    """Say how many passages were read for latent meaning, and how many memos there are on codes."""
    meanings = Counter(passage.meaning for passage in evidence.in_layer if passage.meaning)
    if meanings:
        latent, semantic = meanings["latent"], meanings["semantic"]
        yield f"{counted(latent, 'passage')} marked as latent, {semantic} as semantic."
    memos = sum(note.about == "code" for note in evidence.notes)
    if memos:
        yield f"{counted(memos, 'memo')} on codes and themes."


def balance(evidence: Evidence) -> Iterator[str]:
    """Set the words of exemplars against those written on themes; the report is not in the study."""
    quoted = evidence.quoted_words.get(evidence.layer, 0)
    ids = {theme.id for theme in evidence.themes}
    written = sum(
        count_words(f"{theme.short_definition} {theme.definition} {theme.central_concept}")
        for theme in evidence.themes
    ) + sum(note.words for note in evidence.notes if note.about == "code" and note.code in ids)
    if quoted and written:
        yield (
            f"{quoted:,} words in passages marked as exemplars, {written:,} written on themes (definitions, "
            f"central concepts, memos): 1 to {written / quoted:.1f}. The report itself is not in the study."
        )


def time(evidence: Evidence) -> Iterator[str]:
    """Say from when to when was coded, and when versions were released."""
    days = sorted({passage.made_at[:10] for passage in evidence.passages})
    if len(days) > 1:
        yield f"Coded on {len(days)} days, from {day_of(days[0])} to {day_of(days[-1])}."
    elif days:
        yield f"Coded on {day_of(days[0])}."
    for version in evidence.versions:
        yield f"Version {version.number} of the codebook: {day_of(version.released_at)}."


def position(evidence: Evidence) -> Iterator[str]:
    """Say of which kind the study is, and how many memos there are on it."""
    words = wording(evidence.stance)
    yield f"The study is {words.kind}. {words.themes}"
    memos = sum(note.about == "study" for note in evidence.notes)
    if memos:
        yield f"{counted(memos, 'memo')} on the study as a whole."


def done(evidence: Evidence, events: Sequence[FrameEvent]) -> Iterator[str]:
    """Say what steps are on record."""
    read = sum(bool(who) for who in evidence.readers.values())
    if read:
        yield f"{read} of {counted(len(evidence.sources), 'source')} read through before or beside coding."
    yield from coders(evidence)
    if evidence.versions:
        yield f"{counted(len(evidence.versions), 'version')} of the codebook released."
    changed = sum(event.kind == STANCE for event in events)
    if changed:
        yield f"The stance was set {counted(changed, 'time')}; the log says when and why."
