"""A team on PostgreSQL: a lead, two coders and a reader, each with a login of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from qualbench.study.database import Study, create_study, open_study
from qualbench.study.settings import set_up
from qualbench.study.team import add_member, join, remove_member, write_invitation
from tests.builders import small_study


@dataclass
class Team:
    """The study as each opens it; the lead through the address that it was made with."""

    lead: Study
    folder: Path
    opened: dict[str, Study] = field(default_factory=dict)

    def add(self, initials: str, role: str = "coder") -> Study:
        """Take somebody in, and open the study as they do on their machine."""
        invitation = add_member(self.lead, initials, role)
        assert invitation is not None
        file = self.folder / f"{initials}-{len(self.opened)}.invitation"
        write_invitation(invitation, file)
        if initials in self.opened:
            self.opened[initials].close()
        self.opened[initials] = join(file, self.folder / file.stem)
        return self.opened[initials]

    def raw(self, initials: str) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection as a person at psql has it."""
        url = self.opened[initials].engine.url
        return psycopg.connect(
            user=url.username,
            password=url.password,
            dbname=url.database,
            host=str(url.query.get("host", url.host)),
            autocommit=True,
        )


@pytest.fixture
def team(empty_database: str, tmp_path: Path) -> Iterator[Team]:
    made = create_study(tmp_path / "lead", coder="AB", database=empty_database)
    set_up(made, "A study")
    people = Team(small_study(made, tmp_path / "files"), tmp_path)
    people.add("CD")
    people.add("EF")
    people.add("RR", "reader")
    yield people
    for study in people.opened.values():
        study.close()
    again = open_study(made.folder, coder="AB")
    for initials in people.opened:
        if initials != "AB":
            remove_member(again, initials)
    again.close()
    made.close()
