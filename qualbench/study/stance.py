"""How the stance of a study puts things: what a second coder is for, what a difference is called.

Braun & Clarke tell three kinds of thematic analysis apart (2019, 2021) and warn of mixing them: a coefficient
of agreement belongs to the kind that takes coding as measurement, and has no meaning in the reflexive one.
"""

from __future__ import annotations

from dataclasses import dataclass

BOUNDARIES = "boundaries"
VERSIONS = "versions"
RECONCILIATION = "reconciliation"
FROZEN = "frozen"
REFLEXIVITY = "reflexivity"
"""What a stance may ask of a study, besides what every thematic analysis asks: that codes say what they are
not for; that versions of the codebook are released, with nothing left a candidate; that differences of coders
are settled; that all coding is under a released version; that coders write memos on the study."""


@dataclass(frozen=True)
class Wording:
    """The words of a stance.

    Attributes:
        kind: The kind of thematic analysis, as a report names it.
        second_coder: What a second coder is for, in a sentence.
        difference: What a place is called where two coders differ.
        differences: The same of several.
        decided: What is done with such places, as "3 differences settled".
        settled: What comes before the names of those who stood behind a version.
        themes: What themes are in this kind, in a sentence.
        history: The heading over the history of the codebook.
        saturation: What a curve of new codes can be taken for, in a sentence.
        coefficients: Whether coefficients of agreement are shown.
        asks: What it asks of the study; some of the constants of this module.
    """

    kind: str
    second_coder: str
    difference: str
    differences: str
    decided: str
    settled: str
    themes: str
    history: str
    saturation: str
    coefficients: bool
    asks: frozenset[str]


_FEW_NEW_CODES = (
    "This tells when new codes grew rare in this order of collection; whether the themes are understood in "
    "depth is for the team to judge (Braun & Clarke 2021)."
)
NO_COEFFICIENTS = (
    "The study is reflexive: a second coder is another reading, not a check, so no coefficient is shown."
)

WORDINGS = {
    "reflexive": Wording(
        kind="reflexive thematic analysis",
        second_coder="A second coder brings another reading, to be talked over; it is no check of the first.",
        difference="difference",
        differences="differences",
        decided="talked over",
        settled="talked over by",
        themes="Themes are developed in the analysis, as patterns of shared meaning.",
        history="How the codes and themes developed",
        saturation=(
            "Saturation is contested in reflexive analysis: meaning is made by reading, not used up by "
            "collecting, so no figure says that there are sources enough (Braun & Clarke 2021)."
        ),
        coefficients=False,
        asks=frozenset({REFLEXIVITY}),
    ),
    "codebook": Wording(
        kind="codebook thematic analysis",
        second_coder="A second coder helps to use codes consistently; differences are settled by talking.",
        difference="difference",
        differences="differences",
        decided="settled",
        settled="agreed by",
        themes="Themes are in part set beforehand, in part developed from the talk.",
        history="History of the coding frame",
        saturation=_FEW_NEW_CODES,
        coefficients=True,
        asks=frozenset({BOUNDARIES, VERSIONS, RECONCILIATION}),
    ),
    "reliability": Wording(
        kind="coding reliability thematic analysis",
        second_coder="A second coder applies the same frozen codebook, unseen; agreement is measured.",
        difference="disagreement",
        differences="disagreements",
        decided="resolved",
        settled="agreed by",
        themes="Themes are set before coding, and the codebook is applied as it stands.",
        history="History of the coding frame",
        saturation=_FEW_NEW_CODES,
        coefficients=True,
        asks=frozenset({BOUNDARIES, VERSIONS, RECONCILIATION, FROZEN}),
    ),
}


def wording(stance: str) -> Wording:
    """Give the words of a stance, one of `study.settings.STANCES`."""
    return WORDINGS[stance]
