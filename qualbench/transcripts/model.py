"""A transcript between its file and the study: blocks as read, then text with turns.

The text of a source has one layout whatever the file had: preamble and headings as they stand, then each
turn as `Label: words`, its paragraphs on lines of their own, a blank line between turns. So the same
conversation from two formats gives the same text, and offsets mean the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import NamedTuple


class Block(NamedTuple):
    """A paragraph, line or cue as a reader found it.

    Attributes:
        text: Its text, without line breaks.
        speaker: The speaker, where the format itself names one.
        bold: How many code points at its beginning are in bold.
        heading: Whether the format marks it as a heading or title.
        begins_at: Seconds into the recording, where the format tells.
        ends_at: The same for its end.
        apart: Whether it is a turn of its own, even beside others of the same speaker.
        goes_on: Whether it may be the rest of the block before, broken by a program, if it has no label.
        cell: Whether it stood in a table.
    """

    text: str
    speaker: str | None = None
    bold: int = 0
    heading: bool = False
    begins_at: float | None = None
    ends_at: float | None = None
    apart: bool = False
    goes_on: bool = False
    cell: bool = False


class Reading(NamedTuple):
    """What a reader makes of a file.

    Attributes:
        blocks: The paragraphs, lines or cues in order.
        notes: What a person should know of how the file was read, a sentence each.
        encoding: The encoding of a text file; None where the format sets it.
        metadata: What the file says of itself in so many fields, by name in small letters.
    """

    blocks: list[Block]
    notes: list[str]
    encoding: str | None = None
    metadata: Mapping[str, str] = {}


class Utterance(NamedTuple):
    """What one speaker said in one block; `label` is None where no speaker is known, `talk` is False
    for preamble and headings, `apart` as in `Block`."""

    label: str | None
    paragraphs: tuple[str, ...]
    talk: bool = True
    begins_at: float | None = None
    ends_at: float | None = None
    apart: bool = False


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
        roles: What the file says in brackets of some speakers, by label: "P07 (mother)".
        doubtful: What stands once before a colon like a label, and was taken as words.
        utterances: What the text was laid out from; `relabel` starts from these.
        encoding: As in `Reading`.
        metadata: As in `Reading`.
    """

    text: str
    turns: list[TurnSpan]
    notes: list[str] = field(default_factory=list)
    roles: Mapping[str, str] = field(default_factory=dict)
    doubtful: Sequence[str] = ()
    utterances: Sequence[Utterance] = ()
    encoding: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def turns_by_label(self) -> dict[str | None, list[TurnSpan]]:
        """The turns of each speaker, in order; speakers in order of their first turns."""
        turns: dict[str | None, list[TurnSpan]] = {}
        for turn in self.turns:
            turns.setdefault(turn.label, []).append(turn)
        return turns


class Attribution(NamedTuple):
    """Who says what in a file; the other fields as in `Transcript`."""

    utterances: list[Utterance]
    notes: list[str]
    roles: Mapping[str, str] = {}
    doubtful: Sequence[str] = ()


def compose(
    utterances: Sequence[Utterance],
    notes: list[str],
    roles: Mapping[str, str] | None = None,
    doubtful: Sequence[str] = (),
) -> Transcript:
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
    return Transcript("".join(pieces), turns, notes, roles or {}, doubtful, utterances)


def relabel(transcript: Transcript, labels: Mapping[str, str | None]) -> Transcript:
    """Lay a transcript out anew with other labels.

    Args:
        transcript: The transcript.
        labels: The new label of each that changes. None says that it is no label: it goes back into the
            words of whoever was speaking, or is preamble if nobody was yet. A doubtful label given here is
            one after all; paragraphs after it stay with who was speaking.
    """
    utterances: list[Utterance] = []
    speaking: str | None = None
    for utterance in transcript.utterances:
        label = utterance.label
        first, _, rest = utterance.paragraphs[0].partition(":")
        if utterance.talk and first in transcript.doubtful and labels.get(first):
            said = (rest.strip(), *utterance.paragraphs[1:])
            utterances.append(utterance._replace(label=labels[first], paragraphs=said))
            continue
        if label is not None and label in labels:
            if labels[label] is None:
                words = f"{label}: {utterance.paragraphs[0]}"
                utterance = utterance._replace(paragraphs=(words, *utterance.paragraphs[1:]))
            now = labels[label] or speaking
            utterance = utterance._replace(label=now, talk=now is not None)
        if utterance.talk:
            speaking = utterance.label
        utterances.append(utterance)
    roles = {labels.get(label) or label: role for label, role in transcript.roles.items()}
    doubtful = [label for label in transcript.doubtful if label not in labels]
    laid_out = compose(utterances, transcript.notes, roles, doubtful)
    return replace(laid_out, encoding=transcript.encoding, metadata=transcript.metadata)


def _joined(utterances: Iterable[Utterance]) -> list[Utterance]:
    """Join consecutive utterances of one labelled speaker; cues of a recording run on in one paragraph."""
    joined: list[Utterance] = []
    for _, same in groupby(
        utterances, key=lambda u: u.label if u.talk and u.label and not u.apart else id(u)
    ):
        run = list(same)
        if len(run) == 1:
            joined.append(run[0])
            continue
        paragraphs = [paragraph for utterance in run for paragraph in utterance.paragraphs]
        if all(utterance.ends_at is not None for utterance in run):
            paragraphs = [" ".join(paragraphs)]
        joined.append(run[0]._replace(paragraphs=tuple(paragraphs), ends_at=run[-1].ends_at))
    return joined
