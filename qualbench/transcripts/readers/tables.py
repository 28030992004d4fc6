"""Tables in which transcription companies lay talk out: time | speaker | words, in any order of columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from qualbench.transcripts.labels import INTERVIEWER, looks_like_label
from qualbench.transcripts.model import Block
from qualbench.transcripts.timecodes import TIME, seconds

Row = Sequence[Sequence[str]]
"""The cells of a row, each as its paragraphs; a cell over several columns is followed by empty ones."""

_CODE = rf"[\[(]?({TIME})[\])]?"
_TIME_CELL = re.compile(rf"{_CODE}(?:\s*(?:-->|[-–—]|to)?\s*{_CODE})?")
_SPEAKERS = re.compile(r"speakers?|names?|who|participants?|labels?|voice", re.IGNORECASE)
_HEADERS = re.compile(
    r"#|no\.?|lines?|numbers?|turns?|time(?: ?(?:code|stamp)s?)?|start|end|texts?|words|transcript(?:ion)?|"
    r"utterances?|speech|talk|content|dialogue|said|comments?|notes?|remarks?|codes?|themes?|analysis|"
    + _SPEAKERS.pattern,
    re.IGNORECASE,
)
_MOSTLY = 0.8  # share of the filled cells of a column that must be of its kind
_WITH_TIME = 30  # characters of a cell with a time code
_ABOVE = 3  # rows among which the header is


def only_tables_talk(blocks: list[Block]) -> list[Block]:
    """Make of what stands around tables of talk lines that are not talk, unless it is most of the text."""
    if not any(block.cell and block.speaker for block in blocks):
        return blocks
    around = sum(len(block.text) for block in blocks if not block.cell)
    if 2 * around > sum(len(block.text) for block in blocks):
        return blocks
    return [block if block.cell else block._replace(heading=True, bold=0) for block in blocks]


class _Columns(NamedTuple):
    """What the columns of a table of talk hold, by number."""

    words: int
    speaker: int | None
    times: list[int]
    others: list[int]


def read_table(rows: Sequence[Row]) -> list[Block]:
    """Give the blocks of a table.

    A table with a column of words beside one of speakers, times or numbers is talk: a block a paragraph of
    the words, the first of a row with its speaker and time. What stands in its other columns, or in a row
    that does not fit, is kept as lines that are not talk; so is any other table.
    """
    return [block._replace(cell=True) for block in _table_blocks([row for row in rows if any(row)])]


def _table_blocks(rows: Sequence[Row]) -> list[Block]:
    if all(len([cell for cell in row if cell]) < 2 for row in rows):
        return [Block(text) for row in rows for cell in row for text in cell]
    header = next((n for n, row in enumerate(rows[:_ABOVE]) if _is_header(row)), None)
    above, body = (rows[:header], rows[header + 1 :]) if header is not None else ([], rows)
    columns = _columns(body, rows[header] if header is not None else [])
    if columns is None:
        return _two_voices(rows) or [_line(row) for row in rows]
    blocks = [_line(row) for row in above]
    for row in body:
        blocks += _row_blocks(row, columns)
    return blocks


def _columns(rows: Sequence[Row], names: Row) -> _Columns | None:
    """What the columns hold; None if the table is no talk."""
    width = max((len(row) for row in rows), default=0)
    usual = [row for row in rows if sum(map(bool, row)) > 1]  # the others are lines over the whole table
    columns = [[_cell(row, n) for row in usual] for n in range(width)]
    filled = [n for n in range(width) if any(columns[n])]
    times = [n for n in filled if _mostly(columns[n], _is_time)]
    numbers = [n for n in filled if n not in times and _mostly(columns[n], str.isdigit)]
    rest = [n for n in filled if n not in times and n not in numbers]
    speaker = next((n for n in rest if _are_speakers(columns[n], _cell(names, n).strip())), None)
    rest = [n for n in rest if n != speaker]
    if not rest or (speaker is None and not times and not numbers):
        return None
    words = max(rest, key=lambda n: sum(map(len, columns[n])))
    return _Columns(words, speaker, times, [n for n in rest if n != words])


def _row_blocks(row: Row, columns: _Columns) -> list[Block]:
    paragraphs = row[columns.words] if columns.words < len(row) else []
    if not paragraphs and sum(map(bool, row)) == 1:
        return [_line(row)]
    times = [_cell(row, n) for n in columns.times]
    begins_at, ends_at = _times(times)
    label = _cell(row, columns.speaker) if columns.speaker is not None else ""
    in_label = re.search(_CODE, label)
    if in_label is not None and begins_at is None:
        label, begins_at = label.replace(in_label[0], ""), seconds(in_label[1])
    label = label.strip().rstrip(": ")
    blocks = [
        Block(text, (label or None) if n == 0 else None, 0, False, begins_at, ends_at)
        for n, text in enumerate(paragraphs or ([""] if label else []))
    ]
    aside = [_cell(row, n) for n in columns.others] + [t for t in times if not _TIME_CELL.fullmatch(t)]
    return blocks + [Block(text, heading=True) for text in aside if text]


def _two_voices(rows: Sequence[Row]) -> list[Block]:
    """The talk of a table whose columns are two speakers, named in its first row; none if it is not so."""
    names = [" ".join(cell).strip().rstrip(":") for cell in rows[0]]
    if len(names) < 2 or not all(map(looks_like_label, names)) or not any(map(INTERVIEWER.fullmatch, names)):
        return []
    return [
        Block(text, names[n] if k == 0 else None)
        for row in rows[1:]
        for n, cell in enumerate(row[: len(names)])
        for k, text in enumerate(cell)
    ]


def _cell(row: Row, n: int) -> str:
    return " ".join(row[n]) if n < len(row) else ""


def _line(row: Row) -> Block:
    return Block(" | ".join(" ".join(cell) for cell in row if cell), heading=True)


def _is_header(row: Row) -> bool:
    """Most of the cells are words for columns, and none is more than a few words."""
    cells = [" ".join(cell).strip() for cell in row if cell]
    named = sum(bool(_HEADERS.fullmatch(cell)) for cell in cells)
    return named > 1 and 2 * named >= len(cells) and all(len(cell.split()) <= 4 for cell in cells)


def _is_time(cell: str) -> bool:
    """Whether a cell holds a time code, and at most a few words beside it."""
    return len(cell) <= _WITH_TIME and re.match(_CODE, cell) is not None


def _mostly(column: Sequence[str], is_kind: Callable[[str], bool]) -> bool:
    filled = [cell for cell in column if cell.strip()]
    return bool(filled) and sum(map(is_kind, filled)) >= _MOSTLY * len(filled)


def _are_speakers(column: Sequence[str], name: str) -> bool:
    """Short cells that come back, or look like labels, or stand under a word for speakers."""
    filled = [re.sub(_CODE, "", cell).strip().rstrip(": ") for cell in column if cell.strip()]
    short = _mostly(
        filled, lambda cell: 0 < len(cell) <= 60 and len(cell.split()) <= 8 and cell[-1] not in ".?!"
    )
    different = len({cell.casefold() for cell in filled})
    come_back = different * 3 <= len(filled) * 2
    return short and (come_back or bool(_SPEAKERS.fullmatch(name)) or all(map(looks_like_label, filled)))


def _times(cells: Sequence[str]) -> tuple[float | None, float | None]:
    found = [time for cell in cells for time in re.findall(TIME, cell)]
    if not found:
        return None, None
    return seconds(found[0]), seconds(found[-1]) if len(found) > 1 else None
