"""Speaker labels are found by evidence, and never invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.transcripts.labels import alike, attribute
from qualbench.transcripts.model import Block, compose, relabel
from qualbench.transcripts.readers.lines import line_blocks


def turns(*lines: str, bold: bool = False) -> list[tuple[str | None, str]]:
    blocks = [Block(line, bold=line.find("\t") if bold else 0) for line in lines]
    transcript = compose(*attribute(blocks))
    return [(turn.label, transcript.text[turn.start : turn.end]) for turn in transcript.turns]


@pytest.mark.parametrize(
    "lines",
    [
        ("I: How are you?", "P07: Fine.", "I: Good."),
        ("[I] How are you?", "[P07] Fine.", "[I] Good."),
        ("I:\tHow are you?", "P07:\tFine.", "I:\tGood."),
        ("I\tHow are you?", "P07\tFine.", "I\tGood."),
        ("I", "How are you?", "P07", "Fine.", "I", "Good."),
        ("I:", "How are you?", "P07:", "Fine.", "I:", "Good."),
    ],
)
def test_every_style_gives_the_same_turns(lines: tuple[str, ...]) -> None:
    assert turns(*lines) == [("I", "How are you?"), ("P07", "Fine."), ("I", "Good.")]


def test_bold_labels_need_no_colon() -> None:
    assert turns("Mary Jane\tHow are you?", "Tom\tFine.", "Mary Jane\tGood.", "Tom\tBye.", bold=True)[:2] == [
        ("Mary Jane", "How are you?"),
        ("Tom", "Fine."),
    ]


def test_a_word_before_a_colon_inside_speech_is_not_a_speaker() -> None:
    found = turns(
        "I: Tell me about the form.",
        "P07: I read it twice.",
        "Note: it was long.",
        "I: And then?",
        "P07: I signed.",
    )
    assert [label for label, _ in found] == ["I", "P07", "I", "P07"]
    assert found[1][1] == "I read it twice.\nNote: it was long."


def test_marks_of_the_typist_are_words_not_labels() -> None:
    found = turns(
        "[P07] Well.", "[inaudible] and so on.", "[I] Yes?", "[P07] [laughs] No.", "[inaudible] again."
    )
    assert [label for label, _ in found] == ["P07", "I", "P07"]
    assert found[0][1] == "Well.\n[inaudible] and so on."


def test_one_speaker_going_on_is_one_turn() -> None:
    assert turns("P07: One.", "P07: Two.", "I: Yes.", "P07: Three.") == [
        ("P07", "One.\nTwo."),
        ("I", "Yes."),
        ("P07", "Three."),
    ]


def test_what_stands_before_the_first_label_is_preamble() -> None:
    transcript = compose(
        *attribute([Block(t) for t in ("Interview 3", "In her kitchen", "I: Hello.", "P07: Hi.")])
    )
    assert transcript.text == "Interview 3\n\nIn her kitchen\n\nI: Hello.\n\nP07: Hi."
    assert transcript.turns[0].label_start == transcript.text.index("I: Hello.")


def test_initials_in_an_action_list_are_not_speakers() -> None:
    minutes = ["The leaflet was read aloud and nobody liked it at all."] * 9
    assert {label for label, _ in turns(*minutes, "GS: write to the printer.", "WT: book the room.")} == {
        None
    }


def test_text_without_labels_is_a_turn_a_paragraph_and_says_so() -> None:
    utterances, notes, *_ = attribute([Block("It rained."), Block("We went home.")])
    assert [u.label for u in utterances] == [None, None]
    assert "No speaker labels" in notes[0]


def test_labels_that_differ_only_in_case_are_one_speaker() -> None:
    assert [label for label, _ in turns("P07: Hi.", "I: Hi.", "p07: Bye.")] == ["P07", "I", "P07"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["I", "P07", "PC01"]), st.text("abc dé🙂.:[]", min_size=1, max_size=30)),
        min_size=2,
        max_size=20,
    )
)
def test_no_word_is_lost_or_moved(said: list[tuple[str, str]]) -> None:
    blocks = [Block(f"{label}: x{words.strip()}") for label, words in said]
    transcript = compose(*attribute(blocks))
    assert "".join(transcript.text.split()).count("x") == len(said)
    shown = " ".join(transcript.text[t.start : t.end] for t in transcript.turns)
    assert shown.split() == " ".join(f"x{words.strip()}" for _, words in said).split()


@pytest.mark.parametrize(
    "lines",
    [
        (
            "INTERVIEWER  How are you?",
            "MARY JANE  Fine, thanks.",
            "INTERVIEWER  Good.",
            "MARY JANE  Bye now.",
        ),
        (
            "Interviewer - How are you?",
            "Mary Jane - Fine, thanks.",
            "Interviewer - Good.",
            "Mary Jane - Bye now.",
        ),
        (
            "Interviewer (KM): How are you?",
            "Mary Jane: Fine, thanks.",
            "Interviewer: Good.",
            "Mary Jane: Bye now.",
        ),
    ],
)
def test_labels_in_capitals_before_a_dash_and_with_a_role(lines: tuple[str, ...]) -> None:
    assert [(label.casefold() if label else label, words) for label, words in turns(*lines)] == [
        ("interviewer", "How are you?"),
        ("mary jane", "Fine, thanks."),
        ("interviewer", "Good."),
        ("mary jane", "Bye now."),
    ]


def test_a_role_in_brackets_is_told_apart_from_the_label() -> None:
    lines = ["Kat (Researcher): How?", "P07 (mother): Fine.", "Kat: And?", "P07: Aye."]
    found = attribute([Block(line) for line in lines])
    assert found.roles == {"Kat": "Researcher", "P07": "mother"}
    assert [u.label for u in found.utterances] == ["Kat", "P07", "Kat", "P07"]


def test_bits_of_sentences_before_a_colon_are_not_speakers_even_if_they_come_back() -> None:
    talk = ["I: And?", "P07: So."] * 10
    found = turns(
        *talk, "She said: no.", "I: And?", "P07: So.", "She said: yes.", "My mother: no.", "I: Aye."
    )
    assert {label for label, _ in found} == {"I", "P07"}


def test_a_label_seen_once_is_named_and_may_be_accepted() -> None:
    found = attribute([Block(t) for t in ("I: Hello.", "P07: Hi.", "Grandma: Cup of tea?", "I: Thanks.")])
    assert [u.label for u in found.utterances] == ["I", "P07", "P07", "I"]
    assert found.doubtful == ["Grandma"]
    accepted = relabel(compose(*found), {"Grandma": "Grandma"})
    assert [turn.label for turn in accepted.turns] == ["I", "P07", "Grandma", "I"]
    assert "Grandma: Cup of tea?" in accepted.text and not accepted.doubtful


def test_a_misspelt_label_is_a_label_and_offered_as_the_other() -> None:
    talk = ["Interviewer: And?", "Mother: So."] * 4
    assert "Intervewer" in {label for label, _ in turns(*talk, "Intervewer: Aye?", "Mother: Aye.")}
    counts = {"Interviewer": 20, "Intervewer": 1, "Mother": 19}
    assert alike(counts) == {"Intervewer": "Interviewer"}
    assert alike({"Parent A": 9, "Parent B": 3, "Speaker 1": 9, "Speaker 2": 1}) == {}


def test_what_teams_writes_by_itself_is_not_talk() -> None:
    found = attribute([Block(t) for t in ("I: Hello.", "P07: Hi.", "Somebody stopped transcription")])
    assert [u.talk for u in found.utterances] == [True, True, False]


def test_relabelling_joins_speakers_and_puts_words_back() -> None:
    lines = ["I: One.", "P07: Two.", "Plan: three.", "P7: Four.", "Plan: five.", "I: Six."]
    transcript = compose(*attribute([Block(line) for line in lines]))
    joined = relabel(transcript, {"P7": "P07", "Plan": None})
    assert joined.text == "I: One.\n\nP07: Two.\nPlan: three.\nFour.\nPlan: five.\n\nI: Six."
    assert [turn.label for turn in joined.turns] == ["I", "P07", "I"]


@pytest.mark.parametrize(
    "lines",
    [
        ("[I] How?", "P07: Fine.", "[I] Good.", "P07: Aye.", "[I] So?", "P07: Naw.", "P07: No."),
        ("I - How?", "P07: Fine.", "I - Good.", "P07: Aye.", "I - So?", "P07: Naw.", "P07: No."),
        ("I: How?", "P07: Fine.", "I - Good.", "P07\tAye.", "I: So?", "P07: Naw.", "P07: No."),
        ("I: How?", "P07: Fine.", "I:Good.", "P07; Aye.", "(I): So?", "P07:Naw.", "P07 (mother): No."),
    ],
)
def test_typists_are_not_always_even(lines: tuple[str, ...]) -> None:
    assert turns(*lines) == [
        ("I", "How?"),
        ("P07", "Fine."),
        ("I", "Good."),
        ("P07", "Aye."),
        ("I", "So?"),
        ("P07", "Naw.\nNo."),
    ]


def test_words_that_stand_alone_in_raw_captions_are_not_speakers() -> None:
    lines = [
        "so we went there",
        "yeah",
        "and then it was late",
        "right",
        "it was quick",
        "Yeah",
        "that was it",
        "Right",
    ]
    assert {label for label, _ in turns(*lines)} == {None}


def test_lists_and_told_dialogue_are_not_speakers() -> None:
    found = turns(
        "I: So?", "P07: Three things.", "A: being on time", "B: being kind", "GP: never called.",
        "I: And then?", "P07: I told her.", "Me: no.", "Her: yes.", "I: Aye?", "P07: Aye.", "I: So?",
        "P07: So.", "I: Good.", "P07: Bye.", "I: Bye.",
    )  # fmt: skip
    assert {label for label, _ in found} == {"I", "P07"}


def test_long_names_of_people_on_a_call() -> None:
    names = (
        "Jane Smith (she/her) - NHS Lothian",
        "Tom",
        "Maria Del Carmen García López",
        "Prof. J.-P. Sartre",
    )
    assert [label for label, _ in turns(*(f"{name}: hello" for name in names * 2))] == list(names * 2)


@pytest.mark.parametrize(
    "label",
    ["I:", "J.B.:", "[I]", "INTERVIEWER ", "Interviewer (Dr. Smith):", "[00:01:{0:02}] I:", "I (0:{0:02}):"],
)
def test_turns_of_a_wrapped_file_stay_apart(label: str) -> None:
    """Lines broken at 80 columns, the last of a turn as full as the others."""
    full = "and so the whole of the morning went by with nobody there at all, which was it"
    lines = [
        line
        for n in range(12)
        for line in (
            (label if n % 2 else label.replace("I", "K").replace("J.B", "K.M")).format(n) + " Well,",
            *[full] * 3,
        )
    ]
    blocks = line_blocks("\n".join(lines).split("\n"))
    transcript = compose(*attribute(blocks))
    assert len(transcript.turns) == 12
    assert all(transcript.text[t.start : t.end].count("morning") == 3 for t in transcript.turns)


def test_lines_without_end_take_no_time() -> None:
    blocks = [Block("a" * 39 + " " + " " * 3000 + "b")] * 300 + [
        Block(f"x{n} y{n}: z") for n in range(900)
    ] * 2
    attribute(blocks)


def test_who_stutters_is_not_the_interviewer() -> None:
    found = turns("I: How?", "P07: Fine.", "I – I mean, it was hard.", "I: Good.", "P07: Aye.", "I - I do.")
    assert [label for label, _ in found] == ["I", "P07", "I", "P07"]


def test_a_line_that_begins_with_a_participant_is_not_hers() -> None:
    transcript = compose(
        *attribute(
            [
                Block(t)
                for t in (
                    "P07 baseline, by phone",
                    "I",
                    "How?",
                    "P07",
                    "Fine.",
                    "P07 signed it.",
                    "I",
                    "Good.",
                )
            ]
        )
    )
    assert [turn.label for turn in transcript.turns] == ["I", "P07", "I"]
    assert transcript.text.startswith("P07 baseline, by phone\n\nI: How?")


def test_one_label_in_a_long_text_is_no_evidence() -> None:
    lines = [f"It rained again on day {n} and nobody came." for n in range(9)]
    assert {label for label, _ in turns(lines[0], "ALE2: it was brown.", *lines[1:])} == {None}
