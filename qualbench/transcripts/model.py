"""A transcript between its file and the study: blocks as read, then text with turns.

The text of a source has one layout whatever the file had: preamble and headings as they stand, then each
turn as `Label: words`, its paragraphs on lines of their own, a blank line between turns. So the same
conversation from two formats gives the same text, and offsets mean the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from qualbench.text.words import count_words


class Block(NamedTuple):
    """A paragraph, line or cue as a reader found it.

    Attributes:
        text: Its text, without line breaks.
        speaker: The speaker, where the format itself names one.
        bold: How many code points at its beginning are in bold.
        heading: Whether the format marks it as a heading or title.
        begins_at: Seconds into the recording, where the format tells.
        ends_at: The same for its end.
    """

    text: str
    speaker: str | None = None
    bold: int = 0
    heading: bool = False
    begins_at: float | None = None
    ends_at: float | None = None


class Utterance(NamedTuple):
    """What one speaker said without a break; `label` is None where no speaker is known, `talk` is False
    for preamble and headings."""

    label: str | None
    paragraphs: tuple[str, ...]
    talk: bool = True
    begins_at: float | None = None
    ends_at: float | None = None


class TurnSpan(NamedTuple):
    """A turn in the text of a transcript: [start, end) holds the words, [label_start, start) the label."""

    label: str | None
    label_start: int
    start: int
    end: int
    begins_at: float | None
    ends_at: float | None


@dataclass(frozen=True)
class Transcript:
    """A text with its turns, ready to become a source.

    Attributes:
        notes: What a person should know of how the file was read, a sentence each.
    """

    text: str
    turns: list[TurnSpan]
    notes: list[str] = field(default_factory=list)

    @cached_property
    def words(self) -> int:
        """The number of words of the text, labels and preamble among them."""
        return count_words(self.text)


def compose(utterances: Iterable[Utterance], notes: list[str]) -> Transcript:
    """Lay out utterances as the text of a source, joining neighbours of one speaker into a turn."""
    pieces: list[str] = []
    turns: list[TurnSpan] = []
    length = 0
    for utterance in _joined(utterances):
        if pieces:
            pieces.append("\n\n")
            length += 2
        words = "\n".join(utterance.paragraphs)
        prefix = f"{utterance.label}: " if utterance.label else ""
        if utterance.talk:
            start = length + len(prefix)
            turns.append(
                TurnSpan(
                    utterance.label,
                    length,
                    start,
                    start + len(words),
                    utterance.begins_at,
                    utterance.ends_at,
                )
            )
        pieces += (prefix, words)
        length += len(prefix) + len(words)
    return Transcript("".join(pieces), turns, notes)


def _joined(utterances: Iterable[Utterance]) -> Iterable[Utterance]:
    """Join consecutive utterances of one labelled speaker; cues of a recording run on in one paragraph."""
    last: Utterance | None = None
    for utterance in utterances:
        if last and utterance.talk and last.talk and utterance.label and last.label == utterance.label:
            timed = last.begins_at is not None and utterance.begins_at is not None
            paragraphs = (
                (" ".join(last.paragraphs + utterance.paragraphs),)
                if timed
                else last.paragraphs + utterance.paragraphs
            )
            last = last._replace(paragraphs=paragraphs, ends_at=utterance.ends_at)
            continue
        if last:
            yield last
        last = utterance
    if last:
        yield last
