"""Transcripts as Word documents that NVivo can code by speaker: each speaker a heading of its own line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from qualbench.exchange.refi_qda.names import clean
from qualbench.exchange.word_parts import new_document, save
from qualbench.transcripts.sources import SourceRead, TurnRead, blocks_of

NO_SPEECH = "(not speech)"
"""The heading over what nobody says, such as a title: else NVivo would give it to the speaker before."""

_TITLE, _HEADING, _BODY = "Title", "Heading1", "Normal"


def write_transcript(source: SourceRead, path: Path) -> None:
    """Write a transcript whose speakers are in Heading 1, each in a paragraph of its own.

    A speaker is the id of the participant, or the role; a label, which might be a name, is never written.
    """
    from docx.shared import Pt
    from lxml import etree

    document = new_document(landscape=False)
    heading = document.styles["Heading 1"]
    heading.font.size, heading.paragraph_format.space_before = Pt(11), Pt(8)
    heading.paragraph_format.space_after = Pt(2)
    body = document.element.body
    end = body[-1]  # the page's own settings come last
    space = body.nsmap["w"]
    for style, text in _paragraphs(source):
        paragraph = etree.Element(f"{{{space}}}p")
        settings = etree.SubElement(paragraph, f"{{{space}}}pPr")
        etree.SubElement(settings, f"{{{space}}}pStyle", {f"{{{space}}}val": style})
        run = etree.SubElement(paragraph, f"{{{space}}}r")
        words: Any = etree.SubElement(run, f"{{{space}}}t")
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        words.text = clean(text)
        end.addprevious(paragraph)
    save(document, path)


def _paragraphs(source: SourceRead) -> Iterator[tuple[str, str]]:
    """Style and text of each paragraph."""
    yield _TITLE, source.summary.name
    headings = speakers(source.turns)
    last = None
    for block in blocks_of(source):
        heading = NO_SPEECH if block.turn is None else headings[source.turns[block.turn].n]
        if heading != last:
            yield _HEADING, heading
        last = heading
        for line in source.text[block.span.start : block.span.end].split("\n"):
            if line.strip():
                yield _BODY, line.strip()


def speakers(turns: Iterable[TurnRead]) -> dict[int, str]:
    """Give what stands for the speaker of each turn, by its number.

    The id of a participant; else "Interviewer" or "Speaker", numbered where there are several in a source.
    """
    turns = list(turns)
    labels: dict[str, list[str | None]] = defaultdict(list)
    for turn in turns:
        if turn.participant is None and turn.speaker not in labels[turn.role]:
            labels[turn.role].append(turn.speaker)

    def stands_for(turn: TurnRead) -> str:
        if turn.participant is not None:
            return turn.participant
        alike = labels[turn.role]
        name = "Interviewer" if turn.role == "interviewer" else "Speaker"
        return name if len(alike) == 1 else f"{name} {alike.index(turn.speaker) + 1}"

    return {turn.n: stands_for(turn) for turn in turns}
