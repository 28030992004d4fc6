"""What is there and what is missing of the first three phases: reading, coding, first themes. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from shlex import quote
from statistics import median

from qualbench.analysis.document import counted, in_words
from qualbench.analysis.evidence import Evidence, Passage
from qualbench.analysis.findings import NAMED, Found, labels, layer_named, missing, themes_counted, there
from qualbench.codebook.tree import CodeEntry
from qualbench.study.stance import FROZEN, REFLEXIVITY
from qualbench.study.tables import AGREED

SPARSE = 0.5
"""A source is sparsely coded where its coded share is below this part of the median of all."""


def familiarisation(evidence: Evidence, asks: frozenset[str]) -> Iterator[Found]:
    """Give what is there of phase 1: who has read what, listening checks, notes."""
    sources = evidence.sources
    if not sources:
        yield missing("There are no sources yet.", "qualbench import FOLDER --manifest FILE")
        return
    for coder in evidence.coders:
        read = sum(coder in evidence.readers.get(name, ()) for name in sources)
        if read:
            yield there(f"{coder} has read {read} of {counted(len(sources), 'source')} through.")
    unread = [name for name in sources if not evidence.readers.get(name)]
    if unread:
        named = in_words(unread, NAMED)
        yield missing(
            f"Nobody has marked {counted(len(unread), 'source')} as read: {named}.",
            f"qualbench read {quote(unread[0])}",
        )
    unchecked = [name for name in sources if name not in evidence.checked]
    if evidence.checked:
        heard = f"{len(evidence.checked)} of {counted(len(sources), 'source')}"
        yield there(f"{heard} checked against the recording.")
    if unchecked:
        yield missing(
            f"{counted(len(unchecked), 'source')} not checked against the recording: "
            f"{in_words(unchecked, NAMED)}.",
            f"qualbench checked {quote(unchecked[0])}",
        )
    yield from _notes(evidence, asks)


def _notes(evidence: Evidence, asks: frozenset[str]) -> Iterator[Found]:
    notes = [note for note in evidence.notes if note.about in ("source", "turn")]
    if notes:
        on = counted(len({note.source for note in notes}), "source")
        yield there(f"{counted(len(notes), 'note')} on {on} and their words.", "qualbench memo list")
    elif evidence.sources:
        yield missing("No notes on sources or their words.", "qualbench memo add TEXT --source SOURCE")
    if REFLEXIVITY in asks:
        own = [note for note in evidence.notes if note.about == "study" and note.author == evidence.coder]
        if own:
            yield there(f"{counted(len(own), 'memo')} of your own on the study.", "qualbench memo list")
        else:
            yield missing(
                "No memo of your own on the study: what you bring to it, and how it moves you.",
                "qualbench memo add TEXT",
            )


def coding(evidence: Evidence, asks: frozenset[str]) -> Iterator[Found]:
    """Give what is there of phase 2: how much is coded, how evenly, on which level of meaning."""
    by_layer: dict[str, list[Passage]] = {}
    for passage in evidence.passages:
        by_layer.setdefault(passage.layer, []).append(passage)
    for layer in sorted(by_layer, key=lambda name: (name == AGREED, name)):
        seen = evidence.seen_in(layer)
        share = evidence.share(by_layer[layer], seen)
        if share is not None:
            codings = counted(len(by_layer[layer]), "coding")
            yield there(
                f"In {layer_named(layer)} {share:.0%} of participants' talk is coded, in "
                f"{counted(len(seen), 'source')} by {codings}.",
                f"qualbench code list --layer {layer}",
            )
    if evidence.sources and evidence.coder in evidence.coders and evidence.coder not in by_layer:
        yield missing(f"{evidence.coder} has coded nothing yet.", "qualbench code add SOURCE START END CODE")
    yield from _evenness(evidence)
    meanings = Counter(passage.meaning for passage in evidence.passages if passage.meaning)
    if meanings:
        semantic, latent = meanings["semantic"], meanings["latent"]
        yield there(f"{counted(semantic, 'coding')} marked as semantic, {latent} as latent.")
    elif evidence.passages:
        yield missing(
            "No coding says whether it reads the surface of the words or what lies under it.",
            "qualbench code mark ID --meaning latent",
        )
    if FROZEN in asks and evidence.passages:
        none = sum(passage.version == 0 for passage in evidence.passages)
        if none:
            made = counted(none, "coding was", "codings were")
            yield missing(
                f"{made} made under no released version.",
                "qualbench codebook release --note NOTE --agreed-by INITIALS",
            )
        else:
            yield there("Every coding was made under a released version.")


def _evenness(evidence: Evidence) -> Iterator[Found]:
    """Sources without codings, and those with few compared with the others."""
    by_source: dict[str, list[Passage]] = {}
    for passage in evidence.passages:
        by_source.setdefault(passage.source, []).append(passage)
    with_talk = [name for name in evidence.sources if evidence.talk.get(name)]
    uncoded = [name for name in with_talk if name not in by_source]
    if uncoded and by_source:
        yield missing(
            f"{counted(len(uncoded), 'source')} not coded in any layer you may see: "
            f"{in_words(uncoded, NAMED)}.",
            f"qualbench code uncoded {quote(uncoded[0])}",
        )
    shares = {name: evidence.share(by_source[name], [name]) or 0 for name in with_talk if name in by_source}
    if not shares:
        return
    middle = median(shares.values())
    sparse = sorted((name for name in shares if shares[name] < SPARSE * middle), key=shares.__getitem__)
    if sparse:
        named = in_words([f"{name} ({shares[name]:.0%})" for name in sparse], NAMED)
        yield missing(
            f"Sparsely coded, where the median of the sources is {middle:.0%}: {named}.",
            f"qualbench code uncoded {quote(sparse[0])}",
        )


def initial_themes(evidence: Evidence) -> Iterator[Found]:
    """Give what is there of phase 3: candidate themes with what they group, codes in no theme."""
    book = evidence.book
    if not evidence.entries:
        yield missing("There are no codes yet.", "qualbench codebook import NAME")
        return
    candidates = [theme for theme in evidence.themes if theme.status == "candidate"]
    for theme in candidates:
        grouped = [entry for entry in book.members(theme.id) if entry.level == "code"]
        if grouped:
            yield there(
                f"Candidate theme '{theme.label}' groups {counted(len(grouped), 'code')}: {labels(grouped)}.",
                f"qualbench codebook show {theme.id}",
            )
        else:
            command = f"qualbench codebook group {theme.id} CODE"
            yield missing(f"Candidate theme '{theme.label}' groups no code yet.", command)
    agreed = [theme for theme in evidence.themes if theme not in candidates]
    if agreed:
        yield there(f"{themes_counted(agreed)} no longer candidates.", "qualbench codebook show")
    if not evidence.themes:
        yield missing("No theme groups any codes yet.", "qualbench codebook add LABEL --level theme")
    alone = [entry for entry in evidence.entries if entry.level == "code" and not _in_theme(evidence, entry)]
    if alone:
        yield missing(
            f"{counted(len(alone), 'code')} in no theme: {labels(alone)}.",
            f"qualbench codebook move {alone[0].id} --under THEME",
        )
    elif evidence.themes:
        yield there("Every code is in a theme.")


def _in_theme(evidence: Evidence, entry: CodeEntry) -> bool:
    path = evidence.book.path(entry.id)
    return any(above.level != "code" or above.also_in for above in path)
