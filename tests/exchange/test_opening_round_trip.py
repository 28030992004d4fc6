"""What goes out comes back: our own projects opened again, and projects of others coded on and sent back."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from qualbench.codebook.importing import import_entries
from qualbench.codebook.tree import CodeEntry, read_codebook
from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.coding.memos import THE_STUDY, add_memo, list_memos, on_code, on_coding, on_source, on_words
from qualbench.coding.progress import finish
from qualbench.coding.rows import insert_codings
from qualbench.exchange.refi_qda.opening import open_project
from qualbench.exchange.refi_qda.positions import NVIVO, STANDARD, Convention
from qualbench.exchange.refi_qda.project import write_project
from qualbench.study.database import Study, create_study, open_study
from qualbench.study.integrity import check_study
from qualbench.study.journal import change
from qualbench.study.retext import fingerprint
from qualbench.study.settings import add_coder, set_up
from qualbench.study.tables import (
    Coding,
    Participant,
    ParticipantAttribute,
    Source,
    Speaker,
    Turn,
    new_id,
    now,
    table_of,
)
from qualbench.text.spans import Span
from qualbench.transcripts.sources import list_sources, read_sources
from tests.builders import ENTRIES, fill_agreed, place, small_study
from tests.exchange.dialects import DIALECTS, trial
from tests.exchange.reader import Project as Written

LETTERS = "ab Zoë.,:?\n🙂👩‍👧中文é"
words = st.text(st.sampled_from(LETTERS), min_size=1, max_size=40).map(lambda t: f"w{t.strip()}w")
LABELS = ("P01", "P02", "I", "Mum", "FEW01")
WHO = {"P01": "P01", "P02": "P02", "Mum": "P03", "FEW01": "FEW01"}


def state(study: Study) -> dict[str, Any]:
    """All that a project holds of a study, but for what no project holds: key letters, who has finished."""
    coding = table_of(Coding)
    with study.read() as db:
        texts = dict(db.execute(sa.select(table_of(Source).c.id, table_of(Source).c.text)).all())
        names = dict(db.execute(sa.select(table_of(Source).c.id, table_of(Source).c.name)).all())
        codings = {
            row.id: (names[row.source_id], row.start, row.end, row.code_id, row.layer, row.created_at[:19])
            for row in db.execute(sa.select(coding))
        }
        quotes = Counter(texts[row.source_id][row.start : row.end] for row in db.execute(sa.select(coding)))
        people = {row.id: row for row in db.execute(sa.select(table_of(Participant)))}
        attributes = set(db.execute(sa.select(table_of(ParticipantAttribute))).all())
    cases: dict[tuple[str, str | None], list[tuple[str, int, int]]] = defaultdict(list)
    for source in read_sources(study):
        for turn in source.turns:
            if turn.participant:
                key = (turn.participant, source.summary.timepoint)
                cases[key].append((source.summary.name, turn.start, turn.end))
    heard = {who for who, _ in cases}
    return {
        "codes": [replace(entry, key=None) for _, entry in read_codebook(study).walk()],
        "texts": {names[id_]: text for id_, text in texts.items()},
        "facts": {s.name: (s.kind, s.timepoint, s.site, s.mode, s.date) for s in list_sources(study)},
        "codings": Counter(codings.values()),
        "quotes": quotes,
        "cases": dict(cases),
        "people": {
            id_: (row.family, row.stakeholder, row.site) for id_, row in people.items() if id_ in heard
        },
        "attributes": {tuple(row) for row in attributes if row.participant_id in heard},
        "memos": Counter(
            (
                memo.about,
                memo.source,
                memo.start,
                memo.end,
                memo.code,
                codings[memo.coding] if memo.coding else None,
                memo.text,
                memo.created_by,
                memo.created_at[:19],
            )
            for who in ("AB", "CD")
            for memo in list_memos(study.by(who), by=who)
        ),
    }


def insert_source(
    study: Study, name: str, turns: Sequence[tuple[str, str]], timepoint: str | None, **facts: str | None
) -> str:
    """A source in the layout that every import gives it."""
    text = "\n\n".join(f"{label}: {said}" for label, said in turns)
    source_id = new_id()
    labels = list(dict.fromkeys(label for label, _ in turns))
    at = 0
    rows = []
    for n, (label, said) in enumerate(turns, start=1):
        start = at + len(label) + 2
        rows.append(
            {
                "source_id": source_id,
                "n": n,
                "speaker_n": labels.index(label) + 1,
                "label_start": at,
                "start": start,
                "end": start + len(said),
            }
        )
        at = start + len(said) + 2
    with change(study, "import", "Imported") as made:
        row = {
            "id": source_id,
            "name": name,
            "kind": "interview",
            "timepoint": timepoint,
            **facts,
            "format": "txt",
            "state": "imported",
            "words": len(text.split()),
            "fingerprint": fingerprint(text),
            "imported_fingerprint": name,
            "imported_at": now(),
            "text": text,
        }
        made.insert(Source, [row])
        speakers = [
            {
                "source_id": source_id,
                "n": n,
                "label": label,
                "role": "participant" if label in WHO else "interviewer",
                "participant_id": WHO.get(label),
            }
            for n, label in enumerate(labels, start=1)
        ]
        made.insert(Speaker, speakers)
        made.insert(Turn, rows)
    return source_id


def random_study(study: Study, data: st.DataObject) -> None:
    """Sources, people, codes, two layers and the agreed one, memos on everything."""
    people = [
        {
            "id": id_,
            "family": data.draw(st.sampled_from([None, "F01"])),
            "stakeholder": data.draw(st.sampled_from(["Parent", "Social worker"])),
            "site": data.draw(st.sampled_from([None, "Glasgow"])),
        }
        for id_ in WHO.values()
    ]
    with change(study, "participants", "People") as made:
        made.insert(Participant, people)
        values = [
            {"participant_id": id_, "name": name, "value": "x: y"}
            for id_ in WHO.values()
            for name in ("Age", "Cases:Sex")
            if data.draw(st.booleans())
        ]
        made.insert(ParticipantAttribute, values)
    import_entries(
        study, [*ENTRIES, CodeEntry("odd", "trial", "code", "Odd: 🙂?", also_in=("trust",))], "test"
    )
    ids = {}
    for n in range(data.draw(st.integers(1, 3))):
        turns = data.draw(
            st.lists(
                st.tuples(st.sampled_from(LABELS), words), min_size=1, max_size=5, unique_by=lambda t: t[0]
            )
        )
        timepoint = data.draw(st.sampled_from([None, "Baseline", "Follow-up"]))
        name = f"talk {n}: {'🙂' if n else ''}".strip(": ")
        ids[name] = insert_source(
            study, name, turns, timepoint, mode=data.draw(st.sampled_from([None, "phone"]))
        )
    texts = {source.summary.name: source.text for source in read_sources(study)}

    def spans(name: str) -> st.SearchStrategy[Span]:
        length = len(texts[name])
        return st.tuples(st.integers(0, length - 1), st.integers(1, length)).map(
            lambda ends: Span(min(ends), max(ends[0] + 1, ends[1]))
        )

    for layer in ("AB", "CD", "agreed"):
        for name in ids:
            marked = data.draw(
                st.lists(st.tuples(spans(name), st.sampled_from(["fear", "odd", "trust"])), max_size=4)
            )
            with change(study.by("AB" if layer == "agreed" else layer), "code", "Coded") as made:
                coded = insert_codings(made, layer, [(ids[name], span, code) for span, code in marked])
            if coded and layer != "agreed" and data.draw(st.booleans()):
                add_memo(study.by(layer), "On a coding\n\n中 🙂", on_coding(coded[0]))
    for who in ("AB", "CD"):
        for subject in (THE_STUDY, on_code("fear"), *(on_source(name) for name in ids)):
            if data.draw(st.booleans()):
                add_memo(study.by(who), f"Thought of {who}\nat length", subject)
        name = data.draw(st.sampled_from(sorted(ids)))
        add_memo(study.by(who), "On words", on_words(name, data.draw(spans(name))))


HOW = [NVIVO, STANDARD, Convention("nvivo", "\n", mark=True)]


@settings(  # each takes a second or two, so a failure is told as it is found
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(how=st.sampled_from(HOW), data=st.data())
def test_any_study_comes_back_as_it_was(how: Convention, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        study = create_study(Path(folder) / "study", coder="AB")
        set_up(study, "A study: of 🙂")
        add_coder(study, "CD")
        random_study(study, data)
        for who in ("AB", "CD"):
            finish(study.by(who), [source.name for source in list_sources(study)])
        write_project(study, Path(folder) / "p.qdpx", how=how)
        came = open_project(Path(folder) / "p.qdpx", Path(folder) / "again", coder="AB")
        again = open_study(Path(folder) / "again")
        assert check_study(again) == []
        was, now_is = state(study), state(again)
        study.close()
        again.close()
    assert not came.left_out
    if not how.for_nvivo:  # whose words are whose is told by labels alone there
        for part in ("cases", "people", "attributes"):
            was.pop(part), now_is.pop(part)
    for part, before in was.items():
        assert now_is[part] == before, part


@pytest.mark.parametrize("how", [NVIVO, STANDARD], ids=["nvivo", "standard"])
def test_a_study_with_a_focus_group_comes_back_with_its_people(
    how: Convention, sqlite_study: Study, tmp_path: Path
) -> None:
    study = small_study(sqlite_study, tmp_path / "files")
    add_coding(study, "P07_b", place(study, "P07_b", "Naïve, me. 🙂 They judge ye."), "judged")
    add_coding(study, "group", place(study, "group", "Murder, aye."), "forms")
    add_memo(study, "A thought", on_source("group"))
    write_project(study, tmp_path / "p.qdpx", how=how)
    open_project(tmp_path / "p.qdpx", tmp_path / "again", coder="AB")
    again = open_study(tmp_path / "again")
    was, now_is = state(study), state(again)
    assert len(was["cases"]) == 4 and was["facts"]["group"][0] == "focus group"
    assert now_is == was
    again.close()


def guids_in(path: Path) -> dict[str, set[str]]:
    """The GUIDs in a project, by the name of the element."""
    found: dict[str, set[str]] = defaultdict(set)
    for element in Written(path).xml.iter():
        if element.get("guid") and isinstance(element.tag, str):
            found[element.tag.rpartition("}")[2]].add(element.get("guid", "").lower())
    return found


def test_a_project_of_nvivo_is_coded_on_reconciled_and_sent_back(tmp_path: Path) -> None:
    how = DIALECTS["nvivo-windows"]
    project = trial()
    project.parts |= {
        "Codes": f'<Code guid="{how.guid("folder")}" name="People" isCodable="false">'
        f'<Code guid="{how.guid("case/P07")}" name="P07" isCodable="true"/></Code>',
        "Variables": f'<Variable guid="{how.guid("age")}" name="Cases:Age" typeOfVariable="Text"/>',
        "Cases": f'<Case guid="{how.guid("case/P07")}" name="P07"><VariableValue>'
        f'<VariableRef targetGUID="{how.guid("age")}"/><TextValue>30-39</TextValue></VariableValue>'
        f'<SourceRef targetGUID="{how.guid("source/P07_b")}"/></Case>',
        "Notes": f'<Note guid="{how.guid("memo")}" name="Thoughts">'
        "<PlainTextContent>Hm.</PlainTextContent></Note>",
    }
    path = project.write(tmp_path / "in.qdpx", how)
    open_project(path, tmp_path / "study", coder="AB")
    ann = open_study(tmp_path / "study")
    bob = ann.by("BO")
    before = len(project.texts[0].codings)
    add_coding(ann, "P07_b", place(ann, "P07_b", "She had been there herself"), "hearing")
    finish(ann, ["P07_b"])
    finish(bob, ["P07_b"])
    assert fill_agreed(ann, "P07_b") == 1, "both have coded the same words alike"
    write_project(ann, tmp_path / "back.qdpx")
    came, went = guids_in(path), guids_in(tmp_path / "back.qdpx")
    for kind in ("User", "Code", "Variable", "Case", "TextSource", "Note"):
        assert came[kind] <= went[kind], kind
    assert came["Coding"] < went["Coding"]
    layers = Counter(
        coding.layer for layer in ("AB", "BO", "agreed") for coding in list_codings(ann, layer=layer)
    )
    assert layers == {"AB": 7, "BO": 4, "agreed": 1} and layers.total() == before + 2
    ann.close()
    again = open_project(tmp_path / "back.qdpx", tmp_path / "again", coder="AB")
    assert again.codings == dict(layers)
