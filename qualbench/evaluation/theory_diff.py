"""What differs between two versions of a theory of change. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from qualbench.evaluation.theory import Arrow, Box, Theory

ADDED, REMOVED, REWORDED, MOVED = "added", "removed", "reworded", "moved"


@dataclass(frozen=True)
class TheoryChange:
    """A box or an arrow that differs.

    Attributes:
        what: "box" or "arrow"; "theory" for title and source.
        kind: Added, removed, reworded (its words), moved (an arrow's ends, a box's kind).
        before: What it was, in words; empty if it was not there.
        after: What it is.
    """

    what: str
    id: str
    kind: str
    before: str
    after: str

    @property
    def sentence(self) -> str:
        """The change in words."""
        told = " -> ".join(filter(None, (self.before, self.after)))
        return f"{self.what} {self.id} {self.kind}: {told}"


def diff_theories(old: Theory | None, new: Theory) -> list[TheoryChange]:
    """Give what differs: what is gone first, then boxes and arrows in the order of the newer theory.

    Args:
        old: The earlier theory; None stands for none, so that everything is added.
        new: The later one.
    """
    before = old.elements if old else {}
    changes = [
        TheoryChange(_what(one), id_, REMOVED, _told(one, old), "")
        for id_, one in before.items()
        if old is not None and (id_ not in new.elements or _what(new.elements[id_]) != _what(one))
    ]
    if old is not None and (old.id, old.title, old.source) != (new.id, new.title, new.source):
        told = [f"{one.title} ({one.source})" for one in (old, new)]
        changes.append(TheoryChange("theory", new.id, REWORDED, *told))
    for id_, one in new.elements.items():
        earlier = before.get(id_)
        if earlier is None or old is None or _what(earlier) != _what(one):
            changes.append(TheoryChange(_what(one), id_, ADDED, "", _told(one, new)))
            continue
        if _place(earlier) != _place(one):
            changes.append(TheoryChange(_what(one), id_, MOVED, _place(earlier), _place(one)))
        if (earlier.label, earlier.note) != (one.label, one.note):
            changes.append(TheoryChange(_what(one), id_, REWORDED, _words(earlier), _words(one)))
    return changes


def _what(one: Box | Arrow) -> str:
    return "box" if isinstance(one, Box) else "arrow"


def _place(one: Box | Arrow) -> str:
    """Where it stands: the kind of a box, the ends of an arrow."""
    return (one.kind or "no kind") if isinstance(one, Box) else f"{one.start} to {one.end}"


def _words(one: Box | Arrow) -> str:
    return f"{one.label or 'no words'}{f' ({one.note})' if one.note else ''}"


def _told(one: Box | Arrow, theory: Theory | None) -> str:
    if isinstance(one, Box) or theory is None:
        return one.label
    return f"{theory.named(one.id)}{f', {one.label}' if one.label else ''}"
