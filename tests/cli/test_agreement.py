"""Agreement from the command line: the table, its other forms, other measures, and the passages behind it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from qualbench.agreement.coefficients import COEFFICIENTS
from qualbench.agreement.comparison import agree
from qualbench.agreement.finishing import finish
from qualbench.agreement.intervals import intervals
from qualbench.cli.agreement_table import show_agreements
from qualbench.codebook.tree import read_codebook
from qualbench.study.database import Study
from qualbench.study.settings import add_coder, set_stance
from tests.agreement.pairs import JUDGE, WIDE, coded, make_apart
from tests.builders import place, small_study
from tests.cli.test_commands import Ran, run
from tests.conftest import Demonstration


@pytest.fixture
def folder(sqlite_study: Study, tmp_path: Path) -> Path:
    make_apart(sqlite_study, tmp_path / "files")
    return sqlite_study.folder


@pytest.fixture
def three(sqlite_study: Study, folder: Path) -> Study:
    """EF has finished P07_b too."""
    add_coder(sqlite_study, "EF")
    coded(sqlite_study, "EF", "P07_b", JUDGE, "judged")
    finish(sqlite_study.by("EF"), ["P07_b"])
    return sqlite_study


def agreement(folder: Path, *words: str | Path, code: int = 0) -> Ran:
    return run("--study", folder, "agreement", *words, code=code)


def data(folder: Path, *words: str) -> Any:
    return json.loads(agreement(folder, *words, "--json").stdout)


def test_the_json_has_every_figure_and_says_why_one_is_null(folder: Path) -> None:
    found = data(folder)
    assert (found["unit"], found["counted"], found["coders"]) == ("turn", "participants", ["AB", "CD"])
    assert found["sources"] == ["P07_b", "P07_f"]
    codes = {one["code"]: one for one in found["codes"]}
    assert list(codes) == ["trust", "fear", "judged", "forms"]
    assert [codes["forms"][name] for name in ("both", "a_only", "b_only", "neither")] == [1, 0, 1, 2]
    assert codes["forms"]["label"] == "Forms: long / short"
    assert codes["forms"]["kappa"] == 0.5
    assert codes["forms"]["dice"] == pytest.approx(2 / 3)
    assert set(COEFFICIENTS) <= set(codes["forms"])
    assert codes["forms"]["why_null"] == {}
    assert codes["fear"]["intervals"] == {"percent": None, "kappa": None, "dice": None}
    assert "at least 5 sources" in found["interval"]["why_none"]
    assert [found["pooled"][name] for name in ("both", "a_only", "b_only", "neither")] == [2, 1, 2, 11]
    assert [one["code"] for one in data(folder, "--code", "social-work")["codes"]] == ["fear", "judged"]
    assert [one["code"] for one in data(folder, "--source", "P07_f")["codes"]] == ["trust", "forms"]


def test_what_is_undefined_is_a_dash_with_its_reason(sqlite_study: Study, tmp_path: Path) -> None:
    study = small_study(sqlite_study, tmp_path / "files")
    for coder in ("AB", "CD"):
        coded(study, coder, "P07_b", "How did you hear?", "trust")  # the interviewer's words do not count
        finish(study.by(coder), ["P07_b"])
    ran = agreement(study.folder)
    row = next(line for line in ran.stdout.splitlines() if line.startswith("Trust"))
    assert row.split()[1:] == ["0", "0", "0", "1.00", "-", "-", "0.00"]
    assert "- Trust and all codes, cells summed: no kappa. Neither coder used the code, so" in ran.stderr
    (one,) = data(study.folder)["codes"]
    assert one["kappa"] is None and one["dice"] is None
    assert one["why_null"]["kappa"].startswith("Neither coder used the code, so agreement by chance")
    assert one["why_null"]["dice"] == "Neither coder used the code."
    everybody = data(study.folder, "--counted", "everybody")["codes"][0]
    assert (everybody["both"], everybody["kappa"], everybody["why_null"]) == (1, 1.0, {})


@pytest.mark.parametrize("columns", [80, 200])
def test_the_table_fits_the_terminal(
    demonstration: Demonstration,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    columns: int,
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    found = agree(demonstration.study)
    book = read_codebook(demonstration.study)
    show_agreements([(found, intervals(found, resamples=20))], book, every=False)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns
    whole = [book.by_id[one.code].label in line for one, line in zip(found.codes, lines[2:], strict=False)]
    assert all(whole) == (columns == 200)


def test_there_is_a_bar_for_each_code_and_no_judgement(demonstration: Demonstration) -> None:
    ran = agreement(demonstration.study.folder)
    lines = ran.stdout.splitlines()
    assert len(lines) == 2 + 28 + 1
    assert lines[1].split() == ["code", "both", "AB", "CD", "agree", "kappa", "Dice", "prev."]
    assert any("█" in line and "▒" in line and "░" in line for line in lines)
    assert lines[-1].startswith("all codes, cells summed")
    assert "Counted in 500 turns of participants, in 15 sources" in ran.stderr
    assert "95% intervals for all codes: agree 0.98 to 0.99, kappa" in ran.stderr
    assert "2,000 resamples of the sources, seed 1" in ran.stderr
    for word in ("substantial", "good", "fair", "moderate", "poor", "almost"):
        assert word not in (ran.stdout + ran.stderr).casefold()
    every = agreement(demonstration.study.folder, "--all").stdout.splitlines()
    assert not any("-0.00" in line for line in every)
    assert {"neither", "Jaccard", "AC1", "B-P", "from", "to"} <= set(every[0].split())


def test_seed_and_resamples_are_kept_to(demonstration: Demonstration) -> None:
    folder = demonstration.study.folder
    one, other = (data(folder, "--resamples", "50", "--seed", seed) for seed in ("5", "6"))
    assert one == data(folder, "--resamples", "50", "--seed", "5")
    assert one["pooled"]["intervals"]["kappa"] != other["pooled"]["intervals"]["kappa"]
    assert (one["interval"]["resamples"], one["interval"]["seed"]) == (50, 5)
    interval = one["pooled"]["intervals"]["kappa"]
    assert interval["low"] <= one["pooled"]["kappa"] <= interval["high"]


def test_it_is_written_to_files(folder: Path, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(agreement(folder, "--format", "csv").stdout)))
    assert [row["code"] for row in rows] == ["trust", "fear", "judged", "forms", ""]
    for name in ("a.csv", "a.xlsx", "a.svg"):
        assert f"Wrote {tmp_path / name}." in agreement(folder, "-o", tmp_path / name).stderr
    assert list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text("utf-8-sig")))) == rows
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Agreement"]
    assert [cell.value for cell in sheet["B"]][1:] == [row["label"] for row in rows]
    assert (tmp_path / "a.svg").read_text("utf-8").startswith("<svg ")


def test_a_label_with_a_redacted_name_does_not_go_out(
    sqlite_study: Study, folder: Path, tmp_path: Path
) -> None:
    run("--study", folder, "codebook", "rename", "fear", "What Naïve fears")
    agreement(folder, "-o", tmp_path / "before.csv")  # nobody has said that it is a name
    run(
        "--study",
        folder,
        "redact",
        "add",
        "P07_b",
        *place(sqlite_study, "P07_b", "Naïve"),
        "--kind",
        "person",
    )
    for name in ("after.csv", "after.xlsx", "after.svg"):
        refused = agreement(folder, "-o", tmp_path / name, code=1).stderr
        assert "A redacted name still stands in" in refused and "Naïve" not in refused
        assert not (tmp_path / name).exists()


def test_a_name_that_is_spelt_much_like_a_coefficient_hinders_nothing(
    sqlite_study: Study, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "j.txt").write_text("I: Who?\n\nP08: Jaccardo told me.\n\nI: So.")
    run("--study", folder, "import", tmp_path / "j.txt")
    run("--study", folder, "redact", "add", "j", *place(sqlite_study, "j", "Jaccardo"), "--kind", "person")
    agreement(folder, "-o", tmp_path / "a.xlsx")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--unit", "word"), "'word' is not a unit"),
        (("--counted", "nobody"), "'nobody' cannot be counted"),
        (("--counted", "text"), "is counted in characters"),
        (("--coders", "AB"), "'AB' is not two coders"),
        (("--coders", "AB,AB"), "AB cannot be compared with themselves"),
        (("--coders", "AB,XY"), "no coder 'XY'"),
        (("--coders", "AB,CD,XY"), "no coder 'XY'"),
        (("--source", "P99"), "no source 'P99'"),
        (("--source", "group"), "group is not finished by two"),
        (("--code", "nope"), "no code 'nope'"),
        (("--format", "pdf"), "'pdf' is not a format"),
        (("--format", "xlsx"), "'xlsx' needs a file"),
        (("--format", "svg"), "'svg' needs a file"),
        (("--format", "json", "-o", "x.json"), "goes to standard output"),
        (("-o", "agreement.docx"), "'docx' is not a format"),
        (("--level", "2"), "no such interval"),
        (("--resamples", "0"), "no such interval"),
        (("--coders", "AB,CD", "alpha"), "Options stand after 'alpha'"),
        (("segments", "--share", "2"), "2 cannot be the share"),
        (("segments", "--of", "both"), "'both' is not what an overlap"),
        (("behind", "nope"), "no code 'nope'"),
        (("behind", "fear", "--cell", "neither"), "'neither' is not a cell with passages"),
        (("plan", "--prevalence", ".1", "--half-width", ".1"), "Either the agreement or kappa"),
        (("plan", "--prevalence", "1.5", "--kappa", ".7", "--half-width", ".1"), "cannot be the prevalence"),
        (("plan", "--prevalence", ".1", "--percent", ".2", "--half-width", ".1"), "agree on at least 0.8"),
    ],
)
def test_what_cannot_be_is_told(folder: Path, words: tuple[str, ...], said: str) -> None:
    ran = agreement(folder, *words, code=1)
    assert said in " ".join(ran.stderr.split()) and ran.stdout == ""


def test_one_coder_alone_cannot_be_compared(sqlite_study: Study, tmp_path: Path) -> None:
    study = small_study(sqlite_study, tmp_path / "files")
    coded(study, "AB", "P07_b", WIDE, "fear")
    assert "finished sources so far: nobody" in agreement(study.folder, code=1).stderr
    finish(study, ["P07_b"])
    assert "finished sources so far: AB." in agreement(study.folder, code=1).stderr
    assert "have finished no source in common" in agreement(study.folder, "--coders", "CD,AB", code=1).stderr


def test_alpha_is_over_everybody_and_pairs_are_told_apart(three: Study) -> None:
    alpha = data(three.folder, "alpha")
    assert alpha["coders"] == ["AB", "CD", "EF"]
    assert alpha["sources"] == ["P07_b", "P07_f"]
    assert {one["code"] for one in alpha["codes"]} == {"trust", "fear", "judged", "forms"}
    assert data(three.folder, "alpha", "--coders", "EF,AB", "--code", "judged")["codes"] == [
        {"code": "judged", "alpha": 1.0, "why_null": {}}
    ]
    shown = agreement(three.folder, "alpha")
    assert "by AB, CD and EF" in shown.stderr and shown.stdout.splitlines()[-1].startswith("all codes")
    pairs = data(three.folder)
    assert (pairs["unit"], [one["coders"] for one in pairs["pairs"]]) == (
        "turn",
        [["AB", "CD"], ["AB", "EF"], ["CD", "EF"]],
    )
    assert data(three.folder, "--coders", "EF,AB")["coders"] == ["AB", "EF"]
    assert data(three.folder, "--source", "P07_f")["coders"] == ["AB", "CD"]
    printed = agreement(three.folder).stdout
    assert [line for line in printed.splitlines() if line.startswith("A is")] == [
        "A is AB, B is CD:",
        "A is AB, B is EF:",
        "A is CD, B is EF:",
    ]
    rows = list(csv.DictReader(io.StringIO(agreement(three.folder, "--format", "csv").stdout)))
    assert {(row["coder_a"], row["coder_b"]) for row in rows} == {("AB", "CD"), ("AB", "EF"), ("CD", "EF")}


def test_where_there_can_be_one_pair_only_several_are_named(three: Study, tmp_path: Path) -> None:
    for words in (("-o", tmp_path / "a.svg"), ("behind", "fear")):
        told = agreement(three.folder, *words, code=1).stderr
        assert "AB with CD, AB with EF and CD with EF" in told
    agreement(three.folder, "--coders", "AB,EF", "-o", tmp_path / "a.svg")
    assert "AB" in agreement(three.folder, "behind", "fear", "--coders", "AB,EF").stdout


def test_each_figure_leads_to_its_passages(folder: Path) -> None:
    codes = {one["code"]: one for one in data(folder)["codes"]}
    for code, cells in codes.items():
        for cell in ("both", "a_only", "b_only"):
            assert len(data(folder, "behind", code, "--cell", cell)) == cells[cell]
    (passage,) = data(folder, "behind", "Forms: long / short")
    assert (passage["cell"], passage["source"]) == ("b_only", "P07_b")
    assert passage["text"].endswith("They judge ye.")
    assert len(passage["b"]) == 1 and passage["a"] == []
    shown = agreement(folder, "behind", "forms", "--cell", "both", "--cell", "b_only", "--unit", "sentence")
    assert "The forms were long." in shown.stdout and "only CD" in shown.stdout
    assert shown.stderr == "1 both, 1 only CD, in sentences of participants.\n"
    assert agreement(folder, "behind", "judged", "--cell", "both").stderr == "There are none.\n"


def test_the_u_family_tells_why_a_figure_is_missing(folder: Path) -> None:
    (family,) = data(folder, "unitizing")
    assert set(family) == {"coders", "u", "binary", "cu", "codes"}
    assert 0 < family["binary"]["alpha"] < 1
    assert family["cu"]["coverage"] > 0
    assert {one["code"] for one in family["codes"]} == {"trust", "fear", "judged", "forms"}
    assert agreement(folder, "unitizing").stdout.splitlines()[-1].startswith("all codes")
    (one,) = data(folder, "unitizing", "--code", "fear")
    assert one["cu"]["alpha"] is None and one["cu"]["why_null"] == {"alpha": "Only one code was used."}


def test_segments_match_at_a_chosen_share(folder: Path) -> None:
    def pairs(*words: str) -> dict[str, int]:
        (found,) = data(folder, "segments", *words)
        return {one["code"]: one["pairs"] for one in found["codes"]}

    assert pairs() == {"trust": 0, "fear": 0, "judged": 0, "forms": 1}
    assert pairs("--of", "shorter")["fear"] == 1
    assert pairs("--share", "0.2")["fear"] == 1
    shown = agreement(folder, "segments", "--share", "0.2")
    assert "share at least 20% of the words that either holds" in shown.stderr


def test_nvivos_rows_are_characters_of_the_whole_text(folder: Path, tmp_path: Path) -> None:
    rows = data(folder, "nvivo")
    assert len(rows) == 4 * 2
    fear = next(row for row in rows if (row["code"], row["source"]) == ("fear", "P07_b"))
    text = json.loads(run("--study", folder, "sources", "P07_b", "--json").stdout)["text"]
    assert fear["size"] == len(text)
    assert fear["both"] == pytest.approx(100 * len("feart") / len(text))
    assert fear["a_only"] == pytest.approx(100 * (len(WIDE) - len("feart")) / len(text))
    assert next(row for row in rows if (row["code"], row["source"]) == ("fear", "P07_f"))["kappa"] == 1.0
    agreement(folder, "nvivo", "-o", tmp_path / "n.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "n.xlsx").active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:4] == ["Code", "File", "File Size", "Kappa"]
    assert sheet.max_row == 9


def test_a_plan_says_how_much_must_be_double_coded(folder: Path) -> None:
    words = ("plan", "--prevalence", ".1", "--kappa", ".7", "--half-width", ".1")
    plan = data(folder, *words)
    assert plan["percent"] == pytest.approx(0.946)
    assert plan["units_for_kappa"] > plan["units_for_percent"] > 0
    assert plan["sources_for_kappa"] >= plan["units_for_kappa"] / plan["units_per_source"]
    wider = data(folder, *words[:-1], ".2")
    assert wider["units_for_kappa"] == pytest.approx(plan["units_for_kappa"] / 4, abs=1)
    shown = agreement(folder, *words)
    assert str(plan["units_for_kappa"]) in shown.stdout
    assert "the study 3 sources" in shown.stderr and "the least that is needed" in shown.stderr


def test_a_reflexive_study_shows_no_measure_but_the_passages(sqlite_study: Study, folder: Path) -> None:
    before = set(data(folder))
    set_stance(sqlite_study, "reflexive", "We read it differently.")
    after = data(folder)
    assert before < set(after)
    assert [after["codes"][0][name] for name in COEFFICIENTS] == [None] * len(COEFFICIENTS)
    for words in (
        ("alpha",),
        ("unitizing",),
        ("segments",),
        ("nvivo",),
        ("plan", "--prevalence", ".1", "--kappa", ".7", "--half-width", ".1"),
        ("--format", "csv"),
        ("--format", "csv", "--all"),
    ):
        refused = agreement(folder, *words, code=1)
        assert "no coefficient is shown" in refused.stderr and refused.stdout == ""
    assert "only CD" in agreement(folder, "behind", "forms").stdout


def test_nothing_is_compared_that_the_coder_at_work_has_still_to_code(three: Study) -> None:
    add_coder(three, "GH")
    run("--study", three.folder, "assign", "P07_b", "--coders", "GH", "--coder", "AB")
    seen = json.loads(run("--study", three.folder, "--coder", "GH", "agreement", "--json").stdout)
    assert seen["sources"] == ["P07_f"]
    shown = run("--study", three.folder, "--coder", "GH", "agreement", "behind", "fear", "--coders", "AB,CD")
    assert shown.stdout == ""
