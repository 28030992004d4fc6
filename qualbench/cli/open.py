"""Making a study from another program's project."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, tell
from qualbench.exchange.refi_qda.opening import open_project
from qualbench.exchange.refi_qda.opening_offsets import KINDS, read_kind
from qualbench.exchange.refi_qda.opening_report import Opened

commands = typer.Typer()


@commands.command("open")
def open_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .qdpx, or the .qde in it.")],
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The new study; named like the file if left out.")
    ] = None,
    coder: Coder = None,
    offsets: Annotated[
        str | None, typer.Option(metavar="KIND", help=f"How places are counted: {', '.join(KINDS)}.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would come in.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a study from another program's project."""
    came = open_project(
        file,
        folder or Path(file.stem),
        coder=coder or ctx.obj.coder,
        offsets=read_kind(offsets) if offsets is not None else None,
        dry_run=dry_run,
    )
    if as_json:
        print_json(asdict(came) | {"folder": str(came.folder)})
    else:
        _print(came)
    if dry_run:
        tell("Nothing has been made.")
    else:
        _tell_what_next(came, coder or ctx.obj.coder)


def _print(came: Opened) -> None:
    print(f"{came.title or came.file}, by {came.origin or 'a program that does not say which it is'}")
    print(
        f"{came.sources} sources, {came.participants} participants, {came.codes} codes, "
        f"{sum(came.codings.values())} codings, {came.memos} memos"
    )
    print(came.counting)
    for source, kind in came.apart.items():
        print(f"In {source} they are counted another way ({kind}), which fits much better there.")
    for layer, count in came.codings.items():
        called = came.coders.get(layer, "")
        print(f"  {layer}{f' is {called}' if called and called != layer else ''}: {count} codings")
    for id_, name in came.people.items():
        print(f"  {id_} is '{name}' there: a participant is known by a code here, not by a name")
    if came.left_out:
        print("Not taken, or not as it was:")
        for one in came.left_out:
            print(f"  {one.sentence}")


def _tell_what_next(came: Opened, coder: str | None) -> None:
    tell(f"Made a study in {came.folder}. Look at some quotes first: qualbench code list")
    tell("No source is sealed: 'qualbench redact suggest' looks through them before anything goes out.")
    if coder is None and came.coders:
        tell(f"Say which coder you are with --coder; there are {', '.join(came.coders)}.")
    if len(came.codings) > 1:
        tell("Coders see each other's codings of a source once both have finished it: qualbench finish.")
