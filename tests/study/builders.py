"""Small studies for tests, made with the product's own write path."""

from __future__ import annotations

from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.retext import fingerprint
from qualbench.study.tables import Code, Coder, Layer, Source, Speaker, Turn, now
from qualbench.text.words import count_words


def add_source(study: Study, text: str, name: str = "P01_baseline", source_id: str = "s1") -> str:
    """Add a source whose whole text is one turn of an unresolved speaker."""
    with change(study, "import", f"Imported {name}") as made:
        made.insert(
            Source,
            [
                {
                    "id": source_id,
                    "name": name,
                    "kind": "interview",
                    "format": "txt",
                    "state": "imported",
                    "words": count_words(text),
                    "fingerprint": fingerprint(text),
                    "imported_fingerprint": fingerprint(text),
                    "imported_at": now(),
                    "text": text,
                }
            ],
        )
        made.insert(Speaker, [{"source_id": source_id, "n": 1, "label": None, "role": "other"}])
        made.insert(
            Turn,
            [
                {
                    "source_id": source_id,
                    "n": 1,
                    "speaker_n": 1,
                    "label_start": 0,
                    "start": 0,
                    "end": len(text),
                }
            ],
        )
    return source_id


def add_codes(study: Study, *ids: str) -> None:
    """Add codes of one theme each, labelled like their ids."""
    with change(study, "codebook", "Added codes") as made:
        made.insert(
            Code, [{"id": code, "level": "code", "label": code, "position": n} for n, code in enumerate(ids)]
        )


def add_coders(study: Study, *initials: str) -> None:
    """Add further coders with their layers."""
    with change(study, "settings", "Added coders") as made:
        made.insert(Coder, [{"initials": who, "added_at": now()} for who in initials])
        made.insert(Layer, [{"name": who, "coder": who} for who in initials])
