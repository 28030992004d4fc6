"""Reconciling from the command line: the queue, decisions, settling, the meeting sheet and its way back."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import docx
import pytest

from qualbench.study.database import Study
from qualbench.study.journal import read_log
from qualbench.study.settings import add_coder
from tests.agreement.pairs import JUDGE, LESS, WIDE, agreed, coded, item_of, make_apart, seal_all
from tests.builders import place, small_study
from tests.cli.test_commands import Ran, run


@pytest.fixture
def folder(sqlite_study: Study, tmp_path: Path) -> Path:
    make_apart(sqlite_study, tmp_path / "files")
    return sqlite_study.folder


def reconcile(folder: Path, *words: str | int | Path, code: int = 0) -> Ran:
    return run("--study", folder, "reconcile", *map(str, words), code=code)


def listed(folder: Path, *words: str) -> list[dict[str, Any]]:
    return json.loads(reconcile(folder, "list", *words, "--json").stdout)


def test_the_queue_is_listed_worst_first_with_ids(folder: Path) -> None:
    found = listed(folder)
    assert [(one["code"], one["kind"], one["outcome"]) for one in found] == [
        ("trust", "one coder", None),
        ("judged", "different codes", None),
        ("fear", "boundary", None),
    ]
    fear = found[2]
    assert (fear["coders"], fear["code_a"], fear["code_b"]) == (["AB", "CD"], "fear", "fear")
    assert fear["text"] == WIDE and fear["apart"] == {"words": 2, "characters": 9}
    assert fear["a"] == [[fear["start"], fear["end"]]] and len(fear["b"]) == 1
    shown = reconcile(folder, "list")
    lines = shown.stdout.splitlines()
    assert lines[0] == f"{found[0]['id']}  P07_f {found[0]['start']}-{found[0]['end']}  one coder  open"
    assert lines[1].startswith("  B CD Trust ") and lines[1].endswith(": That helped.")
    assert shown.stderr == "3 of 3 still to decide.\n"


def test_parts_of_it_are_listed(folder: Path) -> None:
    def codes(*words: str) -> list[str]:
        return [one["code"] for one in listed(folder, *words)]

    assert codes("--source", "P07_b") == ["judged", "fear"]
    assert codes("--code", "Forms: long / short") == ["judged"]
    assert codes("--code", "trust") == ["trust", "judged", "fear"]  # with those below it
    assert codes("--kind", "boundary") == ["fear"]
    reconcile(folder, "decide", listed(folder)[1]["id"], "agree to differ", "--reason", "Two readings.")
    assert codes("--open") == ["trust", "fear"]
    assert codes("--kept") == ["judged"]
    kept = reconcile(folder, "list", "--kept").stdout
    assert "  agree to differ\n" in kept and "  why: Two readings.\n" in kept
    assert listed(folder, "--coders", "CD,AB") == listed(folder)


def test_a_difference_is_decided_by_its_id_or_its_place(sqlite_study: Study, folder: Path) -> None:
    trust, judged, fear = listed(folder)
    ran = reconcile(folder, "decide", trust["id"], "keep", "B", "--reason", "It is about trust.")
    (decision,) = [one["decision"] for one in listed(folder) if one["id"] == trust["id"]]
    assert ran.stdout == f"{decision['id']}\n"
    assert (decision["outcome"], decision["reason"], decision["decided_by"]) == (
        "keep B",
        "It is about trust.",
        "AB",
    )
    where = (judged["source"], judged["start"], judged["end"])
    reconcile(folder, "decide", *where, "other code", "--other-code", "Fear", "--coder", "CD")
    words = place(sqlite_study, "P07_b", "feart of them")
    reconcile(folder, "decide", fear["id"], "redraw", "--redrawn", f"{words.start}-{words.end}")
    assert set(agreed(sqlite_study)) >= {
        ("P07_f", "trust", "That helped."),
        ("P07_b", "fear", JUDGE),
        ("P07_b", "fear", "feart of them"),
    }
    assert "0 of 3 still to decide" in reconcile(folder, "list").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ID",), "The outcome is missing"),
        (("ID", "perhaps"), "'perhaps' is not an outcome. Use one of keep A, keep B, both, neither, redraw"),
        (("nonsense", "keep A"), "There is no difference 'nonsense'"),
        (("P07_b", "0", "5", "keep A"), "no such difference at P07_b 0-5"),
        (("P99", "0", "5", "keep A"), "no such difference at P99 0-5"),
        (("ID", "redraw"), "needs the new words"),
        (("ID", "redraw", "--redrawn", "5"), "'5' is not a span"),
        (("ID", "redraw", "--redrawn", "0-99999"), "outside the text"),
        (("ID", "redraw", "--redrawn", "0-3"), "lie apart"),
        (("ID", "other code"), "needs the code"),
        (("ID", "other code", "--other-code", "nope"), "no code 'nope'"),
        (("ID", "keep A", "--other-code", "trust"), "takes no code"),
        (("ID", "keep A", "--coder", "XY"), "no coder 'XY'"),
    ],
)
def test_what_cannot_be_decided_is_told_and_changes_nothing(
    sqlite_study: Study, folder: Path, words: tuple[str, ...], said: str
) -> None:
    item = item_of(sqlite_study, "fear")
    events = len(read_log(sqlite_study))
    ran = reconcile(folder, "decide", *(item.id if word == "ID" else word for word in words), code=1)
    assert said in " ".join(ran.stderr.split()) and ran.stdout == ""
    assert len(read_log(sqlite_study)) == events


def test_two_differences_on_the_same_words_are_told_apart(sqlite_study: Study, tmp_path: Path) -> None:
    study = small_study(sqlite_study, tmp_path / "files")
    for code in ("fear", "judged"):
        coded(study, "AB", "P07_b", WIDE, code)
    for coder in ("AB", "CD"):
        run("--study", study.folder, "finish", "P07_b", "--coder", coder)
    start, end = place(study, "P07_b", WIDE)
    several = reconcile(study.folder, "decide", "P07_b", start, end, "keep A", code=1).stderr
    assert "2 differences stand at" in several and "--code-a" in several
    reconcile(study.folder, "decide", "P07_b", start, end, "keep A", "--code-a", "judged")
    assert agreed(study) == [("P07_b", "judged", WIDE)]


def test_a_decision_stands_until_it_is_reopened(sqlite_study: Study, folder: Path) -> None:
    item = item_of(sqlite_study, "fear")
    decision = reconcile(folder, "decide", item.id, "keep A").stdout.strip()
    second = reconcile(folder, "decide", item.id, "keep B", "--coder", "CD", code=1).stderr
    assert "decided already: keep A, by AB. Yours is not written: keep B." in second
    assert f"reconcile reopen {decision}" in second
    told = reconcile(folder, "reopen", decision, "--coder", "CD").stderr
    assert "It was keep A, by AB." in told
    assert "That difference is open" in reconcile(folder, "reopen", item.id, code=1).stderr
    reconcile(folder, "decide", item.id, "keep B", "--coder", "CD")
    reconcile(folder, "reopen", item.id)
    assert ("P07_b", "fear", "feart") not in agreed(sqlite_study)
    assert "no decision 'nonsense'" in reconcile(folder, "reopen", "nonsense", code=1).stderr


def test_what_was_coded_anew_is_listed_with_what_was_said(sqlite_study: Study, folder: Path) -> None:
    item = item_of(sqlite_study, "fear")
    decision = reconcile(folder, "decide", item.id, "keep A", "--reason", "Whole.").stdout.strip()
    run("--study", folder, "codebook", "split", "fear", "--into", "Dread")
    (own,) = [
        c["id"]
        for c in json.loads(run("--study", folder, "code", "list", "--json").stdout)
        if c["code"] == "fear"
    ]
    run("--study", folder, "codebook", "split", "fear", "--send", own, "--to", "Dread")
    (stale,) = listed(folder, "--stale")
    assert (stale["id"], stale["outcome"], stale["reason"]) == (decision, "keep A", "Whole.")
    shown = reconcile(folder, "list", "--stale")
    assert shown.stdout.startswith(f"{decision}  P07_b ") and "1 decision out of date" in shown.stderr
    assert [old["id"] for item in listed(folder) for old in item["before"]] == [decision]
    assert "before the codings changed: keep A, by AB on" in reconcile(folder, "list", "--open").stdout


def test_trivial_boundaries_are_settled_and_undone(sqlite_study: Study, folder: Path) -> None:
    def settle(*words: str, code: int = 0) -> Ran:
        return reconcile(folder, "settle", *words, code=code)

    assert "words or characters" in settle("--rule", "union", code=1).stderr
    assert "words or characters" in settle("--rule", "A", "--words", "1", "--characters", "5", code=1).stderr
    assert "'C' is not a rule" in settle("--rule", "C", "--words", "3", code=1).stderr
    assert "no tolerance" in settle("--rule", "A", "--words", "-1", code=1).stderr
    assert "no source 'P99'" in settle("--rule", "A", "--words", "1", "--source", "P99", code=1).stderr
    assert "There is none so small" in settle("--rule", "union", "--words", "1").stderr
    dry = settle("--rule", "union", "--words", "2", "--dry-run")
    assert "1 difference would be settled. Nothing has been changed." in dry.stderr
    assert "boundary  open" in dry.stdout and item_of(sqlite_study, "fear").is_open
    done = settle("--rule", "union", "--words", "2").stderr
    assert "1 difference settled: edges at most 2 words apart; the words of either were taken." in done
    assert ("P07_b", "fear", WIDE) in agreed(sqlite_study)
    run("--study", folder, "undo")
    assert item_of(sqlite_study, "fear").is_open
    settle("--rule", "b", "--characters", "20", "--source", "P07_b")
    assert ("P07_b", "fear", "feart") in agreed(sqlite_study)


def test_progress_is_shown_by_source_and_code(folder: Path) -> None:
    reconcile(folder, "decide", listed(folder)[1]["id"], "agree to differ")
    (found,) = json.loads(reconcile(folder, "progress", "--json").stdout)
    assert (found["total"], found["decided"], found["open"], found["kept"], found["alike"]) == (3, 1, 2, 1, 1)
    assert {"source": "P07_b", "decided": 1, "total": 2} in found["sources"]
    assert {"code": "fear", "decided": 0, "total": 1} in found["codes"]
    shown = reconcile(folder, "progress")
    assert ["code", "Being", "judged", "1", "1"] in [line.split() for line in shown.stdout.splitlines()]
    assert "AB and CD: 1 of 3 differences decided, 1 of them kept as two readings" in shown.stderr


def test_several_pairs_are_worked_through_pair_by_pair(sqlite_study: Study, folder: Path) -> None:
    add_coder(sqlite_study, "EF")
    coded(sqlite_study, "EF", "P07_b", LESS, "judged")
    told = run("--study", folder, "finish", "P07_b", "--coder", "EF").stderr
    assert "EF has finished 1 source." in told
    assert {tuple(one["coders"]) for one in listed(folder)} == {("AB", "CD"), ("AB", "EF"), ("CD", "EF")}
    assert "AB, CD, EF" in reconcile(folder, "settle", "--rule", "A", "--words", "3", code=1).stderr
    assert "AB, CD, EF" in reconcile(folder, "agenda", code=1).stderr
    (one,) = listed(folder, "--coders", "EF,AB", "--kind", "boundary")
    assert one["coders"] == ["AB", "EF"]
    reconcile(folder, "decide", one["id"], "keep B")
    progress = json.loads(reconcile(folder, "progress", "--json").stdout)
    assert [(tuple(of["coders"]), of["decided"]) for of in progress] == [
        (("AB", "CD"), 0),
        (("AB", "EF"), 1),
        (("CD", "EF"), 0),
    ]


def test_a_meeting_sheet_goes_out_and_comes_back(sqlite_study: Study, folder: Path, tmp_path: Path) -> None:
    seal_all(sqlite_study)
    sheet = tmp_path / "sheet.csv"
    told = reconcile(folder, "agenda", "--minutes", "45", "-o", sheet).stderr
    assert told == f"3 differences of 3 open, about 9 of 45 minutes. Wrote {sheet}.\n"
    rows = list(csv.DictReader(sheet.read_text("utf-8-sig").splitlines()))
    assert [row["id"] for row in rows] == [one["id"] for one in listed(folder)]
    assert all(row["outcome"] == "" for row in rows)
    rows[0] |= {"outcome": "keep B", "reason": "@once"}
    rows[1] |= {"outcome": "whatever"}
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    tried = reconcile(folder, "import", sheet, "--dry-run", code=1)
    assert "1 difference would be decided" in tried.stderr and len(listed(folder, "--open")) == 3
    done = reconcile(folder, "import", sheet, code=1)
    assert "sheet.csv, row 3: 'whatever' is not an outcome." in done.stderr
    assert (
        "1 difference decided, 0 decided so before, 1 row without an outcome, 1 row left out." in done.stderr
    )
    again = reconcile(folder, "import", sheet, code=1)
    assert "0 differences decided, 1 decided so before" in again.stderr
    (decided,) = [one["decision"] for one in listed(folder) if one["decision"]]
    assert (decided["outcome"], decided["reason"]) == ("keep B", "@once")
    assert "2 differences of 2 open" in reconcile(folder, "agenda", "--minutes", "9").stderr


def test_a_sheet_is_printed_or_written_for_paper(sqlite_study: Study, folder: Path, tmp_path: Path) -> None:
    seal_all(sqlite_study)
    printed = reconcile(folder, "agenda", "--source", "P07_b", "--talk", "1").stdout
    assert printed.startswith("# What AB and CD have to talk about\n") and "P07_f" not in printed
    reconcile(folder, "agenda", "-o", tmp_path / "sheet.md", "--source", "P07_b", "--talk", "1")
    assert (tmp_path / "sheet.md").read_text("utf-8") == printed
    reconcile(folder, "agenda", "-o", tmp_path / "sheet.docx")
    assert len(docx.Document(str(tmp_path / "sheet.docx")).tables) == 4
    assert "needs a file" in reconcile(folder, "agenda", "--format", "docx", code=1).stderr
    assert "'pdf' is not a format" in reconcile(folder, "agenda", "-o", tmp_path / "x.pdf", code=1).stderr
    assert "too few" in reconcile(folder, "agenda", "--minutes", "1", code=1).stderr
    assert "no source 'P99'" in reconcile(folder, "agenda", "--source", "P99", code=1).stderr


def test_a_sheet_of_unsealed_sources_does_not_go_out_unsaid(
    sqlite_study: Study, folder: Path, tmp_path: Path
) -> None:
    for words in (
        ("agenda",),
        ("agenda", "-o", tmp_path / "sheet.csv"),
        ("agenda", "-o", tmp_path / "s.docx"),
    ):
        refused = reconcile(folder, *words, code=1)
        assert "Not sealed yet: P07_b, P07_f." in refused.stderr and refused.stdout == ""
    assert list(tmp_path.glob("s*.csv")) == [] and not (tmp_path / "s.docx").exists()
    events = len(read_log(sqlite_study))
    reconcile(folder, "agenda", "-o", tmp_path / "sheet.csv", "--allow-unsealed")
    assert read_log(sqlite_study)[-1].summary == "Exported sheet.csv with 2 sources unsealed"
    assert len(read_log(sqlite_study)) == events + 1


def test_what_the_sheet_does_not_hold_need_not_be_sealed(
    sqlite_study: Study, folder: Path, tmp_path: Path
) -> None:
    seal_all(sqlite_study)
    (tmp_path / "new.txt").write_text("I: Well?\n\nP08: It was Morag.\n\nI: So.")
    run("--study", folder, "import", tmp_path / "new.txt")
    run("--study", folder, "redact", "add", "new", *place(sqlite_study, "new", "Morag"), "--kind", "person")
    reconcile(folder, "agenda", "-o", tmp_path / "sheet.docx")


def test_nobody_sees_in_a_sheet_what_they_have_still_to_code(sqlite_study: Study, folder: Path) -> None:
    seal_all(sqlite_study)
    add_coder(sqlite_study, "EF")
    run("--study", folder, "assign", "P07_b", "--coders", "EF")
    seen = run("--study", folder, "--coder", "EF", "reconcile", "agenda")
    assert "That helped." in seen.stdout
    assert "feart" not in seen.stdout and "P07_b" not in seen.stdout
    assert "Fear" not in seen.stdout


def test_finishing_tells_what_was_taken_and_can_be_taken_back(sqlite_study: Study, tmp_path: Path) -> None:
    study = small_study(sqlite_study, tmp_path / "files")
    for coder in ("AB", "CD"):
        coded(study, coder, "P07_b", JUDGE, "judged")
    assert run("--study", study.folder, "finish", "P07_b").stderr == "AB has finished 1 source.\n"
    assert "AB has reopened 1 source." in run("--study", study.folder, "finish", "--reopen", "P07_b").stderr
    run("--study", study.folder, "finish", "P07_b")
    told = run("--study", study.folder, "finish", "--all", "--coder", "CD").stderr
    assert told.splitlines() == [
        "CD has finished 3 sources.",
        "1 passage that AB and CD coded alike is new in the agreed layer. The rest: "
        "qualbench reconcile list --coders AB,CD",
    ]
    assert agreed(study) == [("P07_b", "judged", JUDGE)]
    assert "finished before" in run("--study", study.folder, "finish", "P07_b", "group").stderr
    refused = run("--study", study.folder, "finish", "--reopen", "P07_b", code=1).stderr
    assert "CD has finished P07_b too." in refused
