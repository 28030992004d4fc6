"""Consent: who may be coded, quoted and exported; dates that cannot be; what is on record of exports."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.analysis.quotes import QuoteFilter, find_quotes
from qualbench.coding.applying import add_coding, rebound
from qualbench.coding.codings import list_codings
from qualbench.coding.examples import add_example
from qualbench.coding.reviewing import recode
from qualbench.coding.tables import import_codings
from qualbench.errors import BadInput, NotFound, QualbenchError, Refused
from qualbench.evaluation.consent import (
    read_consents,
    record_consent,
    set_consent_rule,
    set_smallest_group,
)
from qualbench.exchange.gates import gate
from qualbench.exchange.records import record_export
from qualbench.study.database import Study
from qualbench.study.journal import change, read_log, undo
from qualbench.study.settings import read_study_settings
from qualbench.study.tables import ExportRecord, Participant, Source, table_of
from qualbench.text.spans import Span
from qualbench.transcripts.consent import require_consent, waiting_sources
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.participants import import_participants
from qualbench.transcripts.sources import list_sources
from tests.builders import place, small_study


@pytest.fixture
def asked(study: Study, tmp_path: Path) -> Study:
    """The small study, in which consent is required and P07 alone has given theirs."""
    small_study(study, tmp_path / "files")
    set_consent_rule(study, "required", "The ethics committee says so.")
    record_consent(study, "P07", "2023-01-10", "2", quote=True, archive=True)
    return study


def dated(study: Study, source: str, day: str) -> None:
    with change(study, "settings", "Dated") as made:
        ids = {one.name: one.id for one in list_sources(study)}
        made.update(Source, [{"id": ids[source], "date": day}])


def test_a_focus_group_needs_the_consent_of_everybody(asked: Study) -> None:
    add_coding(asked, "P07_b", place(asked, "P07_b", "They judge ye."), "judged")
    with pytest.raises(
        Refused, match=r"No consent to the interview is on record of FEW01 and P08: group cannot be coded\."
    ) as refused:
        add_coding(asked, "group", place(asked, "group", "The forms were murder."), "forms")
    assert "qualbench consent record FEW01" in refused.value.hint
    record_consent(asked, "FEW01", "2023-01-10", "2")
    record_consent(asked, "p08", "2023-01-10", "2")
    add_coding(asked, "group", place(asked, "group", "The forms were murder."), "forms")


def test_no_way_of_coding_goes_round_it(asked: Study, tmp_path: Path) -> None:
    set_consent_rule(asked, "not-required", "For the test")
    span = place(asked, "group", "The forms were murder.")
    mine = add_coding(asked, "group", span, "forms")
    set_consent_rule(asked, "required", "For the test")
    (tmp_path / "codings.csv").write_text(f"source,start,end,code\ngroup,{span.start},{span.end},judged\n")
    for act in (
        lambda: add_coding(asked, "group", span, "judged"),
        lambda: add_coding(asked, "group", Span(span.start, span.end + 12), "forms"),
        lambda: rebound(asked, mine, Span(span.start, span.end + 12)),
        lambda: import_codings(asked, tmp_path / "codings.csv"),
        lambda: recode(asked, [mine], "judged"),
        lambda: add_example(asked, "forms", "typical", "group", span),
    ):
        with pytest.raises(Refused, match="group cannot be coded"):
            act()
    assert [(one.source, one.code) for one in list_codings(asked)] == [("group", "forms")]


def test_what_waits_for_consent_is_not_exported(asked: Study, tmp_path: Path) -> None:
    with (
        pytest.raises(Refused, match="of FEW01 and P08: group cannot be exported"),
        gate(asked, tmp_path / "out.txt", allow_unsealed=True) as draft,
    ):
        draft.write_text("never", "utf-8")
    assert not (tmp_path / "out.txt").exists()
    with gate(asked, tmp_path / "out.txt", allow_unsealed=True, sources=["P07_b"]) as draft:
        draft.write_text("this goes", "utf-8")
    with gate(asked, tmp_path / "book.yaml", holds_texts=False) as draft:
        draft.write_text("and the codebook", "utf-8")


def test_consent_dated_after_the_interview_is_refused(asked: Study, tmp_path: Path) -> None:
    dated(asked, "group", "2023-06-01")
    before = len(read_log(asked))
    with pytest.raises(
        BadInput, match="consent of P08 is dated 2023-06-02, after their interview group of 2023-06-01"
    ):
        record_consent(asked, "P08", "2023-06-02", "2")
    table = tmp_path / "late.csv"
    table.write_text(
        "id,family,stakeholder,site,consent_date,trial_consent\n"
        "P08,F08,Parent,Bromley,2023-06-02,2023-05-01\nFEW01,,Family engagement worker,Glasgow,2023-06-01,\n"
    )
    report = import_participants(asked, table)
    assert [str(fault).partition(",")[0] for fault in report.faults] == ["late.csv"]
    assert report.updated == ["FEW01"] and len(read_log(asked)) == before + 1
    assert [one.missing for one in read_waiting(asked)] == [("P08",)]
    record_consent(asked, "P08", "2023-06-01", "2")
    assert read_waiting(asked) == []


def test_an_empty_cell_takes_back_no_consent(asked: Study, tmp_path: Path) -> None:
    record_consent(asked, "P07", "2023-01-10", "3", quote=False)
    table = tmp_path / "people.csv"
    table.write_text(
        "id,family,stakeholder,consent_date,consent_version,consent_quote,consent_archive\n"
        "P07,F07,Parent,,,,\nP08,F08,Parent,,,,yes\n"
    )
    assert import_participants(asked, table).faults == []
    people = {one.participant: one for one in read_consents(asked).people}
    assert (people["P07"].date, people["P07"].version, people["P07"].quote) == ("2023-01-10", "3", False)
    assert people["P08"].archive


def read_waiting(study: Study) -> list:  # type: ignore[type-arg]
    with study.read() as db:
        return waiting_sources(db)


def test_a_transcript_from_before_the_consent_does_not_come_in(asked: Study, tmp_path: Path) -> None:
    (tmp_path / "P07_early.txt").write_text("I: So?\n\nP07: Early on, it was.", "utf-8")
    (tmp_path / "manifest.csv").write_text("file,date\nP07_early.txt,2023-01-09\n")
    report = import_files(asked, [tmp_path / "P07_early.txt"], manifest=tmp_path / "manifest.csv")
    assert "the consent of P07 is dated 2023-01-10, after their interview P07_early" in str(report.faults[0])
    assert "P07_early" not in [one.name for one in list_sources(asked)]


def test_consent_to_the_trial_is_none_to_an_interview(asked: Study, tmp_path: Path) -> None:
    table = tmp_path / "trial.csv"
    table.write_text("id,family,stakeholder,site,trial_consent\nP08,F08,Parent,Bromley,2022-05-01\n")
    assert not import_participants(asked, table).faults
    found = {one.participant: one for one in read_consents(asked).people}
    assert (found["P08"].trial_date, found["P08"].date, found["P08"].waiting) == (
        "2022-05-01",
        None,
        ("group",),
    )
    assert (found["P07"].date, found["P07"].version, found["P07"].waiting) == ("2023-01-10", "2", ())


@pytest.mark.parametrize(
    ("who", "day", "version", "message"),
    [
        ("P07", "10 January", "2", "'10 January' is not a date"),
        ("P07", "2023-01-10", " ", "version of the consent form is missing"),
        ("P99", "2023-01-10", "2", "no participant 'P99'"),
        ("P07", "2023-01-10", "2", "on record already"),
    ],
)
def test_consent_that_cannot_be_changes_nothing(
    asked: Study, who: str, day: str, version: str, message: str
) -> None:
    before = len(read_log(asked))
    with pytest.raises(QualbenchError, match=message) as refused:
        record_consent(asked, who, day, version)
    assert isinstance(refused.value, BadInput | NotFound | Refused) and len(read_log(asked)) == before


def test_who_was_not_asked_about_quotes_is_counted_only(asked: Study) -> None:
    for who in ("P08", "FEW01"):
        record_consent(asked, who, "2023-01-10", "2")
    add_coding(asked, "group", place(asked, "group", "murder.\n\nP08: Murder, aye"), "forms")
    found = find_quotes(asked, QuoteFilter(layer="AB"))
    assert [one.participant for one in found.quotes] == ["P07"]
    assert found.withheld == {"FEW01": 0, "P08": 1}
    record_consent(asked, "P08", "2023-01-10", "2", quote=True)
    assert [one.participant for one in find_quotes(asked, QuoteFilter(layer="AB")).quotes] == ["P07", "P08"]


def test_the_rules_of_a_study_change_for_a_reason(asked: Study) -> None:
    with pytest.raises(BadInput, match="needs a reason"):
        set_smallest_group(asked, 5, " ")
    with pytest.raises(BadInput, match="at least one person"):
        set_smallest_group(asked, 0, "none")
    with pytest.raises(BadInput, match="neither required nor not-required"):
        set_consent_rule(asked, "maybe", "why not")
    set_smallest_group(asked, 5, "A small team")
    assert read_study_settings(asked).smallest_group == 5
    undo(asked)
    assert read_study_settings(asked).smallest_group == 3


def test_an_export_is_on_record_with_whose_words_are_in_it(study: Study, tmp_path: Path) -> None:
    small_study(study, tmp_path / "files")
    for _ in range(2):  # the same bytes once
        with gate(study, tmp_path / "out.txt", allow_unsealed=True, let_out=()) as draft:
            draft.write_text("She said: “I filled mine in on the bus.”", "utf-8")
    with study.read() as db:
        rows = db.execute(table_of(ExportRecord).select()).all()
    assert [(row.name, row.kind, row.participants, row.made_by) for row in rows][:1] == [
        ("out.txt", "txt", "FEW01", "AB")
    ]
    assert undo(study).action != "export", "an export stands in nobody's way"


def test_who_only_looks_on_exports_without_a_record(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small_study(study, tmp_path / "files")
    file = tmp_path / "out.txt"
    file.write_text("x", "utf-8")
    record_export(study.by("ZZ"), file, "out.txt")
    assert "This export is not on record. The study has no coder 'ZZ'." in capsys.readouterr().err
    with pytest.raises(NotFound, match="no coder"):
        record_export(study.by("ZZ"), file, "out.txt", let_out="3 sources unsealed")


def test_consent_is_looked_at_by_source(asked: Study) -> None:
    ids = {one.name: one.id for one in list_sources(asked)}
    with asked.read() as db:
        require_consent(db, [ids["P07_b"], ids["P07_f"]])
        with pytest.raises(Refused):
            require_consent(db, ids.values())
    with change(asked, "participants", "Taken back") as made:
        made.update(Participant, [{"id": "P07", "consent_date": None}])
    with pytest.raises(Refused, match=r"FEW01, P07 and P08: P07_b, P07_f and group"), asked.read() as db:
        require_consent(db, ids.values())
