"""What the demonstration does around the coding: a withdrawal, the plan, criteria, an issue, theory, arms."""

from __future__ import annotations

import tempfile
from pathlib import Path

from qualbench.codebook.files import data_folder
from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.coding.memos import add_memo, on_source
from qualbench.evaluation.arms import seal_arms, unseal_arms
from qualbench.evaluation.criteria import import_criteria, read_criteria
from qualbench.evaluation.evidence import put_evidence
from qualbench.evaluation.flow import import_flow
from qualbench.evaluation.followups import follow_ups
from qualbench.evaluation.issues_changes import add_issue
from qualbench.evaluation.judging import judge, standings
from qualbench.evaluation.plan import list_plan, read_plan
from qualbench.evaluation.plan_changes import import_plan, note_outcome
from qualbench.evaluation.theory import read_theory
from qualbench.evaluation.theory_versions import import_theory, link_theory
from qualbench.evaluation.withdrawal import REMOVE, withdraw
from qualbench.redaction.deciding import decide_rest
from qualbench.redaction.entities import PENDING, REJECTED, list_entities
from qualbench.redaction.sealing import seal
from qualbench.redaction.suggesting import suggest_in_sources
from qualbench.study.database import Study
from qualbench.study.tables import AGREED
from qualbench.text.spans import Span
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.participants import import_participants
from qualbench.transcripts.sources import read_source

_TRIAL = "ips_feasibility"
_WITHDRAWN, _SOURCE = "P07", "P07_baseline"
_CODED = ("recruitment-pathways", "recruitment-pathways", "feeling-judged", "consent-privacy")
_PASSPHRASE = "a phrase for the demonstration"

_JUDGED = (
    ("3", "amber", "One site found families only once the nurseries handed out the leaflet."),
    ("9", "amber", "Families stay with a worker, not with the service: a change of worker lost two."),
)
_EVIDENCE = (("3", "recruitment-pathways"), ("6", "being-asked"), ("9", "continuity"))
_LINKS = (
    ("trust", "earning-trust", "supports", None),
    ("warm-handover", "continuity", "challenges", "Glasgow"),
    (_TRIAL, "unintended-effects", "new", None),
)


def withdraw_somebody(study: Study) -> str:
    """A parent is interviewed and coded, and withdraws: nothing of what she said is left."""
    import_participants(study, _file("withdrawn_participants.csv"))
    import_files(study, [_file(f"{_SOURCE}.txt")], manifest=_file("withdrawn_manifest.csv"))
    suggest_in_sources(study)
    pending = [entity.id for entity in list_entities(study) if entity.decision == PENDING]
    if pending:
        decide_rest(study, pending, REJECTED)
    seal(study, [_SOURCE])
    turns = [turn for turn in read_source(study, _SOURCE).turns if turn.role == "participant"]
    for turn, code in zip(turns, _CODED, strict=True):
        add_coding(study, _SOURCE, Span(turn.start, turn.end), code)
    add_memo(study, "She rings before the kettle whistles.", on_source(_SOURCE))
    withdraw(study, _WITHDRAWN, REMOVE, "2023-11-14")
    return (
        f"{_WITHDRAWN} withdrew and had their words removed: {len(turns)} turns, {len(turns)} codings, a memo"
    )


def plan_the_talk(study: Study) -> str:
    """The sampling plan, with what is wanting and what is not."""
    import_plan(study, read_plan(_TRIAL), _TRIAL)
    rows = list_plan(study)
    first = next(row for row in rows if row.stakeholder == "Parent" and row.timepoint == "Baseline")
    note_outcome(study, first.id, "declined", reason="No time.")
    missing = [wave for family in follow_ups(study) for wave in family.waves if wave.state == "missing"]
    return f"{len(rows)} rows; {len(missing)} follow-up is missing, 1 parent declined"


def judge_the_trial(study: Study) -> str:
    """The progression criteria, with the flow of families, the team's colours and what they rest on."""
    import_criteria(study, read_criteria(_TRIAL))
    import_flow(study, _file("flow.csv"))
    for criterion, code in _EVIDENCE:
        put_evidence(study, criterion, code=code)
    for criterion, colour, reason in _JUDGED:
        judge(study, criterion, colour, reason)
    standing = standings(study)
    coloured = sum(one.colour is not None for one in standing)
    return f"{len(standing)} criteria: {coloured} with a colour, {len(_JUDGED)} of them given by the team"


def raise_an_issue(study: Study) -> str:
    """An issue from a quote, that is overdue, and what themes say of the theory of change."""
    passage = list_codings(study, layer=AGREED, code="continuity")[0]
    add_issue(
        study,
        "A family loses its worker and is told by letter",
        [passage.id],
        action="Agree how a change of worker is told, with the parent collaborators.",
        owner="trial manager",
        due="2024-03-29",
    )
    import_theory(study, read_theory(_TRIAL), "As the protocol has it")
    for element, code, relation, site in _LINKS:
        link_theory(study, element, code, relation, site=site)
    return f"1 emergent issue, which is overdue; {len(_LINKS)} links from themes to the theory of change"


def open_the_arms(study: Study) -> str:
    """The arms, kept outside the study until they are unsealed on record."""
    with tempfile.TemporaryDirectory(prefix="qualbench-arms-") as elsewhere:
        file = Path(elsewhere) / "arms.sealed"
        seal_arms(study, _file("arms.csv"), file, _PASSPHRASE)
        count = unseal_arms(study, file, _PASSPHRASE, "The analysis of the trial is finished.")
    return f"unsealed for {count} participants, once the coding was agreed; a column like any other now"


def _file(name: str) -> Path:
    return data_folder("demonstration") / name
