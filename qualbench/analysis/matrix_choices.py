"""What the columns of a matrix can cross, and whom it can be limited to."""

from __future__ import annotations

from collections.abc import Mapping

from qualbench.analysis.matrix_reading import read_people
from qualbench.analysis.spoken import ATTRIBUTES
from qualbench.study.database import Study


def what_is_known(study: Study) -> Mapping[str, Mapping[str, int]]:
    """Give the attributes of those who were talked to, each with its values and of how many sources they are.

    Those that every study has come first, then what else is known of participants, by name; values are in the
    order of the study's lists.
    """
    with study.read() as db:
        people = read_people(db)
    others = {name for facts in people.facts.values() for name in facts} - set(ATTRIBUTES)
    return {
        name: {
            value: len({source for source, _ in voices})
            for (value,), voices in people.columns((name,), every=False).items()
        }
        for name in (*ATTRIBUTES, *sorted(others))
    }
