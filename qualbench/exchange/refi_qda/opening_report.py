"""What came of opening a project: what is in the study, and what was not understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qualbench.exchange.refi_qda.opening_plan import Plan
from qualbench.study.tables import AGREED


@dataclass(frozen=True)
class LeftOut:
    """What was not taken, or not as it was: how many of a kind, and what a few of them are called."""

    kind: str
    count: int
    examples: Sequence[str]

    @property
    def sentence(self) -> str:
        """Say it in a line."""
        more = ", …" if self.count > len(self.examples) else ""
        return f"{self.kind}: {self.count}" + (
            f" ({', '.join(self.examples)}{more})" if self.examples else ""
        )


@dataclass(frozen=True)
class Opened:
    """What came of opening a project.

    Attributes:
        file: The name of the file.
        origin: The program that wrote it, as it says.
        folder: The study.
        offsets: How places are counted, by the name of the way; `counting` says it in words.
        score: The share of ends of passages that lie at edges of words; None without passages.
        apart: Texts in which places are counted in another way, with the name of that way.
        coders: What each coder is called in the project, by initials; `codings` counts theirs by layer.
        people: What the project calls those participants that it calls by no code, by their new ids.
        left_out: What was not taken, or not as it was.
    """

    file: str
    title: str
    origin: str
    folder: Path
    offsets: str
    counting: str
    score: float | None
    apart: Mapping[str, str]
    sources: int
    words_of_people: int
    codes: int
    codings: Mapping[str, int]
    coders: Mapping[str, str]
    participants: int
    people: Mapping[str, str]
    memos: int
    left_out: Sequence[LeftOut]


def opened(plan: Plan, file: str, folder: Path) -> Opened:
    """Give what came of opening a project.

    Args:
        plan: What it became.
        file: The name of its file.
        folder: The study.
    """
    codings = Counter(one.layer for one in plan.codings)
    judgement = plan.judgement
    return Opened(
        file,
        plan.project.name,
        plan.project.origin,
        folder,
        judgement.counting.name,
        judgement.sentence,
        round(judgement.tally.share, 4) if judgement.tally.ends else None,
        {plan.texts[n].name: counting.name for n, counting in judgement.apart.items()},
        len(plan.texts),
        sum(one.person is not None for spoken in plan.spoken for one in spoken),
        len(plan.codes.entries),
        {layer: codings[layer] for layer in (AGREED, *plan.coders.names) if codings[layer]},
        plan.coders.names,
        len(plan.people.persons),
        {person.id: person.called for person in plan.people.persons.values() if person.called},
        len(plan.memos),
        [
            LeftOut(kind, count, plan.report.examples.get(kind, []))
            for kind, count in plan.report.counts.items()
        ],
    )
