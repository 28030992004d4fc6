"""What must hold before anything leaves the study."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from qualbench.errors import Refused
from qualbench.redaction.leaks import Leak, LeakFinder, find_leaks, find_leaks_in_files
from qualbench.study.database import Study
from qualbench.study.journal import note
from qualbench.transcripts.sources import list_sources


@contextmanager
def gate(
    study: Study,
    target: Path,
    *,
    allow_unsealed: bool = False,
    holds_texts: bool = True,
    sources: Collection[str] | None = None,
    words: Collection[str] | None = None,
) -> Iterator[Path]:
    """Refuse an export that would let out what was, or should be, redacted.

    The export is written to the path that is given, out of the way, and comes to its target only when
    nothing that was redacted is found in the finished files.

    Args:
        study: The study.
        target: The file to write, or the folder to write files to.
        allow_unsealed: Let unsealed sources out all the same; this is written to the journal.
        holds_texts: Whether words of transcripts are exported. A codebook holds what the team wrote, so it
            may leave before the sources are sealed, but not with a name that was redacted.
        sources: Names of the sources whose words are exported; None means all.
        words: What of the files people wrote; only that is then looked through, the rest being the
            program's own. A coefficient may be spelt much like somebody's name.

    Raises:
        Refused: If a source is not sealed, or a redacted name still stands somewhere; nothing is written.
    """
    unsealed = [
        source.name
        for source in list_sources(study)
        if source.state != "sealed" and holds_texts and (sources is None or source.name in sources)
    ]
    if unsealed and not allow_unsealed:
        named = ", ".join(unsealed[:3]) + (f" and {len(unsealed) - 3} more" if len(unsealed) > 3 else "")
        raise Refused(
            f"Not sealed yet: {named}.",
            "Seal them (qualbench redact seal), or add --allow-unsealed; that is written to the journal.",
        )
    if holds_texts:
        _refuse(find_leaks(study, unsealed=not allow_unsealed and sources is None))
    with tempfile.TemporaryDirectory(prefix="qualbench-") as folder:
        draft = Path(folder) / target.name
        yield draft
        if words is not None:
            finder = LeakFinder(study)
            _refuse(
                [
                    Leak("a name or label in it", *one.span, one.exact)
                    for word in sorted({*words, target.name})
                    for one in finder.in_words(word)
                ]
            )
        elif not unsealed:  # what is not sealed yet holds its names rightfully
            _refuse(find_leaks_in_files(LeakFinder(study), Path(folder), Path(folder)))
        if unsealed:
            note(study, "export", f"Exported {target.name} with {len(unsealed)} sources unsealed")
        target.parent.mkdir(parents=True, exist_ok=True)
        if draft.is_dir():
            shutil.copytree(draft, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(draft, target)


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
