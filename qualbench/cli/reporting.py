"""The phases of the analysis, its checklists, and the history of the coding frame as a document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.frame_history import frame_history, history_as_markdown
from qualbench.analysis.phases import phases as study_phases
from qualbench.analysis.reporting import Checklist, checklist_as_markdown, checklists
from qualbench.cli.app import opened
from qualbench.cli.options import AsJson
from qualbench.cli.output import print_json, tell
from qualbench.errors import BadInput
from qualbench.exchange.frame_document import write_history_document
from qualbench.exchange.gates import gate
from qualbench.study.database import Study

commands = typer.Typer()

Output = Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Write to a file.")]


@commands.command("phases")
def phases(ctx: typer.Context, as_json: AsJson = False) -> None:
    """What is there of each phase of the analysis, and what is missing."""
    found = study_phases(opened(ctx))
    if as_json:
        print_json([asdict(phase) for phase in found])
        return
    for phase in found:
        print(f"{phase.number}. {phase.title} (2006: {phase.name_2006})")
        for title, findings in (("there", phase.there), ("missing", phase.missing)):
            for finding in findings:
                print(f"   {title:8} {finding.sentence}")
                if finding.leads_on and title == "missing":
                    print(f"   {'':8} -> {finding.leads_on}")
        print()
    tell("No phase is ever closed: one goes back and forth between them.")


@commands.command("checklist")
def checklist(
    ctx: typer.Context,
    form: Annotated[str, typer.Option("--format", help="md, docx or json.")] = "md",
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """COREQ and Braun & Clarke's 15 points, filled from the study as far as it knows."""
    form = "json" if as_json else form
    study = opened(ctx)
    found = checklists(study)
    if form == "json":
        _no_file(output, form)
        print_json([_checklist_json(one) for one in found])
    elif form == "md":
        _put(study, "\n".join(map(checklist_as_markdown, found)), output)
    elif form == "docx":
        _write_document(study, output, lambda path: write_history_document([], found, path))
    else:
        raise BadInput(f"'{form}' is not a format.", "Use md, docx or json.")


def write_history(study: Study, form: str, output: Path | None) -> None:
    """Print or write the history of the coding frame, followed by the checklists.

    Args:
        study: The study.
        form: "md" or "docx".
        output: The file; None prints Markdown.

    Raises:
        BadInput: If a Word document has no file to go to.
        Refused: If a redacted name would go out.
    """
    history, found = frame_history(study), checklists(study)
    if form == "docx":
        _write_document(study, output, lambda path: write_history_document(history, found, path))
    else:
        parts = [history_as_markdown(history), *map(checklist_as_markdown, found)]
        _put(study, "\n".join(parts), output)


def _checklist_json(one: Checklist) -> dict[str, object]:
    lines = [asdict(line) | {"judgement": None} for line in one.lines]
    return {"name": one.name, "origin": one.origin, "lines": lines}


def _put(study: Study, text: str, output: Path | None) -> None:
    if output is None:
        print(text, end="")
        return
    with gate(study, output, holds_texts=False) as draft:
        draft.write_text(text, "utf-8")
    tell(f"Wrote {output}.")


def _write_document(study: Study, output: Path | None, write: Callable[[Path], None]) -> None:
    if output is None:
        raise BadInput("A Word document needs a file.", "Add -o FILE.docx.")
    with gate(study, output, holds_texts=False) as draft:
        write(draft)
    tell(f"Wrote {output}.")


def _no_file(output: Path | None, form: str) -> None:
    if output is not None:
        raise BadInput(f"'{form}' goes to standard output.", "Use --format md or docx with -o.")
