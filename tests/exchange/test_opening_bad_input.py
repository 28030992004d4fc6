"""What is no project, or is not to be trusted: one clear sentence, and nothing left behind."""

from __future__ import annotations

import io
import os
import random
import struct
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualbench.errors import BadInput, QualbenchError, Refused
from qualbench.exchange.refi_qda import opening
from qualbench.exchange.refi_qda.opening import open_project
from tests.exchange.dialects import DIALECTS, Project, Text, trial

HOW = DIALECTS["nvivo-windows"]


def zipped(members: dict[str, bytes | str], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_xml(before: str = "", end: str = "") -> bytes:
    project = trial()
    project.xml_before = before
    project.parts["end"] = end
    return zipped({"project.qde": project.qde(HOW), f"Sources/{HOW.guid('source/P07_b')}.txt": "x"})


def encrypted() -> bytes:
    data = bytearray(zipped({"project.qde": "<Project/>"}))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.index(signature) + at
        data[place] |= 1
    return bytes(data)


def without_text() -> bytes:
    project = Project([])
    project.parts["Sources"] = (
        f'<AudioSource guid="{HOW.guid("a")}" name="Tape"/><PDFSource guid="{HOW.guid("b")}" name="Leaflet"/>'
    )
    return zipped({"project.qde": project.qde(HOW), "sources/a.mp3": bytes(5_000)})


BOMB = "".join(f'<!ENTITY {b} "{8 * f"&{a};"}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "no project of a QDA program"),
    "text": (lambda: b"guid,name\n", "no project of a QDA program"),
    "half an archive": (lambda: with_xml()[:400], "damaged, or not wholly there"),
    "no xml": (lambda: zipped({"sources/a.txt": "x"}), "no project .* in it"),
    "a word file": (lambda: zipped({"word/document.xml": "<w/>"}), "no project .* in it"),
    "zip slip": (lambda: zipped({"project.qde": "<Project/>", "../../x.txt": "x"}), "out of its folder"),
    "zip slip of windows": (lambda: zipped({"a.qde": "<Project/>", "..\\x.txt": "x"}), "out of its folder"),
    "absolute": (lambda: zipped({"a.qde": "<Project/>", "/etc/x.txt": "x"}), "out of its folder"),
    "drive": (lambda: zipped({"a.qde": "<Project/>", "C:\\x.txt": "x"}), "out of its folder"),
    "bomb": (lambda: zipped({"project.qde": bytes(30_000_000)}), "far more than a project"),
    "bomb beside": (lambda: zipped({"a.qde": "<Project/>", "b.txt": bytes(9_000_000)}), "far more than"),
    "password": (encrypted, "protected by a password"),
    "codebook": (lambda: b"<CodeBook><Codes/></CodeBook>", "a codebook, not a project"),
    "web page": (lambda: zipped({"project.qde": "<html><body/></html>"}), "not a project"),
    "cut xml": (lambda: zipped({"project.qde": "<Project><Users>"}), "line 1 of project.qde: it is not XML"),
    "not xml": (lambda: zipped({"project.qde": "\x00\x01"}), "it is not XML"),
    "no encoding": (lambda: b'<?xml version="1.0" encoding="x-none"?><Project/>', "it is not XML"),
    "entity": (
        lambda: with_xml('<!DOCTYPE Project [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
        "document type",
    ),
    "late entity": (
        lambda: with_xml(f'<!--{" " * 90_000}--><!DOCTYPE Project [<!ENTITY x "y">]>'),
        "document type",
    ),
    "outer dtd": (lambda: with_xml('<!DOCTYPE Project SYSTEM "http://localhost:9/x.dtd">'), "document type"),
    "laughs": (
        lambda: with_xml(f'<!DOCTYPE Project [<!ENTITY a "ha">{BOMB}]>', "<Description>&i;</Description>"),
        "document type",
    ),
    "wide laughs": (
        lambda: zipped({"a.qde": f'<!DOCTYPE P [<!ENTITY a "ha">{BOMB}]><P name="&i;"/>'.encode("utf-16")}),
        "document type",
    ),
    "deep": (lambda: zipped({"a.qde": "<Project>" + "<A>" * 90_000}), "nested too deep"),
    "deep codes": (
        lambda: zipped(
            {
                "a.qde": f"<Project><CodeBook><Codes>{'<Code>' * 120}{'</Code>' * 120}"
                "</Codes></CodeBook></Project>"
            }
        ),
        "more than 100 deep",
    ),
    "empty": (lambda: zipped({"project.qde": "<Project/>"}), "no text in it"),
    "no text": (without_text, "no text in it that can be read. Not taken: sound recordings: 1; PDFs"),
}  # fmt: skip


def everything(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@pytest.mark.parametrize("name", BAD)
def test_it_is_refused_in_a_sentence_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    make, message = BAD[name]
    (tmp_path / "p.qdpx").write_bytes(make())
    before = everything(tmp_path)
    began = time.process_time()
    with pytest.raises((BadInput, Refused), match=message) as caught:
        open_project(tmp_path / "p.qdpx", tmp_path / "study", coder="AB")
    assert caught.value.hint
    assert time.process_time() - began < 5
    assert everything(tmp_path) == before


def test_a_size_that_is_not_true_is_found_out(tmp_path: Path) -> None:
    """The directory says 100 bytes; the member would unpack to 60 MB."""
    data = bytearray(zipped({"project.qde": "<Project>" + " " * 60_000_000 + "</Project>"}))
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = struct.pack("<I", 100)
    (tmp_path / "p.qdpx").write_bytes(data)
    with pytest.raises(BadInput):
        open_project(tmp_path / "p.qdpx", tmp_path / "study")


def test_a_missing_file_and_a_taken_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.qdpx: it cannot be opened"):
        open_project(tmp_path / "none.qdpx", tmp_path / "study")
    path = trial().write(tmp_path / "p.qdpx", HOW)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(Refused, match="is there already"):
        open_project(path, tmp_path / "full")
    with pytest.raises(BadInput, match="cannot be a coder"):
        open_project(path, tmp_path / "study", coder="agreed")
    (tmp_path / "empty").mkdir()
    open_project(path, tmp_path / "empty", coder="AB")
    assert (tmp_path / "empty" / "study.db").is_file()
    assert (tmp_path / "full" / "mine.txt").read_text() == "mine"


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    path = trial().write(tmp_path / "p.qdpx", HOW)
    before = everything(tmp_path)
    came = open_project(path, tmp_path / "study", coder="AB", dry_run=True)
    assert sum(came.codings.values()) == 10
    assert everything(tmp_path) == before


def test_what_fails_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full when everything has been written but for the move to its place."""
    path = trial().write(tmp_path / "p.qdpx", HOW)
    home = Path(os.environ["QUALBENCH_HOME"])
    before = everything(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(opening.os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        open_project(path, tmp_path / "study", coder="AB")
    assert everything(tmp_path) == before
    assert not any(file.is_file() for file in home.rglob("*")), "not even its secret"


def test_members_and_paths_in_every_form_are_found(tmp_path: Path) -> None:
    text = "Just a few words here."
    guid = HOW.guid("source/a")
    qde = Project([Text("a", text)]).qde(HOW)
    forms = {
        f"SOURCES\\{guid.upper()}.TXT": f"internal://{guid}.txt",
        f"sources/{guid}.txt": f"internal:///{guid}.txt",
        "sources/a b.txt": "internal://a%20b.txt",
        f"{guid}.txt": f"sources/{guid}.txt",
        f"Sources/sub/{guid}.txt": f"INTERNAL://sub/{guid}.txt",
    }
    for n, (member, path) in enumerate(forms.items()):
        xml = qde.replace(f"internal://{guid}.txt", path)
        for folder in ("", "Trial 1/"):
            members = {"__MACOSX/._project.qde": "x", f"{folder}Any.QDE": xml, folder + member: text}
            (tmp_path / "p.qdpx").write_bytes(zipped(members))
            came = open_project(tmp_path / "p.qdpx", tmp_path / "s", dry_run=True)
            assert came.sources == 1, (n, folder)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("declared", ["utf-8", "utf-16", "UTF-8", ""])
def test_xml_is_read_whatever_encoding_it_claims(encoding: str, declared: str, tmp_path: Path) -> None:
    xml = Project([Text("naïve 中", "A few words.")]).qde(DIALECTS["maxqda"])
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    xml = xml.replace('<?xml version="1.0" encoding="utf-8"?>', head)
    guid = DIALECTS["maxqda"].guid("source/naïve 中")
    (tmp_path / "p.qdpx").write_bytes(
        zipped({"p.qde": xml.encode(encoding), f"sources/{guid}.txt": "A few words."})
    )
    assert open_project(tmp_path / "p.qdpx", tmp_path / "s", dry_run=True).sources == 1


def damaged(raw: bytes, data: st.DataObject) -> bytes:
    changed = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(changed) - 1))
        until = at + data.draw(st.integers(0, 40))
        pieces = [
            b"<Code>",
            b"</TextSource>",
            b'"',
            b"&x;",
            b"<Case/>",
            b"-1",
            b"99999999999",
            b"\x00",
            b"<Sets>",
        ]
        changed[at:until] = data.draw(st.binary(max_size=6) | st.sampled_from(pieces))
    return bytes(changed)


def opens_or_says_why(raw: bytes, *, dry_run: bool) -> bool:
    """Whether it was opened; otherwise it was refused in a sentence. Nothing is left behind but a study."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.qdpx"
        path.write_bytes(raw)
        try:
            open_project(path, Path(folder) / "study", coder="AB", dry_run=dry_run)
        except QualbenchError as refused:
            assert refused.message
            assert set(Path(folder).iterdir()) == {path}
            return False
        assert set(Path(folder).iterdir()) == ({path} if dry_run else {path, Path(folder) / "study"})
        return True


def rich() -> dict[str, bytes]:
    """A project with something of everything, as members."""
    project = trial()
    guid = HOW.guid
    project.parts |= {
        "Codes": f'<Code guid="{guid("case")}" name="P07" isCodable="true"/>',
        "Variables": f'<Variable guid="{guid("v")}" name="Person:Site" typeOfVariable="Text"/>',
        "Cases": f'<Case guid="{guid("case")}" name="P07_T0"><VariableValue>'
        f'<VariableRef targetGUID="{guid("v")}"/><TextValue>Leeds</TextValue></VariableValue>'
        f'<SourceRef targetGUID="{guid("source/P07_b")}"/></Case>',
        "Notes": f'<Note guid="{guid("n")}" name="N"><PlainTextContent>Hm.</PlainTextContent></Note>',
        "Links": f'<Link guid="{guid("l")}" originGUID="{guid("n")}" targetGUID="{guid("source/P07_b")}"/>',
        "Sets": f'<Set guid="{guid("s")}" name="S"><MemberCode targetGUID="{guid("code/fear")}"/></Set>',
    }
    text = project.texts[0]
    return {
        "project.qde": project.qde(HOW).encode(),
        f"Sources/{guid('source/P07_b')}.txt": HOW.data(text.text),
    }


FUZZED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FUZZED
@given(data=st.data())
def test_damaged_xml_is_read_or_refused(data: st.DataObject) -> None:
    members = rich()
    members["project.qde"] = damaged(members["project.qde"], data)
    opens_or_says_why(zipped(members, zipfile.ZIP_STORED), dry_run=True)


@FUZZED
@given(data=st.data())
def test_a_damaged_archive_is_read_or_refused(data: st.DataObject) -> None:
    opens_or_says_why(damaged(zipped(rich()), data), dry_run=True)


def test_what_is_read_from_damaged_xml_can_be_written(tmp_path: Path) -> None:
    """Attributes and elements taken out or doubled at random: the study made of it is whole."""
    chance = random.Random(8)
    made = 0
    for _ in range(12):
        members = rich()
        parts = members["project.qde"].decode().split("<")
        for _ in range(3):
            at = chance.randrange(3, len(parts))
            if parts[at].endswith("/>"):
                parts[at : at + 1] = chance.choice([[], [parts[at], parts[at]]])
            else:
                name, _, rest = parts[at].partition(" ")
                words = rest.split('" ')
                parts[at] = f"{name} " + '" '.join(words[1:]) if len(words) > 1 else parts[at]
        members["project.qde"] = "<".join(parts).encode()
        made += opens_or_says_why(zipped(members), dry_run=False)
    assert made >= 4
