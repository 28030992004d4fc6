"""Every reader on thousands of damaged files: a text or a sentence, never a traceback, a hang or a write."""

from __future__ import annotations

import io
import random
import signal
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualbench.errors import BadInput
from qualbench.study.database import Study
from qualbench.study.journal import read_log
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.model import Transcript
from qualbench.transcripts.readers import read_transcript
from qualbench.transcripts.sources import list_sources
from tests.transcripts.formats import MAKERS, SAID

pytestmark = pytest.mark.slow

REAL = Path(__file__).parents[3] / "shared" / "transcripts-real"
EACH = 160  # mutations of each of the thirteen formats: 2,080 in all
HANGS = 5  # seconds
WHOLE = {name: make([*SAID * 4]) for name, make in MAKERS.items()}


@contextmanager
def no_hang() -> Iterator[None]:
    """Raise if what is inside is still at it after five seconds."""

    def stop(*_: object) -> None:
        raise AssertionError("still reading after five seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANGS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Some bytes taken out, put in or changed, inside the members of a zip file as often as in the file."""
    if data.startswith(b"PK") and chance.random() < 0.5:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
            for name in old.namelist():
                member = old.read(name)
                new.writestr(name, mutated(member, chance) if name.endswith(".xml") else member)
        return out.getvalue()
    changed = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        place = chance.randrange(len(changed) + 1)
        put_in = chance.choice(
            [b"", bytes([chance.randrange(256)]), chance.randbytes(9), b"\0", b"<", b"\\", b"\xff"]
        )
        changed[place : place + chance.choice([0, 1, 40, 400])] = put_in
    return bytes(changed)


def read(file: Path, data: bytes) -> Transcript | None:
    file.write_bytes(data)
    with no_hang():
        try:
            return read_transcript(file)
        except BadInput as refused:
            assert refused.message.startswith(file.name)
            assert refused.hint
            return None


@pytest.mark.parametrize("name", MAKERS)
def test_a_damaged_file_is_read_or_refused_and_nothing_is_written(
    tmp_path: Path, sqlite_study: Study, name: str
) -> None:
    chance = random.Random(name)
    before = len(read_log(sqlite_study))
    refused = 0
    for _ in range(EACH):
        found = read(tmp_path / name, mutated(WHOLE[name], chance))
        if found is None and refused < 3:
            refused += 1
            assert import_files(sqlite_study, [tmp_path / name]).imported == []
        if found is not None:
            ends = [turn.end for turn in found.turns]
            assert ends == sorted(ends) and ends[-1] <= len(found.text)
    assert list_sources(sqlite_study) == []
    assert len(read_log(sqlite_study)) == before


@pytest.mark.skipif(not REAL.is_dir(), reason="the folder of real transcripts is not at hand")
def test_damaged_real_files(tmp_path: Path) -> None:
    chance = random.Random(3)
    for file in sorted(REAL.iterdir()):
        whole = file.read_bytes()
        for _ in range(4 if file.suffix == ".pdf" else 30):
            read(tmp_path / file.name, mutated(whole, chance))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200), st.sampled_from([".txt", ".md", ".srt", ".html"]))
def test_any_text_is_read_with_none_of_its_words_lost(tmp_path: Path, text: str, ending: str) -> None:
    found = read(tmp_path / f"any{ending}", text.encode("utf-8", "surrogatepass"))
    if found is not None and ending == ".txt":
        letters = {letter for letter in text if letter.isalnum()}
        kept = set(found.text)
        assert all(any(part in kept for part in _composed(letter)) for letter in letters)


def _composed(letter: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFC", letter)
