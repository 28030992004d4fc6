"""Counting as NVivo's Matrix Coding query does, so that its numbers can be held against ours.

A reference of a cell is a stretch of text that is coded with the row and belongs to the column; what
adjoins or overlaps within a source is one (definition inferred from NVivo's documentation; not measured).
So a passage that an interviewer's question interrupts is two references, where the matrix of `analysis`
counts one passage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qualbench.analysis.matrix import Matrix
from qualbench.analysis.matrix_model import Size
from qualbench.analysis.spoken import in_order
from qualbench.codebook.outline import Place
from qualbench.exchange.refi_qda.contents import Case, Contents
from qualbench.text.spans import Span, intersect, merge

CROSSINGS = (("Stakeholder",), ("Timepoint",), ("Site",), ("Stakeholder", "Timepoint"))
"""What the columns of the matrices cross."""

UNASSIGNED = "Unassigned"
"""NVivo's own value of an attribute that a case does not have."""

ROWS = ("codes", "themes")
"""Rows of the matrices: every entry with its own codings, or themes with all that is below them."""

_Passages = Mapping[str, Sequence[Span]]  # by source, merged


@dataclass(frozen=True)
class CodeCount:
    """How often a code is used in a layer.

    Attributes:
        files: Sources with a coding of it.
        references: Passages: codings that overlap or adjoin are one.
        codings: Codings.
    """

    files: int
    references: int
    codings: int


def code_counts(contents: Contents, layer: str) -> dict[str, CodeCount]:
    """Count the own codings of each entry in a layer, by id."""
    spans = _spans(contents, layer)
    found = {}
    for place in contents.places:
        of_code = spans.get(place.entry.id, {})
        found[place.entry.id] = CodeCount(
            len(of_code),
            sum(len(merge(one)) for one in of_code.values()),
            sum(len(one) for one in of_code.values()),
        )
    return found


def matrices(contents: Contents, layer: str) -> Iterator[Matrix]:
    """Give the matrices of a layer in NVivo's references: each of `ROWS` by each of `CROSSINGS`.

    A crossing of an attribute that no case has is left out, and so are themes if nothing is below any.
    """
    spans = _spans(contents, layer)
    rows = {"codes": [(place.entry.id, [place.entry.id]) for place in contents.places]}
    themes = _by_theme(contents.places)
    if len(themes) < len(contents.places):
        rows["themes"] = list(themes.items())
    for attributes in CROSSINGS:
        if not set(attributes) <= set(contents.attribute_names):
            continue
        groups: dict[tuple[str, ...], list[Case]] = defaultdict(list)
        for case in contents.cases:
            groups[tuple(case.attributes.get(name, UNASSIGNED) for name in attributes)].append(case)
        columns = in_order(groups, attributes, contents.lists)
        talk = [_talk(groups[column]) for column in columns]
        for name in ROWS:
            if rows.get(name):
                coded = [_together(spans, codes) for _, codes in rows[name]]
                yield Matrix(
                    attributes,
                    [contents.code_names[code] for code, _ in rows[name]],
                    columns,
                    [[_references(one, of_column) for of_column in talk] for one in coded],
                    layer,
                    counts=f"references of {name}",
                    sizes=[_size(groups[column]) for column in columns],
                )


def _by_theme(places: Iterable[Place]) -> dict[str, list[str]]:
    """The ids of the entries at the top, each with its own and those below it."""
    themes: dict[str, list[str]] = {}
    above: dict[str, str] = {}
    for place in places:
        theme = above[place.parent] if place.parent is not None else place.entry.id
        above[place.entry.id] = theme
        themes.setdefault(theme, []).append(place.entry.id)
    return themes


def _spans(contents: Contents, layer: str) -> Mapping[str, Mapping[str, Sequence[Span]]]:
    """The codings of a layer by code and source."""
    found: dict[str, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for source, codings in contents.codings.items():
        for coding in codings:
            if coding.layer == layer:
                found[coding.code][source].append(coding.span)
    return found


def _together(spans: Mapping[str, Mapping[str, Sequence[Span]]], codes: Collection[str]) -> _Passages:
    joined: dict[str, list[Span]] = defaultdict(list)
    for code in codes:
        for source, of_source in spans.get(code, {}).items():
            joined[source] += of_source
    return {source: merge(of_source) for source, of_source in joined.items()}


def _talk(cases: Iterable[Case]) -> _Passages:
    joined: dict[str, list[Span]] = defaultdict(list)
    for case in cases:
        for source, turns in case.turns.items():
            joined[source] += turns
    return {source: merge(turns) for source, turns in joined.items()}


def _size(cases: Sequence[Case]) -> Size:
    return Size(
        len({source for case in cases for source in case.turns}), len({case.participant for case in cases})
    )


def _references(coded: _Passages, talk: _Passages) -> int:
    return sum(len(intersect(spans, talk[source])) for source, spans in coded.items() if source in talk)
