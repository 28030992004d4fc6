"""The kinds of identifiers, and the general term that stands for each."""

from __future__ import annotations

INDIRECT = "indirect"

TERMS = {
    "name": "Name",
    "person": "Person",
    "place": "Place",
    "organisation": "Organisation",
    "address": "Address",
    "postcode": "Postcode",
    "phone": "Phone number",
    "email": "E-mail address",
    "url": "Web address",
    "handle": "User name",
    "nhs_number": "NHS number",
    "chi_number": "CHI number",
    "ni_number": "National Insurance number",
    "date": "Date",
    "date_of_birth": "Date of birth",
    "age": "Age",
    "car_registration": "Car registration",
    "case_reference": "Case reference",
    INDIRECT: "Detail",
}
"""The general term that stands for each kind of identifier; the kinds there are."""
