"""Codebooks as YAML: read with the place of every fault, written so that lines of people stay."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualbench.codebook.drafts import BookFile
from qualbench.codebook.files import (
    find_codebook,
    read_book,
    read_codebook_file,
    shipped_codebooks,
    write_book,
)
from qualbench.codebook.tree import CodeEntry
from qualbench.codebook.yaml_files import parse_yaml
from qualbench.codebook.yaml_writing import WIDTH, write_yaml
from qualbench.errors import BadInput, NotFound
from tests.codebook.books import books, changed_books

IPS = find_codebook("ips_process_evaluation")
FULL = """\
# A head comment
codebook: full
framework: tfa
title: "A book: with all fields"
source: >-
  Somebody,
  somewhere.
version: 3
codes:
  - id: theme
    label: No
    level: theme
    short_definition: Short
    definition: >-
      One line
      and another.

      A third.
    when_to_use: plain
      over two lines
    when_not_to_use: 'it''s "quoted"'
    typical_example: |
      As it
      is written
    atypical_example: Odd
    near_miss_example: Close
    central_concept: What holds it
    origin: theory
    question: Row 1
    tags: [tfa:burden, tfa:ethicality]
    stakeholders:
      - Parent
      - Social worker
    timepoints: [Baseline]
    colour: "#D55E00"
    key: 1
    status: candidate
    codes:
      - {id: below, label: Below, also_in: [theme], split_from: theme}
      - id: gone
        label: Gone
        level: code
        status: merged
        merged_into: below
        codes:
"""


def test_every_field_is_read(tmp_path: Path) -> None:
    book = parse_yaml(FULL, "full.yaml")
    assert (book.name, book.framework, book.title) == ("full", "tfa", "A book: with all fields")
    assert (book.source, book.version) == ("Somebody, somewhere.", "3")
    theme, below, gone = book.entries
    assert theme == CodeEntry(
        "theme",
        None,
        "theme",
        "No",
        definition="One line and another. A third.",
        short_definition="Short",
        when_to_use="plain over two lines",
        when_not_to_use='it\'s "quoted"',
        typical_example="As it is written",
        atypical_example="Odd",
        near_miss_example="Close",
        central_concept="What holds it",
        origin="theory",
        question="Row 1",
        tags=("tfa:burden", "tfa:ethicality"),
        stakeholders=("Parent", "Social worker"),
        timepoints=("Baseline",),
        colour="#D55E00",
        key="1",
        status="candidate",
    )
    assert below == CodeEntry("below", "theme", "subtheme", "Below", also_in=("theme",), split_from="theme")
    assert gone == CodeEntry("gone", "theme", "code", "Gone", status="merged", merged_into="below")


def test_what_is_left_empty_is_told_from_what_is_not_there() -> None:
    book = parse_yaml('codes:\n  - {id: a, label: A, definition: "", tags: [], question: , status: }', "b")
    assert book.given == {"a": {"id", "label", "definition", "tags", "question"}}
    assert book.entries == [CodeEntry("a", None, "theme", "A")]


def test_a_file_without_a_name_takes_that_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("codes:\n  - {id: a, label: A}\n")
    assert read_book(tmp_path / "mine.yaml").name == "mine"
    write_book(BookFile("", [CodeEntry("a", None, "theme", "A")]), tmp_path / "ours.yaml")
    assert (tmp_path / "ours.yaml").read_text() == (
        "codebook: ours\ncodes:\n  - id: a\n    level: theme\n    label: A\n"
    )


def test_shipped_codebooks_are_found_by_name() -> None:
    assert "ips_process_evaluation" in shipped_codebooks()
    with pytest.raises(NotFound, match="no codebook 'nothing'"):
        find_codebook("nothing")


def nest(levels: int) -> str:
    lines = ["codes:"]
    for n in range(levels):
        lines += [f"{' ' * 4 * n}  - id: a{n}", f"{' ' * 4 * n}    label: A{n}", f"{' ' * 4 * n}    codes:"]
    return "\n".join(lines[:-1])


A = "codes:\n  - id: a\n    label: A\n"


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        ("codes: [", "book.yaml, line 1, column"),
        ("codes:\n  - id: a\n    label: A: B", "line 3, column 13: mapping values are not allowed"),
        ("", "book.yaml: it is empty"),
        ("# only this\n", "book.yaml: it is empty"),
        ("- a", "line 1, column 1: it has no list 'codes'"),
        ("title: x", "line 1, column 1: it has no list 'codes'"),
        ("codes: x", "line 1, column 8: it has no list 'codes'"),
        ("codes: []", "line 1, column 8: it has no list 'codes'"),
        ("tilte: x\n" + A, "line 1, column 1: 'tilte' is not a field of the top"),
        ("codes:\n  - label: Fear", "line 2, column 5: '' cannot be an id"),
        ("codes:\n  - id: Fear Of\n    label: x", "line 2, column 9: 'Fear Of' cannot be an id"),
        (A + "  - id: b", "line 4, column 5: b has no label"),
        (A + "    lable: B", "line 4, column 5: 'lable' is not a field of a code"),
        (A + "    ? [a]\n    : b", "line 4, column 7: a list is not a field of a code"),
        (A + "    definition: [x]", "line 4, column 17: 'definition' is a text, not a list"),
        (A + "    definition: {x: y}", "line 4, column 17: 'definition' is a text, not a mapping"),
        (A + "    tags: tfa:burden", "line 4, column 11: 'tags' is a list"),
        (A + "    tags:\n      - [x]", "line 5, column 9: 'an item of 'tags'' is a text, not a list"),
        (A + "    level: thing", "line 4, column 12: 'thing' is not a level"),
        (A + "    status: gone", "line 4, column 13: 'gone' is not a status"),
        (A + "    origin: me", "line 4, column 13: 'me' is not an origin"),
        (A + "    colour: blue", "line 4, column 13: 'blue' is not a colour"),
        (A + "    key: xy", "line 4, column 10: 'xy' cannot be the key of a code"),
        (A + "    label: B", "line 4, column 5: 'label' is there twice"),
        (A + "  - {id: a, label: B}", "4, column 10: the id 'a' is used twice, first in line 2, column 9"),
        (A + "  - {id: b, label: a}", "line 4, column 20: two codes under one parent are labelled 'a'"),
        (A + "    key: x\n  - {id: b, label: B, key: x}", "line 5, column 28: two codes have the key 'x'"),
        (A + "    codes: x", "line 4, column 12: 'codes' of a is not a list"),
        (A + "    codes: {x: y}", "line 4, column 12: 'codes' of a is not a list"),
        ("codes:\n  - just text", "line 2, column 5: an entry must have an id"),
        (A + "    also_in: [b]", "line 4, column 14: 'a' refers to 'b', which is not in the file"),
        (A + "    status: merged\n    merged_into: b", "line 5, column 18: 'a' refers to 'b'"),
        (A + "    status: merged", "line 4, column 13: 'a' is merged, but not said into which"),
        (A + "    merged_into: a", "line 4, column 18: 'a' says into which it was merged"),
        (A + "    status: merged\n    merged_into: a", "line 5, column 18: 'a' would be merged into itself"),
        (A + "    level: code\n  - {id: b, label: B, also_in: [a]}", "'b' cannot sit in the code 'a'"),
        ("codes: !!python/object:os.system []", "line 1, column 8: tags (!) are not read"),
        (A + "    definition: !x y", "line 4, column 17: tags (!) are not read"),
        (A + "    definition: &x y", "line 4, column 17: anchors and aliases"),
        (A + "    definition: *x", "line 4, column 17: anchors and aliases"),
        (A + "---\n" + A, "line 4, column 1: a second document begins here"),
        (A + "    definition: a\x00b", "line 4, column 18: a character U+0000 cannot be in YAML"),
        ("%YAML 9.9\n---\n" + A, "book.yaml"),
    ],
)  # fmt: skip
def test_faults_in_yaml_are_told_with_their_place(tmp_path: Path, yaml: str, said: str) -> None:
    (tmp_path / "book.yaml").write_text(yaml)
    with pytest.raises(BadInput) as refused:
        read_codebook_file(tmp_path / "book.yaml")
    assert said in refused.value.message
    assert refused.value.message.startswith("book.yaml")
    assert refused.value.hint


def test_the_field_that_was_meant_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        parse_yaml(A + "    defintion: x", "book.yaml")
    assert refused.value.hint == "Did you mean 'definition'?"


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    start = time.perf_counter()
    with pytest.raises(BadInput, match="anchors and aliases"):
        parse_yaml("\n".join(lines), "book.yaml")
    assert time.perf_counter() - start < 1


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("codes:\n  - {id: a, label: Fée}".encode("latin-1"))
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "large.yaml").write_bytes(b"#" * (5 * 1024 * 1024 + 1))
    (tmp_path / "book.doc").write_text(A)
    for name, said in (
        ("latin.yaml", "not in UTF-8"),
        ("folder.yaml", "cannot be opened"),
        ("none.yaml", "cannot be opened"),
        ("large.yaml", "larger than 5 MB"),
        ("book.doc", "not how a codebook's file ends"),
    ):
        with pytest.raises(BadInput, match=said):
            read_book(tmp_path / name)


@pytest.mark.parametrize("brackets", [False, True])
def test_a_thousand_levels_are_refused(brackets: bool) -> None:
    with pytest.raises(BadInput, match="more than 100 levels"):
        parse_yaml("codes: " + "[" * 5000 if brackets else nest(1000), "book.yaml")
    assert len(parse_yaml(nest(100), "book.yaml").entries) == 100


def test_fifty_levels_are_read_and_written() -> None:
    book = parse_yaml(nest(50), "book.yaml")
    assert len(book.entries) == 50 and book.entries[-1].parent_id == "a48"
    deep = replace(book, entries=[replace(entry, definition="word " * 60) for entry in book.entries])
    assert [e.id for e in parse_yaml(write_yaml(deep), "x").entries] == [e.id for e in deep.entries]


def test_two_thousand_entries_are_read_in_some_seconds() -> None:
    text = write_yaml(
        BookFile("x", [CodeEntry(f"c{n}", None, "code", f"C{n}", "words " * 100) for n in range(2000)])
    )
    start = time.perf_counter()
    assert len(parse_yaml(text, "x").entries) == 2000
    assert time.perf_counter() - start < 10


@settings(max_examples=60, deadline=None)
@given(books)
def test_what_is_written_reads_as_the_same_book(book: BookFile) -> None:
    text = write_yaml(book)
    read = parse_yaml(text, "x")
    assert replace(read, given={}) == replace(book, version="")
    assert write_yaml(book) == text
    assert write_yaml(read, text) == text


@settings(max_examples=60, deadline=None)
@given(changed_books())
def test_a_changed_book_written_over_a_file_reads_as_it_is(books: tuple[BookFile, BookFile]) -> None:
    before, after = books
    commented = "\n".join(
        f"# above {line.split()[-1]}\n{line}" if line.lstrip().startswith("- id: ") else line
        for line in write_yaml(before).splitlines()
    )
    text = write_yaml(after, commented)
    read = parse_yaml(text, "x")
    assert (read.entries, read.title, read.source) == (after.entries, before.title, before.source)
    assert write_yaml(after, text) == text
    for entry in after.entries:
        if entry.id in {old.id for old in before.entries} and not entry.id[0].isdigit():
            assert f"# above {entry.id}\n" in text


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.sampled_from("abc:-#&*!|>'\"%@`{}[],?\\ \n\t0~=") | st.characters(), max_size=60))
def test_random_text_is_a_book_or_refused(text: str) -> None:
    for whole in (text, A + text, A + "    definition: " + text):
        try:
            parse_yaml(whole, "book.yaml")
        except BadInput as refused:
            assert refused.message.startswith("book.yaml")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_mutated_book_is_a_book_or_refused(data: st.DataObject) -> None:
    text = FULL
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 12))
        text = (
            text[:at]
            + data.draw(st.text(max_size=4) | st.sampled_from(["\n", "  ", "- ", ": "]))
            + text[at + cut :]
        )
    try:
        book = parse_yaml(text, "book.yaml")
    except BadInput:
        return
    assert parse_yaml(write_yaml(book, text), "book.yaml").entries == book.entries
    assert parse_yaml(write_yaml(book), "book.yaml").entries == book.entries


@pytest.mark.parametrize("name", sorted(shipped_codebooks()))
def test_writing_over_a_shipped_file_changes_no_byte(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.yaml"
    path.write_bytes(shipped_codebooks()[name].read_bytes())
    book = read_book(path)
    write_book(BookFile("", book.entries), path)
    assert path.read_bytes() == shipped_codebooks()[name].read_bytes()
    assert list(tmp_path.iterdir()) == [path]


def test_only_the_lines_of_what_changed_are_written_anew() -> None:
    before = IPS.read_text("utf-8")
    book = read_book(IPS)
    entries = [replace(e, label="Asked at last") if e.id == "being-asked" else e for e in book.entries]
    after = write_yaml(replace(book, entries=entries), before)
    differing = [
        (old, new) for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new
    ]
    assert differing == [("            label: Being asked", "            label: Asked at last")]


COMMENTED = """\
# head

codebook: mine  # its name
# on the codes
codes:
  # above a
  - id: a   # the first
    label: >-  # long
      Label
      # not a comment
    # about the definition
    definition: plain
      over lines
    # end of a

  # above b
  - id: b
    label: "B"   # short
    tags: [x, y]  # two
    codes:
      # above c
      - id: c
        label: C
        # end of c
      - {id: d, label: D}  # in braces
# tail
"""


def test_comments_stay_where_they_belong() -> None:
    book = parse_yaml(COMMENTED, "x")
    a, b, c, d = book.entries
    assert a.label == "Label # not a comment"
    new = CodeEntry("n", "b", "code", "New")
    after = [
        replace(b, label="Bee", tags=("z",)),
        new,
        d,
        replace(a, definition="Another", short_definition="Short"),
        replace(c, parent_id="a"),
    ]
    assert (
        write_yaml(replace(book, entries=after), COMMENTED)
        == """\
# head

codebook: mine  # its name
# on the codes
codes:

  # above b
  - id: b
    label: Bee   # short
    tags:  # two
      - z
    codes:
      - id: "n"
        level: code
        label: New
      - {id: d, label: D}  # in braces
  # above a
  - id: a   # the first
    label: >-  # long
      Label
      # not a comment
    short_definition: Short
    # about the definition
    definition: >-
      Another
    # end of a
    codes:
      # above c
      - id: c
        label: C
        # end of c
# tail
"""
    )


def test_a_comment_beside_a_field_stays_when_it_is_written_anew() -> None:
    text = A + "    definition: >-  # long\n      Old\n    tags:  # some\n      - x\n    key: f  # f\n"
    entry = parse_yaml(text, "x").entries[0]
    after = replace(entry, definition="New", tags=("z",), key="g")
    assert write_yaml(BookFile("", [after]), text) == (
        A + "    definition: >-  # long\n      New\n    tags:  # some\n      - z\n    key: g  # f\n"
    )


def test_what_is_removed_goes_with_its_comments() -> None:
    book = parse_yaml(COMMENTED, "x")
    text = write_yaml(replace(book, entries=book.entries[:1]), COMMENTED)
    assert "above a" in text and "above b" not in text and "end of c" not in text and "# tail" in text


def test_a_file_laid_out_otherwise_keeps_its_head_and_line_ends() -> None:
    odd = "# head\r\ncodes:\r\n  -\r\n    id: a\r\n    label: A\r\n"
    book = parse_yaml(odd, "x")
    text = write_yaml(replace(book, entries=[replace(book.entries[0], label="B")]), odd)
    assert text == "# head\r\ncodes:\r\n  - id: a\r\n    level: theme\r\n    label: B\r\n"


def test_long_texts_are_folded_within_the_width() -> None:
    entry = CodeEntry("a", None, "theme", "A", definition="some words " * 40, question="why " * 40)
    lines = write_yaml(BookFile("x", [entry])).splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert "    question: >-" in lines


def test_a_file_that_is_no_codebook_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("colour: blue\n")
    with pytest.raises(BadInput, match="the file that is there, line 1"):
        write_book(BookFile("", read_book(IPS).entries), path)
    assert path.read_text() == "colour: blue\n"
    with pytest.raises(BadInput, match="no codes"):
        write_book(BookFile("", []), tmp_path / "new.yaml")
    with pytest.raises(BadInput, match="cannot be written"):
        write_book(BookFile("", read_book(IPS).entries), tmp_path / "no folder" / "new.yaml")
