"""Coding, reading and searching without the screen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qualbench.study.database import Study
from tests.builders import place, small_study
from tests.cli.test_commands import run


@pytest.fixture
def folder(sqlite_study: Study, tmp_path: Path) -> Path:
    small_study(sqlite_study, tmp_path / "files")
    return sqlite_study.folder


@pytest.fixture
def at(sqlite_study: Study, folder: Path) -> tuple[int, int]:
    """Where 'The forms were long.' stands in P07_f."""
    return place(sqlite_study, "P07_f", "The forms were long.")


def codings(folder: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("--study", folder, "code", "list", "--json").stdout)
    return found


def test_a_code_is_put_grows_gets_bounds_and_marks_and_goes(folder: Path, at: tuple[int, int]) -> None:
    start, end = at
    added = run("--study", folder, "code", "add", "P07_f", start, start + 9, "forms")
    id_ = added.stdout.strip()
    assert added.stderr == "'Forms: long / short': coded.\n"
    grown = run("--study", folder, "code", "add", "P07_f", start + 4, end, "forms")
    assert grown.stdout.strip() == id_
    assert "was here already and now reaches further" in grown.stderr
    assert [c["quote"] for c in codings(folder)] == ["The forms were long."]
    assert "already" in run("--study", folder, "code", "add", "P07_f", start, end, "forms", code=1).stderr
    run("--study", folder, "code", "bounds", id_, start + 4, end)
    run("--study", folder, "code", "mark", id_, "--exemplar", "--meaning", "latent")
    (coding,) = codings(folder)
    assert (coding["quote"], coding["exemplar"], coding["meaning"]) == ("forms were long.", True, "latent")
    run("--study", folder, "code", "mark", id_, "--no-exemplar", "--meaning", "neither")
    assert [(c["exemplar"], c["meaning"]) for c in codings(folder)] == [(False, None)]
    assert (
        "semantic or latent" in run("--study", folder, "code", "mark", id_, "--meaning", "x", code=1).stderr
    )
    run("--study", folder, "code", "remove", id_)
    assert codings(folder) == []
    assert "Removed 'Forms: long / short'" in run("--study", folder, "undo").stderr
    assert len(codings(folder)) == 1


def test_a_source_is_printed_turn_by_turn_with_codes_and_memos_in_words(
    folder: Path, at: tuple[int, int]
) -> None:
    id_ = run("--study", folder, "code", "add", "P07_f", *at, "forms").stdout.strip()
    run("--study", folder, "memo", "add", "Ask how long.", "--coding", id_)
    run("--study", folder, "memo", "add", "Short talk.", "--source", "P07_f")
    printed = run("--study", folder, "sources", "P07_f", "--codes").stdout
    assert printed.splitlines()[0] == "Memo by AB: Short talk."
    turn = printed[printed.index("Turn 4, P07, Parent:") :]
    assert turn.splitlines() == [
        "Turn 4, P07, Parent:",
        "The forms were long.",
        '  code: The trial > Forms: long / short: "The forms were long."',
        "    memo by AB: Ask how long.",
    ]
    data = json.loads(run("--study", folder, "sources", "P07_f", "--codes", "--json").stdout)
    assert [(c["code"], c["quote"]) for c in data["codings"]] == [("forms", "The forms were long.")]
    assert '"The forms' not in run("--study", folder, "sources", "P07_f", "--codes", "--coder", "CD").stdout
    refused = run("--study", folder, "sources", "P07_f", "--codes", "--layer", "AB", "--coder", "CD", code=1)
    assert "hidden" in refused.stderr


def test_uncoded_talk_is_listed(folder: Path, at: tuple[int, int]) -> None:
    run("--study", folder, "code", "add", "P07_f", *at, "forms")
    left = json.loads(run("--study", folder, "code", "uncoded", "P07_f", "--json").stdout)
    assert [one["text"] for one in left] == ["She had been there herself. That helped."]


def test_what_a_search_finds_can_be_coded(folder: Path) -> None:
    done = run("--study", folder, "search", "forms", "--apply", "forms", "--extent", "sentence")
    assert "2 codings made" in done.stderr
    assert [c["quote"] for c in codings(folder)] == ["The forms were long.", "The forms were murder."]
    run("--study", folder, "undo")
    assert codings(folder) == []
    assert "extent" in run("--study", folder, "search", "forms", "--extent", "page", code=1).stderr


def test_a_code_is_given_a_key(folder: Path) -> None:
    run("--study", folder, "codebook", "key", "fear", "f")
    moved = run("--study", folder, "codebook", "key", "forms", "f")
    assert "'Fear' had it before" in moved.stderr
    shown = json.loads(run("--study", folder, "codebook", "show", "--json").stdout)
    assert {entry["id"]: entry["key"] for entry in shown if entry["key"]} == {"forms": "f"}
    assert "one letter or digit" in run("--study", folder, "codebook", "key", "fear", "ff", code=1).stderr
