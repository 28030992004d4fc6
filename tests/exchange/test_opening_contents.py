"""Memos, annotations, codes, users, and what is no text: what can be read is read, the rest is told."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from qualbench.codebook.tree import read_codebook
from qualbench.coding.memos import MemoRead, list_memos
from qualbench.exchange.refi_qda.opening import open_project
from qualbench.exchange.refi_qda.opening_elements import read_time
from qualbench.exchange.refi_qda.opening_report import Opened
from qualbench.study.database import Study, open_study
from qualbench.study.integrity import check_study
from qualbench.study.journal import read_log
from qualbench.study.settings import read_study_settings
from qualbench.study.tables import Coding, Layer, table_of
from qualbench.transcripts.sources import list_sources, read_sources
from tests.exchange.dialects import DIALECTS, Dialect, Project, Text, element, rewritten, trial
from tests.exchange.test_opening_dialects import guids

HOW = DIALECTS["qc"]
GUID = HOW.guid
WORDS = "One two three four five six."


def opened(
    project: Project, folder: Path, how: Dialect = HOW, coder: str | None = "AB"
) -> tuple[Study, Opened]:
    came = open_project(project.write(folder / "p.qdpx", how), folder / "study", coder=coder)
    study = open_study(folder / "study", coder=coder)
    assert check_study(study) == []
    return study, came


def left_out(came: Opened) -> dict[str, int]:
    return {one.kind: one.count for one in came.left_out}


def note(name: str, text: str, **attributes: str) -> str:
    inner = element("PlainTextContent", text)
    given = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<Note guid="{GUID("note/" + name)}" name="{name}"{given}>{inner}</Note>'


def selection(start: int, end: int, inner: str = "", **attributes: str) -> str:
    given = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return (
        f'<PlainTextSelection startPosition="{start}" endPosition="{end}"{given}>{inner}</PlainTextSelection>'
    )


def coding(code: str, inner: str = "", guid: str = "") -> str:
    given = f' guid="{guid}"' if guid else ""
    return f'<Coding{given}><CodeRef targetGUID="{GUID("code/" + code)}"/>{inner}</Coding>'


def ref(name: str) -> str:
    return f'<NoteRef targetGUID="{GUID("note/" + name)}"/>'


def test_notes_become_memos_on_what_refers_to_them(tmp_path: Path) -> None:
    project = Project([Text("a", WORDS)])
    project.texts[0].more = (
        selection(0, 7, coding("fear", ref("coded")))
        + selection(8, 13, coding("fear") + ref("words"))
        + selection(14, 18, guid=GUID("annotated"))
        + selection(19, 23, element("Description", "Said with a laugh."))
        + ref("source")
    )
    project.parts |= {
        "Codes": f'<Code guid="{GUID("extra")}" name="Extra" isCodable="true">{ref("code")}</Code>',
        "Notes": "".join(
            note(
                name,
                f"On {name} 🙂\n中",
                creatingUser=GUID("user/Bob"),
                creationDateTime="2025-01-02T03:04:05Z",
            )
            for name in ("coded", "words", "linked", "source", "code", "study", "alone")
        )
        + note("empty", " "),
        "Links": f'<Link guid="{GUID("link")}" originGUID="{GUID("note/linked")}" '
        f'targetGUID="{GUID("annotated")}"/>'
        f'<Link guid="{GUID("other")}" originGUID="{GUID("code/fear")}" targetGUID="{GUID("code/trust")}"/>',
        "end": element("Description", "What it is all about.") + ref("study"),
    }
    study, came = opened(project, tmp_path)
    memos = {memo.text: memo for bob in ("AB", "BO") for memo in list_memos(study.by(bob), by=bob)}

    def on(name: str) -> MemoRead:
        return memos[f"# {name}\n\nOn {name} 🙂\n中"]

    assert (on("coded").about, on("coded").quote, on("coded").label) == ("coding", "One two", "fear")
    assert (on("words").about, on("words").quote) == ("turn", "three")
    assert (on("linked").about, on("linked").quote) == ("turn", "four")
    assert (on("source").about, on("source").source) == ("source", "a")
    assert (on("code").about, on("code").label) == ("code", "Extra")
    assert {on("study").about, on("alone").about, memos["What it is all about."].about} == {"study"}
    assert memos["Said with a laugh."].quote == "five"
    assert (on("coded").created_by, on("coded").created_at[:19]) == ("BO", "2025-01-02T03:04:05")
    assert left_out(came) == {"links between things": 1, "texts without words": 1}
    study.close()


def test_several_codings_of_a_selection_and_codings_of_whole_texts(tmp_path: Path) -> None:
    project = Project([Text("a", f"  {WORDS}\n")])
    project.texts[0].more = (
        selection(2, 9, coding("fear") + coding("trust") + coding("fear"))
        + coding("forms")
        + coding("nowhere")
    )
    study, came = opened(project, tmp_path)
    table = table_of(Coding)
    with study.read() as db:
        rows = set(db.execute(sa.select(table.c.start, table.c.end, table.c.code_id, table.c.layer)).all())
    unlisted = read_codebook(study).find("Code without a name").id
    assert rows == {
        (2, 9, "fear", "AB"),
        (2, 9, "trust", "AB"),
        (2, 30, "forms", "AB"),
        (2, 30, unlisted, "AB"),
    }
    assert left_out(came) == {
        "codes that something is coded with, but that are not listed": 1,
        "codings that were there twice": 1,
        "codings of whole texts, now on all their words": 2,
    }
    study.close()


def test_passages_past_the_end_are_told_and_not_cut_in_silence(tmp_path: Path) -> None:
    project = Project([Text("a", WORDS)])
    project.texts[0].more = (
        "".join(
            selection(start, end, coding("fear"))
            for start, end in ((0, 7), (8, 90), (50, 60), (9, 4), (3, 3))
        )
        + '<PlainTextSelection startPosition="x" endPosition="3">'
        + coding("fear")
        + "</PlainTextSelection>"
    )
    study, came = opened(project, tmp_path)
    assert came.codings == {"AB": 2}
    assert left_out(came) == {
        "passages that ran past the end of their text, cut there": 1,
        "passages past the end of their text, left out": 1,
        "passages without a place that can be read": 2,
        "passages without a letter": 1,
    }
    study.close()


def test_pdfs_give_their_text_and_transcripts_theirs(tmp_path: Path) -> None:
    """The text of a PDF comes with its passages; areas, times, pictures and recordings are told."""
    project = Project([])
    project.parts["Sources"] = (
        f'<PDFSource guid="{GUID("pdf")}" name="Minutes" path="internal://x.pdf">'
        f'<PDFSelection guid="{GUID("area")}" page="1" firstX="1" firstY="1" secondX="9" secondY="9">'
        f"{coding('fear')}{coding('trust')}</PDFSelection>"
        f'<Representation guid="{GUID("words")}">{element("PlainTextContent", WORDS)}'
        f"{selection(0, 7, coding('fear'))}</Representation>{coding('forms')}</PDFSource>"
        f'<AudioSource guid="{GUID("audio")}" name="Tape 3" path="absolute:///C:/tape.mp3">'
        f'<Transcript guid="{GUID("transcript")}" name="t">'
        f"{element('PlainTextContent', 'Hello there. Bye now.')}"
        f'<SyncPoint guid="{GUID("s1")}" timeStamp="0" position="13"/><SyncPoint guid="{GUID("s2")}" '
        f'timeStamp="9" position="20"/><TranscriptSelection guid="{GUID("ts")}" fromSyncPoint="{GUID("s1")}" '
        f'toSyncPoint="{GUID("s2")}">{coding("trust")}</TranscriptSelection></Transcript>'
        f'<AudioSelection guid="{GUID("as")}" begin="1" end="2">{coding("fear")}</AudioSelection>'
        "</AudioSource>"
        f'<PictureSource guid="{GUID("picture")}" name="Board" path="internal://b.png">{coding("fear")}'
        "</PictureSource>"
    )
    project.parts["Graphs"] = f'<Graph guid="{GUID("graph")}" name="Map"><Vertex guid="{GUID("v")}"/></Graph>'
    project.parts["end"] = "<Sounds><Sound/></Sounds>"
    study, came = opened(project, tmp_path)
    texts = {source.summary.name: source.text for source in read_sources(study)}
    assert texts == {"Minutes": WORDS, "Tape 3": "Hello there. Bye now."}
    table = table_of(Coding)
    with study.read() as db:
        names = {source.id: source.name for source in list_sources(study)}
        rows = {(names[r.source_id], r.start, r.end, r.code_id) for r in db.execute(sa.select(table))}
    assert rows == {("Minutes", 0, 7, "fear"), ("Minutes", 0, 28, "forms"), ("Tape 3", 13, 20, "trust")}
    assert left_out(came) == {
        "PDFs, but for their text": 1,
        "codings of areas of PDFs": 2,
        "sound recordings": 1,
        "time marks in transcripts of recordings": 2,
        "codings of stretches of sound": 1,
        "pictures": 1,
        "codings of whole recordings, pictures and PDFs": 1,
        "codings of whole texts, now on all their words": 1,
        "maps (graphs)": 1,
        "elements of a kind that is not known": 1,
    }
    study.close()


def test_missing_members_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    project = trial()
    more = f'<TextSource guid="{GUID("gone")}" name="Gone" plainTextPath="internal://gone.txt">'
    project.parts["Sources"] = (
        more
        + selection(0, 3, coding("fear") + coding("trust"))
        + "</TextSource>"
        + f'<TextSource guid="{GUID("far")}" name="Far" plainTextPath="relative:///a/b.txt"/>'
        + f'<TextSource guid="{GUID("word")}" name="Word" richTextPath="internal://w.docx"/>'
        + f'<TextSource guid="{GUID("zeros")}" name="Zeros" plainTextPath="internal://z.txt"/>'
    )
    project.extra["sources/z.txt"] = bytes(900)
    study, came = opened(project, tmp_path)
    assert [source.name for source in list_sources(study)] == ["P07_b"]
    assert {one.kind: list(one.examples) for one in came.left_out} == {
        "texts that are missing in the file": ["Gone", "Far"],
        "texts that are there only as Word or not at all": ["Word"],
        "texts that cannot be read": ["Zeros: this is not text."],
        "passages in texts that are missing": ["Gone"],
    }
    study.close()


def test_users_become_coders_with_initials_of_their_own(tmp_path: Path) -> None:
    names = ("Ann Brown", "Adam Black", "Agreed", "ann.brown@example.org", "李雷", "x", "AB2")
    project = Project([Text("a", WORDS)], users=names)
    project.texts[0].codings = [(0, 3, "fear", name) for name in names]
    project.texts[0].more = selection(4, 7, coding("fear"), creatingUser=GUID("user/nobody"))
    study, came = opened(project, tmp_path, coder=None)
    assert came.coders == {
        "AB": "Ann Brown",
        "AB2": "Adam Black",
        "AB3": "ann.brown@example.org",
        "李雷": "李雷",
        "XX": "x",
        "AB22": "AB2",
        "XX2": "",
    }
    with study.read() as db:
        layers = set(db.execute(sa.select(table_of(Layer).c.name)).scalars())
    assert layers == {"agreed", *came.coders}
    assert came.codings["agreed"] == came.codings["XX2"] == 1
    assert left_out(came) == {"coders who are not among the users": 1}
    assert read_study_settings(study).coders[0] == "AB"
    study.close()


def test_the_person_at_work_is_the_user_of_that_name(tmp_path: Path) -> None:
    study, came = opened(trial(), tmp_path, coder="bo")
    assert came.coders == {"AB": "Ann Brown", "bo": "Bob"}
    assert study.coder == "bo"
    assert [event.coder for event in read_log(study)] == ["bo"] * len(read_log(study))
    study.close()


def test_doubled_guids_and_names_lose_nothing(tmp_path: Path) -> None:
    project = Project([Text("a", WORDS), Text("b", WORDS.upper())])
    twice = f'<Code guid="{GUID("code/fear")}" name="Dread" isCodable="true"/>'
    project.parts["Codes"] = twice + f'<Code guid="{GUID("other")}" name="Fear" isCodable="true"/>'
    project.texts[0].codings = [(0, 3, "fear", "Bob"), (4, 7, "fear", "Bob")]
    first = GUID("coding/a/0/3/fear/Bob")
    qde = project.qde(HOW).replace(GUID("coding/a/4/7/fear/Bob"), first)
    qde = qde.replace(GUID("source/b"), GUID("source/a"))
    qde = qde.replace('plainTextPath="b.txt"', 'name="a" plainTextPath="b.txt"')
    path = project.write(tmp_path / "p.qdpx", HOW)
    rewritten(path, {"project.qde": qde.encode()})
    came = open_project(path, tmp_path / "study", coder="AB")
    study = open_study(tmp_path / "study")
    assert check_study(study) == []
    assert sorted(source.name for source in list_sources(study)) == ["a", "a (2)"]
    labels = [entry.label for entry in read_codebook(study).by_id.values()]
    assert labels == ["hearing", "fear", "trust", "forms", "Dread", "Fear (2)"]
    assert came.codings == {"BO": 2}
    assert list(guids(study, "coding")) == [first]
    assert guids(study, "code")[GUID("code/fear")] == "fear"
    study.close()


BARE = (
    "<Project><Sources><TextSource><PlainTextContent>Just a few words here.</PlainTextContent>"
    '<PlainTextSelection startPosition="5" endPosition="10"><Coding><CodeRef targetGUID='
    '"{0C0E2E7C-4A47-4F0E-8F3B-111111111111}"/></Coding></PlainTextSelection></TextSource></Sources></Project>'
)


@pytest.mark.parametrize("coder", ["AB", None])
def test_without_names_users_dates_guids_and_codebook_it_is_read_all_the_same(
    coder: str | None, tmp_path: Path
) -> None:
    (tmp_path / "bare.QDE").write_text(BARE)
    came = open_project(tmp_path / "bare.QDE", tmp_path / "study", coder=coder)
    study = open_study(tmp_path / "study")
    assert check_study(study) == []
    assert [source.name for source in list_sources(study)] == ["Text 1"]
    assert came.codings == {coder or "XX": 1}
    assert read_study_settings(study).title == "bare"
    with study.read() as db:
        row = db.execute(sa.select(table_of(Coding))).one()
    assert (row.start, row.end, row.code_id) == (5, 10, "code-without-a-name")
    study.close()


def test_an_unpacked_project_has_its_texts_beside_it(tmp_path: Path) -> None:
    how = DIALECTS["nvivo-windows"]
    project = trial()
    (tmp_path / "Sources").mkdir()
    (tmp_path / "Sources" / f"{how.guid('source/P07_b')}.txt").write_bytes(how.data(project.texts[0].text))
    (tmp_path / "project.qde").write_text(project.qde(how), "utf-8")
    came = open_project(tmp_path / "project.qde", tmp_path / "study", coder="AB")
    assert sum(came.codings.values()) == len(project.texts[0].codings)


@pytest.mark.parametrize(
    ("xml", "found"),
    [
        ("2025-05-06T07:08:09Z", "2025-05-06T07:08:09.000000Z"),
        ("2025-05-06T07:08:09.1234567+02:00", "2025-05-06T05:08:09.123456Z"),
        ("2025-05-06T24:00:00-05:30", "2025-05-07T05:30:00.000000Z"),
        (" 2025-05-06T07:08:60 ", "2025-05-06T07:08:59.000000Z"),
        ("2025-05-06", "2025-05-06T00:00:00.000000Z"),
        ("2025-05-06 07:08", "2025-05-06T07:08:00.000000Z"),
        ("2025-02-30T00:00:00Z", None),
        ("9999-12-31T23:00:00-14:00", None),
        ("2025-05-06T25:00:00Z", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_times_in_every_form(xml: str | None, found: str | None) -> None:
    assert read_time(xml) == found


def test_the_order_of_elements_does_not_matter(tmp_path: Path) -> None:
    project = trial()
    xml = project.qde(HOW)
    start, end = xml.index("<Sources>"), xml.index("</Sources>") + len("</Sources>")
    head = xml.index("<Users>")
    turned = xml[:head] + xml[start:end] + xml[head:start] + xml[end:]
    path = project.write(tmp_path / "p.qdpx", HOW)
    rewritten(path, {"project.qde": turned.encode()})
    came = open_project(path, tmp_path / "study", coder="AB")
    assert sum(came.codings.values()) == len(project.texts[0].codings)
    assert came.coders == {"AB": "Ann Brown", "BO": "Bob"}


def test_a_note_in_which_something_is_coded_is_a_source(tmp_path: Path) -> None:
    project = trial()
    inner = element("PlainTextContent", WORDS) + selection(0, 7, coding("fear"))
    project.parts["Notes"] = f'<Note guid="{GUID("note/diary")}" name="Diary">{inner}</Note>'
    study, came = opened(project, tmp_path)
    assert {s.name: s.kind for s in list_sources(study)} == {"P07_b": "interview", "Diary": "field note"}
    assert came.memos == 0
    study.close()
