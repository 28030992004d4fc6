"""Finding the turns of a text that must stay letter by letter as it is, because passages of it are coded."""

from __future__ import annotations

from collections.abc import Iterator

from qualbench.transcripts.labels import label_blocks
from qualbench.transcripts.model import Block, TurnSpan
from qualbench.transcripts.readers.lines import line_blocks
from qualbench.transcripts.timecodes import lift_times


def turns_in_place(text: str) -> list[TurnSpan]:
    """Give the turns of a text; where no speaker labels are found, each paragraph is one without a label.

    Neighbours of one speaker are not joined, for a label may stand between them. What stands before the first
    label is no talk.

    Args:
        text: With LF newlines.
    """
    lines = text.split("\n")
    blocks, _ = lift_times(line_blocks(lines))
    places = list(_places(lines, blocks))
    if len(places) < len(blocks):  # a line that is only a time was taken for another
        blocks = line_blocks(lines)
        places = list(_places(lines, blocks))
    labelled, _ = label_blocks(blocks)
    labels = any(labelled)
    spellings: dict[str, str] = {}
    turns: list[TurnSpan] = []
    for block, found, (start, end) in zip(blocks, labelled, places, strict=True):
        words = found.words if found else block.text
        at = max(start, text.rfind(words, start, end)) if words else end
        until = at + len(words) if words else end
        if found:
            label = spellings.setdefault(found.label.folded, found.label.text)
            turns.append(TurnSpan(label, start, at, until, block.begins_at, block.ends_at))
        elif turns and (labels or block.goes_on):
            last = turns[-1]
            bare = last.start == last.end  # its label stands on a line of its own
            turns[-1] = last._replace(start=at if bare else last.start, end=until)
        elif not labels:
            turns.append(TurnSpan(None, at, at, until, block.begins_at, block.ends_at))
    return [turn for turn in turns if turn.start < turn.end]


def _places(lines: list[str], blocks: list[Block]) -> Iterator[tuple[int, int]]:
    """Where the line stands that each block was made from; a line with nothing but a time made none."""
    ahead = iter(blocks)
    block = next(ahead, None)
    start = 0
    for line in lines:
        if block is not None and line.strip() and block.text in line and (block.text or block.speaker):
            lead = len(line) - len(line.lstrip())
            yield start + lead, start + len(line.rstrip())
            block = next(ahead, None)
        start += len(line) + 1
