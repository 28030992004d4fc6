"""Quotes and exports for papers from the command line."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import zipfile
from pathlib import Path

import pytest

from qualbench.study.database import Study
from tests.builders import place, small_study
from tests.cli.test_commands import ROOT, Ran, run
from tests.conftest import Demonstration

WITHHELD = ("Murder", "aye")
UNSEALED = "--allow-unsealed"


@pytest.fixture
def study(sqlite_study: Study, tmp_path: Path) -> Study:
    """A small study coded by AB in which P08 did not agree to be quoted."""
    made = small_study(sqlite_study, tmp_path / "files")
    people = tmp_path / "consent.csv"
    people.write_text("id,family,stakeholder,site,consent_quote\nP08,F08,Parent,Bromley,no\n")
    run("--study", made.folder, "participants", "import", people)
    start, _ = place(made, "group", "The forms were")
    _, end = place(made, "group", "FEW01: I filled")
    run("--study", made.folder, "code", "add", "group", start, end, "forms")
    start, end = place(made, "P07_b", "They judge ye.")
    run("--study", made.folder, "code", "add", "P07_b", start, end, "judged")
    return made


def quotes(study: Study, *words: str | Path, code: int = 0) -> Ran:
    return run("--study", study.folder, "quotes", "--layer", "AB", *words, code=code)


def contents(path: Path) -> bytes:
    """The bytes of a file, those of the members of a zip with them."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"\n".join(archive.read(member) for member in archive.namelist())


def test_quotes_are_printed_with_labels_and_codes(study: Study) -> None:
    printed = quotes(study)
    assert printed.stdout == (
        "They judge ye. [Participant] (judged)\n\n"
        "The forms were murder. [Participant] (forms)\n\n"
        "I filled [Participant] (forms)\n\n"
    )
    assert printed.stderr.splitlines() == [
        "3 quotes of the layer 'AB'.",
        "Left out: 1 quote of 1 participant who did not agree to be quoted. They are counted in matrices.",
    ]


def test_csv_and_json_hold_source_and_place(study: Study) -> None:
    rows = list(csv.DictReader(io.StringIO(quotes(study, "--csv", "--code", "judged").stdout)))
    found = json.loads(quotes(study, "--json", "--code", "judged").stdout)
    text = json.loads(run("--study", study.folder, "sources", "P07_b", "--json").stdout)["text"]
    start, end = int(rows[0]["start"]), int(rows[0]["end"])
    assert text[start:end] == rows[0]["text"] == "They judge ye."
    assert (
        found[0].items()
        >= {
            "code": "judged",
            "source": "P07_b",
            "start": start,
            "end": end,
            "text": "They judge ye.",
            "label": "Participant",
        }.items()
    )


def test_where_and_context_tell_the_place(study: Study) -> None:
    printed = quotes(study, "--code", "judged", "--where", "--context", "1").stdout
    start, _ = place(study, "P07_b", "They judge ye.")
    assert printed == (
        "  before  Interviewer: Why?\n"
        "  before  Participant: Naïve, me. 🙂\n"
        f"They judge ye. [Participant] (judged; P07_b {start})\n\n"
    )


def test_ids_stand_in_labels_only_when_asked_for_and_that_is_said(study: Study) -> None:
    asked = quotes(study, "--code", "judged", "--label", "{participant}, {family}")
    assert asked.stdout.startswith("They judge ye. [P07, F07] (judged)")
    assert "The labels name each participant and family: they point to one person." in asked.stderr
    assert "name each" not in quotes(study, "--code", "judged").stderr
    assert "'ward' cannot be in a label." in quotes(study, "--label", "{ward}", code=1).stderr


def test_counts_name_who_is_never_quoted(study: Study) -> None:
    counted = quotes(study, "--counts")
    assert [line.split() for line in counted.stdout.splitlines()][1:] == [
        ["P07", "2", "67%", "not", "on", "record"],
        ["FEW01", "1", "33%", "not", "on", "record"],
        ["P08", "0", "0%", "no"],
    ]
    assert "0 participants never quoted, of 3." in counted.stderr
    as_json = json.loads(quotes(study, "--counts", "--json").stdout)
    assert as_json[2] == {"participant": "P08", "passages": 0, "share": 0.0, "agreed": False}


def test_who_did_not_agree_is_in_no_byte_of_any_export_of_quotes(study: Study, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for ending in ("csv", "md", "docx", "xlsx", "json"):
        quotes(study, "-o", out / f"quotes.{ending}", "--context", "3", "--where", UNSEALED)
        quotes(study, "-o", out / f"ids.{ending}", "--label", "{participant} {source}", UNSEALED)
    printed = [quotes(study, "--format", form).stdout for form in ("table", "csv", "md", "json")]
    printed += [quotes(study, "--context", "9", "--longest", "3", "--format", "table").stdout]
    for name, *more in (
        ("themes", "--quotes", "9", "--participants"),
        ("codebook", "--quotes", "9", "--participants"),
    ):
        file = out / f"{name}.docx"
        run("--study", study.folder, "export", name, file, "--layer", "AB", *more, UNSEALED)
    made = sorted(out.iterdir())
    assert len(made) == 12
    for held in (*map(contents, made), *(text.encode() for text in printed)):
        assert b"The forms were murder." in held or b"[...]" in held
        for word in (*WITHHELD, "P08", "F08"):
            assert re.search(rf"\b{word}\b".encode(), held) is None


def test_quotes_do_not_leave_before_the_sources_are_sealed(study: Study, tmp_path: Path) -> None:
    for ending in ("csv", "md", "docx", "xlsx", "json"):
        told = quotes(study, "-o", tmp_path / f"q.{ending}", code=1).stderr
        assert told.startswith("Not sealed yet: P07_b, P07_f, group.")
        assert not (tmp_path / f"q.{ending}").exists()


def test_formats_that_do_not_fit_are_told(study: Study, tmp_path: Path) -> None:
    assert "needs a file" in quotes(study, "--format", "docx", code=1).stderr
    assert "'pdf' is not a format." in quotes(study, "--format", "pdf", code=1).stderr
    assert "no ending that tells" in quotes(study, "-o", tmp_path / "quotes", code=1).stderr


def export(folder: Path, *words: str | Path, code: int = 0) -> Ran:
    return run("--study", folder, "export", *words, code=code)


@pytest.fixture
def demo(demonstration: Demonstration, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUALBENCH_HOME", str(demonstration.home))
    return demonstration.study.folder


def test_every_paper_of_the_demonstration_is_written_twice_the_same(demo: Path, tmp_path: Path) -> None:
    for words in (
        ("themes", "t.docx", "--participants", "--longest", "40", "--portrait"),
        ("codebook", "c.docx"),
        ("matrix", "m.docx", "--heat", "--columns", "stakeholder", "--pool"),
        ("matrix", "nvivo.xlsx"),
        ("matrix", "m.xlsx", "--readable", "--totals", "--cells", "participants", "--columns", "timepoint"),
        ("figure", "heatmap", "h.svg", "--columns", "timepoint"),
        ("figure", "heatmap", "h.png", "--transpose", "--columns", "timepoint"),
        ("figure", "map", "map.png"),
        ("figure", "saturation", "s.svg"),
    ):
        files = [word for word in words if "." in word]
        for turn in ("one", "two"):
            named = [str(tmp_path / turn / word) if word in files else word for word in words]
            assert f"Wrote {tmp_path / turn / files[0]}" in export(demo, *named).stderr
        one, two = ((tmp_path / turn / files[0]).read_bytes() for turn in ("one", "two"))
        assert one == two, words


def test_the_workbook_of_a_matrix_is_nvivos_unless_it_is_to_be_read(demo: Path, tmp_path: Path) -> None:
    import openpyxl

    export(demo, "matrix", tmp_path / "m.xlsx")
    assert openpyxl.load_workbook(tmp_path / "m.xlsx").sheetnames == ["Sheet1"]
    export(demo, "matrix", tmp_path / "m.xlsx", "--readable", "--columns", "timepoint")
    assert openpyxl.load_workbook(tmp_path / "m.xlsx").sheetnames == ["Matrix"]
    assert "Add --readable." in export(demo, "matrix", tmp_path / "n.xlsx", "--totals", code=1).stderr


def test_columns_of_few_people_are_refused_but_in_nvivos_layout(demo: Path, tmp_path: Path) -> None:
    for what, file, more in (
        (("matrix",), "m.docx", ()),
        (("matrix",), "m.xlsx", ("--readable",)),
        (("figure", "heatmap"), "h.svg", ()),
    ):
        told = export(demo, *what, tmp_path / file, *more, code=1).stderr
        assert "4 columns of fewer than 3 people" in told
        assert "--columns stakeholder --pool" in told
        assert not (tmp_path / file).exists()
    assert "4 columns of fewer than 3 people" in export(demo, "matrix", tmp_path / "nvivo.xlsx").stderr


def test_the_theme_table_tells_whom_it_quotes(demo: Path, tmp_path: Path) -> None:
    told = export(demo, "themes", tmp_path / "t.docx", "--quotes", "1").stderr
    assert "10 quotes of 10 participants of 22; nobody is quoted more than once." in told


def test_exports_that_do_not_fit_are_told(demo: Path, tmp_path: Path) -> None:
    assert "x.pdf does not end in .docx." in export(demo, "themes", tmp_path / "x.pdf", code=1).stderr
    assert "'pie' is not a figure." in export(demo, "figure", "pie", tmp_path / "x.svg", code=1).stderr
    told = export(demo, "themes", tmp_path / "x.docx", "--summary", "poem", code=1).stderr
    assert "'poem' is no summary." in told


def test_an_empty_study_has_nothing_to_draw(sqlite_study: Study, tmp_path: Path) -> None:
    for words in (("matrix", "m.docx"), ("figure", "heatmap", "h.svg")):
        *what, file = words
        told = export(sqlite_study.folder, *what, tmp_path / file, code=1).stderr
        assert told.startswith("The matrix has no cells.")
    assert export(sqlite_study.folder, "codebook", tmp_path / "c.docx", code=1).stderr.startswith(
        "There are no codes"
    )


@pytest.mark.parametrize("page", ["quotes.md", "papers.md"])
def test_the_commands_of_the_pages_run_as_they_stand(demo: Path, page: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    commands = [
        shlex.split(line, comments=True)[1:]
        for block in blocks
        for line in block.splitlines()
        if line.startswith("qualbench ")
    ]
    assert len(commands) > 4
    for command in commands:
        run("--study", demo, *command, cwd=tmp_path)
