"""The sheet of a meeting of two coders: as Markdown, and as the table that decisions are entered from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from qualbench.agreement.agenda import PACE, Agenda, Point, Said
from qualbench.agreement.decisions import DecisionRead
from qualbench.agreement.differences import BOUNDARY, ONE_CODER, CodedSpan
from qualbench.agreement.outcomes import (
    AGREE_TO_DIFFER,
    BOTH,
    KEEP_A,
    KEEP_B,
    NEITHER,
    OTHER_CODE,
    OUTCOMES,
    REDRAW,
)
from qualbench.analysis.document import (
    Block,
    Grid,
    Heading,
    Paragraph,
    blocks_as_markdown,
    counted,
    day_of,
    escaped,
    in_words,
)
from qualbench.codebook.sheets import guarded
from qualbench.codebook.tree import Codebook, CodeEntry

OUTCOME_HEADERS = ("Decision", "What it does")
OUTCOME_MEANS = {
    KEEP_A: "A's words and code are agreed on.",
    KEEP_B: "B's words and code are agreed on.",
    BOTH: "Each code is agreed on; of one code with two boundaries, all the words of either.",
    NEITHER: "Nothing is agreed on there.",
    REDRAW: "Other words are agreed on: mark them in the passage.",
    OTHER_CODE: "A code that neither gave: write its name.",
    AGREE_TO_DIFFER: "Both readings stay on record, and nothing is agreed on there.",
}
"""What each outcome does, in a sentence of a printed sheet."""

COLUMNS = (
    "id",
    "source",
    "start",
    "end",
    "coder_a",
    "code_a",
    "coder_b",
    "code_b",
    "outcome",
    "other_code",
    "redrawn_start",
    "redrawn_end",
    "reason",
    "kind",
    "words",
)
"""The columns of the table; `agreement.decision_files` reads all but the last two."""

_MEANING = (
    ("short_definition", "In short"),
    ("definition", "Definition"),
    ("when_to_use", "When to use"),
    ("when_not_to_use", "When not to use"),
    ("near_miss_example", "Close, but not it"),
)
_OTHER_STEPS = (
    "Where a definition turns out to be at fault, change it or split the code in the codebook afterwards: it "
    "then lists the passages to be read again."
)


def title_of(agenda: Agenda) -> str:
    """Give the title of a sheet."""
    return f"What {in_words(agenda.coders)} have to talk about"


def opening(agenda: Agenda) -> Iterator[str]:
    """Say what is on the sheet, and on what its times rest."""
    a, b = agenda.coders
    yield f"A is {a}, B is {b}. The agreed layer is made here; what each has coded stays as it is."
    yield (
        f"{len(agenda.points)} of {counted(agenda.open, 'difference')} still to be decided, those of the "
        f"codes on which the two differ most first. For a meeting of {agenda.minutes:g} minutes: "
        f"{agenda.talk:g} for talking over each, and the time to read its turns at {PACE} words a minute; "
        f"about {agenda.taken:.0f} in all."
    )
    yield _OTHER_STEPS


def standing_of(agenda: Agenda, code: str) -> str:
    """Say how much the coders differ on a code."""
    standing = agenda.standings[code]
    dice = "" if standing.dice is None else f"Dice by turn {standing.dice:.2f}; "
    return f"{dice}{counted(standing.differences, 'difference')}, {standing.open} open."


def meaning_of(entry: CodeEntry) -> list[tuple[str, str]]:
    """Give what the codebook says of a code, each with its name."""
    found = [(name, getattr(entry, field)) for field, name in _MEANING if getattr(entry, field)]
    return found or [("Definition", "None is written yet.")]


def heading_of(point: Point) -> str:
    """Say where a difference stands and how the two differ."""
    item = point.item
    turns = f", turn {in_words([str(n) for n in point.turns])}" if point.turns else ""
    return f"{point.number}. {item.source}{turns}: {_kind(point)}"


def readings(point: Point, book: Codebook) -> Iterator[tuple[str, str, str]]:
    """Give for A and B: who it is, the code, and the words; empty words where a coder has none."""
    item = point.item
    sides = (("A", item.difference.a), ("B", item.difference.b))
    for (side, coded), coder in zip(sides, item.key.coders, strict=True):
        code = book.by_id[coded[0].code].label if coded else "nothing"
        yield f"{side} ({coder})", code, _words(point, coded)


def other_meanings(point: Point, book: Codebook) -> Iterator[tuple[str, str]]:
    """Give what the codes mean that the difference is not listed under, each in a line."""
    for code in point.item.difference.codes:
        if code != point.item.code:
            entry = book.by_id[code]
            yield entry.label, entry.definition or meaning_of(entry)[0][1]


def decided_before(point: Point, book: Codebook) -> list[str]:
    """Tell what was decided there before the codings changed."""
    return [_decided(decision, book) for decision in point.item.before]


def agenda_as_markdown(agenda: Agenda, book: Codebook) -> str:
    """Write a sheet as Markdown, the words at issue in bold."""
    means = tuple((outcome, OUTCOME_MEANS[outcome]) for outcome in OUTCOMES)
    blocks: list[Block] = [
        Heading(title_of(agenda), 1),
        Paragraph("Date: ............ Present: ............"),
        *map(Paragraph, opening(agenda)),
        Grid(OUTCOME_HEADERS, means, (1, 3)),
    ]
    parts = [blocks_as_markdown(blocks)]
    for code, points in agenda.by_code():
        entry = book.by_id[code]
        parts.append(
            blocks_as_markdown([Heading(entry.label, 2), Paragraph(standing_of(agenda, code))])
            + "".join(f"\n- *{name}.* {escaped(text)}" for name, text in meaning_of(entry))
            + "\n"
        )
        parts += [_point_as_markdown(point, book) for point in points]
    return "\n".join(parts)


def agenda_as_csv(agenda: Agenda) -> str:
    """Write a sheet as the table that `qualbench reconcile import` reads, the outcome still to be filled in.

    It begins with the mark by which Excel knows UTF-8, and no cell is a formula.
    """
    out = io.StringIO(newline="")
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for point in agenda.points:
        item = point.item
        (a, b), span = item.key.coders, item.span
        known: dict[str, object] = {
            "id": item.id,
            "source": item.source,
            "start": span.start,
            "end": span.end,
            "coder_a": a,
            "code_a": item.key.code_a or "",
            "coder_b": b,
            "code_b": item.key.code_b or "",
            "kind": item.difference.kind,
            "words": " ".join(item.words.split()),
        }
        writer.writerow([guarded(str(known.get(name, ""))) for name in COLUMNS])
    return out.getvalue()


def _point_as_markdown(point: Point, book: Codebook) -> str:
    lines = [f"### {escaped(heading_of(point))}", ""]
    for said in point.said:
        lines += [f"> {_said(said)}", ">"]
    lines[-1] = ""
    lines += [
        f"- {who}, *{escaped(code)}*{f': {escaped(words)}' if words else ''}"
        for who, code, words in readings(point, book)
    ]
    lines += [f"- *{escaped(label)}*: {escaped(text)}" for label, text in other_meanings(point, book)]
    lines += [f"- Decided before: {escaped(told)}" for told in decided_before(point, book)]
    lines += ["", f"Decision (`{point.item.id}`): ............", "", "Reason: ............", ""]
    return "\n".join(lines)


def _said(said: Said) -> str:
    pieces = (_bold(piece) if inside else _inside(piece) for piece, inside in said.pieces)
    speaker = f"{escaped(said.speaker)}: " if said.speaker else ""
    return f"{speaker}{''.join(pieces)}"


def _bold(piece: str) -> str:
    """Words in bold, white space at their ends outside the marks, where they would not be read as such."""
    words = piece.strip()
    before, after = piece[: len(piece) - len(piece.lstrip())], piece[len(piece.rstrip()) :]
    return f"{' ' if before else ''}**{escaped(words)}**{' ' if after else ''}"


def _inside(piece: str) -> str:
    """Words that others come right before or after."""
    before = " " if piece[:1].isspace() else ""
    after = " " if piece[-1:].isspace() else ""
    return f"{before}{escaped(piece)}{after}"


def _kind(point: Point) -> str:
    item = point.item
    if item.difference.kind == BOUNDARY:
        return f"one code, edges {counted(item.apart.words, 'word')} apart" if item.apart else "other edges"
    if item.difference.kind == ONE_CODER:
        coder, other = item.key.coders if item.difference.a else item.key.coders[::-1]
        return f"{coder} has coded it, {other} has not"
    return "different codes on the same words"


def _words(point: Point, coded: Sequence[CodedSpan]) -> str:
    begins = point.item.span.start
    stretches = (point.item.words[c.span.start - begins : c.span.end - begins] for c in coded)
    return " … ".join(f"“{' '.join(words.split())}”" for words in stretches)


def _decided(decision: DecisionRead, book: Codebook) -> str:
    chosen = book.by_id.get(decision.code_chosen or "")
    outcome = f"{decision.outcome} ({chosen.label})" if chosen else decision.outcome
    why = f": {decision.reason}" if decision.reason else ""
    return f"{outcome}, by {decision.decided_by} on {day_of(decision.decided_at)}{why}"
