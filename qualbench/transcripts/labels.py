"""Who speaks: finding speaker labels by evidence over the whole file, never inventing one.

A label may stand in brackets, in bold, in capitals, before a colon, a dash or a tab, or on a line of its
own. Each form is tried on every block; the form that explains most of the file is taken, and within it
only labels that come back or look like labels. "Note: ..." once inside speech is therefore not a speaker.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

from qualbench.transcripts.model import Attribution, Block, Utterance
from qualbench.transcripts.timecodes import lift_times

INTERVIEWER = re.compile(  # not M or F, which are as often a mother and a father
    r"(?:i|int|interviewer|r|res|researcher|q|fac|facilitator|mod|moderator)[ _]?\d{0,2}", re.IGNORECASE
)
UNLABELLED = "No speaker labels were found: each paragraph is a turn without a speaker."

_CODE_LIKE = re.compile(
    r"[A-Z]{1,5}[ _-]?\d{0,4}|[a-z]{1,5}\d{1,4}|(?i:speaker|participant|parent|respondent)[ _]?\d{1,3}"
)
_MARKS = re.compile(
    r"(?:\[|\()?(?:inaudible|unintelligible|redacted|laugh\w*|laughter|pause\w*|crosstalk|silence|music|cry\w*|sigh\w*|"
    r"\.\.\.|…)(?:\]|\))?.*",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"(?:side ?|foot)?notes?|well|so|and|but|or|questions?|answers?|actions?|date|title|time|present|"
    r"apologies|agenda|venue|chair|minutes|place|https?|ps|nb|eg|ie|(?:for )?example|summary|site|duration|"
    r"subject|re|attendees|first|second|third|firstly|secondly|finally|anyway|because|then|now|yes|no|ok|okay|"
    r"like|also|point|reason|problem|option|plan|fact|thing|remember|warning|result|background|aims?|tel|phone|"
    r"email",
    re.IGNORECASE,
)
_FUNCTION_WORDS = re.compile(
    r"\b(?:the|an?|my|your|our|she|he|it|we|they|you|that|this|was|were|is|are|said|says|goes|went|told|asked|"
    r"thought|think|to|of|in|on|for|with|like|me|her|him|what|when|how|why)\b",
    re.IGNORECASE,
)
_SWITCHED = tuple(f"{verb} transcription{end}" for verb in ("started", "stopped") for end in ("", "."))
_SHORT_PREAMBLE = 300  # characters, which even a short talk may have before it
_RARE = 20  # a label on fewer than one in so many labelled blocks must be of the same case as the others
_SELDOM = 6  # likewise, for one that reads like a bit of a sentence
_OWN_LINES = 25  # labels on lines of their own are one in so many blocks at least
_ALIKE = 85  # per cent by rapidfuzz.fuzz.ratio at which two labels may be one, misspelt
_ROLE = re.compile(r"(.+?)\s*[(\[]([^()\[\]]{2,30})[)\]]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
_BRACKETED = re.compile(r"\[([^\[\]]{1,40})\]:?\s*(.*)", re.DOTALL)
_BEFORE_COLON = re.compile(
    r"([^\s:\[\]<>?!][^:\[\]<>?!]{0,39}?(?:\[[^\[\]:]{2,30}\])?)\s*:(?:\s+(.*))?$", re.DOTALL
)
_BEFORE_TAB = re.compile(r"([^\t]{1,40}?)\s*:?\t+(.*)", re.DOTALL)
_BEFORE_DASH = re.compile(r"([^\W_][\w ]{0,20}?)\s+[-–—]\s+(.*)", re.DOTALL)
_IN_CAPITALS = re.compile(
    r"([A-Z][A-Z0-9'’-]+(?: [A-Z0-9][A-Z0-9'’-]*){0,3})\s+(?=[^a-z]*[a-z])(.*)", re.DOTALL
)


class _Label(NamedTuple):
    text: str
    folded: str
    role: str | None


class _Labelled(NamedTuple):
    label: _Label
    words: str


_Reading = list[_Labelled | None]


def attribute(blocks: Sequence[Block]) -> Attribution:
    """Give the blocks of a file to their speakers.

    Blocks before the first label are preamble, not talk, and shorter than the talk. A block without a
    label continues the turn before it. A file without labels gives one unattributed utterance a block.
    """
    blocks, notes = lift_times(blocks)
    labelled, doubtful = _best_reading(blocks)
    first = next((n for n, found in enumerate(labelled) if found), len(blocks))
    lengths = [len(block.text) for block in blocks]
    late = sum(lengths[:first]) > max(_SHORT_PREAMBLE, sum(lengths) / 2)  # as initials in an action list
    if late or first == len(blocks):
        unattributed = [
            Utterance(None, (b.text,), _is_talk(b), b.begins_at, b.ends_at) for b in blocks if b.text
        ]
        return Attribution(unattributed, [*notes, UNLABELLED])
    utterances: list[Utterance] = []
    speaking: str | None = None
    spellings: dict[str, str] = {}
    roles: dict[str, str] = {}
    waiting: float | None = None  # the time of a label on a line of its own
    for block, found in zip(blocks, labelled, strict=True):
        if found:
            speaking = spellings.setdefault(found.label.folded, found.label.text)
            waiting = block.begins_at
            if found.label.role:
                roles.setdefault(speaking, found.label.role)
        words = found.words if found else block.text
        if words:
            talk = speaking is not None and _is_talk(block)
            begins_at = block.begins_at if block.begins_at is not None else waiting
            label = speaking if talk else None
            utterances.append(Utterance(label, (words,), talk, begins_at, block.ends_at, block.apart))
            waiting = None
    return Attribution(utterances, notes, roles, doubtful)


def alike(labels: Mapping[str, int]) -> dict[str, str]:
    """Give the labels that may be others misspelt, each with the one that it is like.

    Args:
        labels: Labels with their numbers of turns. Of two that are alike the rarer is the misspelt one;
            labels that differ in a number or a single letter (P07 and P08, Parent A and Parent B) are not.
    """
    if not any(len(label) >= 4 for label in labels) or len(labels) < 3:
        return {}
    from rapidfuzz import fuzz

    def marks(label: str) -> list[str]:
        return re.findall(r"\d+|\b\w\b", label.casefold())

    found = {}
    for rare, common in permutations(labels, 2):
        if (
            labels[rare] * 3 <= labels[common]
            and marks(rare) == marks(common)
            and fuzz.ratio(rare.casefold(), common.casefold()) >= _ALIKE
        ):
            found[rare] = common
    return found


def is_interviewer_role(role: str | None) -> bool:
    """Tell whether what stands in brackets after a label says that an interviewer speaks."""
    return role is not None and len(role) > 2 and INTERVIEWER.fullmatch(role) is not None


def _is_talk(block: Block) -> bool:
    """Not a heading, nor what Teams writes when somebody switches the transcription on."""
    return not block.heading and not block.text.endswith(_SWITCHED)


def _best_reading(blocks: Sequence[Block]) -> tuple[_Reading, list[str]]:
    """The labels of the form that explains most blocks, all None if none does, and doubtful ones."""
    best: _Reading = [None] * len(blocks)
    best_count = 0
    doubtful: list[str] = []
    text = "\n".join([block.text for block in blocks])
    for form, possible, least in _FORMS:
        if not possible(text, blocks):
            continue
        reading: _Reading = [None if block.heading else form(block) for block in blocks]
        dropped: list[str] = []
        if form is not _given:  # what the format itself says needs no evidence
            reading, dropped = _accepted(reading)
        count = sum(found is not None for found in reading)
        if count > best_count and count * least >= len(blocks):
            best, best_count, doubtful = reading, count, dropped
    if 2 * best_count < len(blocks) // 2:  # labels on lines of their own are at most half of the blocks
        own_line, _ = _accepted(_own_lines(blocks))
        count = sum(found is not None for found in own_line)
        if count > 2 * best_count and count * _OWN_LINES >= len(blocks):
            return own_line, []
    return best, doubtful


def _accepted(reading: _Reading) -> tuple[_Reading, list[str]]:
    """Keep only labels with evidence: they look like labels, or they come back.

    Returns:
        The reading without the others, and those of the others that may be speakers.
    """
    counts = Counter(found.label.folded for found in reading if found)
    labels = {found.label.folded: found.label.text for found in reading if found}
    plausible = [
        folded
        for folded, label in labels.items()
        if not _LEAD_IN.fullmatch(label) and not _MARKS.fullmatch(label)
    ]
    sure = {folded for folded in plausible if _is_sure(labels[folded])}
    kept = sure | {folded for folded in plausible if counts[folded] >= 2}
    total = sum(counts[folded] for folded in kept)
    common = {folded for folded in kept if counts[folded] * _RARE >= total}
    lower = bool(common) and all(labels[folded][0].islower() for folded in common)
    odd = {
        folded
        for folded in plausible
        if folded not in sure
        and (
            (_FUNCTION_WORDS.search(labels[folded]) and counts[folded] * _SELDOM < total)
            or (labels[folded][0].islower() and not lower and folded not in common)
        )
    }
    kept -= odd
    too_few = sum(counts[folded] for folded in kept) < 2 and len(reading) > 3
    if too_few or (len(kept) < 2 and not any(folded in sure for folded in kept)):
        return [None] * len(reading), []
    once = [folded for folded in plausible if folded not in kept and folded not in odd]
    misspelt = alike({labels[folded]: counts[folded] for folded in (*kept, *once)}) if once else {}
    kept |= {folded for folded in once if labels[folded] in misspelt}
    doubtful = [labels[folded] for folded in once if folded not in kept]
    return [found if found and found.label.folded in kept else None for found in reading], doubtful


def _is_sure(label: str) -> bool:
    """Whether a label looks like one by itself: P07, FAC, Speaker 3, Interviewer."""
    return bool(_CODE_LIKE.fullmatch(label) or INTERVIEWER.fullmatch(label))


@lru_cache(maxsize=4096)
def _label(text: str) -> _Label | None:
    """What a text says as a label, its role in brackets apart; None if no label reads like that."""
    text = _INVISIBLE.sub("", text).strip()
    role = _ROLE.fullmatch(text)
    if role is not None:
        text = role[1]
    words = text.rstrip(":").split()
    if not words or len(words) > 4 or any(len(word) > 4 and word.endswith(".") for word in words):
        return None
    label = " ".join(words)
    return _Label(label, label.casefold(), " ".join(role[2].split()) if role is not None else None)


def _given(block: Block) -> _Labelled | None:
    label = _label(block.speaker) if block.speaker else None
    if label is None and block.speaker:
        name = " ".join(block.speaker.split())
        label = _Label(name, name.casefold(), None)
    return _Labelled(label, block.text) if label else None


def _by(pattern: re.Pattern[str]) -> Callable[[Block], _Labelled | None]:
    def read(block: Block) -> _Labelled | None:
        match = pattern.match(block.text)
        label = _label(match[1]) if match is not None else None
        return _Labelled(label, (match[2] or "").strip()) if match is not None and label else None

    return read


def _bold(block: Block) -> _Labelled | None:
    text = block.text[: block.bold].strip().rstrip(":")
    if not text or len(text) > 60 or any(mark in text for mark in ":?!"):
        return None
    label = _label(text.strip("[]"))
    return _Labelled(label, block.text[block.bold :].lstrip(" \t:")) if label else None


def _own_lines(blocks: Sequence[Block]) -> _Reading:
    """Short blocks without an end mark, each followed by a longer one that is what was said."""
    reading: _Reading = []
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        text = block.text.strip().rstrip(":")
        role = _ROLE.fullmatch(text)
        bare = role[1] if role else text
        alone = (
            following is not None
            and not block.heading
            and 0 < len(bare) <= 40
            and bare[-1] not in ".,?!…-–—\"'”’)"
            and bare[0] not in "[("
        )
        label = _label(text) if alone else None
        reading.append(_Labelled(label, "") if label else None)
    return reading


_Form = Callable[[Block], _Labelled | None]
_Possible = Callable[[str, Sequence[Block]], object]

_FORMS: tuple[tuple[_Form, _Possible, int], ...] = (
    (_given, lambda text, blocks: any(block.speaker for block in blocks), 1_000_000),
    (_by(_BRACKETED), lambda text, blocks: "[" in text, 1_000_000),
    (_bold, lambda text, blocks: any(block.bold for block in blocks), 1_000_000),
    (_by(_BEFORE_COLON), lambda text, blocks: ":" in text, 1_000_000),
    (_by(_BEFORE_TAB), lambda text, blocks: "\t" in text, 1_000_000),
    (_by(_BEFORE_DASH), lambda text, blocks: any(dash in text for dash in (" - ", " – ", " — ")), 3),
    (_by(_IN_CAPITALS), lambda text, blocks: re.search(r"\n[A-Z]{2}", text), 3),
)
"""Each form of label with what a file must have for it to be worth trying, and the share of blocks (one in so
many) that it must explain: a dash or a word in capitals is seldom a label."""
