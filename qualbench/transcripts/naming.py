"""What the name of a file says of it, by a pattern such as {participant}_{timepoint}_{site}."""

from __future__ import annotations

import re

from qualbench.errors import BadInput

FIELDS = ("participant", "kind", "timepoint", "site", "date", "mode", "interviewer")
"""What a pattern may name; {any} stands for what is of no interest."""

_FIELD = re.compile(r"\{(\w*)\}")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Turn a pattern for file names, without their endings, into an expression with a group a field.

    Raises:
        BadInput: If the pattern names no field, one that is not known, or one twice.
    """
    known = f"Use fields of {', '.join(f'{{{field}}}' for field in (*FIELDS, 'any'))}."
    names = _FIELD.findall(pattern)
    for name in names:
        if name not in (*FIELDS, "any"):
            raise BadInput(f"The pattern has a field '{{{name}}}' that is not known.", known)
        if name != "any" and names.count(name) > 1:
            raise BadInput(f"The pattern has the field '{{{name}}}' twice.", known)
    if not any(name in FIELDS for name in names):
        raise BadInput(f"The pattern '{pattern}' names nothing.", known)
    expression = ""
    for n, part in enumerate(_FIELD.split(pattern)):
        if n % 2 == 0:
            expression += re.escape(part)
        else:
            expression += ".+?" if part == "any" else f"(?P<{part}>.+?)"
    return re.compile(expression, re.IGNORECASE)


def fields_of(stem: str, pattern: re.Pattern[str], name: str) -> dict[str, str]:
    """Give the fields of a file's name.

    Raises:
        BadInput: If the name does not fit the pattern.
    """
    match = pattern.fullmatch(stem)
    if match is None:
        raise BadInput(
            f"{name}: its name does not fit the pattern.", "Rename the file, or import it with a manifest."
        )
    fields = match.groupdict()
    if "date" in fields:
        fields["date"] = _COMPACT_DATE.sub(r"\1-\2-\3", fields["date"])
    return fields
