"""The same conversation in every format, and what each format has that is not talk."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pypdf
import pytest

from qualbench.errors import BadInput
from qualbench.transcripts.model import Transcript
from qualbench.transcripts.readers import read_transcript
from tests.transcripts.formats import (
    MAKERS,
    SAID,
    document,
    make,
    odt,
    pdf_of,
    rtf,
    textgrid,
    zipped,
)


def read(folder: Path, name: str, data: bytes) -> Transcript:
    (folder / name).write_bytes(data)
    return read_transcript(folder / name)


def said(transcript: Transcript) -> list[tuple[str | None, str]]:
    return [(turn.label, transcript.text[turn.start : turn.end]) for turn in transcript.turns]


def test_every_format_gives_the_same_turns_word_for_word(tmp_path: Path) -> None:
    longer = [*SAID, ("I", "Was it “long”? – Aye, 10:30 till 12…"), ("P07", "That's & was <the> worst, é.")]
    found = {name: said(read_transcript(make(tmp_path, name, longer))) for name in MAKERS}
    assert found == dict.fromkeys(MAKERS, longer)


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("table.docx", [0.0, 6.0, 12.0, 18.0]),
        ("teams.docx", [0.0, 6.0, 12.0, 18.0]),
        ("teams.vtt", [0.0, 2.0, 4.0, 6.0]),
        ("captions.srt", [0.0, 2.0, 4.0, 6.0]),
        ("tiers.TextGrid", [0.0, 1.0, 2.0, 3.0]),
    ],
)
def test_times_of_turns(tmp_path: Path, name: str, times: list[float]) -> None:
    assert [turn.begins_at for turn in read_transcript(make(tmp_path, name)).turns] == times


def test_a_turn_of_several_cues_ends_with_the_last(tmp_path: Path) -> None:
    assert [turn.ends_at for turn in read_transcript(make(tmp_path, "teams.vtt")).turns] == [
        1.9,
        3.9,
        5.9,
        7.9,
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [("Speaker", "Text"), ("I", "How?"), ("P07", "Fine."), ("", "Just fine."), ("I", "Good.")],
        [("I:", "How?"), ("P07:", "Fine.\nJust fine."), ("I:", "Good.")],
        [("1", "00:00:01", "I", "How?"), ("2", "00:00:04", "P07", "Fine."), ("3", "", "", "Just fine."),
         ("4", "00:00:09", "I", "Good.")],
        [("How?", "I", "0:01"), ("Fine.", "P07", "0:04"), ("Just fine.", "P07", "0:06"),
         ("Good.", "I", "0:09")],
    ],
)  # fmt: skip
def test_tables_in_any_order_of_columns(tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    made = docx.Document()
    table = made.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = value
    made.save(str(tmp_path / "a.docx"))
    assert said(read_transcript(tmp_path / "a.docx")) == [
        ("I", "How?"),
        ("P07", "Fine.\nJust fine."),
        ("I", "Good."),
    ]


def test_a_table_that_is_no_talk_is_kept_as_preamble(tmp_path: Path) -> None:
    made = docx.Document()
    table = made.add_table(rows=0, cols=2)
    for row in (("Participant", "P07"), ("Date of the interview", "31 March 2026, in her kitchen")):
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = value
    for who, words in SAID:
        made.add_paragraph(f"{who}: {words}")
    made.save(str(tmp_path / "a.docx"))
    found = read_transcript(tmp_path / "a.docx")
    assert said(found) == list(SAID)
    assert found.text.startswith("Participant | P07\n\nDate of the interview | 31 March")


PARAGRAPHS = "".join(f"<w:p><w:r><w:t>{who}: {words}</w:t></w:r></w:p>" for who, words in SAID)
NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def part(tag: str, inner: str) -> str:
    words = f"<w:p><w:r><w:t>{inner}</w:t></w:r></w:p>"
    return f"<w:{tag}s {NAMESPACE}><w:{tag}>{words}</w:{tag}></w:{tag}s>"


def test_headers_comments_and_notes_of_word_are_left_out_and_told_of(tmp_path: Path) -> None:
    header = f"<w:hdr {NAMESPACE}><w:p><w:r><w:t>Confidential</w:t></w:r></w:p></w:hdr>"
    empty = f"<w:ftr {NAMESPACE}><w:p/></w:ftr>"
    found = read(
        tmp_path,
        "a.docx",
        document(
            PARAGRAPHS,
            **{
                "word__header1.xml": header,
                "word__footer1.xml": empty,
                "word__comments.xml": part("comment", "check this"),
                "word__footnotes.xml": part("footnote", "inaudible"),
            },
        ),
    )
    assert said(found) == list(SAID)
    assert found.notes == [
        "Left out: headers and footers (1).",
        "Left out: comments (1).",
        "Left out: footnotes (1).",
    ]


def test_what_is_not_talk_in_the_other_formats_is_told_of(tmp_path: Path) -> None:
    assert read(tmp_path, "a.rtf", rtf(SAID)).notes == ["Left out: headers and footers (1)."]
    assert (
        "Page numbers and running heads were left out: 1."
        in read_transcript(make(tmp_path, "print.pdf")).notes
    )


def test_page_and_line_numbers_of_a_pdf_are_left_out(tmp_path: Path) -> None:
    lines = [f"{n} {'I' if n % 2 else 'P07'}: This is line number {n} of it." for n in range(1, 13)]
    shown = "\n".join(f"({line}) Tj T*" for line in [*lines, "Page 1 of 1"])
    found = read(tmp_path, "a.pdf", pdf_of(f"BT /F1 10 Tf 50 800 Td 14 TL\n{shown}\nET".encode()))
    assert said(found)[0] == ("I", "This is line number 1 of it.")
    assert len(found.turns) == 12
    assert found.notes == [
        "Line numbers were left out: 12.",
        "Page numbers and running heads were left out: 1.",
    ]


def test_a_column_of_line_numbers_drawn_apart_is_left_out(tmp_path: Path) -> None:
    lines = [f"{'I' if n % 2 else 'P07'}: These are words of turn {n}." for n in range(6)]
    shown = "\n".join(f"({line}) Tj T*" for line in [*lines, *map(str, range(1, 7))])
    found = read(tmp_path, "a.pdf", pdf_of(f"BT /F1 10 Tf 50 800 Td 14 TL\n{shown}\nET".encode()))
    assert [words for _, words in said(found)] == [f"These are words of turn {n}." for n in range(6)]
    assert found.notes == ["Line numbers were left out: 6."]


def test_what_was_deleted_or_moved_away_is_not_read(tmp_path: Path) -> None:
    run = "<w:r><w:t>{0}</w:t></w:r>"
    gone = f"<w:del>{run.format('gone ')}</w:del><w:moveFrom>{run.format('moved ')}</w:moveFrom>"
    body = PARAGRAPHS + f"<w:p>{run.format('I: ')}{gone}{run.format('Left.')}</w:p>"
    assert said(read(tmp_path, "a.docx", document(body)))[-1] == ("I", "Left.")


def test_front_matter_is_metadata_and_preamble(tmp_path: Path) -> None:
    text = "---\ntitle: First\ndate: 2026-03-31\ntimepoint: Baseline\n---\n\nI: How?\n\nP07: Fine."
    found = read(tmp_path, "a.md", text.encode())
    assert found.metadata == {"title": "First", "date": "2026-03-31", "timepoint": "Baseline"}
    assert found.text.startswith("title: First\n\ndate: 2026-03-31\n\n")
    assert [label for label, _ in said(found)] == ["I", "P07"]


def test_headings_inside_are_not_talk(tmp_path: Path) -> None:
    found = read(tmp_path, "a.md", b"# One\n\nI: How?\n\nP07: Fine.\n\n## Part two\n\nAnd well.\n\nI: Good.")
    assert said(found) == [("I", "How?"), ("P07", "Fine."), ("P07", "And well."), ("I", "Good.")]
    assert "\n\nPart two\n\n" in found.text


def test_a_short_textgrid_and_one_tier(tmp_path: Path) -> None:
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "0", "9", "<exists>", "1"]
    lines += ['"IntervalTier"', '"P07"', "0", "9", "3", "0", "2", '"He said ""no""."', "2", "5", '""']
    lines += ["5", "9", '"<UNSURE>Aye</UNSURE> <UNIN/>"']
    found = read(tmp_path, "a.TextGrid", "\n".join(lines).encode("utf-16"))
    assert said(found) == [("P07", 'He said "no".'), ("P07", "Aye [inaudible]")]
    assert (found.encoding, found.notes) == (
        "utf-16",
        [
            "Tags such as <UNSURE> were left out: 2.",
            "Only one tier has words: each of its intervals is a turn.",
        ],
    )


@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"), ("utf-32", "utf-32")]
)
def test_wide_encodings_with_and_without_a_mark(tmp_path: Path, encoding: str, told: str) -> None:
    text = "\n\n".join(f"{who}: {words}" for who, words in SAID)
    found = read(tmp_path, "a.txt", text.encode(encoding))
    assert (said(found), found.encoding) == (list(SAID), told)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\r\n\r\n"])
def test_line_ends_of_every_kind(tmp_path: Path, end: str) -> None:
    text = end.join(f"{who}: {words}" for who, words in SAID)
    assert said(read(tmp_path, "a.txt", text.encode())) == list(SAID)


def test_a_few_control_characters_are_left_out_and_told_of(tmp_path: Path) -> None:
    text = "\n\n".join(f"{who}: {words}" for who, words in SAID).replace("woman", "wo\0man")
    found = read(tmp_path, "a.txt", text.encode())
    assert said(found) == list(SAID)
    assert found.notes == ["Control characters were left out: 1."]


def test_right_to_left_combining_and_emoji(tmp_path: Path) -> None:
    text = "\u200fI: שלום, מה שלומך?\n\nP07: Cafe\u0301 👩‍👧‍👦 بخير.\n\nI: תודה.\n\nP07: 🙂"
    assert said(read(tmp_path, "a.txt", text.encode())) == [
        ("I", "שלום, מה שלומך?"),
        ("P07", "Café 👩‍👧‍👦 بخير."),
        ("I", "תודה."),
        ("P07", "🙂"),
    ]


def encrypted_pdf() -> bytes:
    writer = pypdf.PdfWriter(io.BytesIO(pdf_of(b"BT /F1 10 Tf 50 800 Td (I: Hello.) Tj ET")))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def encrypted_odt() -> bytes:
    manifest = '<m:manifest xmlns:m="urn:x"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    return zipped(content__xml="<x/>", **{"META-INF__manifest.xml": manifest})


def bomb(member: str, megabytes: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, b" " * (megabytes * 1024 * 1024))
    return out.getvalue()


LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.docx", lambda: document(PARAGRAPHS, word__vbaProject__bin="x"), "holds macros"),
        ("a.odt", lambda: zipped(content__xml="<x/>", Basic__script="x"), "holds macros"),
        ("a.odt", encrypted_odt, "protected by a password"),
        ("a.odt", lambda: b"PK\x03\x04 but no zip", "not an OpenDocument text, or is damaged"),
        ("a.odt", lambda: zipped(content__xml="<x/>"), "not an OpenDocument text"),
        ("a.docx", lambda: bomb("word/document.xml", 201), "unpacks to more than 200 MB"),
        ("a.docx", lambda: bomb("word/document.xml", 41), "larger than 20 MB"),
        ("a.odt", lambda: bomb("content.xml", 41), "larger than 20 MB"),
        ("a.rtf", lambda: b"I: Hello.", "not an RTF file"),
        ("a.rtf", lambda: b"{\\rtf1 {\\b }}", "no text in it"),
        ("a.pdf", lambda: b"I: Hello.", "damaged"),
        ("a.pdf", lambda: pdf_of(b"0 0 m 9 9 l S"), "it may be a scan"),
        ("a.pdf", encrypted_pdf, "protected by a password"),
        ("a.srt", lambda: b"I: Hello.", "no caption"),
        ("a.html", lambda: b"<html><body><script>x</script></body></html>", "no text in it"),
        ("a.TextGrid", lambda: b"I: Hello.", "not a TextGrid"),
        ("a.TextGrid", lambda: textgrid(SAID)[:-60], "damaged or cut off"),
        ("a.TextGrid", lambda: textgrid([("I", " ")]), "no interval of it has words"),
        ("a.docm", lambda: b"x", "files ending in '.docm' are not read"),
        ("a.doc", lambda: b"x", "files ending in '.doc' are not read"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path, name: str, data, told: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadInput) as refused:
        read(tmp_path, name, data().replace(b"vbaProject/bin", b"vbaProject.bin"))
    assert refused.value.message.startswith(f"{name}: ") and told in refused.value.message
    assert refused.value.hint


def test_a_file_of_200_megabytes_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    with pytest.raises(BadInput, match="larger than 50 MB"):
        read_transcript(tmp_path / "a.txt")


@pytest.mark.parametrize("doctype", [LAUGHS, OUTSIDE])
def test_a_document_that_declares_entities_is_refused(tmp_path: Path, doctype: str) -> None:
    inner = "<w:body><w:p><w:r><w:t>I: Hello &a; there.</w:t></w:r></w:p></w:body>"
    xml = f'<?xml version="1.0"?>{doctype}<w:document {NAMESPACE}>{inner}</w:document>'
    with pytest.raises(BadInput, match="declares entities"):
        read(tmp_path, "a.docx", zipped(**{"word__document.xml": xml}))


def docx_table(folder: Path, rows: list[tuple[str, ...]], merged: tuple[int, ...] = ()) -> Transcript:
    """Read a Word table; the first two cells of the rows in `merged` are one."""
    made = docx.Document()
    table = made.add_table(rows=0, cols=len(rows[0]))
    for n, row in enumerate(rows):
        cells = table.add_row().cells
        for cell, value in zip(cells, row, strict=True):
            cell.text = value
        if n in merged:
            cells[1].text = ""
            cells[0].merge(cells[1])
    made.save(str(folder / "a.docx"))
    return read_transcript(folder / "a.docx")


def test_no_word_of_a_table_is_lost(tmp_path: Path) -> None:
    found = docx_table(
        tmp_path,
        [
            ("Interview with P07", "", "", ""),
            ("Time", "Speaker", "Text", "Notes"),
            ("00:01", "I", "How was it for you then?", ""),
            ("00:04", "P07", "It was fine, just fine.", "she smiles"),
            ("Part 2: the school", "", "", ""),
            ("00:09 phone rings", "I", "And the school?", ""),
            ("00:12", "P07", "Naw.", "cries"),
        ],
        merged=(4,),
    )
    assert [(label, words.split()[0]) for label, words in said(found)] == [
        ("I", "How"),
        ("P07", "It"),
        ("I", "And"),
        ("P07", "Naw."),
    ]
    for aside in ("Interview with P07", "she smiles", "Part 2: the school", "00:09 phone rings", "cries"):
        assert f"\n{aside}\n" in f"\n{found.text}\n"


@pytest.mark.parametrize(
    "rows",
    [
        [("1", "I: How?"), ("2", "P07: Fine."), ("3", "I: Good.")],
        [("I 00:01", "How?"), ("P07 00:04", "Fine."), ("I 00:06", "Good.")],
        [("Interviewer number one", "How?"), ("P07", "Fine."), ("Interviewer number one", "Good.")],
        [("Interviewer", "Participant"), ("How?", "Fine."), ("Good.", "")],
    ],
)
def test_other_tables_that_teams_use(tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    assert [words for _, words in said(docx_table(tmp_path, rows))] == ["How?", "Fine.", "Good."]
    assert len({label for label, _ in said(docx_table(tmp_path, rows))}) == 2


def test_what_stands_around_a_table_of_talk_is_not_the_last_speakers(tmp_path: Path) -> None:
    made = docx.Document(io.BytesIO(MAKERS["table.docx"](SAID)))
    made.add_paragraph("End of recording")
    made.save(str(tmp_path / "a.docx"))
    found = read_transcript(tmp_path / "a.docx")
    assert said(found) == list(SAID)
    assert found.text.endswith("\n\nEnd of recording")


def test_cells_of_a_web_page_keep_their_paragraphs_apart(tmp_path: Path) -> None:
    row = "<tr><td>{0}</td><td><p>{1}</p><p>And <big>so</big> on.</p>line<br>break</td></tr>"
    page = "<table>" + "".join(row.format(who, words) for who, words in SAID) + "</table>"
    found = said(read(tmp_path, "a.html", page.encode()))
    assert found[0] == ("I", "How did you hear of it?\nAnd so on.\nline\nbreak")


def test_captions_with_blank_lines_notes_and_sounds(tmp_path: Path) -> None:
    text = (
        "WEBVTT\n\nNOTE by hand\n\nNOTE-1\n00:01.000 --> 00:02.000\nI: Hello there\n\nand again\n\n"
        "2\n00:03.000 --> 00:04.000\nP07: <laughs> Aye.\n\nnaw\n3\n00:05.000 --> 00:06.000\nI: So?\n"
        "P07: <i>Naw</i>.\n"
    )
    assert said(read(tmp_path, "a.vtt", text.encode())) == [
        ("I", "Hello there and again"),
        ("P07", "<laughs> Aye. naw"),
        ("I", "So?"),
        ("P07", "Naw."),
    ]


def test_a_document_of_many_paragraphs_takes_no_longer_than_it_must(tmp_path: Path) -> None:
    many = [(who, "word " * 3) for who, _ in SAID] * 2_000
    assert len(read(tmp_path, "a.docx", document(PARAGRAPHS * 2_000)).turns) == 8_000
    assert len(read(tmp_path, "a.odt", odt(many)).turns) == 8_000
