"""The files of an export that are about the trial: criteria, issues, the theory of change, sources, the pack.

Each is written only where the study has something to put in.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qualbench.analysis.document import counted
from qualbench.analysis.sources_described import describe_sources
from qualbench.analysis.theme_drawing import map_as_png
from qualbench.evaluation.criteria import list_criteria
from qualbench.evaluation.issues import list_issues
from qualbench.evaluation.theory_versions import list_theories
from qualbench.exchange.criteria_report import criteria_report
from qualbench.exchange.issue_files import day_of_last_change, tally, told_issues, write_issues_document
from qualbench.exchange.joint_display import joint_display, write_joint_document
from qualbench.exchange.pack import theme_cards, write_pack
from qualbench.exchange.sources_table import write_sources_document
from qualbench.exchange.theory_files import draw_theory
from qualbench.exchange.word_criteria import write_criteria_document
from qualbench.study.database import Study


def _criteria(study: Study, path: Path) -> str:
    report = criteria_report(study)
    if not report.rows:
        return ""
    write_criteria_document(report, path)
    return f"progression criteria on a page: {report.tally}"


def _joint(study: Study, path: Path) -> str:
    rows = joint_display(study) if list_criteria(study) else []
    if not any(row.theme for row in rows):
        return ""
    write_joint_document(rows, path)
    return "joint display: numbers, themes with quotes, decisions"


def _issues(study: Study, path: Path) -> str:
    if not list_issues(study):
        return ""
    today = day_of_last_change(study)
    told = told_issues(study, today)
    write_issues_document(told, today, path)
    return f"emergent issues: {tally(told)}"


def _theory(study: Study, path: Path) -> str:
    versions = list_theories(study)
    if not versions:
        return ""
    svg = draw_theory(study, versions[-1].theory)
    path.write_text(svg, "utf-8")
    path.with_suffix(".png").write_bytes(map_as_png(svg))
    return (
        f"theory of change, version {versions[-1].number}; {path.with_suffix('.png').name} is a picture of it"
    )


def _sources(study: Study, path: Path) -> str:
    found = describe_sources(study)
    if not found.total.sources:
        return ""
    write_sources_document(found, path)
    return f"{counted(found.total.sources, 'source')} by group, site, timepoint and mode"


def _pack(study: Study, path: Path) -> str:
    cards = theme_cards(study)
    if not any(card.quotes for card in cards):
        return ""
    write_pack(cards, path)
    return f"{counted(len(cards), 'theme card')} for parent collaborators, with a reply slip"


FOR_EVALUATION: tuple[tuple[str, Callable[[Study, Path], str]], ...] = (
    ("criteria.docx", _criteria),
    ("joint_display.docx", _joint),
    ("issues.docx", _issues),
    ("theory.svg", _theory),
    ("sources.docx", _sources),
    ("pack.docx", _pack),
)
"""Names of files, each with what writes it and says what it holds; nothing if it has not been written."""
