"""Text in any encoding, captions and documents as they come, and what is refused in a sentence."""

from __future__ import annotations

import contextlib
import io
import os
import random
import zipfile
from pathlib import Path

import pytest

from qualbench.codebook.files import data_folder
from qualbench.errors import BadInput
from qualbench.transcripts.readers import read_transcript


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    said = (
        "I: Café or not, it’s naïve to think that they’d come back here.\r\n\r\nP07: Sí – señor, très naïve."
    )
    (tmp_path / "talk.txt").write_bytes(said.encode(encoding))
    transcript = read_transcript(tmp_path / "talk.txt")
    assert transcript.text == said.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "I: Où est le café à Genève – déjà vu ?\n\nP07: Señor, “naïve”."),
        ("latin-1", "I: Le café?\n\nP07: Zoë."),
        ("mac-roman", "I: Un café, s’il vous plaît.\n\nP07: Très bien."),
        ("cp1251", "I: Как вы себя чувствуете сегодня утром?\n\nP07: Спасибо, очень хорошо, доктор."),
        (
            "cp1250",
            "I: Gdzie mieszka pani z dziećmi? Chciałabym wiedzieć.\n\nP07: W Łodzi, na ulicy Źródłowej.",
        ),
    ],
)
def test_short_texts_in_old_encodings(tmp_path: Path, encoding: str, text: str) -> None:
    (tmp_path / "talk.txt").write_bytes(text.encode(encoding))
    assert read_transcript(tmp_path / "talk.txt").text == text


def test_a_pipe_and_a_file_with_a_strange_name(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(BadInput, match=r"a\.txt: it is no file"):
        read_transcript(tmp_path / "a.txt")
    strange = tmp_path / os.fsdecode(b"b\xff\x1b[31m.txt")
    strange.write_bytes(b"")
    with pytest.raises(BadInput, match=r"b\?\?\[31m\.txt: the file is empty"):
        read_transcript(strange)


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
    assert transcript.notes == ["Page numbers were left out: 2."]


def zipped(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name.replace("__", "/")), data)  # one time: it stands in the ids
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b"  \n ", "empty"),
        pytest.param("a.txt", bytes(range(256)) * 20, "encoding cannot be told", id="every byte"),
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


def vtt(folder: Path, text: str) -> list[tuple[str | None, str]]:
    (folder / "a.vtt").write_text("WEBVTT\n\n" + text, "utf-8")
    transcript = read_transcript(folder / "a.vtt")
    return [(t.label, transcript.text[t.start : t.end]) for t in transcript.turns]


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("00:01.000 --> 00:02.000\n<v P01>One.\n\n00:02.000 --> 00:03.000\n<v Gran>Once.\n", 2),
        ("00:01.000 --> 00:02.000\n<v P01>One.</v> <v Gran>Two.</v>\n", 2),
        ("00:01.000 --> 00:02.000\n<v P01>One.\n00:02.000 --> 00:03.000\n<v Gran>Two.\n", 2),
        ("NOTE\n00:01.000 --> 00:02.000 is no cue\n\n00:01.000 --> 00:02.000\n<v P01>One.\n", 1),
        ("STYLE\n::cue { color: red }\n\nid-1\n00:01.000 --> 00:02.000 align:start\n<v P01>One\ntwo.\n", 1),
        ("00:01.000 --> 00:02.000\n<v Mary &amp; Bob>One &lt;i&gt; <i>two</i>.\n", 1),
    ],
)
def test_voices_are_told_apart(tmp_path: Path, text: str, turns: int) -> None:
    found = vtt(tmp_path, text)
    assert len(found) == turns
    assert all(label for label, _ in found)
    assert not any("-->" in words for _, words in found)


def test_captions_full_of_open_tags_take_no_time(tmp_path: Path) -> None:
    assert len(vtt(tmp_path, "00:01.000 --> 00:02.000\nx " + "<v " * 200_000 + "<a" * 200_000)) == 1


PARAGRAPH = (
    "<w:p><w:r><w:t>I: One, </w:t></w:r><w:ins><w:r><w:t>inserted </w:t></w:r></w:ins>"
    "<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>"
    "<w:smartTag><w:r><w:t>tagged</w:t></w:r></w:smartTag><w:r><w:br/><w:t>P07: Two.</w:t></w:r></w:p>"
    "<w:sdt><w:sdtContent><w:p><w:r><w:t>I: Three.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
)


def as_document(folder: Path, body: str) -> Path:
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(folder / "a.docx", "w") as archive:
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>'
        )
    return folder / "a.docx"


def test_no_word_of_a_document_is_lost_without_a_note(tmp_path: Path) -> None:
    transcript = read_transcript(as_document(tmp_path, PARAGRAPH))
    assert [(t.label, transcript.text[t.start : t.end]) for t in transcript.turns] == [
        ("I", "One, inserted tagged"),
        ("P07", "Two."),
        ("I", "Three.\ncell"),
    ]
    assert transcript.notes == ["Tracked changes were taken as accepted: 2."]


def test_labels_without_talk_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("I:\nP07:\nI:\nP07:\n")
    with pytest.raises(BadInput, match="no talk"):
        read_transcript(tmp_path / "a.txt")


@pytest.mark.parametrize("name", ["P01_baseline.docx", "P02_followup.vtt", "P03_baseline.txt"])
def test_mutated_files_are_read_or_refused(tmp_path: Path, name: str) -> None:
    whole = (data_folder("transcripts_demo") / name).read_bytes()
    chance = random.Random(name)
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            place = chance.randrange(len(data))
            data[place : place + chance.choice([0, 1, 40])] = bytes(
                chance.choices(range(256), k=chance.choice([0, 1, 9]))
            )
        (tmp_path / name).write_bytes(data)
        with contextlib.suppress(BadInput):
            read_transcript(tmp_path / name)
