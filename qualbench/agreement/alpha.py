"""Krippendorff's alpha for nominal data: any number of coders, with values missing (Krippendorff 2011)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from qualbench.agreement.cells import count_answers
from qualbench.agreement.coefficients import Figure
from qualbench.agreement.layers import Layers

Pair = tuple[Hashable, Hashable]
"""Two values that one unit was given."""

Answers = Mapping[tuple[int, int], int]
"""How many units were judged by m coders of whom y gave the code, by (m, y)."""

NOT_PAIRED = "No unit has been judged by two coders."
NO_VARIATION = "Every answer is the same, so there is no variation to agree on."


@dataclass(frozen=True)
class Alphas:
    """Krippendorff's alpha over several coders.

    Attributes:
        coders: Those compared; where one has not finished a source, their answers are missing there.
        codes: Alpha of each code, given or not given to each unit, by id, in the order of the codebook.
        pooled: The same over all codes, from summed coincidences.
    """

    coders: tuple[str, ...]
    codes: dict[str, Figure]
    pooled: Figure


def krippendorff_alpha(units: Iterable[Sequence[Hashable | None]]) -> Figure:
    """Give alpha for nominal values.

    Args:
        units: For each unit the values that coders gave it, None where one gave none.
    """
    coincidences: dict[Pair, Fraction] = {}
    kinds = Counter(frozenset(Counter(v for v in values if v is not None).items()) for values in units)
    for counts, times in kinds.items():
        _add(coincidences, dict(counts), times)
    return _alpha(coincidences)


def alphas(layers: Layers) -> Alphas:
    """Give alpha for each code and over all codes, for two or more coders."""
    codes: dict[str, Figure] = {}
    pooled: Counter[tuple[int, int]] = Counter()
    for code in layers.codes:
        answers = answers_of(layers, code)
        codes[code] = alpha_of_answers(answers)
        pooled.update(answers)
    return Alphas(layers.coders, codes, alpha_of_answers(pooled))


def answers_of(layers: Layers, code: str) -> Answers:
    """Count the units by how many coders have judged them, and how many of those gave a code."""
    answers: Counter[tuple[int, int]] = Counter()
    for source, who in layers.finished.items():
        ranges = [of for coder in who if (of := layers.ranges[coder][code].get(source))]
        for given, units in count_answers(ranges, layers.units[source].total).items():
            answers[len(who), given] += units
    return answers


def alpha_of_answers(answers: Answers) -> Figure:
    """Give alpha from counts of units, the value being whether a unit has the code."""
    coincidences: dict[Pair, Fraction] = {}
    for (judged, given), units in answers.items():
        _add(coincidences, {True: given, False: judged - given}, units)
    return _alpha(coincidences)


def _add(coincidences: dict[Pair, Fraction], counts: Mapping[Hashable, int], units: int) -> None:
    """Add the pairs of values of some units that were given the same values, by how many coders each."""
    judged = sum(counts.values())
    if judged < 2:
        return
    for c, of_c in counts.items():
        for k, of_k in counts.items():
            pairs = units * of_c * (of_k - (c == k))
            coincidences[c, k] = coincidences.get((c, k), Fraction(0)) + Fraction(pairs, judged - 1)


def _alpha(coincidences: Mapping[Pair, Fraction]) -> Figure:
    totals: dict[Hashable, Fraction] = {}
    for (c, _), weight in coincidences.items():
        totals[c] = totals.get(c, Fraction(0)) + weight
    n = sum(totals.values(), Fraction(0))
    if not n:
        return Figure(None, NOT_PAIRED)
    by_chance = n * n - sum(total * total for total in totals.values())
    if not by_chance:
        return Figure(None, NO_VARIATION)
    apart = n - sum(weight for (c, k), weight in coincidences.items() if c == k)
    return Figure(float(1 - (n - 1) * apart / by_chance))
