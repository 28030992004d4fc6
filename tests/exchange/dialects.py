"""Makers of projects as other programs write them, after what was measured on their files."""

from __future__ import annotations

import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "urn:QDA-XML:project:1.0"
SPACE = uuid.UUID("6d1f1a2e-7a0f-4a6e-9c1b-2f4f6b8d0e13")

TALK = """I: How did ye hear about it, then?

P07: From a pal of mine 🙂. I was feart of them, naïve me. 他们来了,我很害怕。
She had been there herself 👩‍👧 and that helped.

I: And the forms?

P07: The forms were murder. Café, re\u0301sume\u0301, all of it — “very long”.

I: Thanks."""
"""A text with emoji, combining marks, joined emoji, curly quotes and Chinese."""

QUOTES = (
    ("P07: From a pal of mine 🙂.", "hearing", "Ann Brown"),
    ("I was feart of them, naïve me.", "fear", "Ann Brown"),
    ("I was feart of them, naïve me.", "fear", "Bob"),
    ("我很害怕。", "fear", "Bob"),
    ("She had been there herself 👩‍👧 and that helped.", "trust", "Ann Brown"),
    ("And the forms?", "forms", "Ann Brown"),
    ("The forms were murder.", "forms", "Bob"),
    ("Café, re\u0301sume\u0301, all of it", "forms", "Ann Brown"),
    ("“very long”", "forms", "Ann Brown"),
    ("Thanks.", "trust", "Bob"),
)
"""Words, the code on them, the coder."""


@dataclass(frozen=True)
class Dialect:
    """How a program writes.

    Attributes:
        newline: What stands for a newline in the files; `counts` is how many that is in places.
        unit: The encoding by whose units places are counted.
        one_each: Whether every coding has a selection of its own.
        scheme: What paths of texts begin with.
        guid: Makes a GUID of 32 digits look as it does there.
    """

    origin: str
    newline: str = "\n"
    counts: int = 1
    unit: str = "utf-32-le"
    mark: bool = False
    folder: str = "sources"
    xml: str = "project.qde"
    scheme: str = "internal://"
    one_each: bool = False
    capitals: bool = False
    braces: bool = False
    source_names: bool = True
    user_ids: bool = False
    namespace: str = NAMESPACE
    selection_name: str = ""

    def guid(self, name: str) -> str:
        made = str(uuid.uuid5(SPACE, name))
        made = made.upper() if self.capitals else made
        return f"{{{made}}}" if self.braces else made

    def place(self, text: str, at: int) -> int:
        """Where a code point of a text with LF is, as this program counts."""
        before = text[:at].replace("\n", "x" * self.counts)
        return len(before.encode(self.unit)) // (4 if self.unit == "utf-32-le" else 2)

    def data(self, text: str) -> bytes:
        return (("\ufeff" if self.mark else "") + text.replace("\n", self.newline)).encode()


DIALECTS = {
    "nvivo-windows": Dialect(
        "NVivo", "\r\n", 2, "utf-16-le", mark=True, folder="Sources", one_each=True, user_ids=False
    ),
    "nvivo-mac": Dialect("NVivo for Mac", unit="utf-16-le", one_each=True, user_ids=True),
    "maxqda": Dialect("MAXQDA 24.7", capitals=True),
    "atlas": Dialect("ATLAS.ti 23", "\r\n", 1, capitals=True, xml="Trial.qde", selection_name="a quotation"),
    "qualcoder": Dialect("QualCoder", mark=True, folder="Sources"),
    "qc": Dialect("", scheme="", source_names=False),
    "old": Dialect("Something", braces=True, namespace="urn:QDA-XML:project:1:0"),
}


@dataclass
class Text:
    """A source with what is coded in it: start, end, code, user."""

    name: str
    text: str
    codings: list[tuple[int, int, str, str]] = field(default_factory=list)
    more: str = ""  # XML within the source, after its selections

    def code(self, quotes: Sequence[tuple[str, str, str]]) -> Text:
        for words, code, user in quotes:
            start = self.text.index(words)
            self.codings.append((start, start + len(words), code, user))
        return self


@dataclass
class Project:
    """A project to be written; `parts` is XML by the name of the element that it goes into."""

    texts: list[Text]
    codes: Sequence[str] = ("hearing", "fear", "trust", "forms")
    users: Sequence[str] = ("Ann Brown", "Bob")
    parts: dict[str, str] = field(default_factory=dict)
    extra: dict[str, bytes] = field(default_factory=dict)
    xml_before: str = ""

    def qde(self, how: Dialect) -> str:
        """The XML."""
        guid = how.guid
        users = "".join(
            f'<User guid="{guid("user/" + name)}" name="{name}"'
            + (f' id="{"".join(w[0] for w in name.split())}X"' if how.user_ids else "")
            + "/>"
            for name in self.users
        )
        codes = "".join(
            f'<Code guid="{guid("code/" + name)}" name="{name}" isCodable="true"><Description/></Code>'
            for name in self.codes
        )
        sources = "".join(self._source(text, how) for text in self.texts)
        parts = {
            "Users": users,
            "CodeBook": f"<Codes>{codes}{self.parts.get('Codes', '')}</Codes>",
            "Variables": "",
            "Cases": "",
            "Sources": sources,
            "Notes": "",
            "Links": "",
            "Sets": "",
            "Graphs": "",
        }
        for name, xml in self.parts.items():
            if name in parts:
                parts[name] += xml
        inner = "".join(f"<{name}>{xml}</{name}>" for name, xml in parts.items() if xml)
        return (
            f'<?xml version="1.0" encoding="utf-8"?>{self.xml_before}<Project xmlns="{how.namespace}"'
            f' name="Trial" origin="{how.origin}" basePath="">{inner}{self.parts.get("end", "")}</Project>'
        )

    def _source(self, text: Text, how: Dialect) -> str:
        guid = how.guid
        name = f" name={quoteattr(text.name)}" if how.source_names else ""
        file = f"{guid('source/' + text.name).strip('{}')}.txt" if how.source_names else f"{text.name}.txt"
        groups: dict[tuple[object, ...], list[tuple[str, str]]] = {}
        for n, (start, end, code, user) in enumerate(text.codings):
            groups.setdefault((start, end, n if how.one_each else None), []).append((code, user))
        selections = ""
        for (start, end, n), coded in groups.items():
            key = f"{text.name}/{start}/{end}/{n}"
            by = f'creatingUser="{guid("user/" + coded[0][1])}" creationDateTime="2025-05-06T07:08:09Z"'
            codings = "".join(
                f'<Coding guid="{guid(f"coding/{text.name}/{start}/{end}/{code}/{user}")}" '
                f'creatingUser="{guid("user/" + user)}" creationDateTime="2025-05-06T07:08:09Z">'
                f'<CodeRef targetGUID="{guid("code/" + code)}"/></Coding>'
                for code, user in coded
            )
            a, b = how.place(text.text, int(str(start))), how.place(text.text, int(str(end)))
            selections += (
                f'<PlainTextSelection guid="{guid("selection/" + key)}" name="{how.selection_name}" '
                f'startPosition="{a}" endPosition="{b}" {by}><Description />{codings}</PlainTextSelection>'
            )
        return (
            f'<TextSource guid="{guid("source/" + text.name)}"{name} plainTextPath="{how.scheme}{file}">'
            f"{selections}{text.more}</TextSource>"
        )

    def write(self, path: Path, how: Dialect) -> Path:
        """Write it as a .qdpx."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(how.xml, self.qde(how))
            for text in self.texts:
                stem = how.guid("source/" + text.name).strip("{}") if how.source_names else text.name
                archive.writestr(f"{how.folder}/{stem}.txt", how.data(text.text))
            for name, data in self.extra.items():
                archive.writestr(name, data)
        return path


def trial() -> Project:
    """A project with one text of every kind of letter, coded by two."""
    return Project([Text("P07_b", TALK).code(QUOTES)])


def element(tag: str, text: str = "", **attributes: str) -> str:
    """An element of XML with text."""
    given = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<{tag}{given}>{escape(text)}</{tag}>"


def rewritten(path: Path, members: dict[str, bytes]) -> None:
    """Replace members of an archive."""
    with zipfile.ZipFile(path) as archive:
        old = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (old | members).items():
            archive.writestr(name, data)
