"""Random layouts of turns and codings, and layers made of them without a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from qualbench.agreement.layers import Layers, place_layers
from qualbench.agreement.units import characters, whole_units
from qualbench.text.spans import Span

LENGTH = 60

spans = st.lists(
    st.tuples(st.integers(0, LENGTH - 2), st.integers(1, 12)).map(
        lambda p: Span(p[0], min(LENGTH, p[0] + p[1]))
    ),
    max_size=8,
)
"""Codings on a text of `LENGTH` characters, which may overlap."""

turn_lists = st.lists(st.integers(0, LENGTH), max_size=10, unique=True).map(
    lambda cuts: [Span(a, b) for a, b in zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False)]
)
"""Turns with gaps between them."""


def layers_of(
    turns: Mapping[str, Sequence[Span]],
    codings: Mapping[str, Mapping[str, Mapping[str, Sequence[Span]]]],
    unit: str = "character",
    finished: Mapping[str, frozenset[str]] | None = None,
) -> Layers:
    """Layers of some coders: turns by source, codings by coder, code and source."""
    make = characters if unit == "character" else whole_units
    return place_layers(
        unit,
        "participants",
        finished or {source: frozenset(codings) for source in turns},
        sorted({code for of in codings.values() for code in of}),
        {source: make(of) for source, of in turns.items()},
        {source: characters(of) for source, of in turns.items()},
        {
            coder: {
                code: {source: sorted(of) for source, of in by_source.items()}
                for code, by_source in by_code.items()
            }
            for coder, by_code in codings.items()
        },
    )
