"""Bringing a codebook into a study: shown before, known by id, never losing what was coded or filled in."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from qualbench.codebook.drafts import BookFile
from qualbench.codebook.files import find_codebook, read_book, read_codebook_file
from qualbench.codebook.frameworks import known_frameworks, list_tags, mount_tags
from qualbench.codebook.importing import ImportPlan, import_entries, plan_import
from qualbench.codebook.tree import CodeEntry, read_codebook
from qualbench.codebook.versions import release
from qualbench.codebook.yaml_files import parse_yaml
from qualbench.coding.memos import add_memo, on_code
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.study.chain import chain_faults
from qualbench.study.database import Study
from qualbench.study.journal import read_log, redo, undo
from qualbench.study.tables import Code, table_of
from tests.builders import ENTRIES, code_as_they_are, place

TRUST, SOCIAL_WORK, FEAR, JUDGED, TRIAL, FORMS = ENTRIES


def order(study: Study) -> list[str]:
    return [entry.id for _, entry in read_codebook(study).walk()]


def kinds(plan: ImportPlan) -> list[tuple[str, str]]:
    return [(one.kind, one.id) for one in plan.changes]


def test_the_tree_comes_back_as_it_went_in(study: Study) -> None:
    import_entries(study, ENTRIES, "test")
    book = read_codebook(study)
    assert [(depth, entry.id) for depth, entry in book.walk()] == [
        (0, "trust"),
        (1, "social-work"),
        (2, "fear"),
        (2, "judged"),
        (0, "trial"),
        (1, "forms"),
    ]
    assert book.by_id["trial"] == ENTRIES[4]
    assert book.colour("fear") == "#D55E00"
    theme = book.ancestor("fear", "theme")
    assert theme is not None and theme.id == "trust"


def test_every_field_comes_back_as_it_went_in(sqlite_study: Study) -> None:
    full = CodeEntry(
        "full",
        None,
        "theme",
        "Full",
        **{
            name: f"{name} of it"
            for name in ("definition", "short_definition", "central_concept", "question")
        },
        origin="theory",
        tags=("tfa:burden", "npt:x"),
        stakeholders=("Parent",),
        timepoints=("Baseline", "Follow-up"),
        colour="#D55E00",
        key="f",
        status="candidate",
    )
    split = CodeEntry("split", None, "code", "Split", also_in=("full",), split_from="full")
    merged = CodeEntry("merged", None, "code", "Split", status="merged", merged_into="split")
    import_entries(sqlite_study, [full, split, merged], "test")
    assert list(read_codebook(sqlite_study).by_id.values()) == [full, split, merged]


def test_importing_again_updates_by_id_and_removes_nothing(study: Study) -> None:
    import_entries(study, ENTRIES, "test")
    renamed = CodeEntry("fear", "social-work", "code", "Dread", definition="Being afraid.")
    new = CodeEntry("hope", "trust", "code", "Hope")
    done = import_entries(study, [ENTRIES[0], ENTRIES[1], renamed, new], "test")
    assert (done.added, done.updated, done.unchanged) == (["hope"], ["fear"], ["trust", "social-work"])
    book = read_codebook(study)
    assert book.by_id["fear"].label == "Dread"
    assert "judged" in book.by_id
    undo(study)
    assert read_codebook(study).by_id["fear"].label == "Fear"
    assert "hope" not in read_codebook(study).by_id


def test_importing_again_takes_over_the_order_of_the_file(sqlite_study: Study) -> None:
    import_entries(sqlite_study, ENTRIES, "test")
    new = CodeEntry("new", "social-work", "code", "New")
    import_entries(sqlite_study, [TRIAL, FORMS, TRUST, SOCIAL_WORK, JUDGED, new], "test")
    assert order(sqlite_study) == ["trial", "forms", "trust", "social-work", "judged", "new", "fear"]


def test_a_codebook_new_to_the_study_comes_after_what_is_there(quick: Study) -> None:
    before = order(quick)
    import_entries(quick, read_codebook_file(find_codebook("npt")), "npt")
    assert order(quick)[: len(before)] == before
    import_entries(quick, read_codebook_file(find_codebook("tfa")), "tfa", parent="Trust")
    book = read_codebook(quick)
    assert [e.id for e in book.path("tfa-burden-before")] == ["trust", "tfa-burden", "tfa-burden-before"]
    assert book.by_id["tfa-burden"].level == "subtheme"
    assert read_log(quick)[-1].summary == "Imported tfa below 'Trust': 28 codes added, 0 changed"


def test_new_entries_take_their_place_and_others_keep_theirs(quick: Study) -> None:
    hope, night = CodeEntry("hope", "social-work", "code", "Hope"), CodeEntry("night", None, "theme", "Night")
    import_entries(quick, [TRUST, SOCIAL_WORK, hope, JUDGED, night], "test")
    assert order(quick) == ["trust", "social-work", "hope", "fear", "judged", "night", "trial", "forms"]


def test_a_parent_that_cannot_hold_them_is_refused(quick: Study) -> None:
    with pytest.raises(Refused, match="only themes hold others"):
        plan_import(quick, [TRIAL], parent="fear")
    with pytest.raises(NotFound):
        plan_import(quick, [TRIAL], parent="nothing")
    with pytest.raises(BadInput, match="below itself"):
        plan_import(quick, [TRUST], parent="social-work")


def test_the_book_as_a_whole_is_checked_before_anything_is_written(quick: Study) -> None:
    before = order(quick)
    for entry, said in (
        (CodeEntry("trust", "fear", "theme", "Trust"), "below itself"),
        (CodeEntry("dread", "social-work", "code", "fear"), "Two codes under one parent are labelled"),
        (CodeEntry("a", "nowhere", "code", "A"), "refers to 'nowhere', which is not there"),
        (CodeEntry("a", None, "code", "A", stakeholders=("Aunt",)), "a: the study has no stakeholder 'Aunt'"),
        (CodeEntry("a", None, "code", "A", timepoints=("Later",)), "a: the study has no timepoint 'Later'"),
    ):
        with pytest.raises(BadInput, match=said) as refused:
            import_entries(quick, [entry], "test")
        assert refused.value.hint
    assert order(quick) == before
    assert "Parent, Parent collaborator" in str(refused_for_stakeholder(quick))


def refused_for_stakeholder(study: Study) -> BadInput:
    with pytest.raises(BadInput) as refused:
        plan_import(study, [CodeEntry("a", None, "code", "A", stakeholders=("Aunt",))])
    return refused.value


def test_what_a_file_does_not_mention_stays(quick: Study) -> None:
    filled = replace(FEAR, definition="Being afraid.", tags=("tfa:burden",), status="candidate", key="f")
    import_entries(quick, [TRUST, SOCIAL_WORK, filled], "test")
    import_entries(quick, [TRUST, SOCIAL_WORK, FEAR], "again, without them")
    assert read_codebook(quick).by_id["fear"] == filled
    text = 'codes:\n  - {id: fear, label: Fear, definition: "", short_definition: Afraid, status: agreed}'
    book = parse_yaml(text, "x")
    import_entries(quick, book.entries, "x", given=book.given, parent="social-work")
    assert read_codebook(quick).by_id["fear"] == replace(
        filled, definition="", short_definition="Afraid", status="agreed"
    )


def test_a_starter_imported_again_changes_nothing(quick: Study) -> None:
    book = read_book(find_codebook("tfa"))
    import_entries(quick, book.entries, "tfa", given=book.given)
    import_entries(
        quick,
        [replace(book.entries[0], atypical_example="Odd", stakeholders=("Parent",), status="candidate")],
        "ours",
    )
    events = len(read_log(quick))
    done = import_entries(quick, book.entries, "tfa", given=book.given)
    assert (done.added, done.updated, len(done.unchanged)) == ([], [], 28)
    assert len(read_log(quick)) == events


def test_the_plan_tells_what_an_import_then_does(small: Study) -> None:
    code_as_they_are(small, "P07_b", [(place(small, "P07_b", "feart"), "judged")])
    code_as_they_are(small.by("CD"), "P07_b", [(place(small, "P07_b", "feart"), "judged")])
    code_as_they_are(small.by("CD"), "P07_b", [(place(small, "P07_b", "pal"), "forms")])
    entries = [
        TRUST,
        replace(FEAR, parent_id="trust", label="Dread", definition="New."),
        CodeEntry("new", "trust", "code", "New"),
    ]
    before = order(small)
    plan = plan_import(small, entries, missing="retire")
    assert kinds(plan) == [
        ("retired", "social-work"),
        ("retired", "judged"),
        ("renamed", "fear"),
        ("moved", "fear"),
        ("redefined", "fear"),
        ("added", "new"),
        ("retired", "trial"),
        ("retired", "forms"),
    ]
    assert [(one.entry.id, one.codings, one.fate) for one in plan.missing] == [
        ("social-work", 0, "retired"),
        ("judged", 1, "retired"),
        ("trial", 0, "retired"),
        ("forms", 0, "retired"),
    ]
    assert order(small) == before
    done = import_entries(small, entries, "test", missing="retire")
    assert done == plan.result
    assert (done.added, done.updated, done.unchanged) == (["new"], ["fear"], ["trust"])
    assert (done.retired, done.deleted) == (["social-work", "judged", "trial", "forms"], [])
    assert order(small) == ["trust", "fear", "new"]
    undo(small)
    assert order(small) == before
    redo(small)
    assert order(small) == ["trust", "fear", "new"]
    assert chain_faults(small) == []


def test_only_what_was_never_used_is_deleted(small: Study) -> None:
    add_memo(small, "On it.", on_code("judged"))
    keyed = [replace(FORMS, key="o"), replace(JUDGED, key="j"), replace(FEAR, also_in=("trial",))]
    import_entries(small, keyed, "keys")
    plan = plan_import(small, [TRUST, replace(FEAR, parent_id="trust", key="o")], missing="retire")
    assert [(one.entry.id, one.fate) for one in plan.missing] == [
        ("social-work", "retired"),
        ("judged", "retired"),
        ("trial", "retired"),
        ("forms", "deleted"),
    ]
    import_entries(small, [TRUST, replace(FEAR, parent_id="trust", key="o")], "test", missing="retire")
    book = read_codebook(small)
    assert "forms" not in book.by_id
    assert (book.by_id["judged"].status, book.by_id["judged"].key) == ("retired", None)
    assert (book.by_id["fear"].key, book.by_id["fear"].also_in) == ("o", ())
    undo(small)
    assert read_codebook(small).by_id["forms"].key == "o"
    assert read_codebook(small).by_id["fear"].also_in == ("trial",)


def test_what_was_released_is_retired_and_comes_back_as_restored(quick: Study) -> None:
    release(quick, "First", "AB, CD")
    import_entries(quick, ENTRIES[:4], "test", missing="retire")
    assert order(quick) == ["trust", "social-work", "fear", "judged"]
    assert read_codebook(quick).by_id["forms"].status == "retired"
    import_entries(quick, [replace(FORMS, status="merged", merged_into="fear")], "test")
    told = plan_import(quick, [TRIAL, FORMS], given={"trial": {"status"}, "forms": {"status"}})
    assert kinds(told) == [("restored", "trial"), ("restored", "forms")]
    assert kinds(plan_import(quick, [TRIAL, FORMS])) == []
    import_entries(quick, [TRIAL, FORMS], "test", given={"trial": {"status"}, "forms": {"status"}})
    assert read_codebook(quick).by_id["forms"] == FORMS


def test_only_what_stands_below_the_parent_is_retired(quick: Study) -> None:
    plan = plan_import(quick, [replace(FEAR, parent_id=None)], missing="retire", parent="social-work")
    assert [(one.entry.id, one.fate) for one in plan.missing] == [("judged", "deleted")]
    with pytest.raises(BadInput, match="keep or retire"):
        plan_import(quick, [FEAR], missing="delete")


def test_constructs_can_be_had_as_tags_only(study: Study) -> None:
    tfa = read_book(find_codebook("tfa"))
    assert known_frameworks()["tfa"] == "tfa" and known_frameworks()["cfir"] == "cfir_2022"
    assert mount_tags(study, tfa) == 28
    tags = list_tags(study)
    assert [tag.id for tag in tags[:2]] == ["tfa:affective-attitude", "tfa:affective-attitude-before"]
    assert tags[0].label == "Affective attitude" and tags[0].definition
    assert len(read_codebook(study)) == 0
    events = len(read_log(study))
    assert mount_tags(study, tfa) == 28
    assert len(read_log(study)) == events
    import_entries(study, [CodeEntry("a", None, "code", "A", tags=(tags[2].id,))], "test")
    renamed = replace(tfa.entries[0], label="Feeling")
    assert mount_tags(study, BookFile("tfa", [renamed], framework="tfa")) == 2
    assert [(tag.id, tag.label) for tag in list_tags(study)] == [
        ("tfa:affective-attitude", "Feeling"),
        (tags[2].id, tags[2].label),
    ]
    undo(study)
    assert list_tags(study) == tags


def test_what_is_no_framework_has_no_tags(quick: Study) -> None:
    with pytest.raises(Refused, match="is no framework"):
        mount_tags(quick, BookFile("ours", ENTRIES))
    twice = [CodeEntry("tfa-a", None, "code", "A"), CodeEntry("a", None, "code", "B")]
    with pytest.raises(BadInput, match="make the tag 'tfa:a'"):
        mount_tags(quick, BookFile("x", twice, framework="tfa"))


def test_two_thousand_codes_are_imported_at_once(quick: Study) -> None:
    import_entries(quick, [CodeEntry(f"c{n}", None, "code", f"C{n}") for n in range(2000)], "many")
    with quick.read() as db:
        assert db.execute(sa.select(sa.func.count()).select_from(table_of(Code))).scalar_one() == 2006


def test_a_file_does_not_merge_codes_whose_codings_it_would_leave(sqlite_study: Study) -> None:
    import_entries(sqlite_study, ENTRIES, "test")
    merged = replace(ENTRIES[2], status="merged", merged_into="judged")
    with pytest.raises(Refused, match="The file says that 'Fear' is merged into 'judged'"):
        import_entries(sqlite_study, [*ENTRIES[:2], merged, *ENTRIES[3:]], "test")
    assert read_codebook(sqlite_study).by_id["fear"].in_use
