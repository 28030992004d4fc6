"""The dataset: a row for each coded passage and case, from which NVivo can code anew without any offsets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from qualbench.analysis.matrix_counting import Turn, said_in
from qualbench.coding.codings import CodingRead
from qualbench.exchange.refi_qda.contents import Case, Contents
from qualbench.exchange.spreadsheets import write_rows
from qualbench.text.spans import Span
from qualbench.text.words import CUT

HEADERS = (
    "Code",
    "Theme",
    "Path",
    "Case",
    "Participant",
    "Stakeholder",
    "Timepoint",
    "Site",
    "Source",
    "Quote",
)
WITHHELD = "[not to be quoted]"
"""Stands for the words of who did not agree to be quoted: the row is counted, but quotes nobody."""

_WIDTHS = (38, 42, 50, 18, 12, 24, 14, 14, 28, 90)


def write_dataset(contents: Contents, path: Path, layer: str, not_to_be_quoted: Collection[str]) -> int:
    """Write a layer as a workbook that NVivo imports as a dataset; give the number of rows.

    Rows of a theme, stakeholder type and timepoint are as many as a cell of our matrix counts codings: one
    for each participant whose words a coding holds. A coding that holds nobody's has a row without case.

    Args:
        contents: What was read of the study.
        path: The file.
        layer: The layer.
        not_to_be_quoted: The ids of participants whose words are left out.
    """
    rows = list(dataset_rows(contents, layer, not_to_be_quoted))
    write_rows(path, HEADERS, rows, title="Dataset", widths=_WIDTHS)
    return len(rows)


def dataset_rows(
    contents: Contents, layer: str, not_to_be_quoted: Collection[str]
) -> Iterator[Sequence[str]]:
    """Give the rows of the dataset, by source and place; see `write_dataset`."""
    cases: dict[tuple[str, str], Case] = {
        (name, case.participant): case for case in contents.cases for name in case.turns
    }
    path = {
        place.entry.id: [
            contents.code_names[one.id] for one in contents.book.path(place.entry.id) if one.in_use
        ]
        for place in contents.places
    }
    for source in contents.sources:
        name = source.summary.name
        turns = [
            Turn(turn.start, turn.end, turn.participant)
            for turn in source.turns
            if turn.participant is not None and turn.start < turn.end
        ]
        for coding in contents.codings.get(name, ()):
            if coding.layer != layer:
                continue
            code = path[coding.code]
            about = (code[-1], code[0], " / ".join(code))
            spoken = _spoken(coding, turns, source.text)
            if not spoken:
                yield (*about, "", "", "", source.summary.timepoint or "", "", name, coding.quote)
            for who, words in spoken.items():
                case = cases[name, who]
                known = [case.attributes.get(a, "") for a in ("Stakeholder", "Timepoint", "Site")]
                yield (*about, case.name, who, *known, name, WITHHELD if who in not_to_be_quoted else words)


def _spoken(coding: CodingRead, turns: Sequence[Turn], text: str) -> Mapping[str, str]:
    """What each participant says within a coding, with [...] for what stands between."""
    parts: dict[str, list[str]] = defaultdict(list)
    for start, end, who in said_in(turns, Span(coding.start, coding.end)):
        parts[who].append(text[start:end].strip())
    return {who: f" {CUT} ".join(said) for who, said in parts.items()}
