"""The parts of a REFI-QDA project beside its sources, as elements that are written one after the other.

They have no namespace of their own: they take that of the project around them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from qualbench.coding.memos import CODE
from qualbench.exchange.refi_qda.codebook import add_codes, candidate_themes
from qualbench.exchange.refi_qda.contents import CASES, Contents, on_words
from qualbench.exchange.refi_qda.names import clean, own_names
from qualbench.exchange.refi_qda.positions import Convention
from qualbench.study.tables import AGREED

if TYPE_CHECKING:
    from lxml.etree import _Element

CLASSIFICATION = "Participant"
"""What the cases are classified as; it stands before the name of an attribute, parted by a colon."""

Notes = Mapping[tuple[str, str], Sequence[str]]
"""The GUIDs of memos by what they are on: one of `coding.memos.ABOUT` and its id, or the name of a source."""

_LONGEST_NAME = 90  # characters of the name of a note


def before_sources(contents: Contents, how: Convention, notes: Notes) -> Iterator[_Element]:
    """Give users, code book, variables and cases, in the order of the schema; what is empty is left out."""
    yield _users(contents)
    codebook = _codebook(contents, how, notes)
    if len(codebook[0]):
        yield codebook
    if contents.attribute_names:
        yield _variables(contents)
    if contents.cases:
        yield _cases(contents)


def after_sources(contents: Contents) -> Iterator[_Element]:
    """Give notes, links and sets, in the order of the schema; what is empty is left out."""
    for element in (_notes(contents), _links(contents), _sets(contents)):
        if len(element):
            yield element


def users_of(contents: Contents) -> list[str]:
    """Give the layers that go out and the authors of memos, the agreed layer first: it owns the project."""
    return list(dict.fromkeys((AGREED, *contents.layers, *(memo.created_by for memo in contents.memos))))


def seconds(time: str) -> str:
    """Give a time to the second with Z, as the vendors write it."""
    return f"{time[:19]}Z"


def _new(tag: str) -> _Element:
    from lxml import etree

    return etree.Element(tag)


def _add(parent: _Element, tag: str, **attributes: str) -> _Element:
    from lxml import etree

    return etree.SubElement(parent, tag, attributes)


def _users(contents: Contents) -> _Element:
    users = _new("Users")
    for user in users_of(contents):
        name = "Agreed" if user == AGREED else user
        _add(users, "User", guid=contents.guid("user", user), name=name, id=name)
    return users


def _codebook(contents: Contents, how: Convention, notes: Notes) -> _Element:
    """The entries and, for NVivo, a branch of the cases."""
    codebook = _new("CodeBook")
    codes = _add(codebook, "Codes")
    of_codes = {code: ids for (about, code), ids in notes.items() if about == CODE}
    add_codes(codes, contents.book, contents.places, contents.code_names, contents.guid, of_codes)
    if contents.cases and how.for_nvivo:
        branch = _add(codes, "Code", guid=contents.guid("branch", "cases"), name=CASES, isCodable="false")
        for case in contents.cases:
            _add(branch, "Code", guid=contents.guid("case", case.key), name=case.name, isCodable="true")
    return codebook


def _variables(contents: Contents) -> _Element:
    variables = _new("Variables")
    for name in contents.attribute_names:
        whole = name if ":" in name else f"{CLASSIFICATION}:{name}"  # else it has its classification
        guid = contents.guid("variable", name)
        _add(variables, "Variable", guid=guid, name=clean(whole), typeOfVariable="Text")
    return variables


def _cases(contents: Contents) -> _Element:
    guid = contents.guid
    source_ids = {source.summary.name: source.summary.id for source in contents.sources}
    cases = _new("Cases")
    for case in contents.cases:
        element = _add(cases, "Case", guid=guid("case", case.key), name=case.name)
        for name, value in case.attributes.items():
            given = _add(element, "VariableValue")
            _add(given, "VariableRef", targetGUID=guid("variable", name))
            _add(given, "TextValue").text = clean(value)
        for source in case.turns:
            _add(element, "SourceRef", targetGUID=guid("source", source_ids[source]))
    return cases


def _notes(contents: Contents) -> _Element:
    notes = _new("Notes")
    names = own_names((memo.id, f"Memo on {memo.where}"[:_LONGEST_NAME]) for memo in contents.memos)
    for memo in contents.memos:
        author, guid = contents.guid("user", memo.created_by), contents.guid("memo", memo.id)
        _add(
            notes,
            "Note",
            guid=guid,
            name=names[memo.id],
            plainTextPath=f"internal://{guid}.txt",
            creatingUser=author,
            creationDateTime=seconds(memo.created_at),
            modifyingUser=author,
            modifiedDateTime=seconds(memo.changed_at),
        )
    return notes


def _links(contents: Contents) -> _Element:
    """Memos on words, as NVivo has annotations: a link from the note to a selection without coding."""
    links = _new("Links")
    for memo in on_words(contents):
        _add(
            links,
            "Link",
            guid=contents.guid("link", memo.id),
            direction="Associative",
            originGUID=contents.guid("memo", memo.id),
            targetGUID=contents.guid("selection-memo", memo.id),
        )
    return links


def _sets(contents: Contents) -> _Element:
    """Candidate themes as sets of codes; stakeholder types and timepoints as sets of sources."""
    guid = contents.guid
    sets = _new("Sets")
    for theme in candidate_themes(contents.places, contents.code_names, guid):
        element = _add(sets, "Set", guid=theme.guid, name=theme.name)
        _add(element, "Description").text = theme.description
        for code in theme.codes:
            _add(element, "MemberCode", targetGUID=code)
    members: dict[str, list[str]] = defaultdict(list)
    for source in contents.sources:
        for stakeholder in source.summary.stakeholders:
            members[f"Stakeholder = {stakeholder}"].append(source.summary.id)
        if source.summary.timepoint:
            members[f"Timepoint = {source.summary.timepoint}"].append(source.summary.id)
    for name in sorted(members):
        element = _add(sets, "Set", guid=guid("set", name), name=clean(name))
        for source_id in members[name]:
            _add(element, "MemberSource", targetGUID=guid("source", source_id))
    return sets
