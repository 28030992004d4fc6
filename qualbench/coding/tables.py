"""Codings as CSV, in and out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from qualbench.codebook.tree import Codebook, codebook_of
from qualbench.coding.codings import CodingRead
from qualbench.coding.places import check_span
from qualbench.coding.progress import require_open
from qualbench.coding.rows import Placed, insert_codings, present_codings
from qualbench.errors import BadInput, QualbenchError
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.tables import Source, table_of
from qualbench.text.spans import Span
from qualbench.transcripts.manifest import read_rows

COLUMNS = ("source", "start", "end", "code", "quote")


@dataclass
class CodingsImport:
    """What came of a table of codings."""

    added: int = 0
    faults: list[QualbenchError] = field(default_factory=list)


def import_codings(study: Study, path: Path) -> CodingsImport:
    """Import codings into the layer of the coder at work, in one change.

    Columns: `source`, `start`, `end` (code points, half-open), `code` (id or label) and `quote`. If a quote
    is given it must be what stands there; without start and end it is looked up and must stand only once.
    A row that cannot be placed is left out and reported; so is one that is there already.

    Raises:
        BadInput: If the file as a whole cannot be read.
        Refused: If the coder has finished one of the sources.
    """
    report = CodingsImport()
    rows = list(read_rows(path, ("source", "code")))
    with change(study, "code") as changed:
        coder = changed.coder
        source = table_of(Source)
        wanted = {cells["source"] for _, cells in rows}
        texts = {
            row.name: (row.id, row.text)
            for row in changed.db.execute(
                sa.select(source.c.id, source.c.name, source.c.text).where(source.c.name.in_(wanted))
            )
        }
        present = present_codings(changed.db, coder, (source_id for source_id, _ in texts.values()))
        book = codebook_of(changed.db)
        placed: list[Placed] = []
        for number, cells in rows:
            where = f"{path.name}, row {number}"
            try:
                coding = _place(where, cells, texts, book)
                if coding in present:
                    raise BadInput(f"{where}: that coding is there already.", "Take out the row.")
            except QualbenchError as fault:
                report.faults.append(fault)
                continue
            present.add(coding)
            placed.append(coding)
        require_open(changed.db, coder, [source_id for source_id, _, _ in placed])
        insert_codings(changed, coder, placed)
        report.added = len(placed)
        changed.summary = f"Imported {len(placed)} codings of {coder} from a table"
    return report


def codings_as_csv(codings: Iterable[CodingRead]) -> str:
    """Write codings as the CSV that `import_codings` reads."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((c.source, c.start, c.end, c.code, c.quote) for c in codings)
    return out.getvalue()


def _place(
    where: str, cells: Mapping[str, str], texts: Mapping[str, tuple[str, str]], book: Codebook
) -> Placed:
    if cells["source"] not in texts:
        raise BadInput(f"{where}: there is no source '{cells['source']}'.", "'qualbench sources' lists them.")
    source_id, text = texts[cells["source"]]
    try:
        code = book.find(cells["code"])
    except QualbenchError as fault:
        raise BadInput(f"{where}: {fault.message[0].lower()}{fault.message[1:]}", fault.hint) from None
    return source_id, _span(where, cells, text), code.id


def _span(where: str, cells: Mapping[str, str], text: str) -> Span:
    quote, start, end = cells.get("quote", ""), cells.get("start", ""), cells.get("end", "")
    if start or end:
        if not (start.isdecimal() and end.isdecimal()):
            raise BadInput(f"{where}: start and end must be whole numbers.", "Correct the row.")
        span = Span(int(start), int(end))
        check_span(span, len(text), where)
        if quote and text[span.start : span.end].strip() != quote:
            raise BadInput(
                f"{where}: other words stand at {start}-{end} than the quote.",
                "The text has changed since, or the numbers count something else than characters.",
            )
        return span
    places = text.count(quote) if quote else 0
    if places != 1:
        raise BadInput(
            f"{where}: the quote stands {places} times in {cells['source']}.",
            "Give start and end, or a longer quote.",
        )
    return Span(text.index(quote), text.index(quote) + len(quote))
