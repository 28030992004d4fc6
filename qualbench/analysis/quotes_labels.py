"""Labels of quotes, such as "Parent, follow-up, Glasgow": whose words they are, pointing at nobody. Pure."""

from __future__ import annotations

import string
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from qualbench.analysis.matrix_counting import Voice
from qualbench.errors import BadInput

DEFAULT_LABEL = "{stakeholder}, {timepoint}, {site}"

IDS = ("participant", "family", "source")
"""Fields that name one person or conversation; they stand in a label only where a template asks for them."""

NOBODY_IN_PARTICULAR = "Participant"

_IN_RUNNING_TEXT = ("timepoint", "mode", "kind")  # their first letter is small inside a label


@dataclass(frozen=True)
class LabelTemplate:
    """How labels are written.

    Attributes:
        parts: Each field with what stands before it.
        tail: What stands after the last.
    """

    parts: tuple[tuple[str, str], ...]
    tail: str

    @property
    def fields(self) -> tuple[str, ...]:
        """Its fields, in order."""
        return tuple(field for _, field in self.parts)

    @property
    def ids(self) -> tuple[str, ...]:
        """Those of its fields that name one person or conversation."""
        return tuple(field for field in self.fields if field in IDS)


def read_template(text: str, named: Callable[[str, str], str]) -> LabelTemplate:
    """Read a template such as `{stakeholder}, {site}`.

    Args:
        text: The template; `{{` and `}}` stand for braces.
        named: Gives an attribute as the study writes it, or says what it cannot be (`People.attribute`).

    Raises:
        BadInput: If it has a field that is no attribute, or its braces do not match.
    """
    parts: list[tuple[str, str]] = []
    before = ""
    try:
        pieces = list(string.Formatter().parse(text))
    except ValueError:
        raise BadInput(
            f"The braces of the label '{text}' do not match.", f"Write it as {DEFAULT_LABEL}."
        ) from None
    for literal, field, spec, conversion in pieces:
        before += literal
        if field is None:
            continue
        if spec or conversion:
            raise BadInput(f"'{{{field}}}' has more than a name in it.", f"Write it as {DEFAULT_LABEL}.")
        parts.append((before, named(field, "in a label")))
        before = ""
    return LabelTemplate(tuple(parts), before)


def labels(
    facts: Mapping[Voice, Mapping[str, str]], template: LabelTemplate, smallest: int
) -> dict[Voice, str]:
    """Give the label of each voice; what it says of people fits several of them.

    Where it does not, the last field that is no id is left out, then the one before it, down to
    "Participant". Ids are always written, for they are there only because the template asks for them.

    Args:
        facts: What is known of everybody who was talked to: a label is measured against all of them.
        template: How labels are written.
        smallest: How many people it must fit at least (`StudyRecord.smallest_group`).
    """
    telling = [field for field in template.fields if field not in IDS]
    people: dict[tuple[str | None, ...], set[str]] = defaultdict(set)
    for (_, person), known in facts.items():
        values = tuple(known.get(field) for field in telling)
        for length in range(1, len(values) + 1):
            people[values[:length]].add(person)

    def shown(known: Mapping[str, str]) -> set[str]:
        values = tuple(known.get(field) for field in telling)
        fits = (n for n in range(len(values), 0, -1) if len(people[values[:n]]) >= smallest)
        return {*telling[: next(fits, 0)], *template.ids}

    return {voice: _written(template, known, shown(known)) for voice, known in facts.items()}


def _written(template: LabelTemplate, known: Mapping[str, str], shown: set[str]) -> str:
    """A label with the fields that are shown and known; what stands before another goes with it."""
    if not template.parts:
        return template.tail
    label = template.parts[0][0]
    filled = False
    for before, field in template.parts:
        value = known.get(field, "") if field in shown else ""
        if value:
            label += before if filled else ""
            label += value if field in IDS else _as_it_stands(value, field, first=not label.strip())
            filled = True
    return _without_odd_brackets(label + template.tail) if filled else NOBODY_IN_PARTICULAR


def _as_it_stands(value: str, field: str, *, first: bool) -> str:
    """A value with a capital where a label begins with it; what is no word, such as T1 or IPS, stays."""
    if value[1:2].isupper() or value[1:2].isdigit():
        return value
    if first:
        return value[0].upper() + value[1:]
    return value[0].lower() + value[1:] if field in _IN_RUNNING_TEXT else value


def _without_odd_brackets(label: str) -> str:
    """A label without the brackets whose other half went with a field that is not shown."""
    odd: list[int] = []
    for n, sign in enumerate(label):
        if sign == ")" and odd and label[odd[-1]] == "(":
            odd.pop()
        elif sign in "()":
            odd.append(n)
    return "".join(sign for n, sign in enumerate(label) if n not in odd)
