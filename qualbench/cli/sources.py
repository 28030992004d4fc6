"""Reading sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from qualbench.cli.app import opened
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import coding_json, print_json, print_table, tell
from qualbench.coding.blind import finished_by
from qualbench.coding.reading import readers_of
from qualbench.study.database import Study
from qualbench.transcripts.sources import SourceRead, SourceSummary, list_sources, read_source

commands = typer.Typer()


@commands.command("sources")
def sources(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One source, to print it.")] = None,
    codes: Annotated[bool, typer.Option("--codes", help="With its codes and memos, turn by turn.")] = False,
    layer: Annotated[
        str | None, typer.Option(help="Whose codes: a coder, or 'agreed'; your own if not given.")
    ] = None,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """List sources, or print one."""
    study = opened(ctx, coder)
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
    read_by = readers_of(study)
    if as_json:
        print_json([{**_summary_json(s), **_readers_json(read_by.get(s.name, []))} for s in found])
        return
    finished = finished_by(study)
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
            "finished by",
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
                " ".join(sorted(finished.get(s.name, ()))) or None,
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


def _readers_json(readers: Sequence[tuple[str, str]]) -> dict[str, object]:
    return {"read_by": [{"coder": coder, "at": at} for coder, at in readers]}


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
    readers = _readers_json(readers_of(study).get(source.summary.name, []))
    return {**_summary_json(source.summary), "text": source.text, "turns": turns, **readers}
