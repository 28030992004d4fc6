"""Quotes from the command line."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.document import counted, in_words
from qualbench.analysis.quotes import QuoteFilter, QuotesFound, find_quotes
from qualbench.analysis.quotes_labels import DEFAULT_LABEL
from qualbench.analysis.quotes_passages import Passage, Quoted, as_passages, how_often_quoted
from qualbench.analysis.quotes_writing import (
    quotes_as_csv,
    quotes_as_json,
    quotes_as_markdown,
    quotes_as_rows,
    quotes_as_text,
)
from qualbench.cli.app import opened
from qualbench.cli.options import AllowUnsealed, AsJson, Coder
from qualbench.cli.output import json_text, print_json, print_table, tell
from qualbench.cli.tables import form_of
from qualbench.codebook.tree import read_codebook
from qualbench.errors import BadInput
from qualbench.exchange.gates import gate
from qualbench.study.database import Study
from qualbench.study.tables import AGREED

commands = typer.Typer()

FORMATS = ("table", "csv", "md", "docx", "xlsx", "json")
_WIDTHS = (24, 30, 8, 8, 34, 90, 60, 60)  # of the columns of a workbook, in characters

Only = Annotated[list[str] | None, typer.Option(metavar="VALUE", help="Only those; may be repeated.")]


@commands.command("quotes")
def quotes(
    ctx: typer.Context,
    code: Annotated[
        str | None, typer.Option("--code", "--theme", help="A code, sub-theme or theme, with all below it.")
    ] = None,
    stakeholder: Only = None,
    timepoint: Only = None,
    site: Only = None,
    kind: Only = None,
    mode: Only = None,
    participant: Only = None,
    family: Only = None,
    source: Only = None,
    arm: Only = None,
    exemplar: Annotated[bool, typer.Option("--exemplar", help="Only exemplars.")] = False,
    layer: Annotated[str, typer.Option(help="'agreed', or a coder.")] = AGREED,
    context: Annotated[int, typer.Option(min=0, help="Turns to show around each, marked as such.")] = 0,
    label: Annotated[str, typer.Option(help="How a quote is labelled.")] = DEFAULT_LABEL,
    longest: Annotated[
        int | None, typer.Option(min=1, help="Cut longer ones after so many words, at the end of a sentence.")
    ] = None,
    where: Annotated[bool, typer.Option("--where", help="Say source and place, to look it up.")] = False,
    counts: Annotated[bool, typer.Option("--counts", help="How often each participant is quoted.")] = False,
    form: Annotated[str | None, typer.Option("--format", help=", ".join(FORMATS))] = None,
    output: Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Write to a file.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, with source and place.")] = False,
    json: AsJson = False,
    allow_unsealed: AllowUnsealed = False,
    coder: Coder = None,
) -> None:
    """Coded words with labels that point at nobody."""
    wanted = form_of("csv" if as_csv else form, output, FORMATS, "table", as_json=json)
    study = opened(ctx, coder)
    given = {
        "stakeholder": stakeholder,
        "timepoint": timepoint,
        "site": site,
        "kind": kind,
        "mode": mode,
        "participant": participant,
        "family": family,
        "source": source,
        "arm": arm,
    }
    only = tuple((name, value) for name, values in given.items() for value in values or ())
    found = find_quotes(study, QuoteFilter(code, only, exemplar, layer), label=label)
    if counts:
        if output is not None:
            raise BadInput("Counts go to the terminal.", "Leave out -o.")
        _print_counts(how_often_quoted(study, found), wanted)
        tell(f"Passages of the layer '{layer}', each once. The list names participants: for the team only.")
        tell_of_left_out(found)
        return
    together = wanted in ("table", "md", "docx")
    passages = as_passages(
        study, found.quotes, together=together, longest=longest, context=context, label=label
    )
    if output is None:
        print(_as_text(study, passages, wanted, where=where), end="")
    else:
        with gate(study, output, allow_unsealed=allow_unsealed) as draft:
            _write(study, passages, wanted, draft, where=where)
        tell(f"Wrote {output}.")
    tell(f"{counted(len(found.quotes), 'quote')} of the layer '{layer}'.")
    if len(passages) < len(found.quotes):
        tell(f"Words with several codes stand once: {counted(len(passages), 'passage')}.")
    tell_of_left_out(found)
    tell_of_ids(found)
    if context and output is not None:
        tell("Talk around a quote can tell who speaks where its label does not: for the team only.")
    if only and output is not None and together:
        tell(
            f"Chosen by {in_words(list(dict.fromkeys(name for name, _ in only)))}: a reader who is told so "
            "knows more of each speaker than the labels say."
        )


def tell_of_left_out(found: QuotesFound) -> None:
    """Say what is left out: quotes of people who did not agree, and sources that may not be seen yet."""
    people = sum(1 for count in found.withheld.values() if count)
    if people:
        tell(
            f"Left out: {counted(sum(found.withheld.values()), 'quote')} of "
            f"{counted(people, 'participant')} who did not agree to be quoted. They are counted in matrices."
        )
    if found.hidden:
        tell(f"Left out: {counted(found.hidden, 'source')} hidden until you have finished them too.")


def tell_of_ids(found: QuotesFound) -> None:
    """Say that labels name one person or conversation each, where a template asked for that."""
    if found.label_ids:
        tell(
            f"The labels name each {in_words(found.label_ids)}: they point to one person. For the team only."
        )


def _as_text(study: Study, passages: Sequence[Passage], form: str, *, where: bool) -> str:
    if form == "csv":
        return quotes_as_csv(passages)
    if form == "json":
        return json_text(quotes_as_json(passages))
    if form == "md":
        return quotes_as_markdown(passages, _names(study), where=where)
    return quotes_as_text(passages, where=where)


def _write(study: Study, passages: Sequence[Passage], form: str, path: Path, *, where: bool) -> None:
    if form == "docx":
        from qualbench.exchange.word_quotes import write_quotes_document

        write_quotes_document(passages, path, _names(study), where=where)
    elif form == "xlsx":
        from qualbench.exchange.spreadsheets import write_rows

        headers, *rows = quotes_as_rows(passages)
        write_rows(path, list(map(str, headers)), rows, title="Quotes", widths=_WIDTHS)
    else:
        path.write_text(_as_text(study, passages, form, where=where), "utf-8")


def _names(study: Study) -> dict[str, str]:
    return {id_: entry.label for id_, entry in read_codebook(study).by_id.items()}


def _print_counts(rows: Sequence[Quoted], form: str) -> None:
    headers = ("participant", "passages", "share", "may be quoted")
    if form == "json":
        print_json([row._asdict() for row in rows])
    elif form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(headers)
        writer.writerows((who, n, share, _agreed(agreed)) for who, n, share, agreed in rows)
    elif form == "table":
        shares = [f"{row.share:.0%}" if row.share is not None else "-" for row in rows]
        print_table(
            headers,
            [
                (row.participant, row.passages, share.rjust(5), _agreed(row.agreed))
                for row, share in zip(rows, shares, strict=True)
            ],
        )
        never = sum(not row.passages and row.agreed is not False for row in rows)
        tell(f"{counted(never, 'participant')} never quoted, of {len(rows)}.")
    else:
        raise BadInput("Counts are a table.", "Use --format table, csv or json.")


def _agreed(agreed: bool | None) -> str:
    return {True: "yes", False: "no", None: "not on record"}[agreed]
