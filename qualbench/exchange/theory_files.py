"""The theory of change as text and as a Word document, with the themes and quotes put to it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qualbench.analysis.document import day_of
from qualbench.analysis.quotes_linked import linked_quotes, quoted
from qualbench.analysis.quotes_passages import Passage
from qualbench.analysis.theme_drawing import map_as_png
from qualbench.evaluation.theory import Arrow, Theory
from qualbench.evaluation.theory_diff import TheoryChange, diff_theories
from qualbench.evaluation.theory_versions import MARKS, LinkRead, Version, list_links, list_theories
from qualbench.exchange.theory_drawing import EVERYWHERE, theory_as_svg
from qualbench.exchange.word_parts import (
    WIDE,
    add_caption,
    add_notes,
    new_document,
    new_table,
    rule,
    save,
    write,
)
from qualbench.study.database import Study
from qualbench.study.settings import read_study_settings

_HEADERS = ("Box or arrow", "What themes say", "Theme", "Where", "Quotes and notes")
_WIDTHS = (6.2, 2.8, 4.4, 2.3, 9.0)  # cm
_TALLEST = 15.5  # cm of the drawing on its page


@dataclass(frozen=True)
class LinkTold:
    """What a theme says of a box or an arrow, with its words and quotes."""

    link: LinkRead
    theme: str
    quotes: tuple[Passage, ...]


def told_links(study: Study, *, quotes: int = 1) -> list[LinkTold]:
    """Give what themes say of the theory, with quotes.

    Args:
        study: The study; what its coder may not see is left out.
        quotes: Of a theme, at most; a passage that was put to the theory itself is always there.

    Beside a site stand only quotes with a label that names it: a coarser one would be undone by the site.
    """
    links = list_links(study)
    linked = linked_quotes(study, {link.coding for link in links if link.coding})
    return [
        LinkTold(
            link,
            linked.entry(link.code).label,
            tuple(linked.passages(link.code, link.coding, quotes, link.site)),
        )
        for link in links
    ]


def draw_theory(study: Study, theory: Theory) -> str:
    """Draw a theory with what themes say of it."""
    return theory_as_svg(theory, list_links(study), read_study_settings(study).sites)


def theory_as_text(version: Version, told: Sequence[LinkTold]) -> str:
    """Write a version as text: boxes, what each leads to, and what themes say."""
    theory = version.theory
    lines = [
        theory.title or theory.id,
        f"version {version.number}, {version.made_by}, {version.made_at[:10]}",
    ]
    lines[1] += f": {version.note}" if version.note else ""
    for box in theory.boxes:
        lines += ["", f"{box.id}{f' ({box.kind})' if box.kind else ''}: {box.label}"]
        lines += [f"   note     {box.note}"] * bool(box.note)
        lines += _said_of(box.id, told)
        for arrow in theory.arrows:
            if arrow.start == box.id:
                lines.append(
                    f"   leads to {arrow.end}{f': {arrow.label}' if arrow.label else ''} [{arrow.id}]"
                )
                lines += [f"   {line}" for line in _said_of(arrow.id, told)]
    if new := _said_of(theory.id, told):
        lines += ["", "not in the theory yet", *new]
    elsewhere = [one for one in told if one.link.element not in (theory.id, *theory.elements)]
    if elsewhere:
        lines += ["", "of boxes and arrows that this version does not have"]
        lines += [line for one in elsewhere for line in (f"   {one.link.element}", *_lines(one))]
    return "\n".join(lines) + "\n"


def write_theory_document(
    version: Version, before: Version | None, told: Sequence[LinkTold], svg: str, path: Path
) -> None:
    """Write a version as a Word document: the drawing, what themes say, and what has changed since before.

    Args:
        version: The version.
        before: The one before it; None for none.
        told: What themes say.
        svg: The drawing of the version.
        path: The file to write.
    """
    from docx.shared import Cm

    theory = version.theory
    document = new_document(landscape=True)
    add_caption(document, f"{theory.title or 'Theory of change'}, version {version.number}")
    png = map_as_png(svg)
    picture = document.add_picture(io.BytesIO(png), width=Cm(WIDE))
    if picture.height > Cm(_TALLEST):
        picture.width = int(picture.width * Cm(_TALLEST) / picture.height)
        picture.height = Cm(_TALLEST)
    shown = _in_order(theory, told)
    if shown:
        add_caption(document, "What themes say of it")
        table, cells = new_table(document, _HEADERS, len(shown))
        earlier = ""
        for one, of_row in zip(shown, cells, strict=True):
            link = one.link
            name = "" if link.element == earlier else _named(theory, link.element)
            words = "\n".join([*map(quoted, one.quotes), *([f"Note: {link.note}"] if link.note else [])])
            relation = f"{MARKS[link.relation]} {link.relation}"
            for cell, text in zip(
                of_row, (name, relation, one.theme, link.site or EVERYWHERE, words), strict=True
            ):
                write(cell, text)
            earlier = link.element
        rule(table, _WIDTHS)
    changes = diff_theories(before.theory, theory) if before else []
    why = f": {version.note}" if version.note else ""
    made = f"Version {version.number} by {version.made_by}, {day_of(version.made_at)}{why}".rstrip(".") + "."
    add_notes(document, [made, *(f"{mark_of(one)} {one.sentence}" for one in changes)])
    save(document, path)


def mark_of(change: TheoryChange) -> str:
    """Give the sign of a change, as in a diff."""
    return {"added": "+", "removed": "-"}.get(change.kind, "~")


def version_before(study: Study, number: int) -> Version | None:
    """Give the version before one."""
    earlier = [one for one in list_theories(study) if one.number < number]
    return earlier[-1] if earlier else None


def _in_order(theory: Theory, told: Sequence[LinkTold]) -> list[LinkTold]:
    """What themes say in the order of the theory; of what it does not have, last."""
    order = {id_: n for n, id_ in enumerate((*theory.elements, theory.id))}
    return sorted(told, key=lambda one: order.get(one.link.element, len(order)))


def _named(theory: Theory, element: str) -> str:
    if element == theory.id:
        return "Not in the theory yet"
    if element not in theory.elements:
        return f"{element} (not in this version)"
    kind = "Arrow" if isinstance(theory.elements[element], Arrow) else "Box"
    return f"{kind}: {theory.named(element)}"


def _said_of(element: str, told: Sequence[LinkTold]) -> list[str]:
    return [line for one in told if one.link.element == element for line in _lines(one)]


def _lines(one: LinkTold) -> list[str]:
    link = one.link
    note = f": {link.note}" if link.note else ""
    head = (
        f"   {MARKS[link.relation]} {link.relation}, {link.site or EVERYWHERE}: {one.theme}{note} ({link.id})"
    )
    return [head, *(f"      {quoted(quote)}" for quote in one.quotes)]
