"""The text layer of PDFs, by the library pypdf."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from itertools import groupby, pairwise

from qualbench.errors import BadInput
from qualbench.text.words import normalise
from qualbench.transcripts.model import Reading
from qualbench.transcripts.readers.lines import line_blocks

_PAGE_NUMBER = re.compile(
    r"(?:page|seite|p\.?)?\s*[-–]?\s*\d{1,4}\s*[-–]?(?:\s*(?:/|of)\s*\d{1,4})?", re.IGNORECASE
)
_LINE_NUMBER = re.compile(r"\d{1,5}")
_NUMBERED_LINE = re.compile(r"\s*(\d{1,5})\s+(\S.*)|\s*(\S.*?)\s+(\d{1,5})\s*")
_EDGE = 2  # lines at the top and bottom of a page that may be furniture
_PAGES_LIMIT = 1_000


def read(data: bytes, name: str) -> Reading:
    """Read the text of a PDF: a block a paragraph, page numbers, line numbers and running heads left out.

    Raises:
        BadInput: If the file is not a PDF, is protected or damaged, or holds no text, as a scan.
    """
    pages = [_lines(text) for text in _page_texts(data, name)]
    notes = []
    pages, in_columns = _without_columns_of_numbers(pages)
    pages, running = _without_furniture(pages)
    pages, in_lines = _without_line_numbers(pages)
    if in_columns + in_lines:
        notes.append(f"Line numbers were left out: {in_columns + in_lines}.")
    if running:
        notes.append(f"Page numbers and running heads were left out: {running}.")
    lines = [line for page in pages for line in page]
    if not any(lines):
        raise BadInput(
            f"{name}: there is no text in it; it may be a scan.",
            "Have it typed, or run text recognition first.",
        )
    return Reading(line_blocks(lines), notes)


def _page_texts(data: bytes, name: str) -> list[str]:
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it mends in damaged files is not news
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise BadInput(f"{name}: it is protected by a password.", "Save it without one.")
        if len(reader.pages) > _PAGES_LIMIT:
            raise BadInput(f"{name}: it has more than 1,000 pages.", "A transcript has not; check it.")
        return [page.extract_text() for page in reader.pages]
    except BadInput:
        raise
    except RecursionError:
        raise BadInput(f"{name}: the PDF is damaged.", "Export it again, or save it as text.") from None
    except Exception as error:  # pypdf lets through whatever a damaged file makes it run into
        logging.getLogger(__name__).info("%s: pypdf raised %s", name, type(error).__name__)
        raise BadInput(
            f"{name}: the PDF is damaged or protected.", "Export it again, or save it as text."
        ) from None


def _lines(text: str) -> list[str]:
    """The lines of a page; some programs write every space as a tab."""
    return [" ".join(line.split()) for line in normalise(text).split("\n") if line.strip()]


def _without_furniture(pages: list[list[str]]) -> tuple[list[list[str]], int]:
    """Leave out page numbers, and lines that stand at the edge of most pages, and nowhere else, whatever
    numbers they hold."""

    def kind(line: str) -> str:
        return re.sub(r"\d+", "#", line)

    edges = [{n for n in range(len(page)) if n < _EDGE or n >= len(page) - _EDGE} for page in pages]
    everywhere = Counter(kind(line) for page in pages for line in page)
    seen = Counter(kind(page[n]) for page, edge in zip(pages, edges, strict=True) for n in edge)
    running = {
        found
        for found, count in seen.items()
        if count >= 3 and 2 * count > len(pages) and count == everywhere[found]
    }
    kept = [
        [
            line
            for n, line in enumerate(page)
            if not (n in edge and (_PAGE_NUMBER.fullmatch(line) or kind(line) in running))
        ]
        for page, edge in zip(pages, edges, strict=True)
    ]
    return kept, sum(map(len, pages)) - sum(map(len, kept))


def _without_columns_of_numbers(pages: list[list[str]]) -> tuple[list[list[str]], int]:
    """Leave out runs of three or more lines that are numbers in sequence: line numbers drawn apart."""
    kept: list[list[str]] = []
    for page in pages:
        lines: list[str] = []
        for _, run in groupby(enumerate(page), key=lambda item: _sequence(*item)):
            found = [line for _, line in run]
            if len(found) < 3 or not _LINE_NUMBER.fullmatch(found[0]):
                lines += found
        kept.append(lines)
    return kept, sum(map(len, pages)) - sum(map(len, kept))


def _without_line_numbers(pages: list[list[str]]) -> tuple[list[list[str]], int]:
    """Leave out numbers that stand before or after most lines and count them."""
    matches = [[_NUMBERED_LINE.fullmatch(line) for line in page] for page in pages]
    numbered = [match for page in matches for match in page]
    values = [int(match[1] or match[4]) for match in numbered if match]
    rising = sum(b == a + 1 for a, b in pairwise(values))
    if len(values) < 5 or len(values) < 0.6 * len(numbered) or rising < 0.6 * len(values):
        return pages, 0
    bare = [
        [(match[2] or match[3]) if match else line for line, match in zip(page, found, strict=True)]
        for page, found in zip(pages, matches, strict=True)
    ]
    return bare, len(values)


def _sequence(position: int, line: str) -> int | str:
    """What lines that are numbers in sequence have in common: their number less their place."""
    return int(line) - position if _LINE_NUMBER.fullmatch(line) else f"text {position}"
