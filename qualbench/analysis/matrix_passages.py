"""What stands behind the cells of a matrix: passages as participants speak in them, and sources."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from qualbench.analysis.matrix_counting import Voice, passages, said_in
from qualbench.analysis.matrix_material import Material, read_material
from qualbench.analysis.matrix_model import CellPassage, Request
from qualbench.analysis.quotes_labels import DEFAULT_LABEL, labels, read_template
from qualbench.errors import NotFound
from qualbench.study.database import Study
from qualbench.text.spans import Span
from qualbench.text.words import CUT


class CellSource(NamedTuple):
    """A source of a cell: its name, how many passages it has there, and if its topic was not asked about."""

    name: str
    passages: int
    not_asked: bool


def passages_of_cell(
    study: Study, request: Request, row: str | None, column: Sequence[str] | None
) -> list[CellPassage]:
    """Give what the participants of a cell say in the passages of its row, by source and place.

    These are as many as the cell counts passages, of as many sources and participants as it counts.

    Args:
        study: The study.
        request: What the matrix was asked to show; the passages are the same whatever its cells count.
        row: The id of the row's entry; None for all rows as one.
        column: A value of each attribute of the columns; None for all columns as one.

    Raises:
        NotFound: If the matrix has no such row or column, and as `count_matrix`.
        BadInput: As `count_matrix`.
        Refused: If the layer may not be seen.
    """
    material = read_material(study, request, texts=True)
    codes, voices, _ = _cell(material, row, column)
    found = passages_said(material, {code: [0] for code in codes})
    return [passage for _, voice, passage in found if voice in voices]


def sources_of_cell(
    study: Study, request: Request, row: str, column: Sequence[str] | None
) -> list[CellSource]:
    """Give the sources of a cell by name, as far as they may be seen: those of its column.

    Args:
        study: The study.
        request: What the matrix was asked to show.
        row: The id of the row's entry.
        column: As for `passages_of_cell`.

    Raises:
        NotFound: As `passages_of_cell`.
        BadInput: As `count_matrix`.
        Refused: If the layer may not be seen.
    """
    material = read_material(study, request)
    codes, voices, not_asked = _cell(material, row, column)
    counts: Counter[str] = Counter()
    for _, source, spans in passages(material.codings, {code: [0] for code in codes}):
        for span in spans:
            said = said_in(material.talk.get(source, ()), span)
            counts[source] += len({turn.participant for turn in said if (source, turn.participant) in voices})
    named = {material.everybody.facts[voice]["source"]: voice[0] for voice in voices}
    return [CellSource(name, counts[named[name]], named[name] in not_asked) for name in sorted(named)]


def passages_said(
    material: Material, numbers: Mapping[str, Sequence[int]]
) -> Iterator[tuple[int, Voice, CellPassage]]:
    """Give the passages of rows as each participant speaks in them, by source, row and place.

    Args:
        material: What the matrix is counted from, with its texts.
        numbers: The numbers of the rows that each code counts for.
    """
    facts = material.everybody.facts
    template = read_template(DEFAULT_LABEL, material.everybody.attribute)
    label = labels(facts, template, material.smallest)
    name_of = {source: known["source"] for (source, _), known in facts.items()}
    found = [one for one in passages(material.codings, numbers) if one[1] in material.talk]
    for row, source, spans in sorted(found, key=lambda one: (name_of[one[1]], one[0])):
        for span in spans:
            parts: dict[str, list[Span]] = defaultdict(list)
            for start, end, who in said_in(material.talk[source], span):
                parts[who].append(Span(start, end))
            for who, own in parts.items():
                words = (material.texts[source][start:end].strip() for start, end in own)
                passage = CellPassage(
                    name_of[source],
                    span,
                    who,
                    tuple(own),
                    f" {CUT} ".join(filter(None, words)),
                    label[source, who],
                    who not in material.unquotable,
                )
                yield row, (source, who), passage


def _cell(
    material: Material, row: str | None, column: Sequence[str] | None
) -> tuple[set[str], set[Voice], Collection[str]]:
    """The codes and voices that a cell counts, and the sources in which its row was not asked about."""
    rows = [one for one in material.rows if row in (None, one.entry.id)]
    if not rows or (column is not None and tuple(column) not in material.columns):
        raise NotFound("The matrix has no such cell any more.", "Count it anew.")
    columns = material.voices if column is None else [material.voices[material.columns.index(tuple(column))]]
    codes = {code for one in rows for code in one.codes}
    return codes, set().union(*columns), frozenset.intersection(*(one.not_asked for one in rows))
