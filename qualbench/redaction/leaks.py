"""The leak check: whether a name that was redacted somewhere still stands somewhere else."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.redaction.entities import ACCEPTED, REJECTED
from qualbench.study.database import Study
from qualbench.study.secret import digest, read_secret
from qualbench.study.tables import Code, Entity, Mention, Source, Variant, table_of
from qualbench.text.spans import Span, overlaps

_LONGEST = 12  # words in a name that is looked for; an e-mail address has several
_TOKEN = re.compile(r"\w+")
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
    over, and so is a lone word in small letters: a name that is also a word is a leak only with its capital.

    Args:
        study: The study.
        unsealed: Whether to look into texts that are not sealed yet.

    Raises:
        Refused: If the secret of the study is not on this machine.
    """
    secret = read_secret(study)
    entity, mention = table_of(Entity), table_of(Mention)
    source, code = table_of(Source), table_of(Code)
    with study.read() as db:
        wanted = accepted_forms(db, secret)
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
    leaks = []
    for source_id, name, text, state in texts:
        found = wanted.find(name.replace("_", " "))
        leaks += [Leak("the name of the source " + name, *span) for span in found]
        if state == "sealed" or unsealed:
            found = wanted.find(text)
            passed = rejected[source_id]
            leaks += [
                Leak("the text of " + name, *span)
                for span in found
                if not any(overlaps(span, p) for p in passed)
            ]
    for entry in entries:
        for field in _CODE_TEXTS:
            found = wanted.find(entry[field])
            leaks += [
                Leak(f"the {field.replace('_', ' ')} of the code {entry['id']}", *span) for span in found
            ]
    return leaks


class AcceptedForms:
    """The forms of all accepted entities, known by their digests only.

    Args:
        secret: The study's secret.
        digests: For each form the digest of the whole and that of its first word.
    """

    def __init__(self, secret: bytes, digests: Sequence[tuple[str, str]]) -> None:
        self._secret = secret
        self._wholes = {whole for whole, _ in digests}
        self._first_words = {first for _, first in digests}
        self._known: dict[str, str] = {}

    def find(self, text: str) -> list[Span]:
        """Give the places of these forms in a text, the longest at each place.

        A lone word in small letters is not looked at, for many names are words too.
        """
        tokens = [Span(*match.span()) for match in _TOKEN.finditer(text)]
        found: list[Span] = []
        for n, first in enumerate(tokens):
            if self._digest(text[first.start : first.end]) not in self._first_words:
                continue
            small = text[first.start].islower()
            for last in tokens[n + small : n + _LONGEST][::-1]:
                if self._digest(text[first.start : last.end]) in self._wholes:
                    found.append(Span(first.start, last.end))
                    break
        return found

    def _digest(self, words: str) -> str:
        known = self._known.get(words)
        if known is None:
            known = self._known[words] = digest(self._secret, words)
        return known


def accepted_forms(db: Session, secret: bytes) -> AcceptedForms:
    """Give the forms of all accepted entities of a study."""
    entity, variant = table_of(Entity), table_of(Variant)
    rows = db.execute(
        sa.select(variant.c.digest, variant.c.first_word_digest)
        .join_from(variant, entity, variant.c.entity_id == entity.c.id)
        .where(entity.c.decision == ACCEPTED)
    )
    return AcceptedForms(secret, [(whole, first) for whole, first in rows])
