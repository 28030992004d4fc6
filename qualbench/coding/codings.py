"""Reading codings: which there are, which codes were used last, how much is coded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.codebook.versions import codings_of_version, version_of
from qualbench.coding.blind import hidden_sources, in_view
from qualbench.study.database import Study
from qualbench.study.tables import AGREED, Coding, Source, table_of
from qualbench.text.spans import Span, covered, intersect, merge
from qualbench.transcripts.sources import participants_talk, source_ids


@dataclass(frozen=True)
class CodingRead:
    """A coding with its words.

    Attributes:
        start: Code point of the source's text.
        end: The same, half-open.
        code: The id of the code.
        version: Of the codebook, under which it was made; 0 before the first.
        kept_under: The version under which it was last read again and kept, and `kept_at` when.
        made_as: The id of the code it was made with, if a merge or split has given it another.
    """

    id: str
    source: str
    start: int
    end: int
    code: str
    layer: str
    quote: str
    created_at: str
    exemplar: bool
    meaning: str | None
    version: int = 0
    kept_under: int | None = None
    kept_at: str | None = None
    made_as: str | None = None

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.start, self.end)


def list_codings(
    study: Study,
    *,
    source: str | None = None,
    layer: str | None = None,
    code: str | None = None,
    codes: Collection[str] | None = None,
    version: int | None = None,
) -> list[CodingRead]:
    """Give codings in order of source and place.

    Args:
        study: The study; what its coder may not see yet is left out.
        source: Only those of one source.
        layer: The layer; None means the coder's own.
        code: Only those of one code.
        codes: Only those of some codes, by their ids.
        version: Those made under a version of the codebook or before it, with the codes they had then.

    Raises:
        NotFound: If there is no such source, layer, code or version.
        Refused: If another coder's layer is asked for and may not be seen yet.
    """
    layer = layer or study.coder or AGREED
    coding, table = table_of(Coding), table_of(Source)
    with study.read() as db:
        source_id = source_ids(db, [source])[source] if source is not None else None
        code_id, was_there = codings_of_version(version)
        wanted = [in_view(db, study, layer, source_id), was_there]
        if source_id is not None:
            wanted.append(coding.c.source_id == source_id)
        if code is not None:
            wanted.append(code_id == version_of(db, version).find(code).id)
        elif codes is not None:
            wanted.append(code_id.in_(codes))
        elif version is not None:
            version_of(db, version)  # that there is one
        rows = db.execute(sa.select(coding, code_id.label("code")).where(*wanted)).all()
        texts = {
            row.id: (row.name, row.text)
            for row in db.execute(
                sa.select(table.c.id, table.c.name, table.c.text).where(
                    table.c.id.in_({row.source_id for row in rows})
                )
            )
        }
    found = [
        CodingRead(
            row.id,
            texts[row.source_id][0],
            row.start,
            row.end,
            row.code,
            row.layer,
            texts[row.source_id][1][row.start : row.end],
            row.created_at,
            row.exemplar,
            row.meaning,
            row.version,
            row.kept_under,
            row.kept_at,
            row.made_as,
        )
        for row in rows
    ]
    return sorted(found, key=lambda c: (c.source, c.start, c.end, c.code))


def recent_codes(study: Study) -> list[str]:
    """Give the ids of the codes of the coder at work, the one put on words last first."""
    coding = table_of(Coding)
    with study.read() as db:
        last = sa.func.max(coding.c.created_at)
        rows = db.execute(
            sa.select(coding.c.code_id)
            .where(coding.c.layer == study.coder)
            .group_by(coding.c.code_id)
            .order_by(last.desc(), coding.c.code_id)
        )
        return list(rows.scalars())


def share_coded(study: Study, layer: str) -> dict[str, float | None]:
    """Give for each source, by name, the share of participants' talk that a layer has coded.

    Returns:
        A fraction of the code points; None where no participant speaks, or the layer may not be seen.
    """
    source, coding = table_of(Source), table_of(Coding)
    with study.read() as db:
        names = dict(db.execute(sa.select(source.c.id, source.c.name)).all())
        hidden = hidden_sources(db, study, layer)
        talk = participants_talk(db)
        coded: dict[str, list[Span]] = {}
        for source_id, start, end in db.execute(
            sa.select(coding.c.source_id, coding.c.start, coding.c.end).where(in_view(db, study, layer))
        ):
            coded.setdefault(source_id, []).append(Span(start, end))
    return {
        name: coded_share(talk.get(i, []), coded.get(i, [])) if i not in hidden else None
        for i, name in names.items()
    }


def coded_share(talk: Sequence[Span], coded: Iterable[Span]) -> float | None:
    """Give the share of the code points of some talk that is coded; None if there is no talk."""
    length = covered(talk)
    return covered(intersect(merge(coded), merge(talk))) / length if length else None
