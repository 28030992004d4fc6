"""What must hold before anything leaves the study."""

from __future__ import annotations

from qualbench.errors import Refused
from qualbench.redaction.leaks import find_leaks
from qualbench.study.database import Study
from qualbench.study.journal import note
from qualbench.transcripts.sources import list_sources


def require_safe(study: Study, what: str, *, allow_unsealed: bool = False) -> None:
    """Refuse an export that would let out what was, or should be, redacted.

    Args:
        study: The study.
        what: The export, for messages and the journal.
        allow_unsealed: Let unsealed sources out all the same; this is written to the journal.

    Raises:
        Refused: If a source is not sealed, or a redacted name still stands somewhere.
    """
    unsealed = [source.name for source in list_sources(study) if source.state != "sealed"]
    if unsealed and not allow_unsealed:
        named = ", ".join(unsealed[:3]) + (f" and {len(unsealed) - 3} more" if len(unsealed) > 3 else "")
        raise Refused(
            f"Not sealed yet: {named}.",
            "Seal them (qualbench redact seal), or add --allow-unsealed; that is written to the journal.",
        )
    leaks = find_leaks(study, unsealed=not allow_unsealed)
    if leaks:
        raise Refused(
            f"A redacted name still stands in {len(leaks)} places, first in {leaks[0].place} "
            f"at {leaks[0].start}-{leaks[0].end}.",
            "Look with 'qualbench redact check'.",
        )
    if unsealed:
        note(study, "export", f"Exported {what} with {len(unsealed)} sources unsealed")
