"""Tables in which transcription companies lay talk out: time | speaker | words, in any order of columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from qualbench.transcripts.model import Block
from qualbench.transcripts.timecodes import TIME, seconds

Row = Sequence[Sequence[str]]
"""The cells of a row, each as its paragraphs."""

_TIME_CELL = re.compile(rf"[\[(]?({TIME})[\])]?(?:\s*(?:-->|[-–—]|to)?\s*[\[(]?({TIME})[\])]?)?")
_HEADERS = re.compile(
    r"#|no\.?|line|number|turn|time(?: ?(?:code|stamp)s?)?|start|end|speaker|name|who|participant|label|text|"
    r"words|transcript(?:ion)?|utterance|speech|content|dialogue|comments?|notes?",
    re.IGNORECASE,
)
_MOSTLY = 0.8  # share of the filled cells of a column that must be of its kind


def read_table(rows: Sequence[Row]) -> list[Block]:
    """Give the blocks of a table.

    A table with a column of words beside one of speakers or times is talk: a block a paragraph of the
    words, the first of a row with its speaker and time. Any other table is kept as lines that are not talk.
    """
    rows = [row for row in rows if any(cell for cell in row)]
    body = rows[1:] if rows and _is_header(rows[0]) else rows
    width = max((len(row) for row in body), default=0)
    if width < 2:
        return [Block(text) for row in rows for cell in row for text in cell]
    columns = [[" ".join(row[n]) if n < len(row) else "" for row in body] for n in range(width)]
    times = [n for n in range(width) if _mostly(columns[n], lambda cell: bool(_TIME_CELL.fullmatch(cell)))]
    others = [n for n in range(width) if n not in times] or times
    words = max(others, key=lambda n: sum(map(len, columns[n])))
    speaker = next((n for n in others if n != words and _are_speakers(columns[n])), None)
    if speaker is None and not times:
        return [Block(" | ".join(" ".join(cell) for cell in row if cell), heading=True) for row in rows]
    blocks: list[Block] = []
    for n, row in enumerate(body):
        begins_at, ends_at = _times([columns[column][n] for column in times])
        label = columns[speaker][n].rstrip(": ") if speaker is not None else ""
        paragraphs = list(row[words]) if words < len(row) else []
        for k, text in enumerate(paragraphs or ([""] if label else [])):
            blocks.append(Block(text, (label or None) if k == 0 else None, 0, False, begins_at, ends_at))
    return blocks


def _is_header(row: Row) -> bool:
    cells = [" ".join(cell).strip() for cell in row if cell]
    return bool(cells) and all(_HEADERS.fullmatch(cell) for cell in cells)


def _mostly(column: Sequence[str], is_kind: Callable[[str], bool]) -> bool:
    filled = [cell for cell in column if cell.strip()]
    return bool(filled) and sum(map(is_kind, filled)) >= _MOSTLY * len(filled)


def _are_speakers(column: Sequence[str]) -> bool:
    """Short cells without end marks, not numbers, and in a table of some length not all different."""
    filled = [cell.rstrip(": ") for cell in column if cell.strip()]
    short = _mostly(filled, lambda cell: len(cell) <= 40 and len(cell.split()) <= 4 and cell[-1] not in ".?!")
    different = len({cell.casefold() for cell in filled})
    return short and not _mostly(filled, str.isdigit) and (len(filled) < 4 or different * 2 <= len(filled))


def _times(cells: Sequence[str]) -> tuple[float | None, float | None]:
    found = [time for cell in cells for time in re.findall(TIME, cell)]
    if not found:
        return None, None
    return seconds(found[0]), seconds(found[-1]) if len(found) > 1 else None
