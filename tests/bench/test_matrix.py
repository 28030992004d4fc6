"""Any matrix of 12,000 codings: in process against bare SQL that gives the same cells, and as a command."""

from __future__ import annotations

import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qualbench.analysis.matrix import build_matrix
from qualbench.analysis.matrix_counting import CELLS
from qualbench.codebook.importing import import_entries
from qualbench.codebook.tree import CodeEntry
from qualbench.coding.rows import insert_codings
from qualbench.study.database import Study, create_study
from qualbench.study.journal import change
from qualbench.study.settings import set_up
from qualbench.text.spans import Span
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.participants import import_participants
from qualbench.transcripts.sources import list_sources, read_source
from tests.bench.test_import import WORDS
from tests.bench.test_start import seconds

GOAL, COMMAND_GOAL = 3.0, 1.8
ROUNDS = 5

# The turns of participants that a span holds a part of. They do not overlap: the bound helps the index.
TURNS = """
    JOIN turn ON turn.source_id = {0}.source_id AND turn.start < {0}."end" AND turn."end" > {0}.start
        AND turn.start >= coalesce((SELECT max(start) FROM turn AS before
            WHERE before.source_id = {0}.source_id AND before.start <= {0}.start), 0)
    JOIN speaker ON speaker.source_id = turn.source_id AND speaker.n = turn.speaker_n
    JOIN participant ON participant.id = speaker.participant_id
    JOIN source ON source.id = turn.source_id
"""
HELD = f"""
    SELECT DISTINCT coding.id, code_id, coding.source_id, participant.id AS who, stakeholder, timepoint
    FROM coding {TURNS.format("coding")} WHERE layer = 'AB'
"""
PASSAGE = """
    passage AS (
        SELECT source_id, code_id, n, min(start) AS start, max("end") AS "end" FROM (
            SELECT *, sum(new) OVER (PARTITION BY source_id, code_id ORDER BY start, "end") AS n FROM (
                SELECT *, start > coalesce(max("end") OVER (
                    PARTITION BY source_id, code_id ORDER BY start, "end"
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), -1) AS new
                FROM coding WHERE layer = 'AB'))
        GROUP BY source_id, code_id, n)
"""
SAID = f"""
    said AS (
        SELECT passage.*, participant.id AS who, stakeholder, timepoint,
            substr(text, max(turn.start, passage.start) + 1,
                min(turn."end", passage."end") - max(turn.start, passage.start)) AS part
        FROM passage {TURNS.format("passage")})
"""
COUNT = "length(trim({0})) - length(replace(trim({0}), ' ', '')) + (trim({0}) <> '')"
TURN = 'substr(text, turn.start + 1, turn."end" - turn.start)'
TALK = f"""
    talk AS (
        SELECT stakeholder AS s, timepoint AS t, sum({COUNT.format(TURN)}) AS words
        FROM turn JOIN speaker ON speaker.source_id = turn.source_id AND speaker.n = turn.speaker_n
        JOIN participant ON participant.id = speaker.participant_id JOIN source ON source.id = turn.source_id
        GROUP BY stakeholder, timepoint)
"""
BY = "GROUP BY code_id, stakeholder, timepoint"
BARE = {
    "codings": f"SELECT code_id, stakeholder, timepoint, count(*) FROM ({HELD}) {BY}",
    "sources": f"SELECT code_id, stakeholder, timepoint, count(DISTINCT source_id) FROM ({HELD}) {BY}",
    "participants": f"SELECT code_id, stakeholder, timepoint, count(DISTINCT who) FROM ({HELD}) {BY}",
    "presence": f"SELECT DISTINCT code_id, stakeholder, timepoint, 1 FROM ({HELD})",
    "passages": f"""WITH {PASSAGE} SELECT code_id, stakeholder, timepoint, count(*) FROM (
        SELECT DISTINCT passage.source_id, code_id, passage.n, participant.id, stakeholder, timepoint
        FROM passage {TURNS.format("passage")}) {BY}""",
    "words": f"""WITH {PASSAGE}, {SAID}
        SELECT code_id, stakeholder, timepoint, sum({COUNT.format("part")}) FROM said {BY}""",
    "share": f"""WITH {PASSAGE}, {SAID}, {TALK}
        SELECT code_id, stakeholder, timepoint, 1.0 * sum({COUNT.format("part")}) / words
        FROM said JOIN talk ON s = stakeholder AND t = timepoint {BY}""",
    "quotes": f"""WITH {PASSAGE}, {SAID}
        SELECT code_id, stakeholder, timepoint, 1, source_id, group_concat(part, ' [...] ') FROM said
        GROUP BY code_id, source_id, n, who""",
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    """60 interviews of 10,000 words with 30 people at two timepoints, 40 codes, 12,000 codings."""
    folder = tmp_path_factory.mktemp("matrix")
    chance = random.Random(7)
    (folder / "files").mkdir()
    for n in range(60):
        turns, left = [], 10_000
        while left > 0:
            size = min(left, chance.randint(5, 60))
            who = f"P{n // 2:02}" if len(turns) % 2 else "I"
            turns.append(f"{who}: {' '.join(chance.choices(WORDS, k=size))}.")
            left -= size
        (folder / "files" / f"t{n:02}.txt").write_text("\n\n".join(turns))
    people = [f"P{n:02},,{'Parent' if n % 3 else 'Social worker'}" for n in range(30)]
    (folder / "people.csv").write_text("\n".join(["id,family,stakeholder", *people]))
    files = [f"t{n:02}.txt,interview,{'Follow-up' if n % 2 else 'Baseline'}" for n in range(60)]
    (folder / "manifest.csv").write_text("\n".join(["file,kind,timepoint", *files]))
    made = create_study(folder / "study", coder="AB")
    set_up(made, "Bench")
    import_participants(made, folder / "people.csv")
    import_files(made, [folder / "files"], manifest=folder / "manifest.csv")
    import_entries(made, [CodeEntry(f"c{n}", None, "theme", f"c{n}") for n in range(40)], "bench")
    with change(made, "code", "Coded") as changed:
        rows = []
        for summary in list_sources(made):
            length = len(read_source(made, summary.name).text)
            rows += [
                (summary.id, Span(start, start + chance.randint(40, 400)), f"c{chance.randrange(40)}")
                for start in chance.sample(range(length - 400), 200)
            ]
        insert_codings(changed, "AB", rows)
    yield made
    made.close()


@pytest.mark.parametrize("cells", CELLS)
def test_any_matrix_against_its_bare_sql(study: Study, cells: str) -> None:
    bare = sqlite3.connect(study.folder / "study.db")
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        counted = bare.execute(BARE[cells]).fetchall()
        middle = time.process_time()
        matrix = build_matrix(study, "themes", ("stakeholder", "timepoint"), "AB", cells=cells)
        times.append((time.process_time() - middle, middle - began))
    bare.close()
    # a word that two passages hold parts of is one to us, and two to the bare SQL
    close = 0.01 if cells in ("words", "share") else 0
    assert sum(map(sum, matrix.cells)) == pytest.approx(sum(row[3] for row in counted), rel=close)
    ours, floor = (sorted(column)[ROUNDS // 2] for column in zip(*times, strict=True))
    print(
        f"\n{cells} of 12,000 codings {ours * 1000:.0f} ms, bare {floor * 1000:.0f} ms, "
        f"{ours / floor:.2f} x (goal {GOAL})"
    )


def test_the_command_against_importing_sqlmodel(study: Study) -> None:
    python = sys.executable
    qualbench = str(Path(python).with_name("qualbench"))
    command = [qualbench, "--study", str(study.folder), "matrix", "--layer", "AB"]
    command += ["--columns", "stakeholder,timepoint"]
    rows = [
        (
            seconds(*command),
            seconds(*command, "--cells", "share"),
            seconds(python, "-c", "import sqlmodel"),
            seconds(python, "-c", "pass"),
        )
        for _ in range(ROUNDS)
    ]
    codings, share, floor, empty = (min(column) for column in zip(*rows, strict=True))
    print(
        f"\nqualbench matrix: {codings / floor:.2f} x python -c 'import sqlmodel', share of words "
        f"{share / floor:.2f} x (goal {COMMAND_GOAL}); of its {codings * 1000:.0f} ms python itself takes "
        f"{empty * 1000:.0f}, sqlmodel {(floor - empty) * 1000:.0f}"
    )
