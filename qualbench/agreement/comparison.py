"""Comparing two coders' layers, code by code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.agreement.coefficients import Cells
from qualbench.codebook.tree import codebook_of
from qualbench.coding.blind import finished_by
from qualbench.errors import BadInput, Refused
from qualbench.study.database import Study
from qualbench.study.settings import require_coder
from qualbench.study.tables import Coding, Source, table_of
from qualbench.text.spans import Span, covered, intersect, merge
from qualbench.transcripts.sources import participants_talk

UNITS = ("turn", "character")


@dataclass(frozen=True)
class CodeAgreement:
    """The 2 x 2 table of one code over all compared sources."""

    code: str
    cells: Cells


@dataclass(frozen=True)
class Agreement:
    """How two coders compare.

    Attributes:
        unit: What was counted: participants' turns, or the characters in them.
        coders: The two layers, A and B.
        sources: The sources that both have finished.
        codes: Every code that either has used, in the order of the codebook.
    """

    unit: str
    coders: tuple[str, str]
    sources: list[str]
    codes: list[CodeAgreement]


def compare(study: Study, unit: str = "turn", coders: tuple[str, str] | None = None) -> Agreement:
    """Compare two coders on the talk of participants in the sources that both have finished.

    A turn has a code if any of its words have. Interviewers' talk is not counted.

    Args:
        study: The study.
        unit: One of `UNITS`.
        coders: The two layers; None where only two coders have finished anything.

    Raises:
        BadInput: If the unit is unknown.
        Refused: If it is not clear who is to be compared, or they have finished no source in common.
    """
    if unit not in UNITS:
        raise BadInput(f"'{unit}' is not a unit.", f"Use one of {', '.join(UNITS)}.")
    coders, names = comparable(study, coders)
    with study.read() as db:
        talk = participants_talk(db, names)
        layers = [codings_by_code(db, names, coder) for coder in coders]
        order = [entry.id for _, entry in codebook_of(db).walk(whole=True)]
    cells_of = _turn_cells if unit == "turn" else _character_cells
    codes = []
    for code in order:
        a, b = (layer.get(code, {}) for layer in layers)
        if a or b:
            total = sum(
                (cells_of(turns, a.get(source, ()), b.get(source, ())) for source, turns in talk.items()),
                Cells(0, 0, 0, 0),
            )
            codes.append(CodeAgreement(code, total))
    return Agreement(unit, coders, names, codes)


def comparable(study: Study, coders: tuple[str, str] | None) -> tuple[tuple[str, str], list[str]]:
    """Give the two coders to compare and the names of the sources that both have finished.

    Raises:
        BadInput: If the two are one.
        NotFound: If one of them is not a coder of the study.
        Refused: If it is not clear who is meant, or there is no such source.
    """
    finished = finished_by(study)
    if coders is None:
        everybody = sorted({coder for names in finished.values() for coder in names})
        if len(everybody) != 2:
            raise Refused(
                f"Two coders are compared; finished sources so far: {', '.join(everybody) or 'nobody'}.",
                "Each marks finished work with 'qualbench finish SOURCE'; of several, name --coders AB,CD.",
            )
        coders = (everybody[0], everybody[1])
    elif coders[0] == coders[1]:
        raise BadInput(f"{coders[0]} cannot be compared with themselves.", "Name two coders.")
    coders = (min(coders), max(coders))  # one order, so that a decision is found again whoever asks
    with study.read() as db:
        for coder in coders:
            require_coder(db, coder)
    names = sorted(name for name, who in finished.items() if set(coders) <= who)
    if not names:
        raise Refused(
            f"{coders[0]} and {coders[1]} have finished no source in common.",
            "Each marks finished work with 'qualbench finish SOURCE'.",
        )
    return coders, names


def codings_by_code(db: Session, names: Sequence[str], layer: str) -> dict[str, dict[str, list[Span]]]:
    """Give the codings of a layer as merged spans by code id and source id."""
    source, coding = table_of(Source), table_of(Coding)
    rows = db.execute(
        sa.select(coding.c.code_id, coding.c.source_id, coding.c.start, coding.c.end)
        .join(source, source.c.id == coding.c.source_id)
        .where(coding.c.layer == layer, source.c.name.in_(names))
    )
    found: dict[str, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for code, source_id, start, end in rows:
        found[code][source_id].append(Span(start, end))
    return {code: {s: merge(spans) for s, spans in by_source.items()} for code, by_source in found.items()}


def _turn_cells(turns: Sequence[Span], a: Sequence[Span], b: Sequence[Span]) -> Cells:
    coded_a, coded_b = _touched(turns, a), _touched(turns, b)
    both, either = len(coded_a & coded_b), len(coded_a | coded_b)
    return Cells(both, len(coded_a) - both, len(coded_b) - both, len(turns) - either)


def _touched(turns: Sequence[Span], spans: Sequence[Span]) -> set[int]:
    """The starts of those turns, in order, of which the merged spans hold any character."""
    touched: set[int] = set()
    n = 0
    for turn in turns:
        while n < len(spans) and spans[n].end <= turn.start:
            n += 1
        if n < len(spans) and spans[n].start < turn.end:
            touched.add(turn.start)
    return touched


def _character_cells(turns: Sequence[Span], a: Sequence[Span], b: Sequence[Span]) -> Cells:
    talk = merge(turns)
    coded_a, coded_b = intersect(talk, list(a)), intersect(talk, list(b))
    n_a, n_b, both = covered(coded_a), covered(coded_b), covered(intersect(coded_a, coded_b))
    return Cells(both, n_a - both, n_b - both, covered(talk) - n_a - n_b + both)
