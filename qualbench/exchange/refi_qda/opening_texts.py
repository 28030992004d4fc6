"""The texts of a project, and the passages marked in them as code points of the text that comes in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from qualbench.errors import BadInput
from qualbench.exchange.refi_qda.opening_archive import ProjectFile
from qualbench.exchange.refi_qda.opening_judging import Coded, Judgement, judge
from qualbench.exchange.refi_qda.opening_model import HolderXml, ProjectXml, Report, SelectionXml
from qualbench.exchange.refi_qda.opening_offsets import KINDS, Counting, RawText
from qualbench.exchange.refi_qda.opening_xml import MEDIA, TEXTS
from qualbench.text.spans import Span, move_spans
from qualbench.text.words import fold, normalise, normalised
from qualbench.transcripts.encoding import decode_as_it_is
from qualbench.transcripts.in_place import turns_in_place
from qualbench.transcripts.model import TurnSpan

_MEDIA_NAMES = dict(
    zip(MEDIA, ("PDFs, but for their text", "pictures", "sound recordings", "films"), strict=True)
)
_ELSEWHERE = {
    "pdfselection": "codings of areas of PDFs",
    "pictureselection": "codings of areas of pictures",
    "audioselection": "codings of stretches of sound",
    "videoselection": "codings of stretches of film",
}
FACTS = ("Name", "Kind", "Timepoint", "Site", "Mode", "Date")
"""What the description of a source may say."""

_LINE = re.compile(r"([A-Z][a-z]+): (.+)")
_GUID_NAME = re.compile(r"\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE)
_ENDING = re.compile(r"\.(?:txt|docx?|rtf|odt|pdf|md|html?)", re.IGNORECASE)
_LONGEST_NAME = 200  # characters
_UNUSABLE = re.compile(r"[/\\\x00-\x1f]")


class Passage(NamedTuple):
    """A selection with the words that it holds, as code points of the text that comes in."""

    span: Span
    selection: SelectionXml


@dataclass
class TextRead:
    """A text that becomes a source.

    Attributes:
        holder: What holds it, with what hangs on it as a whole.
        guids: The GUIDs by which the project refers to it, that of the source itself first.
        name: What the source will be called; no other is called so.
        raw: The text as it lies there.
        text: The text as it comes in.
        passages: What is selected in it, in the order of the file.
        turns: Its turns as they can be told from the text alone.
    """

    holder: HolderXml
    guids: Sequence[str]
    name: str
    raw: RawText
    text: str = ""
    passages: list[Passage] = field(default_factory=list)
    turns: list[TurnSpan] = field(default_factory=list)


def read_texts(file: ProjectFile, project: ProjectXml) -> list[TextRead]:
    """Read the texts of the sources, and of notes in which something is coded.

    What has no text, or none that can be read, goes to the report.

    Args:
        file: The project file.
        project: Its XML.
    """
    texts: list[TextRead] = []
    taken: set[str] = set()
    for holder in project.holders:
        top = holder.above or holder
        _report_media(holder, project.report)
        if holder.tag == "note" and not is_coded(holder):
            continue
        raw = text_of(file, holder, project.report) if holder.tag in TEXTS else None
        if raw is None:
            lost = sum(max(1, len(one.codings)) for one in holder.selections)
            lost += len(holder.codings) if holder.tag in TEXTS else 0
            project.report.add("passages in texts that are missing", holder.name or top.name, lost)
            continue
        if holder is not top:
            holder.codings += top.codings
            holder.notes += top.notes
            holder.values = top.values | holder.values
            top.codings, top.notes = [], []
            holder.description = holder.description or top.description
        guids = [guid for guid in dict.fromkeys((top.guid, holder.guid)) if guid is not None]
        name = _own_name(_name_of(holder, top) or f"Text {len(texts) + 1}", taken)
        texts.append(TextRead(holder, guids, name, raw))
    for holder in project.holders:
        if holder.tag in MEDIA:
            what = "codings of whole recordings, pictures and PDFs"
            project.report.add(what, holder.name, len(holder.codings))
    return texts


def place_passages(
    project: ProjectXml, texts: Sequence[TextRead], told: Counting | None, certain: Counting | None
) -> Judgement:
    """Find out how places are counted, and put the passages on their words.

    Raises:
        Refused: If it cannot be told how places are counted.
    """
    judgement = judge(
        [
            Coded(
                text.raw,
                [
                    (one.start, one.end)
                    for one in text.holder.selections
                    if one.codings and one.start is not None and one.end is not None and one.start < one.end
                ],
            )
            for text in texts
        ],
        project.origin,
        told,
        certain,
    )
    for n, text in enumerate(texts):
        _place(text, judgement.of(n), project.report)
        text.turns = turns_in_place(text.text)
    return judgement


def certain_counting(project: ProjectXml) -> Counting | None:
    """Give how places are counted where the file says so itself, as those of qualbench do."""
    if not project.origin.startswith("qualbench"):
        return None
    return KINDS["points" if "code points" in project.description or project.capitals else "utf16"]


def said_of(holder: HolderXml) -> dict[str, str]:
    """Give what the description of a source says, where it does as qualbench writes it: a line a fact."""
    lines = [_LINE.fullmatch(line) for line in holder.description.split("\n")]
    said = {line[1]: line[2] for line in lines if line}
    return said if all(lines) and said.keys() <= set(FACTS) else {}


def is_coded(holder: HolderXml) -> bool:
    """Tell whether anything in a text is coded."""
    return bool(holder.codings) or any(one.codings for one in holder.selections)


def text_of(file: ProjectFile, holder: HolderXml, report: Report) -> RawText | None:
    """Give the text of a holder, None if it has none that can be read."""
    if holder.text is not None and holder.text.strip():
        return RawText(holder.text.removeprefix("\ufeff"), holder.text.startswith("\ufeff"))
    path = holder.paths.get("plainTextPath", "")
    if not path:
        if holder.text is not None:
            report.add("texts without words", holder.name)
        elif holder.tag in ("textsource", "note"):
            report.add("texts that are there only as Word or not at all", holder.name)
        return None
    try:
        data = file.read(path)
        text, encoding, _ = decode_as_it_is(data, holder.name or path) if data else ("", "", [])
    except BadInput as fault:
        report.add("texts that cannot be read", fault.message)
        return None
    if data is None:
        report.add("texts that are missing in the file", holder.name or path)
        return None
    if not normalise(text).strip():
        report.add("texts without words", holder.name)
        return None
    if encoding not in ("UTF-8", "utf-16"):
        report.add("texts that are not in UTF-8, but read all the same", f"{holder.name}: {encoding}")
    return RawText(text.removeprefix("\ufeff"), text.startswith("\ufeff"))


def _place(text: TextRead, counting: Counting, report: Report) -> None:
    """Put the passages of a text on its words; what lies outside is told, what leaves it is cut and told."""
    places = text.raw.places(counting)
    length = len(text.raw.text)
    kept: list[tuple[Span, SelectionXml]] = []
    for one in text.holder.selections:
        weight = max(1, len(one.codings))
        if one.start is None or one.end is None or not 0 <= one.start <= one.end:
            report.add("passages without a place that can be read", text.name, weight)
            continue
        start, end = places.span(one.start, one.end)
        if start >= length:
            report.add("passages past the end of their text, left out", text.name, weight)
            continue
        if end > length:
            report.add("passages that ran past the end of their text, cut there", text.name, weight)
        kept.append((Span(max(start, 0), min(end, length)), one))
    text.text, stages = normalised(text.raw.text)
    spans = [span for span, _ in kept]
    for edits in stages:
        spans = move_spans(spans, edits)
    for span, (_, one) in zip(spans, kept, strict=True):
        if span.start < span.end:
            text.passages.append(Passage(span, one))
        elif one.codings or one.notes or one.description:
            report.add("passages without a letter", text.name, max(1, len(one.codings)))


def _report_media(holder: HolderXml, report: Report) -> None:
    if holder.tag in _MEDIA_NAMES:
        report.add(_MEDIA_NAMES[holder.tag], holder.name)
    for kind, count in holder.elsewhere.items():
        report.add(_ELSEWHERE[kind], holder.name, count)
    if holder.sync_points:
        report.add("time marks in transcripts of recordings", holder.name, len(holder.sync_points))


def _name_of(holder: HolderXml, top: HolderXml) -> str:
    """The name of a source: its own, or that of its file unless that is a GUID."""
    file = holder.paths.get("plainTextPath", "").replace("\\", "/").rpartition("/")[2]
    stem = _ENDING.sub("", file)
    names = [top.name, holder.name] if holder.tag == "transcript" else [holder.name, top.name]
    names = [said_of(holder).get("Name", ""), *names, "" if _GUID_NAME.fullmatch(stem) else stem]
    named = next(filter(None, names), "")
    return _UNUSABLE.sub("_", normalise(named))[:_LONGEST_NAME].strip()


def _own_name(name: str, taken: set[str]) -> str:
    """A name that no other source has."""
    number, own = 1, name
    while fold(own) in taken:
        number += 1
        own = f"{name} ({number})"
    taken.add(fold(own))
    return own
