"""The matrix of 12,000 codings against the bare GROUP BY that counts the same cells."""

from __future__ import annotations

import random
import sqlite3
import time
from pathlib import Path

from qualbench.analysis.matrix import build_matrix
from qualbench.codebook.importing import import_entries
from qualbench.codebook.tree import CodeEntry
from qualbench.coding.rows import insert_codings
from qualbench.study.database import create_study
from qualbench.study.journal import change
from qualbench.study.settings import set_up
from qualbench.text.spans import Span
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.participants import import_participants
from qualbench.transcripts.sources import list_sources, read_source
from tests.bench.test_import import transcripts

__all__ = ["transcripts"]
GOAL = 3.0

BARE = """
SELECT code_id, stakeholder, timepoint, count(*) FROM (
    SELECT DISTINCT coding.id, coding.code_id, participant.id, participant.stakeholder, source.timepoint
    FROM coding
    JOIN turn ON turn.source_id = coding.source_id AND turn.start < coding."end" AND turn."end" > coding.start
    JOIN speaker ON speaker.source_id = turn.source_id AND speaker.n = turn.speaker_n
    JOIN participant ON participant.id = speaker.participant_id
    JOIN source ON source.id = coding.source_id
    WHERE coding.layer = 'AB')
GROUP BY code_id, stakeholder, timepoint
"""


def test_matrix_against_its_group_by(transcripts: Path, tmp_path: Path) -> None:
    study = create_study(tmp_path / "study", coder="AB")
    set_up(study, "Bench")
    (tmp_path / "people.csv").write_text("id,family,stakeholder\nP07,,Parent\n")
    import_participants(study, tmp_path / "people.csv")
    import_files(study, [transcripts])
    entries = [CodeEntry(f"c{n}", None, "theme", f"c{n}") for n in range(40)]
    import_entries(study, entries, "bench")
    chance = random.Random(3)
    with change(study, "code", "Coded") as made:
        rows = []
        for summary in list_sources(study):
            length = len(read_source(study, summary.name).text)
            starts = chance.sample(range(length - 400), 200)
            rows += [
                (summary.id, Span(s, s + chance.randint(40, 400)), f"c{chance.randrange(40)}") for s in starts
            ]
        insert_codings(made, "AB", rows)
    bare = sqlite3.connect(study.folder / "study.db")
    times = []
    for _ in range(9):
        began = time.perf_counter()
        counted = bare.execute(BARE).fetchall()
        middle = time.perf_counter()
        matrix = build_matrix(study, "themes", ("stakeholder", "timepoint"), "AB")
        times.append((time.perf_counter() - middle, middle - began))
        assert sum(map(sum, matrix.cells)) == sum(row[3] for row in counted)
    ours, floor = (sorted(column)[4] for column in zip(*times, strict=True))
    print(
        f"\nmatrix of 12,000 codings {ours * 1000:.0f} ms, bare {floor * 1000:.0f} ms, "
        f"{ours / floor:.2f} x (goal {GOAL})"
    )
    bare.close()
    study.close()
