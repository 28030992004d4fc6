"""The trajectory view: what each family said on a theme from one timepoint to the next, with missing waves.

A change note is written like a cell of the framework matrix (`framework edit --since`), and stands in the
later of its two timepoints.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qualbench.analysis.framework import WRITTEN, Case, FrameworkCell, read_framework, read_notes
from qualbench.analysis.framework_cells import CaseKey, Version, between, named
from qualbench.analysis.framework_views import BLANKS, plain
from qualbench.analysis.matrix_model import HIDDEN, NOT_ASKED, NOT_COLLECTED, SILENT
from qualbench.errors import BadInput
from qualbench.study.database import Study
from qualbench.study.tables import AGREED

BY = ("family", "participant")
"""What a row can be."""

_QUOTED = 2  # quotes of a participant of which the first words are shown
_FIRST_WORDS = 80  # code points


@dataclass(frozen=True)
class Said:
    """What one participant says at one timepoint.

    Attributes:
        codings: How many hold words of theirs.
        words: The written summary, else the first words of quotes; empty if there is neither.
        written: Whether it is a summary.
        hidden: Whether there may be something that the coder at work may not see yet.
        since: The timepoint at which they were talked to before; None if this is the first.
        change: The note on what changed since then, empty if nobody wrote one.
    """

    participant: str
    codings: int
    words: str
    written: bool
    hidden: bool
    since: str | None
    change: str


@dataclass(frozen=True)
class Wave:
    """What is there of a row at one timepoint.

    Attributes:
        state: "said", or one of the blanks of a matrix: nobody of the row was talked to, nobody was asked,
            nobody said such a thing.
        said: By each participant who was talked to then.
    """

    state: str
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Trajectory:
    """A theme over time.

    Attributes:
        code: Its id.
        label: Its label.
        by: One of `BY`.
        timepoints: The columns, in order.
        rows: The names of families, or ids of participants.
        waves: A list a row, a wave for each timepoint.
        without_family: Participants who belong to no family, and are left out of rows of families.
        layer: Whose codings were counted.
    """

    code: str
    label: str
    by: str
    timepoints: list[str]
    rows: list[str]
    waves: list[list[Wave]]
    without_family: list[str]
    layer: str


SAID = "said"


def trajectory(study: Study, code: str, by: str = "family", layer: str = AGREED) -> Trajectory:
    """Follow a theme over the timepoints.

    Args:
        study: The study; what its coder may not see yet is not given.
        code: Id or label of a theme, sub-theme or code; what is below it is counted with it.
        by: One of `BY`.
        layer: The layer.

    Raises:
        BadInput: If rows cannot be that.
        NotFound: If there is no such code or layer.
        Refused: If the layer may not be seen.
    """
    if by not in BY:
        raise BadInput(f"'{by}' cannot be a row.", f"Use one of {', '.join(BY)}.")
    found = read_framework(study, code=code, layer=layer, all_cases=True)
    (entry,) = found.codes
    notes = read_notes(study, entry.id)
    cells = {
        (case.participant, case.timepoint): (case, line[0])
        for case, line in zip(found.cases, found.cells, strict=True)
    }
    timepoints = list(dict.fromkeys(case.timepoint for case in found.cases))
    people: dict[str, list[str]] = defaultdict(list)
    for case in found.cases:
        row = case.family if by == "family" else case.participant
        if row is not None and case.participant not in people[row]:
            people[row].append(case.participant)
    rows = sorted(people)
    return Trajectory(
        entry.id,
        entry.label,
        by,
        timepoints,
        rows,
        [[_wave(people[row], n, timepoints, cells, notes) for n in range(len(timepoints))] for row in rows],
        sorted({case.participant for case in found.cases if by == "family" and case.family is None}),
        layer,
    )


def trajectory_as_rows(found: Trajectory) -> tuple[list[str], list[list[str]]]:
    """Give the view as headers and rows, the lines of a cell parted by LF."""
    return [found.by, *map(named, found.timepoints)], [
        [row, *(_in_words(wave, several=found.by == "family") for wave in waves)]
        for row, waves in zip(found.rows, found.waves, strict=True)
    ]


def _wave(
    people: Sequence[str],
    n: int,
    timepoints: Sequence[str],
    cells: Mapping[CaseKey, tuple[Case, FrameworkCell]],
    notes: Mapping[CaseKey, Version],
) -> Wave:
    said, states = [], set()
    for who in people:
        case, cell = cells[who, timepoints[n]]
        states.add(cell.state)
        if case.sources:
            before = [time for time in timepoints[:n] if cells[who, time][0].sources]
            note = notes.get((who, between(before[-1], timepoints[n]))) if before else None
            said.append(
                Said(
                    who,
                    len(cell.quotes),
                    _words(cell),
                    cell.state == WRITTEN,
                    cell.state == HIDDEN,
                    before[-1] if before else None,
                    plain(note.text) if note else "",
                )
            )
    if states <= {NOT_COLLECTED, NOT_ASKED, SILENT}:
        blank = next(one for one in (SILENT, NOT_ASKED, NOT_COLLECTED) if one in states)
        return Wave(blank, tuple(said))
    return Wave(SAID, tuple(said))


def _words(cell: FrameworkCell) -> str:
    if cell.state == WRITTEN and cell.newest is not None:
        return plain(cell.newest.text, cell.dead)
    return " ".join(f"“{_first_words(quote.text)}”" for quote in cell.quotes[:_QUOTED])


def _first_words(text: str) -> str:
    return text if len(text) <= _FIRST_WORDS else f"{text[:_FIRST_WORDS].rsplit(' ', 1)[0]} ..."


def _in_words(wave: Wave, *, several: bool) -> str:
    lines = []
    if wave.state != SAID:
        lines.append(BLANKS[wave.state])
    for one in wave.said:
        who = f"{one.participant}: " if several and len(wave.said) > 1 else ""
        if one.codings or one.words:
            lines.append(f"{who}({one.codings}) {one.words}".strip())
        if one.hidden:
            lines.append(who + BLANKS[HIDDEN])
        if one.change:
            lines.append(f"{who}since {named(one.since or '')}: {one.change}")
    return "\n".join(lines)
