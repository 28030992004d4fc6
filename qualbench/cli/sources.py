"""Reading sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from qualbench.cli.app import opened
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import coders_json, coding_json, print_json, print_table, tell
from qualbench.coding.progress import states_of
from qualbench.coding.reading import readers_of
from qualbench.errors import BadInput
from qualbench.study.database import Study
from qualbench.transcripts.sources import SourceRead, SourceSummary, list_sources, read_source

commands = typer.Typer()

DESCRIBE = "describe"
"""In the place of a name: the sources in figures."""


@commands.command("sources")
def sources(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One source, to print it.")] = None,
    codes: Annotated[bool, typer.Option("--codes", help="With its codes and memos, turn by turn.")] = False,
    layer: Annotated[
        str | None, typer.Option(help="Whose codes: a coder, or 'agreed'; your own if not given.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", metavar="FILE", help="With 'describe': .docx, .xlsx or .csv.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="With 'describe': print CSV.")] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="With 'describe': cells of few people too, for the team.")
    ] = False,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """List sources, or print one; 'sources describe' counts them."""
    study = opened(ctx, coder)
    if name == DESCRIBE and all(source.name != DESCRIBE for source in list_sources(study)):
        from qualbench.cli.sources_described import describe

        describe(study, output, csv=csv, as_json=as_json, whole=whole)
        return
    if output is not None or csv or whole:
        raise BadInput("-o, --csv and --whole go with 'sources describe'.", "Leave them out for a list.")
    if name is not None:
        if codes:
            _print_coded(study, name, layer, as_json)
        else:
            source = read_source(study, name)
            if as_json:
                print_json(_source_json(study, source))
            else:
                print(source.text)
        return
    found = list_sources(study)
    read_by, states = readers_of(study), states_of(study)
    if as_json:
        print_json([{**_summary_json(s), **_people_json(read_by, states, s.name)} for s in found])
        return
    print_table(
        (
            "source",
            "stakeholders",
            "timepoint",
            "site",
            "mode",
            "state",
            "words",
            "checked",
            "read by",
            "coders",
        ),
        [
            (
                s.name,
                ", ".join(s.stakeholders) or None,
                s.timepoint,
                s.site,
                s.mode,
                s.state,
                s.words,
                s.checked_by,
                " ".join(coder for coder, _ in read_by.get(s.name, ())) or None,
                ", ".join(f"{coder} {state}" for coder, state in states.get(s.name, {}).items()) or None,
            )
            for s in found
        ],
    )
    if not found:
        tell("No sources yet. Bring some in: qualbench import FOLDER --manifest CSV")


def _print_coded(study: Study, name: str, layer: str | None, as_json: bool) -> None:
    # imported here: a list of sources shall not wait for what it does not show
    from qualbench.codebook.tree import read_codebook
    from qualbench.coding.codings import list_codings
    from qualbench.coding.memos import list_memos
    from qualbench.coding.plain import coded_text

    source = read_source(study, name)
    codings = list_codings(study, source=name, layer=layer)
    if as_json:
        coded = [coding_json(coding) for coding in codings]
        print_json({**_source_json(study, source), "codings": coded})
    else:
        memos = list_memos(study, source=name)
        print(coded_text(source, codings, read_codebook(study), memos), end="")


def _summary_json(summary: SourceSummary) -> dict[str, object]:
    return {
        "name": summary.name,
        "kind": summary.kind,
        "timepoint": summary.timepoint,
        "site": summary.site,
        "mode": summary.mode,
        "state": summary.state,
        "words": summary.words,
        "stakeholders": list(summary.stakeholders),
        "date": summary.date,
        "checked_by": summary.checked_by,
        "checked_at": summary.checked_at,
    }


def _people_json(
    readers: Mapping[str, Sequence[tuple[str, str]]], states: Mapping[str, Mapping[str, str]], name: str
) -> dict[str, object]:
    """Who has read a source, and who codes it."""
    return {
        "read_by": [{"coder": coder, "at": at} for coder, at in readers.get(name, ())],
        "coders": coders_json(states.get(name, {})),
    }


def _source_json(study: Study, source: SourceRead) -> dict[str, object]:
    turns = [
        {
            "n": turn.n,
            "start": turn.start,
            "end": turn.end,
            "speaker": turn.speaker,
            "participant": turn.participant,
            "role": turn.role,
            "time": turn.time,
        }
        for turn in source.turns
    ]
    people = _people_json(readers_of(study), states_of(study), source.summary.name)
    return {**_summary_json(source.summary), "text": source.text, "turns": turns, **people}
