"""Sealing, the key file, the leak check and unmasking words, from the command line."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Annotated

import typer

from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder
from qualbench.cli.output import print_json, print_table, tell
from qualbench.cli.passphrases import PassphraseFile, first_line
from qualbench.errors import BadInput, Refused
from qualbench.redaction import keyfile, sealing, unsealing
from qualbench.redaction.leaks import find_leaks
from qualbench.redaction.unmasking import find_unmasking
from qualbench.study.database import Study
from qualbench.study.secret import private_file, write_private
from qualbench.transcripts.sources import list_sources

redact = typer.Typer(help="Find, decide on and seal what identifies people.")
key = typer.Typer(help="The key file: originals of what was sealed, encrypted, outside the study.")
redact.add_typer(key, name="key")

Sources = Annotated[list[str] | None, typer.Argument(metavar="[SOURCE...]", help="None means all.")]
KeyPath = Annotated[Path | None, typer.Option("--key-file", help="Instead of the one in your data folder.")]


@redact.command("seal")
def seal(
    ctx: typer.Context,
    sources: Sources = None,
    final: Annotated[bool, typer.Option("--final", help="Write no key file: nobody can undo it.")] = False,
    key_path: KeyPath = None,
    passphrase_file: PassphraseFile = None,
    coder: Coder = None,
) -> None:
    """Replace what was accepted; originals go to the key file, if there is a passphrase for one."""
    study = opened_to_change(ctx, coder)
    names = sources or [s.name for s in list_sources(study) if s.state != "sealed"]
    if not names:
        removed = sealing.scrub(study)
        tell("Every source is sealed; the database holds no originals.")
    else:
        if final and (passphrase_file is not None or key_path is not None):
            raise BadInput("With --final no key file is written.", "Leave one of the two out.")
        file = None if final else _key_to_write(study, key_path, passphrase_file)
        done = sealing.seal(study, names, file)
        tell(f"Sealed {len(done.sources)} sources: {done.replacements} places replaced.")
        if done.reworded.sentence():
            tell(done.reworded.sentence())
        tell(
            f"The originals are in the key file {file.path}. Keep a copy of it, and the passphrase elsewhere."
            if file
            else "No key file was written: the originals are gone for good."
        )
        removed = done.backups_removed
    if removed:
        named = ", ".join(path.name for path in removed)
        tell(f"Removed the automatic backups that still held originals: {named}.")


@redact.command("check")
def check(
    ctx: typer.Context,
    key_path: KeyPath = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Look for redacted names, also misspelt, that still stand somewhere."""
    study = opened(ctx)
    originals: list[str] = []
    if passphrase_file is not None:
        records = keyfile.read_key(_key_to_read(study, key_path, passphrase_file))
        originals = [place.original for record in records for place in record.replaced]
    leaks = find_leaks(study, originals=originals)
    if as_json:
        print_json(
            [{"place": one.place, "start": one.start, "end": one.end, "exact": one.exact} for one in leaks]
        )
    elif leaks:
        print_table(
            ("place", "start", "end", "spelt"),
            [(one.place, one.start, one.end, "so" if one.exact else "nearly so") for one in leaks],
        )
    if leaks:
        tell(
            f"A redacted name still stands in {len(leaks)} places. In a text: run 'qualbench redact suggest "
            "SOURCE', decide, and seal; elsewhere: rename or rewrite it."
        )
        raise typer.Exit(1)
    tell("No redacted name stands anywhere in the study.")


@redact.command("unmasking")
def unmasking(ctx: typer.Context, sources: Sources = None, as_json: AsJson = False) -> None:
    """Look for words that tell the arm, before a source goes to a reader who must stay blind to it."""
    found = find_unmasking(opened(ctx), sources or [])
    if as_json:
        print_json([vars(one) for one in found])
    elif found:
        print_table(
            ("source", "start", "word", "in context"), [(f.source, f.start, f.word, f.context) for f in found]
        )
    if found:
        tell(f"{len(found)} places in {len({f.source for f in found})} sources may tell the arm.")
        raise typer.Exit(1)
    tell("No word of the list stands there; 'qualbench settings' shows the list.")


@key.command("show")
def key_show(
    ctx: typer.Context,
    key_path: KeyPath = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Show which original each pseudonym stands for."""
    study = opened(ctx)
    records = keyfile.read_key(_key_to_read(study, key_path, passphrase_file))
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for place in (place for record in records for place in record.replaced):
        forms[place.pseudonym][place.original] += 1
    if as_json:
        print_json([{"pseudonym": one, "originals": dict(forms[one])} for one in sorted(forms)])
        return
    print_table(
        ("pseudonym", "originals", "places"),
        [(one, " | ".join(forms[one]), forms[one].total()) for one in sorted(forms)],
    )


@key.command("restore")
def key_restore(
    ctx: typer.Context,
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE...")],
    output: Annotated[
        Path | None, typer.Option("-o", metavar="DIR", help="Write texts there instead.")
    ] = None,
    key_path: KeyPath = None,
    passphrase_file: PassphraseFile = None,
    coder: Coder = None,
) -> None:
    """Put the originals back into sources, to decide anew; or write the texts as imported into a folder."""
    study = opened_to_change(ctx, coder)
    file = _key_to_read(study, key_path, passphrase_file)
    if output is None:
        for name in sources:
            count = unsealing.unseal(study, name, file)
            tell(f"{name} is no longer sealed: {count} originals put back.")
        return
    if study.folder.resolve() in (output.resolve(), *output.resolve().parents):
        raise Refused("That folder lies in the study.", "Originals are written elsewhere only.")
    texts = {name: unsealing.original_text(study, name, file) for name in sources}
    output.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in texts.items():
        write_private(output / f"{name}.txt", text.encode())
        tell(f"Wrote {output / name}.txt.")


def _key_to_write(study: Study, path: Path | None, passphrase_file: Path | None) -> keyfile.KeyFile | None:
    """The key file to add to, or None where nobody gives a passphrase."""
    if passphrase_file is not None:
        return keyfile.key_file(study, first_line(passphrase_file), path)
    if not sys.stdin.isatty():
        if path is not None or private_file(study, "keys", ".json").exists():
            raise BadInput("The key file needs a passphrase.", "Add --passphrase-file FILE, or --final.")
        return None
    question = "Passphrase for the key file (Enter alone: no key file, nobody can undo the seal)"
    passphrase = typer.prompt(question, default="", hide_input=True, show_default=False, err=True)
    if not passphrase:
        return None
    file = keyfile.key_file(study, passphrase, path)
    if not file.path.exists():
        again = typer.prompt("The same again", default="", hide_input=True, show_default=False, err=True)
        if again != passphrase:
            raise BadInput("The two differ.", "Nothing was sealed; try again.")
    return file


def _key_to_read(study: Study, path: Path | None, passphrase_file: Path | None) -> keyfile.KeyFile:
    if passphrase_file is not None:
        passphrase = first_line(passphrase_file)
    elif sys.stdin.isatty():
        passphrase = typer.prompt("Passphrase of the key file", hide_input=True, err=True)
    else:
        raise BadInput("The key file needs a passphrase.", "Add --passphrase-file FILE.")
    file = keyfile.key_file(study, passphrase, path)
    if not file.path.exists():
        raise BadInput(f"There is no key file {file.path}.", "Name it with --key-file.")
    return file
