"""Agreement of two coders on one code, from the four cells of a 2 x 2 table."""

from __future__ import annotations

from dataclasses import dataclass


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


def dice(cells: Cells) -> float | None:
    """Give Dice's coefficient (Dice 1945): of all that either coded, the share that both did.

    None where neither gave the code to any unit. It is not corrected for chance.
    """
    either = 2 * cells.both + cells.a_only + cells.b_only
    return 2 * cells.both / either if either else None


def prevalence(cells: Cells) -> float | None:
    """Give the share of units with the code, the mean of the two coders; None without units."""
    return (2 * cells.both + cells.a_only + cells.b_only) / (2 * cells.total) if cells.total else None
