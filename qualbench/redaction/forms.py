"""The forms of redacted names, known by keyed digests, and finding them and their misspellings in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.redaction.capitals import is_known_word
from qualbench.redaction.lexicon import load_lexicon
from qualbench.study.secret import digest
from qualbench.study.tables import Entity, Variant, table_of
from qualbench.text.spans import Span
from qualbench.text.words import fold

_LONGEST = 12  # words in a form that is looked for; an e-mail address has several
_ORDINARY = 3  # words in small letters, up to which a form of ordinary words says nothing
_MISSPELT = 5  # letters from which on a word is looked for misspelt
_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True)
class Found:
    """A form of an entity in a text: code points, half-open, and whether it is spelt as it was redacted."""

    span: Span
    entity_id: str
    exact: bool


def variant_columns(secret: bytes, words: str) -> dict[str, str]:
    """Give what the study remembers of a form of words: digests of the whole, its first word, its likes.

    The likes are the digests of each long word and of that word without one of its letters: two words are
    one slip apart if they share one (symmetric deletion: Garbe 2012, "SymSpell"). They are cut to 64 bits.
    """
    tokens = _TOKEN.findall(words)
    named = [token for token in tokens if not is_known_word(token, load_lexicon())]
    likes = [like for token in named for like in _likes(secret, token)]
    return {
        "digest": digest(secret, words),
        "first_word_digest": digest(secret, tokens[0] if tokens else words),
        "likes": " ".join(likes),
    }


def _likes(secret: bytes, word: str) -> list[str]:
    small = fold(word)
    if len(small) < _MISSPELT or not small.isalpha():
        return []
    shorter = {small[:n] + small[n + 1 :] for n in range(len(small))}
    return [digest(secret, one)[:16] for one in sorted({small} | shorter)]


class Forms:
    """The forms of some entities, known by their digests only.

    Args:
        secret: The study's secret.
        rows: For each form its entity and its columns of `Variant`.
    """

    def __init__(self, secret: bytes, rows: Sequence[tuple[str, str, str, str]]) -> None:
        self._secret = secret
        self._wholes = {whole: entity for entity, whole, _, _ in rows}
        self._first_words = {first for _, _, first, _ in rows}
        self._likes = {like: entity for entity, _, _, likes in rows for like in likes.split()}
        self._digests: dict[str, str] = {}
        self._misspelt: dict[str, str | None] = {}

    def find(self, text: str) -> list[Found]:
        """Give the places of these forms in a text, in any case, the longest at each place; also misspelt.

        A few ordinary words in small letters, or small numbers, are passed over: many names are words too.
        """
        tokens = [Span(*match.span()) for match in _TOKEN.finditer(text)]
        found: list[Found] = []
        end = 0
        for n, token in enumerate(tokens):
            if token.start >= end and (one := self._at(text, tokens[n : n + _LONGEST])) is not None:
                found.append(one)
                end = one.span.end
        return found

    def _at(self, text: str, tokens: Sequence[Span]) -> Found | None:
        first = tokens[0]
        word = text[first.start : first.end]
        if self.digest(word) in self._first_words:
            for n in range(len(tokens), 0, -1):
                span = Span(first.start, tokens[n - 1].end)
                entity = self._wholes.get(self.digest(text[span.start : span.end]))
                if entity is not None and not (n <= _ORDINARY and _is_ordinary(text, tokens[:n])):
                    return Found(span, entity, exact=True)
        entity = self._like(word)
        return Found(first, entity, exact=False) if entity is not None else None

    def _like(self, word: str) -> str | None:
        if word not in self._misspelt:
            likes = _likes(self._secret, word) if _may_be_misspelt(word) else []
            shared = (self._likes[like] for like in likes if like in self._likes)
            self._misspelt[word] = next(shared, None)
        return self._misspelt[word]

    def digest(self, words: str) -> str:
        """Give the keyed digest of some words, remembering it."""
        known = self._digests.get(words)
        if known is None:
            known = self._digests[words] = digest(self._secret, words)
        return known


def _may_be_misspelt(word: str) -> bool:
    """Whether a word is in no list, and so may be a name with a slip in it; another first name may be too."""
    lexicon = load_lexicon()
    listed = is_known_word(word, lexicon) or lexicon.is_last_name(word) or lexicon.is_place(word)
    return not listed and not (word.islower() and lexicon.is_first_name(word))


def _is_ordinary(text: str, tokens: Sequence[Span]) -> bool:
    lexicon = load_lexicon()
    words = [text[token.start : token.end] for token in tokens]
    return all(
        len(word) < 4 if word.isdigit() else word.islower() and is_known_word(word, lexicon) for word in words
    )


def forms_of(db: Session, secret: bytes, decision: str) -> Forms:
    """Give the forms of all entities of a study that were decided in one way."""
    return Forms(secret, list(form_rows(db, decision)))


def form_rows(db: Session, decision: str) -> Iterator[tuple[str, str, str, str]]:
    """Give entity, digest, digest of the first word, and likes of the forms decided on in one way."""
    entity, variant = table_of(Entity), table_of(Variant)
    for row in db.execute(
        sa.select(variant)
        .join_from(variant, entity, variant.c.entity_id == entity.c.id)
        .where(entity.c.decision == decision)
        .order_by(variant.c.digest)
    ):
        yield row.entity_id, row.digest, row.first_word_digest, row.likes
