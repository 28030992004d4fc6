"""The sheet of a meeting, from the command line."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from qualbench.agreement.agenda import TALK, Agenda, plan_agenda
from qualbench.analysis.document import counted
from qualbench.cli.app import opened
from qualbench.cli.comparing import Two, pair_in
from qualbench.cli.options import Coder
from qualbench.cli.output import tell
from qualbench.codebook.tree import Codebook, read_codebook
from qualbench.errors import BadInput
from qualbench.exchange.agenda import agenda_as_csv, agenda_as_markdown
from qualbench.exchange.agenda_document import write_agenda_document
from qualbench.exchange.gates import gate

_FORMS = ("md", "docx", "csv")


def agenda(
    ctx: typer.Context,
    minutes: Annotated[float, typer.Option(help="The length of the meeting.")] = 45,
    talk: Annotated[float, typer.Option(help="Minutes of talk for each difference.")] = TALK,
    coders: Two = None,
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    form: Annotated[str | None, typer.Option("--format", help="md, docx or csv.")] = None,
    output: Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Write to a file.")] = None,
    allow_unsealed: Annotated[
        bool, typer.Option("--allow-unsealed", help="Let unsealed sources out; journaled.")
    ] = False,
    coder: Coder = None,
) -> None:
    """Write what to talk about in a meeting: as many open differences as fit its time."""
    form = form or (output.suffix.lower().removeprefix(".") if output else "md")
    if form not in _FORMS:
        raise BadInput(f"'{form}' is not a format.", "Use md, docx or csv.")
    if form == "docx" and output is None:
        raise BadInput("A Word document needs a file.", "Add -o FILE.docx.")
    study = opened(ctx, coder)
    planned = plan_agenda(study, minutes, pair_in(coders), source, talk)
    book = read_codebook(study)
    sources = {point.item.source for point in planned.points}
    with tempfile.TemporaryDirectory(prefix="qualbench-") as folder:
        target = output or Path(folder) / f"agenda.{form}"
        with gate(study, target, allow_unsealed=allow_unsealed, sources=sources) as draft:
            _write(planned, book, form, draft)
        if output is None:
            print(target.read_bytes().decode("utf-8-sig"), end="")
    tell(
        f"{counted(len(planned.points), 'difference')} of {planned.open} open, about {planned.taken:.0f} of "
        f"{minutes:g} minutes{f'. Wrote {output}' if output else ''}."
    )


def _write(planned: Agenda, book: Codebook, form: str, path: Path) -> None:
    if form == "docx":
        write_agenda_document(planned, book, path)
    elif form == "csv":
        path.write_bytes(agenda_as_csv(planned).encode("utf-8"))
    else:
        path.write_text(agenda_as_markdown(planned, book), "utf-8")
