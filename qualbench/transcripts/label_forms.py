"""The forms in which a speaker label may stand in a block; whether it is one is for `labels` to judge."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from qualbench.transcripts.model import Block

_LONGEST = 60  # characters of a label with its role
_MOST_WORDS = 8
_ROLE = re.compile(r"(.+?)\s*[(\[]([^()\[\]]{2,30})[)\]]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-?)+\.")
_BRACKETED = re.compile(r"\[([^\[\]]{1,40})\]:?\s*(.*)", re.DOTALL)
_BEFORE_COLON = re.compile(
    r"([^\s:：\[\]<?!][^:：\[\]<>?!]{0,59}?(?:\[[^\[\]:]{2,30}\])?)\s*[:：](?:\s+(.*))?$", re.DOTALL
)
_BEFORE_TAB = re.compile(r"([^\t]{1,40}?)\s*:?\t+(.*)", re.DOTALL)
_BEFORE_DASH = re.compile(r"([^\W_][\w ]{0,20}?)\s+[-–—]\s+(.*)", re.DOTALL)
_IN_CAPITALS = re.compile(
    r"([A-Z][A-Z0-9'’-]+(?: [A-Z0-9][A-Z0-9'’-]*){0,3})\s+(?=[^a-z]*[a-z])(.*)", re.DOTALL
)


class Label(NamedTuple):
    """A label as it stands, the form that all its spellings share, and the role in brackets after it."""

    text: str
    folded: str
    role: str | None

    @property
    def is_long(self) -> bool:
        """Whether it has more words than a label usually has."""
        return self.text.count(" ") > 3


class Labelled(NamedTuple):
    """A label and the words after it."""

    label: Label
    words: str


Form = Callable[[Block], Labelled | None]
Reading = list[Labelled | None]


@lru_cache(maxsize=4096)
def read_label(text: str) -> Label | None:
    """Give what a text says as a label; None if no label reads like that."""
    if len(text) > _LONGEST + 35:
        return None
    text = _INVISIBLE.sub("", text).strip().lstrip("*>“”\"' ")
    role = _ROLE.fullmatch(text)
    if role is not None:
        text = role[1]
    words = text.rstrip(":").split()
    if not words or len(words) > _MOST_WORDS or not any(c.isalpha() for c in text):
        return None
    if any(len(word) > 5 and word.endswith(".") and not _INITIALS.fullmatch(word) for word in words):
        return None
    label = " ".join(words)
    return Label(label, label.casefold(), " ".join(role[2].split()) if role is not None else None)


def given(block: Block) -> Labelled | None:
    """Read the label that the format itself gives."""
    if not block.speaker:
        return None
    name = " ".join(block.speaker.split())
    return Labelled(read_label(name) or Label(name, name.casefold(), None), block.text)


def own_lines(blocks: Sequence[Block]) -> Reading:
    """Read short blocks without an end mark, each followed by one that is what was said."""
    reading: Reading = []
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        text = block.text if len(block.text) <= _LONGEST else ""
        role = _ROLE.fullmatch(text)
        bare = (role[1] if role else text).rstrip(":")
        alone = (
            following is not None
            and not block.heading
            and 0 < len(bare) <= 40
            and len(bare.split()) <= 4
            and bare[-1] not in ".,?!…-–—\"'”’)"
            and bare[0] not in "[("
        )
        label = read_label(text) if alone else None
        reading.append(Labelled(label, "") if label else None)
    return reading


def anywhere(labels: dict[str, str]) -> Form:
    """Read labels that are known, by their folded forms, with whatever mark typists put after them."""
    alternatives = "|".join(
        re.escape(label).replace(r"\ ", r"\s+") for label in sorted(labels, key=len)[::-1]
    )
    pattern = re.compile(
        rf"[\[(*>“\"']*({alternatives})(?:\s*[(\[][^()\[\]]{{2,30}}[)\]])?[\])*]*"
        r"(?:\s*[:;：?]+[\])*]*\s*|\s+[-–—]\s+|\t+)(.*)",
        re.DOTALL | re.IGNORECASE,
    )
    return _by(pattern)


def _by(pattern: re.Pattern[str]) -> Form:
    def read(block: Block) -> Labelled | None:
        match = pattern.match(block.text)
        label = read_label(match[1]) if match is not None else None
        return Labelled(label, (match[2] or "").strip()) if match is not None and label else None

    return read


def _bold(block: Block) -> Labelled | None:
    text = block.text[: block.bold].strip().rstrip(":")
    if not text or len(text) > _LONGEST or any(mark in text for mark in ":?!"):
        return None
    label = read_label(text.strip("[]"))
    return (
        Labelled(label, block.text[block.bold :].lstrip(" \t\xa0:")) if label and not label.is_long else None
    )


_Possible = Callable[[str, Sequence[Block]], object]
ALWAYS = 1_000_000
"""A share that no file is too long for."""

FORMS: tuple[tuple[Form, _Possible, int], ...] = (
    (given, lambda text, blocks: any(block.speaker for block in blocks), ALWAYS),
    (_by(_BRACKETED), lambda text, blocks: "[" in text, ALWAYS),
    (_bold, lambda text, blocks: any(block.bold for block in blocks), ALWAYS),
    (_by(_BEFORE_COLON), lambda text, blocks: ":" in text or "：" in text, ALWAYS),
    (_by(_BEFORE_TAB), lambda text, blocks: "\t" in text, ALWAYS),
    (_by(_BEFORE_DASH), lambda text, blocks: any(dash in text for dash in (" - ", " – ", " — ")), 3),
    (
        _by(_IN_CAPITALS),
        lambda text, blocks: (text[:2].isalpha() and text[:2].isupper()) or re.search(r"\n[A-Z]{2}", text),
        3,
    ),
)
"""Each form of label with what a file must have for it to be worth trying, and the share of paragraphs (one
in so many) that it must explain: a dash or a word in capitals is seldom a label."""
