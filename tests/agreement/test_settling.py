"""Trivial boundaries are settled together, under a tolerance that is on record, and in one change."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.agreement.deciding import decide
from qualbench.agreement.finishing import finish
from qualbench.agreement.queue import read_queue
from qualbench.agreement.settling import Tolerance, settle, settleable
from qualbench.coding.undoing import undo
from qualbench.errors import BadInput
from qualbench.study.database import Study
from qualbench.study.journal import newest_event, read_log
from tests.agreement.pairs import agreed, coded
from tests.builders import small_study

HELD, HALF = "She had been there herself.", "been there herself."
LONG, SHORT = "The forms were long.", "forms were long."


@pytest.fixture
def near(study: Study, tmp_path: Path) -> Study:
    """Two boundaries that differ by a word, or two; and one coding that only CD has."""
    small_study(study, tmp_path / "files")
    coded(study, "AB", "P07_f", HELD, "fear")
    coded(study, "CD", "P07_f", HALF, "fear")
    coded(study, "AB", "P07_f", LONG, "forms")
    coded(study, "CD", "P07_f", SHORT, "forms")
    coded(study, "CD", "P07_f", "That helped.", "trust")
    for coder in ("AB", "CD"):
        finish(study.by(coder), ["P07_f"])
    return study


@pytest.mark.parametrize(
    ("rule", "words"),
    [("union", [HELD, LONG]), ("shared", [HALF, SHORT]), ("A", [HELD, LONG]), ("b", [HALF, SHORT])],
)
def test_each_rule_takes_its_words(near: Study, rule: str, words: list[str]) -> None:
    settled = settle(near, Tolerance(2, "words"), rule)
    assert [item.code for item in settled] == ["fear", "forms"]
    assert [words for _, _, words in agreed(near)] == words
    reasons = [item.decision.reason for item in read_queue(near).items if item.decision is not None]
    assert len(reasons) == 2 and all("edges at most 2 words apart" in reason for reason in reasons)


def test_the_tolerance_holds_and_the_whole_run_is_undone_at_once(near: Study) -> None:
    assert [item.code for item in settleable(near, Tolerance(1, "words"))] == ["forms"]
    assert settleable(near, Tolerance(3, "characters")) == []
    assert [item.code for item in settleable(near, Tolerance(4, "characters"))] == ["forms"]
    before = read_queue(near)
    settle(near, Tolerance(2, "words"), "union")
    assert read_log(near)[-1].summary == "Settled trivial boundaries in P07_f"
    undo(near)
    assert read_queue(near) == before
    assert agreed(near) == []


def test_what_was_decided_stays_and_a_run_of_none_is_no_change(near: Study) -> None:
    item = next(one for one in read_queue(near).items if one.code == "forms")
    decide(near, item.key, "keep B", reason="Talked over.")
    assert [one.code for one in settle(near, Tolerance(9, "words"), "union")] == ["fear"]
    assert SHORT in [words for _, _, words in agreed(near)]
    event = newest_event(near)
    assert settle(near, Tolerance(9, "words"), "union") == []
    assert newest_event(near) == event


def test_a_tolerance_or_rule_that_is_none_is_refused(near: Study) -> None:
    with pytest.raises(BadInput, match="no tolerance"):
        settle(near, Tolerance(-1, "words"), "union")
    with pytest.raises(BadInput, match="no tolerance"):
        settleable(near, Tolerance(1, "pages"))
    with pytest.raises(BadInput, match="'C' is not a rule"):
        settle(near, Tolerance(1, "words"), "C")
    assert agreed(near) == []
