"""Withdrawal of a participant, from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qualbench.analysis.document import counted, in_words
from qualbench.cli.app import opened, opened_to_change
from qualbench.cli.options import AsJson, Coder, Reason
from qualbench.cli.output import print_json, print_table, tell
from qualbench.cli.passphrases import PassphraseFile, passphrase
from qualbench.errors import BadInput
from qualbench.evaluation.holdings import Holdings
from qualbench.evaluation.withdrawal import (
    REMOVE,
    RETAIN,
    WithdrawalRead,
    find_withdrawal,
    holdings_of,
    withdraw,
)
from qualbench.evaluation.withdrawal import clean_key as clean_key_of
from qualbench.exchange.withdrawal_receipt import check_receipt, write_receipt
from qualbench.redaction import keyfile
from qualbench.study.database import Study


def withdraw_participant(
    ctx: typer.Context,
    participant: Annotated[str, typer.Argument(metavar="ID")],
    retain: Annotated[bool, typer.Option("--retain", help="Keep and count what they gave.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take out all that they gave.")] = False,
    date: Annotated[str | None, typer.Option(help="When they withdrew, such as 2026-03-31.")] = None,
    reason: Reason = "",
    quote: Annotated[bool, typer.Option("--quote", help="With --retain: may still be quoted.")] = False,
    delete_exports: Annotated[
        bool, typer.Option("--delete-exports", help="Delete files in the study's folder with their words.")
    ] = False,
    clean_key: Annotated[
        bool, typer.Option("--clean-key", help="Take their sources out of the key file; asks its passphrase.")
    ] = False,
    key_path: Annotated[
        Path | None, typer.Option("--key-file", help="Instead of the one in your data folder.")
    ] = None,
    passphrase_file: PassphraseFile = None,
    receipt: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the receipt: .md or .docx.")
    ] = None,
    as_json: AsJson = False,
    coder: Coder = None,
) -> None:
    """List all that holds a participant, or withdraw them: --retain or --remove."""
    if retain and remove:
        raise BadInput("What they gave is either retained or removed.", "Leave one of the two out.")
    if clean_key and not remove:
        study = opened(ctx, coder)
        cleaned = clean_key_of(study, participant, _key(study, key_path, passphrase_file))
        tell(f"Taken out of the key file: {counted(cleaned, 'sealing')}.")
        return
    if not (retain or remove):
        _show(opened(ctx, coder), participant, receipt, as_json=as_json)
        return
    study = opened_to_change(ctx, coder)
    choice = REMOVE if remove else RETAIN
    if find_withdrawal(study, participant) is None:
        if date is None:
            raise BadInput("The day of the withdrawal is missing.", "Give it: --date 2026-03-31.")
        if receipt is not None:
            check_receipt(receipt)
    done = withdraw(
        study,
        participant,
        choice,
        date or "2000-01-01",  # of no matter: a second withdrawal is refused
        reason=reason,
        quote=quote,
        delete_files=delete_exports,
        key=_key(study, key_path, passphrase_file) if clean_key else None,
    )
    if receipt is not None:
        write_receipt(done.withdrawal, receipt)
        tell(f"Wrote {receipt}.")
    if as_json:
        print_json(_json(done.withdrawal))
    who = done.withdrawal.participant
    tell(
        f"{who} has withdrawn; what they gave is {'removed' if remove else 'retained'}. It cannot be undone."
    )
    if done.files:
        tell(f"Deleted in the study's folder: {_named(study, done.files)}.")
    if done.backups:
        tell(f"Removed automatic backups from before: {_named(study, done.backups)}.")
    if done.in_key:
        tell(f"Taken out of the key file: {counted(done.in_key, 'sealing')}.")
    if done.withdrawal.exports:
        names = in_words(list(dict.fromkeys(one.name for one in done.withdrawal.exports)), 5)
        tell(f"Exports with their words have left the study; call them back: {names}.")
    if remove and not clean_key:
        tell(
            "If there is a key file, its holder takes their originals out of it: "
            f"qualbench participants withdraw {who} --clean-key"
        )


def _key(study: Study, path: Path | None, passphrase_file: Path | None) -> keyfile.KeyFile:
    file = keyfile.key_file(study, passphrase(passphrase_file, "the key file"), path)
    if not file.path.exists():
        raise BadInput(f"There is no key file {file.path}.", "Name it with --key-file.")
    return file


def _show(study: Study, participant: str, receipt: Path | None, *, as_json: bool) -> None:
    found = find_withdrawal(study, participant)
    if receipt is not None:
        if found is None:
            raise BadInput("There is no receipt before the withdrawal.", "Add --retain or --remove.")
        write_receipt(found, receipt)
        tell(f"Wrote {receipt}.")
    held = holdings_of(study, participant)
    if as_json:
        print_json(
            {
                "participant": held.participant,
                "withdrawal": _json(found) if found is not None else None,
                "holdings": [asdict(one) for one in held.seen],
                "hidden": dict(held.hidden),
                "exports": [asdict(one) for one in held.exports],
                "files": [path.relative_to(study.folder).as_posix() for path in held.files],
            }
        )
        return
    _print(study, held)
    if found is not None:
        tell(f"{held.participant} withdrew on {found.date}; what they gave was {_past(found.choice)}.")
    else:
        tell(f"To withdraw {held.participant}: --retain or --remove, with --date. It cannot be undone.")


def _print(study: Study, held: Holdings) -> None:
    rows: list[tuple[object, ...]] = [
        (
            one.kind,
            one.source or None,
            one.start,
            one.end,
            one.by or None,
            one.id,
            "removed" if one.goes else "reworded or kept with others' words",
        )
        for one in held.seen
    ]
    rows += [(kind, None, None, None, None, f"{n} hidden", None) for kind, n in held.hidden.items()]
    rows += [
        ("export", one.name, None, None, one.made_by, one.made_at[:10], "called back") for one in held.exports
    ]
    rows += [
        ("file", path.relative_to(study.folder).as_posix(), None, None, None, None, "deleted")
        for path in held.files
    ]
    print_table(("what", "where", "start", "end", "by", "id", "if removed"), rows)
    told = ", ".join(f"{kind} {n}" for kind, n in sorted(held.counts().items()))
    tell(f"{held.participant}: {told or 'nothing'}.")


def _past(choice: str) -> str:
    return "removed" if choice == REMOVE else "retained"


def _named(study: Study, paths: Sequence[Path]) -> str:
    return in_words([path.relative_to(study.folder).as_posix() for path in paths], 5)


def _json(found: WithdrawalRead) -> dict[str, object]:
    return {**asdict(found), "counts": dict(found.counts)}
