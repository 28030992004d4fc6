"""Sources in figures, printed or written to a file."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from qualbench.analysis.sources_described import HEADERS as HEADERS
from qualbench.analysis.sources_described import Described, describe_sources, described_rows
from qualbench.cli.output import print_json, print_table, tell
from qualbench.cli.tables import as_csv, form_of
from qualbench.errors import Refused
from qualbench.exchange.gates import gate
from qualbench.exchange.sources_table import write_sources_document, write_sources_workbook
from qualbench.study.database import Study


def describe(study: Study, output: Path | None, *, csv: bool, as_json: bool, whole: bool) -> None:
    """Print or write how many sources there are of whom, where, when and how, and how long they are.

    Args:
        study: The study.
        output: The file; None prints.
        csv: Whether to print CSV.
        as_json: Whether to print JSON.
        whole: Whether cells of few people are told too; not in a file.

    Raises:
        BadInput: If the ending of the file is not known.
        Refused: If a file is asked for with cells of few people.
    """
    form = form_of(
        "csv" if csv and output is None else None,
        output,
        ("table", "csv", "json", "docx", "xlsx"),
        "table",
        as_json=as_json,
    )
    if whole and output is not None:
        raise Refused("Cells of few people are for the team, at the terminal.", "Leave out --whole.")
    found = describe_sources(study, whole=whole)
    rows = described_rows(found)
    if output is not None:
        with gate(study, output, holds_texts=False) as draft:
            if form == "docx":
                write_sources_document(found, draft)
            elif form == "xlsx":
                write_sources_workbook(found, draft)
            else:
                draft.write_text(as_csv(HEADERS, rows), "utf-8")
        tell(f"Wrote {output}.")
    elif form == "json":
        print_json(_json(found))
    elif form == "csv":
        print(as_csv(HEADERS, rows), end="")
    else:
        print_table(HEADERS, [[cell if cell != "" else None for cell in row] for row in rows])
    for note in found.notes:
        tell(note)


def _json(found: Described) -> dict[str, object]:
    return {
        "rows": [asdict(row) for row in found.rows],
        "total": asdict(found.total),
        "smallest_group": found.smallest,
    }
