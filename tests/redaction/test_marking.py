"""Marking by hand: everywhere, over what was suggested, and in a source that is sealed and coded already."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualbench.codebook.importing import import_entries
from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.exchange.gates import gate
from qualbench.redaction.deciding import decide, except_mention
from qualbench.redaction.entities import ACCEPTED, PENDING, REJECTED, insert_mentions, list_entities
from qualbench.redaction.marking import add_mention, resize_mention
from qualbench.redaction.records import new_entity
from qualbench.redaction.sealing import seal
from qualbench.redaction.suggesting import suggest_in_sources
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from qualbench.study.journal import change
from qualbench.study.tables import Entity, Source, new_id, table_of
from qualbench.text.spans import Span, overlaps
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.sources import read_source
from tests.builders import ENTRIES, code_as_they_are, place

ONE = (
    "I: Where was it?\n\nP07: By the Brae, ken, at Braeside. The hill's steep.\n\n"
    "I: Oh?\n\nP07: O’Fosse said so. Brae, aye."
)
TWO = "I: And you?\n\nP08: I know the Brae's folk, and O'Fosse.\n\nI: Good?\n\nP08: Naw."
PSEUDONYMS = ("[X]", "[Person 1]", "[a town nearby]", "[Organisation 12]")


@pytest.fixture
def pair(study: Study, tmp_path: Path) -> Study:
    """Two sources that count as looked through, with nothing suggested, and a codebook."""
    return bring_in(study, tmp_path, one=ONE, two=TWO)


@pytest.fixture
def sqlite_pair(sqlite_study: Study, tmp_path: Path) -> Study:
    """The same on SQLite."""
    return bring_in(sqlite_study, tmp_path, one=ONE, two=TWO)


def bring_in(study: Study, folder: Path, **texts: str) -> Study:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    report = import_files(study, [folder / f"{name}.txt" for name in texts], duplicates="keep")
    assert (len(report.imported), report.faults) == (len(texts), [])
    import_entries(study, ENTRIES, "test")
    for name in texts:
        with change(study, "suggest", "Looked through") as changed:
            changed.update(Source, [{"id": read_source(study, name).summary.id, "state": "suggested"}])
    return study


def state(study: Study, name: str) -> str:
    return read_source(study, name).summary.state


def test_a_passage_is_marked_wherever_its_words_stand_whole(pair: Study) -> None:
    added = add_mention(pair, "one", place(pair, "one", " Brae"), kind="place", term="Hill")
    assert (added.pseudonym, added.places) == ("[Hill 1]", 3)
    assert add_mention(pair, "two", place(pair, "two", "O'Fosse")).places == 2
    (hill,) = [e for e in list_entities(pair) if e.id == added.entity_id]
    assert (hill.kind, hill.decision, hill.decided_by) == ("place", ACCEPTED, "AB")
    seal(pair, ["one", "two"])
    assert read_source(pair, "one").text == (
        "I: Where was it?\n\nP07: By the [Hill 1], ken, at Braeside. The hill's steep.\n\n"
        "I: Oh?\n\nP07: [Person 1] said so. [Hill 1], aye."
    )
    assert "I know the [Hill 1]'s folk, and [Person 1]." in read_source(pair, "two").text


def test_a_part_of_a_word_is_marked_there_alone(sqlite_pair: Study) -> None:
    assert add_mention(sqlite_pair, "one", place(sqlite_pair, "one", "side")).places == 1
    seal(sqlite_pair, ["one"])
    assert "at Brae[Person 1]." in read_source(sqlite_pair, "one").text


def test_a_marked_passage_takes_over_what_was_suggested_inside_it_and_no_more(
    study: Study, tmp_path: Path
) -> None:
    bring_in(study, tmp_path, one="I: Where?\n\nP07: At the Quillmore baths, by Fossgate.\n\nI: Oh.")
    suggest_in_sources(study, {"Quillmore": "place", "by Fossgate": "place"})
    assert {e.texts[0]: e.decision for e in list_entities(study)} == {
        "Quillmore": PENDING,
        "by Fossgate": PENDING,
    }
    for refused in ("baths, by", "Fossgate"):
        with pytest.raises(Refused, match="Another redaction stands there"):
            add_mention(study, "one", place(study, "one", refused))
    assert len(list_entities(study)) == 2
    added = add_mention(study, "one", place(study, "one", "Quillmore baths"), pseudonym="[the baths]")
    assert (added.pseudonym, added.places) == ("[the baths]", 1)
    assert {e.texts[0] for e in list_entities(study)} == {"Quillmore baths", "by Fossgate"}


def test_only_a_passage_with_words_in_it_can_be_marked(sqlite_pair: Study) -> None:
    length = len(read_source(sqlite_pair, "one").text)
    gap = place(sqlite_pair, "one", "\n\n")
    for span in (Span(3, 3), Span(5, 2), Span(-4, 3), Span(length - 2, length + 1), gap):
        with pytest.raises(Refused, match="is not a passage"):
            add_mention(sqlite_pair, "one", span)
    with pytest.raises(NotFound):
        add_mention(sqlite_pair, "nine", Span(0, 1))
    with pytest.raises(NotFound):
        add_mention(sqlite_pair, "one", Span(0, 1), entity_id="nobody")
    assert list_entities(sqlite_pair) == []


def test_a_longer_passage_of_the_same_entity_takes_over_the_shorter_one(sqlite_pair: Study) -> None:
    first = add_mention(sqlite_pair, "one", place(sqlite_pair, "one", "Brae"), term="Hill")
    add_mention(sqlite_pair, "one", place(sqlite_pair, "one", "the Brae"), entity_id=first.entity_id)
    seal(sqlite_pair, ["one"])
    assert "By [Hill 1], ken" in read_source(sqlite_pair, "one").text


def test_a_place_that_was_let_stand_and_is_marked_after_all_is_replaced(sqlite_pair: Study) -> None:
    added = add_mention(sqlite_pair, "one", place(sqlite_pair, "one", "Brae"), term="Hill")
    (hill,) = list_entities(sqlite_pair)
    except_mention(sqlite_pair, hill.mentions[0].id, REJECTED)
    again = add_mention(sqlite_pair, "one", place(sqlite_pair, "one", "Brae"))
    assert again.pseudonym == added.pseudonym
    seal(sqlite_pair, ["one"])
    assert "By the [Hill 1], ken" in read_source(sqlite_pair, "one").text


def test_the_ends_of_a_mention_can_be_moved(pair: Study) -> None:
    add_mention(pair, "one", place(pair, "one", "Braeside"), term="Hill")
    added = add_mention(pair, "one", place(pair, "one", "steep"), kind="name")
    (one,) = [e.mentions[0].id for e in list_entities(pair) if e.id == added.entity_id]
    for wrong, match in (
        ("Braeside. The hill's steep", "Another redaction"),
        ("\n\n", "must hold some text"),
    ):
        with pytest.raises(Refused, match=match):
            resize_mention(pair, one, place(pair, "one", wrong))
    with pytest.raises(Refused, match="must hold some text"):
        resize_mention(pair, one, Span(4, 4))
    with pytest.raises(NotFound):
        resize_mention(pair, "nowhere", Span(0, 1))
    resize_mention(pair, one, place(pair, "one", "The hill's steep"))
    seal(pair, ["one"])
    assert "at [Hill 1]. [Name 1].\n\n" in read_source(pair, "one").text


def test_a_speaker_label_that_is_replaced_with_words_after_it_leaves_no_name_behind(
    sqlite_study: Study, tmp_path: Path
) -> None:
    text = "Torquil: Hello you.\n\nP07: Aye.\n\nTorquil: Hello again."
    bring_in(sqlite_study, tmp_path, one=text)
    for words in ("Torquil: Hello", "Torquil"):
        with suppress(Refused):
            add_mention(sqlite_study, "one", place(sqlite_study, "one", words))
    seal(sqlite_study, ["one"])
    assert "Torquil" not in read_source(sqlite_study, "one").text
    assert "Torquil" not in {turn.speaker for turn in read_source(sqlite_study, "one").turns}
    files = [path for path in sqlite_study.folder.rglob("*") if path.is_file()]
    assert not [path.name for path in files if b"Torquil" in path.read_bytes()]


def test_what_is_found_late_reopens_a_sealed_and_coded_source_until_it_is_sealed_again(
    pair: Study, tmp_path: Path
) -> None:
    add_mention(pair, "one", place(pair, "one", "O’Fosse"), term="Worker")
    seal(pair, ["one", "two"])
    add_coding(pair, "one", place(pair, "one", "By the Brae, ken"), "fear")
    add_coding(pair, "one", place(pair, "one", "raeside. The"), "judged")
    add_coding(pair, "one", place(pair, "one", "[Worker 1] said so"), "forms")
    add_coding(pair, "two", place(pair, "two", "the Brae's folk"), "fear")
    with gate(pair, tmp_path / "early.txt") as draft:
        draft.write_text("x")

    assert add_mention(pair, "one", place(pair, "one", "Brae"), term="Hill").places == 3
    add_mention(pair, "one", place(pair, "one", "Braeside"), term="House")
    assert (state(pair, "one"), state(pair, "two")) == ("suggested", "suggested")
    with pytest.raises(Refused, match="Not sealed yet: one, two"), gate(pair, tmp_path / "out.txt"):
        pass
    assert not (tmp_path / "out.txt").exists()
    with pytest.raises(Refused, match="Another redaction"):
        add_mention(pair, "one", place(pair, "one", "[Worker 1]"))

    seal(pair, ["one", "two"])
    assert [(c.source, c.code, c.quote) for c in list_codings(pair)] == [
        ("one", "fear", "By the [Hill 1], ken"),
        ("one", "judged", "[House 1]. The"),
        ("one", "forms", "[Worker 1] said so"),
        ("two", "fear", "the [Hill 1]'s folk"),
    ]
    assert check_study(pair) == []
    with gate(pair, tmp_path / "out.txt") as draft:
        draft.write_text("x")
    assert (tmp_path / "out.txt").read_text() == "x"


def test_a_rejected_late_find_is_sealed_again_without_a_change(sqlite_pair: Study) -> None:
    seal(sqlite_pair, ["one"])
    before = read_source(sqlite_pair, "one").text
    added = add_mention(sqlite_pair, "one", place(sqlite_pair, "one", "Braeside"))
    assert state(sqlite_pair, "one") == "suggested"
    decide(sqlite_pair, added.entity_id, REJECTED)
    seal(sqlite_pair, ["one"])
    assert (state(sqlite_pair, "one"), read_source(sqlite_pair, "one").text) == ("sealed", before)


def test_codings_that_come_to_cover_the_same_pseudonym_do_not_keep_it_from_being_sealed(pair: Study) -> None:
    overlapping = [place(pair, "one", words) for words in ("raeside", "aeside", "Braesi")]
    code_as_they_are(pair, "one", [(span, "fear") for span in overlapping])
    add_mention(pair, "one", place(pair, "one", "Braeside"), term="House")
    seal(pair, ["one"])
    assert {(c.code, c.quote) for c in list_codings(pair)} == {("fear", "[House 1]")}
    assert check_study(pair) == []


@pytest.mark.parametrize("pseudonym", ["[xxxxxx]", "[xx]"])
def test_codings_that_move_to_where_others_of_the_code_stood_are_all_kept(
    sqlite_pair: Study, pseudonym: str
) -> None:
    add_mention(sqlite_pair, "one", place(sqlite_pair, "one", "was it"), pseudonym=pseudonym)
    after = place(sqlite_pair, "one", "steep").start
    text = read_source(sqlite_pair, "one").text
    spans = [Span(after + n, after + n + 5) for n in (4, 0, 2, 6)]
    code_as_they_are(sqlite_pair, "one", [(span, "fear") for span in spans])
    seal(sqlite_pair, ["one"])
    assert [c.quote for c in list_codings(sqlite_pair)] == [text[a:b] for a, b in sorted(spans)]


PIECES = st.lists(
    st.sampled_from(["Torquil", "aye", " ", "É", "🙂", ", ", "Zebedina", "\n\nP07: ", "x", "[X]"]),
    min_size=6,
    max_size=30,
).map(lambda pieces: "I: Who?\n\nP07: " + "".join(pieces) + "z.\n\nI: Oh.")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=PIECES, data=st.data())
def test_codings_keep_their_words_whatever_is_found_late(
    sqlite_study: Study, tmp_path: Path, text: str, data: st.DataObject
) -> None:
    name = f"s{new_id()}"
    bring_in(sqlite_study, tmp_path, **{name: text})
    text = read_source(sqlite_study, name).text
    seal(sqlite_study, [name])
    spans = data.draw(st.lists(spans_of(text), min_size=1, max_size=8, unique=True), label="codings")
    codes = [data.draw(st.sampled_from(["fear", "judged", "forms"])) for _ in spans]
    code_as_they_are(sqlite_study, name, zip(spans, codes, strict=True))
    names = apart(data.draw(st.lists(spans_of(text, 8), min_size=1, max_size=5), label="names"))
    pseudonyms = [data.draw(st.sampled_from(PSEUDONYMS)) for _ in names]
    find_late(sqlite_study, name, dict(zip(names, pseudonyms, strict=True)))

    seal(sqlite_study, [name])
    atoms = atoms_of(text, dict(zip(names, pseudonyms, strict=True)))
    expected = {
        (code, "".join(new for old, new in atoms if overlaps(old, span)))
        for span, code in zip(spans, codes, strict=True)
    }
    assert read_source(sqlite_study, name).text == "".join(new for _, new in atoms)
    assert {(c.code, c.quote) for c in list_codings(sqlite_study, source=name)} == expected


def spans_of(text: str, longest: int = 40) -> st.SearchStrategy[Span]:
    return st.tuples(st.integers(0, len(text) - 1), st.integers(1, longest)).map(
        lambda pair: Span(pair[0], min(len(text), sum(pair)))
    )


def apart(spans: list[Span]) -> list[Span]:
    """Those of some spans that overlap none before them."""
    kept: list[Span] = []
    for span in spans:
        if not any(overlaps(span, one) for one in kept):
            kept.append(span)
    return sorted(kept)


def find_late(study: Study, name: str, names: dict[Span, str]) -> None:
    """Accept places of a source, wherever they begin and end, each with a pseudonym."""
    with change(study, "redact", "Found late") as changed:
        table = table_of(Source)
        source_id = changed.db.execute(sa.select(table.c.id).where(table.c.name == name)).scalar_one()
        for span, pseudonym in names.items():
            row = new_entity(new_id(), "name") | {"decision": ACCEPTED, "pseudonym": pseudonym}
            changed.insert(Entity, [row])
            insert_mentions(changed, source_id, str(row["id"]), [span])
        changed.update(Source, [{"id": source_id, "state": "suggested"}])


def atoms_of(text: str, names: dict[Span, str]) -> list[tuple[Span, str]]:
    """A text in the pieces that stay whole, each with what it becomes."""
    pieces, position = [], 0
    while position < len(text):
        name = next((span for span in names if span.start == position), None)
        span = name or Span(position, position + 1)
        pieces.append((span, names[name] if name else text[position]))
        position = span.end
    return pieces


def test_a_label_and_its_colon_cannot_be_taken_in(sqlite_pair: Study) -> None:
    for words in ("I:", "I: Where", "P07: By"):
        with pytest.raises(Refused, match="a speaker label and its colon"):
            add_mention(sqlite_pair, "one", place(sqlite_pair, "one", words))
    assert list_entities(sqlite_pair) == []


def test_a_name_over_a_line_end_is_one_name(sqlite_study: Study, tmp_path: Path) -> None:
    bring_in(sqlite_study, tmp_path, one="I: Who?\n\nP07: Zebedina Brae came.\n\nI: Oh.")
    add_mention(sqlite_study, "one", place(sqlite_study, "one", "Zebedina Brae"), term="Worker")
    (tmp_path / "two.txt").write_text("I: And?\n\nP08: I saw Zebedina\nBrae there.\n\nI: Oh.")
    import_files(sqlite_study, [tmp_path / "two.txt"])
    suggest_in_sources(sqlite_study, sources=["two"])
    for one in list_entities(sqlite_study):
        if one.decision == PENDING:
            decide(sqlite_study, one.id, REJECTED)
    seal(sqlite_study, ["one", "two"])
    assert "I saw [Worker 1] there." in read_source(sqlite_study, "two").text


def test_what_no_export_could_pass_is_not_sealed(sqlite_study: Study, tmp_path: Path) -> None:
    bring_in(sqlite_study, tmp_path, one="I: Who?\n\nP07: Torquil came to Glasgow.\n\nI: Oh.")
    add_mention(sqlite_study, "one", place(sqlite_study, "one", "Torquil"))
    for wrong in ("[Torquil's friend]", "[friend of TORQUIL]"):
        with pytest.raises(BadInput, match="holds a name"):
            decide(sqlite_study, list_entities(sqlite_study)[0].id, ACCEPTED, pseudonym=wrong)
    glasgow = add_mention(sqlite_study, "one", place(sqlite_study, "one", "Glasgow"), kind="place")
    with pytest.raises(Refused, match="'Glasgow' is a site of the study"):
        seal(sqlite_study, ["one"])
    assert "Torquil" in read_source(sqlite_study, "one").text
    decide(sqlite_study, glasgow.entity_id, REJECTED)
    seal(sqlite_study, ["one"])
    assert "[Person 1] came to Glasgow." in read_source(sqlite_study, "one").text
