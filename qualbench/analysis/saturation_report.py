"""What the curve of new codes says: in sentences, as a table, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from qualbench.analysis.document import counted
from qualbench.analysis.findings import layer_named
from qualbench.analysis.saturation import Curve, Run, Saturation, meets
from qualbench.study.stance import wording

_NOUNS = {"themes": ("theme", "themes"), "subthemes": ("sub-theme", "sub-themes"), "codes": ("code", "codes")}
COLUMNS = ("group", "n", "source", "date", "codes", "new", "so_far", "new_codes", "run_new", "run_ratio")
"""Of the table: `run_new` and `run_ratio` are those of the run that ends with the source."""


def finding(curve: Curve, found: Saturation) -> str:
    """Say what the measure finds in a curve, with the figures behind it."""
    if not curve.steps:
        return "No source is coded yet."
    said = f"{counted(len(curve.steps), 'source')}, {_codes(found, curve.steps[-1].so_far)}."
    if curve.base is None or not curve.runs:
        return f"{said} Too few sources for a base of {found.base_size} and a run of {found.run_length}."
    said += f" Base: {_codes(found, curve.base)} in the first {counted(found.base_size, 'source')}."
    if not curve.base:
        return f"{said} No share of nothing can be told."
    if curve.met_at is None:
        return (
            f"{said} The threshold of {found.threshold:g} % was not met: the last run brought "
            f"{_new(curve.runs[-1])}."
        )
    met, *later = (run for run in curve.runs if run.first > curve.met_at)
    above = sum(not meets(run, curve.base, found.threshold) for run in later)
    again = f" Of {counted(len(later), 'later run')} {above} brought more than that share." if above else ""
    return (
        f"{said} The threshold of {found.threshold:g} % was met after {counted(curve.met_at, 'source')} "
        f"({curve.met_at}+{found.run_length}): the run after them brought {_new(met)}.{again}"
    )


def notes(found: Saturation, stance: str) -> Iterator[str]:
    """Say what the figures depend on, a sentence each, and what they can be taken for.

    Args:
        found: The figures.
        stance: The kind of thematic analysis that the study is.
    """
    nouns = _NOUNS[found.rows][1]
    yield (
        f"Sources are taken {order_of_sources(found)}; counted are {nouns} of {layer_named(found.layer)} on "
        "participants' words."
    )
    yield (
        f"Base {found.base_size}, run {found.run_length}, new-information threshold {found.threshold:g} % "
        f"(Guest, Namey & Chen 2020): the new {nouns} of a run as a share of those of the base; runs "
        "overlap, each beginning one source later."
    )
    if found.uncoded:
        yield f"Left out, not coded in this layer yet: {counted(len(found.uncoded), 'source')}."
    if found.hidden:
        yield (
            f"Left out, hidden from you until you have finished them: {counted(len(found.hidden), 'source')}."
        )
    yield wording(stance).saturation


def order_of_sources(found: Saturation) -> str:
    """Say in which order the sources were taken, as part of a sentence."""
    names = {step.source for curve in found.curves for step in curve.steps}
    if not found.undated:
        return "in the order of their dates"
    if len(found.undated) == len(names):
        return "in the order of import: no source has a date"
    return (
        f"in the order of their dates ({len(found.undated)} without one stand last, in the order of import)"
    )


def table(found: Saturation) -> list[tuple[str | int | float | None, ...]]:
    """Give a row of `COLUMNS` for each source of each group."""
    rows: list[tuple[str | int | float | None, ...]] = []
    for curve in found.curves:
        ending = {run.last: run for run in curve.runs}
        for n, step in enumerate(curve.steps, start=1):
            run = ending.get(n)
            rows.append(
                (
                    curve.group,
                    n,
                    step.source,
                    step.date,
                    step.codes,
                    len(step.new),
                    step.so_far,
                    "; ".join(step.new),
                    run.new if run else None,
                    run.ratio if run else None,
                )
            )
    return rows


def saturation_as_csv(found: Saturation) -> str:
    """Write the table as CSV, the labels of new codes parted by semicolons."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(table(found))
    return out.getvalue()


def _codes(found: Saturation, number: int) -> str:
    return counted(number, *_NOUNS[found.rows])


def _new(run: Run) -> str:
    """What a run brought, such as "1 new one, 4 % of the base"."""
    share = f", {run.ratio * 100:.3g} % of the base" if run.ratio is not None else ""
    return f"{run.new} new{share}"
