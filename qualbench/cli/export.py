"""Exports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.document import in_words
from qualbench.cli.app import opened
from qualbench.cli.export_papers import papers
from qualbench.cli.options import AllowUnsealed, Coder
from qualbench.cli.output import print_table, tell
from qualbench.exchange.gates import gate
from qualbench.exchange.refi_qda.positions import NEWLINES, PROFILES, convention
from qualbench.redaction.unmasking import find_unmasking
from qualbench.study.database import Study

commands = typer.Typer()
export = typer.Typer(help="Write files for NVivo, Word and Excel.")
commands.add_typer(export, name="export")
export.add_typer(papers)

File = Annotated[Path, typer.Argument(metavar="FILE")]
Folder = Annotated[Path, typer.Argument(metavar="DIR")]
Layers = Annotated[
    str | None,
    typer.Option(help="Layers to write, parted by commas; all that you may see in full if not given."),
]
Profile = Annotated[
    str, typer.Option(help=f"{' or '.join(PROFILES)}: for NVivo, or as the standard has it for others.")
]
Newline = Annotated[
    str | None,
    typer.Option(help=f"{' or '.join(NEWLINES)}; crlf for NVivo, else lf. NVivo for Mac writes lf."),
]
Bom = Annotated[bool, typer.Option("--bom", help="Begin texts with a byte order mark.")]
AllowUnconsented = Annotated[
    bool,
    typer.Option(
        "--allow-unconsented", help="Let transcripts out of who did not agree to an archive; journaled."
    ),
]


@export.command("nvivo")
def nvivo(
    ctx: typer.Context,
    folder: Folder,
    layers: Layers = None,
    profile: Profile = PROFILES[0],
    newline: Newline = None,
    bom: Bom = False,
    allow_unsealed: AllowUnsealed = False,
    allow_unconsented: AllowUnconsented = False,
    coder: Coder = None,
) -> None:
    """Write a folder for NVivo: the project, and what helps where NVivo does not take all of it."""
    from qualbench.exchange.nvivo.bundle import write_bundle

    how = convention(profile, newline, mark=bom)
    study = opened(ctx, coder)
    with gate(
        study,
        folder,
        allow_unsealed=allow_unsealed,
        allow_unconsented=allow_unconsented,
        holds_transcripts=True,
    ) as draft:
        draft.mkdir()
        write_bundle(study, draft, lambda name, holds: tell(f"{name}: {holds}"), _listed(layers), how)
    tell(f"Wrote {folder}. Not opened in NVivo here: CHECK.md says what it should show.")
    _warn_of_the_arm(study)


@export.command("qdpx")
def qdpx(
    ctx: typer.Context,
    file: File,
    layers: Layers = None,
    profile: Profile = PROFILES[0],
    newline: Newline = None,
    bom: Bom = False,
    allow_unsealed: AllowUnsealed = False,
    allow_unconsented: AllowUnconsented = False,
    coder: Coder = None,
) -> None:
    """Write a REFI-QDA project, for NVivo or any other program."""
    from qualbench.exchange.refi_qda.contents import not_seen
    from qualbench.exchange.refi_qda.project import write_project

    how = convention(profile, newline, mark=bom)
    study = opened(ctx, coder)
    with gate(
        study,
        file,
        allow_unsealed=allow_unsealed,
        allow_unconsented=allow_unconsented,
        holds_transcripts=True,
    ) as draft:
        written = write_project(study, draft, _listed(layers), how)
    tell(f"Wrote {file}: {written.sentence()}.")
    for sentence in not_seen(written.left_out):
        tell(sentence)
    _warn_of_the_arm(study)


@export.command("qdc")
def qdc(
    ctx: typer.Context,
    file: File,
    profile: Profile = PROFILES[0],
    version: Annotated[int | None, typer.Option(help="As it stood in this version.")] = None,
    coder: Coder = None,
) -> None:
    """Write the codebook as REFI-QDA, for NVivo or any other program."""
    from qualbench.codebook.versions import read_version
    from qualbench.exchange.refi_qda.codebook import write_qdc
    from qualbench.exchange.refi_qda.names import guids_of

    how = convention(profile)
    study = opened(ctx, coder)
    book = read_version(study, version)
    with gate(study, file, holds_texts=False) as draft:
        codes = write_qdc(book, draft, guids_of(study, capitals=not how.for_nvivo))
    tell(f"Wrote {file}: {codes} codes.")


@export.command("all")
def all_(
    ctx: typer.Context,
    folder: Folder,
    layers: Layers = None,
    profile: Profile = PROFILES[0],
    newline: Newline = None,
    bom: Bom = False,
    allow_unsealed: AllowUnsealed = False,
    allow_unconsented: AllowUnconsented = False,
    coder: Coder = None,
) -> None:
    """Write everything into a folder, with a list of the files."""
    from qualbench.exchange.everything import export_all
    from qualbench.exchange.manifest import not_listed

    how = convention(profile, newline, mark=bom)
    study = opened(ctx, coder)
    exported = export_all(
        study,
        folder,
        layers=_listed(layers),
        how=how,
        allow_unsealed=allow_unsealed,
        allow_unconsented=allow_unconsented,
        tell=tell,
    )
    print_table(("file", "what it holds"), [(str(one.path), one.holds) for one in exported])
    if older := not_listed(folder):
        names = in_words([path.relative_to(folder).as_posix() for path in older], 3)
        tell(f"No part of this export, but in the folder from before: {names}.")
    _warn_of_the_arm(study)


def _listed(layers: str | None) -> list[str] | None:
    return None if layers is None else [name.strip() for name in layers.split(",")]


def _warn_of_the_arm(study: Study) -> None:
    """Say that transcripts that go out tell which arm somebody was in, if they do."""
    found = find_unmasking(study)
    if found:
        sources = len({one.source for one in found})
        tell(
            f"{len(found)} places in {sources} sources may tell the arm of the trial: not for a reader who "
            "must stay blind to it. 'qualbench redact unmasking' lists them."
        )
