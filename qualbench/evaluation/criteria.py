"""Progression criteria: rows of the protocol's table, from a file and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.codebook.yaml_nodes import Node, fields_of, parse_nodes, place_of, text_of
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.evaluation.rules import STEPS, parse_rule
from qualbench.evaluation.yaml_texts import quoted, text_of_file
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.tables import Criterion, Evidence, Judgement, table_of

SHIPPED = ("ips_feasibility",)
"""Criteria that come with the program, by the name of their file."""

_TOP = ("criteria", "title", "source", "rows")
_WORDS = ("outcome", "element", "measurement", "target", "green", "amber", "red", "rule")
_ROW = ("id", *_WORDS, "figures", "qualitative")
_YES, _NO = ("yes", "true"), ("no", "false", "")


@dataclass(frozen=True)
class CriterionRow:
    """A progression criterion.

    Attributes:
        id: Such as "7".
        measurement: What is looked at.
        target: The feasibility criterion as it is set; empty if none is.
        qualitative: Whether it goes by what people say.
        figures: Steps of the trial that are told beside it.
        green: When it is green, as printed; likewise amber and red. Empty where nothing is printed.
        rule: The same as the program computes it (`evaluation.rules`); empty where the colour is the team's.
    """

    id: str
    outcome: str
    element: str
    measurement: str
    target: str = ""
    qualitative: bool = False
    figures: tuple[str, ...] = ()
    green: str = ""
    amber: str = ""
    red: str = ""
    rule: str = ""


@dataclass(frozen=True)
class CriteriaImport:
    """What came of a file of criteria, by id."""

    added: list[str]
    changed: list[str]
    removed: list[str]


def read_criteria(name: str) -> list[CriterionRow]:
    """Read criteria from a YAML file, or those that come with the program.

    Args:
        name: The path of a file, or one of `SHIPPED`.

    Raises:
        BadInput: If it cannot be read, or is not made as it should be; with line and column.
    """
    return parse_criteria(*text_of_file(name, SHIPPED, "criteria"))


def parse_criteria(text: str, name: str) -> list[CriterionRow]:
    """Read criteria from the text of a YAML file; errors are those of `read_criteria`."""
    root = parse_nodes(text, name)
    if root is None:
        raise BadInput(f"{name}: it is empty.", "'qualbench criteria export' writes one to begin with.")
    top = fields_of(root, name, _TOP, "the top of criteria")
    _, rows = top.get("rows", (root, root))
    if rows.kind != "list" or not rows.parts:
        raise BadInput(f"{place_of(name, rows)}: it has no list 'rows'.", "Write each row with a dash.")
    found: list[CriterionRow] = []
    for node in rows.parts:
        row = _row(node, name)
        if any(row.id == other.id for other in found):
            raise BadInput(f"{place_of(name, node)}: '{row.id}' is there twice.", "Give each its own id.")
        found.append(row)
    return found


def _row(node: Node, name: str) -> CriterionRow:
    fields = fields_of(node, name, _ROW, "a criterion")
    words = {field: text_of(field, value, name) for field, (_, value) in fields.items() if field != "figures"}
    place = place_of(name, node)
    for needed in ("id", "outcome", "element", "measurement"):
        if not words.get(needed):
            raise BadInput(f"{place}: '{needed}' is missing.", "Fill it in.")
    qualitative = words.pop("qualitative", "").casefold()
    if qualitative not in (*_YES, *_NO):
        raise BadInput(f"{place}: 'qualitative' is yes or no.", "Write one of them.")
    _, figures = fields.get("figures", (node, None))
    if figures is not None and figures.kind != "list":
        raise BadInput(f"{place_of(name, figures)}: 'figures' is a list.", "Write [randomised, retained].")
    steps = tuple(text_of("a figure", item, name) for item in figures.parts) if figures else ()
    if unknown := [step for step in steps if step not in STEPS]:
        raise BadInput(f"{place}: '{unknown[0]}' is not a step.", f"Use some of {', '.join(STEPS)}.")
    try:
        parse_rule(words.get("rule", ""))
    except BadInput as fault:
        raise BadInput(f"{place}: {fault.message}", fault.hint) from None
    return CriterionRow(**words, qualitative=qualitative in _YES, figures=steps)


def criteria_as_yaml(rows: Sequence[CriterionRow]) -> str:
    """Write criteria as the file that `parse_criteria` reads."""
    lines = ["criteria: study", "rows:"]
    for row in rows:
        lines.append(f"  - id: {quoted(row.id)}")
        lines += [f"    {field}: {quoted(getattr(row, field))}" for field in _WORDS if getattr(row, field)]
        if row.figures:
            lines.append(f"    figures: [{', '.join(row.figures)}]")
        if row.qualitative:
            lines.append("    qualitative: yes")
    return "\n".join(lines) + "\n"


def import_criteria(study: Study, rows: Sequence[CriterionRow]) -> CriteriaImport:
    """Take criteria into the study in one change; they are known by their ids.

    Args:
        study: The study, with the coder at work.
        rows: All that there are to be, in order. One that is missing is removed, unless the team has judged
            it or put evidence to it.

    Raises:
        Refused: If one that is missing has been judged or has evidence, or a sealed name is in one.
    """
    with change(study, "criteria") as changed:
        there = {row.id: row for row in _read(changed.db.execute(sa.select(table_of(Criterion))).all())}
        for row in rows:
            for field in _WORDS:
                refuse_sealed_names(changed.db, study, getattr(row, field))
        gone = [id_ for id_ in there if id_ not in {row.id for row in rows}]
        judgement, evidence = table_of(Judgement), table_of(Evidence)
        used = {
            *changed.db.execute(sa.select(judgement.c.criterion_id)).scalars(),
            *changed.db.execute(sa.select(evidence.c.criterion_id)).scalars(),
        }
        if kept := [id_ for id_ in gone if id_ in used]:
            raise Refused(
                f"Criterion {kept[0]} is not in the file, but has been judged or has evidence.",
                "Keep it in the file, or take these off first.",
            )
        changed.delete(Criterion, [{"id": id_} for id_ in gone])
        columns = {row.id: _columns(row, n) for n, row in enumerate(rows)}
        changed.insert(Criterion, [columns[row.id] for row in rows if row.id not in there])
        changed.update(Criterion, [columns[row.id] for row in rows if row.id in there])
        changed.summary = f"Imported {len(rows)} progression criteria"
    return CriteriaImport(
        [row.id for row in rows if row.id not in there],
        [row.id for row in rows if row.id in there and row != there[row.id]],
        gone,
    )


def list_criteria(study: Study) -> list[CriterionRow]:
    """Give the criteria of the study in order."""
    table = table_of(Criterion)
    with study.read() as db:
        return _read(db.execute(sa.select(table).order_by(table.c.position)).all())


def find_criterion(rows: Sequence[CriterionRow], id_: str) -> CriterionRow:
    """Give a criterion by its id.

    Raises:
        NotFound: If there is none.
    """
    for row in rows:
        if row.id == id_:
            return row
    named = ", ".join(row.id for row in rows) or "none yet; 'qualbench criteria import' brings them in"
    raise NotFound(f"There is no criterion '{id_}'.", f"There are: {named}.")


def _columns(row: CriterionRow, position: int) -> dict[str, object]:
    return {
        "id": row.id,
        "position": position,
        "qualitative": row.qualitative,
        "figures": ",".join(row.figures),
        **{field: getattr(row, field) for field in _WORDS},
    }


def _read(rows: Sequence[sa.Row[tuple[object, ...]]]) -> list[CriterionRow]:
    return [
        CriterionRow(
            row.id,
            qualitative=row.qualitative,
            figures=tuple(filter(None, row.figures.split(","))),
            **{field: getattr(row, field) for field in _WORDS},
        )
        for row in rows
    ]
