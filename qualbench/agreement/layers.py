"""The layers of several coders in the sources that they have finished, read once, as ranges of units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.agreement.cells import ranges_of
from qualbench.agreement.comparable import compared_sources
from qualbench.agreement.units import (
    COUNTED,
    EVERYBODY,
    PARTICIPANTS,
    UNITS,
    WHOLE_TEXT,
    Units,
    characters,
    whole_units,
)
from qualbench.codebook.tree import codebook_of
from qualbench.errors import BadInput
from qualbench.study.database import Study
from qualbench.study.tables import Coding, Source, Speaker, Turn, table_of
from qualbench.text.sentences import sentences
from qualbench.text.spans import Span

Codings = Mapping[str, Mapping[str, Sequence[Span]]]
"""Spans in order, by code id and name of the source."""


@dataclass(frozen=True)
class Layers:
    """What several coders have coded where they can be compared.

    Attributes:
        unit: What is counted, one of `UNITS`.
        counted: Whose words count, one of `COUNTED`.
        coders: Two or more.
        finished: For each source, by name and in order of names, those of the coders who have finished it.
        codes: Ids of the codes that any of them has used there, in the order of the codebook.
        units: The units of each source.
        characters: The characters of each source that count, for what is measured in lengths.
        codings: Each coder's codings as they stand in the text.
        ranges: For each coder, by code and source, the ranges of units that have the code, in order, apart.
    """

    unit: str
    counted: str
    coders: tuple[str, ...]
    finished: Mapping[str, frozenset[str]]
    codes: tuple[str, ...]
    units: Mapping[str, Units]
    characters: Mapping[str, Units]
    codings: Mapping[str, Codings]
    ranges: Mapping[str, Codings]

    @property
    def sources(self) -> list[str]:
        """The names of the sources."""
        return list(self.finished)

    @property
    def pair(self) -> tuple[str, str]:
        """The coders where there are two.

        Raises:
            BadInput: If there are more.
        """
        if len(self.coders) != 2:
            raise BadInput("This is a figure of two coders.", "Name two: --coders AB,CD.")
        return self.coders[0], self.coders[1]


def read_layers(
    study: Study,
    *,
    unit: str = "turn",
    coders: Sequence[str] | None = None,
    counted: str = PARTICIPANTS,
    sources: Collection[str] | None = None,
    codes: Collection[str] | None = None,
) -> Layers:
    """Read what coders have coded in the sources that at least two of them have finished.

    Args:
        study: The study, with the coder at work, who sees no comparison of what they have still to code.
        unit: One of `UNITS`.
        coders: Two or more; None means all who can be compared.
        counted: One of `COUNTED`; the whole text is counted in characters.
        sources: Only these, by name.
        codes: Only these and what is below them, by id or label.

    Raises:
        BadInput: If the unit or what is counted is unknown, or the two do not go together.
        NotFound: If a coder, source or code does not exist.
        Refused: If there is no source in which they can be compared.
    """
    check_unit(unit, counted)
    named, finished = compared_sources(study, coders, sources)
    finished = dict(sorted(finished.items()))
    with study.read() as db:
        book = codebook_of(db)
        order = [entry.id for _, entry in book.walk(whole=True)]
        if codes is not None:
            wanted = {id_ for code in codes for id_ in book.at_and_below(book.find(code).id)}
            order = [code for code in order if code in wanted]
        units, lengths = read_units(db, finished, unit, counted)
        codings = {
            coder: _codings_by_code(db, [name for name, who in finished.items() if coder in who], coder)
            for coder in named
        }
    return place_layers(unit, counted, finished, order, units, lengths, codings)


def place_layers(
    unit: str,
    counted: str,
    finished: Mapping[str, frozenset[str]],
    order: Iterable[str],
    units: Mapping[str, Units],
    lengths: Mapping[str, Units],
    codings: Mapping[str, Codings],
) -> Layers:
    """Turn codings into ranges of units; a coding of nothing that counts has none.

    Args:
        unit: One of `UNITS`.
        counted: One of `COUNTED`.
        finished: The sources, with those who have finished each.
        order: Ids of codes, in the order wanted; others are left out, and those that nobody has used.
        units: The units of each source.
        lengths: The characters of each source that count.
        codings: The codings of each coder, in order.
    """
    codes = [code for code in order if any(code in of_coder for of_coder in codings.values())]
    ranges: dict[str, Codings] = {}
    for coder, of_coder in codings.items():
        ranges[coder] = {
            code: {
                source: placed
                for source, spans in of_coder.get(code, {}).items()
                if (placed := ranges_of(units[source], spans))
            }
            for code in codes
        }
    return Layers(unit, counted, tuple(codings), finished, tuple(codes), units, lengths, codings, ranges)


def check_unit(unit: str, counted: str) -> None:
    """Check what is to be counted.

    Raises:
        BadInput: If the unit or what is counted is unknown, or the two do not go together.
    """
    if unit not in UNITS:
        raise BadInput(f"'{unit}' is not a unit.", f"Use one of {', '.join(UNITS)}.")
    if counted not in COUNTED:
        raise BadInput(f"'{counted}' cannot be counted.", f"Use one of {', '.join(COUNTED)}.")
    if counted == WHOLE_TEXT and unit != "character":
        raise BadInput("The whole text, labels and all, is counted in characters.", "Use the unit character.")


def read_units(
    db: Session, names: Collection[str], unit: str, counted: str
) -> tuple[dict[str, Units], dict[str, Units]]:
    """Give the units of sources by name, and the characters that count there.

    Args:
        db: The session.
        names: The names of the sources.
        unit: One of `UNITS`.
        counted: One of `COUNTED`.
    """
    talk = _counted_spans(db, names, counted)
    lengths = {name: characters(spans) for name, spans in talk.items()}
    if unit == "character":
        return lengths, lengths
    if unit == "turn":
        return {name: whole_units(spans) for name, spans in talk.items()}, lengths
    source = table_of(Source)
    rows = db.execute(sa.select(source.c.name, source.c.text).where(source.c.name.in_(names)))
    texts = dict(rows.all())
    units = {
        name: whole_units(one for span in spans for one in sentences(texts[name], span))
        for name, spans in talk.items()
    }
    return units, lengths


def _codings_by_code(db: Session, names: Collection[str], layer: str) -> dict[str, dict[str, list[Span]]]:
    source, coding = table_of(Source), table_of(Coding)
    rows = db.execute(
        sa.select(coding.c.code_id, source.c.name, coding.c.start, coding.c.end)
        .join(source, source.c.id == coding.c.source_id)
        .where(coding.c.layer == layer, source.c.name.in_(names))
        .order_by(coding.c.start, coding.c.end)
    )
    found: dict[str, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for code, name, start, end in rows:
        found[code][name].append(Span(start, end))
    return found


def _counted_spans(db: Session, names: Collection[str], counted: str) -> dict[str, list[Span]]:
    """What of each source counts, in order."""
    source, turn, speaker = table_of(Source), table_of(Turn), table_of(Speaker)
    found: dict[str, list[Span]] = {name: [] for name in names}
    if counted == WHOLE_TEXT:
        for name, length in db.execute(
            sa.select(source.c.name, sa.func.length(source.c.text)).where(source.c.name.in_(names))
        ):
            found[name] = [Span(0, length)]
        return found
    rows = db.execute(
        sa.select(source.c.name, turn.c.start, turn.c.end)
        .join(speaker, sa.and_(speaker.c.source_id == turn.c.source_id, speaker.c.n == turn.c.speaker_n))
        .join(source, source.c.id == turn.c.source_id)
        .where(
            source.c.name.in_(names), sa.true() if counted == EVERYBODY else speaker.c.role == "participant"
        )
        .order_by(source.c.name, turn.c.start)
    )
    for name, start, end in rows:
        found[name].append(Span(start, end))
    return found
