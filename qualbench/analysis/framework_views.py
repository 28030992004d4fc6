"""The framework matrix and its cells as words: for a terminal, a table of Markdown, a sheet."""

from __future__ import annotations

from qualbench.analysis.cell_links import with_links
from qualbench.analysis.document import Grid, blocks_as_markdown, counted
from qualbench.analysis.framework import TO_WRITE, Case, Framework, FrameworkCell
from qualbench.analysis.framework_cells import named
from qualbench.analysis.matrix_model import HIDDEN, NOT_ASKED, NOT_COLLECTED, SILENT

BLANKS = {
    SILENT: "(nothing said)",
    NOT_ASKED: "(not asked)",
    NOT_COLLECTED: "(not talked to)",
    HIDDEN: "(hidden until both of you have finished its sources)",
}
"""What stands in a cell that holds no words."""

GONE = "[gone]"
"""Stands behind a link that leads nowhere."""

_CASE = ("participant", "stakeholder", "timepoint")


def cell_in_words(cell: FrameworkCell) -> str:
    """Give what a cell says, a link as its words in quotation marks; why it says nothing in brackets."""
    if cell.state == TO_WRITE:
        return f"({counted(len(cell.quotes), 'quote')}, not summed up yet)"
    if cell.newest is None:
        return BLANKS[cell.state]
    return plain(cell.newest.text, cell.dead)


def plain(text: str, dead: tuple[str, ...] = ()) -> str:
    """Give a text with each link as its words in quotation marks."""
    return with_links(text, lambda one: f"“{one.words}”" + (f" {GONE}" if one.coding in dead else ""))


def case_in_words(case: Case) -> tuple[str, str, str]:
    """Give participant, stakeholder type and timepoint."""
    return case.participant, case.stakeholder, named(case.timepoint)


def framework_as_rows(found: Framework) -> tuple[list[str], list[list[str]]]:
    """Give the matrix as headers and rows: the case, its arm where that is known, then a column a theme."""
    arm = ("arm",) if any(case.arm for case in found.cases) else ()
    return [*_CASE, *arm, *(entry.label for entry in found.codes)], [
        [*case_in_words(case), *(case.arm or "" for _ in arm), *map(cell_in_words, cells)]
        for case, cells in zip(found.cases, found.cells, strict=True)
    ]


def table_as_markdown(headers: list[str], rows: list[list[str]]) -> str:
    """Write a table of Markdown, the lines of a cell parted by `<br>`."""
    return blocks_as_markdown([Grid(tuple(headers), tuple(map(tuple, rows)), (1.0,) * len(headers))])


def framework_as_json(found: Framework) -> dict[str, object]:
    """Give the matrix as the JSON that other programs read."""
    return {
        "codes": [{"id": entry.id, "label": entry.label} for entry in found.codes],
        "layer": found.layer,
        "cells": [
            {
                "participant": case.participant,
                "family": case.family,
                "stakeholder": case.stakeholder,
                "site": case.site,
                "arm": case.arm,
                "timepoint": case.timepoint or None,
                "sources": list(case.sources),
                "code": cell.code,
                "state": cell.state,
                "text": cell.newest.text if cell.newest else None,
                "version": cell.newest.version if cell.newest else None,
                "written_by": cell.newest.written_by if cell.newest else None,
                "written_at": cell.newest.written_at if cell.newest else None,
                "quotes": [
                    {"coding": quote.coding, "code": quote.code, "source": quote.source, "text": quote.text}
                    for quote in cell.quotes
                ],
                "dead": list(cell.dead),
            }
            for case, cells in zip(found.cases, found.cells, strict=True)
            for cell in cells
        ],
    }
