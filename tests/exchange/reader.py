"""A reader of .qdpx files written apart from the writer, after REFI-QDA 1.5 and NVivo's conventions."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

NS = {"q": "urn:QDA-XML:project:1.0"}


@dataclass(frozen=True)
class Selected:
    """One coded selection: source name, code guid, coder guid, and the words as NVivo slices them."""

    source: str
    code: str
    user: str
    words: str


class Project:
    """A .qdpx file, opened."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            self.members = {info.filename: archive.read(info) for info in archive.infolist()}
        self.xml = etree.fromstring(self.members["project.qde"])

    def find(self, path: str) -> list[etree._Element]:
        """Elements at a path, `q:` standing for the namespace."""
        return self.xml.findall(path, NS)

    def code_names(self) -> dict[str, str]:
        """Names of codes by guid."""
        return {code.get("guid", ""): code.get("name", "") for code in self.find(".//q:Code")}

    def raw_text(self, source: etree._Element) -> str:
        """The text of a source exactly as it lies in the archive."""
        member = source.get("plainTextPath", "").replace("internal://", "sources/")
        return self.members[member].decode("utf-8")

    def selections(self) -> Iterator[Selected]:
        """Every coded selection, its words cut out by the NVivo rule: UTF-16 units over CR LF text."""
        for source in self.find(".//q:TextSource"):
            units = self.raw_text(source).encode("utf-16-le")
            for selection in source.findall("q:PlainTextSelection", NS):
                start, end = int(selection.get("startPosition", "")), int(selection.get("endPosition", ""))
                words = units[2 * start : 2 * end].decode("utf-16-le").replace("\r\n", "\n")
                (coding,) = selection.findall("q:Coding", NS)
                (ref,) = coding.findall("q:CodeRef", NS)
                yield Selected(
                    source.get("name", ""), ref.get("targetGUID", ""), coding.get("creatingUser", ""), words
                )
