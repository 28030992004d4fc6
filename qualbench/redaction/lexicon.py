"""Names, places and English words by their hashes: package data made by `tools/lexicon/build.py`."""

from __future__ import annotations

import json
import struct
import unicodedata
import zlib
from array import array
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

_CONTRACTED = (
    "s",
    "you",
    "d",
    "m",
    "t",
    "ll",
    "re",
    "ve",
    "er",
    "em",
    "all",
)  # what stands after an apostrophe


@dataclass(frozen=True)
class Lexicon:
    """Sets of CRC-32 values of folded words; about one word in 50,000 is in a set by mistake."""

    first: frozenset[int]
    last: frozenset[int]
    place: frozenset[int]
    word: frozenset[int]

    def is_first_name(self, word: str) -> bool:
        """Tell whether a word is a first name somewhere."""
        return key(word) in self.first

    def is_last_name(self, word: str) -> bool:
        """Tell whether a word is a last name somewhere."""
        return key(word) in self.last

    def is_place(self, words: str) -> bool:
        """Tell whether words are a town, a county or a country."""
        return key(words) in self.place

    def is_word(self, word: str) -> bool:
        """Tell whether a word is English and written small, or is made of such words by a hyphen."""
        return all(not part or key(part) in self.word or _stem(part, self.word) for part in word.split("-"))


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """Read the sets that come with the program."""
    data = resources.files("qualbench").joinpath("data", "lexicon.bin").read_bytes()
    (length,) = struct.unpack_from("<I", data)
    counts: dict[str, int] = json.loads(data[4 : 4 + length])
    values = array("I", data[4 + length :])
    sets = {}
    for name, count in counts.items():
        sets[name], values = frozenset(values[:count]), values[count:]
    return Lexicon(**sets)


def read_words(name: str) -> frozenset[str]:
    """Read a list of words in small letters that comes with the program; # begins a comment."""
    lines = resources.files("qualbench").joinpath("data", "words", name).read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@lru_cache(maxsize=50_000)
def key(word: str) -> int:
    """Give the hash of a word in small letters, without accents and with plain apostrophes."""
    plain = unicodedata.normalize("NFD", word.replace("’", "'").casefold())
    return zlib.crc32("".join(c for c in plain if not unicodedata.combining(c)).encode())


def _stem(word: str, words: frozenset[int]) -> bool:
    """Whether a word is a usual form of an English one: a plural, a contraction, a dropped g."""
    small = word.replace("’", "'").casefold()
    for ending, instead in (("'s", ""), ("s'", "s"), ("in'", "ing"), ("in", "ing"), ("s", ""), ("es", "")):
        if small.endswith(ending) and key(small.removesuffix(ending) + instead) in words:
            return True
    head, _, tail = small.partition("'")
    return tail in _CONTRACTED and key(head) in words
