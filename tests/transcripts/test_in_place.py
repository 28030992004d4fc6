"""Turns of a text that must stay as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualbench.transcripts.in_place import turns_in_place
from qualbench.transcripts.readers import read_transcript

DEMO = Path(__file__).parents[2] / "transcripts_demo"


def turns(text: str) -> list[tuple[str | None, str, str]]:
    """Label, what stands before the words, and the words of each turn."""
    found = turns_in_place(text)
    return [(t.label, text[t.label_start : t.start], text[t.start : t.end]) for t in found]


def test_labels_begin_turns_and_lines_without_one_go_on() -> None:
    assert turns("Interview 3\n\nI: How?\n\nP07: Well.\nLater,  too.\n\nI:  Why? \nP07: Because.") == [
        ("I", "I: ", "How?"),
        ("P07", "P07: ", "Well.\nLater,  too."),
        ("I", "I:  ", "Why?"),
        ("P07", "P07: ", "Because."),
    ]


def test_labels_on_lines_of_their_own_and_times_before_them() -> None:
    assert turns("Interviewer\nHow are you?\nP07\nFine.\nInterviewer\nGood?\nP07\nYes it is.")[1] == (
        "P07",
        "P07\n",
        "Fine.",
    )
    found = turns_in_place("[00:00:01] I: Hi\n[00:00:05] P07: Yes\n[00:00:09] I: ok")
    assert [(turn.begins_at, turn.label) for turn in found] == [(1.0, "I"), (5.0, "P07"), (9.0, "I")]


def test_without_labels_each_paragraph_is_a_turn() -> None:
    assert turns("One thing.\n\n  Another thing. \n") == [
        (None, "", "One thing."),
        (None, "", "Another thing."),
    ]
    assert turns("") == turns(" \n\n") == []


@pytest.mark.parametrize(
    "file", ["P01_baseline.docx", "P02_followup.vtt", "IPS_team_focus_group_glasgow.txt"]
)
def test_what_an_import_has_laid_out_is_found_again(file: str) -> None:
    transcript = read_transcript(DEMO / file)
    found = turns_in_place(transcript.text)
    assert [(t.label, *t[1:4]) for t in found] == [(t.label, *t[1:4]) for t in transcript.turns]


PIECES = [*"IP07:?a .\n\t[]-–", "\n00:10\n", "[00:00:10]", "\nP07: ", "\nI: "]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_turns_are_in_order_and_inside_the_text(text: str) -> None:
    last = 0
    for turn in turns_in_place(text):
        assert last <= turn.label_start <= turn.start < turn.end <= len(text)
        last = turn.end
