"""Projects as NVivo, MAXQDA, ATLAS.ti, QualCoder and qc write them: the words are those that were coded."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from qualbench.codebook.tree import read_codebook
from qualbench.exchange.refi_qda.opening import open_project
from qualbench.exchange.refi_qda.opening_report import Opened
from qualbench.study.database import Study, open_study
from qualbench.study.integrity import check_study
from qualbench.study.tables import Coding, ForeignGuid, Source, table_of
from qualbench.transcripts.sources import read_sources
from tests.exchange.dialects import DIALECTS, QUOTES, Dialect, Project, Text, rewritten, trial


def opened(project: Project, how: Dialect, folder: Path, **options: object) -> tuple[Study, Opened]:
    path = project.write(folder / "project.qdpx", how)
    came = open_project(path, folder / "study", **options)  # type: ignore[arg-type]
    study = open_study(folder / "study")
    assert check_study(study) == []
    return study, came


def quotes(study: Study) -> Counter[tuple[str, str, str]]:
    """Words, label of the code, layer of every coding."""
    coding, source = table_of(Coding), table_of(Source)
    book = read_codebook(study)
    with study.read() as db:
        rows = db.execute(
            sa.select(
                source.c.text, coding.c.start, coding.c.end, coding.c.code_id, coding.c.layer
            ).join_from(coding, source, coding.c.source_id == source.c.id)
        ).all()
    return Counter((text[start:end], book.by_id[code].label, layer) for text, start, end, code, layer in rows)


def guids(study: Study, kind: str) -> dict[str, str]:
    """What came with which GUID, by GUID."""
    table = table_of(ForeignGuid)
    with study.read() as db:
        return {row.guid: row.key for row in db.execute(sa.select(table).where(table.c.kind == kind))}


@pytest.mark.parametrize("name", DIALECTS)
def test_the_words_are_those_that_were_coded(name: str, tmp_path: Path) -> None:
    how = DIALECTS[name]
    study, came = opened(trial(), how, tmp_path)
    ann, bob = ("ABX", "BX") if how.user_ids else ("AB", "BO")
    layers = {"Ann Brown": ann, "Bob": bob}
    assert quotes(study) == {
        (unicodedata.normalize("NFC", words), code, layers[user]): 1 for words, code, user in QUOTES
    }
    assert came.coders == {ann: "Ann Brown", bob: "Bob"}
    assert not came.left_out
    (source,) = read_sources(study)
    assert source.summary.name == "P07_b"
    assert "\r" not in source.text and source.text.startswith("I: How did ye")
    study.close()


@pytest.mark.parametrize("name", DIALECTS)
def test_guids_of_everything_are_kept(name: str, tmp_path: Path) -> None:
    how = DIALECTS[name]
    study, _ = opened(trial(), how, tmp_path)

    def small(kind: str) -> str:
        return how.guid(kind).strip("{}").lower()

    assert set(guids(study, "code")) == {
        small(f"code/{code}") for code in ("hearing", "fear", "trust", "forms")
    }
    assert guids(study, "user").keys() == {small("user/Ann Brown"), small("user/Bob")}
    assert guids(study, "source").keys() == {small("source/P07_b")}
    assert len(guids(study, "coding")) == len(QUOTES)
    study.close()


@pytest.mark.parametrize(
    ("name", "kind"), [("nvivo-windows", "utf16"), ("atlas", "points-lf"), ("qc", "points")]
)
def test_it_says_how_places_are_counted_and_how_well_that_fits(name: str, kind: str, tmp_path: Path) -> None:
    study, came = opened(trial(), DIALECTS[name], tmp_path)
    assert came.offsets == kind
    assert came.score == 1.0
    assert f"({kind})" in came.counting and "with the next best way" in came.counting
    study.close()


def test_without_the_name_of_the_program_the_words_decide(tmp_path: Path) -> None:
    for n, how in enumerate(DIALECTS.values()):
        nameless = Dialect(**{**how.__dict__, "origin": ""})
        folder = tmp_path / str(n)
        folder.mkdir()
        study, _ = opened(trial(), nameless, folder)
        assert quotes(study).total() == len(QUOTES)
        assert {words for words, _, _ in quotes(study)} == {
            unicodedata.normalize("NFC", words) for words, _, _ in QUOTES
        }
        study.close()


def test_a_program_is_not_believed_against_its_own_passages(tmp_path: Path) -> None:
    """ATLAS.ti counts CR LF as one on Windows; a file said to be from there that counts two is read so."""
    how = Dialect(**{**DIALECTS["nvivo-windows"].__dict__, "origin": "ATLAS.ti 23"})
    study, came = opened(trial(), how, tmp_path)
    assert came.offsets == "utf16"
    assert {words for words, _, _ in quotes(study)} >= {"Thanks.", "“very long”"}
    study.close()


def test_files_of_one_project_may_differ_in_line_ends(tmp_path: Path) -> None:
    """One text was saved with LF after it was coded with CR LF, which is as NVivo counts it still."""
    project = Project([Text("one", TALK_LONG).code(LONG_QUOTES), Text("two", TALK_LONG).code(LONG_QUOTES)])
    how = DIALECTS["nvivo-windows"]
    path = project.write(tmp_path / "p.qdpx", how)
    member = f"Sources/{how.guid('source/two')}.txt"
    rewritten(path, {member: ("\ufeff" + TALK_LONG).encode()})
    came = open_project(path, tmp_path / "study")
    assert came.offsets == "points-crlf" and not came.apart
    study = open_study(tmp_path / "study")
    assert set(quotes(study).values()) == {2}
    assert {words for words, _, _ in quotes(study)} == {words for words, _, _ in LONG_QUOTES}
    study.close()


TALK_LONG = "\n".join(f"P07: Sentence {n} is about thing number {n * 7}." for n in range(30))
LONG_QUOTES = tuple((f"thing number {n * 7}.", "fear", "Bob") for n in range(10, 30))
