"""The receipt of a withdrawal: what there was, what was done, and which files must be called back.

It holds none of the participant's words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from qualbench.analysis.document import Block, Grid, Heading, Paragraph, blocks_as_markdown, counted
from qualbench.errors import BadInput, Refused
from qualbench.evaluation.withdrawal import REMOVE, WithdrawalRead
from qualbench.exchange.frame_document import set_up_page, set_up_styles, write_blocks
from qualbench.exchange.spreadsheets import fix_times

ENDINGS = (".md", ".docx")

_PLURALS = {"memo": "memos", "cell summary": "cell summaries", "journal entry": "entries of the journal"}


def check_receipt(path: Path) -> None:
    """Check, before anything is done, that a receipt can be written.

    Raises:
        BadInput: If its name has another ending.
        Refused: If the file is there already.
    """
    if path.suffix.lower() not in ENDINGS:
        raise BadInput(f"{path.name} does not end in {' or '.join(ENDINGS)}.", "Name the receipt so.")
    if path.exists():
        raise Refused(f"{path} exists already.", "Choose another name for the receipt.")


def write_receipt(found: WithdrawalRead, path: Path) -> None:
    """Write the receipt of a withdrawal as Markdown or as a Word document, by the ending of its name.

    Raises:
        BadInput: If its name has another ending.
        Refused: If the file is there already.
    """
    check_receipt(path)
    blocks = receipt_of(found)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == ".md":
        path.write_text(blocks_as_markdown(blocks), "utf-8")
    else:
        _write_document(blocks, path)


def receipt_of(found: WithdrawalRead) -> list[Block]:
    """Give the receipt of a withdrawal as a document."""
    removed = found.choice == REMOVE
    blocks: list[Block] = [
        Heading(f"Withdrawal of {found.participant}", 1),
        Paragraph(
            f"{found.participant} withdrew on {found.date}. Recorded by {found.by} on "
            f"{found.at[:10]}. Their choice: what they gave is {'removed' if removed else 'retained'}."
        ),
        Heading("What there was", 2),
        Grid(
            ("What", "How many"),
            tuple((_plural(kind, n), str(n)) for kind, n in found.counts.items() if n),
            (0.4, 0.15),
        ),
        Heading("What was done", 2),
        *map(Paragraph, _done(found) if removed else _kept()),
        Heading("Files that have left the study", 2),
    ]
    if found.exports:
        blocks += [
            Paragraph(
                "These hold words of theirs. Whoever has a copy deletes it and says so; the digest tells "
                "whether a file is the one meant."
            ),
            Grid(
                ("File", "Kind", "Exported", "SHA-256"),
                tuple(
                    (one.name, one.kind, f"{one.made_at[:10]}, {one.made_by}", f"{one.sha256[:16]}...")
                    for one in found.exports
                ),
                (0.4, 0.1, 0.25, 0.25),
            ),
        ]
    else:
        blocks.append(Paragraph("None is on record."))
    blocks.append(Paragraph("Exports of before records were kept are not among these."))
    if removed:
        blocks += [Heading("What the study cannot reach", 2), *map(Paragraph, _out_of_reach())]
    return blocks


def _done(found: WithdrawalRead) -> list[str]:
    return [
        "Interviews of theirs were deleted; in groups their turns and their label were replaced by a mark. "
        "Codings, memos, examples, decisions and evidence that rested on their words alone were deleted, and "
        "so were their labels, attributes and summaries.",
        "Words that only they used were taken out of memos, codes, reasons and notes, and the journal's "
        "record of such words was blanked. Automatic backups from before were deleted, and the database was "
        "written anew.",
        f"In the study's folder {counted(found.files, 'file')} with their words "
        f"{'was' if found.files == 1 else 'were'} deleted.",
        "Kept are the id, the group and site that the sampling plan counts, and the dates of consent and "
        "withdrawal.",
    ]


def _kept() -> list[str]:
    return [
        "Their words stay in the study and are counted, and are no longer quoted or archived unless that was "
        "asked for. Nothing more of theirs is taken in."
    ]


def _out_of_reach() -> list[str]:
    return [
        "The key file: its holder removes the records of these sources, with the passphrase "
        "(qualbench participants withdraw ID --clean-key).",
        "Backups made by 'qualbench backup', bundles and copies of the study on other machines, the "
        "recordings, and the files that the transcripts were imported from.",
        "On PostgreSQL, the server's write-ahead log and its own backups: its administrator's.",
    ]


def _plural(kind: str, n: int) -> str:
    return kind if n == 1 else _PLURALS.get(kind, kind if kind.startswith("words in") else f"{kind}s")


def _write_document(blocks: Sequence[Block], path: Path) -> None:
    import docx

    document = docx.Document()
    set_up_styles(document)
    set_up_page(document.sections[0], sideways=True)
    write_blocks(document, blocks)
    document.core_properties.author = "qualbench"
    document.core_properties.created = document.core_properties.modified = datetime(2000, 1, 1)
    document.save(str(path))
    fix_times(path)
