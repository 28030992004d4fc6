"""Agreement of two coders on one code, from the four cells of a 2 x 2 table.

Where a coefficient is undefined its function gives None and `why_undefined` the reason. No words are put to
their size: what is enough depends on what the codes are for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


class Figure(NamedTuple):
    """A number, or None with the sentence that says why there is none."""

    value: float | None
    why: str = ""


@dataclass(frozen=True)
class Cells:
    """How many units both coders gave a code, only one of them, or neither."""

    both: int
    a_only: int
    b_only: int
    neither: int

    @property
    def total(self) -> int:
        """All units."""
        return self.both + self.a_only + self.b_only + self.neither

    def __add__(self, other: Cells) -> Cells:
        return Cells(
            self.both + other.both,
            self.a_only + other.a_only,
            self.b_only + other.b_only,
            self.neither + other.neither,
        )


NO_CELLS = Cells(0, 0, 0, 0)


def percent_agreement(cells: Cells) -> float | None:
    """Give the share of units on which the coders agree; None without units."""
    return (cells.both + cells.neither) / cells.total if cells.total else None


def cohen_kappa(cells: Cells) -> float | None:
    """Give Cohen's kappa (Cohen 1960): agreement beyond what the coders' own rates would give by chance.

    None where chance agreement is 1, that is where both coders gave the code to no unit, or to all.
    """
    n = cells.total
    if n == 0:
        return None
    a_yes, b_yes = cells.both + cells.a_only, cells.both + cells.b_only
    by_chance = a_yes * b_yes + (n - a_yes) * (n - b_yes)  # times n squared
    if by_chance == n * n:
        return None
    return (n * (cells.both + cells.neither) - by_chance) / (n * n - by_chance)


def gwet_ac1(cells: Cells) -> float | None:
    """Give Gwet's AC1 (Gwet 2008); None without units.

    Chance agreement is 2 q (1 - q), q being the prevalence; so it stays high where a code is very rare or
    very common, and kappa falls.
    """
    n = cells.total
    if n == 0:
        return None
    yes = 2 * cells.both + cells.a_only + cells.b_only  # of 2 n answers
    by_chance = yes * (2 * n - yes)  # times 2 n squared
    return (2 * n * (cells.both + cells.neither) - by_chance) / (2 * n * n - by_chance)


def brennan_prediger(cells: Cells) -> float | None:
    """Give Brennan and Prediger's coefficient (1981): chance agreement is one half; None without units.

    With two categories it is the prevalence- and bias-adjusted kappa of Byrt, Bishop & Carlin (1993).
    """
    agreed = percent_agreement(cells)
    return None if agreed is None else 2 * agreed - 1


def dice(cells: Cells) -> float | None:
    """Give Dice's coefficient (Dice 1945): of all that either coded, the share that both did.

    None where neither gave the code to any unit. It is not corrected for chance.
    """
    either = 2 * cells.both + cells.a_only + cells.b_only
    return 2 * cells.both / either if either else None


def jaccard(cells: Cells) -> float | None:
    """Give Jaccard's coefficient: of the units that at least one coded, the share that both did.

    None where neither gave the code to any unit. It is not corrected for chance.
    """
    either = cells.both + cells.a_only + cells.b_only
    return cells.both / either if either else None


def prevalence(cells: Cells) -> float | None:
    """Give the share of units with the code, the mean of the two coders; None without units."""
    return (2 * cells.both + cells.a_only + cells.b_only) / (2 * cells.total) if cells.total else None


def prevalence_index(cells: Cells) -> float | None:
    """Give the prevalence index (Byrt, Bishop & Carlin 1993), (both - neither) / all; None without units.

    The further from 0, the lower kappa at the same agreement: -1 is a code that nobody used, 1 one that is
    on everything.
    """
    return (cells.both - cells.neither) / cells.total if cells.total else None


def bias_index(cells: Cells) -> float | None:
    """Give the bias index (Byrt, Bishop & Carlin 1993): A's rate of the code less B's; None without units.

    The further from 0, the higher kappa at the same agreement.
    """
    return (cells.a_only - cells.b_only) / cells.total if cells.total else None


Coefficient = Callable[[Cells], float | None]

COEFFICIENTS: dict[str, Coefficient] = {
    "percent": percent_agreement,
    "kappa": cohen_kappa,
    "dice": dice,
    "jaccard": jaccard,
    "ac1": gwet_ac1,
    "brennan_prediger": brennan_prediger,
    "prevalence": prevalence,
    "prevalence_index": prevalence_index,
    "bias_index": bias_index,
}
"""Every coefficient of a 2 x 2 table by the name it has in tables and JSON, in the order of a table."""


def why_undefined(name: str, cells: Cells) -> str:
    """Say why a coefficient is undefined for some cells; empty where it is defined.

    Args:
        name: One of `COEFFICIENTS`.
        cells: The cells.
    """
    if COEFFICIENTS[name](cells) is not None:
        return ""
    if not cells.total:
        return "There is nothing to count in these sources."
    if not cells.neither and cells.both:
        return "Both coders gave the code to everything, so agreement by chance is complete."
    if name == "kappa":
        return "Neither coder used the code, so agreement by chance is complete."
    return "Neither coder used the code."
