"""Searching from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, print_table, tell
from qualbench.coding.applying import apply_codes
from qualbench.coding.search.hits import Hit, Limits, search
from qualbench.coding.search.passages import EXTENTS, passage_of
from qualbench.errors import BadInput
from qualbench.text.spans import Span

commands = typer.Typer()

_AROUND = 60
"""Code points of context at each side of a hit."""


@commands.command("search")
def search_(
    ctx: typer.Context,
    query: Annotated[
        str,
        typer.Argument(
            metavar="QUERY",
            help="forms bus (both in a turn), '\"the forms\"', refer*, wrod~ (spelt much like it), "
            "'forms NEAR/5 bus', 'forms OR bus', 'forms -bus', '/colou?rs?/'.",
        ),
    ],
    stakeholder: Annotated[str | None, typer.Option(help="Only words of this stakeholder type.")] = None,
    timepoint: Annotated[str | None, typer.Option(help="Only sources of this timepoint.")] = None,
    site: Annotated[str | None, typer.Option(help="Only this site.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind of source.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; may be repeated.")] = None,
    code: Annotated[str | None, typer.Option(help="Only words with this code or theme.")] = None,
    layer: Annotated[str | None, typer.Option(help="Whose codings of it; your own if not given.")] = None,
    uncoded: Annotated[bool, typer.Option("--uncoded", help="Only words without any code.")] = False,
    arm: Annotated[str | None, typer.Option(help="Only words of this arm, once it is unsealed.")] = None,
    put: Annotated[str | None, typer.Option("--apply", help="Put this code on all that is found.")] = None,
    extent: Annotated[str, typer.Option(help="How much it is put on: words, sentence, turn.")] = "words",
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """Find words in the transcripts."""
    limits = Limits(stakeholder, timepoint, site, kind, tuple(source or ()), code, layer, uncoded, arm)
    if extent not in EXTENTS:
        raise BadInput(f"'{extent}' is no extent.", f"Use one of {', '.join(EXTENTS)}.")
    study = opened_to_change(ctx, coder) if put else opened(ctx, coder)
    hits = search(study, query, limits)
    if as_json:
        print_json([_as_json(hit) for hit in hits])
    elif hits:
        rows = [(h.source, h.start, h.end, h.block.speaker, in_context(h)) for h in hits]
        print_table(("source", "start", "end", "speaker", "words"), rows)
    sources = len({hit.source for hit in hits})
    tell(f"{len(hits)} places in {sources} sources." if hits else "Found nowhere.")
    if put and hits:
        tell(apply_codes(study, [passage_of(hit, extent) for hit in hits], [put]).sentence())


def in_context(hit: Hit) -> str:
    """Give a hit between » and « with the words around it, in one line."""
    words, found = hit.block.words, Span(hit.start - hit.block.start, hit.end - hit.block.start)
    first, last = max(0, found.start - _AROUND), min(len(words), found.end + _AROUND)
    before, after = words[first : found.start], words[found.end : last]
    if first > 0:
        before = "…" + before.partition(" ")[2]
    if last < len(words):
        after = after.rpartition(" ")[0] + "…"
    return " ".join(f"{before}»{hit.text}«{after}".split())


def _as_json(hit: Hit) -> dict[str, object]:
    return {
        "source": hit.source,
        "start": hit.start,
        "end": hit.end,
        "text": hit.text,
        "speaker": hit.block.speaker,
        "participant": hit.block.participant,
        "stakeholder": hit.block.stakeholder,
        "timepoint": hit.block.timepoint,
        "site": hit.block.site,
        "block": {"start": hit.block.start, "end": hit.block.end, "text": hit.block.words},
    }
