"""Detectors: names given, capitals, recognisers, labels, propagation, cues, and how they go together."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import resources
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.redaction.capitals import has_no_capitals
from qualbench.redaction.detectors import suggest
from qualbench.redaction.patterns import POSSIBLE, STRONG, Suggestion
from qualbench.redaction.suggesting import whole_names
from qualbench.text.spans import Span


def suggested(text: str, *names: str, labels: tuple[Span, ...] = ()) -> dict[str, Suggestion]:
    found = suggest(text, dict.fromkeys(names, "person"), labels)
    return {text[s.start : s.end]: s for s in found}


def found(text: str, *names: str, labels: tuple[Span, ...] = ()) -> list[str]:
    given_names = dict.fromkeys(names, "person")
    return [text[s.start : s.end] for s in suggest(text, given_names, labels)]


def test_names_given_are_found_in_any_case_as_whole_words() -> None:
    text = "then kayleigh came, KAYLEIGH herself, not kayleighann"
    kinds = suggest(text, {"Kayleigh": "handle"}, [])
    assert [(text[s.start : s.end], s.kind) for s in kinds[:2]] == [
        ("kayleigh", "handle"),
        ("KAYLEIGH", "handle"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("so I went to Copland Road with her", ["Copland Road"]),
        ("The nurse was Mrs Petrie then.", ["Petrie"]),
        ("Well. That was it. And then I said no.", []),
        ("we saw Shannon's mum", ["Shannon"]),
        ("then St Wulfstan's took him", ["St Wulfstan's"]),
        ("my iPad was broken", []),
        ("I saw Łukasz there and Élodie too", ["Łukasz", "Élodie"]),
        ("[laughs] Aye. Because he did.", []),
        ("It was Tom and Kate who came.", ["Tom", "Kate"]),
        ("she works at the Bank of Scotland now", ["Bank of Scotland"]),
        ("The HV and the SW came, and CAMHS, on the wean's jaiket.", []),
        ("[pause] Right. Naw. 'Cause he didnae.", []),
    ],
)
def test_capitals_inside_sentences(text: str, words: list[str]) -> None:
    assert found(text) == words


def test_a_name_that_is_a_word_is_possible_where_it_begins_a_sentence_and_stands_inside_one_elsewhere() -> (
    None
):
    assert found("so Hope came. Hope was late. I hope so.") == ["Hope", "Hope"]
    assert found("Hope is all we have. I hope so.") == []


def test_what_was_found_once_is_found_at_the_start_of_a_sentence_and_in_small_letters() -> None:
    assert found("I like Torquil. Torquil came. torquil left.") == ["Torquil", "Torquil", "torquil"]


def test_parts_possessives_initials_and_misspellings_follow_from_a_whole_name() -> None:
    text = "I met Zebedina Quillmore. Zebedina's fine, said ZQ. Zebedinna and zebedina, and Quillmore."
    assert found(text)[0] == "Zebedina Quillmore"
    for form in ("Zebedina", "ZQ", "Zebedinna", "zebedina", "Quillmore"):
        assert form in found(text)


def test_initials_of_an_attendance_list_are_found_where_they_speak() -> None:
    text = "Present: Gwen Sorley (GS), Tam Beattie (TB)\n\nGS asked about the forms. TB had none."
    forms = found(text)
    assert forms.count("GS") + sum("(GS" in f for f in forms) >= 1
    assert {"Gwen Sorley", "Tam Beattie"} <= {form.split(" (")[0] for form in forms}
    assert any(form == "GS" for form in forms[-2:])
    assert forms[-1] == "TB"


def test_codes_and_roles_as_labels_are_not_flagged_but_names_and_initials_are() -> None:
    text = "P07: Hello.\n\nInterviewer: Hi.\n\nDan: Me too.\n\nFEW1: Aye.\n\nMum: Oh.\n\nRK: So."
    labels = tuple(
        Span(text.index(f"{label}:"), text.index(f"{label}:") + len(label))
        for label in ("P07", "Interviewer", "Dan", "FEW1", "Mum", "RK")
    )
    assert found(text, labels=labels) == ["Dan", "RK"]


def test_suggestions_do_not_overlap_and_the_strong_one_stays() -> None:
    text = "at 48 Calderwell Street, G51 3DS, on 13 November"
    spans = suggest(text, {}, [])
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert [text[s.start : s.end] for s in spans] == ["48 Calderwell Street", "G51 3DS", "13 November"]


@pytest.mark.parametrize(
    ("text", "words", "reason"),
    [
        ("my man's a falconer now", "a falconer", "an occupation"),
        ("they are Sikh, the two of them", "Sikh", "a faith"),
        ("she only speaks Tigrinya at home", "Tigrinya", "a nationality or language"),
        ("the baby has cystic fibrosis", "cystic fibrosis", "a diagnosis"),
        ("we're the only family on the stair", "the only family on the stair", "something rare"),
        ("I had the twins then", "twins", "something rare"),
    ],
)
def test_indirect_identifiers_are_a_kind_of_their_own(text: str, words: str, reason: str) -> None:
    one = suggested(text)[words]
    assert (one.kind, one.tier, one.reason) == ("indirect", POSSIBLE, reason)


def test_a_text_without_capitals_has_a_recogniser_of_its_own() -> None:
    small = (
        "yeah so i went to see agnieszka at the clinic in govan and she was dead nice to me you know "
        "and then the social worker catriona came round and she said that the wean was fine and that was "
        "that really so i just kept going to the group every week and it was good for me and for the wean"
    )
    assert has_no_capitals(small)
    assert not has_no_capitals(small.replace("yeah so i", "Yeah so I"))
    forms = found(small)
    assert all(any(name in form for form in forms) for name in ("agnieszka", "govan", "catriona"))
    assert len(forms) <= 4


def test_the_recogniser_knows_the_kind() -> None:
    kinds = suggested("She works for Brightwater Housing Association with Marek, over in Easterhouse.")
    assert kinds["Brightwater Housing Association"].kind == "organisation"
    assert (kinds["Marek"].kind, kinds["Marek"].tier) == ("person", STRONG)
    assert kinds["Easterhouse"].kind == "place"


def test_the_recognisers_hold_no_word_of_what_they_were_trained_on() -> None:
    labels = {"PERSON", "PLACE", "ORG", "DATE", "OTHER"}
    for name in ("names-cased", "names-lower"):
        folder = resources.files("qualbench").joinpath("data", "recognisers", name)
        strings = json.loads(folder.joinpath("vocab", "strings.json").read_text("utf-8"))
        assert {re.sub("^[BILU]-", "", one) for one in strings} == labels | {"O"}, name


def test_importing_the_program_does_not_import_spacy() -> None:
    code = "import sys, qualbench.cli.app, qualbench.redaction.suggesting; assert 'spacy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@given(
    st.lists(
        st.sampled_from(["Torquil ", "said ", "G51 3DS ", "I: ", "\n", "the ", "Will ", ". ", "É", "13 May "])
    )
)
def test_any_text_gives_spans_in_order_inside_it(parts: list[str]) -> None:
    text = "".join(parts)
    spans = suggest(text, {"Torquil": "person"}, [])
    assert all(0 <= s.start < s.end <= len(text) for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    marked = bytearray(len(text))
    for s in spans:
        marked[s.start : s.end] = b"\1" * (s.end - s.start)
    assert all(all(marked[m : m + 7]) for m in range(len(text)) if text.startswith("Torquil", m))


def test_parts_and_initials_belong_to_the_one_whole_name_they_can_be_of() -> None:
    names = ["Zebedina Quillmore", "Torquil Quillmore", "Zebedina", "Mrs Petrie", "Ewan", "ewan"]
    assert whole_names(names) == {
        "zebedina": "zebedina quillmore",
        "zq": "zebedina quillmore",
        "torquil": "torquil quillmore",
        "tq": "torquil quillmore",
        "petrie": "mrs petrie",
    }
