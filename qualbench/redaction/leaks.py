"""The leak check: whether a name that was redacted somewhere still stands somewhere else."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.redaction.entities import ACCEPTED, REJECTED
from qualbench.study.database import Study
from qualbench.study.secret import digest, read_secret
from qualbench.study.tables import Code, Entity, Mention, Source, Variant, table_of
from qualbench.text.spans import Span, overlaps

_LONGEST = 8  # words in a name that is looked for
_TOKEN = re.compile(r"[(+]*[\w@.)]+(?:['’\-/+][\w@.)]+)*")


_CODE_TEXTS = ("label", "definition", "when_to_use", "when_not_to_use", "typical_example")


@dataclass(frozen=True)
class Leak:
    """A place where a redacted name still stands; the name itself is not given.

    Attributes:
        place: Where, such as "the text of P01_baseline".
        start: Code point in that text.
        end: The same, half-open.
    """

    place: str
    start: int
    end: int


def find_leaks(study: Study, *, unsealed: bool = True) -> list[Leak]:
    """Look for every form of every accepted entity in all texts, source names and the codebook.

    Names are known by their keyed digests only. In a text the places a reviewer has rejected are passed
    over, and capitals count: a name that is also a word is a leak only when written like the name.

    Args:
        study: The study.
        unsealed: Whether to look into texts that are not sealed yet.

    Raises:
        Refused: If the secret of the study is not on this machine.
    """
    secret = read_secret(study)
    entity, variant, mention = table_of(Entity), table_of(Variant), table_of(Mention)
    source, code = table_of(Source), table_of(Code)
    with study.read() as db:
        wanted = set(
            db.execute(
                sa.select(variant.c.digest)
                .join_from(variant, entity, variant.c.entity_id == entity.c.id)
                .where(entity.c.decision == ACCEPTED)
            ).scalars()
        )
        if not wanted:
            return []
        rejected: dict[str, list[Span]] = defaultdict(list)
        for row in db.execute(
            sa.select(mention.c.source_id, mention.c.start, mention.c.end)
            .join_from(mention, entity, mention.c.entity_id == entity.c.id)
            .where(entity.c.decision == REJECTED)
        ):
            rejected[row.source_id].append(Span(row.start, row.end))
        texts = db.execute(
            sa.select(source.c.id, source.c.name, source.c.text, source.c.state).order_by(source.c.name)
        ).all()
        entries = db.execute(sa.select(code).order_by(code.c.id)).mappings().all()
    digests: dict[str, bool] = {}
    leaks = []
    for source_id, name, text, state in texts:
        found = _find(name.replace("_", " "), wanted, secret, digests)
        leaks += [Leak("the name of the source " + name, *span) for span in found]
        if state == "sealed" or unsealed:
            found = _find(text, wanted, secret, digests)
            passed = rejected[source_id]
            leaks += [
                Leak("the text of " + name, *span)
                for span in found
                if not any(overlaps(span, p) for p in passed)
            ]
    for entry in entries:
        for field in _CODE_TEXTS:
            found = _find(entry[field], wanted, secret, digests)
            leaks += [
                Leak(f"the {field.replace('_', ' ')} of the code {entry['id']}", *span) for span in found
            ]
    return leaks


def _find(text: str, wanted: set[str], secret: bytes, digests: dict[str, bool]) -> list[Span]:
    """Runs of up to six words whose digest is wanted, the longest first at each place."""
    tokens = [Span(*match.span()) for match in _TOKEN.finditer(text)]
    tokens = [Span(s, e - len(text[s:e]) + len(text[s:e].rstrip("."))) for s, e in tokens]
    found: list[Span] = []
    for n, first in enumerate(tokens):
        if not (
            text[first.start].isupper() or text[first.start].isdigit() or "@" in text[first.start : first.end]
        ):
            continue
        for last in tokens[n : n + _LONGEST][::-1]:
            words = re.sub(r"['’]s$", "", text[first.start : last.end])
            hit = digests.get(words)
            if hit is None:
                hit = digests[words] = digest(secret, words) in wanted
            if hit:
                found.append(Span(first.start, first.start + len(words)))
                break
    return found
