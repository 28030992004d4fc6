"""What the commands on agreement have in common: whom to compare, what to count, where to write it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qualbench.agreement.comparable import comparable, compared_sources, pairs
from qualbench.agreement.decisions import Pair
from qualbench.agreement.units import COUNTED, UNITS
from qualbench.analysis.document import in_words
from qualbench.cli.output import print_json, print_table, tell
from qualbench.errors import BadInput, Refused
from qualbench.study.database import Study
from qualbench.study.settings import read_stance
from qualbench.study.stance import NO_COEFFICIENTS, wording

if TYPE_CHECKING:
    from qualbench.exchange.agreement_tables import Table

Coders = Annotated[
    str | None, typer.Option(metavar="AB,CD", help="Whom to compare; everybody who can be, if not given.")
]
Two = Annotated[str | None, typer.Option("--coders", metavar="AB,CD", help="The two coders.")]
Unit = Annotated[str, typer.Option(help=", ".join(UNITS))]
Counted = Annotated[str, typer.Option(help=f"Whose words: {', '.join(COUNTED)}.")]
Sources = Annotated[list[str] | None, typer.Option("--source", help="Only this source; may be repeated.")]
Codes = Annotated[
    list[str] | None, typer.Option("--code", help="Only this code and those below it; may be repeated.")
]
Form = Annotated[str | None, typer.Option("--format", help="table, csv, xlsx or json.")]
Output = Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Write to a file.")]

_FORMS = ("table", "csv", "xlsx", "json")


def coders_in(given: str | None) -> list[str] | None:
    """Read `AB,CD`; None if nothing is given.

    Raises:
        BadInput: If it is fewer than two coders.
    """
    if given is None:
        return None
    names = [name.strip() for name in given.split(",") if name.strip()]
    if len(names) < 2:
        raise BadInput(f"'{given}' is not two coders.", "Write --coders AB,CD.")
    return names


def pair_in(given: str | None) -> Pair | None:
    """Read `AB,CD` where two are compared; None if nothing is given.

    Raises:
        BadInput: If it is not two coders.
    """
    names = coders_in(given)
    if names is None:
        return None
    if len(names) != 2:
        raise BadInput(f"'{given}' is not two coders.", "Write --coders AB,CD.")
    return _ordered(names)


def pairs_in(study: Study, given: str | None, sources: Collection[str] | None = None) -> list[Pair]:
    """Give the pairs to compare: the one named, those among several named, or all that can be.

    Args:
        study: The study, with the coder at work.
        given: What `--coders` says.
        sources: Only pairs that can be compared in all of these sources.

    Raises:
        Refused: If there is none.
    """
    names = coders_in(given)
    if names is not None and len(names) == 2:
        return [_ordered(names)]
    if names is not None:
        compared_sources(study, names)
    found = [
        pair
        for pair, common in pairs(study)
        if (names is None or set(pair) <= set(names)) and set(sources or ()) <= set(common)
    ]
    if not found:
        pair, _ = comparable(study, None)  # says why there is none
        return [pair]
    return found


def one_pair_in(study: Study, given: str | None, sources: Collection[str] | None = None) -> Pair:
    """Give the pair to compare, where there can be only one; arguments are those of `pairs_in`.

    Raises:
        Refused: If there is none, or several.
    """
    found = pairs_in(study, given, sources)
    if len(found) > 1:
        named = in_words([f"{a} with {b}" for a, b in found])
        raise Refused(f"Several pairs can be compared: {named}.", "Name two: --coders AB,CD.")
    return found[0]


def refuse_if_reflexive(study: Study) -> None:
    """Check that the study shows coefficients at all.

    Raises:
        Refused: If it is reflexive.
    """
    if not wording(read_stance(study)).coefficients:
        raise Refused(NO_COEFFICIENTS, "'qualbench reconcile list' gives the passages to talk over.")


def form_of(form: str | None, output: Path | None, as_json: bool, more: Sequence[str] = ()) -> str:
    """Give the format wanted: the one named, or that of the file's ending.

    Raises:
        BadInput: If it is not known, or does not go with the file or without one.
    """
    known = (*_FORMS, *more)
    if form is None:
        form = "json" if as_json else output.suffix.lower().removeprefix(".") if output else "table"
    if form not in known:
        raise BadInput(f"'{form}' is not a format.", f"Use {', '.join(known[:-1])} or {known[-1]}.")
    if form in ("xlsx", "svg") and output is None:
        raise BadInput(f"'{form}' needs a file.", f"Add -o FILE.{form}.")
    if form in ("table", "json") and output is not None:
        raise BadInput(f"'{form}' goes to standard output.", f"Use {known[1]} or {known[2]} with -o.")
    return form


def give(
    study: Study,
    form: str,
    output: Path | None,
    table: Callable[[], Table],
    data: Callable[[], object],
    show: Callable[[], None],
) -> None:
    """Print or write a report: for people, as JSON, CSV or a workbook.

    Args:
        study: The study.
        form: As `form_of` gives it.
        output: The file, if there is one.
        table: Gives the report as a table.
        data: Gives it as JSON.
        show: Prints it.
    """
    from qualbench.exchange.agreement_tables import table_as_csv, write_table_workbook
    from qualbench.exchange.gates import gate

    if form == "json":
        print_json(data())
    elif form == "table":
        show()
    elif output is None:
        print(table_as_csv(table()), end="")
    else:
        made = table()
        with gate(study, output, holds_texts=False, words=made.words) as draft:
            if form == "xlsx":
                write_table_workbook(made, draft)
            else:
                draft.write_text(table_as_csv(made), "utf-8-sig")
        tell(f"Wrote {output}.")


def show_table(table: Table, *, coders: bool) -> None:
    """Print a table without what only programs need, and say why figures are missing.

    Args:
        table: The table.
        coders: Whether its columns of coders are wanted, there being several pairs.
    """
    hidden = {"code", "Id", "why_undefined", *(() if coders else ("coder_a", "coder_b", "User A", "User B"))}
    shown = [
        n
        for n, name in enumerate(table.headers)
        if name not in hidden and any(row[n] is not None for row in table.rows)
    ]
    headers = ["code" if table.headers[n] == "label" else _plain(table.headers[n]) for n in shown]
    print_table(headers, [[row[n] for n in shown] for row in table.rows])
    if "why_undefined" in table.headers:
        label, why = table.headers.index("label"), table.headers.index("why_undefined")
        tell_reasons([(str(row[label]), _plain(str(row[why]))) for row in table.rows])
    for note in table.notes:
        tell(note)


def _plain(name: str) -> str:
    """A name of a column as people say it."""
    return name.replace("_alpha", "").replace("_", " ")


def _ordered(names: Sequence[str]) -> Pair:
    """Two coders as A and B: A is the first in the alphabet, whoever asks."""
    a, b = sorted(names)
    return a, b


def tell_reasons(reasons: Sequence[tuple[str, str]]) -> None:
    """Say why figures are undefined, each reason once, with the codes that it is about."""
    for why in dict.fromkeys(why for _, why in reasons if why):
        labels = list(dict.fromkeys(label for label, of_label in reasons if of_label == why))
        tell(f"- {in_words(labels, 4)}: {why}")
