"""Writing a large study: 60 transcripts of 10,000 words, 40 codes, 12,000 codings."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qualbench.analysis.quotes import find_quotes
from qualbench.analysis.quotes_passages import as_passages
from qualbench.analysis.quotes_writing import quotes_as_csv, quotes_as_rows
from qualbench.codebook.importing import import_entries
from qualbench.codebook.tree import CodeEntry
from qualbench.coding.rows import insert_codings
from qualbench.coding.tables import import_codings
from qualbench.exchange.nvivo.bundle import write_bundle
from qualbench.exchange.refi_qda.positions import STANDARD
from qualbench.exchange.refi_qda.project import write_project
from qualbench.exchange.spreadsheets import write_rows
from qualbench.study.database import Study, create_study, open_study
from qualbench.study.journal import change
from qualbench.study.settings import set_up
from qualbench.study.tables import Source
from qualbench.text.spans import Span
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.participants import import_participants
from qualbench.transcripts.sources import list_sources, read_sources
from tests.bench.test_import import WORDS

CODES, CODINGS = 40, 12_000
ROUNDS = 5
GOALS = {"qdpx": 1.5, "codings from CSV": 2.0, "quotes to CSV": 1.0, "quotes to XLSX": 2.0}  # seconds


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """30 participants talked to twice, in turns of 5 to 60 words; codings of 40 to 400 characters."""
    folder = tmp_path_factory.mktemp("exchange")
    (folder / "txt").mkdir()
    chance = random.Random(7)
    people = ["id,family,stakeholder"]
    manifest = ["file,kind,timepoint,interviewer"]
    for n in range(60):
        who, turns, left = f"P{n // 2:02}", [], 10_000
        if n % 2 == 0:
            people.append(f"{who},,{'Parent' if n % 4 else 'Social worker'}")
        while left > 0:
            size = min(left, chance.randint(5, 60))
            said = " ".join(chance.choices(WORDS, k=size))
            turns.append(f"{'I' if len(turns) % 2 == 0 else who}: {said}.")
            left -= size
        (folder / "txt" / f"t{n:02}.txt").write_text("\n\n".join(turns))
        manifest.append(f"t{n:02}.txt,interview,{'Follow-up' if n % 2 else 'Baseline'},I")
    (folder / "people.csv").write_text("\n".join(people))
    (folder / "manifest.csv").write_text("\n".join(manifest))
    study = create_study(folder / "study", coder="AB")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUALBENCH_HOME", str(folder / "home"))
        set_up(study, "Bench")
        assert not import_participants(study, folder / "people.csv").faults
        assert not import_files(study, [folder / "txt"], manifest=folder / "manifest.csv").faults
    themes = [CodeEntry(f"t{n}", None, "theme", f"Theme {n}") for n in range(4)]
    codes = [CodeEntry(f"c{n}", f"t{n % 4}", "code", f"Code {n}") for n in range(CODES - len(themes))]
    import_entries(study, [*themes, *codes], "bench")
    rows = []
    for source in read_sources(study):
        for start in chance.sample(range(len(source.text) - 400), CODINGS // 60):
            code = f"c{chance.randrange(len(codes))}"
            rows.append((source.summary.id, Span(start, start + chance.randint(40, 400)), code))
    with change(study, "code", "Coded") as made:
        insert_codings(made, "AB", rows)
        insert_codings(made, "agreed", rows)
        made.update(Source, [{"id": source.id, "state": "sealed"} for source in list_sources(study)])
    return study


def middle(act: Callable[[], object]) -> float:
    """The median time of some rounds, in seconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return sorted(times)[ROUNDS // 2]


def command(study: Study, *arguments: str | Path) -> float:
    """The median time of Python with some arguments, from nothing."""
    asked = [sys.executable, *map(str, arguments)]
    env = {**os.environ, "QUALBENCH_HOME": str(study.folder.parent / "home")}
    return middle(lambda: subprocess.run(asked, check=True, capture_output=True, env=env))


def tell(what: str, seconds: float, goal: float | None = None) -> None:
    print(f"\n{what}: {seconds:.2f} s" + (f" (goal {goal})" if goal else ""), end="")
    if goal is not None:
        assert seconds < 2 * goal  # twice, for a machine that does other things too


def test_a_project_out(coded: Study, tmp_path: Path) -> None:
    """Read, written and read back; then as a command, with the look for redacted names before and after."""
    path = tmp_path / "p.qdpx"
    assert write_project(coded, path, ["AB"]).codings == CODINGS
    tell(
        "12,000 codings to .qdpx for NVivo", middle(lambda: write_project(coded, path, ["AB"])), GOALS["qdpx"]
    )
    standard = middle(lambda: write_project(coded, path, ["AB"], STANDARD))
    tell("the same by the standard", standard, GOALS["qdpx"])
    export = ("-m", "qualbench", "--study", coded.folder, "export", "qdpx", path, "--layers", "AB")
    start, whole = (
        command(coded, "-c", "import qualbench.cli.export, sqlmodel, lxml.etree"),
        command(coded, *export),
    )
    tell("as a command", whole)
    print(f", of which Python and imports {start:.2f} s ({start / whole:.0%})")


def test_codings_from_a_table(coded: Study, tmp_path: Path) -> None:
    texts = {source.summary.name: source.text for source in read_sources(coded)}
    chance = random.Random(9)
    lines = ["source,start,end,code,quote"]
    for name, text in texts.items():
        for start in chance.sample(range(len(text) - 400), CODINGS // 60):
            end = start + chance.randint(40, 400)
            quote = text[start:end].strip().replace('"', '""')
            lines.append(f'{name},{start},{end},c{chance.randrange(CODES - 4)},"{quote}"')
    (tmp_path / "codings.csv").write_text("\n".join(lines))
    times = []
    for n in range(3):
        folder = tmp_path / f"copy{n}"
        coded.engine.dispose()
        subprocess.run(["cp", "-r", str(coded.folder), str(folder)], check=True)
        study = open_study(folder, coder="AB")
        began = time.perf_counter()
        report = import_codings(study, tmp_path / "codings.csv")
        times.append(time.perf_counter() - began)
        assert (report.added, report.faults) == (CODINGS, [])
        study.close()
    tell("12,000 codings from CSV", sorted(times)[1], GOALS["codings from CSV"])


def test_all_quotes_out(coded: Study, tmp_path: Path) -> None:
    def passages() -> list[object]:
        return list(as_passages(coded, find_quotes(coded).quotes, together=False))

    def to_csv() -> None:
        (tmp_path / "q.csv").write_text(quotes_as_csv(passages()), "utf-8")  # type: ignore[arg-type]

    def to_xlsx() -> None:
        headers, *rows = quotes_as_rows(passages())  # type: ignore[arg-type]
        write_rows(tmp_path / "q.xlsx", list(map(str, headers)), rows)

    print(f"\n{len(passages())} quotes of 12,000 codings", end="")
    tell("to CSV", middle(to_csv), GOALS["quotes to CSV"])
    tell("to XLSX", middle(to_xlsx), GOALS["quotes to XLSX"])
    start = command(coded, "-c", "import qualbench.cli.quotes, sqlmodel")
    for form, extra in (("csv", ()), ("xlsx", ("-o", tmp_path / "q.xlsx"))):
        asked = ("-m", "qualbench", "--study", coded.folder, "quotes", "--format", form, *extra)
        whole = command(coded, *asked)
        tell(f"as a command to {form}", whole)
        print(f", of which Python and imports {start:.2f} s ({start / whole:.0%})", end="")


def test_the_whole_folder_for_nvivo(coded: Study, tmp_path: Path) -> None:
    def out() -> None:
        folder = tmp_path / f"out{time.perf_counter_ns()}"
        folder.mkdir()
        write_bundle(coded, folder, lambda name, holds: None, ["AB"])

    began = time.perf_counter()
    out()
    tell("the folder for NVivo, with 60 Word documents", time.perf_counter() - began)
