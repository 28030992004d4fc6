"""Columns of a matrix that stand for too few people to go to readers, and what is coarser.

A reader who knows a team can tell who "Social worker, Glasgow" is if there is one. So a matrix for readers
is refused with the columns named; what goes to the team, such as NVivo's layout, is only told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from qualbench.analysis.document import counted, in_words
from qualbench.analysis.matrix import Matrix, count_matrix
from qualbench.errors import BadInput, Refused
from qualbench.study.database import Study

_NAMED = 3  # how many of many are named in a sentence


def small_columns(matrix: Matrix) -> list[str]:
    """Give the columns of a matrix that stand for fewer people than the study tells apart, by values."""
    return [
        ", ".join(column)
        for column, size in zip(matrix.columns, matrix.sizes, strict=True)
        if 0 < size.participants < matrix.smallest_group
    ]


def few_people(matrix: Matrix) -> str:
    """Say in a phrase how many columns stand for too few people; nothing if none does."""
    small = small_columns(matrix)
    return f"{counted(len(small), 'column')} of fewer than {matrix.smallest_group} people" if small else ""


def warning_of_few_people(matrix: Matrix) -> str:
    """Say which columns of a matrix stand for too few people, and what to do; nothing if none does."""
    small = small_columns(matrix)
    if not small:
        return ""
    return (
        f"{few_people(matrix)}: {_listed(small)}. It is for the team: cross fewer attributes before "
        "it goes to readers who may know them."
    )


def coarser(study: Study, matrix: Matrix) -> Matrix:
    """Give a matrix without columns of too few people: with fewer attributes crossed, the first ones staying
    as long as they can, and else with the small groups taken together as one.

    Args:
        study: The study.
        matrix: The matrix; given back as it is if it has no such columns.
    """
    if not small_columns(matrix):
        return matrix
    for columns in _fewer(matrix.attributes):
        found = count_matrix(study, replace(matrix.request, columns=columns))
        if not small_columns(found):
            return found
    head, smallest = matrix.attributes[:1], matrix.smallest_group
    return count_matrix(study, replace(matrix.request, columns=head, pooled_below=smallest))


def left_out_of(fine: Matrix, coarse: Matrix) -> str:
    """Say in a phrase what a coarser matrix does without; nothing if it is the same."""
    parts = []
    gone = [name for name in fine.attributes if name not in coarse.attributes]
    if gone:
        parts.append(f"without {in_words(gone)}")
    if coarse.request.pooled_below > fine.request.pooled_below:
        parts.append(f"groups of fewer than {coarse.request.pooled_below} people as one")
    return ", ".join(parts)


def refuse_small_cells(study: Study, matrix: Matrix, *, allow: bool, reason: str) -> str:
    """Refuse a matrix for readers that has columns of too few people.

    Args:
        study: The study.
        matrix: The matrix.
        allow: Whether it is to go out all the same.
        reason: Why it is.

    Returns:
        What is let out, in a phrase for the journal; nothing if there are no such columns.

    Raises:
        Refused: If there are, and it is not allowed.
        BadInput: If it is allowed without a reason.
    """
    small = small_columns(matrix)
    if not small:
        return ""
    if allow and not reason.strip():
        raise BadInput("Small cells go out for a reason only.", "Say why: --reason TEXT.")
    if allow:
        return few_people(matrix)
    found = coarser(study, matrix)
    options = f"--columns {','.join(found.attributes)}{' --pool' if found.request.pooled_below else ''}"
    raise Refused(
        f"{few_people(matrix)}, who could be known by it: {_listed(small)}.",
        f"Coarser, {left_out_of(matrix, found)}: {options}. Or add --allow-small-cells --reason TEXT; "
        "that is written to the journal.",
    )


def _fewer(attributes: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The crossings of fewer attributes that keep the first, larger ones first."""
    head, rest = attributes[:1], attributes[1:]
    return [(*head, *some) for length in range(len(rest) - 1, -1, -1) for some in combinations(rest, length)]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return "; ".join(names[:_NAMED]) + more
