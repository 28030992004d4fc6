"""Bringing entries into the codebook of a study, and showing beforehand what that would change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.codebook.diff import CodeChange, diff_codebooks
from qualbench.codebook.missing import deletable, lacking_in, used_codes, visible_codings, without
from qualbench.codebook.rules import check_entries
from qualbench.codebook.tree import LEVELS, Codebook, CodeEntry, codebook_of, columns_of
from qualbench.errors import BadInput, Refused
from qualbench.redaction.own_words import refuse_sealed_names
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, code_mark
from qualbench.study.settings import LISTS as STUDY_LISTS
from qualbench.study.tables import Code, ForeignGuid, now, table_of

MISSING = ("keep", "retire")
"""What can be done with entries in use that a file lacks."""

Given = Mapping[str, Collection[str]]
"""By id, the fields that a file mentions."""

_DEFAULTS = {one.name: one.default for one in fields(CodeEntry)}
_ALWAYS = frozenset(("id", "parent_id", "level", "label"))  # said by entries that come without a file


@dataclass(frozen=True)
class CodebookImport:
    """What an import of a codebook changed, by id."""

    added: list[str]
    updated: list[str]
    unchanged: list[str]
    retired: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class MissingCode:
    """An entry in use that a file lacks.

    Attributes:
        codings: How many there are of it in the agreed layer and that of the coder at work.
        fate: What the import does with it: "kept", "retired" or "deleted".
    """

    entry: CodeEntry
    codings: int
    fate: str


@dataclass(frozen=True)
class ImportPlan:
    """What an import would change.

    Attributes:
        present: The codebook as it is.
        book: As it would be.
        entries: Those of the file as they would be in the study.
        missing: The entries in use that the file lacks.
    """

    present: Codebook
    book: Codebook
    entries: list[CodeEntry]
    missing: list[MissingCode]

    @property
    def changes(self) -> list[CodeChange]:
        """What would become of each entry."""
        return diff_codebooks(self.present, self.book)

    @property
    def result(self) -> CodebookImport:
        """The same by id."""
        known = self.present.by_id
        return CodebookImport(
            [entry.id for entry in self.entries if entry.id not in known],
            [entry.id for entry in self.entries if entry.id in known and entry != known[entry.id]],
            [entry.id for entry in self.entries if entry == known.get(entry.id)],
            [one.entry.id for one in self.missing if one.fate == "retired"],
            [one.entry.id for one in self.missing if one.fate == "deleted"],
        )


def plan_import(
    study: Study,
    entries: Sequence[CodeEntry],
    *,
    given: Given | None = None,
    missing: str = "keep",
    parent: str | None = None,
) -> ImportPlan:
    """Give what `import_entries` would change, and change nothing; arguments and errors are the same."""
    with study.read() as db:
        return _plan(db, study.coder, entries, given, missing, parent)


def import_entries(
    study: Study,
    entries: Sequence[CodeEntry],
    origin: str,
    *,
    given: Given | None = None,
    missing: str = "keep",
    parent: str | None = None,
    guids: Mapping[str, str] | None = None,
) -> CodebookImport:
    """Bring entries into the study's codebook in one change; entries are known by id.

    They take the order of the file. If that is the order in which they stand already, those that the file
    lacks keep their places among them, and otherwise come last; entries of which none is there yet come
    after all. An entry keeps its key unless another takes it.

    Args:
        study: The study.
        entries: Parents before children.
        origin: What they come from, for the journal.
        given: By id, the fields that the file mentions (`BookFile.given`); the others of an entry that is
            there stay as they are. None takes those for mentioned that are not empty.
        missing: One of `MISSING`. "retire" retires entries in use that the file lacks, below the parent if
            there is one. One that was never used, released or referred to is deleted instead.
        parent: Id or label of an entry below which the file's top entries come to stand, its themes as
            sub-themes.
        guids: The GUIDs that another program gives entries, by id; they are kept, so that a code which that
            program renames is known again. An entry that has one already keeps it.

    Raises:
        BadInput: If the codebook would break a rule with them, or they name a stakeholder type or timepoint
            that the study has not.
        NotFound: If there is no such parent.
        Refused: If the parent cannot hold them, or a name that has been sealed is in their words.
    """
    with change(study, "codebook") as changed:
        plan = _plan(changed.db, changed.coder, entries, given, missing, parent)
        _refuse_sealed_names(changed, study, plan)
        _write(changed, plan)
        _keep_guids(changed, guids or {})
        done = plan.result
        counts = [f"{len(done.added)} codes added", f"{len(done.updated)} changed"]
        counts += [f"{len(done.retired)} retired"] * bool(done.retired)
        counts += [f"{len(done.deleted)} deleted"] * bool(done.deleted)
        below = f" below '{code_mark(plan.present.find(parent).id)}'" if parent is not None else ""
        changed.summary = f"Imported {origin}{below}: {', '.join(counts)}"
    return done


def _keep_guids(changed: Change, guids: Mapping[str, str]) -> None:
    table = table_of(ForeignGuid)
    present = changed.db.execute(sa.select(table.c.kind, table.c.key, table.c.guid)).all()
    taken = {row.guid.lower() for row in present}
    known = {row.key for row in present if row.kind == "code"}
    new = {code_id: guid for code_id, guid in guids.items() if code_id not in known and guid not in taken}
    rows = [{"kind": "code", "key": code_id, "guid": guid} for code_id, guid in new.items()]
    changed.insert(ForeignGuid, rows)


def _plan(
    db: Session,
    coder: str | None,
    entries: Sequence[CodeEntry],
    given: Given | None,
    missing: str,
    parent: str | None,
) -> ImportPlan:
    if missing not in MISSING:
        raise BadInput(f"'{missing}' is not what can be done with missing codes.", "Say keep or retire.")
    present = codebook_of(db)
    top = _holder(present, parent) if parent is not None else None
    filed = _with_keys(present, [_merged(present, entry, given, top) for entry in entries])
    _check_lists(db, present, filed)
    _check_merges(present, filed)
    taken: dict[str | None, str] = {entry.key: entry.id for entry in filed if entry.key}
    by_id = {
        entry.id: replace(entry, key=None) if taken.get(entry.key, entry.id) != entry.id else entry
        for entry in present.by_id.values()
    }
    in_file = {entry.id for entry in filed}
    kept = [entry for entry in by_id.values() if entry.id not in in_file]
    both = {entry.id: entry for entry in (*kept, *filed)}
    book = [both[code_id] for code_id in _ordered(list(by_id), [entry.id for entry in filed])]
    lacking = lacking_in(book, in_file, top)
    fates = dict.fromkeys(lacking, "kept")
    if missing == "retire":
        deleted = deletable(book, lacking - used_codes(db))
        book = without(book, deleted, lacking - deleted)
        fates = {code_id: "deleted" if code_id in deleted else "retired" for code_id in lacking}
    check_entries(book)
    codings = visible_codings(db, coder)
    return ImportPlan(
        present,
        Codebook(book),
        [entry for entry in book if entry.id in in_file],
        [
            MissingCode(entry, codings.get(entry.id, 0), fates[entry.id])
            for _, entry in present.walk()
            if entry.id in lacking
        ],
    )


def _holder(present: Codebook, parent: str) -> CodeEntry:
    top = present.find(parent)
    if not top.in_use:
        raise Refused(f"'{top.label}' is retired.", "Choose an entry in use.")
    if top.level == "code":
        raise Refused(f"'{top.label}' is a code, and only themes hold others.", "Choose a theme.")
    return top


def _merged(present: Codebook, entry: CodeEntry, given: Given | None, top: CodeEntry | None) -> CodeEntry:
    """An entry of the file as it would be: what the file does not mention stays as it is in the study."""
    known = present.by_id.get(entry.id)
    if known is not None:
        if given is None:
            said = {name for name, default in _DEFAULTS.items() if getattr(entry, name) != default} | _ALWAYS
        else:
            said = {*given.get(entry.id, ()), "parent_id"}
        if "status" in said:
            said.add("merged_into")  # the two go together
        kept = {name: getattr(known, name) for name in _DEFAULTS if name not in said and name != "key"}
        entry = replace(entry, **kept)
    if top is not None and entry.parent_id is None:
        level = LEVELS[1] if entry.level == LEVELS[0] else entry.level
        entry = replace(entry, parent_id=top.id, level=level)
    return entry


def _with_keys(present: Codebook, entries: Sequence[CodeEntry]) -> list[CodeEntry]:
    """Entries that give no key keep the one they have, unless another entry takes it."""
    taken = {entry.key for entry in entries}
    return [
        replace(entry, key=present.by_id[entry.id].key)
        if entry.key is None and entry.id in present.by_id and present.by_id[entry.id].key not in taken
        else entry
        for entry in entries
    ]


def _ordered(present: Sequence[str], filed: Sequence[str]) -> list[str]:
    """The order of all entries, given those of the study and those of the file in theirs."""
    here, in_file = set(present), set(filed)
    known = [code_id for code_id in filed if code_id in here]
    if known != [code_id for code_id in present if code_id in in_file]:
        return [*filed, *(code_id for code_id in present if code_id not in in_file)]
    if not known:
        return [*present, *filed]
    new: dict[str | None, list[str]] = defaultdict(list)  # by the entry that they come after
    at: str | None = None
    for code_id in filed:
        if code_id in here:
            at = code_id
        else:
            new[at].append(code_id)
    ordered: list[str] = []
    for code_id in present:
        ordered += new[None] if code_id == known[0] else []
        ordered += [code_id, *new[code_id]]
    return ordered


def _check_lists(db: Session, present: Codebook, entries: Sequence[CodeEntry]) -> None:
    for name, list_name in (("stakeholders", "stakeholder"), ("timepoints", "timepoint")):
        table = table_of(STUDY_LISTS[list_name])
        known = list(db.execute(sa.select(table.c.name).order_by(table.c.position)).scalars())
        for entry in entries:
            before = present.by_id.get(entry.id)
            for value in getattr(entry, name):
                if value not in known and (before is None or value not in getattr(before, name)):
                    raise BadInput(
                        f"{entry.id}: the study has no {list_name} '{value}'.",
                        f"Use some of {', '.join(known)}.",
                    )


def _check_merges(present: Codebook, entries: Sequence[CodeEntry]) -> None:
    """A file moves no codings, so an entry in use does not become merged by it."""
    for entry in entries:
        before = present.by_id.get(entry.id)
        if before is not None and before.in_use and entry.status == "merged":
            raise Refused(
                f"The file says that '{before.label}' is merged into '{entry.merged_into}'.",
                f"Do so with 'qualbench codebook merge {entry.id} {entry.merged_into}', then import again.",
            )


def _refuse_sealed_names(changed: Change, study: Study, plan: ImportPlan) -> None:
    """Refuse entries that come or change with such a name in them, and say in which it is."""
    came = [entry for entry in plan.entries if entry != plan.present.by_id.get(entry.id)]
    words = {entry.id: "\n".join(str(v) for v in columns_of(entry).values() if v) for entry in came}
    try:
        refuse_sealed_names(changed.db, study, "\n".join(words.values()))
    except Refused:
        for code_id, text in words.items():
            try:
                refuse_sealed_names(changed.db, study, text)
            except Refused as refused:
                raise Refused(f"{code_id}: {refused.message}", refused.hint) from None
        raise


def _write(changed: Change, plan: ImportPlan) -> None:
    present, book = plan.present.by_id, plan.book.by_id
    differing = [entry for entry in book.values() if entry.id in present and entry != present[entry.id]]
    added = [entry for _, entry in plan.book.walk(whole=True) if entry.id not in present]
    positions = {code_id: n for n, code_id in enumerate(book)}
    let_go = [e for e in present.values() if e.key and (e.id not in book or book[e.id].key != e.key)]
    changed.update(Code, [{"id": e.id, "key": None} for e in let_go])  # before another has it
    made = {"created_by": changed.coder, "created_at": now()}
    changed.insert(Code, [columns_of(entry) | {"position": positions[entry.id]} | made for entry in added])
    changed.update(Code, [columns_of(entry) for entry in differing])
    changed.update(Code, [{"id": i, "position": positions[i]} for i in present if i in positions])
    gone = [{"id": entry.id} for _, entry in plan.present.walk(whole=True) if entry.id not in book]
    changed.delete(Code, gone[::-1])  # children before parents
