"""Places in texts: every way of counting, and finding out which it is."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualbench.errors import BadInput, Refused
from qualbench.exchange.refi_qda.opening_judging import Coded, Judgement, judge
from qualbench.exchange.refi_qda.opening_offsets import KINDS, RawText, read_kind

LETTERS = st.lists(st.sampled_from([*"ab é\n🙂中\u0301", "\r\n"]), max_size=40).map("".join)


def counted(text: str, at: int, kind: str, mark: bool) -> int:
    """The place of a code point, counted out letter by letter."""
    counting = KINDS[kind]
    place = int(counting.mark and mark)
    n = 0
    while n < at:
        if text[n] == "\n":
            after_cr = n > 0 and text[n - 1] == "\r"
            place += {"": 1, "-lf": 0 if after_cr else 1, "-crlf": 1 if after_cr else 2}[counting.newline]
        else:
            place += 2 if counting.unit == "utf16" and ord(text[n]) > 0xFFFF else 1
        n += 1
    return place


@settings(deadline=None)
@given(text=LETTERS, kind=st.sampled_from(list(KINDS)), mark=st.booleans(), data=st.data())
def test_a_place_is_found_again(text: str, kind: str, mark: bool, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    places = RawText(text, mark).places(KINDS[kind])
    found, inside = places.at(counted(text, at, kind, mark))
    assert not inside
    between = kind.partition("+")[0].endswith("-lf") and text[at - 1 : at + 1] == "\r\n"
    assert found == at + between  # where CR LF is one, nothing lies between the two


@settings(deadline=None)
@given(text=LETTERS, start=st.integers(0, 60), length=st.integers(0, 60))
def test_an_end_in_the_middle_of_a_letter_moves_outwards(text: str, start: int, length: int) -> None:
    units = text.encode("utf-16-le")
    size = len(units) // 2
    start, end = min(start, size), min(start + length, size)
    span = RawText(text).places(KINDS["utf16"]).span(start, end)
    held = text[span.start : span.end].encode("utf-16-le")
    assert units[2 * start : 2 * end] in held
    assert len(held) - 2 * (end - start) <= 4


def test_ways_are_named_and_read_by_name() -> None:
    assert len(KINDS) == 12
    assert read_kind("UTF16-CRLF+BOM") == KINDS["utf16-crlf+bom"]
    with pytest.raises(BadInput, match="'bytes' is no way of counting places") as caught:
        read_kind("bytes")
    assert "points, utf16" in caught.value.hint


WORDS = ["and", "then", "she", "came", "round", "again", "because", "nobody", "had", "heard", "🙂", "since"]


def talk(seed: int, newline: str, emoji: bool = True) -> str:
    chance = random.Random(seed)
    words = WORDS if emoji else [word for word in WORDS if word.isalpha()]
    lines = [" ".join(chance.choices(words, k=9)).capitalize() + "." for _ in range(60)]
    return newline.join(lines)


def coded(text: str, kind: str, seed: int, share: float = 1.0, mark: bool = False, count: int = 40) -> Coded:
    """Whole words coded; all but a share of the ends are put anywhere."""
    chance = random.Random(seed)
    edges = [n for n in range(1, len(text)) if text[n - 1] == " "]
    ranges = []
    for _ in range(count):
        start = chance.choice(edges)
        end = min(len(text), start + chance.randint(20, 90))
        end = text.find(" ", end) if text.find(" ", end) > 0 else len(text)
        if chance.random() > share:
            start, end = start + 2, end - 2
        ranges.append((counted(text, start, kind, mark), counted(text, end, kind, mark)))
    return Coded(RawText(text, mark), ranges)


@pytest.mark.parametrize("kind", KINDS)
def test_every_way_is_found_out_from_the_passages(kind: str) -> None:
    newline = "\n" if "-crlf" in kind else "\r\n"
    found = judge([coded(talk(1, newline), kind, 2, mark=True)], "")
    assert found.counting.name == kind
    assert found.tally.share == 1.0
    assert found.following is not None and found.following.share < 0.95
    assert "it fits best" in found.sentence


def test_a_coder_who_codes_half_words_is_not_guessed_at() -> None:
    texts = [coded(talk(1, "\r\n"), "utf16", 2, share=0.6)]
    with pytest.raises(Refused, match=r"likeliest way \(utf16\) only \d\d\.\d%") as caught:
        judge(texts, "")
    assert "--offsets" in caught.value.hint
    told = judge(texts, "", told=KINDS["points-lf"])
    assert told.counting.name == "points-lf" and "as you said" in told.sentence


def test_a_few_slips_do_not_speak_against_the_program() -> None:
    """NVivo counts UTF-16 units; after the only emoji two ends happen to fit better in code points."""
    before = coded(talk(4, "\n", emoji=False), "points", 5)
    text = "Yes 🙂 or so she said."
    after = Coded(RawText(text), [(text.index("said"), text.index("."))])
    assert judge([before, after], "NVivo").counting.name == "utf16"
    assert judge([before, after], "").counting.name == "points"


def test_a_text_that_is_counted_in_another_way_is_read_so() -> None:
    texts = [
        *(coded(talk(n, "\r\n"), "utf16", n) for n in (1, 2, 3)),
        coded(talk(9, "\r\n"), "points-lf", 4),
        coded(talk(9, "\r\n"), "points-lf", 4, count=2),
    ]
    found: Judgement = judge(texts, "NVivo")
    assert found.counting.name == "utf16"
    assert {n: one.name for n, one in found.apart.items()} == {3: "points-lf"}
    assert found.of(4).name == "utf16", "too few passages in it to say otherwise"


def test_where_every_way_comes_to_the_same_nothing_is_refused() -> None:
    text = "One line of nothing but plain letters, coded anywhere at all by somebody in a hurry"
    found = judge([Coded(RawText(text), [(n, n + 9) for n in range(1, 60, 3)])], "")
    assert found.counting.name == "points" and "comes to the same" in found.sentence
    assert judge([], "NVivo").counting.name == "utf16"


def test_writing_without_blanks_says_nothing_about_edges() -> None:
    text = "他们来了我很害怕。" * 30
    found = judge([Coded(RawText(text), [(n, n + 4) for n in range(0, 200, 7)])], "")
    assert found.tally.share == 1.0 and found.tally.ends < 30
