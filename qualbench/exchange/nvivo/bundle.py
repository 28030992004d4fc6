"""The folder for NVivo: the project, and what helps where NVivo does not take all of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from qualbench.analysis.document import blocks_as_markdown, counted
from qualbench.analysis.quotes import not_to_be_quoted
from qualbench.exchange.gates import few_people
from qualbench.exchange.nvivo.check_page import check_page, matrix_file
from qualbench.exchange.nvivo.classification import (
    write_classification_text,
    write_classification_workbook,
)
from qualbench.exchange.nvivo.dataset import write_dataset
from qualbench.exchange.nvivo.references import matrices
from qualbench.exchange.nvivo.transcripts import write_transcript
from qualbench.exchange.refi_qda.codebook import write_qdc
from qualbench.exchange.refi_qda.contents import read_contents
from qualbench.exchange.refi_qda.positions import NVIVO, Convention
from qualbench.exchange.refi_qda.project import write_contents
from qualbench.exchange.spreadsheets import write_matrix_workbook
from qualbench.study.collecting import collecting_seldom
from qualbench.study.database import Study

Wrote = Callable[[str, str], None]
"""Told the name of a file that has been written, and what it holds in a phrase."""


def write_bundle(
    study: Study, folder: Path, wrote: Wrote, layers: Sequence[str] | None = None, how: Convention = NVIVO
) -> None:
    """Write the project, the codebook, the classification, matrices, the dataset, transcripts and CHECK.md.

    Args:
        study: The study; the gates of `exchange.gates` are the caller's.
        folder: An empty folder that is there.
        wrote: Told of each file.
        layers: The layers that go out; None for all that the coder may see in full.
        how: The convention to write by.

    Raises:
        NotFound: If there is no such layer.
        Refused: If a layer may not be seen.
        Damaged: If the project did not pass its own check.
    """
    with collecting_seldom():
        contents = read_contents(study, layers, capitals=not how.for_nvivo)
        layer = contents.main_layer
        written = write_contents(contents, folder / "project.qdpx", how)
        wrote("project.qdpx", f"NVivo project: {written.sentence()}")
        if contents.places:
            codes = write_qdc(contents.book, folder / "codebook.qdc", contents.guid)
            wrote("codebook.qdc", f"the codebook alone: {codes} codes")
        if contents.cases:
            write_classification_workbook(contents, folder / "classification.xlsx")
            wrote("classification.xlsx", f"attributes of {counted(len(contents.cases), 'case')}")
            write_classification_text(contents, folder / "classification.txt", how)
            wrote("classification.txt", "the same, as text")
        with study.read() as db:
            withheld = not_to_be_quoted(db)
        rows = write_dataset(contents, folder / "dataset.xlsx", layer, withheld)
        wrote("dataset.xlsx", f"{counted(rows, 'coded passage')} as rows, without places")
        counts = list(matrices(contents, layer))
        for matrix in counts:
            (folder / "matrices").mkdir(exist_ok=True)
            name = f"matrices/{matrix_file(matrix)}"
            size = f"{len(matrix.rows)} x {len(matrix.columns)}"
            write_matrix_workbook(matrix, folder / name)
            wrote(name, "; ".join(filter(None, (size, few_people(matrix)))))
        for source in contents.sources:
            (folder / "transcripts").mkdir(exist_ok=True)
            name = f"transcripts/{contents.source_names[source.summary.name]}.docx"
            write_transcript(source, folder / name)
            wrote(name, f"{counted(len(source.turns), 'turn')}, speakers as headings")
        page = blocks_as_markdown(check_page(contents, how, written, counts, rows))
        (folder / "CHECK.md").write_text(page, "utf-8")
        wrote("CHECK.md", "what NVivo should show, and what does not travel")
