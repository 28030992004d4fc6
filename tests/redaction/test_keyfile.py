"""The key file: what it gives back, what it withholds, and what becomes of one that is damaged."""

from __future__ import annotations

import base64
import json
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Never

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.errors import BadInput, Damaged, NotFound, QualbenchError, Refused
from qualbench.redaction import keyfile
from qualbench.redaction.deciding import decide
from qualbench.redaction.entities import ACCEPTED, REJECTED, list_entities
from qualbench.redaction.keyfile import KeyFile, Replaced, SealRecord, add_to_key, key_file, read_key
from qualbench.redaction.marking import add_mention
from qualbench.redaction.sealing import seal
from qualbench.redaction.unsealing import original_text, unseal
from qualbench.study.chain import chain_faults
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from qualbench.study.tables import new_id
from qualbench.text.spans import Span, overlaps
from qualbench.transcripts.sources import TurnRead, read_source
from tests.builders import place
from tests.redaction.test_deciding import tables
from tests.redaction.test_marking import apart, bring_in, find_late, spans_of

PASSPHRASE = "seven sleepy herons"
ONE = (
    "Torquil Quillmore: Who came?\n\nP07: Zebedina, aye. 🙂\n\n"
    "Torquil Quillmore: Oh?\n\nP07: Zebedina’s fine."
)
RECORD = SealRecord("s1", "2026-03-02", "a" * 8, "b" * 8, [Replaced(3, 13, "Zebedina É", "[Person 1]")])


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make new keys cheap; the real cost is 128 MiB and half a second each."""
    monkeypatch.setattr(keyfile, "_COST", 2**10)


@pytest.fixture
def named(study: Study, tmp_path: Path) -> Study:
    """A source with two names accepted, on each kind of database."""
    return accept(study, tmp_path)


@pytest.fixture
def sqlite_named(sqlite_study: Study, tmp_path: Path) -> Study:
    """The same on SQLite."""
    return accept(sqlite_study, tmp_path)


def accept(study: Study, folder: Path) -> Study:
    bring_in(study, folder, one=ONE)
    add_mention(study, "one", place(study, "one", "Zebedina"), term="Worker")
    add_mention(study, "one", place(study, "one", "Torquil Quillmore"))
    return study


def small_key(folder: Path) -> KeyFile:
    """A key file that is quick to open."""
    key = KeyFile(folder / "key.json", PASSPHRASE)
    add_to_key(key, [RECORD])
    return key


def test_a_key_file_gives_back_what_was_added_in_order(tmp_path: Path) -> None:
    key = KeyFile(tmp_path / "deep" / "er" / "key.json", PASSPHRASE)
    assert read_key(key) == []
    second = SealRecord("s2", "2026-03-03", "c", "d", [])
    add_to_key(key, [RECORD])
    first_bytes = key.path.read_bytes()
    add_to_key(key, [second])
    assert read_key(key) == [RECORD, second]
    assert key.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in key.path.parent.iterdir()] == ["key.json"]
    old, new = (json.loads(data) for data in (first_bytes, key.path.read_bytes()))
    assert old["nonce"] != new["nonce"] and old["scrypt"]["salt"] != new["scrypt"]["salt"]


def test_a_new_key_is_dear_to_guess(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    key = small_key(tmp_path)
    scrypt = json.loads(key.path.read_text())["scrypt"]
    assert 128 * scrypt["n"] * scrypt["r"] >= 128 * 2**20
    assert read_key(key) == [RECORD]


def test_a_wrong_passphrase_changes_neither_study_nor_key_file(named: Study, tmp_path: Path) -> None:
    key = small_key(tmp_path)
    held, before = key.path.read_bytes(), tables(named)
    for wrong in ("seven sleepy heron", "Seven sleepy herons", "seven sleepy herons "):
        wrong_key = key_file(named, wrong, key.path)
        for use in (
            lambda one=wrong_key: seal(named, ["one"], one),
            lambda one=wrong_key: unseal(named, "one", one),
            lambda one=wrong_key: original_text(named, "one", one),
            lambda one=wrong_key: add_to_key(one, [RECORD]),
        ):
            with pytest.raises(Refused, match="does not open the key file"):
                use()
    assert (tables(named), key.path.read_bytes()) == (before, held)
    assert read_source(named, "one").summary.state == "suggested"
    assert read_source(named, "one").text == ONE


def test_nothing_is_sealed_when_the_key_file_cannot_be_written(sqlite_named: Study, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "other.json").write_text('{"format": "else"}')
    before = tables(sqlite_named)
    for path in (tmp_path / "file" / "key.json", tmp_path / "folder", tmp_path / "other.json"):
        with pytest.raises((OSError, Damaged)):
            seal(sqlite_named, ["one"], key_file(sqlite_named, PASSPHRASE, path))
    assert tables(sqlite_named) == before


def test_a_short_passphrase_and_a_place_in_the_study_are_refused(
    sqlite_named: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInput, match="shorter than 8"):
        key_file(sqlite_named, "sevensl")
    (tmp_path / "link").symlink_to(sqlite_named.folder, target_is_directory=True)
    folder = sqlite_named.folder
    monkeypatch.chdir(folder)
    inside = (
        folder / "k.json",
        folder / "a" / "k.json",
        tmp_path / "link" / "k.json",
        folder / "x" / ".." / "k",
    )
    for path in (*inside, Path("k.json")):
        with pytest.raises(Refused, match="in the study's folder"):
            key_file(sqlite_named, PASSPHRASE, path)
    assert key_file(sqlite_named, PASSPHRASE, tmp_path / "studykey.json").path.parent == tmp_path
    assert folder not in key_file(sqlite_named, PASSPHRASE).path.parents


def test_a_byte_changed_or_cut_off_is_noticed_and_never_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyfile, "_COST", 2**4)
    key = small_key(tmp_path)
    whole = key.path.read_bytes()
    for cut in range(len(whole)):
        key.path.write_bytes(whole[:cut])
        with pytest.raises(QualbenchError):
            read_key(key)
    for place_, byte in enumerate(whole):
        for other in {byte ^ 1, byte ^ 0x80, *b' "9\\'} - {byte}:
            key.path.write_bytes(whole[:place_] + bytes([other]) + whole[place_ + 1 :])
            try:
                same = read_key(key) == [RECORD]  # white space, and bits that base64 leaves over
            except QualbenchError:
                same = True
            assert same, (place_, other)
    body = whole.index(b'"body"') + 9
    key.path.write_bytes(whole[:body] + bytes([whole[body] ^ 1]) + whole[body + 1 :])
    with pytest.raises(Damaged, match=r"key\.json is damaged"):
        read_key(key)


def _scrypt(**numbers: object) -> Callable[[dict[str, Any]], None]:
    return lambda header: header["scrypt"].update(numbers)


@pytest.mark.parametrize(
    "harm",
    [
        _scrypt(n=2**40),
        _scrypt(n=2**20, r=64),
        _scrypt(n=2**20, p=2**20),
        _scrypt(r=2**20),
        _scrypt(n=1),
        _scrypt(n=True),
        _scrypt(n=0),
        _scrypt(n=-1024),
        _scrypt(n=1000),
        _scrypt(n="1024"),
        _scrypt(n=1024.0),
        _scrypt(salt="AAAA"),
        lambda header: header.update(scrypt=[1, 2]),
        lambda header: header.update(check="é" * 64),
        lambda header: header.update(check=7),
        lambda header: header.update(nonce="AAAA"),
        lambda header: header.update(nonce="*" * 16),
        lambda header: header.update(version=2),
        lambda header: header.update(format="else"),
        lambda header: header.update(body=None),
        lambda header: header.pop("body"),
    ],
)
def test_a_header_that_asks_for_too_much_or_makes_no_sense_is_damaged_before_any_work(
    harm: Callable[[dict[str, Any]], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = small_key(tmp_path)
    header = json.loads(key.path.read_text())
    harm(header)
    key.path.write_text(json.dumps(header))

    def too_late(**numbers: object) -> Never:
        raise AssertionError(f"asked for the key with {numbers}")

    monkeypatch.setattr("cryptography.hazmat.primitives.kdf.scrypt.Scrypt", too_late)
    with pytest.raises(Damaged):
        read_key(key)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "7", "\xff", "[" * 100_000, '{"body": "AAAA"}'],
    ids=["empty", "list", "null", "number", "not UTF-8", "deep", "no header"],
)
def test_what_is_no_key_file_is_told_so_and_left_alone(text: str, tmp_path: Path) -> None:
    key = KeyFile(tmp_path / "key.json", PASSPHRASE)
    key.path.write_bytes(text.encode("latin-1"))
    for use in (lambda: read_key(key), lambda: add_to_key(key, [RECORD])):
        with pytest.raises(Damaged, match="is no key file"):
            use()
    assert key.path.read_bytes() == text.encode("latin-1")


def test_the_key_file_shows_no_original(sqlite_named: Study, tmp_path: Path) -> None:
    key = key_file(sqlite_named, PASSPHRASE, tmp_path / "key.json")
    seal(sqlite_named, ["one"], key)
    assert {place_.original for place_ in read_key(key)[0].replaced} == {"Zebedina", "Torquil Quillmore"}
    held = key.path.read_bytes()
    held += base64.b64decode(json.loads(held)["body"])
    for name in ("zebedina", "Zebedina", "Torquil", "Quillmore", "[Worker 1]"):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert name.encode(encoding) not in held
            assert base64.b64encode(name.encode(encoding))[:8] not in held


def test_taking_a_seal_off_puts_text_speakers_and_turns_back(named: Study, tmp_path: Path) -> None:
    key = key_file(named, PASSPHRASE, tmp_path / "key.json")
    before = read_source(named, "one")
    assert before.text == ONE
    add_coding(named, "one", place(named, "one", "Who came"), "fear")
    across = add_coding(named, "one", place(named, "one", "bedina, aye. 🙂"), "judged")
    seal(named, ["one"], key)
    assert read_source(named, "one").turns[0].speaker == "[Person 1]"
    assert original_text(named, "one", key) == ONE

    assert unseal(named, "one", key) == 4
    after = read_source(named, "one")
    assert after.text == ONE
    assert [spoken(turn) for turn in after.turns] == [spoken(turn) for turn in before.turns]
    assert after.summary.state == "suggested"
    assert {c.code: c.quote for c in list_codings(named)} == {
        "fear": "Who came",
        "judged": "Zebedina, aye. 🙂",
    }
    assert across in {c.id for c in list_codings(named)}
    assert (check_study(named), chain_faults(named)) == ([], [])
    with pytest.raises(NotFound, match="knows nothing of one as it is now"):
        unseal(named, "one", key)

    worker = next(e for e in list_entities(named) if "Zebedina" in e.texts)
    assert (worker.decision, worker.fixed) == (ACCEPTED, False)
    decide(named, worker.id, ACCEPTED, term="Mother")
    seal(named, ["one"], key)
    assert "P07: [Mother 1], aye. 🙂" in read_source(named, "one").text
    assert original_text(named, "one", key) == ONE


def spoken(turn: TurnRead) -> tuple[object, ...]:
    return (turn.label_start, turn.start, turn.end, turn.speaker, turn.role)


def test_a_seal_made_without_the_key_file_stays(sqlite_named: Study, tmp_path: Path) -> None:
    key = small_key(tmp_path)
    seal(sqlite_named, ["one"])
    before = tables(sqlite_named)
    for use in (unseal, original_text):
        with pytest.raises(NotFound, match="sealed without it"):
            use(sqlite_named, "one", key)
        with pytest.raises(NotFound, match="no source 'nine'"):
            use(sqlite_named, "nine", key)
    assert tables(sqlite_named) == before


def test_two_seals_come_off_one_after_the_other(sqlite_named: Study, tmp_path: Path) -> None:
    key = key_file(sqlite_named, PASSPHRASE, tmp_path / "key.json")
    seal(sqlite_named, ["one"], key)
    between = read_source(sqlite_named, "one").text
    add_mention(sqlite_named, "one", place(sqlite_named, "one", "Oh"), kind="name")
    seal(sqlite_named, ["one"], key)
    assert original_text(sqlite_named, "one", key) == ONE
    assert unseal(sqlite_named, "one", key) == 1
    assert read_source(sqlite_named, "one").text == between
    assert unseal(sqlite_named, "one", key) == 4
    assert read_source(sqlite_named, "one").text == ONE


def test_a_later_seal_that_replaced_nothing_does_not_stand_in_the_way(
    sqlite_named: Study, tmp_path: Path
) -> None:
    key = key_file(sqlite_named, PASSPHRASE, tmp_path / "key.json")
    seal(sqlite_named, ["one"], key)
    added = add_mention(sqlite_named, "one", place(sqlite_named, "one", "Oh"))
    decide(sqlite_named, added.entity_id, REJECTED)
    seal(sqlite_named, ["one"], key)
    assert original_text(sqlite_named, "one", key) == ONE
    while read_source(sqlite_named, "one").text != ONE:
        assert unseal(sqlite_named, "one", key) > 0


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fail what would go on for ever."""

    def stop(*_: object) -> Never:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_pseudonym_that_is_what_it_stands_for_is_not_sealed(sqlite_study: Study, tmp_path: Path) -> None:
    text = "I: Who?\n\nP07: It was [Mother 1] then.\n\nI: Oh."
    bring_in(sqlite_study, tmp_path, one=text)
    add_mention(sqlite_study, "one", place(sqlite_study, "one", "[Mother 1]"), pseudonym="[Mother 1]")
    key = key_file(sqlite_study, PASSPHRASE, tmp_path / "key.json")
    with pytest.raises(Refused, match="A pseudonym holds a redacted name"):
        seal(sqlite_study, ["one"], key)
    assert not key.path.exists()


PIECES = st.lists(
    st.sampled_from(["Torquil", "aye", " ", "É", "ﬁ", "🙂", ", ", "Zebedina", "\n\nP07: ", "\n", "[Person"]),
    min_size=4,
    max_size=30,
).map(lambda pieces: "I: Who?\n\nP07: " + "".join(pieces) + "z.\n\nI: Oh.")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=PIECES, data=st.data())
def test_the_imported_text_comes_back_whatever_was_sealed_and_sealed_again(
    sqlite_study: Study, text: str, data: st.DataObject
) -> None:
    name = f"s{new_id()}"
    with tempfile.TemporaryDirectory() as folder:
        key = key_file(sqlite_study, PASSPHRASE, Path(folder) / "key.json")
        bring_in(sqlite_study, Path(folder), **{name: text})
        imported = read_source(sqlite_study, name).text
        sealed: list[Span] = []
        for which in ("at first", "late"):
            text = read_source(sqlite_study, name).text
            drawn = data.draw(st.lists(spans_of(text, 12), max_size=5), label=which)
            names = [span for span in apart(drawn) if not any(overlaps(span, one) for one in sealed)]
            pseudonyms = [data.draw(st.sampled_from(["[X]", "[Person 1]", "[a town nearby]"])) for _ in names]
            find_late(sqlite_study, name, dict(zip(names, pseudonyms, strict=True)))
            seal(sqlite_study, [name], key)
            assert original_text(sqlite_study, name, key).encode() == imported.encode()
            record = read_key(key)[-1]
            assert [(one.original, one.pseudonym) for one in record.replaced] == [
                (text[span.start : span.end], pseudonym)
                for span, pseudonym in zip(names, pseudonyms, strict=True)
            ]
            text = read_source(sqlite_study, name).text
            assert all(text[one.start : one.end] == one.pseudonym for one in record.replaced)
            sealed = [Span(one.start, one.end) for one in record.replaced]
        while read_source(sqlite_study, name).text != imported:
            assert unseal(sqlite_study, name, key) > 0
