"""The joint display: the numbers of a criterion beside what people say of it, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qualbench.analysis.quotes_linked import LinkedQuotes, linked_quotes, quoted
from qualbench.analysis.quotes_passages import Passage
from qualbench.evaluation.evidence import EvidenceRead, list_evidence
from qualbench.evaluation.flow import read_study_flow
from qualbench.evaluation.judging import Standing, standings
from qualbench.exchange.criteria_report import in_colour, numbers_by_row
from qualbench.exchange.sheets_of_words import write_sheets
from qualbench.exchange.word_parts import add_caption, add_notes, new_document, new_table, rule, save, write
from qualbench.study.database import Study

HEADERS = ("Criterion", "Number", "Theme", "Quote", "Decision")
NOTHING = "no theme linked"
NO_QUOTE = "No quote that may be printed."
_WIDTHS = (4.6, 4.8, 4.0, 7.2, 4.1)  # cm
_IN_CHARACTERS = (32, 34, 30, 60, 40)


@dataclass(frozen=True)
class JointRow:
    """A theme beside the numbers of a criterion.

    Attributes:
        criterion: The id of the criterion.
        element: What the criterion is about.
        numbers: A line each step; empty where no numbers belong to it.
        theme: The label of the theme or code; empty if none is linked.
        note: What the team wrote to the link.
        quotes: Its quotes, labelled, of people who agreed to be quoted.
        decision: The colour with its mark, and whose it is.
    """

    criterion: str
    element: str
    numbers: tuple[str, ...]
    theme: str
    note: str
    quotes: tuple[Passage, ...]
    decision: str


def joint_display(study: Study, *, quotes: int = 2) -> list[JointRow]:
    """Give a row for each criterion and theme linked to it; a criterion without any has one row.

    Args:
        study: The study; what its coder may not see is left out.
        quotes: Of a theme, at most; a passage that was linked itself is always there.
    """
    flow, found = read_study_flow(study), standings(study)
    evidence = {one.row.id: list_evidence(study, one.row.id) for one in found}
    codings = {one.coding for of_one in evidence.values() for one in of_one if one.coding}
    linked = linked_quotes(study, codings)
    figures = numbers_by_row(found, flow)
    rows = []
    for standing in found:
        numbers = tuple(figures[standing.row.id])
        by_code: dict[str, list[EvidenceRead]] = {}
        for one in evidence[standing.row.id]:
            by_code.setdefault(one.code, []).append(one)
        for of_code in by_code.values():
            rows.append(_row(standing, numbers, of_code, linked, quotes))
        if not by_code:
            rows.append(_row(standing, numbers, [], linked, quotes))
    return rows


def _row(
    standing: Standing,
    numbers: tuple[str, ...],
    links: Sequence[EvidenceRead],
    linked: LinkedQuotes,
    most: int,
) -> JointRow:
    passages = [passage for one in links if one.coding for passage in linked.passages(one.code, one.coding)]
    if any(one.coding is None for one in links):
        shown = {passage.quote.text for passage in passages}
        chosen = linked.passages(links[0].code, most=most + len(passages))
        passages += [passage for passage in chosen if passage.quote.text not in shown][
            : max(0, most - len(passages))
        ]
    return JointRow(
        standing.row.id,
        standing.row.element,
        numbers,
        linked.entry(links[0].code).label if links else "",
        " ".join(one.note for one in links if one.note),
        tuple(passages),
        f"{in_colour(standing.colour)}: {standing.why}" if standing.colour else in_colour(None),
    )


def joint_cells(row: JointRow) -> list[str]:
    """Give a row as the texts of its cells, lines parted by LF."""
    theme = row.theme or NOTHING
    quotes = [quoted(passage) for passage in row.quotes]
    return [
        f"{row.criterion}. {row.element}",
        "\n".join(row.numbers) or "-",
        f"{theme}\n{row.note}" if row.note else theme,
        "\n".join(quotes) or (NO_QUOTE if row.theme else "-"),
        row.decision,
    ]


def write_joint_workbook(rows: Sequence[JointRow], path: Path) -> None:
    """Write the joint display as a workbook."""
    write_sheets({"Joint display": [HEADERS, *map(joint_cells, rows)]}, path, _IN_CHARACTERS)


def write_joint_document(rows: Sequence[JointRow], path: Path) -> None:
    """Write the joint display as a Word document; criterion, number and decision stand once."""
    document = new_document(landscape=True)
    add_caption(document, "Joint display: numbers, themes and decisions by progression criterion")
    table, cells = new_table(document, HEADERS, len(rows))
    before = ""
    for row, of_row in zip(rows, cells, strict=True):
        for n, text in enumerate(joint_cells(row)):
            if row.criterion != before or n in (2, 3):
                write(of_row[n], text)
        before = row.criterion
    rule(table, _WIDTHS)
    add_notes(document, ["Quotes are of people who agreed to be quoted; a label fits several people."])
    save(document, path)


def joint_as_text(rows: Sequence[JointRow]) -> str:
    """Write the joint display as text, a criterion after the other."""
    lines: list[str] = []
    before = ""
    for row in rows:
        if row.criterion != before:
            lines += ["", f"{row.criterion}. {row.element}"] if lines else [f"{row.criterion}. {row.element}"]
            lines += [f"   number   {line}" for line in row.numbers]
            lines.append(f"   decision {row.decision}")
        before = row.criterion
        lines.append(f"   theme    {row.theme or NOTHING}{f' ({row.note})' if row.note else ''}")
        lines += [f"            {quoted(passage)}" for passage in row.quotes]
    return "\n".join(lines) + "\n"
