"""Changes of the text to learn from; each keeps the spans of a record in step with its text."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from corpus import Record, training_spans
from synthesise import Writer

KEPT = {"place": 0.5, "org": 0.3}  # share of the names of each kind that swapping leaves alone


def rewrite(text: str, spans: list[dict], new_text: Callable[[dict], str]) -> tuple[str, list[dict]]:
    """Replace each span by `new_text(span)`, and move the spans along."""
    out, moved, end = "", [], 0
    for span in spans:
        out += text[end : span["start"]]
        value = new_text(span)
        moved.append({"start": len(out), "end": len(out) + len(value), "label": span["label"]})
        out += value
        end = span["end"]
    return out + text[end:], moved


def swap_names(record: Record, writer: Writer) -> Record:
    """Give a copy with other people, places and organisations, the same for each name throughout."""
    text, spans = record["text"], training_spans(record)
    people = [text[s["start"] : s["end"]].split() for s in spans if s["label"] == "PERSON"]
    surnames = {words[-1] for words in people if len(words) > 1}
    changed: dict[tuple[str, str], str] = {}

    def new_text(span: dict) -> str:
        old = text[span["start"] : span["end"]]
        if span["label"] == "PERSON":
            parts = []
            for word in old.split():
                kind = "last" if word in surnames else "first"
                fresh = getattr(writer, kind)() if word[:1].isupper() else word
                parts.append(changed.setdefault((kind, word), fresh))
            return " ".join(parts)
        slot = {"PLACE": "place", "ORG": "org"}.get(span["label"])
        if slot is None:
            return old
        fresh = old if writer.rng.random() < KEPT[slot] else re.sub("^the ", "", writer.slot(slot))
        return changed.setdefault((slot, old), fresh)

    text, spans = rewrite(text, spans, new_text)
    return {"doc": record["doc"] + "_swapped", "text": text, "spans": spans}


def vary_words(record: Record, words: dict[str, list[str]], share: float, rng: random.Random) -> Record:
    """Replace a share of the ordinary words, each by any word of the same ending.

    The recogniser thus meets the whole of the language and does not take each unknown word for a name.
    """
    text = record["text"]
    named = {i for s in record["spans"] for i in range(s["start"], s["end"])}
    ordinary = [
        {"start": m.start(), "end": m.end(), "label": ""}
        for m in re.finditer(r"\b[a-z]{4,}\b", text)
        if m.start() not in named and rng.random() < share
    ]

    def new_text(span: dict) -> str:
        old = text[span["start"] : span["end"]]
        return old if span["label"] else rng.choice(words.get(old[-2:], [old]))

    text, spans = rewrite(text, sorted(record["spans"] + ordinary, key=lambda s: s["start"]), new_text)
    return {**record, "text": text, "spans": [s for s in spans if s["label"]]}


def passages(record: Record, rng: random.Random, crop: float = 0.0) -> Iterator[Record]:
    """Give the document in stretches of one to four lines, as a transcript comes in turns.

    Args:
        record: The document.
        rng: Settles every choice.
        crop: Share of the stretches that begin in mid-sentence, so that most words can stand first.
    """
    text, spans, start = record["text"], record["spans"], 0
    breaks = [m.start() for m in re.finditer("\n", text)] + [len(text)]
    while breaks:
        take = min(rng.choice([1, 1, 2, 4]), len(breaks))
        end = breaks[take - 1]
        while any(s["start"] < end < s["end"] for s in spans) and take < len(breaks):
            take += 1
            end = breaks[take - 1]
        inside = shifted([s for s in spans if start <= s["start"] and s["end"] <= end], -start)
        passage = text[start:end]
        cut = 0
        if rng.random() < crop:
            cut = rng.randrange(min(len(passage), inside[0]["start"] if inside else len(passage)) + 1)
        cut = passage.rfind(" ", 0, cut) + 1
        if passage[cut : cut + 1].islower():
            passage = passage[cut].upper() + passage[cut + 1 :]
            inside = shifted(inside, -cut)
        if passage.strip():
            yield {"doc": record["doc"], "text": passage, "spans": inside}
        breaks, start = breaks[take:], end + 1


def shifted(spans: list[dict], by: int) -> list[dict]:
    """Give the spans moved by a number of characters."""
    return [{**s, "start": s["start"] + by, "end": s["end"] + by} for s in spans]


def lower(text: str) -> str:
    """Put small letters, one for one, so that offsets still hold."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def without_stops(text: str) -> str:
    """Put a space for each punctuation mark that is not inside a word."""
    return re.sub(r"(?<!\w)[^\w\s]|[^\w\s](?!\w)", " ", text)


def as_recognised(record: Record, rng: random.Random, keep_stops: float) -> Record:
    """Write the record as raw speech recognition does: small letters, and mostly no punctuation."""
    text = lower(record["text"])
    if rng.random() >= keep_stops:
        text = without_stops(text)
    text = re.sub(r"[ \t]", " ", text)
    out, spans, end = "", [], 0
    for span in record["spans"]:
        out += closed_up(text[end : span["start"]])
        name = closed_up(text[span["start"] : span["end"]]).strip()
        spans.append({"start": len(out), "end": len(out) + len(name), "label": span["label"]})
        out, end = out + name, span["end"]
    return {**record, "text": out + closed_up(text[end:]), "spans": spans}


def closed_up(text: str) -> str:
    """Make one space of several, which punctuation left behind."""
    return re.sub(" +", " ", text)
