"""Writing the cells of the framework matrix: starting them with their quotes, and editing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from qualbench.analysis.case_quotes import CaseQuote
from qualbench.analysis.cell_links import list_of_links
from qualbench.analysis.framework import TO_WRITE, framework_in
from qualbench.analysis.framework_cells import CellKey, Cells, Version, find_case, named
from qualbench.codebook.tree import codebook_of
from qualbench.errors import BadInput, Conflict, Refused
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.study.database import Study
from qualbench.study.journal import Change, change
from qualbench.study.tables import AGREED, CellSummary, new_id, now
from qualbench.text.words import normalise

_LONGEST = 200  # code points of a quote in a cell that is started; the link leads to all of it
_MASKED = "..."


class CellConflict(Conflict):
    """A cell that somebody has written in since it was opened.

    Attributes:
        theirs: What it holds now.
    """

    def __init__(self, theirs: Version) -> None:
        super().__init__(
            f"{theirs.written_by} has written in this cell since you opened it.",
            "Nothing was changed. Put both together, and save that.",
        )
        self.theirs = theirs


@dataclass(frozen=True)
class Started:
    """What starting did: how many cells were begun, and with how many quotes."""

    cells: int
    quotes: int


def start_cells(
    study: Study,
    rows: str = "themes",
    *,
    code: str | None = None,
    participant: str | None = None,
    layer: str = AGREED,
) -> Started:
    """Begin the cells that nobody has written in, each with a list of links to its quotes.

    A quote that holds a sealed name, in a source that is not sealed yet, is linked without its words.

    Args:
        study: The study, with the coder at work.
        rows: One of `ROWS` of the matrix: which entries.
        code: Only this entry, whatever its level, by id or label.
        participant: Only this one, by id.
        layer: The layer that the quotes come from.

    Raises:
        BadInput: If the rows are unknown.
        NotFound: If there is no such code, participant or layer.
        Refused: If the layer may not be seen.
    """
    with change(study, "framework") as changed:
        found = framework_in(changed.db, study, rows, code=code, participant=participant, layer=layer)
        begun = [
            ((case.participant, case.timepoint, cell.code), _each_once(cell.quotes))
            for case, line in zip(found.cases, found.cells, strict=True)
            for cell in line
            if cell.state == TO_WRITE
        ]
        clean = _is_clean(changed.db, study, "\n".join(quote.text for _, said in begun for quote in said))
        cells = []
        for key, said in begun:
            links = [(_words(changed.db, study, quote, clean), quote.coding) for quote in said]
            cells.append(_row(changed, key, 1, list_of_links(links)))
        changed.insert(CellSummary, cells)
        done = Started(len(begun), sum(len(said) for _, said in begun))
        changed.summary = f"Started {done.cells} cells of the framework matrix with {done.quotes} quotes"
    return done


def edit_cell(
    study: Study,
    participant: str,
    timepoint: str,
    code: str,
    text: str,
    *,
    since: str | None = None,
    seen: int | None = None,
) -> int:
    """Write a cell, or another version of it.

    Args:
        study: The study, with the coder at work.
        participant: The id.
        timepoint: As the study's list has it, or "(not stated)".
        code: Id or label.
        text: Markdown; a link to a quote is `[words](coding:ID)`.
        since: The timepoint before it, for a note on what changed since then.
        seen: The number of the version that was opened, 0 if there was none, so that another one saved
            meanwhile is not passed over; None writes on top of any.

    Returns:
        The number of the version; if the text is as it was, that of the one that is there.

    Raises:
        CellConflict: If there is another version than the one seen.
        BadInput: If the text is empty, or there is no such timepoint.
        NotFound: If there is no such code or participant, or they were not talked to then.
        Refused: If another wrote in the cell and it may not be seen yet, or the text holds a sealed name.
    """
    words = normalise(text).strip()
    if not words:
        raise BadInput("The cell is empty.", "Write something, or leave it as it was.")
    with change(study, "framework") as changed:
        refuse_sealed_names(changed.db, study, words)
        kept = Cells(changed.db, study)
        who, when = find_case(changed.db, kept, participant, timepoint, since)
        key = (who, when, codebook_of(changed.db).find(code).id)
        present = _open(kept, key)
        if present is not None and words == present.text:
            return present.version
        if seen is not None and present is not None and present.version != seen:
            raise CellConflict(present)
        version = present.version + 1 if present else 1
        changed.insert(CellSummary, [_row(changed, key, version, words)])
        # Not on what: that would tell another coder what was found there.
        changed.summary = f"Wrote a cell of the framework matrix: {who}, {named(when)}"
    return version


def open_cell(
    study: Study, participant: str, timepoint: str, code: str, since: str | None = None
) -> tuple[str, int]:
    """Give the text of a cell to be edited and the number of its version; an empty text and 0 for none.

    Args:
        study: The study, with the coder at work.
        participant: The id.
        timepoint: As the study's list has it, or "(not stated)".
        code: Id or label.
        since: The timepoint before it, for a note on what changed since then.

    Raises:
        BadInput: If there is no such timepoint.
        NotFound: If there is no such code or participant, or they were not talked to then.
        Refused: If another wrote in it and it may not be seen yet.
    """
    with study.read() as db:
        kept = Cells(db, study)
        key = (*find_case(db, kept, participant, timepoint, since), codebook_of(db).find(code).id)
        present = _open(kept, key)
    return (present.text, present.version) if present else ("", 0)


def _open(kept: Cells, key: CellKey) -> Version | None:
    newest = kept.newest(key)
    if newest is not None and not kept.sees(key, newest):
        raise Refused(
            "Another has written in this cell, which is hidden until both of you have finished its sources.",
            "Mark your own work with 'qualbench finish SOURCE'.",
        )
    return newest


def _row(changed: Change, key: CellKey, version: int, text: str) -> dict[str, str | int]:
    who, when, code = key
    return {
        "id": new_id(),
        "participant_id": who,
        "timepoint": when,
        "code_id": code,
        "version": version,
        "text": text,
        "written_by": changed.coder,
        "written_at": now(),
    }


def _words(db: Session, study: Study, quote: CaseQuote, clean: bool) -> str:
    if not (clean or _is_clean(db, study, quote.text)):
        return _MASKED
    if len(quote.text) <= _LONGEST:
        return quote.text
    return f"{quote.text[:_LONGEST].rsplit(' ', 1)[0]} ..."


def _each_once(quotes: Sequence[CaseQuote]) -> list[CaseQuote]:
    """The same words once, though several codes lie on them."""
    return list({(quote.source, quote.start, quote.text): quote for quote in reversed(quotes)}.values())[::-1]


def _is_clean(db: Session, study: Study, words: str) -> bool:
    try:
        refuse_sealed_names(db, study, words)
    except Refused:
        return False
    return True
