"""The six phases of thematic analysis: what is there of each in a study, and what is missing.

Braun & Clarke (2006; 2019, 2021) give the phases and stress that one goes back and forth between them. So
this is a page to look at: nothing is locked, and nothing has to be complete.
"""

from __future__ import annotations

from dataclasses import dataclass

from qualbench.analysis.evidence import read_evidence
from qualbench.analysis.findings import Finding, Found
from qualbench.analysis.frame_events import frame_events
from qualbench.analysis.phases_of_coding import coding, familiarisation, initial_themes
from qualbench.analysis.phases_of_themes import definition, report, review
from qualbench.coding.rereading import passages_to_reread
from qualbench.study.database import Study
from qualbench.study.stance import wording


@dataclass(frozen=True)
class Phase:
    """One of the six phases.

    Attributes:
        number: 1 to 6.
        title: As Braun & Clarke word it since 2019.
        name_2006: As they worded it in 2006.
    """

    number: int
    title: str
    name_2006: str
    there: list[Finding]
    missing: list[Finding]


def phases(study: Study) -> list[Phase]:
    """Give what is there and what is missing of each phase, as far as the coder at work may see it."""
    evidence, events = read_evidence(study), frame_events(study)
    to_reread = len(passages_to_reread(study, evidence.layer)) if len(evidence.versions) > 1 else 0
    asks = wording(evidence.stance).asks
    return [
        _phase(
            1,
            "Familiarisation and writing notes",
            "Familiarising yourself with your data",
            [*familiarisation(evidence, asks)],
        ),
        _phase(2, "Systematic coding", "Generating initial codes", [*coding(evidence, asks)]),
        _phase(3, "Generating initial themes", "Searching for themes", [*initial_themes(evidence)]),
        _phase(
            4, "Developing and reviewing themes", "Reviewing themes", [*review(evidence, events, to_reread)]
        ),
        _phase(
            5,
            "Refining, defining and naming themes",
            "Defining and naming themes",
            [*definition(evidence, asks)],
        ),
        _phase(6, "Writing the report", "Producing the report", [*report(evidence, asks)]),
    ]


def _phase(number: int, title: str, name_2006: str, found: list[Found]) -> Phase:
    there, missing = ([what for is_there, what in found if is_there == side] for side in (True, False))
    return Phase(number, title, name_2006, there, missing)
