"""The table of agreement, code by code: for people at a terminal, and as JSON for programs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from qualbench.agreement.coefficients import COEFFICIENTS, Cells, why_undefined
from qualbench.agreement.comparison import Agreement
from qualbench.agreement.intervals import Interval, Intervals
from qualbench.analysis.document import counted
from qualbench.cli.comparing import tell_reasons
from qualbench.cli.output import print_table, tell
from qualbench.codebook.tree import Codebook
from qualbench.exchange.agreement_tables import ALL_CODES, what_is_counted
from qualbench.text.bars import FILLS, shared_bar

Compared = tuple[Agreement, Intervals]

_SHOWN = ("percent", "kappa", "dice", "prevalence")
_NAMES = {
    "percent": "agree",
    "kappa": "kappa",
    "dice": "Dice",
    "jaccard": "Jaccard",
    "ac1": "AC1",
    "brennan_prediger": "B-P",
    "prevalence": "prev.",
    "prevalence_index": "prev. index",
    "bias_index": "bias index",
}
_SHORTEST_LABEL, _SHORTEST_BAR, _LONGEST_BAR = 14, 6, 24  # cells


def show_agreements(compared: Sequence[Compared], book: Codebook, *, every: bool) -> None:
    """Print comparisons, a table for each pair, and say what they count.

    Args:
        compared: Each with its intervals.
        book: The codebook.
        every: Whether every figure is wanted, however wide that is.
    """
    for n, (found, bounds) in enumerate(compared):
        a, b = found.coders
        if n:
            print()
        if len(compared) > 1:
            print(f"A is {a}, B is {b}:")
        rows = [
            *((book.by_id[one.code].label, one.cells, bounds.codes[one.code]) for one in found.codes),
            (ALL_CODES, found.pooled, bounds.pooled),
        ]
        (_print_all if every else _print_some)(found, rows)
        _tell_about(found, bounds, rows)
    if not every:
        tell(
            "--all shows every figure; 'qualbench agreement behind CODE' the passages behind those of a code."
        )


Row = tuple[str, Cells, Mapping[str, Interval | None]]


def _print_some(found: Agreement, rows: Sequence[Row]) -> None:
    """The figures that fit a narrow terminal, with a bar for each code."""
    a, b = found.coders
    above = ("", "only", "only", *[""] * len(_SHOWN))
    below = ("both", a, b, *(_NAMES[name] for name in _SHOWN))
    cells = [
        [str(n) for n in _counts(of)[:3]] + [_shown(COEFFICIENTS[name](of)) for name in _SHOWN]
        for _, of, _ in rows
    ]
    widths = [max(map(len, column)) for column in zip(above, below, *cells, strict=True)]
    room = shutil.get_terminal_size().columns - sum(width + 2 for width in widths) - 2
    longest = max(len(label) for label, _, _ in rows)
    bar = max(_SHORTEST_BAR, min(_LONGEST_BAR, room - longest))
    label_width = max(_SHORTEST_LABEL, min(longest, room - bar))
    print(_line("", "", above, label_width, bar, widths))
    print(_line("code", "", below, label_width, bar, widths))
    for (label, of, _), row in zip(rows, cells, strict=True):
        fitted = label if len(label) <= label_width else f"{label[: label_width - 1]}…"
        print(_line(fitted, shared_bar((of.both, of.a_only, of.b_only), bar), row, label_width, bar, widths))


def _line(
    label: str, bar: str, cells: Sequence[str], label_width: int, bar_width: int, widths: Sequence[int]
) -> str:
    numbers = "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
    return f"{label:<{label_width}}  {bar:<{bar_width}}  {numbers}".rstrip()


def _print_all(found: Agreement, rows: Sequence[Row]) -> None:
    a, b = found.coders
    headers = ["code", "both", f"only {a}", f"only {b}", "neither"]
    bounded = rows[-1][2]
    for name in COEFFICIENTS:
        headers += [_NAMES[name], *(["from", "to"] if name in bounded else [])]
    lines: list[list[object]] = []
    for label, of, bounds in rows:
        line: list[object] = [label, *_counts(of)]
        for name, measure in COEFFICIENTS.items():
            line.append(measure(of))
            if name in bounds:
                interval = bounds[name]
                line += [interval.low, interval.high] if interval else [None, None]
        lines.append(line)
    print_table(headers, lines)


def _tell_about(found: Agreement, bounds: Intervals, rows: Sequence[Row]) -> None:
    a, b = found.coders
    units = f"{found.codes[0].cells.total:,} " if found.codes else ""
    tell(
        f"Counted in {units}{what_is_counted(found.unit, found.counted)}, in "
        f"{counted(len(found.sources), 'source')} that both have finished. "
        f"Bars: {FILLS[0]} both, {FILLS[1]} only {a}, {FILLS[2]} only {b}; prev.: the share of units coded, "
        "the mean of both."
    )
    if bounds.why:
        tell(bounds.why)
    else:
        said = ", ".join(
            f"{_NAMES[name]} {_shown(interval.low)} to {_shown(interval.high)}"
            for name, interval in bounds.pooled.items()
            if interval is not None
        )
        tell(
            f"{bounds.level:.0%} intervals for all codes: {said} ({bounds.resamples:,} resamples of the "
            f"sources, seed {bounds.seed})."
        )
    tell_reasons(
        [
            (label, f"no {_NAMES[name]}. {why_undefined(name, of)}")
            for label, of, _ in rows
            for name in COEFFICIENTS
            if why_undefined(name, of)
        ]
    )


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:z.2f}"


def _counts(cells: Cells) -> tuple[int, int, int, int]:
    return cells.both, cells.a_only, cells.b_only, cells.neither


def one_or_several(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the comparison of one pair by itself, those of several in a list."""
    if len(found) == 1:
        return found[0]
    return {"unit": found[0]["unit"], "counted": found[0]["counted"], "pairs": found}


def compared_json(found: Agreement, bounds: Intervals, book: Codebook) -> dict[str, Any]:
    """Give a comparison as the JSON that other programs read, with every figure; undefined ones are null."""
    return agreement_json(
        found,
        book,
        lambda code, cells: {
            **{name: measure(cells) for name, measure in COEFFICIENTS.items()},
            "why_null": {name: why for name in COEFFICIENTS if (why := why_undefined(name, cells))},
            "intervals": {
                name: None if one is None else {"low": one.low, "high": one.high, "undefined": one.undefined}
                for name, one in (bounds.pooled if code is None else bounds.codes[code]).items()
            },
        },
        {
            "level": bounds.level,
            "resamples": bounds.resamples,
            "seed": bounds.seed,
            "why_none": bounds.why or None,
        },
    )


def agreement_json(
    found: Agreement,
    book: Codebook,
    figures: Callable[[str | None, Cells], dict[str, Any]],
    interval: dict[str, Any] | None,
) -> dict[str, Any]:
    """Give a comparison as JSON.

    Args:
        found: The comparison.
        book: The codebook.
        figures: Gives what to add to the cells of a code, by its id, or to those of all codes, by None.
        interval: What intervals rest on.
    """

    def of(cells: Cells) -> dict[str, int]:
        return dict(zip(("both", "a_only", "b_only", "neither"), _counts(cells), strict=True))

    return {
        "unit": found.unit,
        "counted": found.counted,
        "coders": list(found.coders),
        "sources": found.sources,
        "codes": [
            {
                "code": one.code,
                "label": book.by_id[one.code].label,
                **of(one.cells),
                **figures(one.code, one.cells),
            }
            for one in found.codes
        ],
        "pooled": {**of(found.pooled), **figures(None, found.pooled)},
        "interval": interval,
    }
