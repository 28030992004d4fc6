"""From suggestion to seal, on both databases; and nothing left behind in any byte."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from qualbench.codebook.importing import import_entries
from qualbench.codebook.tree import CodeEntry
from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.exchange.everything import export_all
from qualbench.exchange.gates import gate
from qualbench.redaction.deciding import decide, join_entities
from qualbench.redaction.decisions import import_decisions
from qualbench.redaction.entities import ACCEPTED, PENDING, REJECTED, list_entities
from qualbench.redaction.leaks import find_leaks
from qualbench.redaction.sealing import scrub, seal
from qualbench.redaction.suggesting import suggest_in_sources
from qualbench.study.backups import backup_daily
from qualbench.study.chain import chain_faults
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from qualbench.study.journal import read_log, redo, undo
from qualbench.transcripts.duplicates import compare
from qualbench.transcripts.importing import commit, import_files
from qualbench.transcripts.intake import Intake
from qualbench.transcripts.participants import import_participants
from qualbench.transcripts.sources import list_sources, read_source, rename_source
from tests.builders import place, plant_entry, small_study

FIRST = """Torquil: Hello.

P07: It was Zebedina who came, zebedina herself.

Torquil: Oh?

P07: Zebedina's fine."""
SECOND = "I: And then?\n\nP08: I met Zebedina at Quillmore Nursery.\n\nI: Good?\n\nP08: Aye."
SECRETS = ("zebedina", "quillmore", "torquil")


@pytest.fixture
def named(study: Study, tmp_path: Path) -> Study:
    """A small study and two sources in which people are named."""
    small_study(study, tmp_path / "files")
    (tmp_path / "one.txt").write_text(FIRST)
    (tmp_path / "two.txt").write_text(SECOND)
    import_participants(study, _people(tmp_path, "P07,F07,Parent,Glasgow,two=Torquil"))
    import_files(study, [tmp_path / "one.txt", tmp_path / "two.txt"])
    return study


def _people(folder: Path, row: str) -> Path:
    (folder / "people.csv").write_text(f"id,family,stakeholder,site,labels\n{row}\n")
    return folder / "people.csv"


def entity(study: Study, text: str) -> str:
    return next(e.id for e in list_entities(study) if text in e.texts)


def decide_all(study: Study) -> None:
    decide(study, entity(study, "Zebedina"), ACCEPTED, term="Worker", kind="person")
    decide(study, entity(study, "Quillmore Nursery"), ACCEPTED, term="Nursery", kind="organisation")
    decide(study, entity(study, "Torquil"), ACCEPTED, kind="person")
    for one in list_entities(study):
        if one.decision == PENDING:
            decide(study, one.id, REJECTED)


def test_one_entity_has_one_pseudonym_in_every_source(named: Study) -> None:
    suggest_in_sources(named, {"Zebedina": "person"})
    decide_all(named)
    seal(named, ["one", "two"])
    assert read_source(named, "one").text == (
        "[Person 1]: Hello.\n\nP07: It was [Worker 1] who came, [Worker 1] herself.\n\n"
        "[Person 1]: Oh?\n\nP07: [Worker 1]'s fine."
    )
    assert "I met [Worker 1] at [Nursery 1]." in read_source(named, "two").text
    assert [t.speaker for t in read_source(named, "one").turns] == ["[Person 1]", "P07"] * 2
    assert check_study(named) == []


def test_a_name_decided_once_is_decided_where_it_comes_back(named: Study, tmp_path: Path) -> None:
    suggest_in_sources(named, {"Zebedina": "person"})
    decide_all(named)
    seal(named, ["one", "two"])
    (tmp_path / "three.txt").write_text("I: Who?\n\nP07: ZEBEDINA again, and Quillmore Nursery.\n\nI: Oh.")
    import_files(named, [tmp_path / "three.txt"])
    suggest_in_sources(named, {"Zebedina": "person"})
    assert {e.texts[0]: e.decision for e in list_entities(named) if e.mentions[0].source == "three"} == {
        "ZEBEDINA": ACCEPTED,
        "Quillmore Nursery": ACCEPTED,
    }
    seal(named, ["three"])
    assert "[Worker 1] again, and [Nursery 1]." in read_source(named, "three").text


def test_suggesting_twice_adds_nothing(named: Study) -> None:
    assert sum(suggest_in_sources(named, {"Zebedina": "person"}).values()) > 0
    assert sum(suggest_in_sources(named, {"Zebedina": "person"}).values()) == 0


def test_codings_made_before_move_with_the_text(named: Study) -> None:
    inside = add_coding(named, "one", place(named, "one", "who came, zebedina herself"), "fear")
    across = add_coding(named, "one", place(named, "one", "bedina who ca"), "judged")
    suggest_in_sources(named, {"Zebedina": "person"})
    decide_all(named)
    seal(named, ["one", "two"])
    quotes = {c.id: c.quote for c in list_codings(named)}
    assert quotes == {inside: "who came, [Worker 1] herself", across: "[Worker 1] who ca"}


def test_undecided_suggestions_keep_a_source_from_being_sealed(named: Study) -> None:
    suggest_in_sources(named, {"Zebedina": "person"})
    before = read_source(named, "one").text
    with pytest.raises(Refused, match="nobody has decided on"):
        seal(named, ["two", "one"])
    assert read_source(named, "one").text == before
    assert not any(s.state == "sealed" for s in list_sources(named))


def test_sealing_is_for_good(named: Study) -> None:
    suggest_in_sources(named, {"Zebedina": "person"})
    decide_all(named)
    seal(named, ["one"])
    with pytest.raises(Refused, match="sealed already"):
        seal(named, ["one"])
    for reverse in (undo, redo):
        with pytest.raises(Refused, match="nothing of AB's"):
            reverse(named)
    assert "Zebedina" not in read_source(named, "one").text
    assert chain_faults(named) == []


def pass_gate(study: Study, words: str, *, allow_unsealed: bool = False) -> None:
    """Export a file with some words."""
    with gate(study, study.folder.parent / "out.txt", allow_unsealed=allow_unsealed) as draft:
        draft.write_text(words)


def files_under(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def test_no_byte_of_the_study_folder_holds_an_original(sqlite_study: Study, tmp_path: Path) -> None:
    study = small_study(sqlite_study, tmp_path / "files")
    for n in range(3):  # big enough to spill over many pages
        (tmp_path / f"long{n}.txt").write_text(
            f"Torquil: Hello {n}.\n\nP07: "
            + "Zebedina went to Quillmore Nursery and came back again. " * 400
            + "\n\nTorquil: Oh."
        )
    (tmp_path / "manifest.csv").write_text(
        "file,kind,timepoint,site,date,mode,interviewer\n"
        + "".join(f"long{n}.txt,interview,,,,,Torquil\n" for n in range(3))
    )
    import_participants(study, _people(tmp_path, "P07,F07,Parent,Glasgow,long9=Torquil; long1=Quillmore"))
    import_files(study, sorted(tmp_path.glob("long*.txt")), manifest=tmp_path / "manifest.csv")
    backup_daily(study, date(2026, 3, 2))
    suggest_in_sources(study, {"Zebedina": "person"})
    decide_all(study)
    done = seal(study, [source.name for source in list_sources(study)])
    assert [path.name for path in done.backups_removed] == ["2026-03-02.db"]
    backup_daily(study, date(2026, 3, 3))
    export_all(study, study.folder / "exports")
    held = {
        (path.name, form)
        for path in files_under(study.folder)
        for secret in SECRETS
        for form in (secret, secret.capitalize(), secret.upper())
        for encoding in ("utf-8", "utf-16-le", "utf-16-be")
        if form.encode(encoding) in path.read_bytes()
    }
    assert held == set()


def test_a_leak_elsewhere_blocks_exports_and_is_placed_without_being_named(
    named: Study, tmp_path: Path
) -> None:
    suggest_in_sources(named, {"Zebedina": "person"})
    decide_all(named)
    seal(named, [s.name for s in list_sources(named) if s.name != "two"])
    (leak, *_) = find_leaks(named)
    assert leak.place == "the text of two"
    pass_gate(named, "x", allow_unsealed=True)  # an unsealed text may still hold its names
    seal(named, ["two"])
    assert find_leaks(named) == []
    pass_gate(named, "x")
    plant_entry(named, CodeEntry("zeb", None, "code", "What Zebedina did"))
    with pytest.raises(Refused, match="1 place, first in the label of the code zeb at 5-13") as refused:
        pass_gate(named, "x", allow_unsealed=True)
    assert "zebedina" not in str(refused.value).casefold()


def test_unsealed_sources_do_not_go_out_unless_told_so_and_that_is_journaled(
    named: Study, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match=r"Not sealed yet: .* and 2 more"):
        export_all(named, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    export_all(named, tmp_path / "out", allow_unsealed=True)
    assert read_log(named)[-1].summary == "Exported out with 5 sources unsealed"


def test_a_reviewers_table_accepts_adds_and_rejects(named: Study, tmp_path: Path) -> None:
    suggest_in_sources(named)
    (tmp_path / "decisions.csv").write_text(
        "source,text,kind,decision,entity,term\n"
        "one,Torquil,person,accept,boss,Manager\n"
        ",Zebedina,person,accept,zeb,Worker\n"
        ",zebedina,person,accept,zeb,Worker\n"
        ",Quillmore Nursery,organisation,reject,,\n"
        "one,fine,name,accept,,Word\n"
        "nine,Zebedina,person,accept,,\n"
        ",Aye,song,accept,,\n"
        ",Aye,name,perhaps,,\n"
    )
    report = import_decisions(named, tmp_path / "decisions.csv")
    assert (report.accepted, report.added, report.rejected) == (7, 1, 1)
    assert len(report.faults) == 3
    seal(named, ["one", "two"])
    assert "[Worker 1] who came, [Worker 1] herself" in read_source(named, "one").text
    assert read_source(named, "one").turns[0].speaker == "[Manager 1]"
    assert "[Worker 1] at Quillmore Nursery" in read_source(named, "two").text


def test_joining_entities_makes_one_pseudonym(named: Study) -> None:
    suggest_in_sources(named, {"Zebedina": "person"})
    first = entity(named, "Torquil")
    pseudonym = decide(named, first, ACCEPTED, term="Person")
    assert join_entities(named, entity(named, "Quillmore Nursery"), first) == pseudonym
    for wrong in (("nobody", first), (first, "nobody"), (first, first)):
        with pytest.raises(NotFound):
            join_entities(named, *wrong)
    with pytest.raises(NotFound):
        decide(named, "nobody", ACCEPTED)


def test_an_undone_coding_is_not_made_again_on_other_words_after_sealing(named: Study) -> None:
    add_coding(named, "one", place(named, "one", "who came"), "fear")
    undo(named)
    sealer = named.by("CD")
    suggest_in_sources(sealer, {"Zebedina": "person"})
    decide_all(sealer)
    seal(sealer, ["one", "two"])
    with pytest.raises(Refused, match="nothing of AB's to redo"):
        redo(named)


def test_what_was_sealed_keeps_its_decision(named: Study) -> None:
    suggest_in_sources(named, {"Zebedina": "person"})
    decide_all(named)
    worker = entity(named, "Zebedina")
    seal(named, ["one"])
    with pytest.raises(Refused, match="has been sealed"):
        decide(named, worker, REJECTED)
    with pytest.raises(Refused, match="has been sealed"):
        join_entities(named, worker, entity(named, "Quillmore Nursery"))


def test_participants_keep_their_talk_when_the_list_is_imported_again_after_sealing(
    named: Study, tmp_path: Path
) -> None:
    people = _people(tmp_path, "P07,F07,Parent,Glasgow,one=Torquil")
    import_participants(named, people)
    suggest_in_sources(named, {"Zebedina": "person"})
    decide_all(named)
    seal(named, ["one", "two"])
    import_participants(named, people)
    assert {t.participant for t in read_source(named, "one").turns} == {"P07"}


def test_without_its_secret_a_study_lets_nothing_out_and_takes_nothing_in(
    named: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suggest_in_sources(named, {"Zebedina": "person"})
    decide_all(named)
    seal(named, [s.name for s in list_sources(named) if s.state != "sealed" and s.name in ("one", "two")])
    monkeypatch.setenv("QUALBENCH_HOME", str(tmp_path / "elsewhere"))
    for refused in (
        lambda: pass_gate(named, "x", allow_unsealed=True),
        lambda: suggest_in_sources(named),
        lambda: import_files(named, [tmp_path / "one.txt"]),
    ):
        with pytest.raises(Refused, match="secret of this study is not on this machine"):
            refused()
    assert not (tmp_path / "elsewhere").exists()
    assert list_sources(named)


def test_a_name_in_the_codebook_is_a_leak(named: Study) -> None:
    suggest_in_sources(named, {"Zebedina": "person"})
    decide_all(named)
    seal(named, ["one", "two"])
    example = CodeEntry("fear", "social-work", "code", "Fear", typical_example="Zebedina said so.")
    with pytest.raises(Refused, match=r"sealed as \[Worker 1\]"):
        import_entries(named, [example], "test")
    plant_entry(named, example)
    assert [leak.place for leak in find_leaks(named)] == ["the typical example of the code fear"]


def test_an_open_reader_is_told_of_and_the_scrub_can_be_done_again(
    sqlite_study: Study, tmp_path: Path
) -> None:
    small_study(sqlite_study, tmp_path / "files")
    (tmp_path / "one.txt").write_text(FIRST)
    import_files(sqlite_study, [tmp_path / "one.txt"])
    suggest_in_sources(sqlite_study, {"Zebedina": "person"})
    for one in list_entities(sqlite_study):
        decide(sqlite_study, one.id, ACCEPTED)
    reader = sqlite3.connect(sqlite_study.folder / "study.db")
    reader.execute("BEGIN")
    reader.execute("SELECT text FROM source").fetchall()
    with pytest.raises(Refused, match="another program"):
        seal(sqlite_study, ["one"])
    reader.rollback()
    reader.close()
    scrub(sqlite_study)
    assert not any(b"ebedina" in path.read_bytes() for path in files_under(sqlite_study.folder))


def test_a_source_that_nobody_looked_through_is_not_sealed(named: Study) -> None:
    with pytest.raises(Refused, match="not been looked through"):
        seal(named, ["one"])


def test_a_name_in_the_name_of_a_source_goes_with_the_name(sqlite_study: Study, tmp_path: Path) -> None:
    (tmp_path / "P07_Zebedina.txt").write_text("I: Who?\n\nP07: Zebedina.\n\nI: Oh.")
    import_files(sqlite_study, [tmp_path / "P07_Zebedina.txt"])
    suggest_in_sources(sqlite_study, {"Zebedina": "person"})
    decide(sqlite_study, entity(sqlite_study, "Zebedina"), ACCEPTED)
    with pytest.raises(Refused, match="qualbench rename P07_Zebedina"):
        seal(sqlite_study, ["P07_Zebedina"])
    rename_source(sqlite_study, "P07_Zebedina", "P07_b")
    seal(sqlite_study, ["P07_b"])
    assert [event.summary for event in read_log(sqlite_study)][1] == "Imported P07_b"
    assert chain_faults(sqlite_study) == []
    assert not any(b"ebedina" in path.read_bytes() for path in files_under(sqlite_study.folder))


@pytest.mark.parametrize(
    "name",
    [
        "St. Mary's",
        "[Bob]",
        "+44 141 496 0123",
        "www.annaslife.org",
        "van Dyke",
        "a.b-c@mail.example.org.uk",
        "Jo(e)",
    ],
)
def test_every_form_of_name_is_found_again(study: Study, tmp_path: Path, name: str) -> None:
    for n in (1, 2):
        (tmp_path / f"L{n}.txt").write_text(f"I: Who, number {n}?\n\nP07: It was {name}, aye.\n\nI: Oh.")
    (tmp_path / "decisions.csv").write_text(
        f'source,text,kind,decision,entity,term\n,"{name}",name,accept,,\n'
    )
    import_files(study, [tmp_path / "L1.txt"])
    suggest_in_sources(study)
    assert import_decisions(study, tmp_path / "decisions.csv").faults == []
    import_files(study, [tmp_path / "L2.txt"], duplicates="keep")
    assert [leak.place for leak in find_leaks(study) if leak.place.endswith("L2")] == ["the text of L2"]


def test_mentions_that_overlap_become_one(named: Study, tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("text,kind,decision\nZebedina who came,person,accept\n")
    (tmp_path / "two.csv").write_text("text,kind,decision\nwho came,person,accept\n")
    suggest_in_sources(named)
    import_decisions(named, tmp_path / "one.csv")
    undo(named)
    import_decisions(named.by("CD"), tmp_path / "two.csv")
    redo(named)
    for one in list_entities(named):
        if one.decision == PENDING:
            decide(named, one.id, REJECTED)
    seal(named, ["one"])
    assert "P07: It was [Person 1], zebedina herself." in read_source(named, "one").text


def test_a_row_whose_text_stands_nowhere_is_told(named: Study, tmp_path: Path) -> None:
    (tmp_path / "decisions.csv").write_text("text,kind,decision\nZorro,person,accept\n")
    report = import_decisions(named, tmp_path / "decisions.csv")
    assert [fault.message for fault in report.faults] == [
        "decisions.csv, row 2: its text stands nowhere in any unsealed source as whole words."
    ]


@pytest.mark.parametrize("term", ["[Friend]", "Friend 1", "Te.rm*+", ""])
def test_a_pseudonym_is_made_of_words(named: Study, term: str) -> None:
    suggest_in_sources(named, {"Zebedina": "person"})
    with pytest.raises(BadInput, match="cannot be the word of a pseudonym"):
        decide(named, entity(named, "Zebedina"), ACCEPTED, term=term or " ")


def test_a_new_version_does_not_bring_redacted_names_back(named: Study, tmp_path: Path) -> None:
    suggest_in_sources(named)
    decide_all(named)
    seal(named, ["one", "two"])
    sealed_text = read_source(named, "two").text
    longer = SECOND.replace("Aye.", "Aye, everything understood immediately.")
    intake = Intake(named)
    (tmp_path / "two.txt").write_text(longer)
    (tmp_path / "safe.txt").write_text(sealed_text.replace("Aye.", "Aye, aye."))
    for file, comes_in in (("two.txt", False), ("safe.txt", True)):
        candidate = intake.prepare(tmp_path / file)
        like = compare("two", sealed_text, candidate.transcript.text)
        candidate = intake.revise(replace(candidate, likeness=like), choice="replace")
        assert (intake.obstacle(candidate) is None) == comes_in
        if not comes_in:
            with pytest.raises(Refused):
                commit(named, candidate)
            assert read_source(named, "two").text == sealed_text
    assert "quillmore" not in read_source(named, "two").text.casefold()
