"""Random studies for hypothesis: focus groups, overlapping codings, emoji, combining marks, CJK."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from qualbench.codebook.importing import import_entries
from qualbench.codebook.tree import CodeEntry
from qualbench.coding.memos import THE_STUDY, Subject, add_memo, on_code, on_source, on_words
from qualbench.study.database import Study, open_study
from qualbench.study.journal import change
from qualbench.study.retext import fingerprint
from qualbench.study.tables import (
    AGREED,
    Coding,
    Participant,
    ParticipantAttribute,
    Source,
    Speaker,
    Turn,
    now,
    table_of,
)
from qualbench.text.spans import Span
from qualbench.text.words import count_words

LETTERS = "ab é\n🙂中👩‍👧\u0301𝄞"
LAYERS = ("AB", AGREED)
STAKEHOLDERS, TIMEPOINTS, SITES = (
    ("Parent", "Social worker"),
    ("Baseline", "Follow-up"),
    ("Glasgow", "Bromley"),
)


@dataclass(frozen=True)
class Sketch:
    """A study to be made.

    Attributes:
        people: Stakeholder type and site, if it is known, of each participant.
        codes: The place of the code above each, None at the top.
        sources: Timepoint, if it is known, and turns: who speaks, None for the interviewer, and the words.
        codings: Source, code, layer, and two fractions of its text.
        memos: What each is on, and where.
    """

    people: list[tuple[str, str | None]]
    codes: list[int | None]
    sources: list[tuple[str | None, list[tuple[int | None, str]]]]
    codings: list[tuple[int, int, str, float, float]]
    memos: list[tuple[str, int]]


@st.composite
def sketches(draw: st.DrawFn) -> Sketch:
    """Draw a study."""
    people = draw(
        st.lists(
            st.tuples(st.sampled_from(STAKEHOLDERS), st.sampled_from((None, *SITES))), min_size=1, max_size=4
        )
    )
    words = st.text(st.sampled_from(LETTERS), min_size=1, max_size=25).filter(lambda text: text.strip())
    turns = st.lists(st.tuples(st.none() | st.integers(0, len(people) - 1), words), min_size=1, max_size=6)
    sources = draw(st.lists(st.tuples(st.sampled_from((None, *TIMEPOINTS)), turns), min_size=1, max_size=3))
    count = draw(st.integers(1, 5))
    codes = [draw(st.none() | st.integers(0, n - 1)) if n else None for n in range(count)]
    share = st.floats(0, 1)
    coding = st.tuples(
        st.integers(0, len(sources) - 1), st.integers(0, count - 1), st.sampled_from(LAYERS), share, share
    )
    about = st.sampled_from(("study", "source", "code", "turn"))
    return Sketch(
        people,
        codes,
        sources,
        draw(st.lists(coding, max_size=12)),
        draw(st.lists(st.tuples(about, st.integers(0, 2)), max_size=4)),
    )


def make_study(template: Path, folder: Path, sketch: Sketch) -> Study:
    """Make a study after a sketch from a copy of an empty one that has been set up."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    study = open_study(folder, coder="AB")
    entries = []
    for n, above in enumerate(sketch.codes):
        parent = f"c{above}" if above is not None else None
        entries.append(
            CodeEntry(f"c{n}", parent, "code", ("Same: name", "Other", "same~ name")[n % 3] + str(n // 2))
        )
    import_entries(study, entries, "test")
    texts = {}
    with change(study, "import", "Planted") as made:
        made.insert(
            Participant,
            [
                {
                    "id": f"P{n}",
                    "stakeholder": stakeholder,
                    "site": site,
                    "family": f"F{n}" if n % 2 else None,
                }
                for n, (stakeholder, site) in enumerate(sketch.people)
            ],
        )
        made.insert(
            ParticipantAttribute, [{"participant_id": "P0", "name": "Cases:Age", "value": "thirty 🙂"}]
        )
        for n, (timepoint, turns) in enumerate(sketch.sources):
            texts[n] = _plant(made, f"s{n}", timepoint, turns)
        rows = {}
        for n, (source, code, layer, a, b) in enumerate(sketch.codings):
            span = _span(texts[source], a, b)
            key = (f"s{source}", layer, f"c{code}", *span)
            rows[key] = dict.fromkeys(column.name for column in table_of(Coding).columns) | {
                "id": f"k{n}",
                "source_id": key[0],
                "layer": layer,
                "code_id": key[2],
                "start": span.start,
                "end": span.end,
                "created_by": "AB",
                "created_at": now(),
                "exemplar": False,
                "version": 0,
            }
        made.insert(Coding, list(rows.values()))
    for about, n in sketch.memos:
        source = min(n, len(texts) - 1)
        subject: Subject = {
            "study": THE_STUDY,
            "source": on_source(f"s{source}"),
            "code": on_code("c0"),
            "turn": on_words(f"s{source}", Span(0, len(texts[source]))),
        }[about]
        add_memo(study, f"Noted 🙂\n{n}", subject)
    return study


def _plant(made, source_id: str, timepoint: str | None, turns: list[tuple[int | None, str]]) -> str:  # type: ignore[no-untyped-def]
    text, rows = "", []
    speakers = list(dict.fromkeys(who for who, _ in turns))
    for n, (who, words) in enumerate(turns):
        label_start = len(text)
        text += f"{'I' if who is None else f'P{who}'}: "
        start = len(text)
        text += words
        place = {"label_start": label_start, "start": start, "end": len(text)}
        rows.append({"source_id": source_id, "n": n, "speaker_n": speakers.index(who), **place})
        text += "\n\n"
    made.insert(
        Source,
        [
            {
                "id": source_id,
                "name": source_id,
                "kind": "interview",
                "timepoint": timepoint,
                "format": "txt",
                "state": "sealed",
                "words": count_words(text),
                "fingerprint": fingerprint(text),
                "imported_fingerprint": fingerprint(text),
                "imported_at": now(),
                "text": text,
            }
        ],
    )
    made.insert(
        Speaker,
        [
            {
                "source_id": source_id,
                "n": n,
                "label": "I" if who is None else f"P{who}",
                "role": "interviewer" if who is None else "participant",
                "participant_id": None if who is None else f"P{who}",
            }
            for n, who in enumerate(speakers)
        ],
    )
    made.insert(Turn, rows)
    return text


def _span(text: str, a: float, b: float) -> Span:
    first, last = sorted((int(a * (len(text) - 1)), int(b * (len(text) - 1))))
    return Span(first, last + 1)
