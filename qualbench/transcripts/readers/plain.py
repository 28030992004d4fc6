"""Plain text and Markdown, in any encoding."""

from __future__ import annotations

import re

from qualbench.transcripts.encoding import decode
from qualbench.transcripts.model import Block, Reading
from qualbench.transcripts.readers.lines import line_blocks, without_page_numbers

_FIELD = re.compile(r"([A-Za-z][\w -]{0,40}?)\s*:\s*(.*)")
_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*")
_BOLD = re.compile(r"(\*\*|__)(.{1,60}?)\1")


def read(data: bytes, name: str) -> Reading:
    """Read plain text: a block a line, or a block a paragraph where a program has wrapped the lines.

    Front matter (fields between two lines of three hyphens at the start) is metadata, and stays in the
    text as preamble.

    Raises:
        BadInput: If the bytes are not text.
    """
    text, encoding, notes = decode(data, name)
    lines = text.split("\n")
    fields, lines = _front_matter(lines)
    lines, page_notes = without_page_numbers(lines)
    blocks = line_blocks(lines)
    metadata = {
        match[1].casefold(): match[2].strip("'\" ") for match in map(_FIELD.fullmatch, fields) if match
    }
    preamble = [Block(field.strip(), heading=True) for field in fields if field.strip()]
    return Reading(preamble + blocks, notes + page_notes, encoding, metadata)


def read_markdown(data: bytes, name: str) -> Reading:
    """Read Markdown as plain text in which `# ...` is a heading and `**...**` at the start of a line bold.

    Raises:
        BadInput: If the bytes are not text.
    """
    reading = read(data, name)
    return reading._replace(blocks=[_marked_up(block) for block in reading.blocks])


def _front_matter(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines of the front matter, and those after it."""
    if lines[0].strip() == "---":
        for n, line in enumerate(lines[1:60], start=1):
            if line.strip() in ("---", "..."):
                return lines[1:n], lines[n + 1 :]
    return [], lines


def _marked_up(block: Block) -> Block:
    heading = _HEADING.fullmatch(block.text)
    if heading is not None:
        return block._replace(text=heading[1], heading=True)
    bold = _BOLD.match(block.text)
    if bold is not None:
        return block._replace(text=bold[2] + block.text[bold.end() :], bold=len(bold[2]))
    return block
