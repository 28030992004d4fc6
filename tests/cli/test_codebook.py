"""The codebook without the screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qualbench.study.database import Study
from tests.builders import place, small_study
from tests.cli.test_commands import Ran, run


@pytest.fixture
def folder(sqlite_study: Study, tmp_path: Path) -> Path:
    small_study(sqlite_study, tmp_path / "files")
    return sqlite_study.folder


def book(folder: Path, *words: str, code: int = 0) -> Ran:
    return run("--study", folder, "codebook", *words, code=code)


def entries(folder: Path, *words: str) -> dict[str, dict[str, Any]]:
    return {entry["id"]: entry for entry in json.loads(book(folder, "show", "--json", *words).stdout)}


def coded(study: Study, folder: Path, words: str, code: str, source: str = "P07_b") -> str:
    start, end = place(study, source, words)
    return run("--study", folder, "code", "add", source, start, end, code).stdout.strip()


def test_entries_are_made_changed_and_shown(folder: Path) -> None:
    made = book(folder, "add", "Shame", "--under", "social-work", "--reason", "It keeps coming up.")
    shame = made.stdout.strip()
    assert made.stderr == "Added 'Shame', a candidate.\n"
    book(folder, "set", "Shame", "definition=Wishing not to be seen.", "tags=tfa:burden; mrc:reach")
    book(folder, "rename", "Shame", "Shame and hiding")
    book(folder, "move", shame, "--under", "trial")
    book(folder, "move", shame, "--up")
    book(folder, "agree", shame)
    book(folder, "key", shame, "s")
    entry = entries(folder)[shame]
    assert (entry["label"], entry["parent"], entry["status"], entry["key"]) == (
        "Shame and hiding",
        "trial",
        "agreed",
        "s",
    )
    assert entry["tags"] == ["tfa:burden", "mrc:reach"]
    assert list(entries(folder))[-2:] == [shame, "forms"]
    shown = book(folder, "show", "Shame and hiding").stdout
    assert shown.splitlines()[0] == "The trial > Shame and hiding"
    assert "Definition: Wishing not to be seen.\n" in shown
    assert "Tags: tfa:burden; mrc:reach\n" in shown
    log = run("--study", folder, "log").stdout
    assert "Added 'Shame and hiding'" in log and "Changed definition, tags of" in log
    assert "It keeps coming up" not in log


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "x", "--level", "chapter"), "'chapter' is not a level"),
        (("add", "x", "--under", "nowhere"), "no code 'nowhere'"),
        (("add", "Fear", "--under", "social-work"), "a code 'Fear' there already"),
        (("set", "fear", "definitoin=x"), "'definitoin' is not a field"),
        (("set", "fear", "no value"), "is not a field"),
        (("merge", "trust", "fear"), "which stands below it"),
        (("split", "fear"), "is not being split"),
        (("split", "fear", "--send", "x"), "not said where"),
        (("retire", "trust"), "entries below 'Trust' are in use"),
        (("restore", "fear"), "is in use"),
        (("agree", "fear"), "None of them is a candidate"),
        (("group", "trial", "fear"), "is not a candidate theme"),
        (("example", "fear"), "not said which words"),
        (("release", "--note", "", "--agreed-by", "AB"), "needs a note"),
        (("diff", "1"), "no version 1"),
        (("show", "--version", "3"), "no version 3"),
        (("export", "book.pdf"), "not written to '.pdf'"),
        (("import", "nothing.yaml"), "no codebook 'nothing.yaml'"),
        (("map", "-o", "map.gif"), "neither .svg nor .png"),
    ],
)
def test_what_cannot_be_is_told_and_changes_nothing(folder: Path, words: tuple[str, ...], said: str) -> None:
    before = entries(folder, "--all")
    assert said in book(folder, *words, code=1).stderr
    assert entries(folder, "--all") == before


def test_merging_splitting_and_retiring(sqlite_study: Study, folder: Path) -> None:
    first = coded(sqlite_study, folder, "feart of them", "fear")
    second = coded(sqlite_study, folder, "They judge ye.", "judged")
    assert "1 codings of yours" in book(folder, "merge", "judged", "fear").stderr
    assert book(folder, "show", "Being judged").stdout.startswith("Trust > Social work > Fear")
    left = book(folder, "split", "fear", "--into", "Dread", "--into", "Judgement", "--json")
    assert [c["id"] for c in json.loads(left.stdout)] == [first, second]
    for coder in ("AB", "CD"):  # a code goes by itself only before somebody who sees every layer
        run("--study", folder, "finish", "--all", "--coder", coder)
    book(folder, "split", "fear", "--send", first, "--to", "Dread")
    run("--study", folder, "code", "give", "Judgement", second)
    assert json.loads(book(folder, "split", "fear", "--json").stdout) == []
    everything = entries(folder, "--all")
    assert everything["fear"]["status"] == "retired"
    assert everything["judged"]["merged_into"] == "fear"
    assert "fear" not in entries(folder)
    book(folder, "restore", "fear")
    book(folder, "retire", "fear", "--reason", "Both parts do.")
    assert "Fear  (fear; retired)" in book(folder, "show", "--all").stdout


def test_a_version_is_released_compared_and_read_again(sqlite_study: Study, folder: Path) -> None:
    book(folder, "release", "--note", "First", "--agreed-by", "AB, CD")
    coding = coded(sqlite_study, folder, "feart of them", "fear")
    book(folder, "set", "forms", "definition=The forms.")
    book(folder, "set", "fear", "definition=Being afraid.", "label=Dread")
    told = book(folder, "release", "--note", "Second", "--agreed-by", "AB").stderr
    assert "1 passages of yours are to be read again" in told
    versions = json.loads(book(folder, "versions", "--json").stdout)
    assert [(one["number"], one["note"]) for one in versions] == [(1, "First"), (2, "Second")]
    diff = book(folder, "diff", "1", "2").stdout
    assert "renamed   Dread  (fear)  was: Fear\n" in diff
    assert "          definition: {+Being afraid.+}\n" in diff
    changes = json.loads(book(folder, "diff", "1", "--json").stdout)
    assert {(one["kind"], one["to_reread"]) for one in changes} == {
        ("renamed", 0),
        ("redefined", 1),
        ("redefined", 0),
    }
    assert book(folder, "show", "fear", "--version", "1").stdout.startswith("Trust > Social work > Fear\n")
    (waiting,) = json.loads(book(folder, "reread", "--json").stdout)
    assert (waiting["id"], waiting["under"], waiting["changes"]) == (coding, 1, ["redefined"])
    run("--study", folder, "code", "keep", coding)
    assert json.loads(book(folder, "reread", "--json").stdout) == []
    listed = run("--study", folder, "code", "list", "--version", "1", "--json").stdout
    assert [c["version"] for c in json.loads(listed)] == [1]
    by_version = run("--study", folder, "matrix", "--rows", "codes", "--layer", "AB", "--version", "1").stdout
    assert "Fear" in by_version and "Dread" not in by_version


def test_the_theme_under_review_and_talk_outside_a_scope(sqlite_study: Study, folder: Path) -> None:
    theme = book(folder, "add", "Being seen", "--level", "theme").stdout.strip()
    book(folder, "group", "Being seen", "fear", "forms")
    coded(sqlite_study, folder, "feart of them", "fear")
    found = json.loads(book(folder, "review", "Being seen", "--json").stdout)
    assert [c["quote"] for c in found] == ["feart of them"]
    book(folder, "group", "Being seen", "forms", "--out")
    assert entries(folder)["forms"]["also_in"] == []
    assert entries(folder)["fear"]["also_in"] == [theme]
    book(folder, "set", "fear", "stakeholders=Family engagement worker")
    assert "is meant for" not in book(folder, "show", "fear").stdout
    outside = json.loads(run("--study", folder, "code", "outside", "--json").stdout)
    assert [(c["said_by"], c["meant_for"]) for c in outside] == [(["Parent"], ["Family engagement worker"])]
    start, end = place(sqlite_study, "P07_b", "a pal of mine")
    told = run("--study", folder, "code", "add", "P07_b", start, end, "fear").stderr
    assert "'Fear' is meant for Family engagement worker, and this is Parent." in told


def test_examples_are_given_and_taken_away(sqlite_study: Study, folder: Path) -> None:
    start, end = place(sqlite_study, "P07_b", "feart of them")
    given = book(folder, "example", "fear", "near miss", "P07_b", str(start), str(end)).stdout.strip()
    assert f"Near miss, P07_b {start} ({given}): feart of them\n" in book(folder, "show", "fear").stdout
    book(folder, "example", "fear", "--remove", given)
    assert given not in book(folder, "show", "fear").stdout


@pytest.mark.parametrize("ending", ["yaml", "csv", "xlsx", "qdc"])
def test_a_codebook_comes_back_from_a_file_as_it_went(folder: Path, tmp_path: Path, ending: str) -> None:
    book(
        folder,
        "set",
        "fear",
        "definition=Being afraid: of them.",
        "tags=tfa:burden; mrc:reach",
        "origin=data",
    )
    before = entries(folder)
    file = tmp_path / f"book.{ending}"
    book(folder, "export", str(file))
    assert "Nothing differs." in book(folder, "import", str(file), "--dry-run").stderr
    book(folder, "rename", "fear", "Dread")
    shown = book(folder, "import", str(file), "--dry-run")
    assert "renamed   Fear  (fear)  was: Dread" in shown.stdout
    assert "Nothing has been changed." in shown.stderr
    assert entries(folder)["fear"]["label"] == "Dread"
    book(folder, "import", str(file))
    assert entries(folder) == before


def test_a_file_is_edited_by_hand_and_written_again(
    sqlite_study: Study, folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "book.yaml"
    book(folder, "export", str(file))
    text = file.read_text("utf-8").replace("label: Fear", "label: Dread  # as parents say")
    file.write_text(text[: text.index("- id: trial")].rstrip() + "\n", "utf-8")
    coded(sqlite_study, folder, "feart of them", "forms")
    kept = book(folder, "import", str(file))
    assert "2 entries that the file lacks stay, with 1 codings." in kept.stderr
    assert entries(folder)["fear"]["label"] == "Dread"
    retired = book(folder, "import", str(file), "--retire-missing").stderr
    assert "'Forms: long / short' is not in the file and would be retired; 1 codings." in retired
    assert "forms" not in entries(folder)
    assert entries(folder, "--all")["forms"]["status"] == "retired"
    book(folder, "set", "fear", "definition=Being afraid.")
    book(folder, "export", str(file))
    assert "label: Dread  # as parents say" in file.read_text("utf-8")


def test_starters_are_listed_mounted_and_used_as_tags(folder: Path) -> None:
    listed = book(folder, "import").stdout
    assert "tfa " in listed and "cfir_2022" in listed
    book(folder, "import", "mrc_process_evaluation", "--under", "trial")
    assert entries(folder)["mrc-implementation"]["parent"] == "trial"
    before = entries(folder)
    assert "28 tags of tfa" in book(folder, "import", "tfa", "--as-tags").stderr
    assert entries(folder) == before


@pytest.mark.parametrize("name", ["book.docx", "nvivo.xlsx", "map.svg", "map.png"])
def test_tables_and_drawings_are_written(folder: Path, tmp_path: Path, name: str) -> None:
    words = ("map", "-o") if name.startswith("map") else ("export", "--nvivo")
    book(folder, *words, str(tmp_path / name))
    assert (tmp_path / name).stat().st_size > 1_000
    assert "Trust" in book(folder, "map").stdout
    assert "Being judged" in book(folder, "show", "--counts").stdout


def test_a_codebook_leaves_before_sealing_but_never_with_a_redacted_name(
    sqlite_study: Study, folder: Path, tmp_path: Path
) -> None:
    book(folder, "set", "fear", "definition=As Naïve said.")
    book(folder, "export", str(tmp_path / "before.yaml"))  # nobody has said that it is a name
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
    refused = book(folder, "export", str(tmp_path / "after.yaml"), code=1).stderr
    assert "A redacted name still stands in 1 place" in refused
    assert not (tmp_path / "after.yaml").exists()
