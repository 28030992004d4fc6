"""The pack for parent collaborators, and what comes back, from the command line."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.document import counted, in_words
from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AllowUnsealed, AsJson, Coder
from qualbench.cli.output import print_json, tell
from qualbench.cli.tables import form_of
from qualbench.errors import Refused
from qualbench.exchange.gates import gate
from qualbench.exchange.pack import theme_cards, write_pack
from qualbench.exchange.pack_slip import import_slip, read_slip, slip_as_text
from qualbench.study.settings import read_study_settings
from qualbench.transcripts.attributes import read_attributes

commands = typer.Typer()
pack = typer.Typer(help="Theme cards for parent collaborators, and their answers.")
commands.add_typer(pack, name="pack")


@pack.command("make")
def make(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help=".docx: cards and slip; .txt: the slip alone.")
    ],
    theme: Annotated[list[str] | None, typer.Option(help="Only this theme; may be given again.")] = None,
    quotes: Annotated[int, typer.Option(min=0, help="Quotes of a theme, at most.")] = 2,
    allow_unsealed: AllowUnsealed = False,
    coder: Coder = None,
) -> None:
    """Write a card for each theme, in large print, with a reply slip."""
    form = form_of(None, file, ("docx", "txt"), "docx")
    study = opened(ctx, coder)
    cards = theme_cards(study, theme or (), quotes=quotes)
    if not cards:
        raise Refused("There are no themes to make cards of.", "Add themes: qualbench codebook.")
    quoted = form == "docx" and any(card.quotes for card in cards)
    with gate(study, file, allow_unsealed=allow_unsealed, holds_texts=quoted) as draft:
        if form == "docx":
            write_pack(cards, draft)
        else:
            draft.write_text(slip_as_text(cards), "utf-8")
    shown = f", {counted(sum(len(card.quotes) for card in cards), 'quote')}" if form == "docx" else ""
    tell(f"Wrote {file}: {counted(len(cards), 'card')}{shown}.")
    if hard := [card.title for card in cards if card.is_hard]:
        tell(
            f"Without words of its own, or with a long sentence: {in_words(hard)}. A card takes the theme's "
            "short definition: qualbench codebook edit."
        )


@pack.command("read")
def read(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A filled slip, .docx or .txt.")],
    participant: Annotated[str, typer.Option(help="Whose answers they are.")],
    name: Annotated[
        str | None, typer.Option(help="What to call the source; as the file if not given.")
    ] = None,
    kind: Annotated[str, typer.Option(help="minutes or field note.")] = "minutes",
    timepoint: Annotated[str | None, typer.Option()] = None,
    site: Annotated[str | None, typer.Option()] = None,
    date: Annotated[str | None, typer.Option(help="As 2025-03-31.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would come in.")] = False,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """Bring a filled slip in as a source; it is redacted like any other."""
    study = (opened if dry_run else opened_to_change)(ctx, coder)
    answers = read_slip(file)
    said = {"kind": kind, "timepoint": timepoint or "", "site": site or "", "date": date or ""}
    attributes = read_attributes(said, file.name, read_study_settings(study))
    made = import_slip(study, answers, participant, name or file.stem, attributes, dry_run=dry_run)
    if as_json:
        print_json({"source": made.name, "answers": [asdict(one) for one in answers]})
    themes = len({one.theme for one in answers})
    told = f"{counted(len(answers), 'answer')} on {counted(themes, 'theme')} as {made.name}"
    tell(f"{'Would bring in' if dry_run else 'Brought in'} {told}.")
    if not dry_run:
        tell("It is not redacted yet: qualbench redact suggest.")
