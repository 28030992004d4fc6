"""The demonstration study: every stage of the way once, on invented transcripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qualbench.agreement.coefficients import Cells, cohen_kappa, dice
from qualbench.agreement.comparison import compare
from qualbench.agreement.decision_files import import_decisions
from qualbench.agreement.finishing import finish
from qualbench.agreement.queue import read_queue
from qualbench.analysis.matrix import build_matrix
from qualbench.codebook.editing import NewCode, add_code, edit_code
from qualbench.codebook.files import data_folder, find_codebook, read_codebook_file
from qualbench.codebook.importing import import_entries
from qualbench.codebook.versions import release
from qualbench.coding.codings import list_codings
from qualbench.coding.examples import add_example
from qualbench.coding.rereading import passages_to_reread
from qualbench.coding.tables import import_codings
from qualbench.demonstration_evaluation import (
    judge_the_trial,
    open_the_arms,
    plan_the_talk,
    raise_an_issue,
    withdraw_somebody,
)
from qualbench.errors import Damaged, QualbenchError
from qualbench.exchange.everything import MATRIX_COLUMNS, Exported, export_all
from qualbench.redaction.decisions import import_decisions as import_redactions
from qualbench.redaction.known import read_names
from qualbench.redaction.leaks import find_leaks
from qualbench.redaction.sealing import seal
from qualbench.redaction.suggesting import suggest_in_sources
from qualbench.study.backups import backup_daily
from qualbench.study.database import Study, create_study
from qualbench.study.integrity import check_study
from qualbench.study.journal import read_log
from qualbench.study.settings import REQUIRED, add_coder, set_up
from qualbench.study.tables import AGREED
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.participants import import_participants
from qualbench.transcripts.sources import list_sources

TITLE = "IPS process evaluation (demonstration)"
CODERS = ("AB", "CD")
TEAM = "AB, CD"
READER = "EF"
"""Whose machine it is: a third coder, who has coded nothing yet and so can try it."""

_EDITS: tuple[tuple[str, dict[str, str], str], ...] = (
    (
        "been-there",
        {"label": "Somebody who knows it from life"},
        "Parents say that they know it, not only that they have been there.",
    ),
    (
        "fear-and-trust",
        {
            "when_not_to_use": 'Not for feeling looked down on: use "Being judged, stigma and shame". Not '
            'for trust in one person through getting to know them: use "Relationship with the practitioner". '
            'Not for worry about what happens to one\'s words in the study: use "Consent and privacy".'
        },
        "Both of us had coded worry about the recorder here.",
    ),
)
"""What the team changes after reconciling: the code, the new values, why."""


@dataclass(frozen=True)
class Stage:
    """A stage of the demonstration and what it did, in a phrase."""

    name: str
    did: str


def build_demonstration(
    folder: Path, exports: Path, tell: Callable[[str], None] = lambda stage: None
) -> tuple[Study, list[Stage], list[Exported]]:
    """Make the demonstration study and run every stage on it.

    Args:
        folder: Where the study goes; must not hold one.
        exports: Where the exports go.
        tell: Called with the name of each stage as it begins.

    Raises:
        Refused: If the folder holds a study already.
    """
    made = create_study(folder, coder=READER)
    set_up(made, TITLE, consent=REQUIRED)
    for coder in CODERS:
        add_coder(made, coder)
    study = made.by(CODERS[0])
    stages = []
    for name, run in _STAGES:
        tell(name)
        stages.append(Stage(name, run(study)))
    tell("Exports")
    return study, stages, export_all(study, exports)


def _demo_file(name: str) -> Path:
    return data_folder("transcripts_demo") / name


def _without_faults(faults: list[QualbenchError]) -> None:
    """The demonstration's own files have no faults; one that appears is a damaged installation."""
    if faults:
        raise Damaged(f"The demonstration's files are damaged: {faults[0]}", "Install qualbench again.")


def _import(study: Study) -> str:
    people = import_participants(study, _demo_file("participants.csv"))
    manifest = _demo_file("manifest.csv")
    report = import_files(study, [_demo_file("")], manifest=manifest)
    _without_faults([*people.faults, *report.faults])
    words = sum(file.words for file in report.imported)
    turns = sum(len(file.transcript.turns) for file in report.imported)
    files, participants = len(report.imported), len(people.added)
    return f"{files} transcripts of {participants} participants: {turns} turns, {words:,} words"


def _codebook(study: Study) -> str:
    entries = read_codebook_file(find_codebook("ips_process_evaluation"))
    import_entries(study, entries, "ips_process_evaluation")
    release(study, "The starting frame, from the protocol", TEAM)
    levels = [sum(entry.level == level for entry in entries) for level in ("theme", "subtheme", "code")]
    return f"{levels[0]} themes, {levels[1]} sub-themes, {levels[2]} codes; released as version 1"


def _redact(study: Study) -> str:
    names = read_names(_demo_file("known_names.csv"))
    suggested = sum(suggest_in_sources(study, names).values())
    decided = import_redactions(study, _demo_file("redaction_decisions.csv"))
    _without_faults([*decided.faults])
    sealed = seal(study, [source.name for source in list_sources(study)])
    leaks = find_leaks(study)
    if leaks:
        raise Damaged("A redacted name still stands in the demonstration.", "Install qualbench again.")
    return (
        f"{suggested} places suggested; the reviewer replaced {decided.accepted} ({decided.added} of them "
        f"not suggested) and kept {decided.rejected}; {len(sealed.sources)} sources sealed, no leak found"
    )


def _code(study: Study) -> str:
    names = [source.name for source in list_sources(study)]
    counts = []
    for coder in CODERS:
        report = import_codings(study.by(coder), _demo_file(f"codings_{coder}.csv"))
        _without_faults(report.faults)
        finish(study.by(coder), names)
        counts.append(f"{coder} {report.added}")
    return "codings, each coder blind to the other: " + ", ".join(counts)


def _agree(study: Study) -> str:
    parts = []
    for unit in ("turn", "character"):
        pooled = sum((one.cells for one in compare(study, unit).codes), Cells(0, 0, 0, 0))
        kappa, overlap = cohen_kappa(pooled), dice(pooled)
        assert kappa is not None and overlap is not None
        parts.append(f"by {unit} kappa {kappa:.2f}, Dice {overlap:.2f}")
    return "over all codes, cells summed: " + "; ".join(parts)


def _reconcile(study: Study) -> str:
    alike = read_queue(study).alike
    report = import_decisions(study, _demo_file("reconciliation.csv"))
    _without_faults(report.faults)
    agreed = len(list_codings(study, layer=AGREED))
    return f"{alike} passages coded alike, {report.decided} differences decided: {agreed} agreed codings"


def _develop(study: Study) -> str:
    for code, values, why in _EDITS:
        edit_code(study, code, values, reason=why)
    theme = add_code(study, NewCode("Somebody who stays", level="theme"), "Seen while reconciling.")
    edit_code(study, theme.id, {"central_concept": "Help is taken from somebody who will still be there."})
    for code in ("been-there", "working-relationship", "continuity"):
        edit_code(study, code, {"also_in": (theme.id,)})
    passage = next(one for one in list_codings(study, layer=AGREED, code="continuity"))
    add_example(study, "continuity", "typical", passage.source, passage.span)
    version = release(study, "After the first reconciliation", TEAM)
    waiting = len(passages_to_reread(study, AGREED))
    return (
        f"version {version.number}: {len(_EDITS)} codes renamed or redefined, 1 candidate theme; "
        f"{waiting} agreed passages to be read again"
    )


def _matrix(study: Study) -> str:
    matrix = build_matrix(study, "themes", MATRIX_COLUMNS)
    filled = sum(cell > 0 for row in matrix.cells for cell in row)
    return (
        f"{len(matrix.rows)} themes x {len(matrix.columns)} groups at timepoints, {filled} cells filled, "
        f"{sum(map(sum, matrix.cells))} codings counted by who spoke"
    )


def _prove(study: Study) -> str:
    faults = check_study(study)
    if faults:
        raise Damaged(faults[0], "Install qualbench again.")
    backup_daily(study)
    return f"{len(read_log(study))} events in an unbroken chain; backup written and checked"


_STAGES: tuple[tuple[str, Callable[[Study], str]], ...] = (
    ("Import", _import),
    ("Redaction", _redact),
    ("Codebook", _codebook),
    ("Coding", _code),
    ("Agreement", _agree),
    ("Reconciliation", _reconcile),
    ("Second version", _develop),
    ("Matrix", _matrix),
    ("Withdrawal", withdraw_somebody),
    ("Plan", plan_the_talk),
    ("Criteria", judge_the_trial),
    ("Issue and theory", raise_an_issue),
    ("Arms", open_the_arms),
    ("Journal", _prove),
)
