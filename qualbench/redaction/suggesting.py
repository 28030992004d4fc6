"""Suggesting redactions: looking through sources and keeping what is new, by entity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.errors import Refused
from qualbench.redaction.capitals import has_no_capitals, is_innocent, is_known_word
from qualbench.redaction.detectors import suggest
from qualbench.redaction.entities import ACCEPTED, reopen_sources
from qualbench.redaction.forms import Forms, forms_of, variant_columns
from qualbench.redaction.known import known_names
from qualbench.redaction.lexicon import Lexicon, load_lexicon
from qualbench.redaction.patterns import STRONG, Suggestion
from qualbench.redaction.records import new_entity
from qualbench.study.database import Study
from qualbench.study.journal import Change, change, source_mark
from qualbench.study.secret import digest, read_secret
from qualbench.study.tables import Entity, Mention, Source, Turn, Variant, new_id, table_of
from qualbench.text.spans import Span
from qualbench.text.words import WORD, fold
from qualbench.transcripts.sources import source_ids


def suggest_in_sources(
    study: Study,
    names: Mapping[str, str] | None = None,
    sources: Sequence[str] = (),
    model: str | None = None,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[str, int]:
    """Look for identifiers in unsealed sources and keep what is new as suggestions.

    What was decided before is remembered: a name accepted or rejected once is so wherever it comes back.

    Args:
        study: The study.
        names: Names, each with its kind, besides those kept for the study (`redaction.known`).
        sources: Names of sources; none means all that are not sealed.
        model: One of spaCy's pipelines to use besides; None takes the best installed.
        progress: Called before each source with the number done, the number of all, and its name.
        stopped: Asked before each source whether to leave the rest.

    Returns:
        The number of new mentions by source.
    """
    wanted = _wanted(study, sources)
    secret = read_secret(study)
    known = known_names(study) | dict(names or {})
    counts = {}
    for done, (source_id, name, state) in enumerate(wanted):
        if stopped():
            break
        progress(done, len(wanted), name)
        with study.read() as db:
            text, labels = _text_and_labels(db, source_id)
            redacted = forms_of(db, secret, ACCEPTED)
        found = suggest(text, known, labels, model=model)  # takes long, so before the change begins
        found = _with_those_elsewhere(text, found, redacted)
        with change(study, "suggest") as changed:
            if _text_and_labels(changed.db, source_id)[0] != text:
                raise Refused(f"{name} has been changed meanwhile.", "Look for identifiers again.")
            counts[name] = _keep(changed, secret, source_id, text, found)
            if state == "imported":
                changed.update(Source, [{"id": source_id, "state": "suggested"}])
            reopen_sources(changed)
            changed.summary = f"Suggested {counts[name]} redactions in {source_mark(source_id)}"
    return counts


def without_capitals(study: Study, sources: Sequence[str]) -> list[str]:
    """Give those of some sources that are written without capitals, as raw speech recognition is."""
    table = table_of(Source)
    with study.read() as db:
        rows = db.execute(sa.select(table.c.name, table.c.text).where(table.c.name.in_(sources)))
        return sorted(name for name, text in rows if has_no_capitals(text))


def _wanted(study: Study, sources: Sequence[str]) -> list[tuple[str, str, str]]:
    """Id, name and state of the sources asked for, or else of all that are not sealed."""
    table = table_of(Source)
    with study.read() as db:
        if sources:
            source_ids(db, list(sources))
        rows = db.execute(sa.select(table.c.id, table.c.name, table.c.state)).all()
    wanted = [
        (id_, name, state)
        for id_, name, state in rows
        if name in sources or (not sources and state != "sealed")
    ]
    return sorted(wanted, key=lambda row: row[1])


def _with_those_elsewhere(text: str, found: Sequence[Suggestion], forms: Forms) -> list[Suggestion]:
    """What the detectors have found, and what was redacted elsewhere in the study; of two the longer."""
    kept = list(found)
    for one in forms.find(text):
        here = [s for s in kept if s.start < one.span.end and one.span.start < s.end]
        covered = all(one.span.start <= s.start and s.end <= one.span.end for s in here)
        if covered and not any((s.start, s.end) == one.span for s in here):
            reason = "redacted elsewhere" if one.exact else "like what was redacted elsewhere, misspelt"
            kept = [s for s in kept if s not in here]
            kept.append(Suggestion(*one.span, "name", STRONG, "study", reason))
    return sorted(kept)


def _text_and_labels(db: Session, source_id: str) -> tuple[str, list[Span]]:
    source, turn = table_of(Source), table_of(Turn)
    text = str(db.execute(sa.select(source.c.text).where(source.c.id == source_id)).scalar_one())
    rows = db.execute(
        sa.select(turn.c.label_start, turn.c.start)
        .where(turn.c.source_id == source_id, turn.c.label_start < turn.c.start)
        .order_by(turn.c.start)
    )
    return text, [Span(start, end - len(": ")) for start, end in rows]


def _keep(changed: Change, secret: bytes, source_id: str, text: str, found: Sequence[Suggestion]) -> int:
    """Store suggestions that are new, each with the entity of its words; give their number."""
    mention, variant = table_of(Mention), table_of(Variant)
    taken = bytearray(len(text))
    for start, end in changed.db.execute(
        sa.select(mention.c.start, mention.c.end).where(mention.c.source_id == source_id)
    ):
        taken[start:end] = b"\1" * (end - start)
    fresh = [s for s in found if not any(taken[s.start : s.end])]
    forms = {fold(text[s.start : s.end]): s.kind for s in reversed(fresh)}
    digests = {form: digest(secret, form) for form in forms}
    people = [text[s.start : s.end] for s in fresh if s.kind == "person"]
    wholes = {part: whole for part, whole in whole_names(people).items() if part in forms}
    entities: dict[str, str] = {
        row.digest: row.entity_id
        for row in changed.db.execute(sa.select(variant.c.digest, variant.c.entity_id))
    }
    known = set(entities)
    made = {}
    for form in sorted(forms, key=lambda form: form in wholes):  # wholes before their parts
        if digests[form] not in entities:
            whole = wholes.get(form)
            entities[digests[form]] = entities[digests[whole]] if whole else new_id()
            if not whole:
                made[entities[digests[form]]] = forms[form]
    changed.insert(Entity, [new_entity(entity_id, kind) for entity_id, kind in made.items()])
    fresh_forms = {digests[form]: form for form in forms if digests[form] not in known}
    changed.insert(
        Variant,
        [{**variant_columns(secret, form), "entity_id": entities[key]} for key, form in fresh_forms.items()],
    )
    changed.insert(
        Mention,
        [
            {
                "id": new_id(),
                "source_id": source_id,
                "start": s.start,
                "end": s.end,
                "entity_id": entities[digests[fold(text[s.start : s.end])]],
                "tier": s.tier,
                "detector": s.detector,
                "reason": s.reason,
                "decision": None,
                "sealed": False,
            }
            for s in fresh
        ],
    )
    return len(fresh)


def whole_names(names: Iterable[str]) -> dict[str, str]:
    """Give for parts and initials of people's names the whole name, where it can be of one only.

    Args:
        names: Names as they stand in one text.

    Returns:
        The whole name by the part, both folded.
    """
    lexicon = load_lexicon()
    owners: dict[str, set[str]] = defaultdict(set)
    for name in {name for name in names if len(name.split()) > 1}:
        words = [word for word in WORD.findall(name) if not is_innocent(word)]
        if any(is_known_word(word, lexicon) and not _may_name(word, lexicon) for word in words):
            continue  # other words have come in with the name
        initials = "".join(word[0] for word in words)
        for part in (*(word for word in words if len(word) > 2), initials if len(words) > 1 else ""):
            if part and fold(part) != fold(name):
                owners[fold(part)].add(fold(name))
    return {part: of.pop() for part, of in owners.items() if len(of) == 1}


def _may_name(word: str, lexicon: Lexicon) -> bool:
    return lexicon.is_first_name(word) or lexicon.is_last_name(word)
