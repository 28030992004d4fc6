"""The framework matrix: what each participant said on each theme at each timepoint, in the team's words.

Rows are cases, columns themes (Gale et al. 2013); a cell is a written summary with links to quotes, not a
count. A cell that is not written says why: there are quotes, but nobody has summed them up; nothing was said;
nobody asked; or nobody was talked to.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.analysis.case_quotes import CaseQuote, case_quotes
from qualbench.analysis.cell_links import has_own_words, links_in
from qualbench.analysis.framework_cells import CaseKey, CellKey, Cells, Version, find_case, is_between
from qualbench.analysis.framework_links import codings_in_sight
from qualbench.analysis.matrix import ROWS
from qualbench.analysis.matrix_model import HIDDEN, NOT_ASKED, NOT_COLLECTED, SILENT
from qualbench.analysis.matrix_reading import read_not_asked
from qualbench.codebook.tree import Codebook, CodeEntry, codebook_of
from qualbench.coding.blind import hidden_sources
from qualbench.errors import BadInput, NotFound
from qualbench.study.blinding import arms_of
from qualbench.study.database import Study
from qualbench.study.tables import AGREED, Participant, table_of

WRITTEN, STARTED, TO_WRITE = "written", "started", "to write"
STATES = (WRITTEN, STARTED, TO_WRITE, SILENT, NOT_ASKED, NOT_COLLECTED, HIDDEN)
"""What a cell is: a summary; the links alone with which it was started; nothing yet, though there are quotes;
nothing, for nothing was said; nothing, for nobody asked; nothing, for nobody was talked to; what another has
written, or coded, and the coder at work may not see yet."""


@dataclass(frozen=True)
class Case:
    """A participant at a timepoint.

    Attributes:
        timepoint: Empty where the source states none.
        sources: The names of those in which they speak then; empty if they were not talked to.
        arm: That of the trial; None before it is unsealed, or where there is none.
    """

    participant: str
    family: str | None
    stakeholder: str
    site: str | None
    timepoint: str
    sources: tuple[str, ...]
    arm: str | None = None


@dataclass(frozen=True)
class FrameworkCell:
    """A cell of the framework matrix.

    Attributes:
        code: The id of the column's entry.
        state: One of `STATES`.
        newest: The version that counts; None if nobody has written, or it may not be seen.
        quotes: What the participant says then within the codings of the entry and of those below it.
        dead: The ids of codings that the text links to and that are gone, or that the coder at work may not
            see.
    """

    code: str
    state: str
    newest: Version | None
    quotes: tuple[CaseQuote, ...]
    dead: tuple[str, ...]


@dataclass(frozen=True)
class Framework:
    """Cases by themes.

    Attributes:
        codes: The columns, in the order of the codebook.
        cases: The rows: by participant, then in the order of the timepoints.
        cells: A list a row.
        layer: Whose codings give the quotes.
    """

    codes: list[CodeEntry]
    cases: list[Case]
    cells: list[list[FrameworkCell]]
    layer: str


def read_framework(
    study: Study,
    rows: str = "themes",
    *,
    code: str | None = None,
    participant: str | None = None,
    layer: str = AGREED,
    all_cases: bool = False,
) -> Framework:
    """Give the framework matrix.

    Args:
        study: The study; what its coder may not see yet is not given.
        rows: One of `ROWS` of the matrix: which entries are the columns here.
        code: Only this entry, whatever its level, by id or label.
        participant: Only this one, by id.
        layer: The layer that the quotes come from.
        all_cases: Whether there is a row too for each timepoint at which a participant was not talked to.

    Raises:
        BadInput: If the rows are unknown.
        NotFound: If there is no such code, participant or layer.
        Refused: If the layer may not be seen.
    """
    with study.read() as db:
        return framework_in(
            db, study, rows, code=code, participant=participant, layer=layer, all_cases=all_cases
        )


def framework_in(
    db: Session,
    study: Study,
    rows: str,
    *,
    code: str | None = None,
    participant: str | None = None,
    layer: str = AGREED,
    all_cases: bool = False,
) -> Framework:
    """Give the framework matrix in an open session; see `read_framework`."""
    if rows not in ROWS:
        raise BadInput(f"'{rows}' cannot be a framework.", f"Use one of {', '.join(ROWS)}.")
    book, kept = codebook_of(db), Cells(db, study)
    quotes = case_quotes(db, study, layer)
    used = {quote.code for said in quotes.values() for quote in said} | {c for _, _, c in kept.written()}
    codes = [book.find(code)] if code is not None else _columns(book, ROWS[rows], used)
    not_asked, alive = _not_asked(db, book), codings_in_sight(db, study)
    unseen = hidden_sources(db, study, layer)
    cases = _cases(db, kept, participant, all_cases)
    cells = []
    for case in cases:
        said = quotes.get((case.participant, case.timepoint), [])
        cells.append([_cell(case, entry, book, kept, said, not_asked, unseen, alive) for entry in codes])
    return Framework(codes, cases, cells, layer)


def read_notes(study: Study, code: str) -> dict[CaseKey, Version]:
    """Give the notes on what changed between two timepoints on a theme, by participant and timepoints
    (`between`); those that the coder at work may not see yet are left out.

    Raises:
        NotFound: If there is no such code.
    """
    with study.read() as db:
        kept, wanted = Cells(db, study), codebook_of(db).find(code).id
    notes = {}
    for who, when, of_code in kept.written():
        newest = kept.newest((who, when, of_code))
        seen = newest is not None and kept.sees((who, when, of_code), newest)
        if newest is not None and seen and of_code == wanted and is_between(when):
            notes[who, when] = newest
    return notes


def read_history(
    study: Study, participant: str, timepoint: str, code: str, since: str | None = None
) -> list[Version]:
    """Give the versions of a cell that the coder at work may see, the oldest first, with those of codes that
    were merged into its own.

    Args:
        study: The study.
        participant: The id.
        timepoint: As the study's list has it, or "(not stated)".
        code: Id or label.
        since: The timepoint before it, for a note on what changed since then.

    Raises:
        BadInput: If there is no such timepoint.
        NotFound: If there is no such code or participant, or they were not talked to then.
    """
    with study.read() as db:
        kept, book = Cells(db, study), codebook_of(db)
        key = (*find_case(db, kept, participant, timepoint, since), book.find(code).id)
        return kept.history(key, book)


def _columns(book: Codebook, level: str, used: Collection[str]) -> list[CodeEntry]:
    """The entries of a level that are agreed, and others that are used or have something used below them."""
    return [
        entry
        for _, entry in book.walk(whole=True)
        if entry.level == level
        and (
            entry.status == "agreed"
            or (entry.status != "merged" and any(code in used for code in book.at_and_below(entry.id)))
        )
    ]


def _cases(db: Session, kept: Cells, participant: str | None, all_cases: bool) -> list[Case]:
    table = table_of(Participant)
    people = db.execute(
        sa.select(table.c.id, table.c.family, table.c.stakeholder, table.c.site).order_by(table.c.id)
    ).all()
    if participant is not None:
        people = [one for one in people if one.id.casefold() == participant.strip().casefold()]
        if not people:
            raise NotFound(
                f"The study has no participant '{participant}'.", "'qualbench participants' lists them."
            )
    arms = arms_of(db)
    written = {(who, when) for who, when, _ in kept.written()}
    times = list(dict.fromkeys([*kept.timepoints(), *sorted({t for _, t in written if not is_between(t)})]))
    return [
        Case(
            one.id,
            one.family,
            one.stakeholder,
            one.site,
            time,
            tuple(kept.sources.get((one.id, time), {}).values()),
            arms.get(one.id),
        )
        for one in people
        for time in times
        if all_cases or (one.id, time) in kept.sources or (one.id, time) in written
    ]


def _cell(
    case: Case,
    entry: CodeEntry,
    book: Codebook,
    kept: Cells,
    said: Sequence[CaseQuote],
    not_asked: Mapping[str, Collection[str]],
    unseen: Collection[str],
    alive: Collection[str],
) -> FrameworkCell:
    key: CellKey = (case.participant, case.timepoint, entry.id)
    below = set(book.at_and_below(entry.id))
    quotes = tuple(quote for quote in said if quote.code in below)
    newest = kept.newest(key)
    if newest is not None and not kept.sees(key, newest):
        return FrameworkCell(entry.id, HIDDEN, None, quotes, ())
    if newest is not None:
        dead = tuple(link.coding for link in links_in(newest.text) if link.coding not in alive)
        state = WRITTEN if has_own_words(newest.text) else STARTED
        return FrameworkCell(entry.id, state, newest, quotes, dead)
    if quotes:
        state = TO_WRITE
    elif not case.sources:
        state = NOT_COLLECTED
    else:
        sources = kept.sources[case.participant, case.timepoint].keys()
        state = NOT_ASKED if sources <= set(not_asked[entry.id]) else SILENT
        state = HIDDEN if sources & set(unseen) else state
    return FrameworkCell(entry.id, state, None, quotes, ())


def _not_asked(db: Session, book: Codebook) -> dict[str, set[str]]:
    """The ids of the sources in which each entry, or one above it, was not asked about."""
    marked = read_not_asked(db)
    return {
        code: set().union(*(marked.get(above.id, set()) for above in book.path(code))) for code in book.by_id
    }
