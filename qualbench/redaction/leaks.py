"""The leak check: whether what was redacted somewhere still stands somewhere else."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.redaction.entities import ACCEPTED, REJECTED, whole_words
from qualbench.redaction.forms import Forms, Found, form_rows, variant_columns
from qualbench.redaction.own_words import OWN_WORDS
from qualbench.study.blinding import require_sighted
from qualbench.study.database import Study
from qualbench.study.secret import read_secret
from qualbench.study.tables import (
    Code,
    Entity,
    Mention,
    Participant,
    Row,
    Site,
    Source,
    StakeholderType,
    StudyRecord,
    Timepoint,
    table_of,
)
from qualbench.text.spans import Span, overlaps

# Columns that a person fills with words, and that go out with exports; texts and source names apart.
_WORDS: tuple[tuple[type[Row], str, tuple[str, ...]], ...] = (
    *((model, list(table_of(model).primary_key.columns.keys())[-1], columns) for model, columns in OWN_WORDS),
    (Code, "id", ("id",)),
    (Participant, "id", ("id", "family")),
    (Source, "name", ("mode", "interviewer")),
    (Site, "name", ("name",)),
    (StakeholderType, "name", ("name",)),
    (Timepoint, "name", ("name",)),
    (StudyRecord, "id", ("title",)),
)
_BREAK = re.compile(r"</(?:\w+:)?(?:p|si|c|tc|row|Name|Description)>|<(?:\w+:)?(?:br|tab)\b[^>]*>")
_ATTRIBUTE = re.compile(r"\s[\w:.\-]+\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_SMALL_NUMBER = re.compile(r"\d{1,4}")  # a year in a transcript, but an offset or a count in a file
_GUID = re.compile(r"(?:internal://)?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?:\.txt)?")
_PNG = b"\x89PNG\r\n\x1a\n"
_TAG = re.compile(r"<[^<>]*>")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")  # CommonMark 0.31, "Backslash escapes"


@dataclass(frozen=True)
class Leak:
    """A place where a redacted name still stands; the name itself is not given.

    Attributes:
        place: Where, such as "the text of P01_baseline".
        start: Code point in that text.
        end: The same, half-open.
        exact: Whether it is spelt as it was redacted, and not only like it.
    """

    place: str
    start: int
    end: int
    exact: bool = True


class LeakFinder:
    """What was redacted in a study and what may stay, ready to be looked for.

    Args:
        study: The study.
        originals: Originals from the key file, if it is at hand: those sealed by older versions of the
            program are known misspelt only so.

    Raises:
        Refused: If the secret of the study is not on this machine.
    """

    def __init__(self, study: Study, originals: Iterable[str] = ()) -> None:
        secret = read_secret(study)
        with study.read() as db:
            rows = list(form_rows(db, ACCEPTED))
            self._harmless = {row[1] for row in form_rows(db, REJECTED)}
            self._passed, self._kept = _kept(db)
        for original in sorted(set(originals)):
            columns = variant_columns(secret, original)
            rows.append(("", columns["digest"], columns["first_word_digest"], columns["likes"]))
        self._forms = Forms(secret, rows)
        self._known: dict[str, list[Found]] = {}  # an export holds the same texts in several files

    def in_source(self, source_id: str, text: str) -> list[Found]:
        """Give what stands in the text of a source, but for pseudonyms and what a reviewer has let stand."""
        passed = self._passed[source_id]  # and pseudonyms, which may be like a name
        return [one for one in self._find(text) if not any(overlaps(one.span, place) for place in passed)]

    def in_words(self, words: str) -> list[Found]:
        """Give what stands in words outside the transcripts."""
        return self._find(words)

    def in_file(self, path: Path) -> list[Found]:
        """Give what stands in a file, in the members of a zip too, but for what a reviewer has let stand."""
        found = []
        for text in texts_of(path.read_bytes(), path.name):
            here = [one for one in self._find(text) if not _SMALL_NUMBER.fullmatch(text, *one.span)]
            if here:
                passed = [span for words in self._kept for span in whole_words(text, words)]
                found += [one for one in here if not any(overlaps(one.span, place) for place in passed)]
        return found

    def _find(self, text: str) -> list[Found]:
        if text not in self._known:
            self._known[text] = self._look(text)
        return self._known[text]

    def _look(self, text: str) -> list[Found]:
        found = self._forms.find(text)
        if "_" in text:  # it is part of a user name, and parts the words of a file's name
            known = [one.span for one in found]
            parted = self._forms.find(text.replace("_", " "))
            found += [one for one in parted if not any(overlaps(one.span, span) for span in known)]
        return [
            one
            for one in found
            if one.exact or self._forms.digest(text[one.span.start : one.span.end]) not in self._harmless
        ]


def find_leaks(
    study: Study,
    *,
    unsealed: bool = True,
    originals: Iterable[str] = (),
    finder: LeakFinder | None = None,
) -> list[Leak]:
    """Look for every form of every accepted entity, and its misspellings, all over the study.

    Looked through are texts, names of sources, participants and lists, the codebook, memos, reasons of
    decisions, and the names and contents of the files in the study's folders `codebooks` and `exports`.
    Names are known by their keyed digests. Places that a reviewer has let stand are passed over.

    Args:
        study: The study.
        unsealed: Whether to look into texts that are not sealed yet.
        originals: Originals from the key file, if it is at hand.
        finder: What is looked for, if it has been read already, originals and all.

    Raises:
        Refused: If the secret of the study is not on this machine, or the coder at work reads blind to the
            arms and so does not see all of it.
    """
    with study.read() as db:
        require_sighted(db, study.coder, "Redacted names are looked for")
    finder = finder or LeakFinder(study, originals)
    source = table_of(Source)
    with study.read() as db:
        texts = db.execute(
            sa.select(source.c.id, source.c.name, source.c.text, source.c.state).order_by(source.c.name)
        ).all()
        words = list(_words(db))
    leaks: list[Leak] = []
    for source_id, name, text, state in texts:
        leaks += _leaks("the name of the source " + name, finder.in_words(name))
        if state == "sealed" or unsealed:
            leaks += _leaks("the text of " + name, finder.in_source(source_id, text))
    for place, value in words:
        leaks += _leaks(place, finder.in_words(value))
    for folder in ("codebooks", "exports"):
        leaks += find_leaks_in_files(finder, study.folder / folder, study.folder)
    return leaks


def find_leaks_in_files(finder: LeakFinder, folder: Path, within: Path) -> list[Leak]:
    """Look for redacted names in the names and contents of the files of a folder, named from another."""
    leaks: list[Leak] = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            place = path.relative_to(within).as_posix()
            leaks += _leaks(
                f"the name of the file {place}", finder.in_words(path.relative_to(folder).as_posix())
            )
            leaks += _leaks(f"the file {place}", finder.in_file(path))
    return leaks


def _leaks(place: str, found: Sequence[Found]) -> list[Leak]:
    return [Leak(place, *one.span, one.exact) for one in found]


def _kept(db: Session) -> tuple[dict[str, list[Span]], set[str]]:
    """The places a reviewer has let stand and those of pseudonyms, by source, and the words of the first."""
    entity, mention, source = table_of(Entity), table_of(Mention), table_of(Source)
    places: dict[str, list[Span]] = defaultdict(list)
    decision = sa.func.coalesce(mention.c.decision, entity.c.decision)
    rows = db.execute(
        sa.select(mention.c.source_id, mention.c.start, mention.c.end, mention.c.sealed)
        .join_from(mention, entity, mention.c.entity_id == entity.c.id)
        .where((decision == REJECTED) | mention.c.sealed)
    ).all()
    texts = {id_: text for id_, text in db.execute(sa.select(source.c.id, source.c.text))}
    for row in rows:
        places[row.source_id].append(Span(row.start, row.end))
    return places, {texts[row.source_id][row.start : row.end] for row in rows}


def _words(db: Session) -> Iterator[tuple[str, str]]:
    """What people have written outside the transcripts, each with its place."""
    for model, key, columns in _WORDS:
        table = table_of(model)
        for row in db.execute(sa.select(table).order_by(table.c[key])).mappings():
            for column in columns:
                if row[column]:
                    of = f"{table.name.replace('_', ' ')} {row[key]}"
                    yield f"the {column.replace('_', ' ')} of the {of}", row[column]


def texts_of(data: bytes, name: str) -> Iterator[str]:
    """The readable text of a file: of each member of a zip, of UTF-16 too, of XML without its tags, of JSON
    and Markdown without their escapes."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield member
                yield from texts_of(archive.read(member), member)
        return
    if data.startswith(_PNG):
        return  # names would be found by chance; a drawing is looked at before it is made a picture
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    if text.lstrip("\ufeff \n").startswith("<"):
        values = (value for value in map("".join, _ATTRIBUTE.findall(text)) if not _GUID.fullmatch(value))
        yield html.unescape("\n".join(values))
        text = html.unescape(_TAG.sub("", _BREAK.sub("\n", text)))
    elif name.endswith(".json"):
        with suppress(ValueError, RecursionError):  # somebody's own file, which may be anything
            text = "\n".join(_strings(json.loads(text)))
    elif name.endswith(".md"):
        text = _ESCAPED.sub(r"\1", text)
    yield text.replace("\r\n", "\n")


def _strings(value: object) -> Iterator[str]:
    """The strings in what a JSON file holds, the names of fields included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.items():
            yield from _strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one)
