"""The flow of families through the trial: how many reached each step at each site, and why others left."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import sqlalchemy as sa

from qualbench.errors import BadInput
from qualbench.evaluation.rules import STEPS, steps_in_order
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.settings import read_study_settings
from qualbench.study.tables import FlowCount, FlowReason, new_id, table_of
from qualbench.transcripts.attributes import item_of
from qualbench.transcripts.manifest import read_rows

COLUMNS = ("site", "step", "number", "reason")
"""Of the table: a row without a reason says how many reached the step, one with a reason how many left before
it for that reason."""


_LONGEST = 9  # digits of a number of families


@dataclass(frozen=True)
class Flow:
    """How many families got how far.

    Attributes:
        counts: By site and step; only those that are known.
        reasons: How many left before a step, by site, step and reason.
        silent: Sites of the study of which no number is known at all.
    """

    counts: Mapping[str, Mapping[str, int]]
    reasons: Mapping[tuple[str, str, str], int]
    silent: tuple[str, ...] = ()

    def total(self, step: str) -> int | None:
        """Give how many reached a step at all sites; None if a site's number is not known."""
        if not self.counts or self.without(step):
            return None
        return sum(of_site.get(step, 0) for of_site in self.counts.values())

    def without(self, step: str) -> list[str]:
        """Give the sites whose number at a step is not known; where nobody was identified, it is 0."""
        unknown = [
            site
            for site, of_site in self.counts.items()
            if step not in of_site and of_site.get("identified") != 0
        ]
        return [*unknown, *self.silent]

    def left_before(self, step: str) -> dict[str, int]:
        """Give how many left before a step at all sites, by reason, the most frequent first."""
        found: Counter[str] = Counter()
        for (_, at, reason), number in self.reasons.items():
            found[reason] += number if at == step else 0
        return {reason: number for reason, number in sorted(found.items(), key=_most_first) if number}


def import_flow(study: Study, path: Path) -> Flow:
    """Take the flow from a table in the place of the one there was, in one change; all of it or nothing.

    Args:
        study: The study, with the coder at work.
        path: A .csv or .xlsx file with `COLUMNS`; the last may be missing.

    Raises:
        BadInput: If it cannot be read, or a row cannot be: an unknown site or step, no whole number, a
            percentage, or more at a step than at the one before it.
        Refused: If a sealed name is in a reason.
    """
    flow = read_flow(path, read_study_settings(study).sites)
    with change(study, "flow") as changed:
        for reason in dict.fromkeys(reason for _, _, reason in flow.reasons):
            refuse_sealed_names(changed.db, study, reason)
        for model in (FlowCount, FlowReason):
            table = table_of(model)
            keys = [column.name for column in table.primary_key]
            there = changed.db.execute(sa.select(*(table.c[key] for key in keys))).mappings().all()
            changed.delete(model, [dict(row) for row in there])
        changed.insert(
            FlowCount,
            [
                {"site": site, "step": step, "number": number}
                for site, of_site in flow.counts.items()
                for step, number in of_site.items()
            ],
        )
        changed.insert(
            FlowReason,
            [
                {"id": new_id(), "site": site, "step": step, "reason": reason, "number": number}
                for (site, step, reason), number in flow.reasons.items()
            ],
        )
        changed.summary = f"Imported the flow of {len(flow.counts)} sites"
    return flow


def read_flow(path: Path, sites: list[str]) -> Flow:
    """Read the flow from a table; errors are those of `import_flow`.

    Args:
        path: The file.
        sites: Those of the study.
    """
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    reasons: dict[tuple[str, str, str], int] = {}
    for number, cells in read_rows(path, COLUMNS[:3]):
        where = f"{path.name}, row {number}"
        site = item_of(where, "site", cells["site"], sites) or ""
        step = cells["step"].casefold()
        if step not in STEPS:
            raise BadInput(
                f"{where}: '{cells['step']}' is not a step of the trial.", f"Use one of {', '.join(STEPS)}."
            )
        families = _whole(cells["number"], where)
        reason = " ".join(cells.get("reason", "").split())
        if reason:
            if (site, step, reason) in reasons:
                raise BadInput(f"{where}: that reason stands there twice.", "Add the numbers up.")
            reasons[site, step, reason] = families
        elif step in counts[site]:
            raise BadInput(f"{where}: '{step}' at {site} stands there twice.", "Take out one of the two.")
        else:
            counts[site][step] = families
    if not counts and not reasons:
        raise BadInput(f"{path.name}: it has no row but its header.", "Give a row for each site and step.")
    flow = Flow(dict(counts), reasons)
    _check(flow, path.name)
    return flow


def read_study_flow(study: Study) -> Flow:
    """Give the flow as the study has it; sites without any number are left out."""
    count, reason = table_of(FlowCount), table_of(FlowReason)
    counts: dict[str, dict[str, int]] = {}
    sites = read_study_settings(study).sites
    with study.read() as db:
        rows = db.execute(sa.select(count.c.site, count.c.step, count.c.number)).all()
        reasons = {
            (row.site, row.step, row.reason): row.number
            for row in db.execute(sa.select(reason).order_by(reason.c.site, reason.c.step, reason.c.reason))
        }
    for site in sites:
        numbers = {step: number for name, step, number in rows if name == site}
        if numbers:
            counts[site] = dict(steps_in_order(numbers))
    return Flow(counts, reasons, tuple(site for site in sites if site not in counts))


def _most_first(found: tuple[str, int]) -> tuple[int, str]:
    return -found[1], found[0]


def _whole(text: str, where: str) -> int:
    if text.rstrip().endswith("%"):
        raise BadInput(
            f"{where}: '{text}' is a percentage without its whole.", "Give the number of families."
        )
    if not text.isdecimal():
        raise BadInput(f"{where}: '{text}' is not a whole number.", "Give the number of families.")
    if len(text) > _LONGEST:
        raise BadInput(f"{where}: '{text}' is more families than there are.", "Check the number.")
    return int(text)


def _check(flow: Flow, name: str) -> None:
    """Refuse what cannot be: each step is a part of those before it, and who left is missing after it."""
    for site, step, _ in flow.reasons:
        known = [one for one, _ in steps_in_order(flow.counts.get(site, {}))]
        if step not in known[1:]:
            raise BadInput(
                f"{name}: families left before '{step}' at {site}, but how many of how many is not told.",
                f"Add the number {step} there, and that of an earlier step.",
            )
    for site, of_site in flow.counts.items():
        for (before, more), (step, fewer) in pairwise(steps_in_order(of_site)):
            if fewer > more:
                raise BadInput(
                    f"{name}: {fewer} families {step} at {site}, but only {more} {before}.",
                    "Each step is a part of the one before it.",
                )
            left = sum(n for (where, at, _), n in flow.reasons.items() if (where, at) == (site, step))
            if left > more - fewer:
                raise BadInput(
                    f"{name}: {left} families left before '{step}' at {site}, but only {more - fewer} are "
                    f"missing between {before} and {step}.",
                    "Correct the numbers or the reasons.",
                )
