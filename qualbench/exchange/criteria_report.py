"""The progression criteria on one page, for those who decide whether the trial goes on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qualbench.analysis.document import in_words
from qualbench.codebook.tree import read_codebook
from qualbench.evaluation.criteria import CriterionRow
from qualbench.evaluation.evidence import list_evidence
from qualbench.evaluation.flow import Flow, read_study_flow
from qualbench.evaluation.judging import EVERYWHERE, Figure, Standing, standings
from qualbench.evaluation.rules import COLOURS
from qualbench.study.database import Study

MARKS = {"green": "✓", "amber": "!", "red": "✗"}
"""Stands beside the word of each colour, for whoever sees no colours."""

NOT_DECIDED = "? not decided"
TITLE = "Progression criteria"


@dataclass(frozen=True)
class ReportRow:
    """A criterion as the report tells it.

    Attributes:
        what: What it is about, and what is looked at.
        numbers: A line each step: how many, at which sites, of how many, with the interval.
        rule: The target and the colours as the protocol prints them, a line each.
        colour: The colour that stands; None where nothing is decided.
        why: The rule, or author, day and reason; on which side of a rule's lines the figure lies.
        themes: The labels of the themes and codes that the team put to it.
    """

    id: str
    element: str
    what: str
    qualitative: bool
    numbers: tuple[str, ...]
    rule: tuple[str, ...]
    colour: str | None
    why: str
    themes: tuple[str, ...]


@dataclass(frozen=True)
class CriteriaReport:
    """All criteria as the report tells them.

    Attributes:
        rows: In order.
        sites: In the order in which their numbers stand in brackets.
    """

    rows: tuple[ReportRow, ...]
    sites: tuple[str, ...]

    @property
    def tally(self) -> str:
        """How many rows have which colour, in words."""
        colours = [row.colour for row in self.rows]
        counts = [f"{colours.count(colour)} {colour}" for colour in COLOURS]
        return in_words([*counts, f"{colours.count(None)} not decided"])

    @property
    def notes(self) -> list[str]:
        """What stands below the table, a sentence each."""
        return [
            "✓ green: no adjustment needed. ! amber: minor adjustment. ✗ red: major adjustment. A colour is "
            "computed only where the protocol prints a rule; every other one is the team's, with author, day "
            "and reason.",
            *(
                [
                    f"Numbers are families at all sites, in brackets {' + '.join(self.sites)}; shares are of "
                    "the first step of the row, with their 90 % interval (Wilson)."
                ]
                if self.sites
                else ["No numbers of the trial have been imported yet."]
            ),
        ]


def criteria_report(study: Study) -> CriteriaReport:
    """Give the criteria of a study as the report tells them."""
    flow, book = read_study_flow(study), read_codebook(study)
    found = standings(study)
    numbers = numbers_by_row(found, flow)
    rows = []
    for standing in found:
        codes = dict.fromkeys(one.code for one in list_evidence(study, standing.row.id))
        labels = dict.fromkeys(book.survivor(book.by_id[code]).label for code in codes)
        rows.append(report_row(standing, numbers[standing.row.id], list(labels)))
    return CriteriaReport(tuple(rows), tuple(flow.counts))


def report_row(standing: Standing, numbers: Sequence[str], themes: Sequence[str]) -> ReportRow:
    """Give a criterion as the report tells it. Pure."""
    row = standing.row
    why = "; ".join([standing.why, *standing.lines]) if standing.by_rule else standing.why
    if not standing.by_rule and standing.lines:
        why = "; ".join(filter(None, [why if standing.colour else "", *standing.lines]))
    return ReportRow(
        row.id,
        row.element,
        row.measurement,
        row.qualitative,
        tuple(numbers),
        tuple(rule_as_printed(row)),
        standing.colour,
        why,
        tuple(themes),
    )


def numbers_by_row(found: Sequence[Standing], flow: Flow) -> dict[str, list[str]]:
    """Give the numbers of each criterion, a line each step, and why others left before it.

    The reasons for a step stand once: with the criterion that goes by what people say of it, else with the
    first that has the step.
    """
    told_by: dict[str, str] = {}
    for standing in sorted(found, key=lambda one: not one.row.qualitative):
        for step in standing.left:
            told_by.setdefault(step, standing.row.id)
    return {
        one.row.id: _numbers(one, flow, {step for step in one.left if told_by[step] == one.row.id})
        for one in found
    }


def _numbers(standing: Standing, flow: Flow, with_reasons: Collection[str]) -> list[str]:
    lines = []
    for step in standing.row.figures:
        if not any(step in of_site for of_site in flow.counts.values()):
            continue
        of_sites = " + ".join(str(of_site.get(step, "?")) for of_site in flow.counts.values())
        total = _at_all_sites(standing, step)
        if total is None:
            lines.append(f"{step} not known at all sites ({of_sites})")
            continue
        sites = f" ({of_sites})" if len(flow.counts) > 1 else ""
        share = f": {share_in_words(total)}" if total.share else ""
        lines.append(f"{step} {total.number}{sites}{share}")
        if step in with_reasons:
            reasons = standing.left[step]
            lines.append(f"left before: {', '.join(f'{why} {number}' for why, number in reasons.items())}")
    return lines


def share_in_words(figure: Figure) -> str:
    """Give a share with its interval: "70 % of 30, 55-82 %"."""
    share = figure.share
    assert share is not None
    return f"{100 * share.share:.0f} % of {share.of}, {100 * share.low:.0f}-{100 * share.high:.0f} %"


def rule_as_printed(row: CriterionRow) -> list[str]:
    """Give target and colours of a criterion as they are printed, a line each."""
    colours = ((f"{MARKS[colour]} {colour}", getattr(row, colour)) for colour in COLOURS)
    return [f"{name}: {text}" for name, text in (("target", row.target), *colours) if text]


def in_colour(colour: str | None) -> str:
    """Give a colour as mark and word."""
    return f"{MARKS[colour]} {colour}" if colour else NOT_DECIDED


def report_as_text(report: CriteriaReport) -> str:
    """Write the report as text, a paragraph a criterion."""
    lines = [f"{TITLE}: {report.tally}", ""]
    for row in report.rows:
        lines.append(f"{row.id}. {row.element}: {row.what}{' (by what people say)' * row.qualitative}")
        lines += [f"   {'number' if not n else '':<8} {line}" for n, line in enumerate(row.numbers)]
        lines += [f"   {'rule' if not n else '':<8} {line}" for n, line in enumerate(row.rule)]
        told = f" ({row.why})" if row.colour or row.why != "not decided" else ""
        lines.append(f"   colour   {in_colour(row.colour)}{told}")
        if row.themes:
            lines.append(f"   themes   {'; '.join(row.themes)}")
        lines.append("")
    return "\n".join([*lines, *report.notes]) + "\n"


def _at_all_sites(standing: Standing, step: str) -> Figure | None:
    found = (one for one in standing.figures if (one.site, one.step) == (EVERYWHERE, step))
    return next(found, None)
