"""Published frameworks whose constructs codes can be tagged with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa

from qualbench.codebook.drafts import BookFile
from qualbench.codebook.files import read_book, shipped_codebooks
from qualbench.codebook.tree import CodeEntry, codebook_of
from qualbench.errors import BadInput, Refused
from qualbench.study.database import Study
from qualbench.study.journal import change
from qualbench.study.tables import FrameworkTag, table_of


@dataclass(frozen=True)
class Tag:
    """A construct that codes can be tagged with.

    Attributes:
        id: What stands among the tags of a code, such as `tfa:burden`.
        framework: The part before the colon.
    """

    id: str
    framework: str
    label: str
    definition: str


def known_frameworks() -> dict[str, str]:
    """Give the frameworks among the codebooks shipped: by prefix, the name of the codebook."""
    books = ((name, read_book(path)) for name, path in shipped_codebooks().items())
    return {book.framework: name for name, book in books if book.framework}


def tags_of(book: BookFile) -> list[Tag]:
    """Give the tags that the entries in use of a framework make, in their order.

    Raises:
        Refused: If the file names no framework.
        BadInput: If two entries make the same tag.
    """
    if not book.framework:
        raise Refused(
            f"The codebook '{book.name}' is no framework.",
            "Write 'framework:' at its top, with the prefix of its tags.",
        )
    tags = [_tag(book.framework, entry) for entry in book.entries if entry.in_use]
    double = [tag_id for tag_id, count in Counter(tag.id for tag in tags).items() if count > 1]
    if double:
        raise BadInput(f"Two entries of '{book.name}' make the tag '{double[0]}'.", "Give one another id.")
    return tags


def mount_tags(study: Study, book: BookFile) -> int:
    """Register the constructs of a framework as tags, and make no codes of them.

    Mounted again, its tags become those of the file; one that the file lacks stays if a code has it.

    Returns:
        How many tags the framework has now.

    Raises:
        Refused: If the file names no framework.
        BadInput: If two entries make the same tag.
    """
    tags = tags_of(book)
    table = table_of(FrameworkTag)
    with change(study, "codebook") as changed:
        present = set(
            changed.db.execute(sa.select(table.c.id).where(table.c.framework == book.framework)).scalars()
        )
        used = {tag for entry in codebook_of(changed.db).by_id.values() for tag in entry.tags}
        rows = [
            {
                "id": t.id,
                "framework": t.framework,
                "label": t.label,
                "definition": t.definition,
                "position": n,
            }
            for n, t in enumerate(tags)
        ]
        gone = present - {tag.id for tag in tags}
        changed.insert(FrameworkTag, [row for row in rows if row["id"] not in present])
        changed.update(FrameworkTag, [row for row in rows if row["id"] in present])
        changed.delete(FrameworkTag, [{"id": tag_id} for tag_id in sorted(gone - used)])
        changed.summary = f"Mounted the framework '{book.framework}' as {len(tags)} tags"
    return len(tags) + len(gone & used)


def list_tags(study: Study) -> list[Tag]:
    """Give the tags of the study by framework, each in the order of its file."""
    table = table_of(FrameworkTag)
    with study.read() as db:
        rows = db.execute(
            sa.select(table.c.id, table.c.framework, table.c.label, table.c.definition).order_by(
                table.c.framework, table.c.position, table.c.id
            )
        )
        return [Tag(*row) for row in rows]


def _tag(framework: str, entry: CodeEntry) -> Tag:
    name = entry.id.removeprefix(f"{framework}-")
    return Tag(f"{framework}:{name}", framework, entry.label, entry.definition or entry.short_definition)
