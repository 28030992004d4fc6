"""The sheet of a meeting: readable in Markdown and on paper, and a table that decisions are entered from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.table import Table

from qualbench.agreement.agenda import Agenda, plan_agenda
from qualbench.agreement.deciding import decide, reopen
from qualbench.agreement.decision_files import COLUMNS as IMPORTED
from qualbench.agreement.decision_files import import_decisions
from qualbench.agreement.finishing import finish
from qualbench.agreement.outcomes import OUTCOMES
from qualbench.agreement.queue import read_queue
from qualbench.codebook.editing import edit_code
from qualbench.codebook.merging import split_code
from qualbench.codebook.tree import read_codebook
from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.coding.reviewing import recode
from qualbench.exchange.agenda import COLUMNS, OUTCOME_MEANS, agenda_as_csv, agenda_as_markdown
from qualbench.exchange.agenda_document import write_agenda_document
from qualbench.study.database import Study
from qualbench.study.settings import set_stance
from qualbench.text.spans import Span
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.sources import read_source, rename_source
from tests.agreement.pairs import JUDGE, item_of, make_apart


@pytest.fixture
def apart(sqlite_study: Study, tmp_path: Path) -> Study:
    """With a definition, and a place that was decided and then coded anew."""
    study = make_apart(sqlite_study, tmp_path / "files")
    edit_code(study, "judged", {"definition": "Being looked *down* on."})
    edit_code(study, "trust", {"when_not_to_use": "Not for money."})
    decide(study, item_of(study, "fear").key, "keep B", reason="One word is enough.")
    (dread,) = split_code(study, "fear", ["Dread"])
    recode(study, [list_codings(study, code="fear")[0].id], dread.id)
    return study


def agenda_of(study: Study) -> Agenda:
    return plan_agenda(study, 45)


def markdown(study: Study) -> str:
    return agenda_as_markdown(agenda_of(study), read_codebook(study))


def document(study: Study, folder: Path) -> docx.document.Document:
    write_agenda_document(agenda_of(study), read_codebook(study), folder / "agenda.docx")
    return docx.Document(str(folder / "agenda.docx"))


def test_every_outcome_is_explained() -> None:
    assert tuple(OUTCOME_MEANS) == OUTCOMES


def test_the_markdown_has_all_that_the_talk_needs(apart: Study) -> None:
    told = markdown(apart)
    assert told.startswith("# What AB and CD have to talk about\n")
    assert "A is AB, B is CD." in told
    assert "3 of 3 differences still to be decided" in told
    assert "45 minutes: 3 for talking over each, and the time to read its turns at 200 words a minute" in told
    for outcome in OUTCOMES:
        assert f"| {outcome} |" in told
    headings = [line for line in told.splitlines() if line.startswith("#")]
    assert headings[1:3] == ["## Trust", "### 1. P07_f, turn 2: CD has coded it, AB has not"]
    assert "- *When not to use.* Not for money." in told
    assert f"> P07 (Parent): Naïve, me. 🙂 **{JUDGE}**" in told
    assert "> Interviewer: Why?" in told
    assert f"- A (AB), *Being judged*: “{JUDGE}”" in told
    assert "- B (CD), *Forms: long / short*: “judge ye.”" in told
    assert r"- *Definition.* Being looked \*down\* on." in told
    assert "- A (AB), *nothing*\n" in told
    before = next(line for line in told.splitlines() if "Decided before" in line)
    assert before.startswith("- Decided before: keep B, by AB on ") and before.endswith("One word is enough.")
    assert told.count("Reason: ....") == 3
    for item in read_queue(apart).items:
        assert f"Decision (`{item.id}`): ...." in told


def test_a_reflexive_sheet_has_no_coefficient(apart: Study) -> None:
    assert "Dice by turn" in markdown(apart)
    set_stance(apart, "reflexive", "We read it differently.")
    told = markdown(apart)
    assert "Dice" not in told and "kappa" not in told
    assert "1 difference, 1 open." in told


def test_the_document_has_a_table_for_each_difference_with_room_to_write(
    apart: Study, tmp_path: Path
) -> None:
    made = document(apart, tmp_path)
    assert made.sections[0].orientation == WD_ORIENT.PORTRAIT
    headings = [(p.style.name, p.text) for p in made.paragraphs if p.style.name.startswith("Heading")]
    assert headings[0] == ("Heading 1", "What AB and CD have to talk about")
    assert [text for style, text in headings if style == "Heading 2"] == [
        read_codebook(apart).by_id[code].label for code, _ in agenda_of(apart).by_code()
    ]
    outcomes, *tables = made.tables
    assert [row.cells[0].text for row in outcomes.rows][1:] == list(OUTCOMES)
    assert len(tables) == 3
    for table in made.tables:
        assert table.rows[0]._tr.trPr.xpath("w:tblHeader")
    judged = next(
        table
        for table in tables
        if "different codes" in table.rows[0].cells[0].text and JUDGE in text_of(table)
    )
    rows = {row.cells[0].text: row.cells[1] for row in judged.rows[1:]}
    assert list(rows) == ["Talk", "A (AB)", "B (CD)", "Means", "Decision", "Reason"]
    bold = [run.text for p in rows["Talk"].paragraphs for run in p.runs if run.bold]
    assert bold == [JUDGE]
    assert rows["Talk"].paragraphs[0].text == "Interviewer: Why?"
    assert [
        part.strip() for part in rows["Decision"].text.replace("\xa0", " ").split("☐") if part.strip()
    ] == list(OUTCOMES)
    assert rows["Reason"].text == "" and judged.rows[-1].height.cm > 1.5
    decided = next(table for table in tables if "Before" in text_of(table))
    assert "keep B, by AB" in text_of(decided)
    for item in read_queue(apart).items:
        assert sum(item.id in text_of(table) for table in tables) == 1


def text_of(table: Table) -> str:
    return "\n".join(cell.text for row in table.rows for cell in row.cells)


def test_two_documents_are_the_same_bytes(apart: Study, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_agenda_document(agenda_of(apart), read_codebook(apart), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def filled(text: str, values: dict[str, dict[str, str]]) -> Iterator[dict[str, str]]:
    for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))):
        yield row | values.get(row["code_a"] or row["code_b"], {})


def test_the_table_comes_back_filled_in(apart: Study, tmp_path: Path) -> None:
    assert set(IMPORTED) <= set(COLUMNS)
    told = agenda_as_csv(agenda_of(apart))
    rows = list(
        filled(
            told, {"judged": {"outcome": "both", "reason": "=Both hear it"}, "trust": {"outcome": "keep B"}}
        )
    )
    assert [row["outcome"] for row in rows] == ["keep B", "", "both"]
    with (tmp_path / "sheet.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    report = import_decisions(apart, tmp_path / "sheet.csv")
    assert (report.decided, report.skipped, report.faults) == (2, 1, [])
    item = item_of(apart, "judged")
    assert item.decision is not None and item.decision.reason == "=Both hear it"
    reopen(apart, item.decision.id)


def test_no_cell_of_the_table_is_a_formula(apart: Study, tmp_path: Path) -> None:
    (tmp_path / "sums.txt").write_text("I: Well?\n\nP08: =1+2 is what I said.\n\nI: So.")
    import_files(apart, [tmp_path / "sums.txt"])
    rename_source(apart, "sums", "@sums")
    start = read_source(apart, "@sums").text.index("=1+2")
    add_coding(apart, "@sums", Span(start, start + 4), "fear")
    for coder in ("AB", "CD"):
        finish(apart.by(coder), ["@sums"])
    rows = list(csv.DictReader(io.StringIO(agenda_as_csv(agenda_of(apart)).removeprefix("\ufeff"))))
    (row,) = [row for row in rows if "1+2" in row["words"]]
    assert (row["source"], row["words"]) == ("'@sums", "'=1+2")
    row["outcome"] = "keep A"
    with (tmp_path / "sheet.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerow(row)
    assert import_decisions(apart, tmp_path / "sheet.csv").decided == 1
