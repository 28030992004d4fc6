"""Codebooks of every kind, for properties."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from qualbench.codebook.drafts import BookFile, one_line
from qualbench.codebook.tree import LEVELS, Codebook, CodeEntry
from qualbench.text.words import fold

_HARD = [
    ": ", " #", "# no", "- ", "---", "...", "'", '"', "\\", "null", "Yes", "~", "=1+1", "@x", "+3", "'=a",
    "{a}", "[b", "&a", "*a", "!t", "%Y", "| ", ">-", "? ", "a: b", "é", "🙂", "\u2028", "\u0085", "\ufeff",
    "\n", "\t", "1e5", "0123", ",", ";", ";;", "\\;", "long words " * 12, "x" * 130, " > ",
]  # fmt: skip
words = st.lists(st.one_of(st.sampled_from(_HARD), st.text(max_size=8)), max_size=4).map(
    lambda parts: one_line("".join(parts))
)
items = st.lists(words.filter(bool), max_size=3, unique=True).map(tuple)
_TEXTS = (
    "short_definition", "definition", "when_to_use", "when_not_to_use", "typical_example",
    "atypical_example", "near_miss_example", "central_concept", "question",
)  # fmt: skip


@st.composite
def entries(draw: st.DrawFn) -> list[CodeEntry]:
    """Up to six entries that make a codebook, in the order of its tree."""
    made: list[CodeEntry] = []
    for n in range(draw(st.integers(1, 6))):
        parent = draw(st.sampled_from([None, *made]))
        values: dict[str, Any] = {name: draw(words) for name in draw(st.sets(st.sampled_from(_TEXTS)))}
        values |= {name: draw(items) for name in draw(st.sets(st.sampled_from(["tags", "stakeholders"])))}
        label = draw(words) or "x"
        if (parent, fold(label)) in {(e.parent_id and parent, fold(e.label)) for e in made}:
            label = f"{label} {n}"
        merged = draw(st.booleans()) and bool(made)
        made.append(
            CodeEntry(
                f"e{n}" if draw(st.booleans()) else f"{n}e1",
                parent.id if parent else None,
                draw(st.sampled_from(LEVELS)),
                f"{label} {n}" if any(fold(e.label) == fold(label) for e in made) else label,
                origin=draw(st.sampled_from(["", "theory", "data"])),
                colour=draw(st.sampled_from([None, "#0072B2"])),
                key=draw(st.sampled_from([None, "yn12ab"[n]])),
                status="merged" if merged else draw(st.sampled_from(["agreed", "candidate", "retired"])),
                merged_into=draw(st.sampled_from(made)).id if merged else None,
                **values,
            )
        )
    return [entry for _, entry in Codebook(made).walk(whole=True)]


books = st.builds(
    lambda made, title, source: BookFile("book", made, title=title, source=source), entries(), words, words
)


@st.composite
def changed_books(draw: st.DrawFn) -> tuple[BookFile, BookFile]:
    """A book, and one with some of its entries changed, some gone and some new."""
    book, other = draw(books), draw(entries())
    kept = [entry for entry in book.entries if draw(st.booleans())]
    kept = [replace(e, status="agreed", merged_into=None, definition=draw(words)) for e in kept]
    new = [
        replace(
            e, id=f"new-{n}", parent_id=None, label=f"New {n}", status="agreed", merged_into=None, key=None
        )
        for n, e in enumerate(other)
    ]
    ids = {entry.id for entry in kept}
    kept = [e if e.parent_id in ids else replace(e, parent_id=None, label=f"{e.label} {e.id}") for e in kept]
    after = [entry for _, entry in Codebook(draw(st.permutations([*kept, *new]))).walk(whole=True)]
    return book, replace(book, entries=after)
