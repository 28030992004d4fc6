"""Any study, written for NVivo and by the standard: whole, valid, word for word, and counted alike."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qdapy.qdpx import read_qdpx

from qualbench.codebook.tree import read_codebook
from qualbench.coding.codings import list_codings
from qualbench.coding.memos import list_memos
from qualbench.exchange.nvivo.bundle import write_bundle
from qualbench.exchange.nvivo.dataset import dataset_rows
from qualbench.exchange.refi_qda.contents import read_contents
from qualbench.exchange.refi_qda.positions import NVIVO, STANDARD, Convention, convention
from qualbench.exchange.refi_qda.project import write_project
from qualbench.study.database import Study, create_study
from qualbench.study.settings import set_up
from qualbench.study.tables import AGREED
from qualbench.transcripts.sources import read_sources
from tests.exchange.random_studies import LAYERS, Sketch, make_study, sketches
from tests.exchange.reader import NS, SCHEMA, Project

HOW = (
    NVIVO,
    STANDARD,
    convention("nvivo", "lf"),
    convention("nvivo", mark=True),
    convention("standard", "crlf"),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an empty study."""
    folder = tmp_path_factory.mktemp("template") / "study"
    made = create_study(folder, coder="AB")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUALBENCH_HOME", str(folder.parent / "home"))
        set_up(made, "Random")
    made.close()
    return folder


def expected(study: Study, names: dict[str, str]) -> Counter[tuple[str, str, str, str]]:
    return Counter(
        (one.source, names[one.code], "Agreed" if layer == AGREED else layer, one.quote)
        for layer in LAYERS
        for one in list_codings(study, layer=layer)
    )


@settings(max_examples=40, deadline=None)
@given(sketch=sketches(), how=st.sampled_from(HOW))
def test_every_coding_and_memo_is_there_word_for_word(
    template: Path, sketch: Sketch, how: Convention
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study = make_study(template, folder / "study", sketch)
        texts = {source.summary.name: source.text for source in read_sources(study)}
        names = read_contents(study).code_names
        path = folder / "p.qdpx"
        write_project(study, path, LAYERS, how)
        project = Project(path, utf16=how.for_nvivo)
        assert project.codings() == expected(study, dict(names))
        assert {s.get("name"): project.text(s) for s in project.find(".//q:TextSource")} == texts
        assert _said(project) == (_turns(study) if how.for_nvivo else Counter())
        assert _memos(project) == sorted(memo.text for memo in list_memos(study))
        _holds_together(project, how)
        write_project(study, folder / "again.qdpx", LAYERS, how)
        assert (folder / "again.qdpx").read_bytes() == path.read_bytes()
        study.close()


@settings(max_examples=15, deadline=None)
@given(sketch=sketches())
def test_matrices_recomputed_from_the_project_alone_are_the_workbooks(template: Path, sketch: Sketch) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study = make_study(template, folder / "study", sketch)
        (folder / "out").mkdir()
        write_bundle(study, folder / "out", lambda name, holds: None, LAYERS)
        project = Project(folder / "out" / "project.qdpx")
        layer = read_contents(study, LAYERS).main_layer
        workbooks = sorted((folder / "out" / "matrices").glob("*.xlsx"))
        assert workbooks or not project.cases()
        for path in workbooks:
            _compare(project, path, "Agreed" if layer == AGREED else layer)
        study.close()


@settings(max_examples=15, deadline=None)
@given(sketch=sketches())
def test_a_reader_of_somebody_elses_finds_the_same_in_the_standard(template: Path, sketch: Sketch) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study = make_study(template, folder / "study", sketch)
        write_project(study, folder / "p.qdpx", LAYERS, STANDARD)
        read = read_qdpx(folder / "p.qdpx", warn=False)
        contents = read_contents(study, LAYERS)
        paths = {
            place.entry.id: "/".join(
                contents.code_names[one.id] for one in read_codebook(study).path(place.entry.id)
            )
            for place in contents.places
        }
        coded = read.fragments[read.fragments["code"] != ""]
        found = zip(coded["title"], coded["code"], coded["codedBy"], coded["text"], strict=True)
        assert Counter(found) == expected(study, paths)
        assert Counter(read.codebook["code"]) == Counter(paths.values())
        assert sorted(read.sources) == sorted(contents.source_names.values())
        study.close()


@settings(max_examples=15, deadline=None)
@given(sketch=sketches())
def test_the_dataset_has_a_row_for_each_coding_and_participant(template: Path, sketch: Sketch) -> None:
    with tempfile.TemporaryDirectory() as name:
        study = make_study(template, Path(name) / "study", sketch)
        turns = [
            (s.summary.name, turn)
            for s in read_sources(study)
            for turn in s.turns
            if turn.participant is not None
        ]
        wanted = Counter()
        for one in list_codings(study, layer="AB"):
            who = {
                t.participant for s, t in turns if s == one.source and t.start < one.end and one.start < t.end
            }
            wanted.update((one.source, person) for person in who or {""})
        rows = list(dataset_rows(read_contents(study, LAYERS), "AB", ()))
        assert Counter((row[8], row[4]) for row in rows) == wanted
        study.close()


def _said(project: Project) -> Counter[str]:
    cases = project.cases()
    return Counter(one.words for one in project.selections() if one.code in cases)


def _turns(study: Study) -> Counter[str]:
    return Counter(
        source.text[turn.start : turn.end]
        for source in read_sources(study)
        for turn in source.turns
        if turn.participant is not None
    )


def _memos(project: Project) -> list[str]:
    return sorted(project.text(note) for note in project.find(".//q:Note"))


def _holds_together(project: Project, how: Convention) -> None:
    """Every target is there, GUIDs are of one thing, memos are on something, and the schema agrees."""
    if SCHEMA.is_file():
        assert project.faults() == []
    guids = Counter(element.get("guid") for element in project.xml.iter() if element.get("guid"))
    twice = {guid for guid, times in guids.items() if times > 1}
    assert twice == (project.cases() if how.for_nvivo else set())
    targets = {e.get("targetGUID") for e in project.xml.iter() if e.get("targetGUID")}
    assert targets <= guids.keys()
    notes = {note.get("guid") for note in project.find(".//q:Note")}
    referred = {ref.get("targetGUID") for ref in project.find(".//q:NoteRef")}
    linked = {link.get("originGUID") for link in project.find(".//q:Link")}
    assert referred | linked == notes and not referred & linked
    bare = {
        selection.get("guid")
        for selection in project.find(".//q:PlainTextSelection")
        if selection.find("q:Coding", NS) is None
    }
    assert {link.get("targetGUID") for link in project.find(".//q:Link")} == bare


def _compare(project: Project, path: Path, user: str) -> None:
    sheet = openpyxl.load_workbook(path)["Sheet1"]
    header = [str(cell.value).partition(" : ")[2] for cell in sheet[1]][1:]
    themes = path.name.startswith("themes")
    attributes = [part.partition(" = ")[0] for part in header[0].split(" AND ")]
    counted = project.references(user, attributes, themes=themes)
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [str(row[0]).partition(" : ")[2] for row in rows] == [
        name for name, _ in project.code_rows(themes=themes)
    ]
    for n, row in enumerate(rows):
        assert list(row[1:]) == [counted[n, column] for column in header]
