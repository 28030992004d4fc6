"""Patterns of UK identifiers, with check digits where they have one.

A right check digit makes a find certain; a wrong one never hides it, for people misspeak numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

STRONG, POSSIBLE = "strong", "possible"

UPPER = "[" + "".join(chr(code) for code in range(0x250) if chr(code).isupper()) + "]"
"""An expression for a capital of any Latin alphabet: Łukasz and Élodie are names too."""


class Suggestion(NamedTuple):
    """A span that may identify somebody.

    Attributes:
        start: Code point, half-open with `end`.
        kind: What it is: person, place, phone ...
        tier: STRONG or POSSIBLE.
        detector: Which detector found it.
        reason: Why, without quoting the text.
    """

    start: int
    end: int
    kind: str
    tier: str
    detector: str
    reason: str


_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_NUMERIC_DATE = r"\d{1,2}[/.\-]\d{1,2}[/.\-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}"
_SPOKEN_DATE = (
    rf"(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH}(?:,?\s+(?:19|20)\d\d)?|"
    rf"{_MONTH}\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+(?:19|20)\d\d)?"
)
_UNIT = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_NUMBER = rf"(?:\d{{1,3}}|(?:{_TENS})(?:[ -](?:{_UNIT}))?|{_TEENS}|{_UNIT})"
_ORDINAL = (
    r"(?:\d{1,2}(?:st|nd|rd|th)|(?:twenty|thirty)[ -](?:first|second|third|fourth|fifth|sixth|seventh|"
    r"eighth|ninth)|"
    r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|"
    r"fourteenth|"
    r"fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)"
)
_YEAR = (
    rf"(?:(?:19|20)\d\d|(?:nineteen|twenty)[ -](?:(?:{_TENS})(?:[ -](?:{_UNIT}))?|{_TEENS}|"
    rf"oh[ -](?:{_UNIT}))|"
    rf"two thousand(?: and)?(?: (?:{_TEENS}|{_UNIT}|(?:{_TENS})(?:[ -](?:{_UNIT}))?))?)"
)
_SPOKEN_IN_WORDS = (
    rf"(?:the )?{_ORDINAL} (?:of )?(?:the )?(?:{_MONTH}|{_ORDINAL})(?:,? (?:of )?{_YEAR})?|"
    rf"{_MONTH} (?:the )?{_ORDINAL}"
    rf"(?:,? {_YEAR})?|{_MONTH},? (?:of )?{_YEAR}"
)
_SIZE = (
    rf"{_NUMBER}(?: and a (?:half|bit|quarter)| and {_NUMBER}(?= months| weeks))?(?: (?:months|weeks|days))?"
)
_AFTER_AGE = (
    r"(?=[,.?!;:…]|$| (?:now|then|when|at|in|and|so|but|next|on|already|or|that|he|she|they|with|by)\b)"
)
_AGES = (
    (rf"{_NUMBER}(?: and a half)?[ -](?:year|month|week|day)s?[ -]old\b", True),
    (rf"(?:aged?,?|turned|turning|turns|nearly) ({_SIZE}){_AFTER_AGE}", True),
    (
        rf"(?:he|she|they|i|we|wean|baby|boy|girl|one|son|daughter|brother|sister)(?:['’](?:s|m|re|ll be|"
        rf"d)| is| was| am| are| "
        rf"were| will be| would be|['’]d have been| must be) (?:only |just |about |nearly |going on |"
        rf"maybe |like )?"
        rf"({_SIZE}(?: and {_NUMBER})?){_AFTER_AGE}",
        True,
    ),
    (
        rf"(?:was|were|been|at|till|until|since|when) ({_NUMBER}(?: and a half)? (?:months|weeks|"
        rf"days)){_AFTER_AGE}",
        False,
    ),
    (rf"(?:have been|must be|must have been) ({_SIZE}){_AFTER_AGE}", False),
    (rf"{_NUMBER} years? of age\b", True),
    (rf"(?<=[.?!:] )({_NUMBER} (?:months?|weeks?))(?=[.,])", False),
    (rf"(?-i:{UPPER}\w+), ({_NUMBER}),(?= [a-z])", False),
    (
        rf"({_NUMBER}(?: and a half)?(?: months| weeks)?),? (?:s?he|they)(?:['’]ll be|['’]s| was| is|"
        rf" were| will be)\b",
        False,
    ),
)
_BIRTH = r"(?:born(?:\s+on)?|birth(?:day|date)?(?:\s+is|\s+was)?|d\.?o\.?b\.?)\W{1,3}(?:on\s+|is\s+)?"

TEN_DIGITS = re.compile(r"(?<![\d/])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d/])|(?<![\d/])\d{6}[ -]\d{4}(?![\d/])")
_PATTERNS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("email", "an e-mail address", re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")),
    ("url", "a web address", re.compile(r"\bhttps?://[^\s<>\"')]+|\bwww\.[^\s<>\"')]+", re.IGNORECASE)),
    (
        "ni_number",
        "a National Insurance number",
        re.compile(
            r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b",
            re.I,
        ),
    ),
    (
        "postcode",
        "a postcode",
        re.compile(r"\b(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE),
    ),
    (
        "phone",
        "a telephone number",
        re.compile(
            r"(?<![\w/])(?:\+44[ -]?(?:\(0\))?|0)(?:\d[ -]?){8,9}\d(?!\d)|"
            r"(?<![\w/])\(0\d{2,4}\) ?\d{3,4} ?\d{3,4}\b"
        ),
    ),
    ("handle", "a user name", re.compile(r"(?<![\w.@])@[A-Za-z_]\w{2,}")),
    ("car_registration", "a car registration", re.compile(r"\b[A-Z]{2}\d{2} ?[A-Z]{3}\b")),
    (
        "case_reference",
        "a case reference",
        re.compile(
            r"\b[A-Z]{2,5}[/-](?:[A-Z\d]{1,5}[/-])*\d{3,8}\b|\b[A-Z]{1,4}\d{5,8}\b|"
            r"\b\d{2}/[A-Z]{2,5}/\d{3,6}\b|"
            r"\b(?i:[A-Z]{2}\d{2}[CFP]\d{5})\b"  # of a family court: its code, the year, the kind, a number
        ),
    ),
    (
        "date_of_birth",
        "a date of birth",
        re.compile(rf"{_BIRTH}({_NUMERIC_DATE}|{_SPOKEN_DATE})", re.IGNORECASE),
    ),
    (
        "date",
        "a date",
        re.compile(rf"\b(?:{_SPOKEN_IN_WORDS}|{_NUMERIC_DATE}|{_SPOKEN_DATE})\b", re.IGNORECASE),
    ),
    (
        "phone",
        "a telephone number in words",
        re.compile(
            r"\b(?:(?:oh|zero|double|treble|one|two|three|four|five|six|seven|eight|nine)[ ,-]+){7,}\w+", re.I
        ),
    ),
    (
        "email",
        "an e-mail address in words",
        re.compile(r"\b[\w.-]+(?: dot [\w-]+)* at [\w-]+(?: dot [\w-]+)+", re.IGNORECASE),
    ),
    (
        "url",
        "a web address",
        re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.(?:co\.uk|org\.uk|com|org|net|scot|uk|example)\b(?:/\S*)?"),
    ),
)
_DISTRICT = re.compile(r"\b(?:BR|CR|DA|SE|SW|EC|WC|NW|ML|PA|EH|KA|FK|G)[1-9]\d?\b")
_STREET = (
    "Road|Street|Avenue|Drive|Lane|Close|Court|Place|Terrace|Crescent|Gardens|Way|Square|Grove|Hill|Quadrant|"
    "Wynd|Mews|Rise|Row|Loan|View|Walk"
)
_ADDRESS = re.compile(
    rf"(?:\b[Ff]lat \S{{1,6}},? )?\b(?:\d{{1,4}}[a-zA-Z]?|(?:{_TENS})(?:[ -](?:{_UNIT}))?|"
    rf"{_TEENS}),? (?:[\w'’]+ ){{1,3}}(?:{_STREET})\b(?:,? flat [\w/]+(?: (?:{_NUMBER}))?)?",
    re.IGNORECASE,
)
_AGE_PATTERNS = [(re.compile(rf"\b{age}", re.IGNORECASE), sure) for age, sure in _AGES]
_VAGUE_DATE = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|April|June|July|August|September|"
    r"October|"
    r"November|December|(?:in|of|since|last|next|this|every) (?:March|May)|(?:19|20)\d\d)\b"
)
_DAY_OF_MONTH = re.compile(
    rf"\bthe (?:(?:[12]?\d|3[01])(?:st|nd|rd|th)|(?!first|second|third|fifth)(?:{_ORDINAL}))\b(?! (?:floor|"
    rf"century|time|one|grade|"
    r"minute|hour|week|day|year|anniversary|birthday|amendment|person|child|visit|session|round))",
    re.IGNORECASE,
)
_ABBREVIATED = re.compile(r"\bU\.?S\.?A?\b|\bU\.?K\.?\b|\bEU\b")
_STREET_ALONE = re.compile(rf"\b(?:{UPPER}[\w'’]+ ){{1,3}}(?:{_STREET}|Rd|St|Ave)\b")


def find_patterns(text: str) -> Iterator[Suggestion]:
    """Find UK identifiers that have a form of their own."""
    for match in TEN_DIGITS.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        is_chi = _begins_with_date(digits)
        kind, name = ("chi_number", "a CHI number") if is_chi else ("nhs_number", "an NHS number")
        right = has_check_digit(digits)
        reason = f"the form of {name}" + (", check digit right" if right else ", check digit wrong")
        yield Suggestion(*match.span(), kind, STRONG if right else POSSIBLE, "pattern", reason)
    for kind, name, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span(match.lastindex or 0)
            yield Suggestion(start, end, kind, STRONG, "pattern", f"the form of {name}")
    for age, sure in _AGE_PATTERNS:
        for match in age.finditer(text):
            start, end = match.span(match.lastindex or 0)
            yield Suggestion(start, end, "age", STRONG if sure else POSSIBLE, "pattern", "the form of an age")
    for kind, name, tier, pattern in (
        ("address", "an address", STRONG, _ADDRESS),
        ("place", "a street", STRONG, _STREET_ALONE),
        ("postcode", "a postcode district", POSSIBLE, _DISTRICT),
        ("date", "a day, a month or a year", POSSIBLE, _VAGUE_DATE),
        ("date", "a day of the month", POSSIBLE, _DAY_OF_MONTH),
        ("place", "a country", POSSIBLE, _ABBREVIATED),
    ):
        for match in pattern.finditer(text):
            yield Suggestion(*match.span(), kind, tier, "pattern", f"the form of {name}")


def has_check_digit(digits: str) -> bool:
    """Tell whether ten digits end in the right check digit of an NHS or CHI number.

    Modulus 11, weights 10 to 2 (NHS Data Dictionary, "NHS NUMBER"; Public Health Scotland, "CHI number").
    """
    total = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), digits, strict=False))
    check = (11 - total % 11) % 11
    return check != 10 and check == int(digits[9])


def _begins_with_date(digits: str) -> bool:
    return 1 <= int(digits[:2]) <= 31 and 1 <= int(digits[2:4]) <= 12
