"""What in the cells of the framework matrix leads nowhere."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from qualbench.analysis.cell_links import links_in
from qualbench.analysis.framework_cells import Cells, parts_of
from qualbench.codebook.tree import codebook_of
from qualbench.coding.blind import in_any_view
from qualbench.study.database import Study
from qualbench.study.tables import Coding, table_of


@dataclass(frozen=True)
class DeadEnd:
    """Something in a cell that leads nowhere: a link to a coding, or the cell itself.

    Attributes:
        participant: Whose cell it is.
        timepoint: When, or the two that a note is between.
        code: The id of its code.
        what: What is wrong with it, in a sentence.
    """

    participant: str
    timepoint: str
    code: str
    what: str


def dead_ends(study: Study) -> list[DeadEnd]:
    """Give the links in cells that lead to no coding any more, and the cells of people who, as the sources
    are now, were not talked to then.

    A link is followed by the id of its coding. Where codings became one, the link to the one that went is
    dead, and somebody looks whether the other is meant.
    """
    with study.read() as db:
        kept, book, alive = Cells(db, study), codebook_of(db), codings_in_sight(db, study)
    found = []
    for key in sorted(kept.written()):
        who, when, code = key
        newest = kept.newest(key)
        if newest is None or not kept.sees(key, newest) or book.by_id[code].status == "merged":
            continue  # a merge has carried it over
        if any((who, one) not in kept.sources for one in parts_of(when)):
            found.append(DeadEnd(who, when, code, "Nobody was talked to then, as the sources are now."))
        found += [
            DeadEnd(who, when, code, f"'{link.words}' leads to no coding that you can see.")
            for link in links_in(newest.text)
            if link.coding not in alive
        ]
    return found


def codings_in_sight(db: Session, study: Study) -> set[str]:
    """Give the ids of the codings, of any layer, that the coder at work may see."""
    return set(db.execute(sa.select(table_of(Coding).c.id).where(in_any_view(study.coder))).scalars())
