"""The .qdpx: valid, whole, and its words are the study's by the NVivo rule."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from qualbench.analysis.matrix import build_matrix
from qualbench.codebook.tree import read_codebook
from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.coding.progress import finish
from qualbench.exchange.everything import MATRIX_COLUMNS
from qualbench.exchange.refi_qda.positions import nvivo_position, nvivo_text
from qualbench.exchange.refi_qda.project import write_project
from qualbench.study.database import Study
from qualbench.study.tables import AGREED
from qualbench.text.spans import Span
from qualbench.transcripts.sources import list_sources, read_source
from tests.builders import place, small_study
from tests.conftest import Demonstration
from tests.exchange.reader import NS, Project

SCHEMA = Path(__file__).parents[3] / "shared" / "refi-qda" / "Project.xsd"
needs_schema = pytest.mark.skipif(not SCHEMA.is_file(), reason="the published schema is not at hand")


@pytest.fixture(scope="module")
def project(demonstration: Demonstration) -> Project:
    return Project(demonstration.exports / "project.qdpx")


def valid(project: Project) -> list[str]:
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    return [] if schema.validate(project.xml) else [str(error) for error in schema.error_log]


@needs_schema
def test_the_project_is_valid_by_the_published_schema(project: Project) -> None:
    assert valid(project) == []


def test_every_reference_has_its_target_of_the_right_kind(project: Project) -> None:
    guids = {
        tag: {e.get("guid") for e in project.find(f".//q:{tag}")}
        for tag in ("Code", "Case", "Variable", "TextSource", "User", "Set", "PlainTextSelection", "Coding")
    }
    assert {e.get("targetGUID") for e in project.find(".//q:CodeRef")} <= guids["Code"]
    assert {e.get("targetGUID") for e in project.find(".//q:VariableRef")} == guids["Variable"]
    assert {e.get("targetGUID") for e in project.find(".//q:SourceRef")} == guids["TextSource"]
    assert {e.get("targetGUID") for e in project.find(".//q:MemberSource")} == guids["TextSource"]
    users = {e.get("creatingUser") for e in project.xml.iter() if e.get("creatingUser")}
    assert users | {project.xml.get("creatingUserGUID")} <= guids["User"]
    everything = Counter(e.get("guid") for e in project.xml.iter() if e.get("guid"))
    assert (
        {guid for guid, times in everything.items() if times > 1}
        == guids["Case"] & guids["Code"]
        == guids["Case"]
    )


def test_every_text_is_a_member_named_by_its_guid(project: Project) -> None:
    sources = project.find(".//q:TextSource")
    assert {s.get("plainTextPath") for s in sources} == {f"internal://{s.get('guid')}.txt" for s in sources}
    assert set(project.members) == {"project.qde"} | {f"sources/{s.get('guid')}.txt" for s in sources}
    assert next(iter(project.members)) == "project.qde"


def test_texts_are_the_studys_with_cr_lf_and_without_mark(
    demonstration: Demonstration, project: Project
) -> None:
    for source in project.find(".//q:TextSource"):
        raw = project.raw_text(source)
        assert not raw.startswith("\ufeff")
        assert raw.count("\n") == raw.count("\r\n") > 0
        assert raw.replace("\r\n", "\n") == read_source(demonstration.study, source.get("name", "")).text


def test_words_cut_by_the_nvivo_rule_are_the_studys_quotes(
    demonstration: Demonstration, project: Project
) -> None:
    names = project.code_names()
    book = read_codebook(demonstration.study)
    cases = {case.get("guid") for case in project.find(".//q:Case")}
    agreed = [(s.source, names[s.code], s.words) for s in project.selections() if s.code not in cases]
    expected = [
        (c.source, book.by_id[c.code].label, c.quote) for c in list_codings(demonstration.study, layer=AGREED)
    ]
    assert Counter(agreed) == Counter(expected)
    assert len(agreed) > 300


def test_cases_are_participants_at_timepoints_and_hold_their_talk(
    demonstration: Demonstration, project: Project
) -> None:
    names = project.code_names()
    variables = {v.get("guid"): v.get("name") for v in project.find(".//q:Variable")}
    assert set(variables.values()) == {
        "Participant:Stakeholder",
        "Participant:Timepoint",
        "Participant:Site",
    }
    attributes = {
        case.get("name"): {
            variables[value.find("q:VariableRef", NS).get("targetGUID")]: value.findtext(
                "q:TextValue", None, NS
            )
            for value in case.findall("q:VariableValue", NS)
        }
        for case in project.find(".//q:Case")
    }
    assert attributes["P01 Baseline"] == {
        "Participant:Stakeholder": "Parent",
        "Participant:Timepoint": "Baseline",
        "Participant:Site": "Glasgow",
    }
    assert attributes["RC01 Follow-up"] == {
        "Participant:Stakeholder": "Recruitment co-ordinator",
        "Participant:Timepoint": "Follow-up",
    }
    spoken = Counter(
        (f"{turn.participant} {summary.timepoint}", source.text[turn.start : turn.end])
        for summary in list_sources(demonstration.study)
        for source in [read_source(demonstration.study, summary.name)]
        for turn in source.turns
        if turn.participant
    )
    cases = {case.get("guid") for case in project.find(".//q:Case")}
    assert Counter((names[s.code], s.words) for s in project.selections() if s.code in cases) == spoken


def test_the_matrix_recomputed_from_the_project_alone_is_the_workbook(
    demonstration: Demonstration, project: Project
) -> None:
    """Theme x (stakeholder, timepoint) from codes, cases and texts, without the study."""
    parents = {
        code.get("guid"): code.getparent().get("guid")
        for code in project.find(".//q:Code")
        if code.getparent() is not None
    }
    themes = {
        c.get("guid"): c.get("name")
        for c in project.find("q:CodeBook/q:Codes/q:Code")
        if c.get("isCodable") == "true"
    }
    values = {
        case.get("guid"): tuple(
            v.findtext("q:TextValue", None, NS) for v in case.findall("q:VariableValue", NS)[:2]
        )
        for case in project.find(".//q:Case")
    }
    counted: Counter[tuple[str | None, tuple[str | None, ...]]] = Counter()
    for source in project.find(".//q:TextSource"):
        selections = [
            (
                int(s.get("startPosition", "")),
                int(s.get("endPosition", "")),
                s.find("q:Coding/q:CodeRef", NS).get("targetGUID"),
            )
            for s in source.findall("q:PlainTextSelection", NS)
        ]
        talk = [s for s in selections if s[2] in values]
        for start, end, code in selections:
            if code in values:
                continue
            while code not in themes:
                code = parents[code]
            for case in {who for a, b, who in talk if a < end and start < b}:
                counted[themes[code], values[case]] += 1
    sheet = openpyxl.load_workbook(demonstration.exports / "matrix.xlsx")["Sheet1"]
    header = [cell.value for cell in sheet[1]][1:]
    for row in sheet.iter_rows(min_row=2, values_only=True):
        theme = str(row[0]).partition(" : ")[2]
        for column, cell in zip(header, row[1:], strict=True):
            pair = tuple(part.partition(" = ")[2] for part in str(column).partition(" : ")[2].split(" AND "))
            assert counted[theme, pair] == cell
    assert sum(counted.values()) == sum(
        sum(row) for row in build_matrix(demonstration.study, "themes", MATRIX_COLUMNS).cells
    )


def test_two_exports_are_the_same_bytes(demonstration: Demonstration, tmp_path: Path) -> None:
    write_project(demonstration.study, tmp_path / "again.qdpx")
    assert (tmp_path / "again.qdpx").read_bytes() == (demonstration.exports / "project.qdpx").read_bytes()


@needs_schema
def test_a_small_study_with_two_layers_and_reserved_characters(study: Study, tmp_path: Path) -> None:
    small_study(study, tmp_path / "files")
    add_coding(study, "P07_b", place(study, "P07_b", "Naïve, me. 🙂 They judge ye."), "judged")
    add_coding(study.by("CD"), "P07_f", place(study, "P07_f", "The forms"), "forms")
    for who in ("AB", "CD"):
        finish(study.by(who), ["P07_b", "P07_f"])
    write_project(study, tmp_path / "two.qdpx", ["AB", "CD"])
    project = Project(tmp_path / "two.qdpx")
    assert valid(project) == []
    names = project.code_names()
    assert {"Forms~ long ~ short", "Being judged"} <= set(names.values())
    users = {u.get("guid"): u.get("name") for u in project.find(".//q:User")}
    cases = {case.get("guid") for case in project.find(".//q:Case")}
    assert {(users[s.user], names[s.code], s.words) for s in project.selections() if s.code not in cases} == {
        ("AB", "Being judged", "Naïve, me. 🙂 They judge ye."),
        ("CD", "Forms~ long ~ short", "The forms"),
    }
    assert any("Label: Forms: long / short" in (d.text or "") for d in project.find(".//q:Description"))


@needs_schema
def test_an_empty_study_is_valid_too(sqlite_study: Study, tmp_path: Path) -> None:
    write_project(sqlite_study, tmp_path / "empty.qdpx")
    assert valid(Project(tmp_path / "empty.qdpx")) == []


@given(text=st.text(st.sampled_from("ab é\n🙂中\u0301"), max_size=60), data=st.data())
def test_positions_cut_the_same_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    place_of = nvivo_position(text)
    units = nvivo_text(text).encode("utf-16-le")
    cut = units[2 * place_of(start) : 2 * place_of(end)].decode("utf-16-le")
    assert cut.replace("\r\n", "\n") == text[Span(start, end).start : end]
