"""Saturation from the command line."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.matrix import ROWS
from qualbench.analysis.saturation import BASE, RUN, THRESHOLD, Saturation
from qualbench.analysis.saturation import saturation as follow
from qualbench.analysis.saturation_report import finding, notes, saturation_as_csv, table
from qualbench.cli.app import opened
from qualbench.cli.options import AllowUnsealed, AsJson, Coder
from qualbench.cli.output import json_text, print_table, tell
from qualbench.cli.tables import form_of, put_text, shortened
from qualbench.errors import BadInput
from qualbench.exchange.gates import gate
from qualbench.study.database import Study
from qualbench.study.settings import read_stance
from qualbench.study.tables import AGREED

commands = typer.Typer()

FORMATS = ("table", "csv", "json", "svg", "png")
BY = "stakeholder"
_SHOWN = 60  # characters of the names of new codes


@commands.command("saturation")
def saturation(
    ctx: typer.Context,
    base: Annotated[int, typer.Option(help="How many sources are the base.")] = BASE,
    run: Annotated[int, typer.Option(help="How many sources a run has.")] = RUN,
    threshold: Annotated[float, typer.Option(help="New codes of a run, in percent of the base.")] = THRESHOLD,
    by: Annotated[str | None, typer.Option(help=f"'{BY}' follows each type apart.")] = None,
    rows: Annotated[str, typer.Option("--rows", help="What counts: " + ", ".join(ROWS))] = "codes",
    layer: Annotated[str, typer.Option(help="'agreed', or a coder.")] = AGREED,
    form: Annotated[str | None, typer.Option("--format", help=", ".join(FORMATS))] = None,
    output: Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Write to a file.")] = None,
    as_json: AsJson = False,
    allow_unsealed: AllowUnsealed = False,
    coder: Coder = None,
) -> None:
    """New codes per source, in the order of collection."""
    wanted = form_of(form, output, FORMATS, "table", as_json=as_json)
    if by not in (None, BY):
        raise BadInput(f"'{by}' cannot be told apart here.", f"Use --by {BY}.")
    study = opened(ctx, coder)
    found = follow(
        study,
        rows,
        layer,
        by_stakeholder=by is not None,
        base_size=base,
        run_length=run,
        threshold=threshold,
    )
    stance = read_stance(study)
    if wanted == "table":
        _print(found)
    elif wanted in ("svg", "png"):
        _draw(study, found, stance, wanted, output, allow_unsealed=allow_unsealed)
    else:
        text = saturation_as_csv(found) if wanted == "csv" else json_text(_json(found, stance))
        put_text(study, text, output, allow_unsealed=allow_unsealed)
    for curve in found.curves:
        tell(f"{curve.group}: {finding(curve, found)}" if curve.group else finding(curve, found))
    for note in notes(found, stance):
        tell(note)


def _print(found: Saturation) -> None:
    several = len(found.curves) > 1 or any(curve.group for curve in found.curves)
    headers = ("n", "source", "date", "codes", "new", "so far", "run ends here", "new codes")
    lines = [
        (group, n, source, date, codes, new, so_far, _percent(ratio), shortened(str(labels), _SHOWN))
        for group, n, source, date, codes, new, so_far, labels, _, ratio in table(found)
    ]
    if several:
        print_table(("group", *headers), lines)
    else:
        print_table(headers, [line[1:] for line in lines])


def _percent(ratio: object) -> str:
    return f"{ratio:.1%}".rjust(6) if isinstance(ratio, float) else "-".rjust(6)


def _draw(
    study: Study, found: Saturation, stance: str, form: str, output: Path | None, *, allow_unsealed: bool
) -> None:
    from qualbench.analysis.saturation_drawing import saturation_as_svg
    from qualbench.analysis.theme_drawing import map_as_png

    svg = saturation_as_svg(found, stance)
    if form == "svg" or output is None:
        put_text(study, svg, output, allow_unsealed=allow_unsealed)
        return
    with gate(study, output, allow_unsealed=allow_unsealed) as draft:
        draft.with_suffix(".svg").write_text(svg, "utf-8")  # names in a picture would not be found
        draft.write_bytes(map_as_png(svg))
    tell(f"Wrote {output}.")


def _json(found: Saturation, stance: str) -> dict[str, object]:
    return asdict(found) | {
        "curves": [asdict(curve) | {"finding": finding(curve, found)} for curve in found.curves],
        "notes": list(notes(found, stance)),
    }
