"""From suggestion to seal, on both databases; and nothing left behind in any byte."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from qualbench.coding.codings import add_coding, list_codings
from qualbench.errors import NotFound, Refused
from qualbench.exchange.everything import export_all
from qualbench.exchange.gates import require_safe
from qualbench.redaction.decisions import import_decisions
from qualbench.redaction.entities import (
    ACCEPTED,
    PENDING,
    REJECTED,
    decide,
    list_entities,
    suggest_in_sources,
)
from qualbench.redaction.leaks import find_leaks
from qualbench.redaction.sealing import seal
from qualbench.study.backups import backup_daily
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from qualbench.study.journal import chain_faults, read_log, undo
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.participants import import_participants
from qualbench.transcripts.sources import list_sources, read_source
from tests.builders import place, small_study

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
    suggest_in_sources(named, ["Zebedina"])
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
    suggest_in_sources(named, ["Zebedina"])
    decide_all(named)
    seal(named, ["one", "two"])
    (tmp_path / "three.txt").write_text("I: Who?\n\nP07: ZEBEDINA again, and Quillmore Nursery.\n\nI: Oh.")
    import_files(named, [tmp_path / "three.txt"])
    suggest_in_sources(named, ["Zebedina"])
    assert {e.texts[0]: e.decision for e in list_entities(named) if e.mentions[0].source == "three"} == {
        "ZEBEDINA": ACCEPTED,
        "Quillmore Nursery": ACCEPTED,
    }
    seal(named, ["three"])
    assert "[Worker 1] again, and [Nursery 1]." in read_source(named, "three").text


def test_suggesting_twice_adds_nothing(named: Study) -> None:
    assert sum(suggest_in_sources(named, ["Zebedina"]).values()) > 0
    assert sum(suggest_in_sources(named, ["Zebedina"]).values()) == 0


def test_codings_made_before_move_with_the_text(named: Study) -> None:
    inside = add_coding(named, "one", place(named, "one", "who came, zebedina herself"), "fear")
    across = add_coding(named, "one", place(named, "one", "bedina who ca"), "judged")
    suggest_in_sources(named, ["Zebedina"])
    decide_all(named)
    seal(named, ["one", "two"])
    quotes = {c.id: c.quote for c in list_codings(named)}
    assert quotes == {inside: "who came, [Worker 1] herself", across: "[Worker 1] who ca"}


def test_undecided_suggestions_keep_a_source_from_being_sealed(named: Study) -> None:
    suggest_in_sources(named, ["Zebedina"])
    before = read_source(named, "one").text
    with pytest.raises(Refused, match="nobody has decided on"):
        seal(named, ["two", "one"])
    assert read_source(named, "one").text == before
    assert all(s.state == "imported" for s in list_sources(named))


def test_sealing_is_for_good(named: Study) -> None:
    suggest_in_sources(named, ["Zebedina"])
    decide_all(named)
    seal(named, ["one"])
    with pytest.raises(Refused, match="sealed already"):
        seal(named, ["one"])
    undo(named)  # what came before it and still can be undone
    assert "Zebedina" not in read_source(named, "one").text
    assert chain_faults(named) == []


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
    suggest_in_sources(study, ["Zebedina"])
    decide_all(study)
    done = seal(study, [source.name for source in list_sources(study)])
    assert [path.name for path in done.backups_removed] == ["2026-03-02.db"]
    backup_daily(study, date(2026, 3, 3))
    export_all(study, study.exports)
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
    suggest_in_sources(named, ["Zebedina"])
    decide_all(named)
    seal(named, [s.name for s in list_sources(named) if s.name != "two"])
    (leak, *_) = find_leaks(named)
    assert leak.place == "the text of two"
    with pytest.raises(Refused) as refused:
        require_safe(named, "x", allow_unsealed=True)
    assert "zebedina" not in str(refused.value).casefold()
    seal(named, ["two"])
    assert find_leaks(named) == []
    require_safe(named, "x")


def test_unsealed_sources_do_not_go_out_unless_told_so_and_that_is_journaled(
    named: Study, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match="5 sources are not sealed"):
        export_all(named, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    export_all(named, tmp_path / "out", allow_unsealed=True)
    assert read_log(named)[-1].summary == "Exported everything with 5 sources unsealed"


def test_a_reviewers_table_accepts_adds_and_rejects(named: Study, tmp_path: Path) -> None:
    suggest_in_sources(named, [])
    (tmp_path / "decisions.csv").write_text(
        "source,text,kind,decision,entity,term\n"
        "one,Torquil,person,accept,boss,Manager\n"
        ",Zebedina,person,accept,zeb,Worker\n"
        ",zebedina,person,accept,zeb,Worker\n"
        ",Quillmore Nursery,organisation,reject,,\n"
        "nine,Zebedina,person,accept,,\n"
        ",Aye,song,accept,,\n"
        ",Aye,name,perhaps,,\n"
    )
    report = import_decisions(named, tmp_path / "decisions.csv")
    assert (report.accepted, report.added, report.rejected) == (6, 1, 1)
    assert len(report.faults) == 3
    seal(named, ["one", "two"])
    assert "[Worker 1] who came, [Worker 1] herself" in read_source(named, "one").text
    assert read_source(named, "one").turns[0].speaker == "[Manager 1]"
    assert "[Worker 1] at Quillmore Nursery" in read_source(named, "two").text


def test_joining_entities_makes_one_pseudonym(named: Study) -> None:
    suggest_in_sources(named, ["Zebedina"])
    first = entity(named, "Torquil")
    pseudonym = decide(named, first, ACCEPTED, term="Person")
    assert decide(named, entity(named, "Quillmore Nursery"), ACCEPTED, same_as=first) == pseudonym
    with pytest.raises(NotFound):
        decide(named, "nobody", ACCEPTED)
