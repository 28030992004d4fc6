"""The figures of NVivo's coding comparison query: a row for each code and source, by characters.

As NVivo's help defines them ("Run a coding comparison query"): every character of the source counts, white
space, labels and all speakers included; percentages are of the source's characters; kappa is Cohen's, and 1
where the users are in complete agreement, whether both have coded the same or neither anything, where kappa
proper is undefined. A line end is one character, as on NVivo for Mac.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from qualbench.agreement.coefficients import Cells, cohen_kappa
from qualbench.agreement.comparison import agree
from qualbench.agreement.units import WHOLE_TEXT
from qualbench.study.database import Study


@dataclass(frozen=True)
class NvivoRow:
    """A row of the coding comparison query.

    Attributes:
        code: The id of the code.
        source: The name of the source.
        cells: Characters.
    """

    code: str
    source: str
    cells: Cells

    @property
    def size(self) -> int:
        """The characters of the source."""
        return self.cells.total

    @property
    def kappa(self) -> float:
        """Cohen's kappa; 1 where both users have coded the same characters, or neither any."""
        if not (self.cells.a_only or self.cells.b_only):
            return 1.0
        found = cohen_kappa(self.cells)
        assert found is not None  # where the users differ, both answers were given
        return found

    @property
    def both(self) -> float:
        """The column "A and B", in percent."""
        return self._percent(self.cells.both)

    @property
    def neither(self) -> float:
        """The column "Not A and Not B", in percent."""
        return self._percent(self.cells.neither)

    @property
    def agreement(self) -> float:
        """The column "Agreement", in percent: the two above."""
        return self._percent(self.cells.both + self.cells.neither)

    @property
    def a_only(self) -> float:
        """The column "A and Not B", in percent."""
        return self._percent(self.cells.a_only)

    @property
    def b_only(self) -> float:
        """The column "B and Not A", in percent."""
        return self._percent(self.cells.b_only)

    @property
    def disagreement(self) -> float:
        """The column "Disagreement", in percent: the two above."""
        return self._percent(self.cells.a_only + self.cells.b_only)

    def _percent(self, characters: int) -> float:
        return 100 * characters / self.cells.total


def nvivo_rows(
    study: Study,
    *,
    coders: tuple[str, str] | None = None,
    sources: Collection[str] | None = None,
    codes: Collection[str] | None = None,
) -> list[NvivoRow]:
    """Give the rows of a coding comparison query: every code that either has used, in every source.

    Arguments and errors are those of `agree`.
    """
    found = agree(study, unit="character", counted=WHOLE_TEXT, coders=coders, sources=sources, codes=codes)
    return [
        NvivoRow(one.code, source, cells)
        for one in found.codes
        for source, cells in one.by_source.items()
        if cells.total
    ]
