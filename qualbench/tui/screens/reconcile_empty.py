"""What the comparison says where there is nothing to compare or nothing left to decide."""

from __future__ import annotations

from qualbench.agreement.items import Queue
from qualbench.coding.progress import finished_by
from qualbench.study.database import Study
from qualbench.study.stance import Wording

_HERE = (
    "Here will be the places where two coders of the same transcripts differ, to be talked over and decided."
)
_FINISH = (
    "Each codes without seeing the other's codes, and finishes a source with Z, in mode 4 or 1; or from the "
    "command line:\n\n    qualbench finish SOURCE"
)


def nothing_to_compare(study: Study, queue: Queue | None, words: Wording) -> str:
    """Say why there is nothing to compare and what can be done; nothing if there is something.

    Args:
        study: The study, with the coder at work.
        queue: What two coders differ in, if two can be compared.
        words: How the stance of the study puts things.
    """
    if queue is not None and queue.items:
        return ""
    if queue is not None:
        a, b = queue.coders
        where = f"the {len(queue.sources)} sources" if len(queue.sources) > 1 else "the one source"
        alike = f"{queue.alike} passage{'s' * (queue.alike != 1)}"
        return (
            f"{a} and {b} have no {words.difference} in {where} that both have finished: {alike} coded "
            "alike, word for word, which stand in the agreed layer.\n\n"
            "Press 1 for the sources, 5 for the codebook."
        )
    finished = finished_by(study)
    mine = [name for name, who in finished.items() if study.coder in who]
    others = sorted({coder for who in finished.values() for coder in who} - {str(study.coder)})
    if mine:
        count = "one source" if len(mine) == 1 else f"{len(mine)} sources"
        elsewhere = f" {' and '.join(others)} finished others." if others else ""
        return (
            f"{_HERE}\n\nYou have finished {count}; nobody else has finished "
            f"{'it' if len(mine) == 1 else 'any of them'} yet.{elsewhere}\n\n{_FINISH}"
        )
    if others:
        have = "has" if len(others) == 1 else "have"
        return (
            f"{_HERE}\n\n{' and '.join(others)} {have} finished some of the sources, you have not yet "
            f"finished any. What they coded stays hidden until you have.\n\n{_FINISH}"
        )
    return f"{_HERE}\n\nNobody has finished a source yet.\n\n{_FINISH}"
