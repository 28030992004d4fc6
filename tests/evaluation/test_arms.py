"""The arms of the trial: a file that only its passphrase opens, nothing of it before, a column afterwards."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualbench.analysis.framework import read_framework
from qualbench.analysis.framework_views import framework_as_rows
from qualbench.analysis.matrix import build_matrix
from qualbench.analysis.quotes import QuoteFilter, find_quotes
from qualbench.coding.applying import add_coding
from qualbench.coding.search.hits import Limits, search
from qualbench.errors import BadInput, Damaged, NotFound, QualbenchError, Refused
from qualbench.evaluation import arms
from qualbench.evaluation.arms import read_arms, seal_arms, unseal_arms
from qualbench.exchange.bundles.contents import to_json
from qualbench.exchange.bundles.files import write_bundle
from qualbench.exchange.bundles.making import make_bundle
from qualbench.exchange.everything import export_all
from qualbench.exchange.refi_qda.contents import read_contents
from qualbench.exchange.refi_qda.positions import STANDARD
from qualbench.exchange.refi_qda.project import write_project
from qualbench.redaction.keyfile import KeyFile, read_key
from qualbench.study.backups import backup
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from qualbench.study.journal import read_log, undo
from qualbench.study.settings import set_stance
from qualbench.study.tables import AGREED, ParticipantArm, table_of
from qualbench.study.team import set_blinded
from tests.builders import place, small_study
from tests.cli.test_commands import run

PASSPHRASE = "seven sleepy herons"
TABLE = "id,arm\nP07,Zebra\nP08,Quokka\n"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make new files cheap; the real cost is 128 MiB and half a second each."""
    monkeypatch.setattr(arms, "_COST", 2**10)


@pytest.fixture
def talked(study: Study, tmp_path: Path) -> Study:
    made = small_study(study, tmp_path / "files")
    add_coding(made, "P07_b", place(made, "P07_b", "They judge ye."), "judged")
    add_coding(made, "group", place(made, "group", "Murder, aye."), "forms")
    return made


def table(folder: Path, text: str = TABLE) -> Path:
    (folder / "arms.csv").write_text(text, "utf-8")
    return folder / "arms.csv"


def sealed(study: Study, folder: Path, text: str = TABLE) -> Path:
    file = folder / "arms.json"
    file.unlink(missing_ok=True)
    seal_arms(study, table(folder, text), file, PASSPHRASE)
    return file


def rows(study: Study) -> dict[str, str]:
    import sqlalchemy as sa

    arm = table_of(ParticipantArm)
    with study.read() as db:
        return dict(db.execute(sa.select(arm.c.participant_id, arm.c.arm)).all())


def test_sealing_takes_nothing_into_the_study_and_tells_who_is_missing(talked: Study, tmp_path: Path) -> None:
    events = len(read_log(talked))
    file = tmp_path / "arms.json"
    done = seal_arms(talked, table(tmp_path, "arm,id\nZebra,P07\n"), file, PASSPHRASE)
    assert (done.participants, done.arms, done.without) == (1, 1, ("P08",))
    assert len(read_log(talked)) == events and rows(talked) == {}
    held = file.read_bytes()
    assert b"Zebra" not in held and b"P07" not in held
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_arms(talked).state == "sealed"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,arm\nP07,Zebra\nP99,Zebra\nP98,Quokka\n", "names P98, P99: not among the participants"),
        ("id,arm\nP07,Zebra\n,Quokka\n", "row 3: there is no id"),
        ("id,arm\nP07,Zebra\nP07,Quokka\n", "row 3: P07 is there twice"),
        ("id,arm\nP07,\n", "row 2: P07 has no arm"),
        ("id,colour\nP07,Zebra\n", "has no columns 'id' and 'arm'"),
        ("id,arm\n", "no row below the first"),
        ("", "has no columns"),
        ('id,arm\nP07,"Zebra\n', "cannot be read as a CSV table"),
    ],
)
def test_a_table_that_cannot_be_is_told_and_nothing_is_written(
    talked: Study, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "arms.json"
    with pytest.raises(BadInput, match=said) as refused:
        seal_arms(talked, table(tmp_path, text), file, PASSPHRASE)
    assert not file.exists()
    assert "Zebra" not in str(refused.value) and "Quokka" not in str(refused.value)


def test_neither_file_lies_in_the_study_and_nothing_is_written_over(talked: Study, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="file of arms would lie in the study's folder"):
        seal_arms(talked, table(tmp_path), talked.folder / "exports" / "arms.json", PASSPHRASE)
    with pytest.raises(Refused, match="table of arms lies in the study's folder"):
        seal_arms(talked, table(talked.folder), tmp_path / "arms.json", PASSPHRASE)
    with pytest.raises(BadInput, match="shorter than 8"):
        seal_arms(talked, table(tmp_path), tmp_path / "arms.json", "short")
    file = sealed(talked, tmp_path)
    held = file.read_bytes()
    with pytest.raises(Refused, match="exists already"):
        seal_arms(talked, table(tmp_path), file, PASSPHRASE)
    assert file.read_bytes() == held


def test_unsealing_is_on_record_for_good_and_withheld_from_who_reads_payloads(
    talked: Study, tmp_path: Path
) -> None:
    file = sealed(talked, tmp_path)
    assert unseal_arms(talked, file, PASSPHRASE, "The analysis of outcomes begins.") == 2
    event = read_log(talked)[-1]
    assert (event.action, event.coder, event.undoable) == ("unseal arms", "AB", False)
    assert event.summary == "Unsealed the arms of 2 participants"
    with talked.engine.connect() as connection:
        import sqlalchemy as sa

        payload, reason = (
            connection.execute(sa.text(q)).scalar()
            for q in (
                f"SELECT payload FROM event WHERE seq = {event.seq}",
                f"SELECT text FROM reason WHERE event = {event.seq}",
            )
        )
    assert "Zebra" not in str(payload) and reason == "The analysis of outcomes begins."
    with pytest.raises(Refused, match="cannot be taken back"):
        undo(talked)
    with pytest.raises(Refused, match="unsealed already"):
        unseal_arms(talked, file, PASSPHRASE, "Again.")
    found = read_arms(talked)
    assert (found.state, found.by, found.counts) == ("unsealed", "AB", {"Quokka": 1, "Zebra": 1})
    assert check_study(talked) == []


def damage(file: Path, what: str) -> None:
    held = json.loads(file.read_text())
    body = held["body"]
    held["body"] = ("A" if body[0] != "A" else "B") + body[1:]
    file.write_text({"changed": json.dumps(held), "cut": file.read_text()[:50], "other": "{}"}[what])


@pytest.mark.parametrize(
    ("spoil", "passphrase", "error", "said"),
    [
        (lambda file: None, "seven sleepy heron", Refused, "does not open the file of arms"),
        (lambda file: damage(file, "changed"), PASSPHRASE, Damaged, "damaged, or is no file of arms"),
        (lambda file: damage(file, "cut"), PASSPHRASE, Damaged, "damaged, or is no file of arms"),
        (lambda file: damage(file, "other"), PASSPHRASE, Damaged, "damaged, or is no file of arms"),
        (lambda file: file.unlink(), PASSPHRASE, NotFound, "There is no file"),
    ],
)
def test_what_does_not_open_changes_nothing(
    talked: Study,
    tmp_path: Path,
    spoil: Callable[[Path], None],
    passphrase: str,
    error: type[QualbenchError],
    said: str,
) -> None:
    file = sealed(talked, tmp_path)
    spoil(file)
    events = len(read_log(talked))
    with pytest.raises(error, match=said):
        unseal_arms(talked, file, passphrase, "To see.")
    with pytest.raises(BadInput, match="needs its reason"):
        unseal_arms(talked, file, passphrase, " ")
    assert rows(talked) == {} and len(read_log(talked)) == events


def test_a_file_that_names_unknown_ids_or_is_another_studys_changes_nothing(
    talked: Study, tmp_path: Path
) -> None:
    from qualbench.redaction.encrypted import write_encrypted
    from qualbench.study.settings import read_study_settings

    file = tmp_path / "arms.json"
    for uid, ids, error, said in (
        (read_study_settings(talked).uid, ("P07", "P99"), BadInput, "names P99: not among the participants"),
        ("other", ("P07",), Refused, "another study"),
    ):
        data = json.dumps({"study": uid, "arms": dict.fromkeys(ids, "Zebra")}).encode()
        write_encrypted(file, PASSPHRASE, arms.KIND, data, 2**10)
        with pytest.raises(error, match=said) as refused:
            unseal_arms(talked, file, PASSPHRASE, "To see.")
        assert rows(talked) == {} and "Zebra" not in str(refused.value)
    with pytest.raises(Damaged, match="is no key file"):
        read_key(KeyFile(file, PASSPHRASE))


def test_before_unsealing_the_arm_is_refused_and_afterwards_it_is_one_more_column(
    talked: Study, tmp_path: Path
) -> None:
    file = sealed(talked, tmp_path)
    for ask in (
        lambda: build_matrix(talked, "codes", ["arm"], "AB"),
        lambda: build_matrix(talked, "codes", ["site"], "AB", only=[("arm", "Zebra")]),
        lambda: find_quotes(talked, QuoteFilter(layer="AB"), label="{arm}"),
        lambda: search(talked, "forms", Limits(arm="Zebra")),
    ):
        with pytest.raises(Refused, match="The arms are sealed"):
            ask()
    with pytest.raises(BadInput) as refused:
        build_matrix(talked, "codes", ["shoe size"], "AB")
    assert "arm" not in refused.value.hint.split(", ")
    assert "arm" not in framework_as_rows(read_framework(talked, layer="AB"))[0]
    assert "Arm" not in read_contents(talked, ["AB"]).attribute_names

    unseal_arms(talked, file, PASSPHRASE, "To see.")
    matrix = build_matrix(talked, "codes", ["Arm"], "AB")
    assert matrix.columns == [("(not stated)",), ("Quokka",), ("Zebra",)]
    by_code = dict(zip(matrix.codes, matrix.cells, strict=True))
    assert by_code["judged"] == [0, 0, 1] and by_code["forms"] == [0, 1, 0]
    only = build_matrix(talked, "codes", ["site"], "AB", only=[("arm", "zebra")])
    assert sum(map(sum, only.cells)) == 1
    assert {hit.block.participant for hit in search(talked, "the OR murder", Limits(arm="Quokka"))} == {"P08"}
    with pytest.raises(NotFound, match="no arm 'X'"):
        search(talked, "forms", Limits(arm="X"))
    headers, lines = framework_as_rows(read_framework(talked, layer="AB"))
    assert [line[headers.index("arm")] for line in lines if line[0] == "P08"] == ["Quokka"]
    cases = read_contents(talked, ["AB"]).cases
    assert {case.attributes.get("Arm") for case in cases if case.participant == "P07"} == {"Zebra"}


def test_who_reads_blind_does_not_see_the_arm_afterwards_nor_touches_the_file(
    talked: Study, tmp_path: Path
) -> None:
    file = sealed(talked, tmp_path)
    cd = talked.by("CD")
    set_blinded(talked, "CD")
    for do in (
        lambda: unseal_arms(cd, file, PASSPHRASE, "To see."),
        lambda: seal_arms(cd, table(tmp_path), tmp_path / "other.json", PASSPHRASE),
    ):
        with pytest.raises(Refused, match="CD reads blind"):
            do()
    unseal_arms(talked, file, PASSPHRASE, "To see.")
    with pytest.raises(Refused, match="you read blind to them"):
        build_matrix(cd, "codes", ["arm"], AGREED)
    assert rows(cd) == {} and read_arms(cd).state == "withheld" and read_arms(cd).counts == {}
    set_blinded(talked, "CD", blinded=False, reason="The analysis is over.")
    assert rows(cd) == rows(talked) != {}


# Nothing that goes out holds an arm before unsealing


def contents(data: bytes, name: str = "") -> Iterator[bytes]:
    """The bytes of a file, and of what is packed in it."""
    yield name.encode()
    yield data
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for inner in packed.namelist():
                yield from contents(packed.read(inner), inner)


def found_in(words: list[str], pieces: Iterator[bytes]) -> set[str]:
    found = set()
    for piece in pieces:
        for word in words:
            if any(word.encode(how) in piece for how in ("utf-8", "utf-16-le", "utf-16-be")):
                found.add(word)
    return found


def everything(study: Study, folder: Path) -> Iterator[bytes]:
    """What the study gives in every way there is: files, what commands print, and the study's own folder."""
    folder.mkdir()
    export_all(study, folder / "all", layers=["AB"], allow_unsealed=True)
    write_project(study, folder / "s.qdpx", ["AB"], STANDARD)
    bundle = make_bundle(study)
    write_bundle(study, bundle, folder / "b.bundle")
    yield to_json(bundle)
    backup(study, folder / "backup.db")
    at = ("--study", study.folder)
    for n, command in enumerate(COMMANDS):
        ran = run(*at, *(part.replace("OUT", str(folder / f"out{n}")) for part in command.split()))
        yield ran.stdout.encode()
        yield ran.stderr.encode()
    for root in (folder, study.folder):
        for path in root.rglob("*"):
            if path.is_file():
                yield from contents(path.read_bytes(), path.name)


COMMANDS = (
    "log",
    "log --json",
    "log --format md",
    "log --format docx -o OUT.docx",
    "sources --json",
    "participants --json",
    "arms --json",
    "plan --json",
    "plan followups --json",
    "code list --json --layer AB",
    *(
        f"matrix --rows codes --columns {columns} --cells {cells} --layer AB --format {form}"
        for columns in ("stakeholder", "participant", "family,timepoint,site")
        for cells, form in (("codings", "table"), ("codings", "json"), ("participants", "csv"))
    ),
    "matrix --rows codes --columns participant --layer AB --allow-unsealed -o OUT.xlsx",
    "quotes --layer AB --label {participant},{site} --json",
    "quotes --layer AB --allow-unsealed --csv",
    "framework show --json",
    "framework show --rows codes --format md",
    "checklist --json",
    "settings --json",
)


def as_labels(ids: list[uuid.UUID]) -> list[str]:
    """Arms that stand nowhere by chance."""
    return [f"Arm {one.hex[:14]}" for one in ids]


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labels=st.lists(st.uuids(), min_size=2, max_size=3, unique=True).map(as_labels))
def test_nothing_that_goes_out_holds_an_arm_before_unsealing(
    sqlite_study: Study, tmp_path_factory: pytest.TempPathFactory, labels: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("arms")
    if "code" not in {event.action for event in read_log(sqlite_study)}:
        set_stance(sqlite_study, "reliability")
        small_study(sqlite_study, folder / "files")
        add_coding(sqlite_study, "P07_b", place(sqlite_study, "P07_b", "They judge ye."), "judged")
        add_coding(sqlite_study, "group", place(sqlite_study, "group", "Murder, aye."), "forms")
    people = ("P07", "P08", "FEW01")
    text = "id,arm\n" + "".join(f"{who},{labels[n % len(labels)]}\n" for n, who in enumerate(people))
    sealed(sqlite_study, folder, text)
    (folder / "arms.csv").unlink()
    assert found_in(labels, everything(sqlite_study, folder / "out")) == set()
    assert found_in(labels, contents((folder / "arms.json").read_bytes())) == set()


def test_the_search_for_arms_finds_them_once_they_are_unsealed(sqlite_study: Study, tmp_path: Path) -> None:
    small_study(sqlite_study, tmp_path / "files")
    add_coding(sqlite_study, "P07_b", place(sqlite_study, "P07_b", "They judge ye."), "judged")
    unseal_arms(sqlite_study, sealed(sqlite_study, tmp_path), PASSPHRASE, "To see.")
    assert found_in(["Zebra"], everything(sqlite_study, tmp_path / "out")) == {"Zebra"}
    ran = run(
        "--study", sqlite_study.folder, "matrix", "--rows", "codes", "--columns", "arm", "--layer", "AB"
    )
    assert "Zebra" in ran.stdout
