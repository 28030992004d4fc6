"""The named-entity recognisers: the small ones of the program, and any of spaCy's that is installed.

spaCy is imported when one is loaded. Nothing is ever downloaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import metadata, resources
from typing import TYPE_CHECKING, Any

from qualbench.errors import NotFound
from qualbench.redaction.patterns import STRONG, Suggestion
from qualbench.text.spans import Span

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_KINDS = {
    "PERSON": "person",
    "PLACE": "place",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "ORG": "organisation",
    "NORP": "indirect",
    "DATE": "date",
}
_LEAN = {False: 1.2, True: 5.0}  # towards recall, in texts with and without capitals
_CHUNK = 4_000  # characters given to a recogniser at once
_DAY = re.compile(
    r"\d|january|february|march|april|june|july|august|september|october|november|december", re.I
)


def installed_models() -> list[str]:
    """Give the names of spaCy's own English pipelines that are installed, the best first."""
    order = ("en_core_web_trf", "en_core_web_lg", "en_core_web_md", "en_core_web_sm")
    names = {str(dist.metadata["Name"]).replace("-", "_") for dist in metadata.distributions()}
    return [name for name in order if name in names]


def recognise(
    text: str, lines: Sequence[Span], *, lower: bool, model: str | None = None
) -> Iterator[Suggestion]:
    """Find names with the recognisers there are.

    Args:
        text: The text of a source.
        lines: The stretches to look at, each by itself.
        lower: Whether the text has no capitals.
        model: One of spaCy's own pipelines to use besides; None takes the best installed.
    """
    pipelines = [_shipped(lower)]
    further = model or next(iter(installed_models()), None)
    if further is not None:
        pipelines.append(_load(further))
    pieces = list(_pieces(lines))
    for nlp in pipelines:
        docs = nlp.pipe([text[piece.start : piece.end] for piece in pieces], batch_size=64)
        for piece, doc in zip(pieces, docs, strict=True):
            for kind, start, end in _joined(doc):
                if kind != "date" or _DAY.search(doc.text[start:end]):
                    start, end = piece.start + start, piece.start + end
                    yield Suggestion(start, end, kind, STRONG, "recogniser", "read as a name")


def _joined(doc: Doc) -> Iterator[tuple[str, int, int]]:
    """The names in a piece; "the Dust Lab at the Space Centre" is one organisation."""
    held: tuple[str, int, int] | None = None
    for found in doc.ents:
        kind = _KINDS.get(found.label_)
        if kind is None:
            continue
        start = found.start_char
        if held and held[0] == kind == "organisation" and doc.text[held[2] : start] in (" at ", " at the "):
            start, held = held[1], None
        if held is not None:
            yield held
        held = (kind, start, found.end_char)
    if held is not None:
        yield held


def _pieces(lines: Sequence[Span]) -> Iterator[Span]:
    for line in lines:
        for start in range(line.start, line.end, _CHUNK):
            yield Span(start, min(start + _CHUNK, line.end))


@lru_cache(maxsize=4)
def _shipped(lower: bool) -> Language:
    folder = resources.files("qualbench").joinpath(
        "data", "recognisers", "names-lower" if lower else "names-cased"
    )
    nlp = _load(str(folder))
    ner: Any = nlp.get_pipe("ner")
    actions = [ner.moves.get_class_name(n) for n in range(ner.moves.n_moves)]
    output = ner.model.get_ref("upper")
    bias = output.get_param("b").copy()
    bias[actions.index("O")] -= _LEAN[lower]  # makes "no name" less likely, without training again
    output.set_param("b", bias)
    return nlp


def _load(name: str) -> Language:
    import spacy

    try:
        return spacy.load(name, exclude=["tagger", "parser", "lemmatizer", "attribute_ruler", "senter"])
    except OSError:
        raise NotFound(
            f"The pipeline '{name}' is not installed.", "Install it, or leave --model out."
        ) from None
