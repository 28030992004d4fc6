"""What a person sees of a file before it comes in, but for its speakers."""

from __future__ import annotations

from rich.text import Text

from qualbench.transcripts.candidates import Candidate, source_name
from qualbench.transcripts.duplicates import Likeness

_PASSAGES = 8


def headline(candidate: Candidate) -> Text:
    """Give the file, the source it becomes, and what is said of it."""
    a, transcript = candidate.attributes, candidate.transcript
    name = "" if candidate.name == source_name(candidate.path) else f" as {candidate.name}"
    said = ", ".join(value for value in (a.kind or "interview", a.timepoint, a.site, a.date, a.mode) if value)
    encoding = f", {transcript.encoding}" if transcript.encoding else ""
    return Text.assemble(
        (candidate.file, "bold"),
        name,
        f"\n{candidate.format}{encoding}, {candidate.words:,} words, {len(transcript.turns)} turns\n",
        (said, "dim"),
    )


def details(candidate: Candidate) -> Text:
    """Give the first and last turn, what to know of the file, and how it differs from a source like it."""
    text, turns = candidate.transcript.text, candidate.transcript.turns
    parts = Text()
    for which, turn in (("First turn", turns[0]), ("Last turn", turns[-1])):
        parts.append(f"{which}\n", "dim")
        parts.append(" ".join(text[turn.label_start : turn.end].split())[:200] + "\n\n")
    if candidate.likeness is not None:
        parts.append(_likeness(candidate, candidate.likeness))
    if candidate.notes:
        parts.append("To know\n", "dim")
        parts.append("\n".join(f"• {note}" for note in candidate.notes))
    return parts


def _likeness(candidate: Candidate, like: Likeness) -> Text:
    if like.same:
        return Text(f"The same text is in the study already, as {like.source}.\n\n", "bold")
    parts = Text.assemble(
        (f"{like.percent} of its words are those of {like.source}. ", "bold"),
        f"Passages that differ: {len(like.differing)}\n",
    )
    for old, new in like.relabelled[:_PASSAGES]:
        parts.append(f"label {old} is now {new}\n")
    for before, after in like.passages(_PASSAGES):
        parts.append(f"- {before}\n+ {after}\n")
    if len(like.differing) > _PASSAGES:
        parts.append(f"and {len(like.differing) - _PASSAGES} more\n")
    if candidate.replacement is not None:
        moved, stranded = candidate.replacement.moved, len(candidate.replacement.stranded)
        parts.append(f"Replacing moves {moved} codings, decisions and memos; {stranded} cannot be placed.\n")
    parts.append("\n")
    return parts
