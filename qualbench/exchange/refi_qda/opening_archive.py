"""The file of a project as other programs write it: a ZIP with one `*.qde` and a folder of sources, or bare
XML.

Nothing is unpacked to the disk. Members are found by name whatever their case, slashes and folder, for
programs differ in all three: NVivo for Windows writes `Sources/`, ATLAS.ti 26 names the XML by the project.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO
from urllib.parse import unquote

from qualbench.errors import BadInput
from qualbench.transcripts.readers import printable

LARGEST_XML = 1_000_000_000  # bytes unpacked; 12,000 codings of NVivo are 8 MB
LARGEST_TEXT = 50_000_000  # as for a transcript
LARGEST_IN_ALL = 2_000_000_000  # XML and texts together
MOST_MEMBERS = 100_000
_SUSPICIOUS = (
    200  # times that a member may be larger unpacked; text shrinks to a tenth, repetitive XML a 30th
)
_SMALL = 1_000_000  # bytes; what is no larger unpacked may be packed as tightly as it will

READ_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
"""What reading a member of a damaged, encrypted or strange archive raises."""

_SCHEME = re.compile(r"([a-z]+):/+", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True)
class ProjectFile:
    """A project file, opened.

    Attributes:
        name: Its name, fit to be printed.
        xml_name: The name of the XML in it.
        others: Names of further XML files in it that are not read.
        open_xml: Opens the XML.
    """

    name: str
    xml_name: str
    others: list[str]
    open_xml: Callable[[], IO[bytes]]
    _members: Mapping[str, Callable[[], bytes]]

    def read(self, path: str) -> bytes | None:
        """Give what lies at a path of the project, such as `internal://0c0e.txt`; None if nothing does, or it
        lies outside the project."""
        scheme = _SCHEME.match(path)
        if scheme is not None and scheme[1].casefold() != "internal":
            return None
        bare = _plain(path[scheme.end() :] if scheme else path).strip("/")
        for name in dict.fromkeys((bare, unquote(bare))):
            wanted = name.casefold()
            for key in (f"sources/{wanted}", wanted, wanted.rpartition("/")[2]):
                if key in self._members:
                    return self._members[key]()
        return None


@contextmanager
def opened_project(path: Path) -> Iterator[ProjectFile]:
    """Open a .qdpx, or a bare .qde with its folder of sources beside it.

    Args:
        path: The file.

    Raises:
        BadInput: If it cannot be read, is no project, is encrypted, would lead out of its folder, or unpacks
            to far more than a project has.
    """
    name = printable(path.name)
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise BadInput(f"{name}: it cannot be opened ({error.strerror}).", "Check its name.") from None
    if not head.startswith(b"PK"):
        if not _looks_like_xml(head):
            raise BadInput(f"{name}: it is no project of a QDA program.", "Export it as REFI-QDA (.qdpx).")
        yield _bare(path, name)
        return
    try:
        archive = zipfile.ZipFile(path)
    except (*READ_ERRORS, ValueError):
        raise BadInput(
            f"{name}: it is damaged, or not wholly there.", "Export it again from the program it is from."
        ) from None
    with archive:
        yield _zipped(archive, name)


def _zipped(archive: zipfile.ZipFile, name: str) -> ProjectFile:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    _check_members(infos, name)
    paths = {_plain(info.filename): info for info in infos}
    own = {path: info for path, info in paths.items() if not path.startswith("__MACOSX/")}
    xml = sorted(
        (path for path in own if path.casefold().endswith(".qde") and not _last(path).startswith("._")),
        key=lambda path: (path.count("/"), _last(path).casefold() != "project.qde", path),
    )
    if not xml:
        raise BadInput(f"{name}: there is no project (.qde) in it.", "Export it as REFI-QDA (.qdpx).")
    if own[xml[0]].file_size > LARGEST_XML:
        raise BadInput(f"{name}: {_last(xml[0])} in it is larger than 1 GB.", "Export fewer sources at once.")
    folder = xml[0].rpartition("/")[0]
    members: dict[str, Callable[[], bytes]] = {}
    for path, info in sorted(own.items(), key=lambda item: item[0].count("/")):
        inside = path.removeprefix(f"{folder}/").casefold()
        for key in (inside, _last(inside)):
            members.setdefault(key, partial(_unpacked, archive, info))
    return ProjectFile(
        name, _last(xml[0]), [_last(path) for path in xml[1:]], lambda: archive.open(own[xml[0]]), members
    )


def _check_members(infos: list[zipfile.ZipInfo], name: str) -> None:
    hint = "Do not open it; ask who sent it."
    if len(infos) > MOST_MEMBERS:
        raise BadInput(f"{name}: it holds {len(infos):,} files, more than a project has.", hint)
    for info in infos:
        path = _plain(info.filename)
        if path.startswith("/") or _DRIVE.match(path) or ".." in path.split("/"):
            raise BadInput(f"{name}: a file in it would lead out of its folder.", hint)
        if info.flag_bits & 1:
            raise BadInput(f"{name}: it is protected by a password.", "Export it without one.")
    swollen = any(info.file_size > max(_SMALL, _SUSPICIOUS * info.compress_size) for info in infos)
    read = [info for info in infos if info.filename.casefold().endswith((".qde", ".txt"))]
    if swollen or sum(info.file_size for info in read) > LARGEST_IN_ALL:
        raise BadInput(f"{name}: it unpacks to far more than a project holds.", hint)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """What a member holds.

    Raises:
        BadInput: If it cannot be unpacked, or is larger than a text.
    """
    what = printable(_last(_plain(info.filename)))
    if info.file_size > LARGEST_TEXT:
        raise BadInput(f"{what} is larger than 50 MB.")
    try:
        return archive.read(info)
    except READ_ERRORS:
        raise BadInput(f"{what} is damaged.") from None


def _bare(path: Path, name: str) -> ProjectFile:
    """Bare XML, its texts within, or in a folder `sources` beside it."""
    if path.stat().st_size > LARGEST_XML:
        raise BadInput(f"{name}: it is larger than 1 GB.", "Export fewer sources at once.")
    members: dict[str, Callable[[], bytes]] = {}
    folders = [one for one in path.parent.iterdir() if one.name.casefold() == "sources" and one.is_dir()]
    for file in (file for folder in sorted(folders) for file in sorted(folder.iterdir())):
        if file.is_file() and not file.is_symlink():
            members.setdefault(file.name.casefold(), partial(_read_file, file))
    return ProjectFile(name, name, [], lambda: path.open("rb"), members)


def _read_file(file: Path) -> bytes:
    if file.stat().st_size > LARGEST_TEXT:
        raise BadInput(f"{printable(file.name)} is larger than 50 MB.")
    return file.read_bytes()


def _plain(path: str) -> str:
    return path.replace("\\", "/")


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _looks_like_xml(head: bytes) -> bool:
    bare = head.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return bare.replace(b"\0", b"").lstrip().startswith(b"<")
