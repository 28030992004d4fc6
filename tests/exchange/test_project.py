"""The .qdpx: valid, whole, and its words are the study's by the NVivo rule."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.analysis.matrix import build_matrix
from qualbench.codebook.editing import NewCode, add_code, edit_code
from qualbench.codebook.tree import read_codebook
from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.coding.memos import add_memo, on_code, on_coding, on_source, on_words
from qualbench.coding.progress import finish
from qualbench.errors import BadInput, Refused
from qualbench.exchange.everything import MATRIX_COLUMNS
from qualbench.exchange.refi_qda.positions import NVIVO, STANDARD, Convention, convention
from qualbench.exchange.refi_qda.project import write_project
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.tables import AGREED, ForeignGuid, ParticipantAttribute
from qualbench.text.spans import Span
from qualbench.transcripts.sources import list_sources, read_source
from tests.builders import place, small_study
from tests.conftest import Demonstration
from tests.exchange.reader import NS, Project, needs_schema


@pytest.fixture(scope="module")
def project(demonstration: Demonstration) -> Project:
    return Project(demonstration.exports / "project.qdpx")


@needs_schema
def test_the_project_is_valid_by_the_published_schema(project: Project) -> None:
    assert project.faults() == []


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
    book = read_codebook(demonstration.study)
    expected = Counter(
        (one.source, book.by_id[one.code].label, "Agreed" if layer == AGREED else layer, one.quote)
        for layer in ("AB", "CD", AGREED)
        for one in list_codings(demonstration.study, layer=layer)
    )
    assert project.codings() == expected
    assert len(list(expected.elements())) > 1000


def test_cases_are_participants_at_timepoints_and_hold_their_talk(
    demonstration: Demonstration, project: Project
) -> None:
    names = project.code_names()
    variables = {v.get("guid"): v.get("name") for v in project.find(".//q:Variable")}
    assert set(variables.values()) == {
        "Participant:Stakeholder",
        "Participant:Timepoint",
        "Participant:Site",
        "Participant:Family",
        "Participant:Arm",
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
        "Participant:Family": "F01",
        "Participant:Arm": "IPS",
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
    agreed = {guid for guid, name in project.users().items() if name == "Agreed"}
    counted: Counter[tuple[str | None, tuple[str | None, ...]]] = Counter()
    for source in project.find(".//q:TextSource"):
        selections = [
            (
                int(s.get("startPosition", "")),
                int(s.get("endPosition", "")),
                s.find("q:Coding/q:CodeRef", NS).get("targetGUID"),
            )
            for s in source.findall("q:PlainTextSelection", NS)
            if s.get("creatingUser") in agreed
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
    assert project.faults() == []
    assert set(project.codings()) == {
        ("P07_b", "Being judged", "AB", "Naïve, me. 🙂 They judge ye."),
        ("P07_f", "Forms~ long ~ short", "CD", "The forms"),
    }
    assert any("Label: Forms: long / short" in (d.text or "") for d in project.find(".//q:Description"))


@needs_schema
def test_an_empty_study_is_valid_too(sqlite_study: Study, tmp_path: Path) -> None:
    write_project(sqlite_study, tmp_path / "empty.qdpx")
    assert Project(tmp_path / "empty.qdpx").faults() == []


def test_another_coders_layer_goes_out_once_both_have_finished(study: Study, tmp_path: Path) -> None:
    small_study(study, tmp_path / "files")
    for who in ("AB", "CD"):
        for source, words in (("P07_b", "They judge ye."), ("P07_f", "The forms"), ("group", "Murder, aye.")):
            add_coding(study.by(who), source, place(study, source, words), "judged")
    path = tmp_path / "p.qdpx"
    with pytest.raises(Refused, match="CD's codings are hidden"):
        write_project(study, path, ["AB", "CD"])
    assert not path.exists()
    assert write_project(study, path).codings == 3
    assert set(Project(path).users().values()) == {"Agreed", "AB"}
    for who in ("AB", "CD"):
        finish(study.by(who), ["P07_b", "P07_f"])
    assert write_project(study, path).left_out == {}, "a layer that is seen in part goes out only if named"
    assert set(Project(path).users().values()) == {"Agreed", "AB"}
    written = write_project(study, path, ["AB", "CD"])
    assert (written.codings, written.left_out) == (5, {"CD": ["group"]})
    assert {source for source, _, user, _ in Project(path).codings() if user == "CD"} == {"P07_b", "P07_f"}
    for who in ("AB", "CD"):
        finish(study.by(who), ["group"])
    assert write_project(study, path).codings == 6
    assert set(Project(path).users().values()) == {"Agreed", "AB", "CD"}


@needs_schema
@pytest.mark.parametrize("how", [NVIVO, STANDARD])
def test_a_memo_is_on_what_it_is_about(sqlite_study: Study, tmp_path: Path, how: Convention) -> None:
    study = small_study(sqlite_study, tmp_path / "files")
    words = place(study, "P07_b", "🙂 They judge ye.")
    add_coding(study, "P07_b", words, "judged")
    (coding,) = list_codings(study)
    add_memo(study, "On all of it")
    add_memo(study, "On the source", on_source("P07_f"))
    add_memo(study, "On the code\nin two lines", on_code("trust"))
    add_memo(study, "On the coding", on_coding(coding.id))
    add_memo(study, "On words", on_words("P07_b", words))
    assert write_project(study, tmp_path / "p.qdpx", None, how).memos == 5
    project = Project(tmp_path / "p.qdpx", utf16=how is NVIVO)
    assert project.faults() == []
    said = {note.get("guid"): project.text(note) for note in project.find(".//q:Note")}

    def on(path: str) -> list[str]:
        return [said[ref.get("targetGUID")] for ref in project.find(path)]

    assert on("q:NoteRef") == ["On all of it"]
    assert on(".//q:TextSource[@name='P07_f']/q:NoteRef") == ["On the source"]
    assert on(".//q:Code[@name='Trust']/q:NoteRef") == ["On the code\nin two lines"]
    assert on(".//q:PlainTextSelection/q:Coding/q:NoteRef") == ["On the coding"]
    (link,) = project.find(".//q:Link")
    assert said[link.get("originGUID")] == "On words"
    source = next(s for s in project.find(".//q:TextSource") if s.get("name") == "P07_b")
    selection = source.find(f"q:PlainTextSelection[@guid='{link.get('targetGUID')}']", NS)
    assert selection.find("q:Coding", NS) is None
    assert project.cut(source, selection) == "🙂 They judge ye."
    names = [note.get("name") for note in project.find(".//q:Note")]
    assert "Memo on Being judged in P07_b, turn 4" in names and len(set(names)) == 5


def test_a_memo_on_a_coding_that_stays_here_is_on_its_words(sqlite_study: Study, tmp_path: Path) -> None:
    study = small_study(sqlite_study, tmp_path / "files")
    add_coding(study, "P07_b", place(study, "P07_b", "They judge ye."), "judged")
    (coding,) = list_codings(study)
    add_memo(study, "On the coding", on_coding(coding.id))
    write_project(study, tmp_path / "p.qdpx", [AGREED])
    project = Project(tmp_path / "p.qdpx")
    assert not project.codings() and len(project.find(".//q:Link")) == 1
    assert set(project.users().values()) == {"Agreed", "AB"}


def test_what_came_from_another_program_goes_back_under_its_guid(sqlite_study: Study, tmp_path: Path) -> None:
    study = small_study(sqlite_study, tmp_path / "files")
    add_coding(study, "P07_b", place(study, "P07_b", "They judge ye."), "judged")
    add_memo(study, "Noted")
    (coding,) = list_codings(study)
    source = next(s.id for s in list_sources(study) if s.name == "P07_b")
    (memo,) = Project(_written(study, tmp_path)).find(".//q:Note")
    things = {
        "source": source,
        "code": "judged",
        "user": "AB",
        "case": "P07 Baseline",
        "coding": coding.id,
        "variable": "Site",
    }
    guids = {kind: f"{n:08x}-0000-4000-8000-000000000000" for n, kind in enumerate(things)}
    with change(study, "open", "Opened") as made:
        rows = [{"kind": kind, "key": key, "guid": guids[kind]} for kind, key in things.items()]
        made.insert(ForeignGuid, [*rows, {"kind": "variable", "key": "Family", "guid": guids["source"]}])
    project = Project(_written(study, tmp_path))
    assert project.code_names()[guids["code"]] == "Being judged"
    assert project.code_names()[guids["case"]] == "P07 Baseline" and guids["case"] in project.cases()
    assert project.users()[guids["user"]] == "AB"
    (back,) = (s for s in project.selections() if s.code == guids["code"])
    assert (back.source, back.user, back.words) == ("P07_b", guids["user"], "They judge ye.")
    assert [c.get("guid") for c in project.find(".//q:Coding") if c.get("guid") == guids["coding"]]
    assert {v.get("guid"): v.get("name") for v in project.find(".//q:Variable")}[
        guids["variable"]
    ] == "Participant:Site"
    assert f"sources/{guids['source']}.txt" in project.members
    assert memo.get("guid") in {note.get("guid") for note in project.find(".//q:Note")}


def test_what_else_is_known_of_a_participant_is_a_variable(sqlite_study: Study, tmp_path: Path) -> None:
    study = small_study(sqlite_study, tmp_path / "files")
    with change(study, "open", "Opened") as made:
        rows = [("P07", "Age", "40"), ("P07", "Person:Work", "night shifts"), ("P08", "Site", "elsewhere")]
        made.insert(
            ParticipantAttribute,
            [dict(zip(("participant_id", "name", "value"), r, strict=True)) for r in rows],
        )
    project = Project(_written(study, tmp_path))
    names = project.code_names()
    values = {names[guid]: of_case for guid, of_case in project.values().items()}
    assert values["P07 Baseline"]["Participant:Age"] == values["P07 Follow-up"]["Participant:Age"] == "40"
    assert values["P07 Baseline"]["Person:Work"] == "night shifts"
    assert values["P08 Follow-up"]["Participant:Site"] == "Bromley"


def test_candidate_themes_are_sets_of_codes(sqlite_study: Study, tmp_path: Path) -> None:
    study = small_study(sqlite_study, tmp_path / "files")
    theme = add_code(study, NewCode("Being seen", level="theme"))
    edit_code(study, "judged", {"also_in": (theme.id,)})
    project = Project(_written(study, tmp_path))
    sets = {s.get("name"): s for s in project.find(".//q:Set")}
    (member,) = sets["Candidate theme: Being seen"].findall("q:MemberCode", NS)
    assert project.code_names()[member.get("targetGUID", "")] == "Being judged"
    assert len(sets["Timepoint = Follow-up"].findall("q:MemberSource", NS)) == 2


def test_the_standard_has_code_points_lf_and_each_guid_once(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    write_project(demonstration.study, tmp_path / "p.qdpx", ["CD"], STANDARD)
    project = Project(tmp_path / "p.qdpx", utf16=False)
    book = read_codebook(demonstration.study)
    assert project.codings() == Counter(
        (one.source, book.by_id[one.code].label, "CD", one.quote)
        for one in list_codings(demonstration.study, layer="CD")
    )
    assert not any(b"\r" in data for data in project.members.values())
    assert not project.cases() & project.code_names().keys()
    guids = [element.get("guid", "") for element in project.xml.iter() if element.get("guid")]
    assert len(set(guids)) == len(guids)
    assert all(guid == guid.upper() for guid in guids)
    assert len(project.cases()) == 25


def test_texts_are_written_as_asked_for(sqlite_study: Study, tmp_path: Path) -> None:
    study = small_study(sqlite_study, tmp_path / "files")
    add_coding(study, "P07_b", place(study, "P07_b", "They judge ye."), "judged")
    starts = {}
    for profile in ("nvivo", "standard"):
        for newline in ("crlf", "lf"):
            how = convention(profile, newline, mark=newline == "crlf")
            write_project(study, tmp_path / "p.qdpx", None, how)
            project = Project(tmp_path / "p.qdpx", utf16=profile == "nvivo")
            source = next(s for s in project.find(".//q:TextSource") if s.get("name") == "P07_b")
            raw = project.raw_text(source)
            assert raw.startswith("\ufeff") == (newline == "crlf") == ("\r\n" in raw)
            assert [words for _, _, _, words in project.codings()] == ["They judge ye."]
            one = source.find("q:PlainTextSelection", NS)
            starts[profile, newline] = int(one.get("startPosition", ""))
    lines, emoji = 6, 1  # before these words
    assert starts["nvivo", "lf"] == starts["standard", "lf"] + emoji
    assert starts["standard", "crlf"] == starts["standard", "lf"] + lines
    assert starts["nvivo", "crlf"] == starts["standard", "lf"] + lines + emoji


@pytest.mark.parametrize(("profile", "newline"), [("NVivo 15", None), ("nvivo", "cr")])
def test_an_unknown_way_of_writing_is_refused(profile: str, newline: str | None) -> None:
    with pytest.raises(BadInput, match=r"is not a (profile|newline)"):
        convention(profile, newline)


def _written(study: Study, folder: Path) -> Path:
    write_project(study, folder / "p.qdpx")
    return folder / "p.qdpx"


@given(text=st.text(st.sampled_from("ab é\n🙂中\u0301"), max_size=60), data=st.data())
def test_positions_cut_the_same_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    place_of = NVIVO.places(text)
    units = NVIVO.data(text).decode("utf-8").encode("utf-16-le")
    cut = units[2 * place_of(start) : 2 * place_of(end)].decode("utf-16-le")
    assert cut.replace("\r\n", "\n") == text[Span(start, end).start : end]
