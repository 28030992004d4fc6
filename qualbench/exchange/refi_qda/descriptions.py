"""An entry of the codebook as a description: a text for people that can be read back.

The definition comes first; the other fields follow, each behind its heading at the beginning of a line. A
line of a field that itself begins like a heading gets a blank in front, which reading takes away again.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from qualbench.codebook.tree import IN_USE, LEVELS, ORIGINS, CodeEntry
from qualbench.text.words import normalise

_TEXTS = {
    "In short": "short_definition",
    "Central concept": "central_concept",
    "When to use": "when_to_use",
    "When not to use": "when_not_to_use",
    "Typical example": "typical_example",
    "Atypical example": "atypical_example",
    "Close, but not this": "near_miss_example",
    "Question": "question",
}
_ITEMS = {"Tag": "tags", "Stakeholder type": "stakeholders", "Timepoint": "timepoints"}
_WORDS = {
    "Origin": ("origin", re.compile("|".join(name for name in ORIGINS if name))),
    "Status": ("status", re.compile("|".join(IN_USE))),
    "Label": ("label", re.compile(r".+")),
    "Level": ("level", re.compile("|".join(LEVELS))),
    "Id": ("id", re.compile(r"[0-9a-z]+(?:-[0-9a-z]+)*")),
}
_HEADING = re.compile(f"({'|'.join((*_TEXTS, *_ITEMS, *_WORDS))}):(.*)")
_LIKE_A_HEADING = re.compile(f"^ *(?:{'|'.join((*_TEXTS, *_ITEMS, *_WORDS))}):", re.MULTILINE)
_BLANK_BEFORE = re.compile(f"^ (?= *(?:{'|'.join((*_TEXTS, *_ITEMS, *_WORDS))}):)", re.MULTILINE)

_BLOCK_END = re.compile(r"<br\s*/?>|</(?:p|div|li|h[1-6]|tr)\s*>", re.IGNORECASE)
_MARKUP = re.compile(
    r"<!--.*?-->|<(style|script|head)\b.*?</\1\s*>|"
    r"</?(?:html|head|body|meta|p|div|span|br|b|i|u|strong|em|s|sub|sup|font|a|ul|ol|li|h[1-6]|table|tbody|tr|td)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE | re.DOTALL,
)


def describe(entry: CodeEntry) -> str:
    """Give what the team wrote about an entry, as a description for people."""
    parts = [_LIKE_A_HEADING.sub(r" \g<0>", normalise(entry.definition).strip())]
    for heading, name in _TEXTS.items():
        first, *rest = normalise(getattr(entry, name)).strip().split("\n")
        if first:
            parts += [f"{heading}: {first}", *(_LIKE_A_HEADING.sub(r" \g<0>", line) for line in rest)]
    if entry.origin:
        parts.append(f"Origin: {entry.origin}")
    for heading, name in _ITEMS.items():
        parts += [f"{heading}: {item}" for item in getattr(entry, name)]
    if entry.status == "candidate":
        parts.append("Status: candidate")
    return "\n".join(parts).strip("\n")


def describe_for_exchange(entry: CodeEntry, name: str, level: str) -> str:
    """Give the description of an entry with what its place in the file does not tell.

    Args:
        entry: The entry.
        name: The name that it goes out under.
        level: The level that a reader would take it for by its place.
    """
    own = {"Label": (entry.label, name), "Level": (entry.level, level), "Id": (entry.id, "")}
    lines = [f"{heading}: {value}" for heading, (value, told) in own.items() if value != told]
    return "\n".join(part for part in (describe(entry), *lines) if part)


def read_description(text: str) -> Mapping[str, Any]:
    """Give the fields that a description holds, by name; what is under no heading is the definition.

    What does not look like one of ours is all definition. Besides fields of `CodeEntry`, there may be `id`,
    `label` and `level`.
    """
    texts: dict[str, list[str]] = {"definition": []}
    items: dict[str, list[str]] = {}
    words: dict[str, str] = {}
    at = "definition"
    for line in plain_text(text).split("\n"):
        found = _HEADING.fullmatch(line)
        heading, said = (found[1], found[2].removeprefix(" ")) if found else ("", "")
        value = said.strip()
        if heading in _TEXTS:
            at = _TEXTS[heading]
            texts.setdefault(at, []).append(said)
        elif heading in _ITEMS and value:
            items.setdefault(_ITEMS[heading], []).append(value)
            at = "definition"
        elif heading in _WORDS and _WORDS[heading][1].fullmatch(value) and _WORDS[heading][0] not in words:
            words[_WORDS[heading][0]] = value
            at = "definition"
        else:
            texts[at].append(_BLANK_BEFORE.sub("", line))
    joined = {name: "\n".join(lines).strip() for name, lines in texts.items()}
    listed = {name: tuple(dict.fromkeys(values)) for name, values in items.items()}
    return {name: value for name, value in (joined | listed | words).items() if value}


def plain_text(text: str) -> str:
    """Give a description as plain text: one kind of line end, HTML of other programs taken off."""
    text = normalise(text)
    if _MARKUP.search(text):
        text = html.unescape(_MARKUP.sub("", _BLOCK_END.sub("\n", text)))
    return normalise(text).strip("\n")
