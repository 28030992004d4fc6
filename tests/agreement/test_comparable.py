"""Who may compare whom: nobody learns what others found in a source that they have still to finish."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.agreement.alpha import alphas
from qualbench.agreement.comparable import comparable, compared_sources, pairs
from qualbench.agreement.comparison import agree
from qualbench.agreement.layers import read_layers
from qualbench.agreement.passages import behind
from qualbench.coding.applying import add_coding
from qualbench.coding.progress import finish
from qualbench.errors import BadInput, Refused
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.settings import add_coder
from qualbench.study.tables import Assignment
from qualbench.transcripts.sources import source_ids
from tests.builders import place, small_study
from tests.team.conftest import Team, team

__all__ = ["team"]
FEART = "I was feart of them."
LONG = "The forms were long."


@pytest.fixture
def three(sqlite_study: Study, tmp_path: Path) -> Study:
    """AB and CD have finished P07_b and P07_f; EF is in the team and has done nothing."""
    study = small_study(sqlite_study, tmp_path / "files")
    add_coder(study, "EF")
    for who in ("AB", "CD"):
        add_coding(study.by(who), "P07_b", place(study, "P07_b", FEART), "fear")
        add_coding(study.by(who), "P07_f", place(study, "P07_f", LONG), "forms")
        finish(study.by(who), ["P07_b", "P07_f"])
    return study


def assign(study: Study, coder: str, source: str) -> None:
    with change(study, "assign", "Assigned") as changed:
        (source_id,) = source_ids(changed.db, [source]).values()
        changed.insert(Assignment, [{"source_id": source_id, "layer": coder, "state": "assigned"}])


def test_who_has_no_part_in_a_source_looks_on(three: Study) -> None:
    assert comparable(three.by("EF")) == (("AB", "CD"), ["P07_b", "P07_f"])
    assert comparable(Study(three.folder, three.engine)) == (("AB", "CD"), ["P07_b", "P07_f"])


def test_who_is_to_code_it_does_not(three: Study) -> None:
    assign(three, "EF", "P07_b")
    assert comparable(three.by("EF")) == (("AB", "CD"), ["P07_f"])
    assert comparable(three) == (("AB", "CD"), ["P07_b", "P07_f"])
    assert agree(three.by("EF")).sources == ["P07_f"]
    assert behind(three.by("EF"), "fear", "both") == []
    with pytest.raises(Refused, match="P07_b is hidden from you"):
        agree(three.by("EF"), sources=["P07_b"])
    assign(three, "EF", "P07_f")
    with pytest.raises(Refused, match="hidden until you have finished"):
        comparable(three.by("EF"), ("CD", "AB"))
    assert pairs(three.by("EF")) == []
    finish(three.by("EF"), ["P07_f"])
    assert comparable(three.by("EF"), ("AB", "CD"))[1] == ["P07_f"]


def test_nor_who_has_begun_unasked(three: Study) -> None:
    add_coding(three.by("EF"), "P07_b", place(three, "P07_b", "feart"), "fear")
    assert comparable(three.by("EF")) == (("AB", "CD"), ["P07_f"])


def test_all_pairs_with_what_they_have_in_common(three: Study) -> None:
    assert pairs(three) == [(("AB", "CD"), ["P07_b", "P07_f"])]
    add_coding(three.by("EF"), "P07_f", place(three, "P07_f", "That helped."), "fear")
    finish(three.by("EF"), ["P07_f", "group"])
    assert pairs(three) == [
        (("AB", "CD"), ["P07_b", "P07_f"]),
        (("AB", "EF"), ["P07_f"]),
        (("CD", "EF"), ["P07_f"]),
    ]
    with pytest.raises(Refused, match="so far: AB, CD, EF"):
        comparable(three)


def test_over_three_coders_what_is_unfinished_is_missing(three: Study) -> None:
    add_coding(three.by("EF"), "P07_f", place(three, "P07_f", "That helped."), "forms")
    # Not finished, so it counts for nothing.
    add_coding(three.by("EF"), "P07_b", place(three, "P07_b", FEART), "judged")
    finish(three.by("EF"), ["P07_f"])
    layers = read_layers(three)
    assert layers.coders == ("AB", "CD", "EF")
    assert dict(layers.finished) == {
        "P07_b": frozenset({"AB", "CD"}),
        "P07_f": frozenset({"AB", "CD", "EF"}),
    }
    assert layers.codes == ("fear", "forms")
    found = alphas(layers)
    # fear: one of two turns of P07_b, twice; of P07_f's two turns none. All agree.
    assert found.codes["fear"].value == 1.0
    # forms: AB and CD the second turn of P07_f, EF the first: o = 2 x (2 x 1 / 2) x 2 units apart of n = 10.
    assert found.codes["forms"].value == pytest.approx(1 - 9 * 4 / (2 * 3 * 7))


def test_one_coder_is_not_compared(three: Study) -> None:
    with pytest.raises(BadInput, match="One coder"):
        compared_sources(three, ["AB"])


def test_a_login_that_sees_no_codings_is_given_no_figure(team: Team) -> None:
    """The database withholds AB's and CD's codings from EF: what could be counted would be wrong."""
    for who in (team.lead, team.opened["CD"]):
        add_coding(who, "P07_f", place(team.lead, "P07_f", LONG), "forms")
        finish(who, ["P07_f"])
    assert agree(team.lead).codes[0].cells.both == 1
    for onlooker in ("EF", "RR"):
        with pytest.raises(Refused, match="hidden until you have finished"):
            agree(team.opened[onlooker])
    assert pairs(team.opened["EF"]) == []
    finish(team.opened["EF"], ["P07_f"])
    assert agree(team.opened["EF"], coders=("AB", "CD")) == agree(team.lead, coders=("AB", "CD"))
