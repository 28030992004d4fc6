"""The agenda of a meeting: what fits its time, in the order of the queue, with the talk that is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.agreement.agenda import PACE, plan_agenda, talk_around
from qualbench.agreement.deciding import decide
from qualbench.agreement.queue import read_queue
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.settings import add_coder
from qualbench.study.tables import Assignment
from qualbench.text.spans import Span
from qualbench.text.words import count_words
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.sources import read_source, source_ids
from tests.agreement.pairs import JUDGE, item_of, make_apart
from tests.builders import place


@pytest.fixture
def apart(sqlite_study: Study, tmp_path: Path) -> Study:
    return make_apart(sqlite_study, tmp_path / "files")


def test_as_many_as_fit_from_the_front_of_the_queue(apart: Study) -> None:
    everything = plan_agenda(apart, 45)
    assert [point.item for point in everything.points] == read_queue(apart).items
    assert [point.number for point in everything.points] == [1, 2, 3]
    first = everything.points[0]
    words = sum(count_words(piece) for said in first.said for piece, _ in said.pieces)
    assert first.minutes == pytest.approx(3 + words / PACE)
    two = plan_agenda(apart, first.minutes + everything.points[1].minutes + 0.001)
    assert [point.item.code for point in two.points] == ["trust", "judged"]
    assert (two.open, len(two.points)) == (3, 2)
    assert two.taken <= two.minutes
    assert [(code, len(points)) for code, points in everything.by_code()] == [
        ("trust", 1),
        ("judged", 1),
        ("fear", 1),
    ]
    assert len(plan_agenda(apart, 2, talk=0.5).points) == 3


def test_what_is_decided_is_not_talked_about(apart: Study) -> None:
    decide(apart, item_of(apart, "judged").key, "keep A")
    assert [point.item.code for point in plan_agenda(apart, 45).points] == ["trust", "fear"]
    assert [point.item.code for point in plan_agenda(apart, 45, source="P07_f").points] == ["trust"]
    for code in ("trust", "fear"):
        decide(apart, item_of(apart, code).key, "both")
    with pytest.raises(Refused, match="AB and CD have nothing left to decide"):
        plan_agenda(apart, 45)


def test_a_time_that_cannot_be(apart: Study) -> None:
    with pytest.raises(BadInput, match=r"3 minutes are too few: the first difference takes 3\.1"):
        plan_agenda(apart, 3)
    for minutes, talk in ((0, 3), (-5, 3), (45, -1)):
        with pytest.raises(BadInput, match="no length of time"):
            plan_agenda(apart, minutes, talk=talk)
    with pytest.raises(NotFound, match="no source 'P99'"):
        plan_agenda(apart, 45, source="P99")


def test_the_talk_names_who_speaks_and_marks_the_words_at_issue(apart: Study) -> None:
    point = next(p for p in plan_agenda(apart, 45).points if p.item.code == "judged")
    question, answer = point.said
    assert (question.turn, question.speaker) == (3, "Interviewer")
    assert question.pieces == (("Why?", False),)
    assert (answer.turn, answer.speaker) == (4, "P07 (Parent)")
    assert answer.pieces == (("Naïve, me. 🙂 ", False), (JUDGE, True))
    assert point.turns == [4]


def test_long_turns_are_cut_and_passages_over_several_are_whole(apart: Study, tmp_path: Path) -> None:
    many = " ".join(f"w{n}" for n in range(100))
    (tmp_path / "long.txt").write_text(f"I: {many}\n\nP08: {many} here it is {many}\n\nI: So.\n\nP08: Yes.")
    import_files(apart, [tmp_path / "long.txt"])
    source = read_source(apart, "long")
    before, said = talk_around(source, place(apart, "long", "here it is"))
    assert before.pieces == (("[...] " + " ".join(f"w{n}" for n in range(60, 100)), False),)
    (ahead, _), (words, marked), (behind, _) = said.pieces
    assert ahead == "[...] " + " ".join(f"w{n}" for n in range(60, 100)) + " "
    assert (words, marked) == ("here it is", True)
    assert behind == " " + " ".join(f"w{n}" for n in range(40)) + " [...]"
    start = source.text.index("w99 here")
    over = list(talk_around(source, Span(start, source.text.index("Yes."))))
    assert [one.turn for one in over] == [1, 2, 3]
    assert over[2].pieces == (("So.", True),)
    shown = list(talk_around(source, Span(0, len(source.text))))
    assert "".join(p for p, _ in shown[1].pieces) == f"{many} here it is {many}"


def test_nothing_of_a_source_that_the_coder_at_work_has_still_to_code(apart: Study) -> None:
    add_coder(apart, "EF")
    with change(apart, "assign", "Assigned") as changed:
        (source_id,) = source_ids(changed.db, ["P07_b"]).values()
        changed.insert(Assignment, [{"source_id": source_id, "layer": "EF", "state": "assigned"}])
    agenda = plan_agenda(apart.by("EF"), 45)
    assert [point.item.source for point in agenda.points] == ["P07_f"]
    assert agenda.open == 1
    with pytest.raises(NotFound, match="'P07_b' is not a source in which AB and CD can be compared"):
        plan_agenda(apart.by("EF"), 45, source="P07_b")
