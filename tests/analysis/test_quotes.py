"""Quotes: which are found, how they are chosen, cut and shown, and who is in none of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.analysis.quotes import Quote, QuoteFilter, choose_quotes, find_quotes, list_quotes
from qualbench.analysis.quotes_cutting import cut_at_sentences
from qualbench.analysis.quotes_passages import (
    NOT_SHOWN,
    SOMEBODY,
    Around,
    as_passages,
    how_often_quoted,
)
from qualbench.analysis.quotes_writing import quotes_as_markdown
from qualbench.coding.applying import add_coding, set_exemplar
from qualbench.coding.codings import list_codings
from qualbench.coding.examples import add_example
from qualbench.coding.progress import finish
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.tables import CellSummary, new_id, now
from qualbench.text.spans import Span
from qualbench.text.words import CUT
from qualbench.transcripts.participants import import_participants
from qualbench.transcripts.sources import read_source
from tests.builders import code_as_they_are, place, small_study
from tests.conftest import Demonstration


@pytest.fixture
def small(study: Study, tmp_path: Path) -> Study:
    return small_study(study, tmp_path / "files")


@pytest.fixture
def coded(small: Study) -> Study:
    """The group and both interviews with P07, coded by AB."""
    add_coding(
        small, "group", place(small, "group", "were murder.\n\nP08: Murder, aye.\n\nFEW01: I filled"), "forms"
    )
    add_coding(small, "P07_b", place(small, "P07_b", "I was feart of them."), "fear")
    add_coding(small, "P07_b", place(small, "P07_b", "I was feart of them."), "judged")
    add_coding(small, "P07_f", place(small, "P07_f", "The forms were long."), "forms")
    return small


def refuse(study: Study, folder: Path, participant: str) -> None:
    """Put on record that a participant did not agree to be quoted."""
    stakeholder = "Family engagement worker" if participant == "FEW01" else "Parent"
    site = "Bromley" if participant == "P08" else "Glasgow"
    path = folder / "consent.csv"
    path.write_text(f"id,family,stakeholder,site,consent_quote\n{participant},,{stakeholder},{site},no\n")
    assert not import_participants(study, path).faults


def texts(study: Study, **wanted: object) -> list[str]:
    return [quote.text for quote in find_quotes(study, QuoteFilter(layer="AB", **wanted)).quotes]  # type: ignore[arg-type]


def test_quotes_are_filtered_by_code_and_by_what_is_known_of_people_and_sources(coded: Study) -> None:
    assert texts(coded, code="trust") == ["I was feart of them."] * 2
    assert texts(coded, only=(("participant", "p08"),)) == ["Murder, aye."]
    assert texts(coded, only=(("stakeholder", "family engagement worker"),)) == ["I filled"]
    assert texts(coded, only=(("kind", "interview"), ("timepoint", "follow-up"))) == ["The forms were long."]
    assert texts(coded, only=(("site", "Bromley"), ("source", "group"))) == ["Murder, aye."]
    both = (("participant", "P08"), ("participant", "FEW01"))
    assert texts(coded, only=both) == ["Murder, aye.", "I filled"]
    assert texts(coded, only=(("mode", "(not stated)"), ("family", "F08"))) == ["Murder, aye."]


def test_what_is_not_there_is_told(coded: Study) -> None:
    with pytest.raises(BadInput, match="'Moon' is not a site"):
        texts(coded, only=(("site", "Moon"),))
    with pytest.raises(NotFound, match="participant 'P99'"):
        texts(coded, only=(("participant", "P99"),))
    with pytest.raises(NotFound, match="no code 'x'"):
        texts(coded, code="x")
    with pytest.raises(BadInput, match="'ward' cannot be in a label"):
        find_quotes(coded, label="{ward}")


def test_exemplars_are_what_a_coder_marked_and_what_was_given_as_an_example(coded: Study) -> None:
    assert texts(coded, exemplar=True) == []
    forms = next(c for c in list_codings(coded, source="P07_f"))
    set_exemplar(coded, forms.id, True)
    add_example(coded, "fear", "typical", "P07_b", place(coded, "P07_b", "feart"))
    add_example(coded, "judged", "near miss", "P07_b", place(coded, "P07_b", "feart"))
    found = find_quotes(coded, QuoteFilter(layer="AB", exemplar=True)).quotes
    assert [(q.code, q.text) for q in found] == [
        ("fear", "I was feart of them."),
        ("forms", "The forms were long."),
    ]


def test_an_exemplar_of_another_coder_counts_only_once_both_have_finished(coded: Study) -> None:
    set_exemplar(coded, list_codings(coded, source="P07_f")[0].id, True)
    other = coded.by("CD")
    add_coding(other, "P07_f", place(other, "P07_f", "The forms were long."), "forms")
    mine = QuoteFilter(layer="CD", exemplar=True)
    assert find_quotes(other, mine).quotes == []
    with pytest.raises(Refused):
        find_quotes(other, QuoteFilter(layer="AB"))
    finish(coded, ["P07_f"])
    finish(other, ["P07_f"])
    assert [quote.text for quote in find_quotes(other, mine).quotes] == ["The forms were long."]


def test_who_did_not_agree_to_be_quoted_is_in_no_quote_and_is_counted(coded: Study, tmp_path: Path) -> None:
    refuse(coded, tmp_path, "P08")
    found = find_quotes(coded, QuoteFilter(layer="AB"))
    assert "P08" not in {quote.participant for quote in found.quotes}
    assert (found.withheld, found.people) == ({"P08": 1}, ["FEW01", "P07", "P08"])
    assert list_quotes(coded, layer="AB") == found.quotes
    assert find_quotes(coded, QuoteFilter(layer="AB", code="trust")).withheld == {"P08": 0}


def test_context_is_the_rest_of_the_turn_and_the_turns_around(coded: Study) -> None:
    found = find_quotes(coded, QuoteFilter("fear", layer="AB")).quotes
    (passage,) = as_passages(coded, found, context=1, label="{participant}")
    assert passage.before == (
        Around("Interviewer", "How did you hear?"),
        Around("Participant", "From a pal of mine."),
    )
    assert passage.after == (Around("Interviewer", "Why?"),)
    assert as_passages(coded, found)[0].before == ()


def test_context_holds_no_words_of_who_did_not_agree(coded: Study, tmp_path: Path) -> None:
    refuse(coded, tmp_path, "P08")
    found = find_quotes(coded, QuoteFilter("forms", (("participant", "FEW01"),), layer="AB")).quotes
    (passage,) = as_passages(coded, found, context=2)
    assert passage.before[-1] == Around(SOMEBODY, NOT_SHOWN)
    assert "aye" not in str(passage)


def test_the_same_words_with_several_codes_are_one_passage(coded: Study) -> None:
    found = find_quotes(coded, QuoteFilter("trust", layer="AB")).quotes
    assert [passage.codes for passage in as_passages(coded, found)] == [("fear", "judged")]
    apart = as_passages(coded, found, together=False)
    assert [passage.codes for passage in apart] == [("fear",), ("judged",)]


def test_every_coding_has_its_own_row_where_words_do_not_stand_together(small: Study) -> None:
    turn = place(small, "P07_f", "The forms were long.")
    for start in (turn.start, turn.start - 5):  # which begins before the turn
        code_as_they_are(small, "P07_f", [(Span(start, turn.end), "forms")])
    quotes = find_quotes(small, QuoteFilter(layer="AB")).quotes
    assert len(as_passages(small, quotes, together=False)) == len(quotes) == 2
    assert len(as_passages(small, quotes)) == 1


def test_how_often_each_participant_is_quoted(coded: Study, tmp_path: Path) -> None:
    refuse(coded, tmp_path, "P08")
    rows = how_often_quoted(coded, find_quotes(coded, QuoteFilter(layer="AB")))
    assert [(row.participant, row.passages, row.agreed) for row in rows] == [
        ("P07", 3, None),
        ("FEW01", 1, None),
        ("P08", 0, False),
    ]
    assert [row.share for row in rows] == [0.75, 0.25, 0.0]
    assert [row.share for row in how_often_quoted(coded, find_quotes(coded))] == [None] * 3


def test_a_long_quote_ends_at_a_sentence() -> None:
    text = "I was feart. They judge\nye, Mr. Black said. So I left."
    assert cut_at_sentences(text, 8) == f"I was feart. {CUT}"
    assert cut_at_sentences(text, 9) == f"I was feart. They judge ye, Mr. Black said. {CUT}"
    assert cut_at_sentences(text, 12) == "I was feart. They judge ye, Mr. Black said. So I left."
    assert cut_at_sentences(text, 2) == f"I was {CUT}"
    assert cut_at_sentences(text, 4, from_the_end=True) == f"{CUT} So I left."


words = st.lists(st.sampled_from(["aye", "Aye.", "no", "Why?", "P07's", "\n"]), max_size=30).map(" ".join)


@given(words, st.integers(1, 12), st.booleans())
def test_a_cut_keeps_no_more_words_than_allowed_and_changes_none(text: str, longest: int, end: bool) -> None:
    cut = cut_at_sentences(text, longest, from_the_end=end)
    kept = cut.replace(CUT, "").split()
    all_words = text.split()
    assert len(kept) <= longest
    assert kept == (all_words[len(all_words) - len(kept) :] if end else all_words[: len(kept)])
    assert (CUT in cut) == (len(all_words) > longest)


def summarise(study: Study, version: int, text: str) -> None:
    with change(study, "framework", "Wrote a cell") as changed:
        changed.insert(
            CellSummary,
            [
                {
                    "id": new_id(),
                    "participant_id": "P07",
                    "timepoint": "Baseline",
                    "code_id": "trust",
                    "version": version,
                    "text": text,
                    "written_by": "AB",
                    "written_at": now(),
                }
            ],
        )


def test_a_long_quote_is_cut_as_the_newest_summary_cuts_it(coded: Study) -> None:
    add_coding(coded, "P07_b", place(coded, "P07_b", "Naïve, me. 🙂 They judge ye."), "fear")
    coding = list_codings(coded, source="P07_b")[-1].id
    quotes = find_quotes(coded, QuoteFilter("fear", layer="AB")).quotes

    def shown(longest: int | None) -> str:
        return as_passages(coded, quotes, longest=longest)[-1].text

    assert shown(4) == f"Naïve, me. {CUT}"
    summarise(coded, 1, f"He feels [“Naïve […] ye.”](coding:{coding})")
    assert shown(4) == f"Naïve {CUT} ye."
    assert shown(None) == "Naïve, me. 🙂 They judge ye."
    summarise(coded, 2, f"He feels [They judge [...] me](coding:{coding})")
    assert shown(4) == f"Naïve, me. {CUT}"  # such words are not in it, in that order


def quote(participant: str, text: str = "x" * 220, *, exemplar: bool = False, group: str = "Parent") -> Quote:
    return Quote("c", "s", participant, group, None, None, 0, len(text), text, "Parent", "", exemplar)


def test_exemplars_are_chosen_first_then_other_people_who_were_quoted_least() -> None:
    scrap, first, second = quote("P1", "Aye."), quote("P2", "a" * 220), quote("P3", "b" * 220)
    exemplar = quote("P1", "No.", exemplar=True)
    assert choose_quotes([scrap, first, second, exemplar], 2) == [exemplar, first]
    assert choose_quotes([scrap, first, second], 2, Counter({"P2": 4})) == [second, first]
    worker = quote("FEW01", "c" * 300, group="Family engagement worker")
    assert choose_quotes([first, second, worker], 2) == [first, worker]


def test_markdown_keeps_what_a_pseudonym_looks_like_and_makes_no_link(coded: Study) -> None:
    text = "[Mother 4] *said* [this](that)"
    (passage,) = as_passages(coded, [quote("P1", text)])
    written = quotes_as_markdown([passage], {"c": "Fear"})
    assert "> “[Mother 4] \\*said\\* [this\\](that)” [Parent]" in written
    assert written.endswith("Codes: Fear\n")


def test_every_quote_stands_in_its_source_word_for_word(demonstration: Demonstration) -> None:
    sources = {q.source: read_source(demonstration.study, q.source) for q in list_quotes(demonstration.study)}
    for one in list_quotes(demonstration.study):
        source = sources[one.source]
        assert source.text[one.start : one.end] == one.text
        (turn,) = [t for t in source.turns if t.start <= one.start and one.end <= t.end]
        assert turn.participant == one.participant


def test_a_coding_of_blank_lines_is_no_quote(small: Study) -> None:
    code_as_they_are(small, "P07_b", [(place(small, "P07_b", "\n\nI: "), "fear")])
    assert texts(small) == []
