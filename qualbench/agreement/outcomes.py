"""What can be decided about a difference, and which codings that leaves in the agreed layer. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from qualbench.agreement.differences import Difference
from qualbench.errors import BadInput
from qualbench.text.spans import Span, merge

KEEP_A, KEEP_B, BOTH, NEITHER = "keep A", "keep B", "both", "neither"
REDRAW, OTHER_CODE, AGREE_TO_DIFFER = "redraw", "other code", "agree to differ"
OUTCOMES = (KEEP_A, KEEP_B, BOTH, NEITHER, REDRAW, OTHER_CODE, AGREE_TO_DIFFER)

CHOSEN = (REDRAW, OTHER_CODE)
"""Outcomes whose words or code were chosen then, and do not follow from what the coders have."""

Result = tuple[Span, str]
"""Words and the id of the code they get in the agreed layer."""


def known_outcome(outcome: str) -> str:
    """Give an outcome as `OUTCOMES` spells it; case makes no difference.

    Raises:
        BadInput: If it is none.
    """
    found = {known.casefold(): known for known in OUTCOMES}.get(outcome.strip().casefold())
    if found is None:
        raise BadInput(f"'{outcome}' is not an outcome.", f"Use one of {', '.join(OUTCOMES)}.")
    return found


def results_of(
    difference: Difference, outcome: str, code: str | None = None, redrawn: Iterable[Span] = ()
) -> list[Result]:
    """Give the codings that an outcome leaves in the agreed layer.

    Args:
        difference: The difference.
        outcome: One of `OUTCOMES`.
        code: The code chosen, with "other code"; with "redraw", A's or B's, and A's if it is not given.
        redrawn: The words chosen; needed with "redraw". "other code" without them takes all the words of
            either coder.
    """
    a, b = ([(coded.span, coded.code) for coded in side] for side in (difference.a, difference.b))
    match str(outcome):
        case "keep A":
            return a
        case "keep B":
            return b
        case "both":
            return [
                (span, of_code)
                for of_code in difference.codes
                for span in merge(span for span, its_code in a + b if its_code == of_code)
            ]
        case "redraw":
            return [(span, code or difference.codes[0]) for span in redrawn]
        case "other code":
            return [(span, code or "") for span in list(redrawn) or merge(span for span, _ in a + b)]
        case _:
            return []


def check_choice(difference: Difference, outcome: str, code: str | None, redrawn: Iterable[Span]) -> None:
    """Check that a code and words are given where an outcome needs them, and fit the difference.

    Args:
        difference: The difference.
        outcome: One of `OUTCOMES`.
        code: The id of the code chosen.
        redrawn: The words chosen.

    Raises:
        BadInput: If not.
    """
    redrawn = list(redrawn)
    if outcome not in CHOSEN and (code is not None or redrawn):
        raise BadInput(f"'{outcome}' takes no code or words of its own.", "Use 'redraw' or 'other code'.")
    if outcome == REDRAW and not redrawn:
        raise BadInput(
            "'redraw' needs the new words.",
            "Give --redrawn START-END, or redrawn_start and redrawn_end in a table.",
        )
    if outcome == REDRAW and code is not None and code not in difference.codes:
        raise BadInput(f"Neither coder has the code '{code}' there.", "Use the outcome 'other code'.")
    if outcome == OTHER_CODE and code is None:
        raise BadInput("'other code' needs the code.", "Give --other-code CODE, or other_code in a table.")
    if outcome == OTHER_CODE and code in difference.codes:
        raise BadInput(
            f"The code '{code}' is what a coder has there.", "Use 'keep A', 'keep B' or 'redraw' instead."
        )
    place = difference.span
    if not all(span.start < place.end and place.start < span.end for span in redrawn):
        raise BadInput(
            "The new words lie apart from those of the difference.",
            f"Give words that share some with {place.start}-{place.end}.",
        )
