"""The codebook as files: importing, exporting, drawing it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import Coder
from qualbench.cli.output import print_table, tell
from qualbench.codebook.diff import KINDS
from qualbench.codebook.drafts import BookFile
from qualbench.codebook.files import find_codebook, read_book, shipped_codebooks, write_book
from qualbench.codebook.frameworks import mount_tags, tags_of
from qualbench.codebook.importing import MISSING, ImportPlan, import_entries, plan_import
from qualbench.codebook.tree import Codebook, read_codebook
from qualbench.codebook.versions import read_version
from qualbench.errors import BadInput, Refused
from qualbench.exchange.gates import gate
from qualbench.study.database import Study
from qualbench.study.tables import AGREED

files = typer.Typer()

Layer = Annotated[str, typer.Option(help="Whose codings are counted.")]
OWN_FORMATS, OTHER_FORMATS = (".yaml", ".yml", ".csv", ".xlsx"), (".qdc", ".docx")


@files.command("import")
def import_(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE|NAME]", help="A .yaml, .csv, .xlsx or .qdc file, or a shipped codebook."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what it would change.")] = False,
    under: Annotated[str | None, typer.Option(help="The entry to stand below.")] = None,
    as_tags: Annotated[
        bool, typer.Option("--as-tags", help="Only as tags that codes can have, not as codes.")
    ] = False,
    retire_missing: Annotated[
        bool, typer.Option("--retire-missing", help="Retire what the file lacks; it says how many codings.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    coder: Coder = None,
) -> None:
    """Import a codebook, after showing what it would change; without a name, list those shipped."""
    if name is None:
        books = [(short, read_book(path)) for short, path in shipped_codebooks().items()]
        print_table(("name", "entries", "title"), [(short, len(b.entries), b.title) for short, b in books])
        return
    study = opened(ctx, coder) if dry_run else opened_to_change(ctx, coder)
    book, guids = _read(study, name)
    if as_tags and dry_run:
        tell(f"{len(tags_of(book))} tags of {book.framework} would be there. Nothing has been changed.")
        return
    if as_tags:
        count = mount_tags(study, book)
        tell(f"{count} tags of {book.framework}: qualbench codebook set CODE tags=...")
        return
    missing = MISSING[retire_missing]
    given = book.given or None
    plan = plan_import(study, book.entries, given=given, missing=missing, parent=under)
    _show_plan(plan)
    if dry_run:
        tell("Nothing has been changed.")
        return
    if not yes and _changes_present(plan) and sys.stdin.isatty():
        typer.confirm("Import it?", abort=True, err=True)
    # The name of a file may be somebody's, and what the journal says is there for good.
    origin = book.name if name in shipped_codebooks() else "a file"
    done = import_entries(
        study, book.entries, origin, given=given, missing=missing, parent=under, guids=guids
    )
    tell(
        f"{len(done.added)} codes added, {len(done.updated)} changed, {len(done.unchanged)} as they were"
        + (f", {len(done.retired)} retired, {len(done.deleted)} deleted." if retire_missing else ".")
    )


@files.command("export")
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".yaml, .csv, .xlsx, .qdc or .docx.")],
    version: Annotated[int | None, typer.Option(help="As it stood in this version.")] = None,
    nvivo: Annotated[
        bool, typer.Option("--nvivo", help="As .xlsx: the table NVivo makes, instead of a sheet to fill in.")
    ] = False,
    layer: Layer = AGREED,
    coder: Coder = None,
) -> None:
    """Write the codebook to a file; comments in a YAML file that is there stay."""
    ending = file.suffix.lower()
    if ending not in (*OWN_FORMATS, *OTHER_FORMATS):
        known = ", ".join((*OWN_FORMATS, *OTHER_FORMATS))
        raise BadInput(f"A codebook is not written to '{file.suffix or file.name}'.", f"End it in {known}.")
    study = opened(ctx, coder)
    book = read_version(study, version)
    if not len(book):
        raise Refused("There are no codes to be written.", "Import a codebook, or add codes.")
    with gate(study, file, holds_texts=False) as draft:
        if ending == ".docx" or (ending == ".xlsx" and nvivo):
            _write_table(study, book, layer, version, draft)
        elif ending == ".qdc":
            from qualbench.exchange.refi_qda.codebook import write_qdc
            from qualbench.exchange.refi_qda.names import guids_of

            write_qdc(book, draft, guids_of(study))
        else:
            if ending in (".yaml", ".yml") and file.exists():
                shutil.copyfile(file, draft)  # whose comments stay
            named = str(version) if version is not None else ""
            write_book(BookFile(file.stem, list(book.by_id.values()), version=named), draft)
    tell(f"Wrote {file}.")


@files.command("map")
def map_(
    ctx: typer.Context,
    output: Annotated[
        Path | None, typer.Option("-o", metavar="FILE", help="A .svg or .png; a tree is printed without it.")
    ] = None,
    layer: Layer = AGREED,
    coder: Coder = None,
) -> None:
    """Draw themes and codes by how many participants speak of them."""
    from qualbench.analysis.co_occurrence import co_occurrence
    from qualbench.analysis.code_use import code_use
    from qualbench.analysis.theme_drawing import map_as_png, map_as_svg
    from qualbench.analysis.theme_map import theme_map
    from qualbench.analysis.theme_tree import map_as_text

    study = opened(ctx, coder)
    book = read_codebook(study)
    use = code_use(study, layer)
    if output is None:
        print(map_as_text(book, use), end="")
        return
    if output.suffix.lower() not in (".svg", ".png"):
        raise BadInput(f"{output.name} is neither .svg nor .png.", "Name the file so.")
    svg = map_as_svg(theme_map(book, use, co_occurrence(study, layer)))
    with gate(study, output, holds_texts=False) as draft:
        draft.with_suffix(".svg").write_text(svg, "utf-8")  # names in a picture would not be found
        if output.suffix.lower() == ".png":
            draft.write_bytes(map_as_png(svg))
    tell(f"Wrote {output}.")


def _read(study: Study, name: str) -> tuple[BookFile, Mapping[str, str]]:
    """The codebook, and the GUIDs that another program gives its entries."""
    path = Path(name)
    if path.suffix.lower() == ".qdc":
        from qualbench.exchange.refi_qda.codebook_reading import read_qdc_into

        read = read_qdc_into(study, path)
        return BookFile(path.stem, read.entries), read.guids
    return read_book(find_codebook(name)), {}


def _write_table(study: Study, book: Codebook, layer: str, version: int | None, draft: Path) -> None:
    from qualbench.analysis.code_use import code_use
    from qualbench.exchange.codebook_table import codebook_rows
    from qualbench.exchange.spreadsheets import write_codebook_workbook
    from qualbench.exchange.word import write_codebook_document

    rows = codebook_rows(book, code_use(study, layer, version))
    (write_codebook_document if draft.suffix.lower() == ".docx" else write_codebook_workbook)(rows, draft)


def _changes_present(plan: ImportPlan) -> bool:
    return any(change.before is not None for change in plan.changes)


def _show_plan(plan: ImportPlan) -> None:
    """Say what an import would change: what is there already one by one, what comes new by number."""
    from qualbench.cli.codebook import print_changes

    known = [change for change in plan.changes if change.before is not None]
    print_changes(known, (plan.present, plan.book))
    counts = [(kind, sum(change.kind == kind for change in plan.changes)) for kind in KINDS]
    tell(", ".join(f"{count} {kind}" for kind, count in counts if count) or "Nothing differs.")
    for one in plan.missing:
        if one.fate != "kept":
            tell(f"'{one.entry.label}' is not in the file and would be {one.fate}; {one.codings} codings.")
    kept = [one for one in plan.missing if one.fate == "kept"]
    if kept:
        codings = sum(one.codings for one in kept)
        tell(f"{len(kept)} entries that the file lacks stay, with {codings} codings.")
