"""Words that tell the arm of the trial, looked for before a source goes to a reader blind to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.study.database import Study
from qualbench.study.settings import read_study_settings
from qualbench.study.tables import Source, table_of
from qualbench.transcripts.sources import source_ids

_AROUND = 40  # code points of context either side


@dataclass(frozen=True)
class Unmasking:
    """A place that tells the arm: code points in the text of a source, half-open, and the words around it."""

    source: str
    start: int
    end: int
    word: str
    context: str


def find_unmasking(study: Study, sources: Sequence[str] = ()) -> list[Unmasking]:
    """Find the study's unmasking words in sources, as whole words in any case; abbreviations as they are.

    Args:
        study: The study.
        sources: Names of sources; none means all.

    Raises:
        NotFound: If one of the names is not a source.
    """
    pattern = _pattern(study)
    if pattern is None:
        return []
    table = table_of(Source)
    with study.read() as db:
        source_ids(db, list(sources))
        rows = db.execute(sa.select(table.c.name, table.c.text).order_by(table.c.name)).all()
    return [
        Unmasking(
            name,
            *match.span(),
            match[0],
            " ".join(text[max(0, match.start() - _AROUND) : match.end() + _AROUND].split()),
        )
        for name, text in rows
        if not sources or name in sources
        for match in pattern.finditer(text)
    ]


def unmasking_in(study: Study, texts: Sequence[str]) -> list[list[str]]:
    """Give the unmasking words that stand in each of some texts, such as names of sources."""
    pattern = _pattern(study)
    return [[] if pattern is None else [match[0] for match in pattern.finditer(text)] for text in texts]


def _pattern(study: Study) -> re.Pattern[str] | None:
    """What finds the study's unmasking words; None if it has none."""
    words = sorted(read_study_settings(study).unmasking_words, key=len, reverse=True)
    if not words:
        return None
    shown = "|".join(
        re.escape(word) if word.isupper() else rf"(?i:{re.escape(word)})" for word in words
    ).replace(r"\ ", r"\s+")
    return re.compile(rf"(?<!\w)(?:{shown})(?!\w)")
