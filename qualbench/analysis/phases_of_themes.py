"""What is there and what is missing of the last three phases: review, definition, report. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from qualbench.analysis.document import counted, day_of
from qualbench.analysis.evidence import Evidence
from qualbench.analysis.findings import (
    Finding,
    Found,
    labels,
    layer_named,
    missing,
    themes_counted,
    there,
)
from qualbench.analysis.frame_events import MERGE, SPLIT, FrameEvent
from qualbench.codebook.tree import CodeEntry
from qualbench.study.stance import BOUNDARIES, RECONCILIATION, VERSIONS, wording

_HISTORY = "qualbench log --format md"


def review(evidence: Evidence, events: Sequence[FrameEvent], to_reread: int) -> Iterator[Found]:
    """Give what is there of phase 4: passages read again, themes that hold, talk they do not capture.

    Args:
        evidence: What the study holds.
        events: What was done to the coding frame.
        to_reread: How many passages a change of the codebook asks to be read again.
    """
    kept = sum(passage.kept for passage in evidence.passages)
    if kept:
        yield there(f"{counted(kept, 'coding')} read again, and kept or given another code.")
    elif evidence.passages:
        yield missing("No coding has been read again and kept yet.", "qualbench codebook review THEME")
    if to_reread:
        yield missing(
            f"{counted(to_reread, 'coding')} in {layer_named(evidence.layer)} to be read again: the code has "
            "changed since.",
            f"qualbench codebook reread --layer {evidence.layer}",
        )
    if evidence.in_layer and evidence.themes:
        yield from _themes_against_the_data(evidence)
    for kind, noun in ((MERGE, "merge"), (SPLIT, "split")):
        of_kind = [event for event in events if event.kind == kind]
        reasoned = sum(bool(event.reason) for event in of_kind)
        if of_kind:
            yield there(f"{counted(len(of_kind), noun)}, {reasoned} with a reason.", _HISTORY)
        if reasoned < len(of_kind):
            yield missing(f"{counted(len(of_kind) - reasoned, noun)} without a reason.", _HISTORY)


def _themes_against_the_data(evidence: Evidence) -> Iterator[Found]:
    where = f"in {layer_named(evidence.layer)}"
    thin = [theme for theme in evidence.themes if len(evidence.spreads[theme.id].sources) == 1]
    empty = [theme for theme in evidence.themes if not evidence.spreads[theme.id].passages]
    for themes, what in ((empty, "without passages"), (thin, "with passages from one source only")):
        if themes:
            yield missing(
                f"{themes_counted(themes)} {what} {where}: {labels(themes)}.",
                f"qualbench codebook review {themes[0].id} --layer {evidence.layer}",
            )
    if not thin and not empty:
        yield there(f"Every theme and sub-theme has passages from two sources or more {where}.")
    held = [passage for spread in evidence.spreads.values() for passage in spread.passages]
    share = evidence.share(held, evidence.seen_in(evidence.layer))
    if share is not None and share < 1:
        yield missing(
            f"{1 - share:.0%} of participants' talk is captured by no theme {where}.",
            "qualbench code uncoded SOURCE",
        )


def definition(evidence: Evidence, asks: frozenset[str]) -> Iterator[Found]:
    """Give what is there of phase 5: definitions, central concepts, candidates, versions."""
    codes = [entry for entry in evidence.entries if entry.level == "code"]
    yield from _have(codes, "code", "a definition", "definition", is_defined)
    if BOUNDARIES in asks:
        yield from _have(codes, "code", "a line on when not to use it", "when_not_to_use")
    what = "a central organising concept"
    yield from _have(evidence.themes, "theme and sub-theme", what, "central_concept")
    candidates = [entry for entry in evidence.entries if entry.status == "candidate"]
    if candidates:
        still = counted(len(candidates), "entry is still a candidate", "entries are still candidates")
        command = f"qualbench codebook agree {candidates[0].id}"
        yield VERSIONS not in asks, Finding(f"{still}: {labels(candidates)}.", command)
    settled = wording(evidence.stance).settled
    for version in evidence.versions:
        yield there(
            f"Version {version.number} of {day_of(version.released_at)}, {settled} {version.agreed_by}: "
            f"{counted(version.codes, 'entry', 'entries')}.",
            _HISTORY,
        )
    if not evidence.versions and VERSIONS in asks and evidence.entries:
        yield missing(
            "No version of the codebook has been released.",
            "qualbench codebook release --note NOTE --agreed-by INITIALS",
        )
    last = evidence.versions[-1].number if evidence.versions else 0
    older = sum(passage.read_under < last for passage in evidence.passages)
    if older:
        made = counted(older, "coding was", "codings were")
        yield there(f"{made} made before version {last} and not read again since.", _HISTORY)


def _have(
    entries: Sequence[CodeEntry],
    noun: str,
    what: str,
    field: str,
    has: Callable[[CodeEntry], bool] | None = None,
) -> Iterator[Found]:
    """Say that all entries have something, or which have not: by default, that a field is filled."""
    has = has or (lambda entry: bool(getattr(entry, field)))
    without = [entry for entry in entries if not has(entry)]
    if without:
        lacking = themes_counted(without) if without[0].level != "code" else counted(len(without), noun)
        command = f"qualbench codebook set {without[0].id} {field}=TEXT"
        yield missing(f"{lacking} without {what}: {labels(without)}.", command)
    elif entries:
        yield there(f"Every {noun} has {what}.")


def report(evidence: Evidence, asks: frozenset[str]) -> Iterator[Found]:
    """Give what is there of phase 6: exemplars, quotes, memos on themes, what two coders made of it."""
    exemplars = sum(passage.exemplar for passage in evidence.passages)
    examples = sum(evidence.examples.values())
    if exemplars:
        yield there(f"{counted(exemplars, 'coding')} marked as exemplars.", "qualbench quotes")
    if examples:
        yield there(f"{counted(examples, 'passage')} kept as examples of codes.", "qualbench codebook show")
    if evidence.in_layer:
        without = [
            theme
            for theme in evidence.themes
            if not any(passage.exemplar for passage in evidence.spreads[theme.id].passages)
        ]
        if without:
            where = layer_named(evidence.layer)
            yield missing(
                f"No exemplar in {where} for {labels(without)}.", "qualbench code mark ID --exemplar"
            )
        quoted, people = (
            evidence.speakers_of(evidence.in_layer),
            counted(len(evidence.participants), "participant"),
        )
        yield there(
            f"Quotes of {len(quoted)} of {people} to choose from.",
            f"qualbench quotes --layer {evidence.layer}",
        )
    yield from _memos_on_themes(evidence)
    yield from _two_coders(evidence, asks)


def _memos_on_themes(evidence: Evidence) -> Iterator[Found]:
    written = {note.code for note in evidence.notes if note.about == "code"}
    about = [theme for theme in evidence.themes if theme.id in written]
    silent = [theme for theme in evidence.themes if theme.id not in written]
    if about:
        yield there(f"Memos on {themes_counted(about)}.", "qualbench memo list")
    if silent:
        yield missing(f"No memo on {labels(silent)}.", f"qualbench memo add TEXT --code {silent[0].id}")


def _two_coders(evidence: Evidence, asks: frozenset[str]) -> Iterator[Found]:
    words = wording(evidence.stance)
    doubly = [name for name in evidence.sources if len(evidence.finished.get(name, ())) > 1]
    if doubly:
        yield there(
            f"{counted(len(doubly), 'source')} finished by more than one coder. {words.second_coder}",
            "qualbench agreement",
        )
    if evidence.outcomes:
        decided = counted(len(evidence.outcomes), words.difference, words.differences)
        reasoned = sum(has_reason for _, has_reason in evidence.outcomes)
        to_differ = sum(outcome == "agree to differ" for outcome, _ in evidence.outcomes)
        yield there(
            f"{decided} {words.decided}, {reasoned} with a reason; {to_differ} left as two readings.",
            "qualbench reconcile list",
        )
    if RECONCILIATION not in asks:
        return
    if doubly and not evidence.outcomes:
        yield missing(
            f"No {words.difference} of two coders has been {words.decided} yet.",
            "qualbench reconcile list --open",
        )
    if evidence.passages and not doubly:
        yield missing("No source has been finished by two coders.", "qualbench finish SOURCE")


def is_defined(entry: CodeEntry) -> bool:
    """Tell whether an entry says what it means, at length or in short."""
    return bool(entry.definition or entry.short_definition)
