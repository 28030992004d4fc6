"""Defining, renaming, moving, grouping, agreeing on and retiring entries."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from qualbench.codebook.editing import NewCode, add_code, edit_code
from qualbench.codebook.moving import (
    agree_codes,
    move_code,
    restore_code,
    retire_code,
    shift_code,
)
from qualbench.codebook.tree import Codebook, CodeEntry, read_codebook
from qualbench.coding.applying import Passage, add_coding, apply_codes
from qualbench.coding.codings import list_codings
from qualbench.errors import BadInput, Conflict, NotFound, QualbenchError, Refused
from qualbench.study.chain import chain_faults
from qualbench.study.database import Study
from qualbench.study.journal import read_log, redo, undo
from qualbench.study.tables import Reason, table_of
from qualbench.text.spans import Span


def order(study: Study) -> list[str]:
    return [entry.id for _, entry in read_codebook(study).walk()]


def reasons(study: Study) -> list[str]:
    with study.read() as db:
        return list(db.execute(sa.select(table_of(Reason).c.text)).scalars())


EVERYTHING: dict[str, Any] = {
    "label": "Dread",
    "definition": "Being afraid.",
    "short_definition": "Fear",
    "when_to_use": "When they say so.",
    "when_not_to_use": "For worry.",
    "typical_example": "I was feart.",
    "atypical_example": "My stomach turned.",
    "near_miss_example": "I was tired.",
    "central_concept": "",
    "origin": "data",
    "question": "Table 1 row 9",
    "tags": ("tfa:burden", "mrc:context"),
    "stakeholders": ("Parent",),
    "timepoints": ("Baseline", "Follow-up"),
    "colour": "#112233",
}


def test_every_field_of_an_entry_is_kept_and_taken_back(small: Study) -> None:
    before = read_codebook(small).by_id["fear"]
    edited = edit_code(small, "fear", EVERYTHING)
    assert read_codebook(small).by_id["fear"] == edited
    assert {name: getattr(edited, name) for name in EVERYTHING} == EVERYTHING
    undo(small)
    assert read_codebook(small).by_id["fear"] == before
    redo(small)
    assert read_codebook(small).by_id["fear"] == edited
    assert chain_faults(small) == []


def test_a_value_is_put_on_one_line_and_items_are_kept_once(quick: Study) -> None:
    edited = edit_code(quick, "fear", {"definition": " Being\n afraid. ", "tags": ("a", " a ", "", "b\nc")})
    assert (edited.definition, edited.tags) == ("Being afraid.", ("a", "b c"))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"label": ""}, "1 to 80 characters"),
        ({"label": "being JUDGED"}, "Two codes under one parent"),
        ({"origin": "hearsay"}, "not an origin"),
        ({"level": "chapter"}, "not a level"),
        ({"colour": "red"}, "not a colour"),
        ({"stakeholders": ("Minister",)}, "no stakeholder 'Minister'"),
        ({"timepoints": ("Later",)}, "no timepoint 'Later'"),
        ({"also_in": ("nowhere",)}, "no code 'nowhere'"),
        ({"also_in": ("trial",)}, "not a candidate theme"),
        ({"also_in": ("judged",)}, "not a candidate theme"),
        ({"also_in": ("fear",)}, "not a candidate theme"),
        ({"parent_id": "trial"}, "not a field to be set"),
        ({"definition": ""}, "is so already"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_changes_nothing(
    quick: Study, values: dict[str, Any], said: str
) -> None:
    before, events = read_codebook(quick).by_id, len(read_log(quick))
    with pytest.raises(QualbenchError) as refused:
        edit_code(quick, "fear", values)
    assert said in refused.value.message
    assert read_codebook(quick).by_id == before
    assert len(read_log(quick)) == events


def test_the_second_of_two_who_edit_one_code_is_told(small: Study) -> None:
    seen = read_codebook(small).by_id["fear"]
    edit_code(small.by("CD"), "fear", {"definition": "Theirs."}, seen=seen)
    with pytest.raises(Conflict, match="changed by somebody else"):
        edit_code(small, "fear", {"definition": "Mine."}, seen=seen)
    present = read_codebook(small).by_id["fear"]
    assert present.definition == "Theirs."
    assert edit_code(small, "fear", {"definition": "Mine."}, seen=present).definition == "Mine."


def test_names_with_characters_that_nvivo_reserves_are_kept(quick: Study) -> None:
    label = 'What? "No": <a/b> * c|d \\ e'
    assert edit_code(quick, "fear", {"label": label}).label == label
    assert read_codebook(quick).find(label).id == "fear"


def test_a_reason_is_kept_beside_the_journal_and_goes_when_the_change_is_taken_back(small: Study) -> None:
    edit_code(small, "fear", {"label": "Dread"}, reason="Parents say dread.")
    assert reasons(small) == ["Parents say dread."]
    assert "Parents say" not in read_log(small)[-1].summary
    undo(small)
    assert reasons(small) == []
    redo(small)
    assert reasons(small) == ["Parents say dread."]


def test_a_new_entry_is_a_candidate_from_the_data(quick: Study) -> None:
    entry = add_code(quick, NewCode("Shame", "social-work"))
    assert (entry.status, entry.origin, entry.level) == ("candidate", "data", "code")
    assert "shame" not in entry.id
    with pytest.raises(Refused, match="there already"):
        add_code(quick, NewCode(" shame", "social-work"))
    assert add_code(quick, NewCode("Shame", "trial")).id != entry.id


# Moving


def test_an_entry_moves_with_what_is_below_it_and_its_level_follows(quick: Study) -> None:
    move_code(quick, "social-work", "trial")
    assert order(quick) == ["trust", "trial", "forms", "social-work", "fear", "judged"]
    moved = move_code(quick, "social-work", None)
    assert moved.level == "theme"
    assert order(quick)[-3:] == ["social-work", "fear", "judged"]
    assert move_code(quick, "trust", "trial").level == "subtheme"


@pytest.mark.parametrize(
    ("code", "under", "kind", "said"),
    [
        ("trust", "fear", BadInput, "below itself"),
        ("trust", "trust", BadInput, "below itself"),
        ("trial", "judged", Refused, "is a theme"),
        ("fear", "social-work", Refused, "there already"),
        ("fear", "nowhere", NotFound, "no code"),
    ],
)
def test_a_move_that_cannot_be_is_refused(
    quick: Study, code: str, under: str, kind: type[QualbenchError], said: str
) -> None:
    with pytest.raises(kind, match=said):
        move_code(quick, code, under)
    assert order(quick) == ["trust", "social-work", "fear", "judged", "trial", "forms"]


def test_a_move_beside_a_namesake_is_refused(quick: Study) -> None:
    add_code(quick, NewCode("Fear", "trial"))
    with pytest.raises(BadInput, match="Two codes under one parent"):
        move_code(quick, "fear", "trial")


def test_entries_shift_past_those_in_use(quick: Study) -> None:
    hope = add_code(quick, NewCode("Hope", "social-work")).id
    retire_code(quick, "judged")
    shift_code(quick, "Hope", -1)
    assert order(quick)[2:4] == [hope, "fear"]
    with pytest.raises(Refused, match="first there already"):
        shift_code(quick, hope, -1)
    with pytest.raises(Refused, match="last there already"):
        shift_code(quick, "fear", 1)
    undo(quick)
    assert order(quick)[2:4] == ["fear", hope]


# Candidate themes


@pytest.fixture
def theme(quick: Study) -> CodeEntry:
    made = add_code(quick, NewCode("Being seen", level="theme"))
    for code in ("fear", "forms"):
        edit_code(quick, code, {"also_in": (made.id,)})
    return made


def members(book: Codebook, theme: CodeEntry) -> set[str]:
    return {entry.id for entry in book.members(theme.id)}


def test_a_code_sits_in_several_candidate_themes(quick: Study, theme: CodeEntry) -> None:
    other = add_code(quick, NewCode("Paper", level="theme"))
    edit_code(quick, "forms", {"also_in": (theme.id, other.id)})
    book = read_codebook(quick)
    assert members(book, theme) == {"fear", "forms"}
    assert members(book, other) == {"forms"}
    assert book.by_id["forms"].parent_id == "trial"
    with pytest.raises(Refused, match="sits in 'Being seen' and 'Paper'"):
        agree_codes(quick, [theme.id, other.id])


def test_a_theme_does_not_sit_in_itself_nor_in_what_is_below_it(quick: Study, theme: CodeEntry) -> None:
    below = add_code(quick, NewCode("Closer", theme.id, level="subtheme"))
    for inside in (theme.id, below.id):
        with pytest.raises(BadInput, match="'Being seen' cannot sit in itself"):
            edit_code(quick, theme.id, {"also_in": (inside,)})


def test_agreeing_on_a_theme_makes_it_the_one_parent_of_its_codes(quick: Study, theme: CodeEntry) -> None:
    (agreed,) = agree_codes(quick, ["Being seen", "fear"])
    book = read_codebook(quick)
    assert agreed.status == "agreed"
    assert {entry.id for entry in book.children(theme.id)} == {"fear", "forms"}
    assert all(entry.also_in == () for entry in book.by_id.values())
    undo(quick)
    assert read_codebook(quick).by_id["fear"].parent_id == "social-work"
    agree_codes(quick, [theme.id])
    with pytest.raises(Refused, match="candidate"):
        agree_codes(quick, [theme.id])


def test_a_theme_that_is_retired_lets_its_codes_go(quick: Study, theme: CodeEntry) -> None:
    retire_code(quick, theme.id)
    assert read_codebook(quick).by_id["fear"].also_in == ()


# Retiring


def test_a_retired_code_keeps_its_codings_and_takes_no_new_ones(small: Study) -> None:
    add_coding(small, "P07_b", Span(0, 5), "fear")
    retire_code(small, "fear", "Too wide.")
    assert "fear" not in order(small)
    assert [coding.code for coding in list_codings(small, code="fear")] == ["fear"]
    with pytest.raises(Refused, match="'Fear' is retired"):
        apply_codes(small, [Passage("P07_b", Span(8, 11))], ["fear"])
    with pytest.raises(Refused, match="retired already"):
        retire_code(small, "fear")
    restore_code(small, "fear")
    assert read_codebook(small).by_id["fear"].status == "candidate"
    with pytest.raises(Refused, match="is in use"):
        restore_code(small, "fear")


def test_a_theme_with_codes_in_use_is_not_retired(quick: Study) -> None:
    with pytest.raises(Refused, match="3 entries below 'Trust' are in use"):
        retire_code(quick, "trust")


def test_the_name_of_a_retired_code_is_free_for_another(quick: Study) -> None:
    retire_code(quick, "fear")
    again = add_code(quick, NewCode("Fear", "social-work"))
    assert again.id != "fear"
    assert read_codebook(quick).find("Fear").id == again.id
    with pytest.raises(BadInput, match="Two codes under one parent"):
        restore_code(quick, "fear")
