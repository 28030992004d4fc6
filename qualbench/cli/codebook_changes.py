"""Changing the codebook from the command line."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import coding_json, print_json, print_table, tell
from qualbench.codebook.editing import EDITABLE, NewCode, add_code, edit_code, set_key
from qualbench.codebook.merging import merge_codes, split_code
from qualbench.codebook.moving import agree_codes, move_code, restore_code, retire_code, shift_code
from qualbench.codebook.tree import LEVELS, LISTS, read_codebook
from qualbench.coding import reviewing
from qualbench.coding.codings import CodingRead
from qualbench.coding.examples import KINDS, add_example, remove_example
from qualbench.coding.rereading import passages_to_reread
from qualbench.errors import BadInput
from qualbench.study.database import Study
from qualbench.text.spans import Span

changes = typer.Typer()

Code = Annotated[str, typer.Argument(metavar="CODE", help="Id or label.")]
Why = Annotated[str, typer.Option("--reason", help="Why; it is told in the history of the codebook.")]

_UNDO = "'qualbench undo' takes it back."


@changes.command("add")
def add(
    ctx: typer.Context,
    label: Annotated[str, typer.Argument(metavar="LABEL")],
    under: Annotated[str | None, typer.Option(help="The entry to stand below.")] = None,
    level: Annotated[str, typer.Option(help=", ".join(LEVELS))] = "code",
    reason: Why = "",
    coder: Coder = None,
) -> None:
    """Add a candidate entry."""
    if level not in LEVELS:
        raise BadInput(f"'{level}' is not a level.", f"Use one of {', '.join(LEVELS)}.")
    entry = add_code(opened_to_change(ctx, coder), NewCode(label, under, level=level), reason)
    tell(f"Added '{entry.label}', a candidate.")
    print(entry.id)


@changes.command("set")
def set_(
    ctx: typer.Context,
    code: Code,
    values: Annotated[
        list[str],
        typer.Argument(metavar="FIELD=VALUE...", help="Items parted by ; in fields that hold several."),
    ],
    reason: Why = "",
    coder: Coder = None,
) -> None:
    """Set fields of an entry: definition="...", tags="tfa:burden; mrc:reach", origin=data and so on."""
    fields: dict[str, Any] = {}
    for pair in values:
        name, found, value = pair.partition("=")
        name = name.strip().replace("-", "_").replace(" ", "_")
        if not found or name not in EDITABLE:
            raise BadInput(f"'{name}' is not a field to be set.", f"Set some of {', '.join(EDITABLE)}.")
        fields[name] = tuple(value.split(";")) if name in LISTS else value
    entry = edit_code(opened_to_change(ctx, coder), code, fields, reason=reason)
    tell(f"'{entry.label}' has a new {', '.join(name.replace('_', ' ') for name in fields)}. {_UNDO}")


@changes.command("rename")
def rename(
    ctx: typer.Context,
    code: Code,
    label: Annotated[str, typer.Argument(metavar="LABEL")],
    reason: Why = "",
    coder: Coder = None,
) -> None:
    """Give an entry another name; its id stays."""
    edit_code(opened_to_change(ctx, coder), code, {"label": label}, reason=reason)
    tell(f"Renamed. {_UNDO}")


@changes.command("move")
def move(
    ctx: typer.Context,
    code: Code,
    under: Annotated[str | None, typer.Option(help="The entry to stand below; none for the top.")] = None,
    up: Annotated[bool, typer.Option("--up", help="Up among its neighbours instead.")] = False,
    down: Annotated[bool, typer.Option("--down", help="Down among its neighbours instead.")] = False,
    reason: Why = "",
    coder: Coder = None,
) -> None:
    """Put an entry below another one, or up or down among its neighbours."""
    study = opened_to_change(ctx, coder)
    if up or down:
        shift_code(study, code, -1 if up else 1)
    else:
        move_code(study, code, under, reason)
    tell(f"Moved. {_UNDO}")


@changes.command("merge")
def merge(
    ctx: typer.Context,
    code: Code,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The code that stays.")],
    reason: Why = "",
    coder: Coder = None,
) -> None:
    """Merge a code into another one; codings of both on the same words are kept once."""
    merged = merge_codes(opened_to_change(ctx, coder), code, into, reason)
    tell(
        f"{merged.codings} codings of yours and of the agreed layer went to '{merged.into.label}'"
        f"{f', {merged.joined} of them joining one that was there' if merged.joined else ''}. {_UNDO}"
    )


@changes.command("split")
def split(
    ctx: typer.Context,
    code: Code,
    into: Annotated[list[str] | None, typer.Option(help="A new code; give it several times.")] = None,
    send: Annotated[list[str] | None, typer.Option(help="Ids of codings to send on; with --to.")] = None,
    to: Annotated[str | None, typer.Option(help="The new code they go to.")] = None,
    layer: Annotated[str | None, typer.Option(help="Your own, or 'agreed'.")] = None,
    as_json: AsJson = False,
    reason: Why = "",
    coder: Coder = None,
) -> None:
    """Split a code: make the new ones (--into), list what is left, send passages on (--send ID --to CODE)."""
    study = opened_to_change(ctx, coder)
    if into:
        parts = split_code(study, code, into, reason)
        tell(f"Made {', '.join(part.label for part in parts)}. {_UNDO}")
    if send:
        if to is None:
            raise BadInput("It is not said where the passages go.", "Add --to CODE.")
        tell(f"Sent {len(send)} to '{reviewing.recode(study, send, to).label}'. {_UNDO}")
    left = [] if _is_done(study, code) else reviewing.passages_to_split(study, code, layer)
    _print_codings(left, as_json)
    tell(f"{len(left)} passages are still to be sent on or kept.")


@changes.command("retire")
def retire(ctx: typer.Context, code: Code, reason: Why = "", coder: Coder = None) -> None:
    """Take an entry out of use; its codings stay."""
    retire_code(opened_to_change(ctx, coder), code, reason)
    tell(f"Retired. {_UNDO}")


@changes.command("restore")
def restore(ctx: typer.Context, code: Code, reason: Why = "", coder: Coder = None) -> None:
    """Bring a retired or merged entry back as a candidate."""
    restore_code(opened_to_change(ctx, coder), code, reason)
    tell("It is a candidate again.")


@changes.command("agree")
def agree(
    ctx: typer.Context,
    codes: Annotated[list[str], typer.Argument(metavar="CODE...")],
    reason: Why = "",
    coder: Coder = None,
) -> None:
    """Agree on candidates; the codes that a theme groups then stand below it."""
    agreed = agree_codes(opened_to_change(ctx, coder), codes, reason)
    tell(f"Agreed on {', '.join(entry.label for entry in agreed)}. {_UNDO}")


@changes.command("group")
def group(
    ctx: typer.Context,
    theme: Annotated[str, typer.Argument(metavar="THEME", help="A candidate theme.")],
    codes: Annotated[list[str], typer.Argument(metavar="CODE...")],
    out: Annotated[bool, typer.Option("--out", help="Take them out of it.")] = False,
    coder: Coder = None,
) -> None:
    """Put codes into a candidate theme, besides where they stand."""
    study = opened_to_change(ctx, coder)
    book = read_codebook(study)
    into, entries = book.find(theme).id, [book.find(code) for code in codes]  # all there, or nothing is done
    for entry in dict.fromkeys(entries):
        kept = tuple(other for other in entry.also_in if other != into)
        edit_code(study, entry.id, {"also_in": kept if out else (*kept, into)}, seen=entry)
    tell(f"{len(codes)} codes {'taken out' if out else 'put in'}.")


@changes.command("example")
def example(
    ctx: typer.Context,
    code: Code,
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", help=", ".join(KINDS))] = None,
    source: Annotated[str | None, typer.Argument(metavar="[SOURCE]")] = None,
    start: Annotated[int, typer.Argument(metavar="[START]")] = 0,
    end: Annotated[int, typer.Argument(metavar="[END]")] = 0,
    remove: Annotated[str | None, typer.Option(help="Take the example with this id away.")] = None,
    coder: Coder = None,
) -> None:
    """Give a passage as an example of a code, or take one away."""
    study = opened_to_change(ctx, coder)
    if remove is not None:
        remove_example(study, remove)
        tell(f"Taken away. {_UNDO}")
    elif kind is None or source is None:
        raise BadInput("It is not said which words are the example.", "Give KIND SOURCE START END.")
    else:
        print(add_example(study, code, kind, source, Span(start, end)))


@changes.command("key")
def key(
    ctx: typer.Context,
    code: Code,
    letter: Annotated[
        str | None, typer.Argument(metavar="[LETTER]", help="A letter or digit; none takes it away.")
    ] = None,
    coder: Coder = None,
) -> None:
    """Give a code the letter that applies it in the workbench, or take it away."""
    before = set_key(opened_to_change(ctx, coder), code, letter)
    tell(f"Done; '{before.label}' had it before." if before else "Done.")


@changes.command("reread")
def reread(
    ctx: typer.Context,
    since: Annotated[int | None, typer.Option(help="Compare from this version.")] = None,
    until: Annotated[
        int | None, typer.Option(help="Compare to this version; the newest if not given.")
    ] = None,
    layer: Annotated[str | None, typer.Option(help="Your own, or 'agreed'.")] = None,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """List passages to be read again, for their code was changed since they were coded."""
    found = passages_to_reread(opened(ctx, coder), layer, since=since, until=until)
    if as_json:
        print_json(
            [
                {
                    "id": one.coding.id,
                    "source": one.coding.source,
                    "start": one.coding.start,
                    "end": one.coding.end,
                    "code": one.coding.code,
                    "under": one.under,
                    "changes": [change.kind for change in one.changes],
                    "quote": one.coding.quote,
                }
                for one in found
            ]
        )
    else:
        print_table(
            ("id", "source", "start", "code", "under", "changes", "words"),
            [
                (
                    one.coding.id,
                    one.coding.source,
                    one.coding.start,
                    one.coding.code,
                    one.under,
                    ", ".join(dict.fromkeys(change.kind for change in one.changes)),
                    " ".join(one.coding.quote.split())[:50],
                )
                for one in found
            ],
        )
    tell(f"{len(found)} passages to read again. 'qualbench code keep ID' says that one has been.")


@changes.command("review")
def review(
    ctx: typer.Context,
    theme: Annotated[str, typer.Argument(metavar="THEME", help="A theme, sub-theme or code.")],
    layer: Annotated[str | None, typer.Option(help="Your own if not given.")] = None,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """Print all passages of a theme, code by code."""
    _print_codings(reviewing.theme_passages(opened(ctx, coder), theme, layer), as_json)


def _is_done(study: Study, code: str) -> bool:
    return not read_codebook(study).find(code).in_use


def _print_codings(codings: list[CodingRead], as_json: bool) -> None:
    if as_json:
        print_json([coding_json(coding) for coding in codings])
        return
    print_table(
        ("id", "source", "start", "code", "kept", "words"),
        [
            (c.id, c.source, c.start, c.code, "yes" if c.kept_at else "", " ".join(c.quote.split())[:60])
            for c in codings
        ],
    )
