"""What a team says of a source or a participant, checked against the lists of the study."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from qualbench.errors import BadInput
from qualbench.study.settings import StudySettings

KINDS = ("interview", "focus group", "minutes", "field note")
MODES = ("face to face", "phone", "online")

_PARTICIPANT_ID = re.compile(r"[A-Z]{1,5}[-_]?\d{1,4}|[A-Z]{1,4}-[A-Z]{1,2}")
_LONG_NUMBER = re.compile(r"\d[\d\s-]{7,}\d")
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Attributes:
    """What is known of one file; None where nothing is said.

    Attributes:
        participant: Who was talked to, where the file's label for them is not their id.
        interviewer: Labels of interviewers, parted by semicolons.
    """

    kind: str | None = None
    timepoint: str | None = None
    site: str | None = None
    date: str | None = None
    mode: str | None = None
    interviewer: str | None = None
    participant: str | None = None

    def over(self, other: Attributes) -> Attributes:
        """Give these attributes, with those of another in the places that these leave open."""
        ours = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(other, **{name: value for name, value in ours.items() if value is not None})


def read_attributes(given: Mapping[str, str], where: str, settings: StudySettings) -> Attributes:
    """Check what is given for a file; other fields are passed over, and empty ones say nothing.

    Args:
        given: Values by the name of the attribute.
        where: The file and row, for messages.
        settings: The lists of the study.

    Raises:
        BadInput: If a value is not one of those there are.
    """
    values = {field.name: given.get(field.name, "").strip() or None for field in fields(Attributes)}
    participant, day = values["participant"], values["date"]
    if participant is not None:
        check_participant_id(participant, where)
    if day is not None:
        check_date(day, where)
    return Attributes(
        kind=_choice(where, "kind of source", values["kind"], KINDS),
        timepoint=item_of(where, "timepoint", values["timepoint"], settings.timepoints),
        site=item_of(where, "site", values["site"], settings.sites),
        date=day,
        mode=_choice(where, "mode", values["mode"], MODES),
        interviewer=values["interviewer"],
        participant=participant,
    )


def item_of(where: str, list_name: str, name: str | None, known: list[str]) -> str | None:
    """Give an item of one of the study's lists as the list writes it; None stays None.

    Case, spaces and punctuation make no difference: "followup" is "Follow-up".

    Raises:
        BadInput: If it is not in the list.
    """
    if name is None:
        return None
    item = _find(name, known)
    if item is not None:
        return item
    what = {"stakeholder": "stakeholder type"}.get(list_name, list_name)
    raise BadInput(
        f"{where}: '{name}' is not a {what} of this study.",
        f"Use one of {', '.join(known)}, or add it: qualbench settings add {list_name} '{name}'.",
    )


def check_participant_id(participant: str, where: str) -> None:
    """Check that an id is a code such as P07, not a name or an NHS or CHI number.

    Raises:
        BadInput: If it is not.
    """
    if not participant:
        raise BadInput(f"{where}: the participant has no id.", "Give a code such as P07.")
    if _LONG_NUMBER.search(participant):
        raise BadInput(f"{where}: the id looks like an NHS, CHI or phone number.", "Give a code such as P07.")
    if not _PARTICIPANT_ID.fullmatch(participant):
        raise BadInput(f"{where}: the id looks like a name.", "Give a code such as P07.")


def check_date(day: str, where: str) -> None:
    """Check that a text is a date such as 2026-03-31.

    Raises:
        BadInput: If it is not.
    """
    try:
        date.fromisoformat(day)
    except ValueError:
        raise BadInput(f"{where}: '{day}' is not a date.", "Write it as 2026-03-31.") from None


def _choice(where: str, what: str, name: str | None, known: Sequence[str]) -> str | None:
    if name is None:
        return None
    choice = _find(name, known)
    if choice is None:
        raise BadInput(f"{where}: '{name}' is not a {what}.", f"Use one of {', '.join(known)}.")
    return choice


def _find(name: str, known: Sequence[str]) -> str | None:
    def bare(text: str) -> str:
        return _NOT_WORD.sub("", text.casefold())

    return next((item for item in known if bare(item) == bare(name)), None)
