"""The demonstration: its files are what they say, and the whole way leaves no identifier behind."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from qualbench.analysis.matrix import build_matrix
from qualbench.codebook.files import data_folder
from qualbench.evaluation.followups import follow_ups
from qualbench.evaluation.withdrawal import find_withdrawal
from qualbench.redaction.entities import whole_words
from qualbench.redaction.kinds import TERMS
from qualbench.redaction.patterns import STRONG, find_patterns
from qualbench.study.integrity import check_study
from qualbench.study.journal import read_log
from qualbench.text.spans import Span
from qualbench.transcripts.participants import list_participants
from qualbench.transcripts.readers import read_transcript
from qualbench.transcripts.sources import list_sources, read_source
from tests.cli.test_commands import run
from tests.conftest import Demonstration

FOLDER = data_folder("transcripts_demo")


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """The texts as they come in, by source."""
    return {
        Path(row["file"]).stem: read_transcript(FOLDER / row["file"]).text for row in rows("manifest.csv")
    }


def test_the_listed_identifiers_stand_in_the_texts(texts: dict[str, str]) -> None:
    listed = rows("identifiers.csv")
    assert all(row["kind"] in TERMS for row in listed)
    missing = [
        (row["source"], row["text"]) for row in listed if not whole_words(texts[row["source"]], row["text"])
    ]
    assert missing == []
    assert min(Counter(row["source"] for row in listed).values()) >= 12
    assert set(texts) == {row["source"] for row in listed}


def test_every_number_or_address_with_a_form_of_its_own_is_listed(texts: dict[str, str]) -> None:
    listed = defaultdict(list)
    for row in rows("identifiers.csv"):
        listed[row["source"]] += whole_words(texts[row["source"]], row["text"])
    for source, text in texts.items():
        for found in find_patterns(text):
            if found.tier == STRONG and found.kind != "age":
                covered = any(s.start < found.end and found.start < s.end for s in listed[source])
                assert covered, (source, text[found.start : found.end])


def test_sources_are_conversations_of_their_own(texts: dict[str, str]) -> None:
    assert len(texts) >= 14
    seen: dict[str, str] = {}
    for source, text in texts.items():
        assert 700 <= len(text.split()) <= 2500, source
        said = re.sub(r"^\w+: ", "", text, flags=re.MULTILINE)
        for sentence in re.split(r"(?<=[.?!])\s+", said):
            words = re.findall(r"\w+", sentence.casefold())
            if len(words) >= 6:
                assert seen.setdefault(" ".join(words), source) == source


def test_neither_table_knows_an_arm() -> None:
    for name in ("manifest.csv", "participants.csv"):
        assert not any("arm" in column.casefold() for column in rows(name)[0])


def test_three_families_were_talked_to_twice(demonstration: Demonstration) -> None:
    waves = defaultdict(set)
    for summary in list_sources(demonstration.study):
        for turn in read_source(demonstration.study, summary.name).turns:
            if turn.participant:
                waves[turn.participant].add(summary.timepoint)
    families = {p.id for p in list_participants(demonstration.study) if p.family}
    assert sum(waves[one] == {"Baseline", "Follow-up"} for one in families) == 3
    assert {row["file"].rpartition(".")[2] for row in rows("manifest.csv")} == {"docx", "txt", "vtt"}


def test_two_coders_have_coded_apart() -> None:
    for coder in ("AB", "CD"):
        assert len(rows(f"codings_{coder}.csv")) >= 250
    keys = ("source", "start", "end", "code")
    a, b = (
        {tuple(row[key] for key in keys) for row in rows(f"codings_{coder}.csv")} for coder in ("AB", "CD")
    )
    assert a - b and b - a


def test_every_stage_ran_and_the_study_is_whole(demonstration: Demonstration) -> None:
    assert [stage.name for stage in demonstration.stages] == [
        "Import",
        "Redaction",
        "Codebook",
        "Coding",
        "Agreement",
        "Reconciliation",
        "Second version",
        "Matrix",
        "Withdrawal",
        "Plan",
        "Criteria",
        "Issue and theory",
        "Arms",
        "Journal",
    ]
    assert check_study(demonstration.study) == []
    assert all(source.state == "sealed" for source in list_sources(demonstration.study))


def test_the_withdrawn_parents_words_are_in_no_byte_of_study_or_exports(
    demonstration: Demonstration, texts: dict[str, str]
) -> None:
    said = (data_folder("demonstration") / "P07_baseline.txt").read_text()
    theirs = re.findall(r"[a-z]{5,}", " ".join(re.findall(r"^P07: (.*)", said, re.MULTILINE)).casefold())
    instruments = " ".join(path.read_text() for path in data_folder("codebooks").glob("*.yaml"))
    known = set(
        re.findall(r"[a-z]{5,}", " ".join([*texts.values(), instruments, said_of_the_study()]).casefold())
    )
    only_theirs = set(theirs) - known
    assert {"rhododendron", "kettle", "lassie"} & only_theirs
    for path in [*demonstration.study.folder.rglob("*"), *demonstration.exports.rglob("*")]:
        if path.is_file():
            for name, data in _contents(path):
                words = data.lower()
                assert [w for w in only_theirs if w.encode() in words] == [], (path.name, name)
    found = find_withdrawal(demonstration.study, "P07")
    assert found is not None and (found.choice, found.date) == ("remove", "2023-11-14")


def said_of_the_study() -> str:
    """The words of the plan, the criteria, the theory and the program itself, which anybody may use."""
    folders = (data_folder("plans"), data_folder("criteria"), data_folder("theories"))
    files = [path for folder in folders for path in folder.glob("*.yaml")]
    program = data_folder("demonstration").parent.parent
    files += [path for path in program.rglob("*.py") if path.name != "demonstration_evaluation.py"]
    return " ".join(path.read_text(encoding="utf-8") for path in files)


def test_a_follow_up_is_missing_and_a_small_cell_does_not_go_out(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    waves = {family.family: family.waves for family in follow_ups(demonstration.study)}
    assert [wave.state for wave in waves["F04"]] == ["talked", "missing"]
    ran = run(
        "--study", demonstration.study.folder, "export", "matrix", tmp_path / "m.docx", "--readable", code=1
    )
    assert "Family engagement worker, Follow-up" in ran.stderr and not (tmp_path / "m.docx").exists()


def test_the_arms_are_unsealed_on_record(demonstration: Demonstration) -> None:
    matrix = build_matrix(demonstration.study, "themes", ("arm",))
    assert set(matrix.columns) == {("IPS",), ("SAU",), ("(not stated)",)}
    events = [event.action for event in read_log(demonstration.study)]
    assert events.count("unseal arms") == 1
    assert events.index("unseal arms") > max(n for n, action in enumerate(events) if action == "reconcile")


ID_LETTERS = frozenset("0123456789abcdefghjkmnpqrstvwxyz")
ID = re.compile(rb"[0-9abcdefghjkmnpqrstvwxyz]{12}")


def test_no_identifier_is_left_in_a_text(demonstration: Demonstration) -> None:
    for row in rows("identifiers.csv"):
        assert whole_words(read_source(demonstration.study, row["source"]).text, row["text"]) == []


def test_no_identifier_is_left_in_any_byte_of_study_or_exports(
    demonstration: Demonstration, texts: dict[str, str]
) -> None:
    """Every listed string but those that also stand somewhere as an ordinary word or inside one."""
    listed = rows("identifiers.csv")
    spans = {
        name: [s for row in listed if row["source"] == name for s in whole_words(text, row["text"])]
        for name, text in texts.items()
    }
    wanted = {
        row["text"]
        for row in listed
        if len(row["text"]) >= 4 and _only_ever_listed(row["text"], texts, spans)
    }
    assert len(wanted) > 300
    for path in [*demonstration.study.folder.rglob("*"), *demonstration.exports.rglob("*")]:
        if path.is_file():
            for name, data in _contents(path):
                without_ids = ID.sub(b"", data)
                left = [
                    t for t in wanted if _stands_in(t, data, without_ids) or t.encode("utf-16-le") in data
                ]
                assert left == [], (path.name, name)


def _stands_in(string: str, data: bytes, without_ids: bytes) -> bool:
    """Whether a string is there; a short number only by itself, for digests hold any, and one that could be
    part of a random id only outside of what looks like one."""
    found = string.encode()
    if string.isdigit():
        return re.search(rb"(?<![0-9a-fA-F])" + found + rb"(?![0-9a-fA-F])", data) is not None
    return found in (without_ids if ID_LETTERS.issuperset(string) else data)


def _only_ever_listed(string: str, texts: dict[str, str], spans: dict[str, list[Span]]) -> bool:
    return all(
        any(span.start <= match.start() and match.end() <= span.end for span in spans[name])
        for name, text in texts.items()
        for match in re.finditer(re.escape(string), text)
    )


def _contents(path: Path) -> list[tuple[str, bytes]]:
    data = path.read_bytes()
    if not data.startswith(b"PK"):
        return [("", data)]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]
