"""The history of the coding frame, version by version, in sentences: the audit trail reviewers ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.analysis.document import (
    Block,
    Bullets,
    Heading,
    Paragraph,
    blocks_as_markdown,
    counted,
    day_of,
    in_words,
)
from qualbench.analysis.frame_events import RELEASE, FrameEvent, frame_events
from qualbench.codebook.diff import CodeChange, diff_codebooks
from qualbench.codebook.tree import Codebook, CodeEntry
from qualbench.codebook.versions import Version, list_versions, version_of
from qualbench.coding.blind import in_any_view
from qualbench.study.database import Study
from qualbench.study.settings import read_stance
from qualbench.study.stance import wording
from qualbench.study.tables import Coding, table_of
from qualbench.text.diff import edits_between
from qualbench.text.words import count_words

_FIELDS = {
    "definition": "full definition",
    "when_to_use": "when to use it",
    "when_not_to_use": "when not to use it",
    "typical_example": "typical example",
    "atypical_example": "atypical example",
    "near_miss_example": "example that is close but not it",
    "central_concept": "central organising concept",
    "also_in": "candidate themes",
    "stakeholders": "stakeholder types",
    "question": "question served",
    "split_from": "what it was split from",
}
_TOGETHER = {"added": "Added", "agreed": "No longer candidates:", "restored": "Brought back"}
"""Kinds of change that are told of several entries at once."""


@dataclass(frozen=True)
class FrameChange:
    """What became of one entry, or several alike, from one version to the next.

    Attributes:
        kind: One of `codebook.diff.KINDS`.
        sentence: What became of it, the codings concerned included.
        codings: How many codings in view are concerned, where passages are to be read again; else None.
    """

    kind: str
    sentence: str
    codings: int | None = None


@dataclass(frozen=True)
class VersionHistory:
    """How a version of the codebook came about.

    Attributes:
        version: The version; None for what has come since the last one.
        before: The number of the version before it, 0 for none.
        stance: The stance of the study, for the wording.
        changes: What differs from the version before.
        events: What was done, by whom, when and why, in order.
    """

    version: Version | None
    before: int
    stance: str
    changes: list[FrameChange]
    events: list[FrameEvent]

    @property
    def title(self) -> str:
        """What it is the history of."""
        if self.version is not None:
            return f"Version {self.version.number}, {day_of(self.version.released_at)}"
        return f"Since version {self.before}" if self.before else "Before the first version"


def frame_history(study: Study) -> list[VersionHistory]:
    """Give the history of the coding frame, the first version first, then what came since the last one.

    Codings are counted as far as the coder at work may see them.
    """
    stance, versions, events = read_stance(study), list_versions(study), frame_events(study)
    coding = table_of(Coding)
    with study.read() as db:
        books = [
            Codebook([]),
            *(version_of(db, version.number) for version in versions),
            version_of(db, None),
        ]
        codings = db.execute(
            sa.select(coding.c.code_id, coding.c.made_as, coding.c.created_at).where(in_any_view(study.coder))
        ).all()
    history, told = [], 0
    for n, version in enumerate([*versions, None]):
        until = next((e.number for e in events if version and e.released == version.number), None)
        until = until or (events[-1].number if events else 0)
        here = [event for event in events if told < event.number <= until and event.kind != RELEASE]
        told = until if version else told
        before = versions[n - 1].number if n else 0
        frozen = version.released_at if version else None
        concerned = _by_code([row for row in codings if frozen is None or row.created_at <= frozen])
        changes = _told(diff_codebooks(books[n], books[n + 1]), books[n], books[n + 1], concerned)
        if version is not None or here or changes:
            history.append(VersionHistory(version, before, stance, changes, here))
    return history


def history_as_markdown(history: Sequence[VersionHistory]) -> str:
    """Write a history as Markdown, a heading for each version."""
    return blocks_as_markdown(history_blocks(history))


def history_blocks(history: Sequence[VersionHistory]) -> list[Block]:
    """Give a history as headings, paragraphs and lists."""
    words = wording(history[0].stance if history else "codebook")
    blocks: list[Block] = [Heading(words.history, 1)]
    if not history:
        return [*blocks, Paragraph("Nothing recorded: the study has no codes yet.")]
    blocks.append(Paragraph(f"The study is {words.kind}. {words.themes} {words.second_coder}"))
    for part in history:
        blocks.append(Heading(part.title, 2))
        if part.version is not None:
            blocks.append(Paragraph(_about(part.version, words.settled)))
        compared = f"What differs from version {part.before}" if part.before else "What it holds"
        if part.changes:
            blocks += [Heading(compared, 3), Bullets(tuple(one.sentence for one in part.changes))]
        if part.events:
            blocks += [Heading("How it came about", 3), Bullets(tuple(map(_event, part.events)))]
    return blocks


def _about(version: Version, settled: str) -> str:
    who = f"{settled.capitalize()} {version.agreed_by}; released by {version.released_by}"
    return f"{who}, with {counted(version.codes, 'entry', 'entries')} in use. Note: {version.note}"


def _event(event: FrameEvent) -> str:
    reason = f" Reason: {event.reason}" if event.reason else ""
    return f"{day_of(event.at)}, {event.coder}: {event.sentence}{reason}"


def _by_code(rows: Sequence[sa.Row[tuple[str, str | None, str]]]) -> Mapping[str, int]:
    """How many codings were made with a code, or have it now."""
    counts: dict[str, int] = {}
    for row in rows:
        for code in {row.code_id, row.made_as or row.code_id}:
            counts[code] = counts.get(code, 0) + 1
    return counts


def _told(
    changes: Sequence[CodeChange], old: Codebook, new: Codebook, concerned: Mapping[str, int]
) -> list[FrameChange]:
    together: dict[tuple[str, str], list[str]] = {}
    single = []
    for change in changes:
        if change.kind in _TOGETHER:
            above = new.by_id.get(change.after.parent_id or "") if change.after else None
            where = f"'{above.label}'" if above and change.kind == "added" else ""
            together.setdefault((change.kind, where), []).append(f"'{change.label}'")
        else:
            single.append(_one(change, old, new, concerned))
    groups = [
        FrameChange(kind, _group(kind, where, in_words(names), first=not len(old)))
        for (kind, where), names in together.items()
    ]
    return groups + single


def _group(kind: str, where: str, names: str, *, first: bool) -> str:
    if first and kind == "added":
        return f"Below {where}: {names}." if where else f"At the top: {names}."
    return f"{_TOGETHER[kind]} {names} below {where}." if where else f"{_TOGETHER[kind]} {names}."


def _one(change: CodeChange, old: Codebook, new: Codebook, concerned: Mapping[str, int]) -> FrameChange:
    sentence = _sentence(change, old, new)
    if not change.asks_for_reading:
        return FrameChange(change.kind, f"{sentence}.")
    codings = concerned.get(change.id, 0)
    return FrameChange(change.kind, f"{sentence}; {counted(codings, 'coding')} concerned.", codings)


def _sentence(change: CodeChange, old: Codebook, new: Codebook) -> str:
    label = f"'{change.label}'"
    match change.kind:
        case "merged":
            return f"Merged {label} into '{_label(new, change.names[0])}'"
        case "split":
            return f"Split {label} into {in_words([_quoted(new, part) for part in change.names])}"
        case "renamed":
            assert change.before is not None
            return f"Renamed '{change.before.label}' to {label}"
        case "moved":
            return f"Moved {label} {_from(change, old)} {_to(change, new)}"
        case "retired":
            return f"Retired {label}"
        case "removed":
            return f"Took out {label}"
        case "redefined":
            return f"Redefined {label}: {in_words([_reworded(change, name) for name in change.names])}"
        case _:
            return f"Changed {in_words([_field(name) for name in change.names])} of {label}"


def _from(change: CodeChange, old: Codebook) -> str:
    parent = change.before.parent_id if change.before else None
    return f"from below {_quoted(old, parent)}" if parent else "from the top"


def _to(change: CodeChange, new: Codebook) -> str:
    parent = change.after.parent_id if change.after else None
    return f"to below {_quoted(new, parent)}" if parent else "to the top"


def _reworded(change: CodeChange, name: str) -> str:
    """What a redefinition did to one field, in numbers of words."""
    old, new = (_words(entry, name) for entry in (change.before, change.after))
    if not old or not new:
        done = "written" if new else "taken out"
        return f"{_field(name)} ({done}, {counted(count_words(old or new), 'word')})"
    edits = edits_between(old, new)
    out = sum(count_words(old[edit.start : edit.end]) for edit in edits)
    came = sum(count_words(edit.replacement) for edit in edits)
    return f"{_field(name)} ({counted(out, 'word')} out, {came} in)"


def _words(entry: CodeEntry | None, name: str) -> str:
    return str(getattr(entry, name)) if entry is not None else ""


def _field(name: str) -> str:
    return _FIELDS.get(name, name.replace("_", " "))


def _label(book: Codebook, code_id: str) -> str:
    return book.by_id[code_id].label if code_id in book.by_id else code_id


def _quoted(book: Codebook, code_id: str) -> str:
    return f"'{_label(book, code_id)}'"
