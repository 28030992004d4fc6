"""The codebook as REFI-QDA: valid, whole, the same again when read, and read from other programs."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from qualbench.codebook.files import find_codebook, read_codebook_file, shipped_codebooks
from qualbench.codebook.importing import import_entries
from qualbench.codebook.rules import check_entries
from qualbench.codebook.tree import LEVELS, ORIGINS, Codebook, CodeEntry, read_codebook
from qualbench.coding.applying import add_coding
from qualbench.errors import BadInput
from qualbench.exchange.refi_qda.codebook import write_qdc
from qualbench.exchange.refi_qda.codebook_reading import DEEPEST, read_qdc, read_qdc_into
from qualbench.exchange.refi_qda.descriptions import describe, read_description
from qualbench.exchange.refi_qda.names import Guids, guids_of
from qualbench.exchange.refi_qda.project import write_project
from qualbench.exchange.refi_qda.reading import read_colour, read_guid
from qualbench.study.database import Study
from qualbench.study.journal import change, undo
from qualbench.study.tables import Code
from tests.builders import ENTRIES, place, small_study
from tests.exchange.reader import Project

SCHEMA = Path(__file__).parents[3] / "shared" / "refi-qda" / "Codebook.xsd"
UID = "6d1f1a2e-7a0f-4a6e-9c1b-2f4f6b8d0e13"
NS = {"q": "urn:QDA-XML:codebook:1.0"}
FULL = CodeEntry(
    "fear",
    "trust",
    "code",
    "Fear / shame?",
    definition="Being afraid of the worker.\n\nId: this line only looks like one of ours",
    short_definition="Afraid.",
    when_to_use="When fear is said\nWhen not to use: neither is this a heading",
    when_not_to_use="For worry.",
    typical_example="I was feart of them.",
    atypical_example="My stomach turned.",
    near_miss_example="I was worried.",
    central_concept="Being watched",
    origin="data",
    question="2b",
    tags=("tfa:burden", "npt:coherence"),
    stakeholders=("Parent",),
    timepoints=("Baseline", "Follow-up"),
    also_in=("trial",),
    colour="#56B4E9",
    status="candidate",
)


def written(entries: list[CodeEntry], folder: Path) -> Path:
    path = folder / "book.qdc"
    write_qdc(Codebook(entries), path, Guids(UID))
    if SCHEMA.is_file():
        schema = etree.XMLSchema(etree.parse(SCHEMA))
        assert schema.validate(etree.parse(path)), schema.error_log
    return path


def reading(xml: str | bytes, folder: Path, **known: object) -> list[CodeEntry]:
    (folder / "in.qdc").write_bytes(xml if isinstance(xml, bytes) else xml.encode())
    entries = read_qdc(folder / "in.qdc", **known)  # type: ignore[arg-type]
    check_entries(entries)
    return entries


def codes(xml: str) -> str:
    return f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>{xml}</Codes></CodeBook>'


@pytest.mark.parametrize("name", shipped_codebooks())
def test_a_shipped_codebook_is_valid_and_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    entries = read_codebook_file(find_codebook(name))
    back = read_qdc(written(entries, tmp_path))
    assert back == [replace(entry, key=None) for _, entry in Codebook(entries).walk()]


def test_every_field_comes_back(tmp_path: Path) -> None:
    entries = [ENTRIES[0], FULL, ENTRIES[4]]
    path = written(entries, tmp_path)
    assert read_qdc(path) == entries
    xml = etree.parse(path)
    code = xml.find(".//q:Code[@name='Fear ~ shame~']", NS)
    assert code is not None
    assert code.get("color") == "#56B4E9"
    assert (code.findtext("q:Description", None, NS) or "").startswith("Being afraid of the worker.\n")
    (group,) = xml.findall(".//q:Set", NS)
    assert group.get("name") == "Candidate theme: The trial"
    assert [m.get("guid") for m in group.findall("q:MemberCode", NS)] == [code.get("guid")]


def test_two_exports_are_the_same_bytes_and_guids_those_of_the_project(tmp_path: Path) -> None:
    first = written(ENTRIES, tmp_path).read_bytes()
    assert written(ENTRIES, tmp_path).read_bytes() == first
    guids = {c.get("guid") for c in etree.fromstring(first).iter("{*}Code")}
    assert guids == {Guids(UID)("code", entry.id) for entry in ENTRIES}


def test_colours_are_those_taken_over(tmp_path: Path) -> None:
    xml = etree.parse(written(ENTRIES, tmp_path))
    colours = {c.get("name"): c.get("color") for c in xml.iter("{*}Code")}
    assert colours["Fear"] == colours["Social work"] == colours["Trust"] == "#D55E00"
    back = Codebook(read_qdc(tmp_path / "book.qdc"))
    assert [back.by_id[i].colour for i in ("trust", "social-work", "fear")] == ["#D55E00", None, None]


def test_what_is_not_in_use_stays_at_home_and_what_is_below_it_moves_up(tmp_path: Path) -> None:
    entries = [
        ENTRIES[0],
        replace(ENTRIES[1], status="retired"),
        ENTRIES[2],
        replace(ENTRIES[3], status="merged", merged_into="fear"),
    ]
    back = read_qdc(written(entries, tmp_path))
    assert [(e.id, e.parent_id) for e in back] == [("trust", None), ("fear", "trust")]


def test_labels_that_differ_only_in_reserved_characters_stay_apart(tmp_path: Path) -> None:
    entries = [CodeEntry(f"x{n}", None, "code", label) for n, label in enumerate(["A/B", "A:B", "a~b", "?"])]
    xml = etree.parse(written(entries, tmp_path))
    assert [c.get("name") for c in xml.iter("{*}Code")] == ["A~B", "A~B (x1)", "a~b (x2)", "~"]
    assert read_qdc(tmp_path / "book.qdc") == entries


def test_a_code_is_known_again_after_work_elsewhere(tmp_path: Path) -> None:
    """Renamed, moved, its description rewritten, GUIDs in capitals: it is still the code of the study."""
    full = replace(FULL, id="f2", parent_id="trust", also_in=())
    book = Codebook([replace(ENTRIES[0], key="t"), *ENTRIES[1:3], full])
    text = written(list(book.by_id.values()), tmp_path).read_text()
    guid = Guids(UID)("code", "fear")
    text = text.replace('name="Fear"', 'name="Dread"').replace(guid, f"{{{guid.upper()}}}")
    text = text.replace("Id: fear", "Written anew in NVivo")
    entries = {e.id: e for e in reading(text, tmp_path, book=book, study_uid=UID)}
    assert (entries["fear"].label, entries["fear"].definition) == ("Dread", "Written anew in NVivo")
    assert entries["trust"].key == "t"
    assert entries["f2"] == book.by_id["f2"]


def test_a_program_that_drops_descriptions_wipes_nothing(tmp_path: Path) -> None:
    book = Codebook([ENTRIES[0], FULL, ENTRIES[4]])
    root = etree.parse(written(list(book.by_id.values()), tmp_path)).getroot()
    for element in [*root.iter("{*}Description"), *root.iter("{*}Sets")]:
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)
    entries = reading(etree.tostring(root), tmp_path, book=book, study_uid=UID)
    assert entries[1] == replace(book.by_id["fear"], label="Fear ~ shame~", status="agreed")


def test_a_copy_of_a_code_is_another_code(tmp_path: Path) -> None:
    text = written([ENTRIES[0]], tmp_path).read_text()
    code = text[text.index("<Code ") : text.index("</Codes>")]
    copy = code.replace(Guids(UID)("code", "trust"), Guids(UID)("code", "of NVivo"))
    for both in (code + copy, copy + code):
        entries = reading(text.replace(code, both), tmp_path, book=Codebook(ENTRIES), study_uid=UID)
        assert {e.id for e in entries} == {"trust", "trust-2"}


def test_a_name_takes_no_id_of_a_code_with_another_name(tmp_path: Path) -> None:
    book = Codebook([CodeEntry("fear", None, "code", "Anxiety")])
    (entry,) = reading(codes('<Code guid="x" name="Fear" isCodable="true"/>'), tmp_path, book=book)
    assert entry.id == "fear-2"


NVIVO_MAC = """\ufeff<?xml version="1.0" encoding="UTF-8" standalone="no" ?>
<CodeBook origin="NVivo 12 For Mac" xmlns="urn:QDA-XML:codebook:1:0"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="urn:QDA-XML:codebook:1:0 Codebook.xsd"><Codes>
<Code guid="0c0e2e7c-4a47-4f0e-8f3b-111111111111" isCodable="false" name="Barriers"><Description />
  <Code color="#FF0000" guid="0c0e2e7c-4a47-4f0e-8f3b-222222222222" isCodable="true" name="Time">
    <Description>Having no time.&#13;&#10;When to use: if asked</Description>
    <Code guid="0c0e2e7c-4a47-4f0e-8f3b-333333333333" isCodable="true" name="School run"/></Code></Code>
<Code guid="0c0e2e7c-4a47-4f0e-8f3b-444444444444" isCodable="false" name="Empty folder"/>
</Codes></CodeBook>"""
MAXQDA = """<?xml version="1.0" encoding="utf-8"?><CodeBook origin="MAXQDA 2024"
 xmlns="urn:QDA-XML:codebook:1.0"><Codes>
<Code guid="0C0E2E7C-4A47-4F0E-8F3B-AAAAAAAAAAAA" name="Zeit" isCodable="true" color="#ff8000"/>
<Code guid="0C0E2E7C-4A47-4F0E-8F3B-BBBBBBBBBBBB" name="zeit " isCodable="true" color="-65536"/>
<Code guid="0C0E2E7C-4A47-4F0E-8F3B-CCCCCCCCCCCC" name="Überforderung" isCodable="true" color="#FFAABBCC"/>
</Codes><Sets><Set guid="0C0E2E7C-4A47-4F0E-8F3B-DDDDDDDDDDDD" name="Belastung">
<MemberCode guid="0c0e2e7c-4a47-4f0e-8f3b-aaaaaaaaaaaa"/><MemberCode targetGUID="no"/>
</Set></Sets></CodeBook>"""
TAGUETTE = """<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="Taguette 1.4"><Codes>
<Code guid="0c0e2e7c-4a47-4f0e-8f3b-555555555555" name="people.parents" isCodable="true">
<Description>&lt;p&gt;Mothers &amp;amp; fathers&lt;/p&gt;
&lt;p&gt;&lt;b&gt;All&lt;/b&gt; ages &lt; 60&lt;/p&gt;</Description>
</Code><Code name="" isCodable="true"/></Codes><Sets/></CodeBook>"""


def test_nvivo_on_a_mac(tmp_path: Path) -> None:
    entries = reading(NVIVO_MAC, tmp_path)
    assert [(e.id, e.parent_id, e.level, e.label) for e in entries] == [
        ("barriers", None, "theme", "Barriers"),
        ("time", "barriers", "subtheme", "Time"),
        ("school-run", "time", "code", "School run"),
        ("empty-folder", None, "theme", "Empty folder"),
    ]
    assert (entries[1].definition, entries[1].when_to_use) == ("Having no time.", "if asked")
    assert entries[1].colour == "#FF0000"


@pytest.mark.parametrize(
    "data", [MAXQDA.encode("utf-8-sig"), MAXQDA.replace("utf-8", "utf-16").encode(), MAXQDA.encode("utf-16")]
)
def test_maxqda_with_double_names_sets_and_colours_of_every_kind(data: bytes, tmp_path: Path) -> None:
    entries = reading(data, tmp_path)
    assert [(e.id, e.label, e.colour, e.also_in) for e in entries] == [
        ("zeit", "Zeit", "#FF8000", ("belastung",)),
        ("zeit-2", "zeit (2)", "#FF0000", ()),
        ("uberforderung", "Überforderung", "#AABBCC", ()),
        ("belastung", "Belastung", None, ()),
    ]
    assert (entries[3].level, entries[3].status) == ("theme", "candidate")


def test_a_set_named_like_a_code_of_the_study_is_another_entry(tmp_path: Path) -> None:
    book = Codebook([CodeEntry("belastung", None, "code", "Belastung")])
    theme = reading(MAXQDA, tmp_path, book=book)[-1]
    assert (theme.id, theme.level) == ("belastung-2", "theme")


def test_taguette_with_markup_and_missing_names(tmp_path: Path) -> None:
    entries = reading(TAGUETTE, tmp_path)
    assert [(e.id, e.label) for e in entries] == [
        ("people-parents", "people.parents"),
        ("code-without-a-name", "Code without a name"),
    ]
    assert entries[0].definition == "Mothers & fathers\n\nAll ages < 60"


def test_codes_without_a_namespace_or_in_containers_of_their_own(tmp_path: Path) -> None:
    xml = '<codebook><Code name="A"><Codes><Code name="B"/></Codes></Code></codebook>'
    assert [(e.id, e.parent_id, e.level) for e in reading(xml, tmp_path)] == [
        ("a", None, "theme"),
        ("b", "a", "code"),
    ]


def test_colours_and_guids_in_every_form() -> None:
    given = [
        "#abc",
        "#Fabc",
        "#80AABBCC",
        "rgb(213, 94,0)",
        "-16776961",
        "Red",
        "rgba(1,2,3,0.5)",
        "",
        "mauve",
    ]
    assert [read_colour(text) for text in given] == [
        "#AABBCC", "#AABBCC", "#AABBCC", "#D55E00", "#0000FF", "#FF0000", "#010203", None, None,
    ]  # fmt: skip
    assert read_guid(" {0C0E2E7C-4A47-4F0E-8F3B-111111111111}") == "0c0e2e7c-4a47-4f0e-8f3b-111111111111"
    assert read_guid("17") is read_guid(None) is None


BOMB = (
    "<!DOCTYPE CodeBook [" + '<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{8 * f"&{a};"}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)  # fmt: skip


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        ("", "not XML"),
        ("guid,name\n1,A\n", "not XML"),
        (codes("<Code name='A'>"), "line 1: it is not XML"),
        (codes(""), "holds no codes"),
        ("<Project><CodeBook/></Project>", "not a codebook"),
        ("<html><body/></html>", "not a codebook"),
        (b"PK\x03\x04", "an archive"),
        (b"\x00\xff\xfe\x00" * 9, "not XML"),
        ('<!DOCTYPE CodeBook [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + codes("&x;"), "document type"),
        (BOMB + codes('<Code name="&i;"/>'), "document type"),
        (BOMB + codes('<Code name="A"><Description>&i;&i;</Description></Code>'), "document type"),
        (codes('<Code name="A">' * (DEEPEST + 1) + "</Code>" * (DEEPEST + 1)), "more than 100 deep"),
        (codes('<Code name="A">' * 50_000 + "</Code>" * 50_000), "nested too deep"),
        (codes('<Code name="A"/>') + " " * 20_000_000, "more than the 20 MB"),
    ],
    ids=range(14),
)
def test_what_is_no_codebook_is_told_in_a_sentence(xml: str | bytes, message: str, tmp_path: Path) -> None:
    began = time.perf_counter()
    with pytest.raises(BadInput, match=message) as caught:
        reading(xml, tmp_path)
    assert caught.value.hint
    assert time.perf_counter() - began < 2


def test_a_missing_file_and_an_empty_book_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_qdc(tmp_path / "none.qdc")
    with pytest.raises(BadInput, match="no codes to export"):
        write_qdc(Codebook([]), tmp_path / "none.qdc", Guids(UID))


def test_two_thousand_codes_and_fifty_levels(tmp_path: Path) -> None:
    entries = [CodeEntry(f"d{n}", f"d{n - 1}" if n else None, "code", f"Deep {n}") for n in range(50)]
    entries += [CodeEntry(f"c{n}", "d49", "code", f"Code {n}", definition="x" * 400) for n in range(2000)]
    began = time.perf_counter()
    back = read_qdc(written(entries, tmp_path), Codebook(entries), UID)
    assert time.perf_counter() - began < 5
    assert back == entries


words = st.text(st.sampled_from("aä🙂:<>&/ -\n'\"") | st.characters(codec="utf-8"), max_size=20)
headings = st.sampled_from(["Id: x", "Tag: y", "When to use: z", " Level: theme", "Status: candidate", ""])
texts = st.lists(words | headings, max_size=4).map("\n".join)


def as_kept(text: str) -> str:
    """What is left of a text once it has been through the program: one kind of line end, no markup."""
    return read_description(text.replace(":", "")).get("definition", "")  # type: ignore[no-any-return]


@given(definition=texts.map(as_kept), use=texts.map(as_kept), origin=st.sampled_from(ORIGINS))
def test_any_description_is_read_back(definition: str, use: str, origin: str) -> None:
    definition, use = definition.replace("a", "Id: x\n Id:"), use.replace("a", "\nTag: y")
    entry = CodeEntry(
        "x", None, "code", "X", definition=definition.strip(), when_to_use=use.strip(), origin=origin
    )
    wanted = {"definition": entry.definition, "when_to_use": entry.when_to_use, "origin": origin}
    assert read_description(describe(entry)) == {name: value for name, value in wanted.items() if value}


labels = st.text(st.sampled_from("abAB/:~ ?(x1)"), min_size=1, max_size=4).map(
    lambda t: " ".join(t.split()) or "x"
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_codebook_comes_back(data: st.DataObject, tmp_path: Path) -> None:
    entries: list[CodeEntry] = []
    for n in range(data.draw(st.integers(1, 9))):
        parent = data.draw(st.sampled_from([None, *(e.id for e in entries)]))
        label = data.draw(labels)
        taken = {e.label.casefold() for e in entries if e.parent_id == parent}
        themes = [e.id for e in entries if e.level != "code"]
        entries.append(
            CodeEntry(
                f"x{n}",
                parent,
                data.draw(st.sampled_from(LEVELS)),
                label if label.casefold() not in taken else f"{label}{n}{n}",
                also_in=tuple(i for i in themes if data.draw(st.booleans())),
            )
        )
    expected = [entry for _, entry in Codebook(entries).walk()]
    back = read_qdc(written(entries, tmp_path))
    assert [replace(e, also_in=()) for e in back] == [replace(e, also_in=()) for e in expected]
    assert [set(e.also_in) for e in back] == [set(e.also_in) for e in expected]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject, tmp_path: Path) -> None:
    raw = bytearray(data.draw(st.sampled_from([NVIVO_MAC, MAXQDA, TAGUETTE])).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        until = at + data.draw(st.integers(0, 30))
        raw[at:until] = data.draw(
            st.binary(max_size=4) | st.sampled_from([b"<Code>", b"</Code>", b'"', b"&x;"])
        )
    try:
        reading(bytes(raw), tmp_path)
    except BadInput as refused:
        assert refused.message and refused.hint


@pytest.mark.parametrize("coded", [False, True])
def test_the_project_leaves_out_retired_codes_that_nothing_is_coded_with(
    coded: bool, sqlite_study: Study, tmp_path: Path
) -> None:
    study = small_study(sqlite_study, tmp_path / "files")
    if coded:
        add_coding(study, "P07_b", place(study, "P07_b", "They judge ye."), "judged")
    with change(study, "codebook", "Retired") as changed:
        changed.update(Code, [{"id": "judged", "status": "retired"}])
    write_project(study, tmp_path / "p.qdpx", ["AB"])
    assert ("Being judged" in Project(tmp_path / "p.qdpx").code_names().values()) == coded


def test_a_code_of_another_program_that_is_renamed_there_comes_back_as_the_same(
    sqlite_study: Study, tmp_path: Path
) -> None:
    """Its GUID is kept at the first import, goes out with it, and is known at the second."""
    file = tmp_path / "book.qdc"

    def import_codes(*names: str) -> list[tuple[str, str]]:
        guids = ["0C0E2E7C-4A47-4F0E-8F3B-AAAAAAAAAAAA", "{0c0e2e7c-4a47-4f0e-8f3b-bbbbbbbbbbbb}"]
        file.write_text(
            codes("".join(f'<Code guid="{g}" name="{n}"/>' for g, n in zip(guids, names, strict=True)))
        )
        read = read_qdc_into(sqlite_study, file)
        import_entries(sqlite_study, read.entries, "a file", guids=read.guids)
        return [(entry.id, entry.label) for entry in read_codebook(sqlite_study).by_id.values()]

    assert import_codes("Zeit", "Angst") == [("zeit", "Zeit"), ("angst", "Angst")]
    assert import_codes("Time", "Angst") == [("zeit", "Time"), ("angst", "Angst")]
    write_qdc(read_codebook(sqlite_study), file, guids_of(sqlite_study))
    went = {c.get("name"): c.get("guid") for c in etree.parse(file).iter("{*}Code")}
    assert went == {
        "Time": "0c0e2e7c-4a47-4f0e-8f3b-aaaaaaaaaaaa",
        "Angst": "0c0e2e7c-4a47-4f0e-8f3b-bbbbbbbbbbbb",
    }
    undo(sqlite_study)
    assert import_codes("Fear of time", "Angst")[0] == ("zeit", "Fear of time")


def test_our_own_guids_are_not_kept_as_another_programs(sqlite_study: Study, tmp_path: Path) -> None:
    import_entries(sqlite_study, ENTRIES, "test")
    write_qdc(read_codebook(sqlite_study), tmp_path / "book.qdc", guids_of(sqlite_study))
    read = read_qdc_into(sqlite_study, tmp_path / "book.qdc")
    assert [entry.id for entry in read.entries] == [entry.id for entry in ENTRIES] and read.guids == {}
