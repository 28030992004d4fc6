"""Search: one language, one set of hits on both databases, and an index that holds no originals."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from qualbench.coding.applying import add_coding
from qualbench.coding.progress import finish
from qualbench.coding.search.hits import NO_LIMITS, Limits, search
from qualbench.coding.search.matching import (
    pattern_finder,
    pattern_sieve,
    resolved,
    typos_allowed,
    word_finder,
)
from qualbench.coding.search.query import Alternative, Near, Pattern, Term, Words, parse_query
from qualbench.errors import BadInput, NotFound, QualbenchError, Refused
from qualbench.redaction.deciding import decide
from qualbench.redaction.entities import ACCEPTED, PENDING, REJECTED, list_entities
from qualbench.redaction.sealing import seal
from qualbench.redaction.suggesting import suggest_in_sources
from qualbench.study.backups import backup, backup_daily
from qualbench.study.database import Study
from qualbench.study.fulltext import LONGEST, fill, is_current
from qualbench.study.journal import change, read_log, undo
from qualbench.study.settings import add_coder
from qualbench.text.spans import Span, overlaps
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.sources import list_sources, read_source
from tests.builders import place, small_study
from tests.cli.test_commands import run

DIARY = """Minutes of the forms group

Present: nobody's bus

P07: I don’t fill in forms. The FORMS, on the bus; the follow-up form. Straße!

I: Which form, form_7 or bus 7?

P08: İstanbul ﬁle. Strasse, café. Forms of a bus-like diary, a very very long word: {long}."""
LONG = "x" * (LONGEST + 8)


def term(*words: str, prefix: bool = False, fuzzy: bool = False) -> Term:
    return Term(tuple((word,) for word in words), prefix, fuzzy)


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("Forms", [[term("forms")]]),
        ("forms  bus", [[term("forms"), term("bus")]]),
        ("forms AND bus", [[term("forms"), term("bus")]]),
        ('"The forms, were"', [[term("the", "forms", "were")]]),
        ("“the forms”", [[term("the", "forms")]]),
        ("don’t follow-up", [[term("don", "t"), term("follow", "up")]]),
        ("refer*", [[term("refer", prefix=True)]]),
        ('"health visit"*', [[term("health", "visit", prefix=True)]]),
        ("wrod~", [[term("wrod", fuzzy=True)]]),
        ("a b OR c", [[term("a"), term("b")], [term("c")]]),
        ("forms NEAR/5 bus", [[Near(term("forms"), term("bus"), 5)]]),
        ('"the forms" NEAR bus* x', [[Near(term("the", "forms"), term("bus", prefix=True), 10), term("x")]]),
        ("a NEAR b c NEAR/0 d", [[Near(term("a"), term("b"), 10), Near(term("c"), term("d"), 0)]]),
        ("STRASSE & straße", [[term("strasse"), term("strasse")]]),
        ("cafe\u0301", [[term("café")]]),
    ],
)
def test_queries_are_read(query: str, read: list[list[Term | Near]]) -> None:
    assert parse_query(query) == Words(tuple(Alternative(tuple(wanted)) for wanted in read))


def test_what_is_left_out_belongs_to_its_alternative() -> None:
    parsed = parse_query('forms -bus OR diary -"the end" -be*')
    assert parsed == Words(
        (
            Alternative((term("forms"),), (term("bus"),)),
            Alternative((term("diary"),), (term("the", "end"), term("be", prefix=True))),
        )
    )
    assert parse_query(" /The (forms|bus)/ ") == Pattern("The (forms|bus)")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "The search is empty."),
        ('a "b', "A quotation mark is not closed."),
        ("-bus", "The search only says what to leave out."),
        ("forms OR -bus", "The search only says what to leave out."),
        ("OR forms", "OR has nothing on one side."),
        ("forms OR", "OR has nothing on one side."),
        ("forms NEAR", "NEAR has no word on one side."),
        ("NEAR/3 bus", "NEAR has no word on one side."),
        ("forms NEAR -bus", "NEAR has no word on one side."),
        ("forms NEAR OR bus", "NEAR has no word on one side."),
        ("a NEAR b NEAR c", "NEAR joins two words only."),
        ("a NEAR NEAR c", "NEAR joins two words only."),
        ("a NEAR/x b", "NEAR/ needs a number of words."),
        ("a NEAR/ b", "NEAR/ needs a number of words."),
        ("(forms OR bus) diary", "A search has no brackets."),
        ("re*er", "* and ~ stand at the end of a word."),
        ("*", "A sign of the search stands by no word."),
        ("a ~", "A sign of the search stands by no word."),
        ('""', "A sign of the search stands by no word."),
        ("...", "The search holds no letter or digit."),
        ("a OR ?", "The search holds no letter or digit."),
        ("/forms", "A regular expression stands between two slashes and alone."),
        ("forms " * 200, "The search is longer than 1000 characters."),
        ("//", "A regular expression stands between two slashes and alone."),
    ],
)
def test_a_query_that_cannot_be_read_is_told_in_a_sentence(query: str, message: str) -> None:
    with pytest.raises(BadInput) as told:
        parse_query(query)
    assert told.value.message == message


@given(st.text(alphabet='ab "*~-/()|OREANDN5', max_size=20))
def test_any_text_is_a_query_or_bad_input(query: str) -> None:
    try:
        parsed = parse_query(query)
        find = (
            pattern_finder(parsed) if isinstance(parsed, Pattern) else word_finder(resolved(parsed, ["ab"]))
        )
    except BadInput:
        return
    for span in find("a b OR ab-5"):
        assert 0 <= span.start < span.end <= 11


# A plain model of a block: its words one after the other.

PIECES = st.lists(
    st.sampled_from(["a", "b", "B", "ab", "Straße", "STRASSE", "İ", "ﬁ", "_", "’", " ", " ", "\n", ". "]),
    max_size=25,
).map("".join)
WORD_CHOICES = st.lists(st.sampled_from(["a", "b", "ab", "strasse", "i", "fi"]), min_size=1, max_size=2)
TERMS = st.builds(
    Term,
    st.one_of(st.tuples(WORD_CHOICES), st.tuples(WORD_CHOICES, WORD_CHOICES), st.just([[]])).map(
        lambda places: tuple(map(tuple, places))
    ),
    st.booleans(),
)


def model_words(text: str) -> list[tuple[str, int, int]]:
    """The words of a text with their places, letter by letter."""
    words: list[tuple[str, int, int]] = []
    inside = False
    for at, letter in enumerate(text):
        for folded in letter.casefold():
            if not folded.isalnum():
                inside = False
            elif inside:
                word, start, _ = words.pop()
                words.append((word + folded, start, at + 1))
            else:
                words.append((folded, at, at + 1))
                inside = True
    return words


def model_places(words: list[tuple[str, int, int]], sought: Term) -> list[tuple[int, int]]:
    """Numbers of the first and last word of each place of a term, none overlapping another."""
    places: list[tuple[int, int]] = []
    length = len(sought.words)
    for first in range(len(words) - length + 1):
        if places and first <= places[-1][1]:
            continue
        for n, choices in enumerate(sought.words):
            word = words[first + n][0]
            goes_on = sought.prefix and n == length - 1
            if not any(word == c or (goes_on and word.startswith(c)) for c in choices):
                break
        else:
            places.append((first, first + length - 1))
    return places


@given(PIECES, TERMS, TERMS)
def test_words_and_exclusions_are_found_as_a_plain_model_finds_them(
    text: str, one: Term, other: Term
) -> None:
    words = model_words(text)
    here, there = model_places(words, one), model_places(words, other)

    def spans(places: list[tuple[int, int]]) -> set[Span]:
        return {Span(words[first][1], words[last][2]) for first, last in places}

    both = Words((Alternative((one, other)),))
    assert set(word_finder(both)(text)) == (spans(here) | spans(there) if here and there else set())
    without = Words((Alternative((one,), (other,)),))
    assert set(word_finder(without)(text)) == (spans(here) if not there else set())
    either = Words((Alternative((one,)), Alternative((other,))))
    assert set(word_finder(either)(text)) == spans(here) | spans(there)


@given(
    st.lists(st.sampled_from(["a", "b", "ab", "x", "x-Y"]), max_size=12).map(" ".join),
    st.sampled_from([term("a"), term("b"), term("a", prefix=True), term("a", "x")]),
    st.sampled_from([term("a"), term("b"), term("b", "x"), term("ab")]),
    st.integers(0, 2),
)
def test_neighbours_are_found_as_a_plain_model_finds_them(
    text: str, one: Term, other: Term, between: int
) -> None:
    words = model_words(text)
    marked = [(at, 0) for at in model_places(words, one)]
    marked += [(at, 1) for at in model_places(words, other)]
    found = set()
    for (first, last), which in marked:
        for (next_first, next_last), kind in marked:
            if kind == which or next_first <= last or next_first - last - 1 > between:
                continue
            narrower = any(last < inner[0] and inner[1] < next_first for inner, _ in marked)
            if not narrower:
                found.add(Span(words[first][1], words[next_last][2]))
    assert set(word_finder(Words((Alternative((Near(one, other, between),)),)))(text)) == found


def test_typos_are_few_in_short_words_and_more_in_long_ones() -> None:
    assert [typos_allowed("x" * n) for n in (3, 4, 7, 8, 60, 61)] == [0, 1, 1, 2, 2, 0]
    words = ["visitor", "vistor", "visitors", "bus", "buses", "vsiitors", "referral", "refferal", "referred"]
    for query, alike in {
        "visitor": {"visitor", "vistor", "visitors"},
        "bus": {"bus"},
        "referral": {"referral", "refferal", "referred"},
    }.items():
        (resolved_,) = resolved(Words((Alternative((term(query, fuzzy=True),)),)), words).alternatives
        assert resolved_.wanted == (Term((tuple(sorted(alike)),)),)


def test_a_regular_expression_ignores_case_and_keeps_to_the_block() -> None:
    assert pattern_finder(Pattern(r"^the f\w+|x*"))("The forms, the fx") == [Span(0, 9), Span(16, 17)]
    assert pattern_finder(Pattern(r"\bbus$"))("bus bus") == [Span(4, 7)]


@pytest.mark.parametrize(
    "expression",
    ["(a+", "[", "(?:(?:a{1000}){1000}){1000}", "(?R)", r"\\(?1)", "(a)(?P>x)", "(" * 5_000, "(?u)(?a)x"],
)
def test_a_bad_regular_expression_is_told(expression: str) -> None:
    with pytest.raises(BadInput, match="The regular expression"):
        pattern_finder(Pattern(expression))


def test_a_regular_expression_that_repeats_by_number_is_fine() -> None:
    assert pattern_finder(Pattern(r"\(?1?\d{2,3}.{0,200}bus.{0,200}.{0,200}"))("(20 bus") == [Span(0, 7)]


def test_a_regular_expression_that_never_ends_is_stopped() -> None:
    find = pattern_finder(Pattern(r"(?:a|aa)+$"), seconds=0.2)
    with pytest.raises(BadInput, match=r"takes longer than 0\.2 seconds"):
        for _ in range(1_000):
            find("a" * 60 + "b")


@given(
    st.lists(st.text(alphabet="ab A.\n’", min_size=1, max_size=12).filter(str.strip), max_size=5),
    st.lists(
        st.sampled_from(
            ["a", "b+", "a*?b", "[^a]", r"\s+", r"\b", ".*", "(?:ab|a)", r"(a|b)\1", "a{1,3}", "’"]
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_no_block_with_a_match_is_passed_over(blocks: list[str], pieces: list[str]) -> None:
    expression = "".join(pieces)
    sieve = pattern_sieve(Pattern(expression))
    assert sieve is not None
    text, spans = "", []
    for n, block in enumerate(blocks):
        text += f"{'a' if n % 2 else 'B'}: "
        spans.append(Span(len(text), len(text) + len(block.strip())))
        text += block.strip() + "\n\n"
    crossed = sieve(text)
    find = pattern_finder(Pattern(expression))
    for span in spans:
        if find(text[span.start : span.end]):
            assert any(overlaps(span, one) for one in crossed)


@pytest.mark.parametrize("expression", ["^a", "a$", "(?<=b)a", "(?i)a", "a++b", r"\Aa", "(?>a)", r"\Ba"])
def test_expressions_that_look_beyond_the_words_have_no_sieve(expression: str) -> None:
    assert pattern_sieve(Pattern(expression)) is None


@pytest.fixture
def filled(study: Study, tmp_path: Path) -> Study:
    small_study(study, tmp_path / "files")
    (tmp_path / "diary.txt").write_text(DIARY.format(long=LONG), "utf-8")
    assert not import_files(study, [tmp_path / "diary.txt"]).faults
    return study


def found(study: Study, query: str, limits: Limits = NO_LIMITS) -> list[tuple[str, str]]:
    """Source and words of each hit, after a look that it says what stands there."""
    hits = search(study, query, limits)
    texts = {source.name: read_source(study, source.name).text for source in list_sources(study)}
    for hit in hits:
        text = texts[hit.source]
        assert hit.text == text[hit.start : hit.end]
        assert hit.block.words == text[hit.block.start : hit.block.end]
        assert hit.block.start <= hit.start < hit.end <= hit.block.end
    assert [(h.source, h.start, h.end) for h in hits] == sorted({(h.source, h.start, h.end) for h in hits})
    return [(hit.source, hit.text) for hit in hits]


EXPECTED = {
    "murder": [("group", "murder"), ("group", "Murder")],
    "forms murder": [("group", "forms"), ("group", "murder")],
    '"the forms"': [
        ("P07_f", "The forms"),
        ("diary", "the forms"),
        ("diary", "The FORMS"),
        ("group", "The forms"),
    ],
    '"forms on"': [("diary", "FORMS, on")],
    "don't": [("diary", "don’t")],
    "follow-up": [("diary", "follow-up")],
    '"follow up"': [("diary", "follow-up")],
    "straße": [("diary", "Straße"), ("diary", "Strasse")],
    "stras*": [("diary", "Straße"), ("diary", "Strasse")],
    "file café": [("diary", "ﬁle"), ("diary", "café")],
    "İstanbul": [("diary", "İstanbul")],
    "form -bus": [],
    "form 7": [("diary", "form"), ("diary", "form"), ("diary", "7"), ("diary", "7")],
    "bus NEAR/1 diary": [("diary", "bus-like diary")],
    "diary NEAR/0 bus": [],
    "long NEAR/0 were": [("P07_f", "were long")],
    "very NEAR/0 very": [("diary", "very very")],
    "mudrer~": [("group", "murder"), ("group", "Murder")],
    "murders~ -aye": [("group", "murder")],
    "mudrer~ NEAR were~": [("group", "were murder")],
    "zzzzzz~ OR aye": [("group", "aye")],
    "zzzzzz~": [],
    "zzzz": [],
    "zzzz OR thanks": [("group", "Thanks")],
    LONG: [("diary", LONG)],
    LONG[:-1]: [],
    LONG[:-1] + "*": [("diary", LONG)],
    "x*": [("diary", LONG)],
    r"/^they|y[ea]\b/": [("P07_b", "ye"), ("group", "ye")],
    "🙂": BadInput,
    "P07 OR FAC OR FEW01": [],
    "minutes OR present": [("diary", "Minutes"), ("diary", "Present")],
}


def test_both_databases_give_the_same_hits_with_and_without_the_index(filled: Study) -> None:
    def all_found() -> dict[str, object]:
        results: dict[str, object] = {}
        for query in EXPECTED:
            try:
                results[query] = found(filled, query)
            except QualbenchError as error:
                results[query] = type(error)
        return results

    with change(filled.by("CD"), "x"):  # somebody is writing: the texts themselves are read
        scanned = all_found()
        with filled.read() as db:
            assert not is_current(db)
    events = len(read_log(filled))
    indexed = all_found()
    with filled.read() as db:
        assert is_current(db)
    assert len(read_log(filled)) == events
    assert scanned == EXPECTED
    assert indexed == EXPECTED


def test_a_read_only_study_is_searched_all_the_same(sqlite_study: Study, tmp_path: Path) -> None:
    small_study(sqlite_study, tmp_path / "files")
    backup(sqlite_study, tmp_path / "kept.db")
    address = f"{(tmp_path / 'kept.db').as_uri()}?mode=ro"
    engine = sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True))
    reader = replace(sqlite_study, engine=engine)
    assert not fill(reader)
    assert found(reader, "murder") == EXPECTED["murder"]
    engine.dispose()


def test_a_large_study_is_indexed_in_batches(sqlite_study: Study, tmp_path: Path) -> None:
    for n in range(3):
        (tmp_path / f"long{n}.txt").write_text(f"I: Hello?\n\nP07: {'word ' * 90_000}end{n}.\n\nI: Bye.")
    assert not import_files(sqlite_study, sorted(tmp_path.glob("long*.txt"))).faults
    assert found(sqlite_study, "end*") == [(f"long{n}", f"end{n}") for n in range(3)]


def test_the_index_follows_the_texts(filled: Study, tmp_path: Path) -> None:
    assert found(filled, "zebra") == []
    (tmp_path / "new.txt").write_text("I: What?\n\nP07: A zebra.\n\nI: Oh.")
    assert not import_files(filled, [tmp_path / "new.txt"]).faults
    assert found(filled, "zebra") == [("new", "zebra")]
    undo(filled)
    assert "zebra" not in words_held(filled)
    assert found(filled, "zebra") == []
    corrected = DIARY.format(long=LONG).replace("I don’t fill in", "Zebras fill in")
    (tmp_path / "diary.txt").write_text(corrected, "utf-8")
    assert found(filled, "don't")
    assert import_files(filled, [tmp_path / "diary.txt"], duplicates="replace").imported
    assert words_held(filled) == ""
    assert found(filled, "zebra* OR don't") == [("diary", "Zebras")]


def test_limits(filled: Study) -> None:
    forms = found(filled, "form*")
    assert {source for source, _ in forms} == {"P07_f", "diary", "group"}
    assert found(filled, "forms OR bus", Limits(stakeholder="family engagement worker")) == [("group", "bus")]
    assert found(filled, "form*", Limits(timepoint="followup")) == [("P07_f", "forms"), ("group", "forms")]
    assert found(filled, "murder", Limits(site="Glasgow")) == [("group", "murder")]  # P08 is of Bromley
    assert found(filled, "thanks", Limits(site="Glasgow")) == [("group", "Thanks")]  # the source's site
    assert found(filled, "form*", Limits(kind="focus group")) == [("group", "forms")]
    assert found(filled, "/form/", Limits(sources=("P07_f", "group"))) == [
        ("P07_f", "form"),
        ("group", "form"),
    ]
    assert found(filled, "minutes", Limits(stakeholder="Parent")) == []  # a heading is nobody's
    for limits, error in (
        (Limits(stakeholder="Plumber"), BadInput),
        (Limits(kind="film"), BadInput),
        (Limits(sources=("P99",)), NotFound),
        (Limits(code="joy"), NotFound),
        (Limits(layer="CD"), BadInput),
        (Limits(code="fear", uncoded=True), BadInput),
        (Limits(code="fear", layer="ZZ"), NotFound),
    ):
        with pytest.raises(error):
            search(filled, "forms", limits)


def test_hits_are_limited_to_a_code_or_to_what_nobody_has_coded(filled: Study) -> None:
    add_coding(filled, "group", place(filled, "group", "The forms were mur"), "forms")
    assert found(filled, "murder", Limits(code="forms")) == [("group", "murder")]
    assert found(filled, "murder", Limits(code="trial")) == [("group", "murder")]  # the theme above it
    assert found(filled, "murder", Limits(code="trust")) == []
    assert found(filled, "murder", Limits(uncoded=True)) == [("group", "Murder")]
    assert found(filled, '"aye" OR "were murder"', Limits(uncoded=True)) == [("group", "aye")]


def test_no_search_tells_of_a_hidden_layer(filled: Study) -> None:
    add_coding(filled, "group", place(filled, "group", "murder"), "forms")
    add_coding(filled, "P07_f", place(filled, "P07_f", "long"), "forms")
    other = filled.by("CD")
    query, limits = "murder OR long", Limits(sources=("P07_f", "group"), uncoded=True)
    everything = [("P07_f", "long"), ("group", "murder"), ("group", "Murder")]
    assert found(other, query, limits) == everything
    with pytest.raises(Refused, match="hidden"):
        search(other, query, Limits(code="forms", layer="AB"))
    finish(filled, ["group"])
    finish(other, ["P07_f"])
    assert found(other, query, limits) == everything
    finish(other, ["group"])
    assert found(other, query, limits) == [("P07_f", "long"), ("group", "Murder")]
    assert found(other, query, Limits(code="forms", layer="AB")) == [("group", "murder")]
    add_coder(filled, "EF")
    assert found(filled.by("EF"), query, limits) == everything
    assert found(filled.by(None), query, limits) == [("group", "Murder")]


def words_held(study: Study) -> str:
    """All that the index says, in whatever column."""
    with study.read() as db:
        held = [str(row) for row in db.execute(sa.text("SELECT * FROM search_block"))]
        vocabulary = "search_vocabulary" if study.on_sqlite else "ts_stat('SELECT tokens FROM search_block')"
        held += [str(row) for row in db.execute(sa.text(f"SELECT * FROM {vocabulary}"))]
    return "\n".join(held)


def files_of_index(study: Study) -> bytes:
    """The bytes of the study folder, and on PostgreSQL of the files behind the index."""
    held = b"".join(path.read_bytes() for path in study.folder.rglob("*") if path.is_file())
    if not study.on_sqlite:
        with study.engine.connect() as connection:
            connection.execute(sa.text("CHECKPOINT"))
            named = "SELECT oid::regclass FROM pg_class WHERE relname ~ 'search_' AND relkind IN ('r', 'i')"
            names = connection.execute(sa.text(named)).scalars()
            for name in names.all():
                read = sa.text("SELECT pg_read_binary_file(pg_relation_filepath(CAST(:name AS regclass)))")
                held += connection.execute(read, {"name": name}).scalar_one()
    return held.lower()


def test_after_sealing_the_index_holds_no_original_in_any_byte(study: Study, tmp_path: Path) -> None:
    small_study(study, tmp_path / "files")
    for n in range(2):  # big enough to spill over many pages
        said = "\n\nI: Oh?\n\nP07: ".join(
            f"Zebedina went {n} times to town {turn * (n + 7)}." for turn in range(300)
        )
        (tmp_path / f"long{n}.txt").write_text(f"I: Who?\n\nP07: {said}\n\nI: Oh.")
    assert not import_files(study, sorted(tmp_path.glob("long*.txt"))).faults
    assert len(search(study, "zebedina")) == 600
    backup_daily(study, date(2026, 3, 2))
    assert b"zebedina" in files_of_index(study)
    suggest_in_sources(study, {"Zebedina": "person"})
    (worker,) = (one for one in list_entities(study) if "Zebedina" in one.texts)
    decide(study, worker.id, ACCEPTED, term="Worker", kind="person")
    for one in list_entities(study):
        if one.decision == PENDING:
            decide(study, one.id, REJECTED)
    seal(study, [source.name for source in list_sources(study)])
    assert "zebedina" not in words_held(study)
    assert b"zebedina" not in files_of_index(study)
    backup_daily(study, date(2026, 3, 3))
    assert len(search(study, "zebedina OR worker")) == 600
    assert b"zebedina" not in files_of_index(study)


def test_the_command_line_searches(sqlite_study: Study, tmp_path: Path) -> None:
    small_study(sqlite_study, tmp_path / "files")
    sqlite_study.close()
    folder = sqlite_study.folder
    (hit,) = json.loads(run("--study", folder, "search", "forms", "--source", "group", "--json").stdout)
    expected = {"source": "group", "start": 27, "end": 32, "text": "forms", "stakeholder": "Parent"}
    assert hit.items() >= expected.items()
    assert hit["block"] == {"start": 23, "end": 45, "text": "The forms were murder."}
    done = run("--study", folder, "search", "murder", "--timepoint", "Follow-up")
    assert [line.split(maxsplit=4) for line in done.stdout.splitlines()[1:]] == [
        ["group", "38", "44", "P07", "The forms were »murder«."],
        ["group", "52", "58", "P08", "»Murder«, aye."],
    ]
    assert done.stderr == "2 places in 1 sources.\n"
    assert json.loads(run("--study", folder, "search", "zebra", "--json").stdout) == []
    assert run("--study", folder, "search", '"a', code=1).stderr.startswith("A quotation mark is not closed.")
