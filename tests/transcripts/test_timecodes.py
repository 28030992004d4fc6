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
