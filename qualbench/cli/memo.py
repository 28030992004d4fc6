"""Memos and read marks from the command line."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, print_table, tell
from qualbench.coding import memos
from qualbench.coding.reading import mark_read
from qualbench.errors import BadInput, NotFound
from qualbench.study.database import Study
from qualbench.text.spans import Span
from qualbench.transcripts.sources import read_source

commands = typer.Typer()
memo = typer.Typer(help="Write, list, show, edit and remove memos.")
commands.add_typer(memo, name="memo")

_SHOWN = 60  # characters of a memo's first line in the list

Id = Annotated[str, typer.Argument(metavar="ID")]
Text = Annotated[str | None, typer.Argument(metavar="[TEXT]", help="In Markdown; '-' reads standard input.")]
File = Annotated[Path | None, typer.Option("--file", help="Take the text from a file.")]
Source = Annotated[str | None, typer.Option("--source", metavar="NAME", help="About a source.")]
Code = Annotated[str | None, typer.Option("--code", metavar="CODE", help="About a code: id or label.")]
Coding = Annotated[str | None, typer.Option("--coding", metavar="ID", help="About a coding.")]


@memo.command("add")
def add(
    ctx: typer.Context,
    text: Text = None,
    file: File = None,
    source: Source = None,
    turn: Annotated[
        int | None, typer.Option(metavar="N", help="About the words of a turn of the source.")
    ] = None,
    code: Code = None,
    coding: Coding = None,
    coder: Coder = None,
) -> None:
    """Write a memo: on the study, unless an option says otherwise; prints its id."""
    words = _text(text, file)
    study = opened_to_change(ctx, coder)
    print(memos.add_memo(study, words, _subject(study, source, turn, code, coding)))


@memo.command("list")
def list_(
    ctx: typer.Context,
    about: Annotated[str | None, typer.Option(help=f"Only about: {', '.join(memos.ABOUT)}.")] = None,
    source: Annotated[str | None, typer.Option(help="Only on this source and what is in it.")] = None,
    code: Annotated[str | None, typer.Option(help="Only on this code and codings of it.")] = None,
    coding: Annotated[str | None, typer.Option(help="Only on this coding.")] = None,
    by: Annotated[str | None, typer.Option(help="Only by this author.")] = None,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """List memos, but those of others that are hidden yet."""
    study = opened(ctx, coder)
    found = memos.list_memos(study, about=about, source=source, code=code, coding=coding, by=by)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    print_table(
        ("id", "about", "where", "by", "changed", "memo"),
        [(m.id, m.about, m.where, m.created_by, m.changed_at[:10], _shortened(m.first_line)) for m in found],
    )
    if not found:
        tell("No memos here. Write one: qualbench memo add TEXT [--source NAME]")


@memo.command("show")
def show(ctx: typer.Context, memo_id: Id, as_json: AsJson = False, coder: Coder = None) -> None:
    """Print the text of a memo."""
    one = memos.read_memo(opened(ctx, coder), memo_id)
    if as_json:
        print_json(asdict(one))
        return
    tell(f"On {one.where}, by {one.created_by}, changed {one.changed_at[:10]}.")
    print(one.text)


@memo.command("edit")
def edit(ctx: typer.Context, memo_id: Id, text: Text = None, file: File = None, coder: Coder = None) -> None:
    """Give a memo of your own another text."""
    words = _text(text, file)
    memos.edit_memo(opened_to_change(ctx, coder), memo_id, words)
    tell("Changed. 'qualbench undo' brings the old text back.")


@memo.command("remove")
def remove(ctx: typer.Context, memo_id: Id, coder: Coder = None) -> None:
    """Take away a memo of your own."""
    memos.remove_memo(opened_to_change(ctx, coder), memo_id)
    tell("Removed. 'qualbench undo' brings it back.")


@commands.command("read")
def read(
    ctx: typer.Context,
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE...")],
    take_back: Annotated[bool, typer.Option("--take-back", help="You have not read them.")] = False,
    coder: Coder = None,
) -> None:
    """Mark sources as read through by you."""
    study = opened_to_change(ctx, coder)
    mark_read(study, *sources, take_back=take_back)
    tell(f"{', '.join(sources)}: {'no longer marked as read' if take_back else 'read'} by {study.coder}.")


def _text(text: str | None, file: Path | None) -> str:
    """The text of a memo from the one place that was given."""
    if (text is None) == (file is None):
        raise BadInput(
            "Give the text of the memo once.", "As an argument, '-' for standard input, or --file."
        )
    if text is not None:
        return sys.stdin.read() if text == "-" else text
    assert file is not None
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise BadInput(f"{file.name} is not text in UTF-8.", "Save it as such.") from None


def _subject(
    study: Study, source: str | None, turn: int | None, code: str | None, coding: str | None
) -> memos.Subject:
    if sum(given is not None for given in (source, code, coding)) > 1:
        raise BadInput("A memo is about one thing.", "Give one of --source, --code and --coding.")
    if turn is not None and source is None:
        raise BadInput("A turn needs its source.", "Add --source NAME.")
    if code is not None:
        return memos.on_code(code)
    if coding is not None:
        return memos.on_coding(coding)
    if source is None:
        return memos.THE_STUDY
    return memos.on_source(source) if turn is None else memos.on_words(source, _turn(study, source, turn))


def _turn(study: Study, source: str, n: int) -> Span:
    for turn in read_source(study, source).turns:
        if turn.n == n:
            return Span(turn.start, turn.end)
    raise NotFound(f"{source} has no turn {n}.", f"'qualbench sources {source} --json' gives them.")


def _shortened(line: str) -> str:
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
