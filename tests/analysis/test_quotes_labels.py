"""Labels say whose words a quote is without pointing at a person."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualbench.analysis.quotes_labels import DEFAULT_LABEL, labels, read_template
from qualbench.errors import BadInput

FIELDS = ("stakeholder", "timepoint", "site", "mode", "kind", "age group")
IDS = ("participant", "family", "source")
TOKEN = re.compile(rf"({'|'.join(FIELDS)})-(\d)", re.IGNORECASE)

Facts = dict[tuple[str, str], dict[str, str]]


def named(name: str, what: str) -> str:
    """What the study knows of people, as `People.attribute` gives it."""
    if name.strip().casefold() in (*FIELDS, *IDS):
        return name.strip().casefold()
    raise BadInput(f"'{name}' cannot be {what}.", "Use another.")


def labelled(facts: Facts, template: str) -> dict[tuple[str, str], str]:
    return labels(facts, read_template(template, named), 3)


@st.composite
def people(draw: st.DrawFn) -> Facts:
    """Who speaks where, each attribute one of few values, or not stated."""
    facts: Facts = {}
    for person in range(draw(st.integers(3, 9))):
        for source in draw(st.sets(st.integers(0, 3), min_size=1)):
            known = {
                field: f"{field}-{n}"
                for field in FIELDS
                if (n := draw(st.sampled_from([0, 1, 1, 2, None]))) is not None
            }
            facts[f"s{source}", f"P{person}"] = {
                **known,
                "participant": f"P{person}",
                "source": f"s{source}",
            }
    return facts


templates = st.lists(
    st.tuples(st.sampled_from([", ", " (", ") ", " / ", "", ": "]), st.sampled_from([*FIELDS, *IDS])),
    min_size=1,
    max_size=6,
).map(lambda parts: "".join(f"{before}{{{field}}}" for before, field in parts))


@given(people(), templates)
def test_a_label_never_points_to_fewer_than_three_people(facts: Facts, template: str) -> None:
    for label in set(labelled(facts, template).values()):
        told = {token.group().casefold() for token in TOKEN.finditer(label)}
        fitting = {person for (_, person), known in facts.items() if told <= set(known.values())}
        assert len(fitting) >= 3, (template, label)


@given(people(), templates)
def test_an_id_stands_in_a_label_only_where_the_template_asks_for_it(facts: Facts, template: str) -> None:
    for (source, person), label in labelled(facts, template).items():
        assert (person in label) == ("{participant}" in template)
        assert (source in label) == ("{source}" in template)


def group(*people: tuple[str, str, str, str]) -> Facts:
    return {
        (f"{person}_{timepoint}", person): {
            "participant": person,
            "stakeholder": stakeholder,
            "timepoint": timepoint,
            "site": site,
        }
        for person, stakeholder, timepoint, site in people
    }


GLASGOW = [(f"P{n}", "Parent", "Follow-up", "Glasgow") for n in range(3)]


def test_what_fits_three_people_is_said_in_full() -> None:
    assert set(labelled(group(*GLASGOW), DEFAULT_LABEL).values()) == {"Parent, follow-up, Glasgow"}


def test_the_last_field_goes_first_down_to_participant() -> None:
    facts = group(
        *GLASGOW, ("P3", "Parent", "Follow-up", "Bromley"), ("P4", "Parent", "Baseline", "Bromley")
    ) | group(("FEW01", "Family engagement worker", "Follow-up", "Glasgow"))
    found = labelled(facts, DEFAULT_LABEL)
    assert found["P3_Follow-up", "P3"] == "Parent, follow-up"
    assert found["P4_Baseline", "P4"] == "Parent"
    assert found["FEW01_Follow-up", "FEW01"] == "Participant"
    by_site = labelled(facts, "{site}, {stakeholder}")
    assert by_site["P3_Follow-up", "P3"] == "Participant"
    assert by_site["FEW01_Follow-up", "FEW01"] == "Glasgow"


@pytest.mark.parametrize(
    ("template", "label"),
    [
        ("{site}: {stakeholder}", "Glasgow: Parent"),
        ("{timepoint} ({site})", "Follow-up (Glasgow)"),
        ("[{stakeholder} at {timepoint}]", "[Parent at follow-up]"),
        ("{participant}", "P0"),
        ("{Stakeholder} {{1}}", "Parent {1}"),
        ("A voice", "A voice"),
    ],
)
def test_a_label_is_written_as_its_template_says(template: str, label: str) -> None:
    assert labelled(group(*GLASGOW), template)["P0_Follow-up", "P0"] == label


def test_marks_go_with_the_field_that_is_left_out() -> None:
    facts = group(*GLASGOW, ("P3", "Parent", "Follow-up", "Bromley"))
    found = labelled(facts, "{participant} ({stakeholder}, {site})")
    assert found["P0_Follow-up", "P0"] == "P0 (Parent, Glasgow)"
    assert found["P3_Follow-up", "P3"] == "P3 (Parent)"
    assert labelled(facts, "{stakeholder} ({site})")["P3_Follow-up", "P3"] == "Parent"


@pytest.mark.parametrize("template", ["{arm}", "{}", "{stakeholder", "{site!r}", "{site:>9}", "{site.upper}"])
def test_a_template_with_anything_else_in_braces_is_refused(template: str) -> None:
    with pytest.raises(BadInput):
        read_template(template, named)
