"""The rules by which a criterion gets a colour, as one writes them in a file. Pure.

A rule says what is looked at, then when it has which colour:

    included in all: amber < 30
    randomised per site: green >= 15, amber < 15
    retained of randomised: green >= 70 %, amber < 70 %, red < 50 %, line 60 %

"in all" is the sum over the sites; "per site" has the worst colour of any site; "of" is a share, in percent.
A line is no colour: it is told on which side of it the figure lies. The worst colour that holds counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qualbench.errors import BadInput

GREEN, AMBER, RED = "green", "amber", "red"
COLOURS = (GREEN, AMBER, RED)
"""From best to worst."""

STEPS = (
    "identified",
    "invited",
    "assessed",
    "eligible",
    "included",
    "randomised",
    "retained",
)
"""The steps of a family through the trial, each a part of those before it."""

_LOOKED_AT = re.compile(r"(\w+) (?:(in all)|(per site)|of (\w+))")
_CONDITION = re.compile(r"(green|amber|red) *(>=|<) *(\d+(?:\.\d+)?) *(%?)")
_LINE = re.compile(r"line +(\d+(?:\.\d+)?) *%")
_HINT = "Write it as 'retained of randomised: green >= 70 %, amber < 70 %, red < 50 %, line 60 %'."


@dataclass(frozen=True)
class Condition:
    """When a figure has a colour.

    Attributes:
        colour: One of `COLOURS`.
        at_least: Whether it has it from the limit on, rather than below it.
        limit: A number, or percent of a share.
    """

    colour: str
    at_least: bool
    limit: float

    def holds(self, figure: float) -> bool:
        """Tell whether a figure has the colour."""
        return figure >= self.limit if self.at_least else figure < self.limit

    def holds_for(self, number: int, of: int) -> bool:
        """Tell whether a share has the colour, without dividing: 21 of 30 is 70 % to the last bit."""
        return (100 * number >= self.limit * of) == self.at_least


@dataclass(frozen=True)
class Rule:
    """What is looked at, and when it has which colour.

    Attributes:
        step: The step that is counted.
        of: The step that it is a share of; None for a number.
        per_site: Whether each site is looked at by itself.
        conditions: When it has a colour.
        lines: Percentages to be told beside it.
    """

    step: str
    of: str | None
    per_site: bool
    conditions: tuple[Condition, ...]
    lines: tuple[float, ...]

    def colour_of(self, figure: float) -> str | None:
        """Give the worst colour that holds for a figure; None if none does."""
        held = [condition.colour for condition in self.conditions if condition.holds(figure)]
        return max(held, key=COLOURS.index, default=None)


def parse_rule(text: str) -> Rule | None:
    """Read a rule; None if there is none.

    Raises:
        BadInput: If it cannot be read.
    """
    if not text.strip():
        return None
    looked_at, colon, rest = text.partition(":")
    found = _LOOKED_AT.fullmatch(" ".join(looked_at.split()))
    if not colon or found is None:
        raise BadInput(f"'{text}' is not a rule.", _HINT)
    step, _, per_site, of = found.groups()
    for name in filter(None, (step, of)):
        if name not in STEPS:
            raise BadInput(f"'{name}' is not a step of the trial.", f"Use some of {', '.join(STEPS)}.")
    conditions: list[Condition] = []
    lines: list[float] = []
    for part in (piece.strip() for piece in rest.split(",")):
        if condition := _CONDITION.fullmatch(part):
            if bool(condition[4]) != bool(of):
                raise BadInput(f"'{part}' is not a limit for what is looked at.", _HINT)
            conditions.append(Condition(condition[1], condition[2] == ">=", float(condition[3])))
        elif (line := _LINE.fullmatch(part)) and of:
            lines.append(float(line[1]))
        else:
            raise BadInput(f"'{part}' is not a part of a rule.", _HINT)
    return Rule(step, of, per_site is not None, tuple(conditions), tuple(lines))


def worst(colours: Sequence[str | None]) -> str | None:
    """Give the worst of some colours, if any is known."""
    return max((colour for colour in colours if colour), key=COLOURS.index, default=None)


def steps_in_order(numbers: Mapping[str, int]) -> list[tuple[str, int]]:
    """Give the steps that have a number, in the order of the trial."""
    return [(step, numbers[step]) for step in STEPS if step in numbers]
