"""Criteria, issues, the theory of change, the pack and sources in figures, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qualbench.coding.applying import add_coding
from qualbench.study.database import Study
from tests.builders import place, small_study
from tests.cli.test_commands import Ran, run

FLOW = """site,step,number,reason
Glasgow,identified,20,
Glasgow,randomised,16,
Glasgow,retained,12,
Glasgow,retained,4,moved away
Bromley,identified,20,
Bromley,randomised,14,
Bromley,retained,9,
"""


@pytest.fixture
def coded(sqlite_study: Study, tmp_path: Path) -> tuple[Path, str]:
    study = small_study(sqlite_study, tmp_path / "files")
    coding = add_coding(study, "P07_b", place(study, "P07_b", "I was feart of them."), "fear")
    return study.folder, coding


def test_criteria_on_a_page_and_beside_quotes(coded: tuple[Path, str], tmp_path: Path) -> None:
    folder, coding = coded

    def criteria(*words: object, code: int = 0) -> Ran:
        return run("--study", folder, "criteria", *words, code=code)

    assert "no criteria yet" in criteria("report", code=1).stderr
    criteria("import", "ips_feasibility")
    assert "no numbers of the trial yet" in criteria("flow").stderr
    (tmp_path / "flow.csv").write_text(FLOW)
    criteria("flow", tmp_path / "flow.csv")
    assert "   retained 21 (70% of 30, 90 % interval 55-82 %)" in criteria("flow").stdout
    assert "      left before: moved away 4 (Glasgow)" in criteria("flow").stdout
    numbers = json.loads(criteria("flow", "--json").stdout)
    assert numbers["reasons"] == [
        {"site": "Glasgow", "step": "retained", "reason": "moved away", "number": 4}
    ]
    criteria("link", "6", "--coding", coding)
    assert "   colour   ✓ green (by the protocol's rule; at or above 50 %;" in criteria("report").stdout
    rows = json.loads(criteria("report", "--json").stdout)["rows"]
    assert rows[6]["numbers"][1] == "retained 21 (12 + 9): 70 % of 30, 55-82 %"
    assert "“I was feart of them.” [Participant]" in criteria("joint").stdout
    assert json.loads(criteria("joint", "--json").stdout)[5]["theme"] == "Fear"
    assert "Not sealed yet" in criteria("joint", tmp_path / "j.docx", code=1).stderr
    criteria("report", tmp_path / "r.docx")
    for name in ("j.docx", "j.csv", "j.xlsx"):
        criteria("joint", tmp_path / name, "--allow-unsealed")
    assert (tmp_path / "j.csv").read_text("utf-8").splitlines()[0] == "Criterion,Number,Theme,Quote,Decision"
    assert "no ending that tells its format" in criteria("report", tmp_path / "r.pdf", code=1).stderr


def test_an_issue_from_a_quote_to_its_end(coded: tuple[Path, str], tmp_path: Path) -> None:
    folder, coding = coded

    def issues(*words: object, code: int = 0) -> Ran:
        return run("--study", folder, "issues", *words, code=code)

    assert issues("add", "Feared", "--coding", coding, "--owner", "CD", "--due", "2020-01-31").stdout == "1\n"
    assert "! overdue" in issues("list", "--overdue").stdout
    issues("plan", "1", "--stakeholder", "Parent", "--least", "2")
    issues("respond", "1", "Say who comes.")
    issues("edit", "1", "--due", "")
    assert issues("list", "--overdue", "--json").stdout == "[]\n"
    shown = issues("show", "1").stdout
    for line in ("sampling Parent, interview", "response Say who comes.", "quote    “I was feart of them.”"):
        assert line in shown
    assert "nothing to change" in issues("edit", "1", code=1).stderr
    issues("close", "1")
    (one,) = json.loads(issues("list", "--json").stdout)
    assert (one["state"], one["closed_by"], one["codings"]) == ("closed", "AB", [coding])
    issues("reopen", "1")
    for name in ("i.docx", "i.csv", "i.md"):
        issues("export", tmp_path / name, "--allow-unsealed")
    assert "| 1 | Feared<br>raised by AB" in (tmp_path / "i.md").read_text("utf-8")


def test_a_theory_in_versions(coded: tuple[Path, str], tmp_path: Path) -> None:
    folder, coding = coded

    def theory(*words: object, code: int = 0) -> Ran:
        return run("--study", folder, "theory", *words, code=code)

    assert "no theory of change yet" in theory("show", code=1).stderr
    assert "Nothing has been changed." in theory("import", "ips_feasibility", "--dry-run").stderr
    theory("import", "ips_feasibility", "--note", "From the protocol.")
    assert "Nothing differs." in theory("import", "ips_feasibility").stderr
    file = tmp_path / "theory.yaml"
    file.write_text(
        theory("show", "--yaml").stdout.replace("Parents feel respected", "Parents are respected")
    )
    assert theory("import", file).stdout.startswith("~ box trust reworded: Parents feel respected")
    assert [one["kind"] for one in json.loads(theory("diff", "1", "2", "--json").stdout)] == ["reworded"]
    link = theory("link", "trust", "fear", "challenges", "--coding", coding).stdout.strip()
    assert f"   ! challenges, all sites: Fear ({link})" in theory("show").stdout
    (told,) = json.loads(theory("show", "--json").stdout)["links"]
    assert (told["relation"], told["quotes"][0]["text"]) == ("challenges", "I was feart of them.")
    theory("export", tmp_path / "t.svg")
    theory("export", tmp_path / "t.png")
    theory("export", tmp_path / "t.docx", "--allow-unsealed")
    assert "! 1 challenges" in (tmp_path / "t.svg").read_text("utf-8")
    assert (tmp_path / "t.png").read_bytes().startswith(b"\x89PNG")
    theory("unlink", link)
    assert json.loads(theory("show", "--json").stdout)["links"] == []


def test_a_pack_goes_out_and_answers_come_back(coded: tuple[Path, str], tmp_path: Path) -> None:
    folder, _ = coded
    made = run("--study", folder, "pack", "make", tmp_path / "pack.docx")
    assert "2 cards, 0 quotes" in made.stderr and "long sentence: Trust." in made.stderr
    run("--study", folder, "pack", "make", tmp_path / "slip.txt")
    slip = (tmp_path / "slip.txt").read_text("utf-8")
    assert slip.count("> ") == 4
    (tmp_path / "back.txt").write_text(slip.replace("> ", "> Aye.", 1), "utf-8")
    words = ("pack", "read", tmp_path / "back.txt", "--participant", "P08", "--site", "Bromley")
    assert "Would bring in 1 answer on 1 theme as back" in run("--study", folder, *words, "--dry-run").stderr
    assert "not redacted yet" in run("--study", folder, *words).stderr
    assert json.loads(run("--study", folder, "sources", "back", "--json").stdout)["kind"] == "minutes"
    assert "in the study already" in run("--study", folder, *words, code=1).stderr


def test_sources_in_figures(coded: tuple[Path, str], tmp_path: Path) -> None:
    folder, _ = coded
    told = run("--study", folder, "sources", "describe")
    assert told.stdout.splitlines()[1].split() == ["any"] * 4 + ["3", "3", "13", "-"]
    assert "told together" in told.stderr
    assert len(run("--study", folder, "sources", "describe", "--whole").stdout.splitlines()) == 6
    assert run("--study", folder, "sources", "describe", "--csv").stdout.startswith("group,site,")
    assert json.loads(run("--study", folder, "sources", "describe", "--json").stdout)["smallest_group"] == 3
    for name in ("s.docx", "s.xlsx", "s.csv"):
        run("--study", folder, "sources", "describe", "-o", tmp_path / name)
    refused = run("--study", folder, "sources", "describe", "--whole", "-o", tmp_path / "w.csv", code=1)
    assert "for the team" in refused.stderr and not (tmp_path / "w.csv").exists()
    assert "go with 'sources describe'" in run("--study", folder, "sources", "--csv", code=1).stderr
