"""Bundles from the command line: one coder's work, taken from one laptop to another."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.document import counted
from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, print_table, tell
from qualbench.exchange.bundles.files import read_bundle, write_bundle
from qualbench.exchange.bundles.making import make_bundle
from qualbench.exchange.bundles.merging import merge_bundle
from qualbench.exchange.bundles.report import held_by

commands = typer.Typer()
bundles = typer.Typer(help="One coder's work, taken from one laptop to another.")
commands.add_typer(bundles, name="bundle")

BundleFile = Annotated[Path, typer.Argument(metavar="FILE")]


@bundles.command("make")
def make(
    ctx: typer.Context,
    output: Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Where to write it.")] = None,
    coder: Coder = None,
) -> None:
    """Write what a coder has done to a file, encrypted by the study's secret."""
    study = opened(ctx, coder)
    bundle = make_bundle(study)
    file = output or Path(f"{bundle.coder}-{bundle.made_at[:10]}.bundle")
    write_bundle(study, bundle, file)
    tell(
        f"{file} holds {counted(len(bundle.codings), 'coding')}, {counted(len(bundle.memos), 'memo')} and "
        f"{counted(len(bundle.codes), 'proposed code')} of {bundle.coder}'s, and no transcript."
    )
    tell(f"On the other machine: qualbench bundle merge {file.name}")


@bundles.command("merge")
def merge(
    ctx: typer.Context,
    file: BundleFile,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would come, and change nothing.")
    ] = False,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """Take in what a coder has done on another machine."""
    study = opened(ctx, coder) if dry_run else opened_to_change(ctx, coder)
    merged = merge_bundle(study, read_bundle(study, file), dry_run=dry_run)
    if as_json:
        print_json(asdict(merged))
    else:
        for sentence in merged.sentences():
            print(sentence)
    if not merged.is_whole:
        tell("What waits comes when the bundle is merged again after that is mended; nothing is lost.")
        raise typer.Exit(1)


@bundles.command("show")
def show(ctx: typer.Context, file: BundleFile, as_json: AsJson = False, coder: Coder = None) -> None:
    """Show whose work a bundle holds, and on what."""
    study = opened(ctx, coder)
    held = held_by(read_bundle(study, file), study.coder)
    if as_json:
        print_json(asdict(held))
        return
    numbers = [
        ("codings", held.codings),
        ("memos", held.memos),
        ("examples", held.examples),
        ("proposed codes", len(held.codes)),
    ]
    print_table(("what", held.coder), [*numbers, ("events", held.events)])
    if held.sources:
        print_table(("source", "state"), [(one.name, one.state) for one in held.sources])
    tell(f"Made at {held.made_at[:16].replace('T', ' ')} UTC.")
