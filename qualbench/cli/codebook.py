"""The codebook from the command line: showing it, its versions, and the codebook as files."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from qualbench.analysis.code_use import code_use, rolled_up
from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.codebook_changes import changes
from qualbench.cli.codebook_files import files
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, print_table, tell
from qualbench.codebook.diff import CodeChange
from qualbench.codebook.tree import LISTS, Codebook, CodeEntry
from qualbench.codebook.versions import compare_versions, list_versions, read_version, release
from qualbench.coding.examples import list_examples
from qualbench.coding.rereading import count_to_reread, passages_to_reread
from qualbench.study.database import Study
from qualbench.study.tables import AGREED
from qualbench.text.diff import pieces

commands = typer.Typer()
codebook = typer.Typer(help="Show, change, version, import and export the codebook.")
commands.add_typer(codebook, name="codebook")
codebook.add_typer(changes)
codebook.add_typer(files)

Version = Annotated[int | None, typer.Option(help="As it stood in this version.")]

_SHOWN = tuple(
    name
    for name in CodeEntry.__dataclass_fields__
    if name not in ("id", "parent_id", "label", "merged_into", "split_from")
)


@codebook.command("show")
def show(
    ctx: typer.Context,
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="One code, in full.")] = None,
    version: Version = None,
    whole: Annotated[bool, typer.Option("--all", help="Retired and merged entries too.")] = False,
    counts: Annotated[bool, typer.Option("--counts", help="With codings, sources and participants.")] = False,
    layer: Annotated[str, typer.Option(help="Whose codings are counted.")] = AGREED,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """Show the tree of codes, or one code in full."""
    study = opened(ctx, coder)
    book = read_version(study, version)
    if code is not None:
        _show_entry(study, book, book.find(code), as_json)
    elif as_json:
        print_json([_entry_json(entry) for _, entry in book.walk(whole=whole)])
    elif counts:
        _show_counts(study, book, layer, whole)
    else:
        for depth, entry in book.walk(whole=whole):
            print(f"{'  ' * depth}{entry.label}  ({entry.id}{_status(book, entry)})")
        if not len(book):
            tell("No codes yet. Bring in a codebook: qualbench codebook import ips_process_evaluation")


@codebook.command("versions")
def versions(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the versions of the codebook."""
    found = list_versions(opened(ctx))
    if as_json:
        print_json([asdict(version) for version in found])
        return
    print_table(
        ("version", "date", "agreed by", "entries", "note"),
        [(v.number, v.released_at[:10], v.agreed_by, v.codes, v.note) for v in found],
    )
    if not found:
        tell("Nothing has been released yet: qualbench codebook release --note TEXT --agreed-by AB,CD")


@codebook.command("release")
def release_(
    ctx: typer.Context,
    note: Annotated[str, typer.Option(help="What it is about.")],
    agreed_by: Annotated[str, typer.Option(help="Who agreed on it.")],
    coder: Coder = None,
) -> None:
    """Freeze the codebook as the next version."""
    version = release(opened_to_change(ctx, coder), note, agreed_by)
    tell(f"Version {version.number} has {version.codes} entries. What is coded from now on is under it.")
    waiting = len(passages_to_reread(opened(ctx, coder)))
    if waiting:
        tell(f"{waiting} passages of yours are to be read again: qualbench codebook reread")


@codebook.command("diff")
def diff(
    ctx: typer.Context,
    old: Annotated[int, typer.Argument(metavar="VERSION")],
    new: Annotated[
        int | None, typer.Argument(metavar="[VERSION]", help="The codebook as it is now if not given.")
    ] = None,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """Show what became of each entry between two versions, and how much is to be read again."""
    study = opened(ctx, coder)
    found = compare_versions(study, old, new)
    waiting = count_to_reread(passages_to_reread(study, since=old, until=new)) if study.coder else {}
    if as_json:
        print_json(
            [
                {
                    "kind": change.kind,
                    "id": change.id,
                    "before": _entry_json(change.before) if change.before else None,
                    "after": _entry_json(change.after) if change.after else None,
                    "names": list(change.names),
                    "to_reread": waiting.get(change.id, 0) if change.asks_for_reading else 0,
                }
                for change in found
            ]
        )
        return
    books = read_version(study, old), read_version(study, new)
    print_changes(found, books)
    for code, count in waiting.items():
        tell(f"{count} passages of {study.coder} with '{code}' are to be read again.")
    if not found:
        tell("Nothing differs.")


def print_changes(changes_: list[CodeChange], books: tuple[Codebook, Codebook]) -> None:
    """Print what became of entries, words that went as [-so-] and words that came as {+so+}."""
    for change in changes_:
        print(f"{change.kind:9} {change.label}  ({change.id}){_what_became(change, books)}")
        before, after = change.before, change.after
        if before is None or after is None or change.kind not in ("redefined", "changed"):
            continue
        for name in change.names:
            marked = (
                _marked(kind, text) for kind, text in pieces(*(_text(e, name) for e in (before, after)))
            )
            print(f"          {name.replace('_', ' ')}: {''.join(marked)}")


def _text(entry: CodeEntry, name: str) -> str:
    value = getattr(entry, name)
    return "; ".join(value) if name in LISTS else str(value or "")


def _marked(kind: str, text: str) -> str:
    return {"gone": f"[-{text}-]", "new": f"{{+{text}+}}"}.get(kind, text) if text else ""


def _what_became(change: CodeChange, books: tuple[Codebook, Codebook]) -> str:
    before, after = change.before, change.after
    if before is None or after is None:
        return ""
    new = books[1].by_id
    if change.kind == "renamed":
        return f"  was: {before.label}"
    if change.kind == "moved":
        return f"  from {_above(books[0], before)} to {_above(books[1], after)}"
    if change.kind in ("merged", "split"):
        return "  into " + ", ".join(new[code].label for code in change.names if code in new)
    return ""


def _above(book: Codebook, entry: CodeEntry) -> str:
    return book.by_id[entry.parent_id].label if entry.parent_id is not None else "the top"


def _status(book: Codebook, entry: CodeEntry) -> str:
    if entry.status == "merged":
        return f"; merged into {book.survivor(entry).id}"
    return "" if entry.status == "agreed" else f"; {entry.status}"


def _entry_json(entry: CodeEntry) -> dict[str, object]:
    fields: dict[str, object] = {"parent" if k == "parent_id" else k: v for k, v in asdict(entry).items()}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}


def _show_entry(study: Study, book: Codebook, entry: CodeEntry, as_json: bool) -> None:
    examples = list_examples(study, entry.id)
    if as_json:
        linked = [
            {
                "id": one.id,
                "kind": one.kind,
                "source": one.source,
                "start": one.span.start,
                "end": one.span.end,
                "quote": one.quote,
                "added_by": one.added_by,
            }
            for one in examples
        ]
        print_json({**_entry_json(entry), "examples": linked})
        return
    print(" > ".join(above.label for above in book.path(entry.id)))
    for name in _SHOWN:
        if value := _text(entry, name):
            print(f"{name.replace('_', ' ').capitalize()}: {value}")
    for one in examples:
        where = f"{one.kind.capitalize()}, {one.source} {one.span.start} ({one.id})"
        print(f"{where}: {' '.join(one.quote.split())}")


def _show_counts(study: Study, book: Codebook, layer: str, whole: bool) -> None:
    use = rolled_up(code_use(study, layer), book)
    print_table(
        ("entry", "id", "codings", "sources", "participants"),
        [
            (
                "  " * depth + entry.label,
                entry.id,
                use[entry.id].codings,
                len(use[entry.id].sources),
                len(use[entry.id].participants),
            )
            for depth, entry in book.walk(whole=whole)
        ],
    )
