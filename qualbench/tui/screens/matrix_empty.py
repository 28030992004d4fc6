"""What the matrix says where there is nothing to count, and what can be done."""

from __future__ import annotations

from qualbench.analysis.document import counted
from qualbench.analysis.matrix_model import COUNTED, Matrix
from qualbench.codebook.tree import Codebook
from qualbench.study.tables import AGREED

_HERE = "Here will be the matrix: how many of those who were talked to speak of each theme, and how often."


def nothing_to_count(matrix: Matrix, book: Codebook, coder: str | None) -> str:
    """Say why a matrix has nothing to show and what can be done; nothing if it has something.

    Args:
        matrix: What was counted.
        book: The codebook.
        coder: The coder at work.
    """
    request = matrix.request
    if not matrix.columns and not matrix.request.only:
        return (
            f"{_HERE}\n\nNo source has a participant's talk in it yet.\n\n"
            "Press 2 to bring in transcripts; there, s says who speaks in one. Afterwards, from the command "
            "line:\n\n"
            "    qualbench speaker SOURCE LABEL --participant P07"
        )
    if not matrix.columns:
        return "Nobody was talked to who is like that.\n\nPress f to count others."
    if not len(book):
        return f"{_HERE}\n\nThere is no codebook yet.\n\nPress 5 to begin one, or to bring one in."
    if not matrix.rows:
        return f"The codebook has no {_level(request.rows)} to be rows.\n\nPress r to choose others."
    there = any(state == COUNTED for line in matrix.states for state in line)
    if there or matrix.left_out or request.only or request.codes or request.own:
        return ""
    if request.layer != AGREED:
        whose = "You have" if request.layer == coder else f"{request.layer} has"
        return (
            f"{_HERE}\n\n{whose} coded nothing that a participant says yet.\n\n"
            "Press 4 to code, L to count another layer."
        )
    own = f" L counts your own codings, the layer of {coder}." if coder else ""
    if matrix.hidden:
        return (
            f"{_HERE}\n\nNothing is agreed on in what you may see. {counted(matrix.hidden, 'source')} that "
            "others have finished stay hidden until you have finished them too.\n\n"
            f"Press Z in mode 4 or 1 to finish one.{own}"
        )
    return (
        f"{_HERE}\n\nNothing is agreed on yet, and the agreed layer is what is counted.\n\n"
        f"Two coders finish a source (Z, in mode 4), then decide where they differ (6).{own}"
    )


def _level(rows: str) -> str:
    return {"subthemes": "sub-themes", "tree": "entries"}.get(rows, rows)
