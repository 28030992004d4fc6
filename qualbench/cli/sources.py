"""Reading sources."""

from __future__ import annotations

from typing import Annotated

import typer

from qualbench.cli.app import opened
from qualbench.cli.options import AsJson
from qualbench.cli.output import print_json, print_table, tell
from qualbench.coding.blind import finished_by
from qualbench.transcripts.sources import SourceRead, SourceSummary, list_sources, read_source

commands = typer.Typer()


@commands.command("sources")
def sources(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One source, to print it.")] = None,
    as_json: AsJson = False,
) -> None:
    """List sources, or print one."""
    study = opened(ctx)
    if name is not None:
        source = read_source(study, name)
        if as_json:
            print_json(_source_json(source))
        else:
            print(source.text)
        return
    found = list_sources(study)
    if as_json:
        print_json([_summary_json(summary) for summary in found])
        return
    finished = finished_by(study)
    print_table(
        ("source", "stakeholders", "timepoint", "site", "mode", "state", "words", "checked", "finished by"),
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
                " ".join(sorted(finished.get(s.name, ()))) or None,
            )
            for s in found
        ],
    )
    if not found:
        tell("No sources yet. Bring some in: qualbench import FOLDER --manifest CSV")


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


def _source_json(source: SourceRead) -> dict[str, object]:
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
    return {**_summary_json(source.summary), "text": source.text, "turns": turns}
