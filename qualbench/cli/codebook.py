"""The codebook from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, tell
from qualbench.codebook.editing import set_key
from qualbench.codebook.files import find_codebook, read_codebook_file
from qualbench.codebook.tree import import_entries, read_codebook

commands = typer.Typer()
codebook = typer.Typer(help="Show the codebook, or import one.")
commands.add_typer(codebook, name="codebook")


@codebook.command("show")
def show(
    ctx: typer.Context,
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="One code, in full.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the tree of codes, or one code in full."""
    book = read_codebook(opened(ctx))
    if code is not None:
        entry = book.find(code)
        print(" > ".join(above.label for above in book.path(entry.id)))
        for name in ("definition", "when_to_use", "when_not_to_use", "typical_example"):
            print(f"{name.replace('_', ' ').capitalize()}: {getattr(entry, name)}")
    elif as_json:
        print_json(
            [
                {
                    "id": e.id,
                    "parent": e.parent_id,
                    "level": e.level,
                    "label": e.label,
                    "status": e.status,
                    "definition": e.definition,
                    "key": e.key,
                }
                for _, e in book.walk()
            ]
        )
    else:
        for depth, entry in book.walk():
            print(f"{'  ' * depth}{entry.label}  ({entry.id})")
        if not len(book):
            tell("No codes yet. Bring in a codebook: qualbench codebook import ips_process_evaluation")


@codebook.command("key")
def key(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Id or label.")],
    letter: Annotated[
        str | None, typer.Argument(metavar="[LETTER]", help="A letter or digit; none takes it away.")
    ] = None,
    coder: Coder = None,
) -> None:
    """Give a code the letter that applies it in the workbench, or take it away."""
    before = set_key(opened_to_change(ctx, coder), code, letter)
    tell(f"Done; '{before.label}' had it before." if before else "Done.")


@codebook.command("import")
def import_(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="FILE|NAME", help="A YAML file, or a codebook shipped.")],
    coder: Coder = None,
) -> None:
    """Import a codebook; codes are known by id, none is removed."""
    study = opened_to_change(ctx, coder)
    file = find_codebook(name)
    done = import_entries(study, read_codebook_file(file), file.stem)
    tell(f"{len(done.added)} codes added, {len(done.updated)} changed, {len(done.unchanged)} as they were.")
