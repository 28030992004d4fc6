"""The sampling plan: whom to talk to, when, where and how, from a file and back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.codebook.yaml_nodes import Node, fields_of, parse_nodes, place_of, text_of
from qualbench.errors import BadInput, NotFound
from qualbench.evaluation.yaml_texts import quoted, text_of_file
from qualbench.study.database import Study
from qualbench.study.tables import PlanRow, table_of
from qualbench.transcripts.attributes import KINDS

SHIPPED = ("ips_feasibility",)
"""Plans that come with the program, by the name of their file."""

ALL = "all"
"""Stands in a file for as many as there are."""

_TOP = ("plan", "title", "source", "rows")
_ROW = ("stakeholder", "timepoint", "site", "kind", "least", "most", "emergent", "note")
_YES, _NO = ("yes", "true"), ("no", "false", "")
_NUMBER = re.compile(r"\d{1,4}")
_COUNTED = {"interview": "people", "focus group": "groups"}

Key = tuple[str, str | None, str | None, str]


@dataclass(frozen=True)
class PlannedRow:
    """A row of the plan.

    Attributes:
        stakeholder: The stakeholder type.
        timepoint: When; None for as needed.
        site: Where; None for all sites together.
        kind: The kind of source.
        least: How many at the least; None for all there are, 0 for none by design.
        most: How many at the most; None for no limit.
        emergent: Whether it was added as the talk asked for it, or is only as required: then nothing is
            wanting while it has no least number.
        number: Its number in the study; 0 in a file.
        id: Its id in the study; empty in a file.
    """

    stakeholder: str
    timepoint: str | None
    site: str | None
    kind: str
    least: int | None = None
    most: int | None = None
    emergent: bool = False
    note: str = ""
    number: int = 0
    id: str = ""

    @property
    def key(self) -> Key:
        """What a row is known by."""
        return self.stakeholder, self.timepoint, self.site, self.kind

    @property
    def told(self) -> str:
        """The row in words, such as "Parent, Baseline, interview"."""
        return ", ".join(filter(None, (self.stakeholder, self.timepoint, self.site, self.kind)))

    @property
    def counted(self) -> str:
        """What is counted of it: people, groups or documents."""
        return counted_of(self.kind)

    def so_many(self, number: int) -> str:
        """Give a number with what is counted: "1 group", "2 groups"."""
        singular = {"people": "person", "groups": "group", "documents": "document"}
        return f"{number} {singular[self.counted] if number == 1 else self.counted}"

    @property
    def is_open(self) -> bool:
        """Whether nobody can say how many there are to be: what is emergent, and all groups or documents."""
        return self.least is None and (self.emergent or self.counted != "people")

    @property
    def planned(self) -> str:
        """How many there are to be, in words."""
        if self.most == 0:
            return "none"
        if self.is_open:
            return f"up to {self.most}" if self.most else "open"
        least = ALL if self.least is None else str(self.least)
        if self.most is None:
            return least if self.least is None else f"{least} or more"
        return (
            least
            if self.least == self.most
            else f"{least}, at most {self.most}"
            if least == ALL
            else (f"{least}-{self.most}")
        )


def counted_of(kind: str) -> str:
    """Say what is counted of a kind of source: people of interviews, groups, or documents."""
    return _COUNTED.get(kind, "documents")


def read_plan(name: str) -> list[PlannedRow]:
    """Read a plan from a YAML file, or one that comes with the program.

    Args:
        name: The path of a file, or one of `SHIPPED`.

    Raises:
        BadInput: If it cannot be read, or is not made as it should be; with line and column.
    """
    return parse_plan(*text_of_file(name, SHIPPED, "plans"))


def parse_plan(text: str, name: str) -> list[PlannedRow]:
    """Read a plan from the text of a YAML file; errors are those of `read_plan`."""
    root = parse_nodes(text, name)
    if root is None:
        raise BadInput(f"{name}: it is empty.", "'qualbench plan export FILE.yaml' writes one to begin with.")
    _, rows = fields_of(root, name, _TOP, "the top of a plan").get("rows", (root, root))
    if rows.kind != "list" or not rows.parts:
        raise BadInput(f"{place_of(name, rows)}: it has no list 'rows'.", "Write each row with a dash.")
    found: list[PlannedRow] = []
    for node in rows.parts:
        row = _row(node, name)
        if any(row.key == other.key for other in found):
            raise BadInput(f"{place_of(name, node)}: '{row.told}' is there twice.", "Make the two one row.")
        found.append(row)
    return found


def _row(node: Node, name: str) -> PlannedRow:
    fields = fields_of(node, name, _ROW, "a row of the plan")
    words = {field: text_of(field, value, name) for field, (_, value) in fields.items()}
    place = place_of(name, node)
    for needed in ("stakeholder", "kind"):
        if not words.get(needed):
            raise BadInput(f"{place}: '{needed}' is missing.", "Fill it in.")

    def at(field: str) -> str:
        return place_of(name, fields[field][1] if field in fields else node)

    if words["kind"] not in KINDS:
        raise BadInput(
            f"{at('kind')}: '{words['kind']}' is not a kind of source.", f"Use one of {', '.join(KINDS)}."
        )
    emergent = words.get("emergent", "").casefold()
    if emergent not in (*_YES, *_NO):
        raise BadInput(f"{at('emergent')}: 'emergent' is yes or no.", "Write one of them.")
    least, most = (
        read_number(words.get(field, ""), f"{at(field)}: '{field}'") for field in ("least", "most")
    )
    check_target(least, most, at("most"))
    return PlannedRow(
        words["stakeholder"],
        words.get("timepoint") or None,
        words.get("site") or None,
        words["kind"],
        least,
        most,
        emergent in _YES,
        words.get("note", ""),
    )


def read_number(text: str, what: str) -> int | None:
    """Read how many; None for "all" or nothing.

    Raises:
        BadInput: If it is neither.
    """
    if text.strip().casefold() in ("", ALL):
        return None
    if not _NUMBER.fullmatch(text.strip()):
        raise BadInput(f"{what} is a whole number, or {ALL}.", "Write a number such as 6.")
    return int(text)


def check_target(least: int | None, most: int | None, where: str) -> None:
    """Check that a row does not ask for more than it allows.

    Raises:
        BadInput: If it does.
    """
    if least is not None and most is not None and least > most:
        raise BadInput(f"{where}: at least {least}, but at most {most}.", "Exchange the two numbers.")


def plan_as_yaml(rows: Sequence[PlannedRow]) -> str:
    """Write a plan as the file that `parse_plan` reads."""
    lines = ["plan: study", "rows:"]
    for row in rows:
        lines.append(f"  - stakeholder: {quoted(row.stakeholder)}")
        for field in ("timepoint", "site", "kind"):
            if getattr(row, field):
                lines.append(f"    {field}: {quoted(getattr(row, field))}")
        lines.append(f"    least: {ALL if row.least is None else row.least}")
        if row.most is not None:
            lines.append(f"    most: {row.most}")
        if row.emergent:
            lines.append("    emergent: yes")
        if row.note:
            lines.append(f"    note: {quoted(row.note)}")
    return "\n".join(lines) + "\n"


def plan_as_csv(rows: Sequence[PlannedRow]) -> str:
    """Write a plan as CSV, a line a row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_ROW)
    for row in rows:
        values = (getattr(row, field) for field in _ROW[:4])
        least = ALL if row.least is None else row.least
        most = "" if row.most is None else row.most
        writer.writerow([*values, least, most, "yes" if row.emergent else "no", row.note])
    return out.getvalue()


def list_plan(study: Study) -> list[PlannedRow]:
    """Give the plan of the study in order."""
    with study.read() as db:
        return rows_of(db)


def rows_of(db: Session) -> list[PlannedRow]:
    """Give the plan in order, in an open session."""
    table = table_of(PlanRow)
    return [
        PlannedRow(
            row.stakeholder,
            row.timepoint,
            row.site,
            row.kind,
            row.least,
            row.most,
            row.emergent,
            row.note,
            row.position,
            row.id,
        )
        for row in db.execute(sa.select(table).order_by(table.c.position, table.c.id))
    ]


def find_row(rows: Sequence[PlannedRow], named: str) -> PlannedRow:
    """Give a row by its number or its id.

    Raises:
        NotFound: If there is none.
    """
    for row in rows:
        if named in (str(row.number), row.id):
            return row
    there = (
        f"There are rows {rows[0].number} to {rows[-1].number}."
        if rows
        else (f"There is no plan yet: qualbench plan import {SHIPPED[0]}")
    )
    raise NotFound(f"There is no row '{named}' of the plan.", there)
