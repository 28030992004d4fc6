"""Each format gives the same turns, and what cannot be read is refused in a sentence."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest

from qualbench.errors import BadInput
from qualbench.transcripts.readers import read_transcript

SAID = [
    ("I", "How did you hear of it?"),
    ("P07", "A pal of mine, naïve as she is, said. [laughs] Aye."),
    ("I", "And then?"),
    ("P07", "Then the woman came. 🙂"),
]


def as_txt(folder: Path) -> Path:
    file = folder / "talk.txt"
    file.write_text("\n\n".join(f"{who}: {words}" for who, words in SAID), "utf-8")
    return file


def as_docx(folder: Path) -> Path:
    document = docx.Document()
    for who, words in SAID:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{who}:").bold = True
        paragraph.add_run(f"\t{words}")
    file = folder / "talk.docx"
    document.save(str(file))
    return file


def as_vtt(folder: Path, teams: bool = True) -> Path:
    lines = ["WEBVTT", ""]
    clock = 0
    for who, words in SAID:
        half = len(words.split()) // 2
        for piece in (words.split()[:half], words.split()[half:]):
            said = " ".join(piece)
            lines += [
                f"00:{clock:02}.000 --> 00:{clock + 2:02}.500",
                f"<v {who}>{said}</v>" if teams else f"{who}: {said}",
                "",
            ]
            clock += 3
    file = folder / f"talk{teams}.vtt"
    file.write_text("\n".join(lines), "utf-8")
    return file


@pytest.mark.parametrize("make", [as_txt, as_docx, as_vtt, lambda folder: as_vtt(folder, teams=False)])
def test_the_same_talk_in_every_format(tmp_path: Path, make) -> None:  # type: ignore[no-untyped-def]
    transcript = read_transcript(make(tmp_path))
    assert [(t.label, transcript.text[t.start : t.end]) for t in transcript.turns] == SAID
    assert transcript.text == "\n\n".join(f"{who}: {words}" for who, words in SAID)


def test_cues_are_joined_to_turns_with_their_times(tmp_path: Path) -> None:
    transcript = read_transcript(as_vtt(tmp_path))
    assert [(t.begins_at, t.ends_at) for t in transcript.turns] == [
        (0, 5.5),
        (6, 11.5),
        (12, 17.5),
        (18, 23.5),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    said = (
        "I: Café or not, it’s naïve to think that they’d come back here.\r\n\r\nP07: Sí – señor, très naïve."
    )
    (tmp_path / "talk.txt").write_bytes(said.encode(encoding))
    transcript = read_transcript(tmp_path / "talk.txt")
    assert transcript.text == said.replace("\r\n", "\n")


def test_hard_wrapped_lines_are_joined_and_page_numbers_left_out(tmp_path: Path) -> None:
    line = "and so the whole of the morning went by with nobody there at all, which was the point,"
    text = "\n".join(
        [
            "1/2",
            "I:",
            " Go on.",
            "P07:",
            f" Well, {line}",
            line,
            line,
            "and then no more.",
            "2/2",
            "I:",
            "Yes.",
        ]
    )
    (tmp_path / "talk.txt").write_text(text)
    transcript = read_transcript(tmp_path / "talk.txt")
    assert [(t.label, transcript.text[t.start : t.end]) for t in transcript.turns] == [
        ("I", "Go on."),
        ("P07", f"Well, {line} {line} {line} and then no more."),
        ("I", "Yes."),
    ]
    assert transcript.notes == ["2 page numbers were left out."]


def zipped(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b"  \n ", "empty"),
        ("a.txt", bytes(range(256)) * 20, "not text"),
        ("a.txt", b"\x01\x02\x03\x04 hello \x05\x06" * 9, "not text"),
        ("a.txt", zipped(x="y"), "a Word or other zipped file"),
        ("a.txt", b"%PDF-1.7 ...", "a PDF"),
        ("a.docx", b"I: Hello.\n\nP07: Hi.", "not a Word document"),
        ("a.docx", zipped(hello="x"), "not a Word document"),
        ("a.docx", zipped(word__document_xml="x"), "not a Word document"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "protected by a password"),
        ("a.docx", zipped(**{"word__document.xml": "<broken"}), "damaged"),
        ("a.vtt", b"1\n00:01 --> 00:02\nHello", "not WebVTT"),
        ("a.vtt", b"WEBVTT\n\nNOTE nothing here", "no caption"),
        ("a.mp3", b"ID3", "files ending in '.mp3' are not read"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(BadInput) as refused:
        read_transcript(tmp_path / name)
    assert refused.value.message.startswith(f"{name}: ")
    assert said in refused.value.message
    assert refused.value.hint


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"gone\.txt: it cannot be opened"):
        read_transcript(tmp_path / "gone.txt")


def test_a_document_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (201 * 1024 * 1024))
    with pytest.raises(BadInput, match="200 MB"):
        read_transcript(tmp_path / "a.docx")
