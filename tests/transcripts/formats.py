"""One conversation as a file of each format that is read, made without the readers' own code."""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import docx

Said = Sequence[tuple[str, str]]
"""Who says what, a pair a turn."""

SAID: Said = [
    ("I", "How did you hear of it?"),
    ("P07", "A pal of mine, naïve as she is, said so. [laughs] Aye."),
    ("I", "And then?"),
    ("P07", "Then the woman came."),
]

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def txt(said: Said) -> bytes:
    """Labels before a colon, a blank line between turns."""
    return "\n\n".join(f"{who}: {words}" for who, words in said).encode()


def markdown(said: Said) -> bytes:
    """Labels in bold, under a heading."""
    return ("# Interview\n\n" + "\n\n".join(f"**{who}:** {words}" for who, words in said)).encode()


def word(said: Said) -> bytes:
    """Word paragraphs, labels in bold before a tab."""
    document = docx.Document()
    for who, words in said:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{who}:").bold = True
        paragraph.add_run(f"\t{words}")
    return _saved(document)


def word_table(said: Said) -> bytes:
    """A Word table of time, speaker and words, as transcription companies lay it out."""
    document = docx.Document()
    table = document.add_table(rows=1, cols=3)
    for cell, title in zip(table.rows[0].cells, ("Time", "Speaker", "Text"), strict=True):
        cell.text = title
    for n, (who, words) in enumerate(said):
        for cell, value in zip(table.add_row().cells, (f"00:00:{n * 6:02}", who, words), strict=True):
            cell.text = value
    return _saved(document)


def teams_word(said: Said) -> bytes:
    """A Word file as Teams exports it: name and time, a line break, then the words."""
    document = docx.Document()
    document.add_paragraph("Interview-20260331_100000-Meeting Recording")
    document.add_paragraph("31 March 2026, 10:00am")
    document.add_paragraph("Somebody started transcription")
    for n, (who, words) in enumerate(said):
        paragraph = document.add_paragraph()
        paragraph.add_run(who).bold = True
        time = paragraph.add_run(f"   0:{n * 6:02}")
        time.add_break()
        paragraph.add_run(words)
    document.add_paragraph("Somebody stopped transcription")
    return _saved(document)


def document(body: str, **parts: str) -> bytes:
    """A Word file with this XML as its body, and further parts by name, `__` standing for a slash."""
    xml = f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    return zipped(**{"word__document.xml": xml, **parts})


def webvtt(said: Said) -> bytes:
    """WebVTT as Teams writes it, each turn in two cues."""
    cues = [f"00:{at}.000 --> 00:{at}.900\n<v {who}>{words}</v>\n" for at, who, words in _cues(said)]
    return "\n".join(["WEBVTT\n", *cues]).encode()


def zoom_webvtt(said: Said) -> bytes:
    """WebVTT as Zoom writes it."""
    cues = [
        f"{n}\n00:{at}.000 --> 00:{at}.900\n{who}: {words}\n"
        for n, (at, who, words) in enumerate(_cues(said))
    ]
    return "\n".join(["WEBVTT\n", *cues]).encode()


def subrip(said: Said) -> bytes:
    """SubRip with CR LF, as Windows programs write it."""
    cues = [
        f"{n}\r\n00:00:{at},000 --> 00:00:{at},900\r\n{who}: {words}\r\n"
        for n, (at, who, words) in enumerate(_cues(said), start=1)
    ]
    return "\r\n".join(cues).encode()


def rtf(said: Said) -> bytes:
    """Rich Text, letters beyond ASCII as escapes."""

    def escaped(text: str) -> str:
        return "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in text)

    lines = "".join(f"{{\\b {who}:}}\\tab {escaped(words)}\\par\n" for who, words in said)
    return (
        "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fnil\\fcharset0 Arial;}}{\\header Draft}\n" + lines + "}"
    ).encode()


def odt(said: Said) -> bytes:
    """An OpenDocument text, labels in a bold span before a tab."""
    lines = "".join(
        f'<text:p><text:span text:style-name="T1">{who}:</text:span><text:tab/>{html.escape(words)}</text:p>'
        for who, words in said
    )
    names = "".join(f' xmlns:{n}="{_ODF}{n}:1.0"' for n in ("office", "text", "style", "table"))
    return zipped(
        mimetype="application/vnd.oasis.opendocument.text",
        content__xml=f'<office:document-content{names} xmlns:fo="{_ODF}xsl-fo-compatible:1.0">'
        '<office:automatic-styles><style:style style:name="T1" style:family="text">'
        '<style:text-properties fo:font-weight="bold"/></style:style></office:automatic-styles>'
        f"<office:body><office:text>{lines}</office:text></office:body></office:document-content>",
    )


def pdf(said: Said) -> bytes:
    """A PDF of one page, a line a turn, with a page number below."""
    lines = [f"{who}: {words}" for who, words in said] + ["1"]
    shown = "\n".join(f"({_pdf_escaped(line)}) Tj T*" for line in lines)
    return pdf_of(f"BT /F1 10 Tf 50 800 Td 14 TL\n{shown}\nET".encode("cp1252"))


def pdf_of(content: bytes) -> bytes:
    """A PDF of one page that draws this."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out = b"%PDF-1.4\n"
    places = []
    for n, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\n" % table
    return out + b"startxref\n%d\n%%%%EOF\n" % start


def webpage(said: Said) -> bytes:
    """A web page, a paragraph a turn."""
    lines = "".join(f"<p><b>{who}:</b> {html.escape(words)}</p>\n" for who, words in said)
    return f"<html><head><title>x</title><style>p {{}}</style></head><body>{lines}</body></html>".encode()


def textgrid(said: Said) -> bytes:
    """A Praat TextGrid in the long format, one tier a speaker."""
    tiers = {who: [(n, words) for n, (w, words) in enumerate(said) if w == who] for who, _ in said}
    lines = [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        "xmin = 0 ",
        f"xmax = {len(said)} ",
        "tiers? <exists> ",
        f"size = {len(tiers)} ",
        "item []: ",
    ]
    for t, (who, spoken) in enumerate(tiers.items(), start=1):
        lines += [f"    item [{t}]:", '        class = "IntervalTier" ', f'        name = "{who}" ']
        lines += [
            "        xmin = 0 ",
            f"        xmax = {len(said)} ",
            f"        intervals: size = {len(spoken)} ",
        ]
        for k, (n, words) in enumerate(spoken, start=1):
            text = words.replace('"', '""')
            lines += [
                f"        intervals [{k}]:",
                f"            xmin = {n} ",
                f"            xmax = {n + 0.9} ",
            ]
            lines += [f'            text = "{text}" ']
    return "\n".join(lines).encode()


MAKERS: dict[str, Callable[[Said], bytes]] = {
    "plain.txt": txt,
    "marked.md": markdown,
    "paragraphs.docx": word,
    "table.docx": word_table,
    "teams.docx": teams_word,
    "teams.vtt": webvtt,
    "zoom.vtt": zoom_webvtt,
    "captions.srt": subrip,
    "rich.rtf": rtf,
    "open.odt": odt,
    "print.pdf": pdf,
    "page.html": webpage,
    "tiers.TextGrid": textgrid,
}
"""A file name for each format with what makes such a file."""


def make(folder: Path, name: str, said: Said = SAID) -> Path:
    """Write a conversation as one of `MAKERS`."""
    (folder / name).write_bytes(MAKERS[name](said))
    return folder / name


def zipped(**members: str) -> bytes:
    """A zip file; `__` in a name stands for a slash, but in `content__xml` and the like for a point."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__xml", ".xml").replace("__", "/"), data)
    return out.getvalue()


def _cues(said: Said) -> list[tuple[str, str, str]]:
    """Each turn in two halves: seconds, speaker, words."""
    cues = []
    for who, words in said:
        half = max(1, len(words.split()) // 2)
        for piece in (words.split()[:half], words.split()[half:]):
            if piece:
                cues.append((f"{len(cues) % 60:02}", who, html.escape(" ".join(piece), quote=False)))
    return cues


def _pdf_escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()
