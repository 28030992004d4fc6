"""UK identifiers, with their check digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.redaction.patterns import POSSIBLE, STRONG, find_patterns, has_check_digit


def found(text: str) -> set[tuple[str, str, str]]:
    return {(text[s.start : s.end], s.kind, s.tier) for s in find_patterns(text)}


@pytest.mark.parametrize(
    ("text", "words", "kind", "tier"),
    [
        ("his number is 943 476 5919, he said", "943 476 5919", "nhs_number", STRONG),
        ("his number is 9434765918", "9434765918", "nhs_number", POSSIBLE),
        ("CHI 010120 0002 aye", "010120 0002", "chi_number", POSSIBLE),
        ("it's JK 43 17 52 B on the letter", "JK 43 17 52 B", "ni_number", STRONG),
        ("we moved to G51 3DS then", "G51 3DS", "postcode", STRONG),
        ("anywhere in BR1 really", "BR1", "postcode", POSSIBLE),
        ("ring 0141 496 0155 or", "0141 496 0155", "phone", STRONG),
        ("on 07700 900123.", "07700 900123", "phone", STRONG),
        ("on +44 7700 900123.", "+44 7700 900123", "phone", STRONG),
        ("write to a.b-c@mail.example.org.uk please", "a.b-c@mail.example.org.uk", "email", STRONG),
        ("see www.example.org/x?y=1 for it", "www.example.org/x?y=1", "url", STRONG),
        ("she's @wee_mo on there", "@wee_mo", "handle", STRONG),
        ("a red one, SF19 KXB, parked", "SF19 KXB", "car_registration", STRONG),
        ("your case CIN-22917 is", "CIN-22917", "case_reference", STRONG),
        ("he was born on the 3rd of May 2021", "the 3rd of May 2021", "date_of_birth", STRONG),
        ("dob 03/05/2021", "03/05/2021", "date_of_birth", STRONG),
        ("it was 13 November, a Monday", "13 November", "date", STRONG),
        ("on March the 4th we", "March the 4th", "date", STRONG),
        ("at 48 Calderwell Street they", "48 Calderwell Street", "address", STRONG),
    ],
)
def test_each_kind_is_found_whole(text: str, words: str, kind: str, tier: str) -> None:
    assert (words, kind, tier) in found(text)


@pytest.mark.parametrize(
    "text", ["we had 3 of them and 2 biscuits", "it took 18 months", "page 12/30", "A4 or P07"]
)
def test_ordinary_numbers_are_left_alone(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize("number", ["9434765919", "4010232137"])
def test_published_numbers_check(number: str) -> None:
    assert has_check_digit(number)


@given(st.text("0123456789", min_size=9, max_size=9))
def test_at_most_one_last_digit_is_right(first_nine: str) -> None:
    assert sum(has_check_digit(first_nine + digit) for digit in "0123456789") <= 1


@given(st.text("0123456789", min_size=9, max_size=9), st.integers(0, 8), st.integers(1, 9))
def test_one_misread_digit_is_always_noticed(first_nine: str, place: int, by: int) -> None:
    right = [first_nine + digit for digit in "0123456789" if has_check_digit(first_nine + digit)]
    for number in right:
        wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
        assert not has_check_digit(wrong)
