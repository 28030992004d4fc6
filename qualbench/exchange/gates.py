"""What must hold before anything leaves the study.

Sources are sealed, everybody who speaks has consented, no redacted name is left, whole transcripts are of
people who agreed to an archive: else an export is refused. Who did not agree to be quoted is in no quote
(`transcripts.consent`), and matrices for readers have no column of too few people (`exchange.small_cells`).
What leaves is put on record with whose words are in it (`exchange.records`).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from qualbench.errors import Refused
from qualbench.exchange.records import record_export
from qualbench.exchange.small_cells import few_people as few_people
from qualbench.exchange.small_cells import small_columns as small_columns
from qualbench.exchange.small_cells import warning_of_few_people as warning_of_few_people
from qualbench.redaction.leaks import Leak, LeakFinder, find_leaks, find_leaks_in_files
from qualbench.study.blinding import require_sighted
from qualbench.study.database import Study
from qualbench.study.journal import newest_event
from qualbench.study.tables import Participant, Source, Speaker, table_of
from qualbench.transcripts.consent import refuse_waiting, waiting_sources
from qualbench.transcripts.sources import list_sources

_NAMED = 3  # how many of many are named in a sentence


@contextmanager
def gate(
    study: Study,
    target: Path,
    *,
    allow_unsealed: bool = False,
    allow_unconsented: bool = False,
    holds_texts: bool = True,
    holds_transcripts: bool = False,
    sources: Collection[str] | None = None,
    words: Collection[str] | None = None,
    let_out: Sequence[str] = (),
    reason: str = "",
) -> Iterator[Path]:
    """Refuse an export that would let out what was, or should be, redacted, or what was not agreed to.

    The export is written to the path that is given, out of the way, and comes to its target only when
    nothing that was redacted is found in the finished files. Stopped before, it leaves nothing.

    Args:
        study: The study.
        target: The file to write, or the folder to write files to.
        allow_unsealed: Let unsealed sources out all the same; this is written to the journal.
        allow_unconsented: Let transcripts out of people who did not agree to an archive; likewise.
        holds_texts: Whether words of transcripts are exported. A codebook holds what the team wrote, so it
            may leave before the sources are sealed, but not with a name that was redacted.
        holds_transcripts: Whether whole transcripts are exported.
        sources: Names of the sources whose words are exported; None means all.
        words: What of the files people wrote; only that is then looked through, the rest being the
            program's own. A coefficient may be spelt much like somebody's name.
        let_out: What else is let out although a rule is against it, each in a phrase for the journal.
        reason: Why, in the person's own words.

    Raises:
        Refused: If the coder at work reads blind to the arms, a source is not sealed, somebody did not
            consent or agree, or a redacted name still stands somewhere; nothing is written.
    """
    if holds_texts:
        with study.read() as db:
            require_sighted(db, study.coder, "Words of transcripts are exported")
            waiting = waiting_sources(db)
        refuse_waiting([one for one in waiting if sources is None or one.source in sources], "exported")
    unsealed = [
        source.name
        for source in list_sources(study)
        if source.state != "sealed" and holds_texts and (sources is None or source.name in sources)
    ]
    if unsealed and not allow_unsealed:
        raise Refused(
            f"Not sealed yet: {_listed(unsealed)}.",
            "Seal them (qualbench redact seal), or add --allow-unsealed; that is written to the journal.",
        )
    unconsented = not_to_be_archived(study) if holds_transcripts else {}
    if unconsented and not allow_unconsented:
        raise Refused(
            f"Not agreed to be archived: the words of {_listed(list(unconsented))}, "
            f"in {_listed(sorted({name for names in unconsented.values() for name in names}))}.",
            "Ask them, or add --allow-unconsented if it is for the team alone; that is written to the "
            "journal.",
        )
    event, finder = newest_event(study), LeakFinder(study)
    if holds_texts:
        _refuse(find_leaks(study, unsealed=not allow_unsealed and sources is None, finder=finder))
    with tempfile.TemporaryDirectory(prefix="qualbench-") as folder:
        draft = Path(folder) / target.name
        yield draft
        if newest_event(study) != event:  # a name may have been accepted while the files were written
            finder = LeakFinder(study)
        if words is not None:
            _refuse(
                [
                    Leak("a name or label in it", *one.span, one.exact)
                    for word in sorted({*words, target.name})
                    for one in finder.in_words(word)
                ]
            )
        elif not unsealed:  # what is not sealed yet holds its names rightfully
            _refuse(find_leaks_in_files(finder, Path(folder), Path(folder)))
        phrases = [
            *([f"{len(unsealed)} sources unsealed"] if unsealed else []),
            *([f"{len(unconsented)} participants who did not agree to an archive"] if unconsented else []),
            *filter(None, let_out),
        ]
        if draft.exists():
            record_export(
                study,
                draft,
                target.name,
                sources=sources,
                whole=holds_transcripts,
                let_out=" and ".join(phrases),
                reason=reason,
            )
        _put_in_place(draft, target)


def not_to_be_archived(study: Study) -> dict[str, list[str]]:
    """Give the ids of participants who did not agree to an archive, with the sources in which they speak."""
    speaker, participant, source = table_of(Speaker), table_of(Participant), table_of(Source)
    with study.read() as db:
        rows = db.execute(
            sa.select(participant.c.id, source.c.name)
            .join_from(speaker, participant, participant.c.id == speaker.c.participant_id)
            .join(source, source.c.id == speaker.c.source_id)
            .where(participant.c.consent_archive.is_(False))
            .distinct()
            .order_by(participant.c.id, source.c.name)
        ).all()
    found: dict[str, list[str]] = {}
    for who, name in rows:
        found.setdefault(who, []).append(name)
    return found


def _put_in_place(draft: Path, target: Path) -> None:
    """Move what is finished to its place: a file or a new folder in one step; into a folder that is there
    file by file, each whole."""
    if target.exists() and not (target.is_file() or target.is_dir()):
        shutil.copyfile(draft, target)  # a device, such as /dev/null
        return
    target = Path(os.path.realpath(target))  # a link stays one
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as beside:
        staged = Path(beside) / target.name
        if draft.is_dir():
            shutil.copytree(draft, staged, copy_function=shutil.copyfile)
        else:
            shutil.copyfile(draft, staged)
        if not (staged.is_dir() and target.is_dir()):
            os.replace(staged, target)
            return
        for path in sorted(staged.rglob("*")):
            place = target / path.relative_to(staged)
            if path.is_dir():
                place.mkdir(exist_ok=True)
            else:
                os.replace(path, place)


def _refuse(leaks: list[Leak]) -> None:
    if leaks:
        first = leaks[0]
        raise Refused(
            f"A redacted name still stands in {_places(len(leaks))}, first in {first.place} "
            f"at {first.start}-{first.end}.",
            "Look with 'qualbench redact check'.",
        )


def _places(count: int) -> str:
    return "1 place" if count == 1 else f"{count} places"


def _listed(names: Sequence[str], between: str = ", ") -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return between.join(names[:_NAMED]) + more
