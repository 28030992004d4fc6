"""A small study in which two coders have finished what they coded apart."""

from __future__ import annotations

from pathlib import Path

from qualbench.agreement.finishing import finish
from qualbench.agreement.items import Item
from qualbench.agreement.queue import read_queue
from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.redaction.deciding import decide_rest
from qualbench.redaction.entities import REJECTED, list_entities
from qualbench.redaction.marking import add_mention
from qualbench.redaction.sealing import seal
from qualbench.redaction.suggesting import suggest_in_sources
from qualbench.study.database import Study
from qualbench.study.tables import AGREED
from qualbench.transcripts.sources import list_sources
from tests.builders import place, small_study

WIDE, NARROW = "I was feart of them.", "feart"
JUDGE, LESS = "They judge ye.", "judge ye."
LONG = "The forms were long."


def coded(study: Study, coder: str, source: str, words: str, code: str) -> str:
    """Code words of a source; give the id of the coding."""
    return add_coding(study.by(coder), source, place(study, source, words), code)


def make_apart(study: Study, folder: Path) -> Study:
    """Alike once (in P07_f), with other edges once, with other codes once, and once only CD (in P07_b)."""
    small_study(study, folder)
    for coder in ("AB", "CD"):
        coded(study, coder, "P07_f", LONG, "forms")
    coded(study, "AB", "P07_b", WIDE, "fear")
    coded(study, "CD", "P07_b", NARROW, "fear")
    coded(study, "AB", "P07_b", JUDGE, "judged")
    coded(study, "CD", "P07_b", LESS, "forms")
    coded(study, "CD", "P07_f", "That helped.", "trust")
    for coder in ("AB", "CD"):
        finish(study.by(coder), ["P07_b", "P07_f"])
    return study


def seal_all(study: Study, *names: tuple[str, str]) -> None:
    """Seal all sources; of what stands there, only these names are redacted, each given with a source."""
    suggest_in_sources(study)
    decide_rest(study, [one.id for one in list_entities(study)], REJECTED)
    for source, name in names:
        add_mention(study, source, place(study, source, name))
    seal(study, [source.name for source in list_sources(study)])


def item_of(study: Study, code: str) -> Item:
    """The difference that has a code on one side."""
    (item,) = [item for item in read_queue(study).items if code in item.difference.codes]
    return item


def agreed(study: Study) -> list[tuple[str, str, str]]:
    """Source, code and words of the agreed layer."""
    return [(c.source, c.code, c.quote) for c in list_codings(study, layer=AGREED)]
