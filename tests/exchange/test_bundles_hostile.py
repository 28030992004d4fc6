"""Files that are no bundles, or hold what none could: each a clear sentence, and nothing changed."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qualbench.codebook.editing import NewCode, add_code
from qualbench.coding.applying import add_coding
from qualbench.coding.memos import add_memo, list_memos, on_coding, on_source
from qualbench.errors import BadInput, Damaged, NotFound, QualbenchError, Refused
from qualbench.exchange.bundles import files
from qualbench.exchange.bundles.contents import Bundle, from_json, to_json
from qualbench.exchange.bundles.files import read_bundle, write_bundle
from qualbench.exchange.bundles.making import make_bundle
from qualbench.exchange.bundles.merging import merge_bundle
from qualbench.study.database import Study, create_study
from qualbench.study.settings import set_up
from qualbench.study.tables import Row
from tests.builders import place, small_study
from tests.exchange.copies import copy_of, of_layer, rows


@pytest.fixture
def here(sqlite_study: Study, tmp_path: Path) -> Study:
    """AB's copy."""
    small = small_study(sqlite_study, tmp_path / "files")
    add_coding(small, "P07_b", place(small, "P07_b", "feart of them"), "fear")
    add_memo(small, "AB's own.", on_source("P07_b"))
    return small


@pytest.fixture
def there(here: Study, tmp_path: Path) -> Iterator[Study]:
    """CD's copy of it, with work of CD's."""
    made = copy_of(here, tmp_path, "CD")
    new = add_code(made, NewCode("Hearsay", "trust"))
    coding = add_coding(made, "P07_b", place(made, "P07_b", "From a pal of mine"), new.id)
    add_memo(made, "Says it twice.", on_coding(coding))
    yield made
    made.close()


@pytest.fixture
def bundle(there: Study) -> Bundle:
    """What CD has done."""
    return make_bundle(there)


def test_a_bundle_is_read_as_it_was_written_and_shows_nothing_to_a_stranger(
    here: Study, there: Study, bundle: Bundle, tmp_path: Path
) -> None:
    file = tmp_path / "cd.bundle"
    write_bundle(there, bundle, file)
    assert read_bundle(here, file) == bundle
    assert file.stat().st_mode & 0o077 == 0
    data = file.read_bytes()
    for word in (b"Says it", b"Hearsay", b"P07", b"CD", b"coding"):
        assert word not in data
    with pytest.raises(Refused, match="exists already"):
        write_bundle(there, bundle, file)


def test_no_word_of_a_transcript_is_in_a_bundle(bundle: Bundle) -> None:
    assert b"pal of mine" not in to_json(bundle)


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _without_body(data: bytes) -> bytes:
    return data[: data.index(b"\n") + 1]


def _flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def _header(**values: object) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        line, _, body = data.partition(b"\n")
        return json.dumps(json.loads(line) | values).encode() + b"\n" + body

    return changed


@pytest.mark.parametrize(
    ("damage", "error", "said"),
    [
        (_cut, Damaged, "not whole"),
        (_without_body, Damaged, "not whole"),
        (_flipped, Damaged, "not whole, or was changed"),
        (_header(nonce="00" * 12), Damaged, "not whole, or was changed"),
        (_header(more="words"), Damaged, "not whole, or was changed"),
        (_header(version=2), Refused, "newer version"),
        (_header(version="2"), BadInput, "not a bundle"),
        (_header(version=True), BadInput, "not a bundle"),
        (_header(nonce="zz"), BadInput, "not a bundle"),
        (_header(nonce="00"), BadInput, "not a bundle"),
        (_header(format="other"), BadInput, "not a bundle"),
        (_header(study="0"), Refused, "another study"),
        (lambda data: b"", BadInput, "not a bundle"),
        (lambda data: b"\x00" * 5_000, BadInput, "not a bundle"),
        (lambda data: b"[" * 100_000 + b"\n", BadInput, "not a bundle"),
        (lambda data: b'"qualbench bundle"\n', BadInput, "not a bundle"),
    ],
)
def test_a_file_that_is_no_whole_bundle_is_refused(
    here: Study,
    bundle: Bundle,
    tmp_path: Path,
    damage: Callable[[bytes], bytes],
    error: type[QualbenchError],
    said: str,
) -> None:
    file = tmp_path / "cd.bundle"
    write_bundle(here, bundle, file)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(error, match=said):
        read_bundle(here, file)


def test_what_is_not_there_or_of_another_study_is_told(here: Study, bundle: Bundle, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no file"):
        read_bundle(here, tmp_path / "none.bundle")
    with pytest.raises(NotFound, match="no file"):
        read_bundle(here, tmp_path)
    other = create_study(tmp_path / "other", coder="AB")
    set_up(other, "Another")
    write_bundle(other, bundle, tmp_path / "other.bundle")
    with pytest.raises(Refused, match="another study"):
        read_bundle(here, tmp_path / "other.bundle")
    other.close()


def test_without_the_secret_of_the_study_no_bundle_is_made_or_read(
    here: Study, there: Study, bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bundle(there, bundle, tmp_path / "cd.bundle")
    monkeypatch.setenv("QUALBENCH_HOME", str(tmp_path / "elsewhere"))
    with pytest.raises(Refused, match="secret of this study is not on this machine"):
        make_bundle(there)
    with pytest.raises(Refused, match="secret of this study is not on this machine"):
        read_bundle(here, tmp_path / "cd.bundle")


def sealed_file(study: Study, data: bytes, file: Path) -> Path:
    """A file as somebody with the secret could make it."""
    nonce = os.urandom(12)
    header = {"format": files._FORMAT, "version": 1, "study": files._uid(study), "nonce": nonce.hex()}
    line = json.dumps(header).encode() + b"\n"
    file.write_bytes(line + AESGCM(files._key(study)).encrypt(nonce, data, line))
    return file


def test_a_small_file_does_not_ask_for_all_the_memory(here: Study, tmp_path: Path) -> None:
    bomb = sealed_file(here, zlib.compress(b" " * 200_000_000), tmp_path / "bomb.bundle")
    assert bomb.stat().st_size < 300_000
    with pytest.raises(BadInput, match="more than 64 MB"):
        read_bundle(here, bomb)
    with pytest.raises(BadInput, match="cannot be unpacked"):
        read_bundle(here, sealed_file(here, b"not packed", tmp_path / "raw.bundle"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"id": NaN}',
        b"[" * 100_000,
        b'{"id": "\\ud800"}',
    ],
)
def test_what_is_packed_in_it_must_be_a_bundle(here: Study, tmp_path: Path, data: bytes) -> None:
    file = sealed_file(here, zlib.compress(data), tmp_path / "odd.bundle")
    with pytest.raises(BadInput, match="not sound"):
        read_bundle(here, file)


def _change(part: str, **values: object) -> Callable[[dict[str, Any]], None]:
    return lambda read: read[part][0].update(values)


CHANGES: list[Callable[[dict[str, Any]], None]] = [
    lambda read: read.update(coder=7),
    lambda read: read.update(made_at="yesterday"),
    lambda read: read.update(more="words"),
    lambda read: read.pop("codings"),
    lambda read: read["codings"].append(read["codings"][0]),
    lambda read: read["codes"].append(read["codes"][-1]),
    lambda read: read["codes"][0]["entry"].update(parent_id=read["codes"][-1]["entry"]["id"]),
    lambda read: read["codes"][-1]["entry"].update(label=" "),
    lambda read: read["codes"][-1]["entry"].update(level="chapter"),
    lambda read: read["codes"][-1]["entry"].update(colour="red"),
    lambda read: read["codes"][-1]["entry"].update(id="a}{b"),
    lambda read: read["codes"][-1]["entry"].update(also_in=[read["codes"][-1]["entry"]["id"]], level="theme"),
    _change("codings", start=-1),
    _change("codings", start=5, end=5),
    _change("codings", start=9, end=3),
    _change("codings", end=100_000),
    _change("codings", end=2**40),
    _change("codings", start=1.5),
    _change("codings", start="1"),
    _change("codings", meaning="deep"),
    _change("codings", source_id="elsewhere"),
    _change("codings", version=-1),
    _change("codings", layer="AB"),
    _change("memos", text="   "),
    _change("memos", text="a\0b"),
    _change("memos", about="everything"),
    _change("memos", about="turn"),
    _change("memos", about="source", source_id=None),
    _change("memos", created_by="AB"),
    _change("sources", state="done"),
    _change("events", hash="x"),
    _change("events", touched={"coding:1": "yes"}),
]


@pytest.mark.parametrize("changed", CHANGES, ids=range(len(CHANGES)))
def test_a_bundle_that_holds_what_none_could_changes_nothing(
    here: Study, bundle: Bundle, tmp_path: Path, changed: Callable[[dict[str, Any]], None]
) -> None:
    read = json.loads(to_json(bundle))
    changed(read)
    before = rows(here, *Row.metadata.tables)
    file = sealed_file(here, zlib.compress(json.dumps(read).encode()), tmp_path / "odd.bundle")
    with pytest.raises(BadInput):
        merge_bundle(here, read_bundle(here, file))
    assert rows(here, *Row.metadata.tables) == before


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), put=st.binary(max_size=4), length=st.integers(0, 6))
@example(where=0.0, put=b"", length=0)
def test_a_bundle_changed_anywhere_is_a_bundle_or_refused_in_a_sentence(
    here: Study, bundle: Bundle, where: float, put: bytes, length: int
) -> None:
    data = to_json(bundle)
    at = int(where * len(data))
    others = [row for row in of_layer(here, "AB")]
    try:
        merge_bundle(here, from_json(data[:at] + put + data[at + length :]), dry_run=True)
    except QualbenchError as refused:
        assert refused.message
    assert of_layer(here, "AB") == others


def test_another_coders_rows_are_not_changed_by_their_ids(here: Study, bundle: Bundle) -> None:
    (mine,), (note,) = of_layer(here, "AB"), list_memos(here)
    stolen = replace(bundle.codings[0], id=mine["id"])
    with pytest.raises(BadInput, match="another coder's work"):
        merge_bundle(here, replace(bundle, codings=(stolen,)))
    stolen_memo = replace(bundle.memos[0], id=note.id, about="study", coding_id=None, source_id=None)
    with pytest.raises(BadInput, match="another coder's work"):
        merge_bundle(here, replace(bundle, memos=(stolen_memo,)))
    removing = {f"coding:{mine['id']}": True, f"memo:{note.id}": True, f"code:{mine['code_id']}": True}
    event = replace(bundle.events[0], hash="f" * 64, touched=removing)
    merge_bundle(here, replace(bundle, id="other", events=(*bundle.events, event)))
    assert (of_layer(here, "AB"), list_memos(here, by="AB")) == ([mine], [note])


def test_a_bundle_is_not_passed_off_as_one_that_was_merged(here: Study, bundle: Bundle) -> None:
    merge_bundle(here, bundle)
    with pytest.raises(BadInput, match="other contents"):
        merge_bundle(here, replace(bundle, memos=()))


def test_an_unknown_coder_is_to_be_taken_in_first(here: Study, bundle: Bundle) -> None:
    with pytest.raises(NotFound, match="no coder 'XY'") as refused:
        merge_bundle(here, replace(bundle, coder="XY"))
    assert "qualbench team add XY" in refused.value.hint
    with pytest.raises(NotFound):
        merge_bundle(here, replace(bundle, coder="agreed"))


def test_a_bundle_from_the_future_comes_and_is_told(here: Study, bundle: Bundle) -> None:
    merged = merge_bundle(here, replace(bundle, made_at="2199-01-01T00:00:00Z"))
    assert merged.is_whole and len(of_layer(here, "CD")) == 1
    assert merged.notices == ("It was made later than it is now: one of the clocks is wrong.",)
