"""The sampling plan, the arms and blinded readers from the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from qualbench.evaluation import arms
from qualbench.study.database import Study
from tests.builders import small_study
from tests.cli.test_commands import Ran, run

PASSPHRASE = "seven sleepy herons"


@pytest.fixture
def study(sqlite_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setattr(arms, "_COST", 2**10)
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    (tmp_path / "arms.csv").write_text("id,arm\nP07,Zebra\n")
    return small_study(sqlite_study, tmp_path / "files")


def at(study: Study, *arguments: str | Path, code: int = 0) -> Ran:
    return run("--study", study.folder, *arguments, code=code)


def test_a_plan_is_shown_before_it_comes_in_and_goes_out_again(study: Study, tmp_path: Path) -> None:
    told = at(study, "plan", "import", "ips_feasibility", "--dry-run").stderr
    assert (
        "+ Parent, Baseline, interview: 6-8, counting people" in told and "Nothing has been changed" in told
    )
    assert "qualbench plan import" in at(study, "plan").stderr
    told = at(study, "plan", "import", "ips_feasibility").stderr
    assert "12 rows added, 0 changed, 0 removed." in told and "settings add stakeholder" in told
    at(study, "plan", "export", tmp_path / "p.yaml")
    text = (tmp_path / "p.yaml").read_text("utf-8")
    (tmp_path / "p.yaml").write_text(text.replace("least: 6", "least: 5").replace("Social worker", "Nurse"))
    done = at(study, "plan", "import", tmp_path / "p.yaml", "--yes", code=1)
    assert "~ Parent, Baseline, interview: 5-8" in done.stderr and "'Nurse' is not a" in done.stderr
    at(study, "plan", "export", tmp_path / "p.csv")
    assert "5,8" in (tmp_path / "p.csv").read_text("utf-8")
    at(study, "plan", "export", tmp_path / "p.txt", code=1)
    at(study, "plan", "import", tmp_path / "none.yaml", code=1)


def test_rows_are_added_edited_noted_on_and_removed(study: Study, tmp_path: Path) -> None:
    added = at(study, "plan", "add", "--group", "Parent", "--timepoint", "followup", "--least", "all")
    assert added.stdout == "1\n"
    at(
        study,
        "plan",
        "add",
        "--group",
        "Social worker",
        "--kind",
        "focus group",
        "--emergent",
        "--note",
        "New.",
    )
    at(study, "plan", "edit", "2", "--site", "Glasgow", "--least", "1", "--planned")
    at(study, "plan", "edit", "2", code=1)
    at(study, "plan", "note", "1", "not-reached", "--participant", "P08", "--reason", "No answer.")
    (first, second) = json.loads(at(study, "plan", "--json").stdout)["rows"]
    assert (first["row"], first["done"], first["not_reached"], first["wanting"]) == (1, 1, 1, 0)
    assert (second["site"], second["emergent"], second["planned"]) == ("Glasgow", False, "1 or more")
    shown = at(study, "plan", "show")
    assert "1 person" in shown.stdout and "1 wanting" in shown.stdout
    assert "In no row of the plan: P07_b (interview), group (focus group)." in shown.stderr
    table = list(csv.reader(io.StringIO(at(study, "plan", "show", "--csv").stdout)))
    assert len(table) == 3
    at(study, "plan", "-o", tmp_path / "plan.csv")
    assert list(csv.reader((tmp_path / "plan.csv").read_text().splitlines())) == table
    at(study, "plan", "remove", "1", code=1)
    at(study, "plan", "remove", "2")
    families = json.loads(at(study, "plan", "followups", "--json").stdout)
    assert [one["family"] for one in families] == ["F07", "F08"] and families[0]["missing"] == []
    assert "talked" in at(study, "plan", "followups").stdout


def test_arms_are_sealed_and_unsealed_by_their_holder(study: Study, tmp_path: Path) -> None:
    file, opens = tmp_path / "arms.json", ("--passphrase-file", tmp_path / "passphrase")
    done = at(study, "arms", "seal", tmp_path / "arms.csv", "--file", file, *opens)
    assert "Destroy" in done.stderr and "not in it: P08" in done.stderr and done.stdout == ""
    at(study, "arms", "seal", tmp_path / "arms.csv", "--file", study.folder / "a.json", *opens, code=1)
    assert at(study, "arms").stderr == "The arms are sealed.\n"
    refused = at(study, "matrix", "--columns", "arm", code=1)
    assert "The arms are sealed" in refused.stderr
    at(study, "arms", "unseal", "--file", file, *opens, code=1)
    assert (
        "needs a passphrase" in at(study, "arms", "unseal", "--file", file, "--reason", "Now.", code=1).stderr
    )
    at(study, "arms", "unseal", "--file", file, "--reason", "Outcomes are analysed.", *opens)
    assert json.loads(at(study, "arms", "--json").stdout)["counts"] == {"Zebra": 1}
    assert "AB unsealed them on" in at(study, "arms").stderr
    assert "Unsealed the arms of 1 participants" in at(study, "log").stdout
    at(study, "search", "forms", "--arm", "Zebra")
    at(study, "undo", code=1)


def test_who_reads_blind_gets_what_is_cleared(study: Study) -> None:
    at(study, "settings", "add", "unmasking", "murder")
    at(study, "team", "blind", "AB", code=1)
    assert "only sources that are cleared" in at(study, "team", "blind", "CD").stderr
    assert json.loads(at(study, "team", "list", "--json").stdout)[1]["blinded"] is True
    assert "blind to the arms" in at(study, "team", "list").stdout
    cd = ("--study", study.folder, "--coder", "CD")
    assert json.loads(run(*cd, "sources", "--json").stdout) == []
    checked = at(study, "arms", "clear", "--check", code=1)
    assert "murder at" in checked.stdout and "1 of 3 sources may tell the arm." in checked.stderr
    at(study, "arms", "clear", "P07_b", "group", code=1)
    at(study, "arms", "clear", code=1)
    at(study, "arms", "clear", "P07_b")
    assert [one["name"] for one in json.loads(run(*cd, "sources", "--json").stdout)] == ["P07_b"]
    run(*cd, "sources", "group", code=1)
    run(*cd, "arms", "clear", "group", "--despite", "--reason", "I want it.", code=1)
    at(study, "arms", "clear", "group", "--despite", "--reason", "It is no arm's word there.")
    assert len(json.loads(run(*cd, "sources", "--json").stdout)) == 2
    found = json.loads(at(study, "arms", "clear", "--check", "--json", "group", code=1).stdout)
    assert (found[0]["cleared_by"], found[0]["places"][0]["word"]) == ("AB", "murder")
    at(study, "arms", "clear", "group", "--take-back")
    assert len(json.loads(run(*cd, "sources", "--json").stdout)) == 1
    run(*cd, "team", "blind", "CD", "--take-back", "--reason", "I want to.", code=1)
    at(study, "team", "blind", "CD", "--take-back", code=1)
    at(study, "team", "blind", "CD", "--take-back", "--reason", "All is coded.")
    assert len(json.loads(run(*cd, "sources", "--json").stdout)) == 3
