"""Making a study from the project of another program (.qdpx, .qde).

The project is read and settled as a whole before anything is written. The study is made out of sight, beside
the folder asked for, and comes to its place when it is whole: a project that is refused leaves nothing.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from qualbench.errors import QualbenchError, Refused
from qualbench.exchange.refi_qda.opening_archive import opened_project
from qualbench.exchange.refi_qda.opening_into_study import write_plan
from qualbench.exchange.refi_qda.opening_offsets import Counting
from qualbench.exchange.refi_qda.opening_plan import Plan, read_plan
from qualbench.exchange.refi_qda.opening_report import Opened, opened
from qualbench.study.collecting import collecting_seldom
from qualbench.study.database import Study, create_study
from qualbench.study.secret import private_file
from qualbench.study.settings import check_initials
from qualbench.transcripts.readers import printable


def open_project(
    path: Path,
    folder: Path,
    *,
    coder: str | None = None,
    offsets: Counting | None = None,
    dry_run: bool = False,
) -> Opened:
    """Make a study from a project.

    Args:
        path: The project, a .qdpx or a bare .qde.
        folder: The folder of the study; it must not be there, or be empty.
        coder: Initials of the person at work.
        offsets: How places in its texts are counted; None finds out.
        dry_run: Read only; make no study.

    Returns:
        What came in, and what was not understood.

    Raises:
        BadInput: If the file cannot be read, is no project, or is not to be trusted.
        Refused: If the folder is taken, there is no text in the project, or it cannot be told how places are
            counted. Nothing has been written then.
    """
    if coder is not None:
        check_initials(coder)
    folder = folder.expanduser().absolute()
    if not dry_run:
        _refuse_taken(folder)
    with collecting_seldom(), opened_project(path) as file:
        plan = read_plan(file, coder, offsets)
        if not dry_run:
            _make(plan, folder, coder, plan.project.name or printable(path.stem))
    return opened(plan, file.name, folder)


def _refuse_taken(folder: Path) -> None:
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise Refused(f"{folder} is there already.", "Name a new folder for the study.")


def _make(plan: Plan, folder: Path, coder: str | None, title: str) -> None:
    """Make the study beside its folder, and move it there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
        study = create_study(Path(beside) / folder.name, coder=coder)
        try:
            write_plan(study, plan, title)
            study.close()
            os.replace(study.folder, folder)
        except BaseException:
            _forget(study)
            raise


def _forget(study: Study) -> None:
    """Take away the secret of a study that came to nothing; its folder goes by itself."""
    with suppress(QualbenchError, SQLAlchemyError):
        private_file(study, "secrets", ".key").unlink(missing_ok=True)
    study.close()
    shutil.rmtree(study.folder, ignore_errors=True)
