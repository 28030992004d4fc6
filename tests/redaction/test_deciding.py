"""Decisions on entities and places: styles, exceptions, splits, joins, queues, and taking all of it back."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from qualbench.errors import BadInput, NotFound, Refused
from qualbench.redaction import deciding
from qualbench.redaction.deciding import confirm, decide, decide_rest, except_mention, ignore
from qualbench.redaction.entities import (
    ACCEPTED,
    DECIDED,
    DETAILS,
    NAMES,
    PENDING,
    REJECTED,
    SECOND,
    EntityRead,
    MentionRead,
    find_entity,
    in_queue,
    list_entities,
)
from qualbench.redaction.known import forget_names, keep_names, kept_names, known_names
from qualbench.redaction.marking import add_mention, resize_mention
from qualbench.redaction.pseudonyms import read_style, set_style
from qualbench.redaction.sealing import seal
from qualbench.redaction.suggesting import suggest_in_sources
from qualbench.study.database import Study
from qualbench.study.journal import redo, undo
from qualbench.study.secret import private_file
from qualbench.study.settings import add_coder
from qualbench.study.tables import Row
from qualbench.text.spans import Span
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.sources import read_source
from tests.builders import place

TEXTS = {
    "one": "I: Who came?\n\nP07: It was Zebedina, from Quillmore Nursery.\n\nI: Oh?\n\n"
    "P07: Zebedina it was, and Torquil.",
    "two": "I: And then?\n\nP08: I met Zebedina again.\n\nI: Why?\n\nP08: The wean has cystic fibrosis.",
}
NAMED = {"Zebedina": "person", "Torquil": "person", "Quillmore Nursery": "organisation"}


@pytest.fixture
def named(study: Study, tmp_path: Path) -> Study:
    """Two sources looked through, on each kind of database."""
    return look_through(study, tmp_path)


@pytest.fixture
def sqlite_named(sqlite_study: Study, tmp_path: Path) -> Study:
    """The same on SQLite."""
    return look_through(sqlite_study, tmp_path)


def look_through(study: Study, folder: Path) -> Study:
    bring_in(study, folder, **TEXTS)
    suggest_in_sources(study, NAMED)
    return study


def bring_in(study: Study, folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    report = import_files(study, [folder / f"{name}.txt" for name in texts])
    assert (len(report.imported), report.faults) == (len(texts), [])


def entity(study: Study, form: str) -> EntityRead:
    """The only entity with a form."""
    (one,) = [e for e in list_entities(study) if form in e.texts]
    return one


def mention(study: Study, form: str, source: str) -> MentionRead:
    return next(m for m in entity(study, form).mentions if (m.source, m.text) == (source, form))


def tables(study: Study) -> dict[str, list[str]]:
    """All rows of a study but for its journal."""
    with study.read() as db:
        return {
            name: sorted(map(repr, db.execute(sa.select(table))))
            for name, table in Row.metadata.tables.items()
            if name not in ("event", "hidden_change")
        }


def reject_rest(study: Study) -> None:
    decide_rest(study, [e.id for e in list_entities(study)], REJECTED)


def test_a_pseudonym_is_made_of_a_term_or_a_kind_or_written_whole(named: Study) -> None:
    worker, pal, nursery = (entity(named, form).id for form in NAMED)
    assert decide(named, worker, ACCEPTED, term="Mother") == "[Mother 1]"
    assert decide(named, pal, ACCEPTED, term="Mother") == "[Mother 2]"
    assert decide(named, nursery, ACCEPTED, kind="place") == "[Place 1]"
    assert (entity(named, "Quillmore Nursery").kind, entity(named, "Zebedina").kind) == ("place", "person")
    assert decide(named, worker, ACCEPTED) == "[Mother 1]"
    for one in (pal, nursery):
        assert decide(named, one, ACCEPTED, pseudonym=" [a town nearby] ") == "[a town nearby]"
    assert decide(named, pal, ACCEPTED, pseudonym="his uncle") == "[his uncle]"
    before = tables(named)
    for taken in ("[Mother 1]", "Mother 1"):
        with pytest.raises(Refused, match="Join them"):
            decide(named, pal, ACCEPTED, pseudonym=taken)
    assert tables(named) == before
    assert decide(named, pal, REJECTED) is None
    assert (entity(named, "Torquil").decision, entity(named, "Torquil").pseudonym) == (REJECTED, None)


def test_what_cannot_be_a_pseudonym_or_a_kind_changes_nothing(sqlite_named: Study) -> None:
    worker = entity(sqlite_named, "Zebedina").id
    before = tables(sqlite_named)
    for wrong in ("", " ", "[]", "[ ]", "a\nb", "a\rb", "[a] b", "a [b", "P07: she", "x" * 61):
        with pytest.raises(BadInput, match="cannot be a pseudonym"):
            decide(sqlite_named, worker, ACCEPTED, pseudonym=wrong)
    with pytest.raises(BadInput, match="'song' is not a kind"):
        decide(sqlite_named, worker, ACCEPTED, kind="song")
    for nobody in (
        lambda: decide(sqlite_named, "nobody", ACCEPTED),
        lambda: decide_rest(sqlite_named, [worker, "nobody"], ACCEPTED),
        lambda: except_mention(sqlite_named, "nowhere", REJECTED),
        lambda: confirm(sqlite_named, "nobody"),
        lambda: find_entity(sqlite_named, "Nobody"),
    ):
        with pytest.raises(NotFound):
            nobody()
    assert tables(sqlite_named) == before
    assert decide(sqlite_named, worker, ACCEPTED, pseudonym="x" * 60) == f"[{'x' * 60}]"


def test_invented_names_are_nobodys_in_the_study(named: Study, tmp_path: Path) -> None:
    bring_in(named, tmp_path, three="I: Who?\n\nP07: Ailsa it was, and alban.\n\nI: Oh.")
    ignore(named, ["Aneurin"])
    set_style(named, "names")
    assert read_style(named) == "names"
    first, second = (decide(named, entity(named, form).id, ACCEPTED) for form in ("Zebedina", "Torquil"))
    assert (first, second) == ("[Anselm]", "[Beathag]")
    assert decide(named, entity(named, "Torquil").id, ACCEPTED, term="Uncle") == "[Uncle 1]"
    assert decide(named, entity(named, "Quillmore Nursery").id, ACCEPTED) == "[Organisation 1]"


def test_general_terms_have_their_article(sqlite_named: Study) -> None:
    set_style(sqlite_named, "general")
    nursery = entity(sqlite_named, "Quillmore Nursery").id
    assert decide(sqlite_named, nursery, ACCEPTED) == "[an organisation]"
    assert decide(sqlite_named, nursery, ACCEPTED, term="Nursery") == "[a nursery]"
    assert decide(sqlite_named, nursery, ACCEPTED, term="NHS number") == "[an NHS number]"
    assert decide(sqlite_named, entity(sqlite_named, "Torquil").id, ACCEPTED, term="Nursery") == "[a nursery]"
    with pytest.raises(BadInput, match="not a style"):
        set_style(sqlite_named, "colourful")
    assert read_style(sqlite_named) == "general"


def test_a_place_decided_by_itself_stays_and_the_others_are_replaced(named: Study) -> None:
    with pytest.raises(Refused, match="only where its entity is"):
        except_mention(named, mention(named, "Zebedina", "two").id, ACCEPTED)
    decide(named, entity(named, "Zebedina").id, ACCEPTED)
    reject_rest(named)
    stays = mention(named, "Zebedina", "one")
    except_mention(named, stays.id, REJECTED)
    except_mention(named, mention(named, "Zebedina", "two").id, REJECTED)
    except_mention(named, mention(named, "Zebedina", "two").id, None)
    shown = [(m.source, m.decision, m.exception) for m in entity(named, "Zebedina").mentions]
    assert shown == [("one", REJECTED, True), ("one", ACCEPTED, False), ("two", ACCEPTED, False)]
    sealed = entity(named, "Zebedina").mentions[1].id
    seal(named, ["one", "two"])
    assert read_source(named, "one").text == (
        "I: Who came?\n\nP07: It was Zebedina, from Quillmore Nursery.\n\nI: Oh?\n\n"
        "P07: [Person 1] it was, and Torquil."
    )
    assert "I met [Person 1] again." in read_source(named, "two").text
    for change_it in (
        lambda: except_mention(named, sealed, None),
        lambda: resize_mention(named, sealed, Span(0, 1)),
        lambda: deciding.split_entity(named, [sealed]),
    ):
        with pytest.raises(Refused, match="sealed"):
            change_it()


def test_a_place_accepted_by_itself_is_replaced_even_if_the_rest_is_rejected_later(
    sqlite_named: Study,
) -> None:
    worker = entity(sqlite_named, "Zebedina").id
    decide(sqlite_named, worker, ACCEPTED, term="Worker")
    except_mention(sqlite_named, mention(sqlite_named, "Zebedina", "two").id, ACCEPTED)
    decide(sqlite_named, worker, REJECTED)
    reject_rest(sqlite_named)
    seal(sqlite_named, ["one", "two"])
    assert "I met [Worker 1] again." in read_source(sqlite_named, "two").text
    assert "It was Zebedina," in read_source(sqlite_named, "one").text


def test_what_is_split_off_waits_and_takes_the_forms_that_only_it_has(named: Study, tmp_path: Path) -> None:
    worker = entity(named, "Zebedina").id
    decide(named, worker, ACCEPTED, term="Worker")
    assert deciding.join_entities(named, entity(named, "Torquil").id, worker) == "[Worker 1]"
    assert sorted(entity(named, "Zebedina").texts) == ["Torquil", "Zebedina"]
    assert {m.decision for m in entity(named, "Torquil").mentions} == {ACCEPTED}

    pal = deciding.split_entity(named, [mention(named, "Torquil", "one").id])
    assert (entity(named, "Torquil").id, entity(named, "Torquil").decision) == (pal, PENDING)
    assert entity(named, "Torquil").kind == "person"
    namesake = deciding.split_entity(named, [mention(named, "Zebedina", "two").id])
    assert {e.id for e in list_entities(named) if "Zebedina" in e.texts} == {worker, namesake}

    bring_in(named, tmp_path, three="I: Who?\n\nP07: TORQUIL came, and ZEBEDINA, aye.\n\nI: Oh.")
    suggest_in_sources(named)
    owners = {m.text: e.id for e in list_entities(named) for m in e.mentions if m.source == "three"}
    assert owners == {"TORQUIL": pal, "ZEBEDINA": worker}


def test_only_some_mentions_of_one_entity_can_be_split_off(sqlite_named: Study) -> None:
    before = tables(sqlite_named)
    all_of_one = [m.id for m in entity(sqlite_named, "Zebedina").mentions]
    pal = mention(sqlite_named, "Torquil", "one").id
    for wrong, match in (
        (all_of_one, "all the mentions"),
        ([all_of_one[0], pal], "one entity only"),
        ([], "one entity only"),
    ):
        with pytest.raises(Refused, match=match):
            deciding.split_entity(sqlite_named, wrong)
    with pytest.raises(NotFound):
        deciding.split_entity(sqlite_named, ["nowhere"])
    assert tables(sqlite_named) == before


def test_deciding_on_the_rest_leaves_what_is_decided_and_is_one_step(named: Study) -> None:
    decide(named, entity(named, "Torquil").id, REJECTED)
    before = tables(named)
    everything = [e.id for e in list_entities(named)]
    assert decide_rest(named, everything, ACCEPTED) == len(everything) - 1
    shown = {e.texts[0]: (e.decision, e.pseudonym) for e in list_entities(named)}
    assert shown["Torquil"] == (REJECTED, None)
    assert shown["Zebedina"] == (ACCEPTED, "[Person 1]")
    assert shown["Quillmore Nursery"] == (ACCEPTED, "[Organisation 1]")
    assert len({pseudonym for _, pseudonym in shown.values()}) == len(shown)
    assert decide_rest(named, everything, REJECTED) == 0
    undo(named)
    assert tables(named) == before


def test_queues_hold_what_is_left_to_do_and_a_second_reader_is_somebody_else(sqlite_named: Study) -> None:
    add_coder(sqlite_named, "CD")
    second = sqlite_named.by("CD")

    def queued(queue: str, reader: str | None = None) -> set[str]:
        return {e.texts[0] for e in in_queue(list_entities(sqlite_named), queue, reader)}

    assert (queued(NAMES), queued(DETAILS)) == (set(NAMED), {"cystic fibrosis"})
    assert (queued(SECOND), queued(DECIDED)) == (set(), set())
    worker, detail = entity(sqlite_named, "Zebedina").id, entity(sqlite_named, "cystic fibrosis").id
    decide(sqlite_named, worker, ACCEPTED)
    decide(sqlite_named, detail, REJECTED)
    assert (queued(NAMES), queued(DETAILS)) == ({"Torquil", "Quillmore Nursery"}, set())
    assert queued(DECIDED) == {"Zebedina", "cystic fibrosis"}
    assert (queued(SECOND), queued(SECOND, "CD")) == ({"cystic fibrosis"},) * 2
    assert queued(SECOND, "AB") == set()
    except_mention(sqlite_named, mention(sqlite_named, "Zebedina", "two").id, REJECTED)
    assert queued(SECOND, "CD") == {"Zebedina", "cystic fibrosis"}

    with pytest.raises(Refused, match="somebody else"):
        confirm(sqlite_named, detail)
    confirm(second, detail)
    assert entity(sqlite_named, "cystic fibrosis").confirmed_by == "CD"
    assert queued(SECOND, "CD") == {"Zebedina"}
    decide(second, detail, REJECTED)
    assert entity(sqlite_named, "cystic fibrosis").confirmed_by is None
    assert (queued(SECOND, "CD"), queued(SECOND, "AB")) == ({"Zebedina"}, {"cystic fibrosis"})


def test_every_decision_is_undone_and_made_again_row_by_row(named: Study) -> None:
    forms = {form: entity(named, form).id for form in (*NAMED, "cystic fibrosis")}
    worker, pal, nursery, detail = forms.values()
    (place_in_two,) = [m.id for m in entity(named, "Zebedina").mentions if m.source == "two"]
    end = place(named, "one", "and Torquil")
    steps: list[Callable[[], object]] = [
        lambda: decide(named, worker, ACCEPTED, term="Worker"),
        lambda: decide(named, pal, ACCEPTED, kind="name", pseudonym="[a friend]"),
        lambda: except_mention(named, place_in_two, REJECTED),
        lambda: except_mention(named, place_in_two, None),
        lambda: deciding.join_entities(named, pal, worker),
        lambda: deciding.split_entity(named, [place_in_two]),
        lambda: decide(named, detail, REJECTED),
        lambda: decide_rest(named, [e.id for e in list_entities(named)], ACCEPTED),
        lambda: decide(named, nursery, REJECTED),
        lambda: resize_mention(named, mention(named, "Torquil", "one").id, end),
        lambda: add_mention(named, "two", place(named, "two", "again"), kind="date"),
        lambda: ignore(named, ["Aye", "the wean"]),
        lambda: set_style(named, "general"),
    ]
    states = [tables(named)]
    for step in steps:
        step()
        states.append(tables(named))
    assert all(a != b for a, b in pairwise(states))
    for state in states[-2::-1]:
        undo(named)
        assert tables(named) == state
    for state in states[1:]:
        redo(named)
        assert tables(named) == state


def test_a_confirmation_is_undone_by_who_gave_it(sqlite_named: Study) -> None:
    add_coder(sqlite_named, "CD")
    second = sqlite_named.by("CD")
    decide(sqlite_named, entity(sqlite_named, "Torquil").id, REJECTED)
    before = tables(sqlite_named)
    confirm(second, entity(sqlite_named, "Torquil").id)
    after = tables(sqlite_named)
    undo(second)
    assert tables(sqlite_named) == before
    redo(second)
    assert tables(sqlite_named) == after != before


def test_what_is_to_be_ignored_is_rejected_when_it_is_suggested(named: Study, tmp_path: Path) -> None:
    decide(named, entity(named, "Torquil").id, ACCEPTED)
    assert ignore(named, ["Fossgate", "fossgate", " ", "Zebedina", "Torquil"]) == 2
    assert ignore(named, ["FOSSGATE", "zebedina"]) == 0
    shown = (entity(named, "Zebedina").decision, entity(named, "Torquil").decision)
    assert shown == (REJECTED, ACCEPTED)
    bring_in(named, tmp_path, three="I: Who?\n\nP07: It was in Fossgate with Wilhelmina.\n\nI: Oh.")
    suggest_in_sources(named, {"Fossgate": "place"})
    assert entity(named, "Fossgate").decision == REJECTED
    assert entity(named, "Wilhelmina").decision == PENDING


def test_known_names_are_found_in_any_case_and_kept_outside_the_study(
    sqlite_study: Study, tmp_path: Path
) -> None:
    bring_in(sqlite_study, tmp_path, one="I: Who?\n\nP07: TORQUIL came, then torquil went.\n\nI: Oh.")
    assert keep_names(sqlite_study, {"Torquil": "person", "Wilhelmina Fossgate": "person", " ": "name"}) == 2
    assert keep_names(sqlite_study, {"TORQUIL": "person"}) == 0
    file = private_file(sqlite_study, "names", ".json")
    assert file.stat().st_mode & 0o777 == 0o600
    assert sqlite_study.folder not in file.parents

    def held() -> set[Path]:
        files = [path for path in sqlite_study.folder.rglob("*") if path.is_file()]
        encoded = [n.encode(e) for n in ("fossgate", "Fossgate") for e in ("utf-8", "utf-16-le")]
        return {path for path in files for name in encoded if name in path.read_bytes()}

    assert held() == set()
    suggest_in_sources(sqlite_study)
    assert held() == set()
    found = {m.text: m.detector for e in list_entities(sqlite_study) for m in e.mentions}
    assert found == {"TORQUIL": "names", "torquil": "names"}
    assert known_names(sqlite_study)["Glasgow"] == "place"
    assert forget_names(sqlite_study, ["wilhelmina  FOSSGATE", "nobody"]) == 1
    assert kept_names(sqlite_study) == {"Torquil": "person"}
    for damaged in ("[", json.dumps(["Torquil"]), "\xff"):
        file.write_bytes(damaged.encode("latin-1"))
        with pytest.raises(BadInput, match="known names cannot be read"):
            keep_names(sqlite_study, {"Bob": "person"})
        assert file.read_bytes() == damaged.encode("latin-1")


def test_a_name_accepted_in_one_source_is_suggested_in_a_later_one_small_or_misspelt(
    named: Study, tmp_path: Path
) -> None:
    decide(named, entity(named, "Zebedina").id, ACCEPTED, term="Worker")
    reject_rest(named)
    seal(named, ["one", "two"])
    later = "I: Who?\n\nP07: It was zebedina, and after that zebedena came.\n\nI: Oh."
    bring_in(named, tmp_path, three=later)
    suggest_in_sources(named)
    shown = {e.texts[0]: (e.decision, e.pseudonym) for e in list_entities(named) if "three" in sources_of(e)}
    assert shown == {"zebedina": (ACCEPTED, "[Worker 1]"), "zebedena": (PENDING, None)}
    assert entity(named, "zebedena").mentions[0].reason == "like what was redacted elsewhere, misspelt"


def sources_of(one: EntityRead) -> set[str]:
    return {m.source for m in one.mentions}
