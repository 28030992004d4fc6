"""Everything that a study exports, in one folder, with a list of the files and the state they come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qualbench.analysis.document import counted
from qualbench.exchange.for_evaluation import FOR_EVALUATION
from qualbench.exchange.for_papers import FOR_PAPERS
from qualbench.exchange.for_papers import MATRIX_COLUMNS as MATRIX_COLUMNS
from qualbench.exchange.gates import gate
from qualbench.exchange.manifest import MANIFEST, write_manifest
from qualbench.exchange.nvivo.bundle import write_bundle
from qualbench.exchange.refi_qda.positions import NVIVO, Convention
from qualbench.study.database import Study

_FOLDERS = {
    "matrices": "workbooks: codes and themes by attributes, in NVivo's references",
    "transcripts": "transcripts, speakers as headings",
}


@dataclass(frozen=True)
class Exported:
    """A file written, or a folder of such, and what is in it, in a phrase."""

    path: Path
    holds: str


def export_all(
    study: Study,
    folder: Path,
    *,
    layers: Sequence[str] | None = None,
    how: Convention = NVIVO,
    allow_unsealed: bool = False,
    allow_unconsented: bool = False,
    tell: Callable[[str], None] = lambda line: None,
) -> list[Exported]:
    """Write what goes to NVivo, of the agreed layer the matrix, tables and documents for a paper, and what
    there is of criteria, issues and the theory of change.

    Nothing comes to the folder before all of it is written; stopped before, nothing does.

    Args:
        study: The study.
        folder: The folder; what else lies in it stays.
        layers: The layers of the project; None for all that the coder may see in full.
        how: The convention to write the project by.
        allow_unsealed: As for `gates.gate`.
        allow_unconsented: As for `gates.gate`.
        tell: Told of each file in a line.

    Raises:
        NotFound: If there is no such layer.
        Refused: If a gate stays shut (see `exchange.gates`), or a layer may not be seen; nothing is written.
    """
    exported: list[Exported] = []
    in_folders: Counter[str] = Counter()

    def wrote(name: str, holds: str) -> None:
        tell(f"{name}: {holds}")
        above, _, _ = name.rpartition("/")
        if above:
            in_folders[above] += 1
        else:
            exported.append(Exported(folder / name, holds))

    with gate(
        study,
        folder,
        allow_unsealed=allow_unsealed,
        allow_unconsented=allow_unconsented,
        holds_transcripts=True,
    ) as draft:
        draft.mkdir()
        write_bundle(study, draft, wrote, layers, how)
        for name, write in (*FOR_PAPERS, *FOR_EVALUATION):
            if holds := write(study, draft / name):
                wrote(name, holds)
        files = write_manifest(study, draft)
        wrote(MANIFEST, f"{counted(files, 'file')} with their SHA-256, and the state of the study")
    return exported + [
        Exported(folder / name, f"{count} {_FOLDERS[name]}") for name, count in in_folders.items()
    ]
