"""The framework matrix and the trajectory view from the command line."""

from __future__ import annotations

import csv
import io
import json
import shlex
import sys
from pathlib import Path

import openpyxl
import pytest

from qualbench.analysis.framework_writing import edit_cell
from qualbench.coding.applying import add_coding
from qualbench.coding.progress import finish
from qualbench.study.database import Study
from tests.builders import place, small_study
from tests.cli.test_commands import run


@pytest.fixture
def small(sqlite_study: Study, tmp_path: Path) -> Study:
    study = small_study(sqlite_study, tmp_path / "files")
    add_coding(study, "P07_b", place(study, "P07_b", "I was feart of them."), "fear")
    add_coding(study, "group", place(study, "group", "murder.\n\nP08: Murder, aye."), "forms")
    return study


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A file whose Python is run as the editor, with the draft as its argument."""
    script = tmp_path / "editor.py"
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", shlex.join([sys.executable, str(script)]))
    return script


def meanwhile(study: Study) -> str:
    """An editor during whose use CD writes in the same cell."""
    return (
        "import sys\n"
        "from pathlib import Path\n"
        "from qualbench.study.database import open_study\n"
        "from qualbench.analysis.framework_writing import edit_cell\n"
        f"other = open_study(Path({str(study.folder)!r}), coder='CD')\n"
        "edit_cell(other, 'P07', 'Baseline', 'trust', 'Theirs.')\n"
        "other.close()\n"
        "Path(sys.argv[1]).write_text('Mine.')\n"
    )


def test_cells_are_started_shown_and_written(small: Study, tmp_path: Path) -> None:
    def framework(*arguments: str | Path, code: int = 0) -> str:
        return run("--study", small.folder, "framework", *arguments, code=code).stdout

    told = run("--study", small.folder, "framework", "start", "--layer", "AB").stderr
    assert told == "Started 3 cells with 3 quotes.\n"
    assert "No cell to start" in run("--study", small.folder, "framework", "start", "--layer", "AB").stderr
    framework("edit", "P07", "Baseline", "trust", "--text", "Wary of them.")
    (tmp_path / "cell.md").write_text("Wary.\n\nBut she came.", "utf-8")
    framework("edit", "P07", "Baseline", "trust", "-f", tmp_path / "cell.md")
    assert framework("cell", "P07", "Baseline", "trust") == "Wary.\n\nBut she came.\n"
    versions = json.loads(framework("cell", "P07", "Baseline", "trust", "--history", "--json"))
    assert [(one["version"], one["written_by"]) for one in versions] == [(1, "AB"), (2, "AB"), (3, "AB")]
    table = framework("show", "--layer", "AB").splitlines()
    assert table[0].split() == ["participant", "timepoint", "theme", "state", "by", "cell"]
    assert table[3].split(None, 6) == ["P07", "Baseline", "Trust", "written", "AB", "Wary.", "But she came."]
    data = json.loads(framework("show", "--layer", "AB", "--json"))
    assert {cell["state"] for cell in data["cells"]} == {"written", "started", "silent"}
    ((one,),) = [[cell for cell in data["cells"] if cell["state"] == "written"]]
    assert (one["participant"], one["code"], one["text"]) == ("P07", "trust", "Wary.\n\nBut she came.")
    assert [quote["text"] for quote in one["quotes"]] == ["I was feart of them."]
    rows = list(csv.reader(io.StringIO(framework("show", "--layer", "AB", "--format", "csv", "--all"))))
    assert rows[0] == ["participant", "stakeholder", "timepoint", "Trust", "The trial"]
    assert rows[1] == ["FEW01", "Family engagement worker", "Baseline", "(not talked to)", "(not talked to)"]
    assert rows[3] == ["P07", "Parent", "Baseline", "Wary.\n\nBut she came.", "(nothing said)"]
    assert "| P07 | Parent | Baseline | Wary.<br><br>But she came. |" in framework("show", "--format", "md")


def test_a_workbook_wraps_words_and_takes_none_for_a_formula(small: Study, tmp_path: Path) -> None:
    edit_cell(small, "P07", "Baseline", "trust", "=1+1\nand more")
    file = tmp_path / "new" / "framework.xlsx"
    show = ("--study", small.folder, "framework", "show", "-o", file)
    assert "Not sealed yet" in run(*show, code=1).stderr
    assert not file.exists()
    run(*show, "--allow-unsealed")
    sheet = openpyxl.load_workbook(file)["Framework"]
    cell = sheet["D3"]
    assert (cell.value, cell.data_type, cell.alignment.wrap_text) == ("=1+1\nand more", "s", True)
    assert sheet.freeze_panes == "D2"
    before = file.read_bytes()
    run(*show, "--allow-unsealed")
    assert file.read_bytes() == before


def test_a_cell_is_edited_in_the_persons_own_editor(small: Study, editor: Path) -> None:
    edit = ("--study", small.folder, "framework", "edit", "P07", "Baseline", "trust")
    edit_cell(small, "P07", "Baseline", "trust", "Wary.")
    editor.write_text("import sys; file = open(sys.argv[1], 'a'); file.write(' Naïve.')")
    assert run(*edit).stderr == "Version 2; 'qualbench undo' takes it back.\n"
    assert run("--study", small.folder, "framework", "cell", *edit[4:]).stdout == "Wary. Naïve.\n"
    editor.write_text("")
    assert run(*edit).stderr == "Nothing was changed.\n"
    editor.write_text("raise SystemExit(1)")
    assert "The editor ended with an error" in run(*edit, code=1).stderr
    assert run("--study", small.folder, "undo").stderr.startswith("Undid: Wrote a cell")
    assert run("--study", small.folder, "framework", "cell", *edit[4:]).stdout == "Wary.\n"


def test_a_conflict_shows_both_versions_and_keeps_theirs(small: Study, editor: Path) -> None:
    finish(small, ["P07_b"])
    edit_cell(small, "P07", "Baseline", "trust", "Wary.")
    editor.write_text(meanwhile(small))
    edit = ("--study", small.folder, "framework", "edit", "P07", "Baseline", "trust")
    done = run(*edit, code=1)
    assert done.stdout == "--- as it is now: version 2 by CD\nTheirs.\n--- yours, not saved\nMine.\n"
    assert "CD has written in this cell since you opened it." in done.stderr
    assert run(*edit, "--text", "Mine.", "--version", "1", code=1).stdout == done.stdout
    run(*edit, "--text", "Both.", "--version", "2")
    assert run("--study", small.folder, "framework", "cell", *edit[4:]).stdout == "Both.\n"


def test_what_was_typed_is_shown_when_it_cannot_be_saved(small: Study, editor: Path) -> None:
    editor.write_text(meanwhile(small))
    done = run("--study", small.folder, "framework", "edit", "P07", "Baseline", "trust", code=1)
    assert done.stdout == "--- yours, not saved\nMine.\n"
    assert "hidden until both of you have finished" in done.stderr


def test_what_cannot_be_edited_or_shown_is_told(
    small: Study, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "latin.md").write_bytes(b"caf\xe9")
    edit = ("framework", "edit", "P07", "Baseline", "trust")
    for arguments, sentence in (
        (edit, "No editor is set."),
        ((*edit, "--text", ""), "The cell is empty."),
        ((*edit, "--text", "x", "-f", tmp_path / "latin.md"), "Give the text once."),
        ((*edit, "-f", tmp_path / "latin.md"), "latin.md is not text in UTF-8."),
        ((*edit, "--text", "x", "--since", "Follow-up"), "Follow-up is not before Baseline."),
        (("framework", "show", "--format", "xlsx"), "'xlsx' needs a file."),
        (("framework", "show", "--format", "pdf"), "'pdf' is not a format."),
        (("framework", "show", "-o", tmp_path / "x.pdf"), "no ending that tells its format"),
        (("framework", "show", "--format", "table", "-o", tmp_path / "x"), "A table goes to the terminal."),
    ):
        assert sentence in run("--study", small.folder, *arguments, code=1).stderr


def test_check_tells_links_that_lead_nowhere(small: Study) -> None:
    check = ("--study", small.folder, "framework", "check")
    assert "Every link" in run(*check).stderr
    edit_cell(small, "P07", "Baseline", "trust", "Wary: [feart](coding:nowhere).")
    assert "'feart' leads to no coding that you can see." in run(*check, code=1).stdout
    assert json.loads(run(*check, "--json", code=1).stdout)[0]["timepoint"] == "Baseline"
    assert "1 link of them lead nowhere" in run("--study", small.folder, "framework", "show").stderr


def test_a_trajectory_is_printed_and_written(small: Study, tmp_path: Path) -> None:
    run(
        "--study", small.folder, "framework", "edit", "P07", "Follow-up", "trust", "--since", "Baseline",
        "--text", "Less wary.",
    )  # fmt: skip
    arguments = ("--study", small.folder, "trajectory", "--code", "trust", "--layer", "AB")
    printed = run(*arguments)
    assert printed.stdout.splitlines() == [
        "family  Baseline                    Follow-up",
        "F07     (1) “I was feart of them.”  (nothing said)",
        "                                    since Baseline: Less wary.",
        "F08     (not talked to)             (nothing said)",
    ]
    assert "Left out: 1 participant of no family" in printed.stderr
    data = json.loads(run(*arguments, "--json").stdout)
    assert (data["rows"], data["timepoints"]) == (["F07", "F08"], ["Baseline", "Follow-up"])
    assert data["waves"][1][0] == {"state": "not collected", "said": []}
    assert data["waves"][0][1]["said"][0]["change"] == "Less wary."
    file = tmp_path / "trust.md"
    run(*arguments, "--by", "participant", "-o", file, "--allow-unsealed")
    assert "| P07 | (1) “I was feart of them.” |" in file.read_text("utf-8")
    assert "No such option" in run("--study", small.folder, "trajectory", "--by", "x", "--y", code=2).stderr
