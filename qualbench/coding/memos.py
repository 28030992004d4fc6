"""Memos: notes in Markdown on the study, a source, a code, a coding, or words of a source."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.codebook.tree import codebook_of
from qualbench.coding.blind import memos_in_view, sees_coding
from qualbench.coding.places import check_span, text_length
from qualbench.errors import BadInput, Conflict, NotFound, Refused
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, code_mark, source_mark
from qualbench.study.tables import Code, Coding, Memo, Source, Turn, new_id, now, table_of
from qualbench.text.spans import Span
from qualbench.text.words import normalise
from qualbench.transcripts.sources import source_ids

STUDY, SOURCE, CODE, CODING, TURN = "study", "source", "code", "coding", "turn"
ABOUT = (STUDY, SOURCE, CODE, CODING, TURN)
"""What a memo can be about."""


@dataclass(frozen=True)
class Subject:
    """What a memo is about; made by one of the functions below.

    Attributes:
        about: One of `ABOUT`.
        source: The name of the source, of a memo on it or on words of it.
        span: The words, in code points of the source's text, half-open.
        code: Id or label of the code.
        coding: Id of the coding.
    """

    about: str
    source: str | None = None
    span: Span | None = None
    code: str | None = None
    coding: str | None = None


THE_STUDY = Subject(STUDY)
"""The subject of a memo on the study as a whole."""


def on_source(name: str) -> Subject:
    """Give the subject of a memo on a whole source."""
    return Subject(SOURCE, source=name)


def on_words(source: str, span: Span) -> Subject:
    """Give the subject of a memo on words of a source, such as those of a turn."""
    return Subject(TURN, source=source, span=span)


def on_code(id_or_label: str) -> Subject:
    """Give the subject of a memo on a code."""
    return Subject(CODE, code=id_or_label)


def on_coding(coding_id: str) -> Subject:
    """Give the subject of a memo on a coding."""
    return Subject(CODING, coding=coding_id)


@dataclass(frozen=True)
class MemoRead:
    """A memo with what it is about.

    Attributes:
        about: One of `ABOUT`.
        source: The name of the source, of a memo on it, on words of it, or on a coding there.
        start: Where the words or the coding begin, in code points of the source's text.
        end: Where they end, half-open.
        turn: The number of the turn in which they begin; None for words before the first.
        code: The id of the code, or of the code of the coding; `label` is its label.
        coding: The id of the coding.
        quote: The words it is on.
        text: The memo itself, in Markdown.
        created_by: Initials of its author.
    """

    id: str
    about: str
    source: str | None
    start: int | None
    end: int | None
    turn: int | None
    code: str | None
    label: str | None
    coding: str | None
    quote: str | None
    text: str
    created_by: str
    created_at: str
    changed_at: str

    @property
    def first_line(self) -> str:
        """The first line of the text, without the marks of a heading."""
        return self.text.partition("\n")[0].lstrip("# ")

    @property
    def where(self) -> str:
        """What it is about, in words: "Fear in P07_b, turn 4"."""
        turn = f", turn {self.turn}" if self.turn is not None else ""
        if self.about == CODING:
            return f"{self.label} in {self.source}{turn}"
        return self.label or f"{self.source or 'the study'}{turn}"


def add_memo(study: Study, text: str, subject: Subject = THE_STUDY) -> str:
    """Write a memo and give its id. A finished source still takes memos: they are no codings.

    Args:
        study: The study, with the coder at work.
        text: In Markdown.
        subject: What it is about.

    Raises:
        BadInput: If the text is empty, or the words lie outside the source.
        NotFound: If what it is about is not there, or may not be seen yet.
        Refused: If the text holds a name that has been sealed.
    """
    with change(study, "memo") as changed:
        words = _checked(changed.db, study, text)
        columns = _columns(changed.db, study, subject)
        made_at = now()
        row = {
            "id": new_id(),
            "about": subject.about,
            **columns,
            "text": words,
            "created_by": changed.coder,
            "created_at": made_at,
            "changed_at": made_at,
        }
        changed.insert(Memo, [row])
        changed.summary = f"Wrote a memo on {_marked(changed.db, row)}"
    return str(row["id"])


class MemoConflict(Conflict):
    """A memo that was changed elsewhere since it was opened.

    Attributes:
        theirs: Its text as it is now.
    """

    def __init__(self, theirs: str) -> None:
        super().__init__(
            "This memo was changed elsewhere since you opened it.",
            "Both versions are below; save what is to stay.",
        )
        self.theirs = theirs


def edit_memo(study: Study, memo_id: str, text: str, seen: str | None = None) -> None:
    """Give a memo of one's own another text.

    Args:
        study: The study.
        memo_id: The memo.
        text: Its new text.
        seen: Its text as it was opened, so that another version saved meanwhile is not lost; None overwrites.

    Raises:
        MemoConflict: If it is no longer as it was seen.
        BadInput: If the text is empty.
        NotFound: If there is no such memo, or it may not be seen yet.
        Refused: If another coder wrote it, or the text holds a name that has been sealed.
    """
    with change(study, "memo") as changed:
        row = _own(changed, study, memo_id)
        words = _checked(changed.db, study, text)
        if seen is not None and row["text"] not in (seen, words):
            raise MemoConflict(str(row["text"]))
        if words != row["text"]:
            changed.update(Memo, [{"id": memo_id, "text": words, "changed_at": now()}])
        changed.summary = f"Edited a memo on {_marked(changed.db, row)}"


def remove_memo(study: Study, memo_id: str) -> None:
    """Take a memo of one's own away.

    Raises:
        NotFound: If there is no such memo, or it may not be seen yet.
        Refused: If another coder wrote it.
    """
    with change(study, "memo") as changed:
        row = _own(changed, study, memo_id)
        changed.delete(Memo, [{"id": memo_id}])
        changed.summary = f"Removed a memo on {_marked(changed.db, row)}"


def list_memos(
    study: Study,
    *,
    about: str | None = None,
    source: str | None = None,
    code: str | None = None,
    coding: str | None = None,
    by: str | None = None,
) -> list[MemoRead]:
    """Give memos: those on the study, then on codes, then on sources in order of name and place.

    Args:
        study: The study; what its coder may not see yet is left out.
        about: Only those about one of `ABOUT`.
        source: Only those on a source, on words of it, or on codings in it.
        code: Only those on a code, or on codings of it; by id or label.
        coding: Only those on one coding, by id.
        by: Only those of one author, by initials.

    Raises:
        BadInput: If a memo cannot be about that.
        NotFound: If there is no such source or code.
    """
    if about is not None and about not in ABOUT:
        raise BadInput(f"No memo is about '{about}'.", f"Use one of {', '.join(ABOUT)}.")
    memo, coded = table_of(Memo), table_of(Coding)
    wanted: list[sa.ColumnElement[bool]] = []
    with study.read() as db:
        if about is not None:
            wanted.append(memo.c.about == about)
        if source is not None:
            wanted.append(memo.c.source_id == source_ids(db, [source])[source])
        if code is not None:
            code_id = codebook_of(db).find(code).id
            wanted.append(sa.or_(memo.c.code_id == code_id, coded.c.code_id == code_id))
        if coding is not None:
            wanted.append(memo.c.coding_id == coding)
        if by is not None:
            wanted.append(memo.c.created_by == by)
        return _read(db, study, *wanted)


def read_memo(study: Study, memo_id: str) -> MemoRead:
    """Give one memo.

    Raises:
        NotFound: If there is no such memo, or it may not be seen yet.
    """
    with study.read() as db:
        found = _read(db, study, table_of(Memo).c.id == memo_id)
    if not found:
        raise _no_memo(memo_id)
    return found[0]


def _read(db: Session, study: Study, *wanted: sa.ColumnElement[bool]) -> list[MemoRead]:
    memo, source, code, coding, turn = (table_of(t) for t in (Memo, Source, Code, Coding, Turn))
    start, end = sa.func.coalesce(memo.c.start, coding.c.start), sa.func.coalesce(memo.c.end, coding.c.end)
    turn_n = (
        sa.select(sa.func.max(turn.c.n))
        .where(turn.c.source_id == memo.c.source_id, turn.c.label_start <= start)
        .scalar_subquery()
    )
    rows = db.execute(
        sa.select(
            memo.c.id,
            memo.c.about,
            source.c.name.label("source"),
            start.label("start"),
            end.label("end"),
            turn_n.label("turn"),
            code.c.id.label("code"),
            code.c.label.label("label"),
            memo.c.coding_id.label("coding"),
            sa.func.substr(source.c.text, start + 1, end - start).label("quote"),
            memo.c.text,
            memo.c.created_by,
            memo.c.created_at,
            memo.c.changed_at,
        )
        .select_from(memo)
        .join(source, source.c.id == memo.c.source_id, isouter=True)
        .join(coding, coding.c.id == memo.c.coding_id, isouter=True)
        .join(code, code.c.id == sa.func.coalesce(memo.c.code_id, coding.c.code_id), isouter=True)
        .where(memos_in_view(study), *wanted)
    ).mappings()
    return sorted((MemoRead(**row) for row in rows), key=_order)


def _order(memo: MemoRead) -> tuple[int, str, int, str, str]:
    group = {STUDY: 0, CODE: 1}.get(memo.about, 2)
    what = memo.label if memo.about == CODE else memo.source
    place = memo.start if memo.start is not None else -1
    return group, what or "", place, memo.created_at, memo.id


def _columns(db: Session, study: Study, subject: Subject) -> dict[str, str | int | None]:
    """The columns that say what a memo is about, all of them."""
    columns: dict[str, str | int | None] = dict.fromkeys(
        ("source_id", "start", "end", "code_id", "coding_id")
    )
    if subject.source is not None:
        columns["source_id"] = source_ids(db, [subject.source])[subject.source]
    if subject.source is not None and subject.span is not None:
        check_span(subject.span, text_length(db, str(columns["source_id"])), subject.source)
        columns["start"], columns["end"] = subject.span
    if subject.code is not None:
        columns["code_id"] = codebook_of(db).find(subject.code).id
    if subject.coding is not None:
        coding = db.get(Coding, subject.coding)
        if coding is None or not sees_coding(db, study, coding.layer, coding.source_id):
            raise NotFound(f"There is no coding '{subject.coding}'.", "'qualbench code list' gives the ids.")
        columns["coding_id"], columns["source_id"] = coding.id, coding.source_id
    return columns


def _checked(db: Session, study: Study, text: str) -> str:
    words = normalise(text).strip()
    if not words:
        raise BadInput("The memo is empty.", "Write something, or leave it as it was.")
    refuse_sealed_names(db, study, words)
    return words


def _own(changed: Change, study: Study, memo_id: str) -> dict[str, str | int | None]:
    memo = table_of(Memo)
    row = (
        changed.db.execute(sa.select(memo).where(memo.c.id == memo_id, memos_in_view(study)))
        .mappings()
        .first()
    )
    if row is None:
        raise _no_memo(memo_id)
    if row["created_by"] != changed.coder:
        raise Refused(f"That memo is {row['created_by']}'s.", "Write one of your own instead.")
    return dict(row)


def _no_memo(memo_id: str) -> NotFound:
    return NotFound(f"There is no memo '{memo_id}'.", "'qualbench memo list' gives the ids.")


def _marked(db: Session, row: dict[str, str | int | None]) -> str:
    """What a memo is about, for a summary of the journal."""
    source = source_mark(str(row["source_id"]))
    if row["about"] == CODE:
        return f"'{code_mark(str(row['code_id']))}'"
    if row["about"] == CODING:
        coding = table_of(Coding)
        code = db.execute(sa.select(coding.c.code_id).where(coding.c.id == row["coding_id"])).scalar_one()
        return f"a coding of '{code_mark(code)}' in {source}"
    if row["about"] == TURN:
        return f"words of {source} at {row['start']}-{row['end']}"
    return "the study" if row["about"] == STUDY else source
