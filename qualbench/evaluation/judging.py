"""How each progression criterion stands: by the protocol's rule where it prints one, else by the team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from qualbench.errors import BadInput, Refused
from qualbench.evaluation.criteria import CriterionRow, find_criterion, list_criteria
from qualbench.evaluation.flow import Flow, read_study_flow
from qualbench.evaluation.proportions import Proportion, proportion
from qualbench.evaluation.rules import COLOURS, STEPS, Rule, parse_rule, worst
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.tables import Judgement, new_id, now, table_of

EVERYWHERE = ""
"""Stands for all sites together."""


@dataclass(frozen=True)
class JudgementRead:
    """A colour that the team gave a criterion, with its author, day and reason."""

    colour: str
    reason: str
    decided_by: str
    decided_at: str

    @property
    def told(self) -> str:
        """Who, when and why, in words."""
        return f"{self.decided_by}, {self.decided_at[:10]}: {self.reason}"


@dataclass(frozen=True)
class Figure:
    """How many families reached a step.

    Attributes:
        site: Where; `EVERYWHERE` for all sites.
        number: How many.
        share: Of those at the first of the criterion's steps; None for that one itself, or of nobody.
    """

    site: str
    step: str
    number: int
    share: Proportion | None


@dataclass(frozen=True)
class Standing:
    """How a criterion stands.

    Attributes:
        figures: The numbers beside it, by site and then for all sites.
        by_rule: The colour that the protocol's rule gives; None where it prints none, or numbers are missing.
        lines: What is told of the rule's lines, or why it gives no colour, a phrase each.
        left: How many left before each of its steps but the first, at all sites, by reason.
        judgements: What the team decided, newest first.
    """

    row: CriterionRow
    figures: tuple[Figure, ...]
    by_rule: str | None
    lines: tuple[str, ...]
    judgements: tuple[JudgementRead, ...]
    left: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def colour(self) -> str | None:
        """The colour that stands: the rule's, else the team's last."""
        return self.by_rule or (self.judgements[0].colour if self.judgements else None)

    @property
    def why(self) -> str:
        """Where the colour comes from, in words."""
        if self.by_rule:
            return "by the protocol's rule"
        if self.judgements:
            return self.judgements[0].told
        return "not decided"


def standings(study: Study) -> list[Standing]:
    """Give how every criterion stands, in order."""
    table = table_of(Judgement)
    flow = read_study_flow(study)
    with study.read() as db:
        rows = db.execute(sa.select(table).order_by(table.c.decided_at.desc(), table.c.id)).all()
    judged: dict[str, list[JudgementRead]] = {}
    for row in rows:
        judgement = JudgementRead(row.colour, row.reason, row.decided_by, row.decided_at)
        judged.setdefault(row.criterion_id, []).append(judgement)
    return [standing_of(row, flow, judged.get(row.id, ())) for row in list_criteria(study)]


def standing_of(row: CriterionRow, flow: Flow, judgements: Sequence[JudgementRead]) -> Standing:
    """Give how a criterion stands. Pure.

    Args:
        row: The criterion.
        flow: The numbers of the trial.
        judgements: What the team decided on it, newest first.
    """
    rule = parse_rule(row.rule)
    by_rule, lines = graded(rule, flow) if rule else (None, ())
    left = {step: reasons for step in row.figures[1:] if (reasons := flow.left_before(step))}
    return Standing(row, tuple(_figures(row.figures, flow)), by_rule, lines, tuple(judgements), left)


def graded(rule: Rule, flow: Flow) -> tuple[str | None, tuple[str, ...]]:
    """Give the colour of a rule and what is told of its lines; none where a number is missing."""
    for step in filter(None, (rule.of, rule.step)):
        if unknown := flow.without(step):
            return None, (f"no colour by the rule: no number {step} at {', '.join(unknown)}",)
    number = flow.total(rule.step)
    if number is None:
        return None, ()
    if rule.per_site:
        return worst([rule.colour_of(of_site[rule.step]) for of_site in _recruiting(flow)]), ()
    if rule.of is None:
        return rule.colour_of(number), ()
    whole = flow.total(rule.of)
    if not whole:
        return None, (f"no colour by the rule: nobody {rule.of} yet",)
    colour = worst([c.colour for c in rule.conditions if c.holds_for(number, whole)])
    limits = sorted({*rule.lines, *(condition.limit for condition in rule.conditions)})
    told = [f"{'at or above' if 100 * number >= limit * whole else 'below'} {limit:g} %" for limit in limits]
    return colour, tuple(told)


def judge(study: Study, id_: str, colour: str, reason: str) -> Standing:
    """Give a criterion the team's colour; an earlier one stays on record.

    Args:
        study: The study; its coder is the author.
        id_: The criterion.
        colour: One of `rules.COLOURS`.
        reason: Why, in a sentence.

    Raises:
        NotFound: If there is no such criterion.
        BadInput: If it is no colour, or no reason is given.
        Refused: If the protocol's rule gives the criterion its colour, or a sealed name is in the reason.
    """
    if colour not in COLOURS:
        raise BadInput(f"'{colour}' is not a colour.", f"Use one of {', '.join(COLOURS)}.")
    if not reason.strip():
        raise BadInput("A colour needs its reason.", "Add --reason with what it rests on.")
    row = find_criterion(list_criteria(study), id_)
    present = standing_of(row, read_study_flow(study), ())
    if present.by_rule:
        raise Refused(
            f"Criterion {id_} is {present.by_rule} by the rule that the protocol prints.",
            "The numbers change that: qualbench criteria flow FILE.",
        )
    with change(study, "criteria", f"Judged criterion {id_}: {colour}") as changed:
        refuse_sealed_names(changed.db, study, reason)
        changed.insert(
            Judgement,
            [
                {
                    "id": new_id(),
                    "criterion_id": id_,
                    "colour": colour,
                    "reason": reason.strip(),
                    "decided_by": changed.coder,
                    "decided_at": now(),
                }
            ],
        )
    return next(standing for standing in standings(study) if standing.row.id == id_)


def flow_shares(flow: Flow) -> list[Figure]:
    """Give how many reached each step at each site and in all, as a share of the first step known there; of
    those retained, of those randomised."""
    found: list[Figure] = []
    totals = {step: total for step in STEPS if (total := flow.total(step)) is not None}
    for site, numbers in [*flow.counts.items(), (EVERYWHERE, totals)]:
        steps = [step for step in STEPS if step in numbers]
        found += [one for one in _figures(steps, flow) if one.site == site and one.step != "retained"]
        since = ("randomised", "retained") if "randomised" in numbers else steps
        found += [one for one in _figures(since, flow) if (one.site, one.step) == (site, "retained")]
    return found


def _recruiting(flow: Flow) -> list[Mapping[str, int]]:
    """The numbers of the sites, but for those where nobody was ever looked for."""
    return [of_site for of_site in flow.counts.values() if of_site.get("identified") != 0]


def _figures(steps: Sequence[str], flow: Flow) -> list[Figure]:
    totals = {step: total for step in STEPS if (total := flow.total(step)) is not None}
    found = []
    for site, numbers in [*flow.counts.items(), (EVERYWHERE, totals)]:
        whole = numbers.get(steps[0], 0) if steps else 0
        for step in steps:
            if step in numbers:
                share = proportion(numbers[step], whole) if whole and step != steps[0] else None
                found.append(Figure(site, step, numbers[step], share))
    return found
