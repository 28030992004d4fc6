"""The codings of a project, each on its words, with its code and in its layer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from qualbench.exchange.refi_qda.opening_coders import Coders
from qualbench.exchange.refi_qda.opening_memos import WHOLE, CodingPlace
from qualbench.exchange.refi_qda.opening_model import CodingXml, Guid, ProjectXml
from qualbench.exchange.refi_qda.opening_texts import TextRead
from qualbench.study.tables import now
from qualbench.text.spans import Span, trimmed


class CodingPlan(NamedTuple):
    """A coding to be written; `text` is the number of its text."""

    text: int
    span: Span
    code: str
    layer: str
    author: str
    time: str
    guid: Guid


def codings_of(
    project: ProjectXml,
    texts: Sequence[TextRead],
    codes: Mapping[str, str],
    twins: Collection[str],
    coders: Coders,
    wanted: Collection[CodingPlace],
) -> tuple[list[CodingPlan], dict[CodingPlace, int]]:
    """Give the codings of a project, each once, and where in that list those are that something refers to.

    Args:
        project: The project.
        texts: Its texts, with their passages placed.
        codes: The ids of codes by GUID.
        twins: GUIDs of codes that stand for cases.
        coders: Who is who.
        wanted: The codings that something refers to.
    """
    plans: list[CodingPlan] = []
    found: dict[CodingPlace, int] = {}
    present: dict[tuple[int, str, str, Span], int] = {}
    default = project.time or now()
    for place, span, coding, user, time in _all(project, texts, twins):
        code = codes.get(coding.code or "")
        if code is None:
            project.report.add("codings that name no code", texts[place[0]].name)
            continue
        layer = coders.of(coding.user, user)
        key = (place[0], layer, code, span)
        if key in present:
            project.report.add("codings that were there twice", texts[place[0]].name)
        else:
            present[key] = len(plans)
            made = coding.time or time or default
            author = coders.author(coding.user, user)
            plans.append(CodingPlan(place[0], span, code, layer, author, made, coding.guid))
        if place in wanted:
            found[place] = present[key]
    return plans, found


def _all(
    project: ProjectXml, texts: Sequence[TextRead], twins: Collection[str]
) -> Iterator[tuple[CodingPlace, Span, CodingXml, Guid, str | None]]:
    """Every coding that is not a case's words: its place, its words, who made the passage, and when."""
    for n, text in enumerate(texts):
        holder = text.holder
        whole = trimmed(text.text, Span(0, len(text.text)))
        for which, coding in enumerate(holder.codings):
            if coding.code not in twins:
                project.report.add("codings of whole texts, now on all their words", text.name)
                yield (n, WHOLE, which), whole, coding, holder.user, holder.time
        for place, (span, one) in enumerate(text.passages):
            for which, coding in enumerate(one.codings):
                if coding.code not in twins:
                    user, time = one.user or holder.user, one.time or holder.time
                    yield (n, place, which), span, coding, user, time
