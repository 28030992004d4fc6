"""Redaction from the command line: what is printed where, and with which exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qualbench.cli.app import main
from qualbench.redaction import keyfile
from qualbench.study.database import Study
from tests.redaction.test_marking import bring_in

TEXT = (
    "I: Who?\n\nP07: It was Zebedina, and I know services as usual.\n\n"
    "I: Oh?\n\nP07: Zebedina it was, and Torquil."
)
Run = Callable[..., str]


@pytest.fixture
def run(
    sqlite_study: Study, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Run a command of `qualbench redact` on the study and give what it prints, or else what it tells."""

    def call(*arguments: str | Path, code: int = 0) -> str:
        words = ["qualbench", "--study", sqlite_study.folder, "redact", *arguments]
        monkeypatch.setattr("sys.argv", list(map(str, words)))
        try:
            main()
            ended: object = 0
        except SystemExit as end:
            ended = end.code or 0
        printed, told = capsys.readouterr()
        assert ended == code, printed + told
        assert "Traceback" not in told
        return printed or told

    monkeypatch.setattr(keyfile, "_COST", 2**10)
    return call


def test_from_the_list_to_the_seal_and_back(run: Run, sqlite_study: Study, tmp_path: Path) -> None:
    bring_in(sqlite_study, tmp_path, one=TEXT)
    run("names", "add", "Zebedina", "Torquil")
    assert json.loads(run("names", "list", "--json")) == [
        {"name": "Torquil", "kind": "person"},
        {"name": "Zebedina", "kind": "person"},
    ]
    run("suggest")
    listed = json.loads(run("list", "--queue", "names", "--json"))
    assert [(one["texts"], len(one["mentions"])) for one in listed] == [(["Zebedina"], 2), (["Torquil"], 1)]
    assert "Accepted as [Worker 1]." in run("decide", "zebedina", "accept", "--term", "Worker")
    run("decide", "Zebedina", "perhaps", code=1)
    run("decide", "Nobody", "accept", code=1)
    run("list", "--queue", "nonsense", code=1)
    run("decide", "Zebedina", code=2)
    assert "1 suggestions nobody has decided on" in run("seal", code=1)
    assert "1 entities rejected." in run("rest", "reject", "--queue", "names")
    run("rest", "reject", "--queue", "decided", code=1)

    (tmp_path / "pass.txt").write_text("seven sleepy herons\nnot this line\n")
    (tmp_path / "short.txt").write_text("seven\n")
    key = ("--key-file", tmp_path / "key.json", "--passphrase-file")
    run("seal", *key[:2], code=1)
    run("seal", *key, tmp_path / "short.txt", code=1)
    run(
        "seal",
        "--key-file",
        sqlite_study.folder / "k.json",
        "--passphrase-file",
        tmp_path / "pass.txt",
        code=1,
    )
    run("seal", *key, tmp_path / "pass.txt")
    shown = json.loads(run("key", "show", "--json", *key, tmp_path / "pass.txt"))
    assert shown == [{"pseudonym": "[Worker 1]", "originals": {"Zebedina": 2}}]
    assert json.loads(run("check", "--json", *key, tmp_path / "pass.txt")) == []

    (sqlite_study.folder / "exports" / "a.txt").write_text("then zebedina came")
    assert json.loads(run("check", "--json", code=1)) == [
        {"place": "the file exports/a.txt", "start": 5, "end": 13, "exact": True}
    ]
    inside = run(
        "key", "restore", "one", "-o", sqlite_study.folder / "x", *key, tmp_path / "pass.txt", code=1
    )
    assert inside.startswith("That folder lies in the study.")
    run("key", "restore", "one", "-o", tmp_path / "out", *key, tmp_path / "pass.txt")
    assert (tmp_path / "out" / "one.txt").read_text() == TEXT
    assert "2 originals put back" in run("key", "restore", "one", *key, tmp_path / "pass.txt")
    assert "The passphrase" in run("key", "show", *key, tmp_path / "short.txt", code=1)


def test_words_that_tell_the_arm_are_found_wanting(run: Run, sqlite_study: Study, tmp_path: Path) -> None:
    bring_in(sqlite_study, tmp_path, one=TEXT, two="I: Who?\n\nP07: Nobody at all, ken.\n\nI: Oh.")
    (found,) = json.loads(run("unmasking", "--json", code=1))
    assert (found["source"], found["word"], TEXT[found["start"] : found["end"]]) == (
        "one",
        "services as usual",
        "services as usual",
    )
    assert "no source 'nine'" in run("unmasking", "nine", code=1)
    assert json.loads(run("unmasking", "two", "--json")) == []


def test_an_export_of_transcripts_says_that_they_tell_the_arm(
    run: Run, sqlite_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(sqlite_study, tmp_path, one="I: Who?\n\nP07: Naw, that was services as usual.\n\nI: Oh.")
    run("seal", "--final")
    arguments = ["qualbench", "--study", str(sqlite_study.folder), "export", "qdpx", str(tmp_path / "p.qdpx")]
    told: list[str] = []
    monkeypatch.setattr("sys.argv", arguments)
    monkeypatch.setattr("qualbench.cli.export.tell", told.append)
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    assert told[-1].startswith("1 places in 1 sources may tell the arm of the trial")
