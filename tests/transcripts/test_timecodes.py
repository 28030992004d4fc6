"""Time codes become times; times that somebody speaks of stay words."""

from __future__ import annotations

import pytest

from qualbench.transcripts.labels import attribute
from qualbench.transcripts.model import Block, compose

STYLES = {
    "bracketed before": "[00:00:{0:02}] {1}: {2}",
    "bare before": "00:00:{0:02} {1}: {2}",
    "minutes before": "0:{0:02} {1}: {2}",
    "in round brackets": "(0:{0:02}) {1}: {2}",
    "after the label": "{1} [00:00:{0:02}]: {2}",
    "after the colon": "{1}: [00:00:{0:02}] {2}",
    "after, bare": "{1} 00:00:{0:02} {2}",
    "own line": "{1}  0:{0:02}\n{2}",
    "time alone": "00:00:{0:02}\n{1}: {2}",
    "range alone": "00:00:{0:02} --> 00:00:{0:02}\n{1}: {2}",
}
SAID = [("I", "How was it?"), ("P07", "Long."), ("I", "Why?"), ("P07", "The forms.")]


def read(*lines: str) -> list[tuple[str | None, str, float | None]]:
    transcript = compose(*attribute([Block(line.strip()) for line in "\n".join(lines).split("\n")]))
    return [(t.label, transcript.text[t.start : t.end], t.begins_at) for t in transcript.turns]


@pytest.mark.parametrize("style", STYLES)
def test_time_codes_in_every_place(style: str) -> None:
    lines = [STYLES[style].format(n * 5, who, words) for n, (who, words) in enumerate(SAID)]
    assert read(*lines) == [(who, words, n * 5.0) for n, (who, words) in enumerate(SAID)]


def test_times_in_speech_stay_words() -> None:
    found = read(
        "I: When was the appointment?",
        "P07: 10:30 was the appointment.",
        "I: And you left when?",
        "P07: I left the house at 9:15 and walked.",
        "10:05 I was there.",
        *["I: Aye?", "P07: Aye."] * 12,
    )
    assert found[1][1] == "10:30 was the appointment."
    assert found[3][1] == "I left the house at 9:15 and walked.\n10:05 I was there."
    assert all(time is None for _, _, time in found)


@pytest.mark.parametrize(
    "line",
    [
        "We met at 10:30 and had coffee.",
        "At 12:00 we had lunch.",
        "So I went [00:01:10] to the clinic",
        "See John 3:16 and the rest",
        "10:30 was the appointment.",
    ],
)
def test_no_word_is_cut_out_and_no_colon_put_in(line: str) -> None:
    talk = ["I: And?", "P07: So."] * 3
    assert read(*talk, line, "Then at 11:15 the doctor came in.")[-1][1].startswith(f"So.\n{line}")


def test_a_second_recording_begins_anew() -> None:
    lines = [
        f"[00:{t:02}] {who}: Words." for t, who in [(0, "I"), (9, "P07"), (50, "I"), (0, "P07"), (8, "I")]
    ]
    assert [time for _, _, time in read(*lines)] == [0.0, 9.0, 50.0, 0.0, 8.0]


def test_codes_of_f4_at_the_ends_of_paragraphs() -> None:
    found = read("#00:00:01-0# I: So? #00:00:05-3#", "P07: Aye. #00:00:20-0#", "I: Good. #00:00:24-0#")
    assert [(label, words) for label, words, _ in found] == [("I", "So?"), ("P07", "Aye."), ("I", "Good.")]


def test_who_speaks_once_is_proved_by_the_time_beside_the_name() -> None:
    found = read(
        "Speaker 1  0:05",
        "Hello.",
        "Speaker 2  0:09",
        "Yes.",
        "Unknown Speaker  0:44",
        "Here?",
        "Speaker 1  0:50",
        "Aye.",
    )
    assert [label for label, _, _ in found] == ["Speaker 1", "Speaker 2", "Unknown Speaker", "Speaker 1"]


def test_marks_every_few_minutes_go_to_the_turn_after_them() -> None:
    found = read("I: One?", "P07: Two.", "[00:05:00]", "I: Three?", "P07: Four.", "[00:10:00]", "I: Five?")
    assert [time for _, _, time in found] == [None, None, 300.0, None, 600.0]
    assert [words for _, words, _ in found] == ["One?", "Two.", "Three?", "Four.", "Five?"]


def test_paragraphs_of_one_speaker_with_times_stay_paragraphs() -> None:
    assert read("[00:01] P07: One.", "[00:02] P07: Two.", "[00:03] I: Three.")[0] == (
        "P07",
        "One.\nTwo.",
        1.0,
    )


def test_times_that_go_back_and_forth_are_no_time_codes() -> None:
    lines = [f"{t}:30 was the time of bus {n}." for n, t in enumerate([9, 7, 11, 6, 10, 5, 8, 4])]
    assert [words for _, words, _ in read(*lines)] == lines
