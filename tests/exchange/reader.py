"""A reader of .qdpx files written apart from the writer, after REFI-QDA 1.5 and NVivo's conventions."""

from __future__ import annotations

import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pytest
from lxml import etree

NS = {"q": "urn:QDA-XML:project:1.0"}
SCHEMA = Path(__file__).parents[3] / "shared" / "refi-qda" / "Project.xsd"
needs_schema = pytest.mark.skipif(not SCHEMA.is_file(), reason="the published schema is not at hand")


@dataclass(frozen=True)
class Selected:
    """One coded selection: source name, code guid, coder guid, and the words as its program slices them."""

    source: str
    code: str
    user: str
    words: str


class Project:
    """A .qdpx file, opened; its places are UTF-16 units as NVivo counts, or code points."""

    def __init__(self, path: Path, *, utf16: bool = True) -> None:
        with zipfile.ZipFile(path) as archive:
            self.members = {info.filename: archive.read(info) for info in archive.infolist()}
        self.xml = etree.fromstring(self.members["project.qde"])
        self.utf16 = utf16

    def find(self, path: str) -> list[etree._Element]:
        """Elements at a path, `q:` standing for the namespace."""
        return self.xml.findall(path, NS)

    def faults(self) -> list[str]:
        """What is wrong by the published schema."""
        schema = etree.XMLSchema(etree.parse(SCHEMA))
        return [] if schema.validate(self.xml) else [str(error) for error in schema.error_log]

    def code_names(self) -> dict[str, str]:
        """Names of codes by guid."""
        return {code.get("guid", ""): code.get("name", "") for code in self.find(".//q:Code")}

    def cases(self) -> set[str]:
        """The guids of the cases."""
        return {case.get("guid", "") for case in self.find(".//q:Case")}

    def users(self) -> dict[str, str]:
        """Names of users by guid."""
        return {user.get("guid", ""): user.get("name", "") for user in self.find(".//q:User")}

    def raw_text(self, source: etree._Element) -> str:
        """The text of a source or note exactly as it lies in the archive."""
        member = source.get("plainTextPath", "").replace("internal://", "sources/")
        return self.members[member].decode("utf-8")

    def text(self, source: etree._Element) -> str:
        """The text of a source or note with plain newlines."""
        return self.raw_text(source).removeprefix("\ufeff").replace("\r\n", "\n")

    def cut(self, source: etree._Element, selection: etree._Element) -> str:
        """The words of a selection; a byte order mark is not counted, CR LF is two."""
        raw = self.raw_text(source).removeprefix("\ufeff")
        start, end = int(selection.get("startPosition", "")), int(selection.get("endPosition", ""))
        if not self.utf16:
            return raw[start:end].replace("\r\n", "\n")
        units = raw.encode("utf-16-le")
        return units[2 * start : 2 * end].decode("utf-16-le").replace("\r\n", "\n")

    def selections(self) -> Iterator[Selected]:
        """Every coded selection."""
        for source in self.find(".//q:TextSource"):
            for selection in source.findall("q:PlainTextSelection[q:Coding]", NS):
                (coding,) = selection.findall("q:Coding", NS)
                (ref,) = coding.findall("q:CodeRef", NS)
                yield Selected(
                    source.get("name", ""),
                    ref.get("targetGUID", ""),
                    coding.get("creatingUser", ""),
                    self.cut(source, selection),
                )

    def codings(self) -> Counter[tuple[str, str, str, str]]:
        """Source, code name, user and words of every coding but the talk of cases."""
        names, users, cases = self.code_names(), self.users(), self.cases()
        return Counter(
            (one.source, names[one.code], users[one.user], one.words)
            for one in self.selections()
            if one.code not in cases
        )

    def values(self) -> dict[str, dict[str, str]]:
        """The attributes of each case, by guid and by name of the variable."""
        variables = {v.get("guid"): v.get("name", "") for v in self.find(".//q:Variable")}
        return {
            case.get("guid", ""): {
                variables[value.find("q:VariableRef", NS).get("targetGUID")]: value.findtext(
                    "q:TextValue", "", NS
                )
                for value in case.findall("q:VariableValue", NS)
            }
            for case in self.find(".//q:Case")
        }

    def code_rows(self, *, themes: bool) -> list[tuple[str, set[str]]]:
        """Name and guids of each row of a matrix: every code by itself, or each at the top with all below."""
        cases = self.cases()
        codes = self.find("q:CodeBook/q:Codes/q:Code" if themes else "q:CodeBook/q:Codes//q:Code")
        return [
            (
                code.get("name", ""),
                {one.get("guid", "") for one in (code.iter("{*}Code") if themes else [code])},
            )
            for code in codes
            if code.get("guid") not in cases and code.get("isCodable") == "true"
        ]

    def references(self, user: str, attributes: list[str], *, themes: bool) -> dict[tuple[int, str], int]:
        """References by number of the row and name of the column: runs of characters that have both the code
        and a case of the column."""
        rows, values = self.code_rows(themes=themes), self.values()
        (user_guid,) = (guid for guid, name in self.users().items() if name == user)
        columns = {
            case: " AND ".join(f"{name} = {of_case.get(name, 'Unassigned')}" for name in attributes)
            for case, of_case in values.items()
        }
        counted: Counter[tuple[int, str]] = Counter()
        for source in self.find(".//q:TextSource"):
            coded: dict[str, set[int]] = defaultdict(set)
            talk: dict[str, set[int]] = defaultdict(set)
            for selection in source.findall("q:PlainTextSelection[q:Coding]", NS):
                code = selection.find("q:Coding/q:CodeRef", NS).get("targetGUID", "")
                place = range(int(selection.get("startPosition", "")), int(selection.get("endPosition", "")))
                if code in values:
                    talk[columns[code]].update(place)
                elif selection.find("q:Coding", NS).get("creatingUser") == user_guid:
                    coded[code].update(place)
            for n, (_, guids) in enumerate(rows):
                of_row = set().union(*(coded[guid] for guid in guids))
                for column, characters in talk.items():
                    both = sorted(of_row & characters)
                    counted[n, column] += len(list(groupby(enumerate(both), key=lambda one: one[1] - one[0])))
        return counted
