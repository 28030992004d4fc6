"""Who speaks: finding speaker labels by evidence over the whole file, never inventing one.

Each form of label is tried on every block; the form that explains most of the file is taken, and within it
only labels that come back or look like labels. "Note: ..." once inside speech is therefore not a speaker.
Labels believed in that form are then looked for in the other forms, for typists are not always even.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations

from qualbench.transcripts.label_forms import ALWAYS, FORMS, Labelled, Reading, anywhere, given, own_lines
from qualbench.transcripts.model import Attribution, Block, Utterance
from qualbench.transcripts.timecodes import lift_times

INTERVIEWER = re.compile(  # not M, F or R, which are as often a mother, a father and a respondent
    r"(?:i|int|interviewer|res|researcher|q|fac|facilitator|mod|moderator)[ _]?\d{0,2}", re.IGNORECASE
)
UNLABELLED = "No speaker labels were found: each paragraph is a turn without a speaker."

_NUMBERED = re.compile(
    r"[A-Z]{1,5}[ _-]?\d{1,4}|[a-z]{1,5}\d{1,4}|(?i:speaker|participant|parent|respondent)[ _]?\d{1,3}"
)
_CODE = re.compile(r"[A-Z]{1,5}")
_ROLES = re.compile(r"(?:participant|parent|mother|father|mum|dad|respondent|interviewee)s?", re.IGNORECASE)
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
    r"email|yeah|yep|right|sure|mm+|m+-?hmm?|mhm|uh-?huh|oh|ah|aye|naw|exactly|absolutely|thanks|thank you|"
    r"cool|great|good|fine|alright|hello|hi|bye|look|listen|day \d+",
    re.IGNORECASE,
)
_FUNCTION_WORDS = re.compile(
    r"\b(?:the|an?|my|your|our|she|he|it|we|they|you|that|this|was|were|is|are|said|says|goes|went|told|asked|"
    r"thought|think|to|in|on|for|with|like|me|her|him|what|when|how|why)\b",
    re.IGNORECASE,
)
_SWITCHED = tuple(f"{verb} transcription{end}" for verb in ("started", "stopped") for end in ("", "."))
_SHORT_PREAMBLE = 300  # characters, which even a short talk may have before it
_RARE = 20  # a label on fewer than one in so many labelled blocks must be of the same case as the others
_SELDOM = 6  # likewise, for one that reads like a bit of a sentence
_STUTTER = re.compile(r"I\s*[-–—…]+\s*I\b")
_OWN_LINES = 25  # labels on lines of their own are one in so many blocks at least
_ALIKE = 85  # per cent by rapidfuzz.fuzz.ratio at which two labels may be one, misspelt
_TOO_MANY = 300  # labels beyond which none are compared


def attribute(blocks: Sequence[Block]) -> Attribution:
    """Give the blocks of a file to their speakers.

    Blocks before the first label are preamble, not talk, and shorter than the talk. A block without a
    label continues the turn before it. A file without labels gives one unattributed utterance a block.
    """
    blocks, notes = lift_times(blocks)
    labelled, doubtful = label_blocks(blocks)
    if not any(labelled):
        return Attribution(_unattributed(blocks), [*notes, UNLABELLED])
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
        words = found.words if found else _whole(block)
        if not words:
            continue
        if block.goes_on and not found and utterances and utterances[-1].talk:
            _append(utterances, words)
            continue
        talk = speaking is not None and _is_talk(block)
        begins_at = block.begins_at if block.begins_at is not None else waiting
        label = speaking if talk else None
        utterances.append(Utterance(label, (words,), talk, begins_at, block.ends_at, block.apart))
        waiting = None
    return Attribution(utterances, notes, roles, doubtful)


def label_blocks(blocks: Sequence[Block]) -> tuple[Reading, list[str]]:
    """Give the label of each block with the words after it, None where there is none, and doubtful ones."""
    labelled, doubtful = _best_reading(blocks)
    first = next((n for n, found in enumerate(labelled) if found), len(blocks))
    lengths = [len(block.text) for block in blocks]
    late = sum(lengths[:first]) > max(_SHORT_PREAMBLE, sum(lengths) / 2)  # as initials in an action list
    return ([None] * len(blocks), []) if late else (labelled, doubtful)


def alike(labels: Mapping[str, int]) -> dict[str, str]:
    """Give the labels that may be others misspelt, each with the one that it is like.

    Args:
        labels: Labels with their numbers of turns. Of two that are alike the rarer is the misspelt one;
            labels that differ in a number or a single letter (P07 and P08, Parent A and Parent B) are not.
    """
    if not any(len(label) >= 4 for label in labels) or not 3 <= len(labels) <= _TOO_MANY:
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


def looks_like_label(text: str) -> bool:
    """Tell whether a text by itself looks like a speaker label: P07, FAC, Speaker 3, Interviewer, Mother."""
    return _is_sure(text, 2) or bool(_ROLES.fullmatch(text))


def is_interviewer_role(role: str | None) -> bool:
    """Tell whether what stands in brackets after a label says that an interviewer speaks."""
    return role is not None and len(role) > 2 and INTERVIEWER.fullmatch(role) is not None


def _unattributed(blocks: Sequence[Block]) -> list[Utterance]:
    utterances: list[Utterance] = []
    for block in blocks:
        words = _whole(block)
        if block.goes_on and utterances and utterances[-1].talk:
            _append(utterances, words)
        elif words:
            utterances.append(Utterance(None, (words,), _is_talk(block), block.begins_at, block.ends_at))
    return utterances


def _whole(block: Block) -> str:
    """All that a block says, with the speaker that its format gives where that is no label."""
    return f"{block.speaker}: {block.text}".strip() if block.speaker else block.text


def _append(utterances: list[Utterance], words: str) -> None:
    """Join words to the last paragraph, which a program broke in two."""
    last = utterances[-1]
    start = last.paragraphs[-1]
    space = "" if start.endswith("-") and words[0].islower() else " "
    utterances[-1] = last._replace(paragraphs=(*last.paragraphs[:-1], f"{start}{space}{words}"))


def _is_talk(block: Block) -> bool:
    """Not a heading, nor what Teams writes when somebody switches the transcription on."""
    return not block.heading and not block.text.endswith(_SWITCHED)


def _best_reading(blocks: Sequence[Block]) -> tuple[Reading, list[str]]:
    """The labels of the form that explains most blocks, all None if none does, and doubtful ones."""
    best: Reading = [None] * len(blocks)
    best_count = 0
    doubtful: list[str] = []
    text = "\n".join([block.text for block in blocks])
    paragraphs = sum(not block.goes_on for block in blocks)
    forms = [(form, least) for form, possible, least in FORMS if possible(text, blocks)]
    for form, least in forms:
        reading: Reading = [None if block.heading else form(block) for block in blocks]
        dropped: list[str] = []
        if form is not given:  # what the format itself says needs no evidence
            reading, dropped = _accepted(reading)
        count = sum(found is not None for found in reading)
        if count > best_count and count * least >= paragraphs:
            best, best_count, doubtful = reading, count, dropped
    if 2 * best_count < len(blocks) // 2:  # labels on lines of their own are at most half of the blocks
        reading, dropped = _accepted(own_lines(blocks), own_line=True)
        count = sum(found is not None for found in reading)
        if count > 2 * best_count and count * _OWN_LINES >= len(blocks):
            best, best_count, doubtful = reading, count, dropped
    return (_in_other_forms(best, blocks) if best_count else best), doubtful


def _in_other_forms(best: Reading, blocks: Sequence[Block]) -> Reading:
    """The reading with what other forms find in the blocks that it leaves: believed labels, and sure ones."""
    left = [n for n, found in enumerate(best) if found is None and not blocks[n].heading]
    if not left:
        return best
    believed = {found.label.folded: found.label.text for found in best if found}
    interviewed = any(map(INTERVIEWER.fullmatch, believed))
    found_elsewhere: dict[int, Labelled] = {}
    # not those in capitals without a mark: "P07 signed" is what somebody says of her
    for form, least in [(anywhere(believed), ALWAYS), *((form, least) for form, _, least in FORMS[:-1])]:
        for n in left:
            found = form(blocks[n])
            if found is None or n in found_elsewhere or _STUTTER.match(blocks[n].text):
                continue
            by_dash = least < _SELDOM and (interviewed or not INTERVIEWER.fullmatch(found.label.text))
            if not by_dash or _NUMBERED.fullmatch(found.label.text):
                found_elsewhere[n] = found
    counts = Counter(found.label.folded for found in found_elsewhere.values())
    return [
        found
        if found is not None
        or (other := found_elsewhere.get(n)) is None
        or not (
            other.label.folded in believed
            or (counts[other.label.folded] >= 2 and _is_sure(other.label.text, counts[other.label.folded]))
        )
        else other
        for n, found in enumerate(best)
    ]


def _accepted(reading: Reading, *, own_line: bool = False) -> tuple[Reading, list[str]]:
    """Keep only labels with evidence: they look like labels, or they come back.

    Returns:
        The reading without the others, and those of the others that may be speakers.
    """
    counts = Counter(found.label.folded for found in reading if found)
    labels = {found.label.folded: found.label.text for found in reading if found}
    plausible = [folded for folded, label in labels.items() if _is_plausible(label)]
    sure = {folded for folded in plausible if _is_sure(labels[folded], counts[folded])}
    kept = sure | {folded for folded in plausible if counts[folded] >= 2}
    odd = set(_odd(plausible, labels, counts, sure, kept, own_line=own_line))
    kept -= odd
    too_few = sum(counts[folded] for folded in kept) < 2 and len(reading) > 3
    if too_few or (len(kept) < 2 and not kept & sure):
        return [None] * len(reading), []
    once = [folded for folded in plausible if folded not in kept and folded not in odd]
    misspelt = alike({labels[folded]: counts[folded] for folded in (*kept, *once)}) if once else {}
    kept |= {folded for folded in once if labels[folded] in misspelt}
    doubtful = [labels[folded] for folded in once if folded not in kept and _may_be_named(labels[folded])]
    return [found if found and found.label.folded in kept else None for found in reading], doubtful


def _may_be_named(label: str) -> bool:
    """Whether somebody may be called so: a few words, no date and no title of a document."""
    return label.count(" ") < 3 and "," not in label and not re.match(r"\d", label)


def _is_plausible(label: str) -> bool:
    words = label.split()
    names = sum(not word[0].islower() for word in words)
    long_but_no_name = len(words) > 4 and 2 * names <= len(words)
    return not (_LEAD_IN.fullmatch(label) or _MARKS.fullmatch(label) or long_but_no_name)


def _is_sure(label: str, count: int) -> bool:
    """Whether a label looks like one by itself: P07, Speaker 3, Interviewer; or FAC, if it comes back."""
    return bool(_NUMBERED.fullmatch(label) or INTERVIEWER.fullmatch(label)) or (
        count >= 2 and _CODE.fullmatch(label) is not None
    )


def _odd(
    plausible: Iterable[str],
    labels: Mapping[str, str],
    counts: Mapping[str, int],
    sure: set[str],
    kept: set[str],
    *,
    own_line: bool,
) -> Iterable[str]:
    """Labels that are unlike the others: bits of sentences, or of another case; common ones may be so."""
    total = sum(counts[folded] for folded in kept)
    common = {folded for folded in kept if counts[folded] * _RARE >= total}
    lower = bool(common) and all(labels[folded][0].islower() for folded in common)
    for folded in plausible:
        seldom = own_line or counts[folded] * _SELDOM < total
        sentence = seldom and _FUNCTION_WORDS.search(labels[folded]) is not None
        other_case = labels[folded][0].islower() and not lower and folded not in common
        if folded not in sure and (sentence or other_case):
            yield folded
