"""Documents that are zipped XML (.docx, .odt): opened with care, for a file may come from anywhere."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING

from qualbench.errors import BadInput

if TYPE_CHECKING:
    from lxml.etree import _Element

_UNPACKED_LIMIT = 200 * 1024 * 1024  # bytes of all members, pictures among them
_PART_LIMIT = 20 * 1024 * 1024  # bytes of one XML part; a transcript of 20,000 words has about 2 MB
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"  # what Word calls a Strict document
_TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MACROS = re.compile(r"(?:word/vbaProject\.bin|Basic/.+|Scripts/.+)")


class Package:
    """The XML parts of a zipped document.

    Args:
        data: The bytes of the file.
        name: The name of the file, for messages.
        what: What kind of document it should be, such as "a Word document".
        ending: The ending under which to save it again.

    Raises:
        BadInput: If the file is no such document, is damaged, protected or too large, or holds macros.
    """

    def __init__(self, data: bytes, name: str, what: str, ending: str) -> None:
        self._name, self._what, self._ending = name, what, ending
        if data.startswith(b"\xd0\xcf\x11\xe0"):
            raise BadInput(
                f"{name}: it is protected by a password, or in the old .doc format.",
                f"Open it in Word and save it as {ending} without a password.",
            )
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise self._fault(f"this is not {what}, or is damaged") from None
        if sum(member.file_size for member in self._archive.infolist()) > _UNPACKED_LIMIT:
            raise BadInput(f"{name}: it unpacks to more than 200 MB.", "A transcript does not; check it.")
        self.parts = set(self._archive.namelist())
        if any(_MACROS.fullmatch(part) for part in self.parts):
            raise BadInput(f"{name}: it holds macros.", f"Save it as {ending} without macros.")

    def read(self, part: str) -> _Element | None:
        """Give the root of a part, or None if the document has no such part.

        Entities are not resolved and nothing is fetched.

        Raises:
            BadInput: If the part is too large or damaged.
        """
        from lxml import etree

        if part not in self.parts:
            return None
        if self._archive.getinfo(part).file_size > _PART_LIMIT:
            raise BadInput(
                f"{self._name}: its text is larger than 20 MB.", "A transcript's is not; check it."
            )
        try:
            xml = self._archive.read(part)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, EOFError, OSError):
            raise self._fault("the document is damaged or protected") from None
        if b"<!DOCTYPE" in xml[:4096]:
            raise self._fault("it declares entities, which no word processor does")
        xml = xml.replace(_STRICT, _TRANSITIONAL)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
        try:
            return etree.fromstring(xml, parser)
        except (etree.XMLSyntaxError, ValueError):
            raise self._fault("the document is damaged") from None

    def require(self, part: str) -> _Element:
        """Give the root of a part that the document must have.

        Raises:
            BadInput: If it has not, or as `read` says.
        """
        root = self.read(part)
        if root is None:
            raise self._fault(f"this is not {self._what}")
        return root

    def _fault(self, sentence: str) -> BadInput:
        return BadInput(f"{self._name}: {sentence}.", f"Save it as {self._ending} again.")
