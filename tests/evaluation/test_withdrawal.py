"""Withdrawal: what is found of somebody, what stays when it is retained, and that removal leaves no trace."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from qualbench.analysis.framework_writing import edit_cell
from qualbench.analysis.quotes import QuoteFilter, find_quotes
from qualbench.codebook.editing import NewCode, add_code, edit_code
from qualbench.codebook.versions import release
from qualbench.coding.applying import add_coding, set_exemplar
from qualbench.coding.codings import list_codings
from qualbench.coding.examples import add_example
from qualbench.coding.memos import add_memo, on_code, on_coding, on_source
from qualbench.coding.search.hits import search
from qualbench.errors import BadInput, NotFound, Refused
from qualbench.evaluation.consent import record_consent
from qualbench.evaluation.criteria import import_criteria, read_criteria
from qualbench.evaluation.evidence import put_evidence
from qualbench.evaluation.withdrawal import clean_key, find_withdrawal, holdings_of, withdraw
from qualbench.exchange.gates import gate
from qualbench.exchange.withdrawal_receipt import write_receipt
from qualbench.redaction.keyfile import KeyFile, Replaced, SealRecord, add_to_key, key_file, read_key
from qualbench.study.backups import backup, backup_daily
from qualbench.study.database import Study, create_study
from qualbench.study.integrity import check_study
from qualbench.study.journal import read_log, undo
from qualbench.study.settings import add_coder, set_up
from qualbench.text.spans import Span
from qualbench.transcripts.importing import import_files
from qualbench.transcripts.participants import import_participants
from qualbench.transcripts.sources import list_sources, read_source
from tests.builders import place, small_study

DAY = "2026-03-31"
ONLY_P07 = ("feart", "naïve", "murder")
"""Words of five letters or more of P07; "murder" is P08's too."""


def everything(study: Study) -> bytes:
    """Every byte of the study: its folder, and on PostgreSQL every row of every table."""
    data = [path.read_bytes() for path in study.folder.rglob("*") if path.is_file()]
    if not study.on_sqlite:
        with study.engine.connect() as connection:
            names = sa.inspect(connection).get_table_names()
            for name in names:
                rows = connection.execute(sa.text(f'SELECT t::text FROM "{name}" t')).scalars()
                data.append("\n".join(map(str, rows)).encode())
    return b"\n".join(data)


def traces(study: Study, words: set[str]) -> set[str]:
    """Those of some words that are left in some byte, whatever their case."""
    data = everything(study).decode("utf-8", "ignore").casefold()
    return {word for word in words if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", data)}


@pytest.fixture
def quoted(study: Study, tmp_path: Path) -> Study:
    """The small study with P07's words wherever somebody may put them."""
    small_study(study, tmp_path / "files")
    return quote_everywhere(study)


def quote_everywhere(study: Study) -> Study:
    mine = add_coding(study, "P07_b", place(study, "P07_b", "I was feart of them."), "fear")
    set_exemplar(study, mine, True)
    add_coding(study, "group", place(study, "group", "The forms were murder."), "forms")
    add_coding(study, "group", place(study, "group", "murder.\n\nP08: Murder, aye"), "judged")
    add_coding(study.by("CD"), "P07_b", place(study, "P07_b", "Naïve, me."), "judged")
    add_memo(study, "She says feart, not afraid.", on_coding(mine))
    add_memo(study, "Feart is the word; see also the others.", on_code("fear"))
    add_memo(study, "Somebody said feart before.", on_source("group"))
    add_example(study, "fear", "typical", "P07_b", place(study, "P07_b", "I was feart of them."))
    add_code(study, NewCode("Feart of them"), "It was feart.")
    edit_code(study, "fear", {"typical_example": "I was feart of them, she said."}, reason="feart it is")
    release(study, "With feart in it", "AB")
    import_criteria(study, read_criteria("ips_feasibility"))
    put_evidence(study, "3", coding=mine, note="feart")
    edit_cell(study, "P07", "Baseline", "social-work", "She was feart.")
    search(study, "feart")
    backup_daily(study)
    return study


def test_what_there_is_of_somebody_is_listed(quoted: Study, tmp_path: Path) -> None:
    with gate(quoted, tmp_path / "out.txt", allow_unsealed=True) as draft:
        draft.write_text("She said: I was feart of them.", "utf-8")
    held = holdings_of(quoted, "p07")
    kinds = held.counts()
    assert (held.participant, kinds["turn"], kinds["coding"]) == ("P07", 5, 4)
    assert {"memo", "example", "evidence", "cell summary"} <= kinds.keys()
    assert held.hidden == {"coding": 1}, "CD's, which AB may not see yet"
    assert [one.name for one in held.exports] == ["out.txt"]
    assert sorted(one.goes for one in held.seen if one.kind == "coding") == [False, True, True]
    with pytest.raises(NotFound, match="no participant 'P99'"):
        holdings_of(quoted, "P99")


def test_after_removal_no_word_that_only_they_used_is_left(quoted: Study, tmp_path: Path) -> None:
    assert traces(quoted, {"feart", "naïve"}) == {"feart", "naïve"}
    (quoted.folder / "codebooks" / "mine.yaml").write_text("label: Feart of them\n", "utf-8")
    with pytest.raises(Refused, match=r"hold words of P07: codebooks/mine\.yaml\.") as refused:
        withdraw(quoted, "P07", "remove", DAY)
    assert "--delete-exports" in refused.value.hint
    assert find_withdrawal(quoted, "P07") is None and len(list_sources(quoted)) == 3
    done = withdraw(quoted, "P07", "remove", DAY, reason="She is feart.", delete_files=True)
    assert traces(quoted, {"feart", "naïve"}) == set()
    assert [source.name for source in list_sources(quoted)] == ["group"]
    group = read_source(quoted, "group")
    assert "P08: Murder, aye." in group.text and "I filled mine in on the bus." in group.text
    assert "[withdrawn]" in group.text and "The forms" not in group.text and "P07" not in group.text
    assert [(one.source, one.code) for one in list_codings(quoted)] == [("group", "judged")]
    assert list_codings(quoted)[0].quote == "[withdrawn]\n\nP08: Murder, aye"
    assert check_study(quoted) == []
    assert [path.name for path in done.files] == ["mine.yaml"]
    assert len(done.backups) == 1


def test_removal_is_on_record_and_a_barrier(quoted: Study) -> None:
    withdraw(quoted, "P07", "remove", DAY)
    assert read_log(quoted)[-1].summary == "P07 has withdrawn; what they gave was removed"
    with pytest.raises(Refused, match="nothing of AB's to undo"):
        undo(quoted)
    with pytest.raises(Refused, match=f"P07 has withdrawn already, on {DAY}: remove"):
        withdraw(quoted, "P07", "retain", "2026-04-01")


def test_nothing_more_of_theirs_is_taken_in(quoted: Study, tmp_path: Path) -> None:
    withdraw(quoted, "P07", "remove", DAY)
    with pytest.raises(Refused, match="P07 has withdrawn"):
        record_consent(quoted, "P07", "2023-01-01", "1")
    report = import_files(quoted, [tmp_path / "files" / "P07_b.txt"])
    assert [str(fault).partition(".")[0] for fault in report.faults] == ["P07_b"]
    assert "P07 has withdrawn, on 2026-03-31." in str(report.faults[0])
    people = import_participants(quoted, tmp_path / "files" / "people.csv")
    assert ["row 2: P07 has withdrawn" in str(fault) for fault in people.faults] == [True]


def test_what_is_retained_is_counted_but_not_quoted(quoted: Study) -> None:
    before = read_source(quoted, "P07_b").text
    withdraw(quoted, "P07", "retain", DAY)
    found = find_quotes(quoted, QuoteFilter(layer="AB"))
    assert found.withheld == {"P07": 3} and {one.participant for one in found.quotes} == {"P08"}
    assert read_source(quoted, "P07_b").text == before
    with pytest.raises(Refused, match="withdrawn already"):
        withdraw(quoted, "P07", "remove", DAY)


@pytest.mark.parametrize(
    ("choice", "day", "message"),
    [
        ("burn", DAY, "'burn' is no choice"),
        ("remove", "soon", "'soon' is not a date"),
        ("remove", "2999-01-01", "lies ahead"),
    ],
)
def test_a_withdrawal_that_cannot_be_is_refused(quoted: Study, choice: str, day: str, message: str) -> None:
    before = len(read_log(quoted))
    with pytest.raises(BadInput, match=message):
        withdraw(quoted, "P07", choice, day)
    assert len(read_log(quoted)) == before and find_withdrawal(quoted, "P07") is None


@pytest.mark.parametrize("ending", ["md", "docx"])
def test_the_receipt_tells_what_was_done_without_their_words(
    quoted: Study, tmp_path: Path, ending: str
) -> None:
    with gate(quoted, tmp_path / "out.txt", allow_unsealed=True) as draft:
        draft.write_text("She said: I was feart of them.", "utf-8")
    done = withdraw(quoted, "P07", "remove", DAY)
    file = tmp_path / f"receipt.{ending}"
    write_receipt(done.withdrawal, file)
    text = read_text(file)
    for told in ("P07 withdrew on 2026-03-31", "Recorded by AB", "removed", "out.txt", "turns"):
        assert told in text
    assert not any(word in text.casefold() for word in ("feart", "naïve", "forms"))
    with pytest.raises(Refused, match="exists already"):
        write_receipt(done.withdrawal, file)


def read_text(file: Path) -> str:
    if file.suffix == ".md":
        return file.read_text("utf-8")
    import docx

    document = docx.Document(str(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


WORDS = st.text(st.sampled_from("abcdeghiknorstuvwyzäéß"), min_size=3, max_size=9).filter(
    lambda word: word.casefold() not in _USED
)
_USED = {"withdrawn", "interviewer"}
SAYINGS = st.lists(st.lists(WORDS, min_size=1, max_size=6), min_size=1, max_size=4)


@settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(theirs=SAYINGS, others=SAYINGS, data=st.data())
def test_no_byte_holds_a_word_of_who_has_withdrawn(
    theirs: list[list[str]], others: list[list[str]], data: st.DataObject
) -> None:
    """Whatever two people say in an interview each and in a group, and whatever of it is quoted."""
    said = {"P01": [" ".join(words) for words in theirs], "P02": [" ".join(words) for words in others]}
    with tempfile.TemporaryDirectory() as name:
        folder, files = Path(name) / "study", Path(name) / "files"
        files.mkdir()
        made = create_study(folder, coder="AB")
        set_up(made, "A study")
        add_coder(made, "CD")
        blank = everything(made)
        (files / "people.csv").write_text("id,family,stakeholder\nP01,,Parent\nP02,,Parent\n")
        import_participants(made, files / "people.csv")
        turns = [f"{who}: {text}." for who, texts in said.items() for text in texts]
        group = data.draw(st.permutations(turns))
        for source, lines in (
            ("one", [one for one in turns if one.startswith("P01")]),
            ("two", [one for one in turns if one.startswith("P02")]),
            ("all", group),
        ):
            (files / f"{source}.txt").write_text("I: So?\n\n" + "\n\n".join(lines), "utf-8")
        report = import_files(made, sorted(files.glob("*.txt")), duplicates="keep")
        if report.faults:
            made.close()
            return
        code = add_code(made, NewCode("Code")).id
        for coder, source in data.draw(
            st.lists(st.tuples(st.sampled_from(["AB", "CD"]), st.sampled_from(["one", "all"])), max_size=4)
        ):
            text = read_source(made, source).text
            start = data.draw(st.integers(0, len(text) - 2))
            span = Span(start, data.draw(st.integers(start + 1, len(text))))
            if text[span.start : span.end].strip():
                try:
                    add_coding(made.by(coder), source, span, code)
                except Refused:
                    continue
        quote = " ".join(data.draw(st.sampled_from(theirs)))
        add_memo(made, f"Somebody said: {quote}!")
        edit_code(made, code, {"typical_example": quote}, reason=quote)
        edit_cell(made, "P01", "(not stated)", code, quote)
        search(made, quote.split()[0])
        (folder / "codebooks" / "c.yaml").write_text(quote, "utf-8")
        backup_daily(made)
        withdraw(made, "P01", "remove", DAY, delete_files=True)
        mine = {word.casefold() for words in theirs for word in words}
        theirs_too = {word.casefold() for words in others for word in words}
        program = blank.decode("utf-8", "ignore").casefold()
        only = {word for word in mine - theirs_too if len(word) >= 5 and word not in program}
        assert traces(made, only) == set()
        assert check_study(made) == []
        made.close()


def test_nobody_withdraws_before_they_consented(quoted: Study) -> None:
    record_consent(quoted, "P07", "2023-01-10", "2")
    with pytest.raises(BadInput, match="P07 consented on 2023-01-10, after 1900-01-01"):
        withdraw(quoted, "P07", "remove", "1900-01-01")


def test_a_backup_from_before_is_no_way_back(quoted: Study, tmp_path: Path) -> None:
    backup(quoted, tmp_path / "elsewhere.db")
    withdraw(quoted, "P07", "remove", DAY)
    kept = sorted((quoted.folder / "backups").glob("*.db"))
    assert len(kept) == 1, "one was made anew"
    assert b"feart" not in kept[0].read_bytes()
    assert b"feart" in (tmp_path / "elsewhere.db").read_bytes(), "which is for its holder to delete"


def test_the_key_file_gives_up_their_originals(quoted: Study, tmp_path: Path) -> None:
    key = key_file(quoted, "a long passphrase", tmp_path / "key.json")
    ids = {one.name: one.id for one in list_sources(quoted)}
    add_to_key(
        key,
        [
            SealRecord(ids["P07_f"], DAY, "b", "a", [Replaced(0, 3, "Morag", "[NAME]")]),
            SealRecord("another", DAY, "b", "a", [Replaced(0, 3, "Senga", "[NAME]")]),
        ],
    )
    with pytest.raises(Refused, match="Nothing of P07's was removed"):
        clean_key(quoted, "P07", key)
    with pytest.raises(Refused, match="passphrase"):
        withdraw(quoted, "P07", "remove", DAY, key=KeyFile(key.path, "a wrong passphrase"))
    assert find_withdrawal(quoted, "P07") is None, "told before anything is done"
    withdraw(quoted, "P07", "remove", DAY)
    assert clean_key(quoted, "P07", key) == 1
    assert [one.source_id for one in read_key(key)] == ["another"]
