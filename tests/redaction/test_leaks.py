"""The leak check: how a name is known again, where it is looked for, and what the gate does with a find."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from qualbench.codebook.tree import CodeEntry
from qualbench.errors import Refused
from qualbench.exchange.gates import gate
from qualbench.redaction.deciding import except_mention, ignore
from qualbench.redaction.entities import REJECTED, list_entities
from qualbench.redaction.leaks import LeakFinder, find_leaks
from qualbench.redaction.marking import add_mention
from qualbench.redaction.sealing import seal
from qualbench.redaction.unmasking import find_unmasking
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.settings import add_to_list
from qualbench.study.tables import Decision, now
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.participants import import_participants
from qualbench.transcripts.sources import read_source, rename_source
from tests.builders import place, plant_entry
from tests.redaction.test_marking import bring_in

ONE = (
    "I: Who?\n\nP07: It was Kayleigh, then Zebedina, from Quillmore Hall. I hope so, said Hope.\n\n"
    "I: Oh?\n\nP07: It was @wee_mo."
)
NAMED = {
    "Kayleigh": "person",
    "Zebedina": "person",
    "Quillmore Hall": "place",
    "Hope": "person",
    "@wee_mo": "handle",
}
SPLIT = "<w:p><w:r><w:t>It was Zebe</w:t></w:r><w:r><w:t>dina</w:t></w:r></w:p>"


@pytest.fixture
def sealed(study: Study, tmp_path: Path) -> Study:
    """A sealed source, on each kind of database."""
    return seal_names(study, tmp_path)


@pytest.fixture
def sqlite_sealed(sqlite_study: Study, tmp_path: Path) -> Study:
    """The same on SQLite."""
    return seal_names(sqlite_study, tmp_path)


def seal_names(study: Study, folder: Path) -> Study:
    bring_in(study, folder, one=ONE)
    for name, kind in NAMED.items():
        add_mention(study, "one", place(study, "one", name), kind=kind)
    seal(study, ["one"])
    assert find_leaks(study) == []
    return study


def places(study: Study) -> list[str]:
    return [leak.place for leak in find_leaks(study)]


AGAIN = [
    ("It was Kayleigh.", "Kayleigh", True),
    ("it was kayleigh", "kayleigh", True),
    ("KAYLEIGH!", "KAYLEIGH", True),
    ("Kayleigh's fine", "Kayleigh", True),
    ("kayleigh’s fine", "kayleigh", True),
    ("P07_Kayleigh_two", "Kayleigh", True),
    ("the QUILLMORE  hall", "QUILLMORE  hall", True),
    ("Hope came", "Hope", True),
    ("asked @wee_mo then", "wee_mo", True),
    ("asked wee_mo's pal", "wee_mo", True),
    ("then zebedna came", "zebedna", False),
    ("then Zebedinna came", "Zebedinna", False),
    ("then zebedima came", "zebedima", False),
    ("then Zebeidna came", "Zebeidna", False),
    ("zebedinas, aye", "zebedinas", False),
    ("Kayliegh said", "Kayliegh", False),
    ("Quilmore said", "Quilmore", False),
]


def test_a_redacted_name_is_known_in_any_case_and_misspelt_by_one_slip(sqlite_sealed: Study) -> None:
    finder = LeakFinder(sqlite_sealed)
    for words, *expected in AGAIN:
        found = finder.in_words(words)
        assert [[words[one.span.start : one.span.end], one.exact] for one in found] == [expected], words


def test_ordinary_words_and_what_is_unlike_are_no_names(sqlite_sealed: Study) -> None:
    finder = LeakFinder(sqlite_sealed)
    for words in (
        "i hope so, and the hall is open",
        "we hoped and hopes",
        "Zebdna, Zeebedinna",
        "Kayleighann",
        "[Person 1] and [Place 1], aye",
        "",
        "the Hall",
    ):
        assert finder.in_words(words) == [], words


def test_a_place_that_a_reader_has_let_stand_is_passed_over_and_no_other(
    study: Study, tmp_path: Path
) -> None:
    bring_in(study, tmp_path, one="I: Who?\n\nP07: Zebedina, the song. Then Zebedina.\n\nI: Oh.")
    add_mention(study, "one", place(study, "one", "Zebedina"))
    (worker,) = list_entities(study)
    except_mention(study, worker.mentions[0].id, REJECTED)
    seal(study, ["one"])
    assert "P07: Zebedina, the song. Then [Person 1]." in read_source(study, "one").text
    assert find_leaks(study) == []
    with gate(study, tmp_path / "out.txt") as draft:
        draft.write_text("Zebedina, the song")
    bring_in(study, tmp_path, two="I: Who?\n\nP07: Zebedina, another.\n\nI: Oh.")
    assert places(study) == ["the text of two"]


def test_what_was_said_to_be_harmless_is_not_taken_for_a_name_misspelt(sqlite_sealed: Study) -> None:
    assert LeakFinder(sqlite_sealed).in_words("Zebedino came")
    ignore(sqlite_sealed, ["Zebedino"])
    assert LeakFinder(sqlite_sealed).in_words("Zebedino came") == []


def test_originals_of_the_key_file_are_looked_for_too(sqlite_sealed: Study) -> None:
    plant_entry(sqlite_sealed, CodeEntry("a", None, "code", "What Fossgate and fosgate did"))
    assert find_leaks(sqlite_sealed) == []
    found = [(one.start, one.end, one.exact) for one in find_leaks(sqlite_sealed, originals=["Fossgate"])]
    assert found == [(5, 13, True), (18, 25, False)]


def test_names_are_looked_for_wherever_people_write(sealed: Study, tmp_path: Path) -> None:
    (tmp_path / "two.txt").write_text("I: Who?\n\nP07: ZEBEDINA, and zebedna.\n\nI: Oh.")
    import_files(sealed, [tmp_path / "two.txt"])
    rename_source(sealed, "one", "P07_Kayleigh")
    (tmp_path / "people.csv").write_text("id,family,stakeholder,site\nP07,Quillmore Hall,Parent,Glasgow\n")
    assert import_participants(sealed, tmp_path / "people.csv").faults == []
    entry = CodeEntry("a", None, "code", "What Zebedina did", definition="As Kayleigh has it.")
    plant_entry(sealed, entry)
    add_to_list(sealed, "site", "Quillmore Hall")
    with change(sealed, "reconcile", "Decided") as changed:
        row = {
            "id": "d1",
            "source_id": read_source(sealed, "two").summary.id,
            "layer_a": "AB",
            "layer_b": "agreed",
            "start": 0,
            "end": 1,
            "outcome": "both",
            "reason": "Kayliegh means it so.",
            "decided_by": "AB",
            "decided_at": now(),
        }
        changed.insert(Decision, [row])
    leaks = find_leaks(sealed)
    assert {(one.place, one.exact) for one in leaks} == {
        ("the name of the source P07_Kayleigh", True),
        ("the text of two", True),
        ("the text of two", False),
        ("the label of the code a", True),
        ("the definition of the code a", True),
        ("the family of the participant P07", True),
        ("the reason of the decision d1", False),
        ("the name of the site Quillmore Hall", True),
    }
    text = read_source(sealed, "two").text
    assert [text[one.start : one.end] for one in leaks if one.place == "the text of two"] == [
        "ZEBEDINA",
        "zebedna",
    ]
    assert "the text of two" not in {one.place for one in find_leaks(sealed, unsealed=False)}


def test_names_are_looked_for_in_files_of_every_kind(sqlite_sealed: Study) -> None:
    exports, codebooks = sqlite_sealed.folder / "exports", sqlite_sealed.folder / "codebooks"
    (exports / "nvivo").mkdir(parents=True)
    codebooks.mkdir(exist_ok=True)
    (exports / "nvivo" / "plain.txt").write_text("then zebedina came")
    (exports / "wide.txt").write_text("then Zebedina came", "utf-16")
    (exports / "bom.csv").write_text("quote\nKayleigh’s\n", "utf-8-sig")
    (codebooks / "own.yaml").write_text("label: Zebedina's\n")
    zipped(exports / "split.docx", "word/document.xml", f'<?xml version="1.0"?><w:body>{SPLIT}</w:body>')
    zipped(exports / "names.qdpx", "project.qde", '<Project><Source name="P07 Zebedina"/></Project>')
    zipped(exports / "inner.zip", "Kayleigh.txt", "nothing")
    (exports / "entity.xml").write_text("<a><b>Zebe&#100;ina</b></a>")
    book = Workbook()
    book.create_sheet("themes").append(["theme", "Quillmore Hall, aye"])
    book.save(exports / "matrix.xlsx")
    (exports / "escaped.json").write_text(r'{"quote": "gone.\nZebedin\u0061 came"}')
    (exports / "escaped.md").write_text(r"then Quillmore\_Hall, and \[Person 1\]")
    (exports / "damaged.json").write_text("{")
    (exports / "clean.txt").write_text("It was [Person 1], I hope; zebe dina.")
    zipped(exports / "apart.docx", "word/document.xml", "<w:p>Zebe</w:p><w:p>dina</w:p>")
    assert places(sqlite_sealed) == [
        "the file codebooks/own.yaml",
        "the file exports/bom.csv",
        "the file exports/entity.xml",
        "the file exports/escaped.json",
        "the file exports/escaped.md",
        "the file exports/inner.zip",
        "the file exports/matrix.xlsx",
        "the file exports/names.qdpx",
        "the file exports/nvivo/plain.txt",
        "the file exports/split.docx",
        "the file exports/wide.txt",
    ]


def zipped(path: Path, member: str, content: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, content)


def test_names_are_looked_for_in_the_names_of_files(sqlite_sealed: Study) -> None:
    (sqlite_sealed.folder / "exports").mkdir(exist_ok=True)
    (sqlite_sealed.folder / "exports" / "P07_Zebedina_baseline.csv").write_text("x")
    assert places(sqlite_sealed) == ["the name of the file exports/P07_Zebedina_baseline.csv"]


def test_names_are_looked_for_in_the_names_of_folders(sqlite_sealed: Study) -> None:
    (sqlite_sealed.folder / "exports" / "P07_Zebedina").mkdir(parents=True)
    (sqlite_sealed.folder / "exports" / "P07_Zebedina" / "a.txt").write_text("x")
    assert len(places(sqlite_sealed)) == 1


def test_a_name_in_a_file_is_found_though_a_low_line_or_an_apostrophe_stands_by_it(
    sqlite_sealed: Study,
) -> None:
    exports = sqlite_sealed.folder / "exports"
    exports.mkdir(exist_ok=True)
    (exports / "a.txt").write_text("see P07_Zebedina.txt")
    (exports / "b.xml").write_text('<a b="P07_Zebedina"/>')
    (exports / "c.xml").write_text("<a b='Zebedina'/>")
    zipped(exports / "d.qdpx", "sources/P07_Zebedina.txt", "x")
    assert places(sqlite_sealed) == [
        f"the file exports/{name}" for name in ("a.txt", "b.xml", "c.xml", "d.qdpx")
    ]


def test_the_gate_lets_out_a_clean_file_or_folder_and_nothing_that_holds_a_name(
    sealed: Study, tmp_path: Path
) -> None:
    (tmp_path / "old.txt").write_text("from before")
    for target in (tmp_path / "old.txt", tmp_path / "new" / "out.txt"):
        with pytest.raises(Refused, match="A redacted name still stands in 1 place") as refused:
            write(sealed, target, "then zebedina came")
        assert "zebedina" not in str(refused.value).casefold()
    with pytest.raises(Refused), gate(sealed, tmp_path / "folder") as draft:
        draft.mkdir()
        (draft / "clean.txt").write_text("x")
        (draft / "Zebedina.txt").write_text("x")
    with pytest.raises(Refused, match="1 place"):
        write(sealed, tmp_path / "Kayleigh.txt", "x")
    assert {path.name for path in tmp_path.iterdir()} & {"new", "folder", "Kayleigh.txt"} == set()
    assert (tmp_path / "old.txt").read_text() == "from before"

    with pytest.raises(ZeroDivisionError), gate(sealed, tmp_path / "broken.txt") as draft:
        draft.write_text("half")
        raise ZeroDivisionError
    assert not (tmp_path / "broken.txt").exists()

    for target in (tmp_path / "old.txt", tmp_path / "new" / "out.txt"):
        write(sealed, target, "then [Person 1] came")
        assert target.read_text() == "then [Person 1] came"
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "kept.txt").write_text("kept")
    with gate(sealed, tmp_path / "folder") as draft:
        (draft / "deep").mkdir(parents=True)
        (draft / "deep" / "clean.txt").write_text("clean")
    shown = {p.relative_to(tmp_path).as_posix(): p.read_text() for p in tmp_path.glob("folder/**/*.txt")}
    assert shown == {"folder/kept.txt": "kept", "folder/deep/clean.txt": "clean"}


def write(study: Study, target: Path, words: str) -> None:
    with gate(study, target) as draft:
        draft.write_text(words)


def test_words_that_tell_the_arm_are_whole_words_and_abbreviations_only_in_capitals(
    study: Study, tmp_path: Path
) -> None:
    bring_in(
        study,
        tmp_path,
        one="I: So?\n\nP07: The IPS lot, and services  as\nUsual. Lips, ips, SAUNA.\n\nI: Oh.",
        two="I: So?\n\nP07: Randomised to it, and Allocated To the rest (SAU).\n\nI: Oh.",
    )
    found = find_unmasking(study)
    assert [(one.source, " ".join(one.word.split())) for one in found] == [
        ("one", "IPS"),
        ("one", "services as Usual"),
        ("two", "Randomised to"),
        ("two", "Allocated To"),
        ("two", "SAU"),
    ]
    for one in found:
        assert read_source(study, one.source).text[one.start : one.end] == one.word
        assert one.word.split()[0] in one.context
    assert {one.source for one in find_unmasking(study, ["two"])} == {"two"}
