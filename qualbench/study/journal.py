"""The one write path: every change is a transaction that writes its own event.

An event's payload lists the rows before and after, but never transcript text, labels or originals.
Events form a chain: the hash of each covers the hash before it and a keyed digest of its payload, so
that a payload can be blanked (sealing, withdrawal) without breaking the chain. Undo and redo apply a
payload backwards and are events themselves, so they survive a restart and can be undone in turn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import NotFound, Refused, Unreachable
from qualbench.study.blinding import NOT_FOR_BLINDED, blind, refuse_blinded, see_again
from qualbench.study.chain import chain_hash, journal_key
from qualbench.study.database import (
    CHANNEL,
    CONNECTION_ERRORS,
    IN_USE,
    NOT_ALLOWED,
    TAKEN,
    WRITER_LOCK,
    Study,
    reason,
)
from qualbench.study.fulltext import forget
from qualbench.study.payloads import ALONE, digest, pack, unpack
from qualbench.study.rows import (
    TableChange,
    Values,
    delete_rows,
    insert_rows,
    listed,
    public_columns,
    rows_at,
    set_columns,
)
from qualbench.study.tables import (
    Coder,
    Event,
    HiddenChange,
    Reason,
    Row,
    Source,
    now,
    table_of,
)

SEAL = "seal"
"""The action of a change that moves texts for good; nothing from before it is undone or redone."""

WITHDRAW = "withdraw"
"""The action by which somebody's words are taken out of the study; a barrier like sealing."""

UNSEAL_ARMS = "unseal arms"
"""The action that brings the arms of the trial into the study."""

EXPORTED = "export"
"""The action that puts an export on record. It changes nothing of what is exported, so it is passed over
where the state of a study is told, and where something is undone."""

_BARRIERS = (SEAL, WITHDRAW)
_FINAL = (WITHDRAW, UNSEAL_ARMS)  # no backup is to be gone back to past these

_WHY_NOT = {
    "undo": "Nothing from before a sealing or withdrawal can be taken back: the texts have moved since.",
    "redo": "What was done since, or an import that was undone, stands in the way: import the file again.",
}
_WITHHELD = {IN_USE: "Something that is to go is in use", TAKEN: "What is to be added is there already"}
"""What is said where the database minds rows that it withholds from a login."""

_MARK = re.compile(r"\{(source|code):([^{}]+)\}")

# Every change runs these; made once, they need not be compiled again.
_EVENT = table_of(Event)
_CODERS = sa.select(table_of(Coder).c.initials, table_of(Coder).c.role, table_of(Coder).c.blinded)
_LAST_EVENT = sa.select(_EVENT.c.seq, _EVENT.c.hash).order_by(_EVENT.c.seq.desc()).limit(1)
# On PostgreSQL the last event may be one that the login at work does not see.
_TELL_OTHERS = sa.text(f"NOTIFY {CHANNEL}")
_JOURNAL_END = sa.text("SELECT seq, hash FROM qualbench_journal_end()")


class Change:
    """The rows changed so far in one transaction; handed out by `change`.

    Attributes:
        db: The session of the transaction, for reading; writing goes through the methods.
        summary: The sentence that the event will carry; may be set until the transaction ends.
        reason: Why it is done, in the person's own words; kept beside the journal, for it may hold a name.
    """

    def __init__(self, db: Session, coder: str, summary: str) -> None:
        self.db = db
        self.coder = coder
        self.summary = summary
        self.reason = ""
        self.undoable = True
        self.tables: list[TableChange] = []

    def insert(self, model: type[Row], rows: Sequence[Values]) -> None:
        """Insert rows, all with the same columns; parents before children."""
        if rows:
            refuse_blinded(self.db, table_of(model).name)
            insert_rows(self.db, table_of(model), rows)
            columns = public_columns(model, rows[0])
            self.tables.append(TableChange(table_of(model).name, columns, None, listed(rows, columns)))

    def update(self, model: type[Row], rows: Sequence[Values]) -> None:
        """Set columns of existing rows; each row gives its primary key and the columns to set."""
        if not rows:
            return
        table = table_of(model)
        refuse_blinded(self.db, table.name)
        columns = public_columns(model, rows[0])
        if len(columns) < len(rows[0]):
            self.undoable = False  # what was replaced is not in the payload
        before = rows_at(self.db, table, columns, rows)
        if len(before) != len(rows):
            raise Refused(
                "What was to be changed is no longer there.", "Look at the present state and try again."
            )
        after = listed(rows, columns)
        if before == after and len(columns) == len(rows[0]):
            return
        set_columns(self.db, table, list(rows[0]), rows)
        self.tables.append(TableChange(table.name, columns, before, after))

    def update_where(self, model: type[Row], condition: sa.ColumnElement[bool], values: Values) -> None:
        """Set columns of all rows that meet a condition to the same values, in one statement.

        No column among them may be private, nor part of the primary key.
        """
        table = table_of(model)
        refuse_blinded(self.db, table.name)
        keys = [column.name for column in table.primary_key]
        named = [table.c[name] for name in (*keys, *values)]
        rows = self.db.connection().execute(sa.select(*named).where(condition)).all()
        before = list(map(list, rows))
        if before:
            self.db.connection().execute(sa.update(table).where(condition).values(dict(values)))
            after = [[*row[: len(keys)], *values.values()] for row in before]
            self.tables.append(TableChange(table.name, [*keys, *values], before, after))

    def delete(self, model: type[Row], rows: Sequence[Values]) -> None:
        """Delete rows; each gives at least its primary key."""
        if not rows:
            return
        table = table_of(model)
        refuse_blinded(self.db, table.name)
        columns = public_columns(model, [column.name for column in table.columns])
        before = rows_at(self.db, table, columns, rows)
        if model is Source:
            forget(self.db)
        delete_rows(self.db, table, rows)
        self.tables.append(TableChange(table.name, columns, before, None))


@contextmanager
def change(study: Study, action: str, summary: str = "", *, undoable: bool = True) -> Iterator[Change]:
    """Change the study in one transaction that writes its event; nothing is kept if the block raises.

    A block that changes no row writes no event.

    Args:
        study: The study, with the coder at work.
        action: What kind of change it is, in one or two words, such as "code" or "import".
        summary: What changed, in a sentence without transcript text.
        undoable: False for a change that cannot be taken back, such as sealing.

    Raises:
        Refused: If nobody has said who is at work.
    """
    with _writing(study) as (db, coder):
        recorder = Change(db, coder, summary)
        yield recorder
        if recorder.tables:
            if recorder.reason:
                recorder.insert(Reason, [{"event": _next(db)[0], "text": recorder.reason}])
            _append_event(db, recorder, action, None, undoable and recorder.undoable, hidden=action in ALONE)


def note(study: Study, action: str, summary: str) -> None:
    """Write an event that changes no row, such as an export that somebody let through."""
    with _writing(study) as (db, coder):
        _append_event(db, Change(db, coder, summary), action, None, undoable=False, hidden=False)


Check = Callable[[Session, frozenset[str]], None]
"""Looks at what an undo or redo has made of a study, given the tables it wrote; refuses it by raising."""


def undo(study: Study, check: Check | None = None) -> Event:
    """Take back the last change of the coder at work that has not been taken back.

    This compares only the rows of that change; what else must hold is for the check (`coding.undoing`).

    Args:
        study: The study.
        check: Run in the same transaction, after the rows have been written.

    Returns:
        The event that was undone.

    Raises:
        Refused: If there is none, or its rows have been changed since.
    """
    return _reverse(study, "undo", check)


def redo(study: Study, check: Check | None = None) -> Event:
    """Make again the change that the coder at work took back last, if nothing was changed since.

    Args:
        study: The study.
        check: As in `undo`.

    Returns:
        The event that was redone.

    Raises:
        Refused: If there is none, or its rows have been changed since.
    """
    return _reverse(study, "redo", check)


def source_mark(source_id: str) -> str:
    """Give what stands for a source in a summary: its name may be somebody's, and can be changed."""
    return f"{{source:{source_id}}}"


def code_mark(code_id: str) -> str:
    """Give what stands for a code in a summary: its label may hold words of a transcript, and changes."""
    return f"{{code:{code_id}}}"


def newest_event(study: Study) -> int:
    """Give the number of the newest event, by which one knows whether anything has changed; 0 for none."""
    return journal_end(study)[0]


def journal_end(study: Study) -> tuple[int, str]:
    """Give the number and the hash of the newest event; they say in which state a study is."""
    with study.read() as db:
        following, newest = _next(db)
    return following - 1, newest


def read_log(study: Study) -> list[Event]:
    """Give all events of the journal, oldest first, without their payloads."""
    table = table_of(Event)
    columns = [column for column in table.c if column.name != "payload"]
    with study.read() as db:
        rows = db.execute(sa.select(*columns).order_by(table.c.seq)).mappings().all()
        names = _names(db)
    return [
        Event(**(dict(row) | {"summary": _readable(row["summary"], names)}), payload=None) for row in rows
    ]


@contextmanager
def _writing(study: Study) -> Iterator[tuple[Session, str]]:
    """A session whose transaction is the only one writing to the study, and the coder it is done for."""
    if study.coder is None:
        raise Refused(
            "Nobody has said who is at work.",
            'Add --coder with your initials, or write coder = "AB" into qualbench.toml.',
        )
    committing = False
    try:
        with study.engine.connect().execution_options(writing=True) as connection, Session(connection) as db:
            if not study.on_sqlite:
                db.execute(sa.text(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})"))
            team = db.execute(_CODERS).all()
            coders = {initials: role for initials, role, _ in team}
            if coders and study.coder not in coders:
                alike = [coder for coder in coders if coder.casefold() == study.coder.casefold()]
                raise NotFound(
                    f"The study has no coder '{study.coder}'.",
                    f"Write {alike[0]}."
                    if alike
                    else f"Add one with 'qualbench settings add coder {study.coder}'.",
                )
            if coders.get(study.coder) in ("reader", "former"):
                raise Refused(f"{study.coder} may look at the study, but not change it.", "Ask a lead.")
            if any(one.blinded for one in team if one.initials == study.coder):
                blind(db, writing=True)
            yield db, study.coder
            see_again(db)
            if not study.on_sqlite:
                db.execute(_TELL_OTHERS)
            committing = True
            db.commit()
    except sa.exc.IntegrityError as error:
        what = _WITHHELD.get(str(getattr(error.orig, "sqlstate", "")))
        if what is None:
            raise
        raise Refused(f"{what}, perhaps by work that you do not see.", "Ask a lead.") from None
    except sa.exc.ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != NOT_ALLOWED:
            raise
        raise Refused("Your login may not change that.", "Ask a lead, whose login may.") from None
    except CONNECTION_ERRORS as error:
        if "is a view" in reason(error):
            raise Refused(NOT_FOR_BLINDED, "Ask a lead.") from None
        if "locked" in reason(error):
            raise Refused(
                f"The change was not saved: {reason(error)}.", "Somebody else is writing; try again."
            ) from None
        saved = "may not have been" if committing else "was not"
        raise Unreachable(
            f"The change {saved} saved: {reason(error)}.",
            "See that the database runs and the disk has room.",
        ) from None


def _append_event(
    db: Session, change: Change, action: str, target: int | None, undoable: bool, hidden: bool
) -> None:
    key = journal_key(db)
    seq, previous = _next(db)
    payload, apart = pack(key, change.tables)
    event = {
        "seq": seq,
        "at": now(),
        "coder": change.coder,
        "action": action,
        "summary": change.summary,
        "target": target,
        "undoable": undoable,
        "hidden": hidden,
        "payload": payload,
        "payload_digest": digest(key, payload),
    }
    insert_rows(db, _EVENT, [{**event, "hash": chain_hash(previous, event)}])
    hidden_rows = [
        {"event": seq, "n": n, "coder": change.coder, "payload": piece, "payload_digest": proof}
        for n, piece, proof in apart
    ]
    if hidden_rows:
        insert_rows(db, table_of(HiddenChange), hidden_rows)


def _next(db: Session) -> tuple[int, str]:
    """The number of the event to come and the hash of the one before it."""
    last = db.execute(_LAST_EVENT if db.get_bind().dialect.name == "sqlite" else _JOURNAL_END).first()
    return (last.seq + 1, last.hash) if last else (1, "")


def _reverse(study: Study, action: str, check: Check | None) -> Event:
    with _writing(study) as (db, coder):
        target = _target(db, coder, action)
        if target is None:
            raise Refused(f"There is nothing of {coder}'s to {action}.", _WHY_NOT[action])
        event = db.get_one(Event, target)
        names = _names(db)
        changes = unpack(db, event)
        if not event.undoable:
            raise Refused(
                f"'{_readable(event.summary, names)}' cannot be taken back, nor what {coder} did before it.",
                "It is final."
                if event.action in _FINAL
                else "The journal does not hold what it replaced; a backup does.",
            )
        recorder = Change(db, coder, "")
        for table_change in reversed(changes):
            _apply(db, table_change.inverse(), _readable(event.summary, names))
            recorder.tables.append(table_change.inverse())
        if check is not None:
            check(db, frozenset(table_change.table for table_change in recorder.tables))
        original = event
        while original.target is not None:
            original = db.get_one(Event, original.target)
        db.expunge_all()
        recorder.summary = f"{'Undid' if action == 'undo' else 'Redid'}: {original.summary}"
        undoable = not any(t.private for t in recorder.tables)
        _append_event(db, recorder, action, event.seq, undoable, hidden=original.hidden)
        original.summary = _readable(original.summary, names | _names(db))
    return original


def _target(db: Session, coder: str, action: str) -> int | None:
    """The event that an undo or redo of this coder would reverse: an ordinary one, or an undo."""
    table = table_of(Event)
    events = db.execute(
        sa.select(table.c.seq, table.c.action, table.c.target, table.c.undoable, table.c.payload == "[]")
        .where(sa.or_(table.c.coder == coder, table.c.action.in_(_BARRIERS)), table.c.action != EXPORTED)
        .order_by(table.c.seq)
    )
    done: list[int] = []
    undone: list[int] = []
    for seq, kind, target, undoable, only_noted in events:
        if kind in _BARRIERS:
            done.clear()
            undone.clear()
        elif kind == "undo":
            done.pop(done.index(target))
            if undoable:
                undone.append(seq)
            else:
                undone.clear()
        elif kind == "redo":
            undone.remove(target)
            done.append(seq)
        elif undoable or (seq > 1 and not only_noted):  # the first event makes the study
            done.append(seq)
            undone.clear()
    stack = done if action == "undo" else undone
    return stack[-1] if stack else None


def _names(db: Session) -> dict[tuple[str, str], str]:
    """The present names of sources and codes, by what stands for them in a summary."""
    source, code = Row.metadata.tables["source"], Row.metadata.tables["code"]
    names = {("source", row.id): row.name for row in db.execute(sa.select(source.c.id, source.c.name))}
    return names | {("code", row.id): row.label for row in db.execute(sa.select(code.c.id, code.c.label))}


def _readable(summary: str, names: Mapping[tuple[str, str], str]) -> str:
    return _MARK.sub(lambda mark: names.get((mark[1], mark[2]), f"a {mark[1]} since removed"), summary)


def _apply(db: Session, change: TableChange, what: str) -> None:
    """Write a recorded change, provided its rows are as it expects them."""
    table = Row.metadata.tables[change.table]
    refuse_blinded(db, table.name)
    rows = [dict(zip(change.columns, row, strict=True)) for row in (change.before or change.after or [])]
    if change.before is not None:
        present = rows_at(db, table, change.columns, rows)
        if present != change.before:
            raise Refused(
                f"'{what}' cannot be taken back: what it changed has been changed since.",
                "See 'qualbench log' for what came after it.",
            )
    try:
        if change.after is None:
            if table.name == Source.__tablename__:
                forget(db)
            delete_rows(db, table, rows)
        elif change.before is None:
            insert_rows(db, table, rows)
        else:
            after = [dict(zip(change.columns, row, strict=True)) for row in change.after]
            set_columns(db, table, change.columns, after)
    except sa.exc.IntegrityError:
        raise Refused(
            f"'{what}' cannot be taken back: other things now depend on it.",
            "See 'qualbench log' for what came after it.",
        ) from None
