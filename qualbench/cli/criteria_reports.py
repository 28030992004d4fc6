"""The progression criteria on one page, and beside what people say, from the command line."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.document import counted
from qualbench.cli.app import opened
from qualbench.cli.options import AllowUnsealed, AsJson, Coder
from qualbench.cli.output import print_json, tell
from qualbench.cli.tables import as_csv, form_of
from qualbench.errors import NotFound
from qualbench.evaluation.criteria import SHIPPED
from qualbench.exchange.criteria_report import CriteriaReport, criteria_report, report_as_text
from qualbench.exchange.gates import gate
from qualbench.exchange.joint_display import HEADERS, JointRow, joint_as_text, joint_cells, joint_display

reports = typer.Typer()

File = Annotated[Path | None, typer.Argument(metavar="[FILE]")]


@reports.command("report")
def report(ctx: typer.Context, file: File = None, as_json: AsJson = False, coder: Coder = None) -> None:
    """All criteria on one page, as text or as a Word document (.docx)."""
    from qualbench.exchange.word_criteria import write_criteria_document

    form = form_of(None, file, ("text", "docx", "json"), "text", as_json=as_json)
    study = opened(ctx, coder)
    found = criteria_report(study)
    _require(found.rows)
    if file is None:
        print_json(_report_json(found)) if form == "json" else print(report_as_text(found), end="")
        return
    with gate(study, file, holds_texts=False) as draft:
        write_criteria_document(found, draft)
    tell(f"Wrote {file}: {counted(len(found.rows), 'criterion', 'criteria')}, {found.tally}.")


@reports.command("joint")
def joint(
    ctx: typer.Context,
    file: File = None,
    quotes: Annotated[int, typer.Option(min=0, help="Quotes of a theme, at most.")] = 2,
    as_json: AsJson = False,
    allow_unsealed: AllowUnsealed = False,
    coder: Coder = None,
) -> None:
    """Numbers, themes with quotes, and decisions side by side, as text or .docx, .csv or .xlsx."""
    from qualbench.exchange.joint_display import write_joint_document, write_joint_workbook

    form = form_of(None, file, ("text", "docx", "csv", "xlsx", "json"), "text", as_json=as_json)
    study = opened(ctx, coder)
    rows = joint_display(study, quotes=quotes)
    _require(rows)
    if file is None:
        print_json(list(map(_joint_json, rows))) if form == "json" else print(joint_as_text(rows), end="")
        return
    with gate(study, file, allow_unsealed=allow_unsealed) as draft:
        if form == "docx":
            write_joint_document(rows, draft)
        elif form == "xlsx":
            write_joint_workbook(rows, draft)
        else:
            draft.write_text(as_csv(HEADERS, list(map(joint_cells, rows))), "utf-8")
    themes = sum(bool(row.theme) for row in rows)
    shown = sum(len(row.quotes) for row in rows)
    tell(f"Wrote {file}: {counted(themes, 'theme')} beside the criteria, {counted(shown, 'quote')}.")


def _require(rows: object) -> None:
    if not rows:
        raise NotFound("The study has no criteria yet.", f"qualbench criteria import {SHIPPED[0]}")


def _report_json(report: CriteriaReport) -> dict[str, object]:
    return {"tally": report.tally, "sites": list(report.sites), "rows": [asdict(row) for row in report.rows]}


def _joint_json(row: JointRow) -> dict[str, object]:
    return {
        "criterion": row.criterion,
        "element": row.element,
        "numbers": list(row.numbers),
        "theme": row.theme or None,
        "note": row.note,
        "quotes": [{"text": one.text, "label": one.quote.label} for one in row.quotes],
        "decision": row.decision,
    }
