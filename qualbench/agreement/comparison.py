"""Comparing two coders' layers, code by code and source by source."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from qualbench.agreement.cells import count_cells
from qualbench.agreement.coefficients import NO_CELLS, Cells
from qualbench.agreement.comparable import comparable, pairs
from qualbench.agreement.layers import Layers, check_unit, read_layers
from qualbench.agreement.units import PARTICIPANTS, UNITS
from qualbench.study.database import Study

__all__ = ["UNITS", "Agreement", "CodeAgreement", "agree", "agreement_of", "comparable", "compare", "pairs"]


@dataclass(frozen=True)
class CodeAgreement:
    """The 2 x 2 table of one code.

    Attributes:
        code: The id of the code.
        cells: Summed over all compared sources.
        by_source: The table of each source, by name; a source in which neither used the code has one too.
    """

    code: str
    cells: Cells
    by_source: Mapping[str, Cells] = field(default_factory=dict)


@dataclass(frozen=True)
class Agreement:
    """How two coders compare.

    Attributes:
        unit: What was counted, one of `UNITS`.
        coders: The two layers, A and B.
        sources: The names of the sources that both have finished, in order.
        codes: Every code that either has used there, in the order of the codebook.
        counted: Whose words were counted, one of `COUNTED`.
    """

    unit: str
    coders: tuple[str, str]
    sources: list[str]
    codes: list[CodeAgreement]
    counted: str = PARTICIPANTS

    @property
    def pooled(self) -> Cells:
        """The cells summed over the codes: each unit counts once for each code."""
        return sum((one.cells for one in self.codes), NO_CELLS)


def agree(
    study: Study,
    *,
    unit: str = "turn",
    coders: tuple[str, str] | None = None,
    counted: str = PARTICIPANTS,
    sources: Collection[str] | None = None,
    codes: Collection[str] | None = None,
) -> Agreement:
    """Compare two coders in the sources that both have finished.

    A turn or sentence has a code if any of its characters have.

    Args:
        study: The study, with the coder at work.
        unit: One of `UNITS`.
        coders: The two layers; None where only two coders have finished anything.
        counted: One of `COUNTED`: without interviewers' talk, with it, or the whole text.
        sources: Only these, by name.
        codes: Only these and what is below them, by id or label.

    Raises:
        BadInput: If the unit or what is counted is unknown, or the coders are one.
        NotFound: If a coder, source or code does not exist.
        Refused: If it is not clear who is to be compared, or they have finished no source in common.
    """
    return agreement_of(
        read_pair(study, unit=unit, coders=coders, counted=counted, sources=sources, codes=codes)
    )


def read_pair(
    study: Study,
    *,
    unit: str = "turn",
    coders: tuple[str, str] | None = None,
    counted: str = PARTICIPANTS,
    sources: Collection[str] | None = None,
    codes: Collection[str] | None = None,
) -> Layers:
    """Read the layers of two coders where they can be compared; arguments and errors are those of `agree`."""
    check_unit(unit, counted)
    pair, _ = comparable(study, coders)
    return read_layers(study, unit=unit, coders=pair, counted=counted, sources=sources, codes=codes)


def agreement_of(layers: Layers) -> Agreement:
    """Give the 2 x 2 tables of two layers.

    Raises:
        BadInput: If there are more than two.
    """
    a, b = layers.pair
    codes = []
    for code in layers.codes:
        of_a, of_b = layers.ranges[a][code], layers.ranges[b][code]
        tables = {
            source: count_cells(of_a.get(source, ()), of_b.get(source, ()), units.total)
            for source, units in layers.units.items()
        }
        codes.append(CodeAgreement(code, sum(tables.values(), NO_CELLS), tables))
    return Agreement(layers.unit, (a, b), layers.sources, codes, layers.counted)


def compare(study: Study, unit: str = "turn", coders: tuple[str, str] | None = None) -> Agreement:
    """Compare two coders on the talk of participants; what `agree` does without further wishes."""
    return agree(study, unit=unit, coders=coders)
