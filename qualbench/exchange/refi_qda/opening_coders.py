"""The users of a project as coders, each with a layer, known by initials."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qualbench.errors import BadInput
from qualbench.exchange.refi_qda.opening_model import Guid, ProjectXml
from qualbench.exchange.refi_qda.opening_texts import TextRead
from qualbench.study.settings import check_initials
from qualbench.study.tables import AGREED
from qualbench.text.words import fold

_LONGEST = 8
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Coders:
    """Whose work is whose.

    Attributes:
        by_guid: The layer of each user: initials, or the agreed one.
        names: What each is called in the project, by initials.
        default: Whose work is what nobody is named for.
    """

    by_guid: Mapping[str, str]
    names: Mapping[str, str]
    default: str

    def of(self, *users: Guid) -> str:
        """Give the layer of the first user that is named."""
        return next((self.by_guid[user] for user in users if user is not None), self.default)

    def author(self, *users: Guid) -> str:
        """Give the initials of who wrote something; for what was agreed on, those of the default coder."""
        layer = self.of(*users)
        return layer if layer != AGREED else self.default


def coders_of(project: ProjectXml, texts: Sequence[TextRead], coder: str | None) -> Coders:
    """Find out who has done what.

    Args:
        project: The project.
        texts: Its texts.
        coder: Initials of the person at work: that of the users who has these, or somebody new.
    """
    by_guid: dict[str, str] = {}
    names: dict[str, str] = {}
    taken = {fold(coder)} if coder else set()
    for user in project.users:
        if user.guid is None or user.guid in by_guid:
            continue
        first = _first_of(user.id, user.name)
        called = [fold(one) for one in (user.id, user.name, first)]
        if AGREED in called:
            by_guid[user.guid] = AGREED
            continue
        at_work = coder is not None and coder not in names and fold(coder) in called
        initials = coder if coder is not None and at_work else _unlike(first, taken)
        taken.add(fold(initials))
        by_guid[user.guid] = initials
        names[initials] = user.name or user.id
    for guid in sorted(set(_users_at_work(project, texts)) - by_guid.keys()):
        by_guid[guid] = initials = _unlike("XX", taken)
        taken.add(fold(initials))
        names[initials] = ""
        project.report.add("coders who are not among the users", initials)
    owner = by_guid.get(project.user or "", AGREED)
    default = coder or (owner if owner != AGREED else next(iter(names), "XX"))
    names.setdefault(default, "")
    return Coders(by_guid, names, default)


def _first_of(id_: str, name: str) -> str:
    """The initials of somebody, as if they were alone: their id, or the first letters of their name."""
    if _are_initials(id_):
        return id_
    words = _WORD.findall(name.partition("@")[0]) or _WORD.findall(id_)
    if len(words) == 1:
        letters = words[0] if words[0].isupper() and len(words[0]) <= 4 else words[0][:2].upper()
    else:
        letters = "".join(word[0] for word in words).upper()
    letters = "".join(letter for letter in letters if letter.isalnum())[:_LONGEST]
    return letters if _are_initials(letters) else f"{letters}X" if _are_initials(f"{letters}X") else "XX"


def _are_initials(text: str) -> bool:
    try:
        check_initials(text)
    except BadInput:
        return False
    return True


def _unlike(initials: str, taken: Iterable[str]) -> str:
    """Initials that nobody has; doubles are numbered."""
    known = set(taken)
    candidate, number = initials, 1
    while fold(candidate) in known:
        number += 1
        candidate = f"{initials[: _LONGEST - len(str(number))]}{number}"
    return candidate


def _users_at_work(project: ProjectXml, texts: Sequence[TextRead]) -> Iterator[str]:
    """The GUIDs of all who have coded or written something."""
    for text in texts:
        for _, selection in text.passages:
            yield from filter(None, (selection.user, *(coding.user for coding in selection.codings)))
        yield from filter(None, (coding.user for coding in text.holder.codings))
    for holder in project.holders:
        yield from filter(None, [holder.user])
