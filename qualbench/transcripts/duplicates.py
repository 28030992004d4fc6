"""Transcripts that are in the study already, under this name or another, or in an earlier version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from qualbench.text.diff import edits_between
from qualbench.text.spans import Edit

CHOICES = ("skip", "keep", "replace")
"""What can be done with a transcript that is like a source: leave it out, keep both, replace the source."""

_LONG = 8  # characters from which on a word counts as long; few corrections touch those
_SHORT = 300  # words of a text under which all of them are taken
_MARKS = ".,:;?!…'\"’‘“”()[]-–—"
_WORTH_A_LOOK = 0.3  # share of runs in common from which on two texts are set against each other
_LIKE = 0.5  # share of words in common from which on two texts are versions of one
_TELLING = 5  # runs without which a text is too short to tell


@dataclass(frozen=True)
class Likeness:
    """A source that a transcript is like.

    Attributes:
        source: The name of the source.
        text: Its text.
        same: Whether the texts are the same to the letter, as they came in.
        share: Share of the words that both have, 0 to 1.
        edits: What makes the transcript of the source, in offsets of the source.
    """

    source: str
    text: str
    same: bool
    share: float
    edits: list[Edit]

    @property
    def percent(self) -> str:
        """The share in per cent; never 100 where anything differs."""
        return f"{min(self.share, 0.999):.1%}"

    @cached_property
    def differing(self) -> list[Edit]:
        """The edits of what is said, those of speaker labels and of mere white space left out."""
        return [
            edit
            for edit in self.edits
            if not _of_label(self.text, edit) and _old(self.text, edit).split() != edit.replacement.split()
        ]

    @cached_property
    def relabelled(self) -> list[tuple[str, str]]:
        """The speaker labels that differ, before and after."""
        labels = [(_old(self.text, e), e.replacement) for e in self.edits if _of_label(self.text, e)]
        return list(dict.fromkeys(labels))

    def passages(self, most: int) -> list[tuple[str, str]]:
        """Give the first few passages that differ, before and after, each with the words around it."""
        return [
            (_around(self.text, edit, _old(self.text, edit)), _around(self.text, edit, edit.replacement))
            for edit in self.differing[:most]
        ]


Signature = frozenset[tuple[str, str, str]]


def signature(words: Sequence[str]) -> Signature:
    """Give the runs of three long words that follow each other among the words of a text.

    Labels, fillers, punctuation and the breaking of talk into turns or captions hardly touch them. A short
    text gives the runs of all its words.
    """
    if len(words) < _SHORT:
        telling = [word.casefold() for word in words]
    else:
        long = [word.strip(_MARKS).casefold() for word in words if len(word) >= _LONG]
        telling = [word for word in long if len(word) >= _LONG]
    return frozenset(zip(telling, telling[1:], telling[2:], strict=False))


def likest(of: Signature, others: Mapping[str, Signature]) -> str | None:
    """Give the name of the text that shares most runs of words, if it shares enough to be worth a look."""
    best, best_share = None, _WORTH_A_LOOK
    for name, other in others.items():
        smaller = min(len(of), len(other))
        if smaller >= _TELLING and (share := len(of & other) / smaller) > best_share:
            best, best_share = name, share
    return best


def compare(name: str, old: str, new: str) -> Likeness | None:
    """Set a transcript against the source that it may be like; None if it is not."""
    edits = edits_between(old, new)
    gone, come = _count(old[e.start : e.end] for e in edits), _count(e.replacement for e in edits)
    share = 1 - (gone + come) / max(1, len(old.split()) + len(new.split()))
    return Likeness(name, old, False, share, edits) if share >= _LIKE else None


def _count(pieces: Iterable[str]) -> int:
    return sum(len(piece.split()) for piece in pieces)


def _old(text: str, edit: Edit) -> str:
    return text[edit.start : edit.end]


def _of_label(text: str, edit: Edit) -> bool:
    """Whether an edit stands where a label does: from the start of a line to a colon."""
    at_start = edit.start == 0 or text[edit.start - 1] == "\n"
    return at_start and text[edit.end : edit.end + 1] == ":" and "\n" not in _old(text, edit)


def _around(text: str, edit: Edit, middle: str, words: int = 4) -> str:
    """Some words with those of the source that stand around them."""
    before = " ".join(text[max(0, edit.start - 60) : edit.start].split()[-words:])
    after = " ".join(text[edit.end : edit.end + 60].split()[:words])
    return " ".join(part for part in (before, f"⟨{' '.join(middle.split())}⟩", after) if part)
