"""The theory of change from the command line."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.document import counted
from qualbench.analysis.theme_drawing import map_as_png
from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AllowUnsealed, AsJson, Coder
from qualbench.cli.output import print_json, tell
from qualbench.cli.tables import form_of
from qualbench.errors import NotFound
from qualbench.evaluation.theory import SHIPPED, read_theory, theory_as_yaml
from qualbench.evaluation.theory_diff import TheoryChange, diff_theories
from qualbench.evaluation.theory_versions import (
    compare_theory,
    find_theory,
    import_theory,
    link_theory,
    unlink_theory,
)
from qualbench.exchange.gates import gate
from qualbench.exchange.theory_files import (
    draw_theory,
    mark_of,
    theory_as_text,
    told_links,
    version_before,
    write_theory_document,
)

commands = typer.Typer()
theory = typer.Typer(help="The theory of change: boxes, arrows, and what themes say of them.")
commands.add_typer(theory, name="theory")

Number = Annotated[int | None, typer.Option("--version", help="A version; the newest if not given.")]


@theory.command("import")
def import_(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="FILE|NAME", help=f"A YAML file, or {', '.join(SHIPPED)}.")],
    note: Annotated[str, typer.Option(help="Why it was changed.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    coder: Coder = None,
) -> None:
    """Make a version of a theory in a file, or one that comes with the program; say what it changes."""
    if name not in SHIPPED and not Path(name).is_file():
        raise NotFound(f"There is no file {name}.", f"With the program comes: {', '.join(SHIPPED)}.")
    study, read = (opened if dry_run else opened_to_change)(ctx, coder), read_theory(name)
    _print_changes(compare_theory(study, read))
    if dry_run:
        tell("Nothing has been changed.")
        return
    done = import_theory(study, read, note)
    tell("Nothing differs." if done.version is None else f"Version {done.version} of the theory of change.")


@theory.command("show")
def show(
    ctx: typer.Context,
    version: Number = None,
    yaml: Annotated[bool, typer.Option("--yaml", help="As the file that 'theory import' reads.")] = False,
    quotes: Annotated[int, typer.Option(min=0, help="Quotes of a theme, at most.")] = 1,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """Print a version: boxes, arrows, and what themes say of each, with quotes."""
    study = opened(ctx, coder)
    found = find_theory(study, version)
    if yaml:
        print(theory_as_yaml(found.theory), end="")
        return
    told = told_links(study, quotes=quotes)
    if not as_json:
        print(theory_as_text(found, told), end="")
        return
    links = [
        {
            **asdict(one.link),
            "theme": one.theme,
            "quotes": [{"text": quote.text, "label": quote.quote.label} for quote in one.quotes],
        }
        for one in told
    ]
    print_json({**asdict(found), "links": links})


@theory.command("diff")
def diff(
    ctx: typer.Context,
    a: Annotated[int, typer.Argument(metavar="A")],
    b: Annotated[int, typer.Argument(metavar="B")],
    as_json: AsJson = False,
) -> None:
    """Say what differs between two versions."""
    study = opened(ctx)
    changes = diff_theories(find_theory(study, a).theory, find_theory(study, b).theory)
    print_json(list(map(asdict, changes))) if as_json else _print_changes(changes)
    if not changes:
        tell("Nothing differs.")


@theory.command("link")
def link(
    ctx: typer.Context,
    element: Annotated[str, typer.Argument(metavar="ELEMENT", help="The id of a box or arrow.")],
    code: Annotated[str, typer.Argument(metavar="CODE", help="A theme or code.")],
    relation: Annotated[str, typer.Argument(metavar="supports|challenges|new")],
    site: Annotated[str | None, typer.Option(help="Where; at all sites if not given.")] = None,
    coding: Annotated[str | None, typer.Option(help="A passage that shows it, by its id.")] = None,
    note: Annotated[str, typer.Option(help="What it shows.")] = "",
    coder: Coder = None,
) -> None:
    """Say that a theme supports or challenges a box or an arrow, or is new."""
    study = opened_to_change(ctx, coder)
    print(link_theory(study, element, code, relation, site=site, coding=coding, note=note))
    tell(f"Put to {element}.")


@theory.command("unlink")
def unlink(
    ctx: typer.Context, id_: Annotated[str, typer.Argument(metavar="LINK")], coder: Coder = None
) -> None:
    """Take a theme off again, by the id that 'theory show' gives in brackets."""
    unlink_theory(opened_to_change(ctx, coder), id_)
    tell("Taken off.")


@theory.command("export")
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".svg, .png or .docx")],
    version: Number = None,
    quotes: Annotated[int, typer.Option(min=0, help="Quotes of a theme, at most.")] = 1,
    allow_unsealed: AllowUnsealed = False,
    coder: Coder = None,
) -> None:
    """Draw the theory, with what themes say of it."""
    form = form_of(None, file, ("svg", "png", "docx"), "svg")
    study = opened(ctx, coder)
    found = find_theory(study, version)
    svg, told = draw_theory(study, found.theory), told_links(study, quotes=quotes)
    quoted = form == "docx" and any(one.quotes for one in told)
    with gate(study, file, allow_unsealed=allow_unsealed, holds_texts=quoted) as draft:
        if form == "docx":
            write_theory_document(found, version_before(study, found.number), told, svg, draft)
        else:
            draft.with_suffix(".svg").write_text(svg, "utf-8")  # names in a picture would not be found
            draft.write_bytes(map_as_png(svg) if form == "png" else svg.encode())
    boxes, arrows = (
        counted(len(found.theory.boxes), "box", "boxes"),
        counted(len(found.theory.arrows), "arrow"),
    )
    tell(f"Wrote {file}: {boxes}, {arrows}, {counted(len(told), 'link')} to themes.")


def _print_changes(changes: list[TheoryChange]) -> None:
    for one in changes:
        print(f"{mark_of(one)} {one.sentence}")
