"""The check of a project before it goes out: whatever is wrong with it is found, and nothing is written."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from qualbench.coding.applying import add_coding
from qualbench.coding.codings import list_codings
from qualbench.coding.memos import add_memo, on_words
from qualbench.errors import Damaged
from qualbench.exchange.refi_qda.checking import check_project
from qualbench.exchange.refi_qda.names import guids_of
from qualbench.exchange.refi_qda.positions import NVIVO, STANDARD, Convention
from qualbench.exchange.refi_qda.project import write_project
from qualbench.study.database import Study
from tests.builders import place, small_study

Members = dict[str, bytes]


@pytest.fixture
def coded(sqlite_study: Study, tmp_path: Path) -> Study:
    study = small_study(sqlite_study, tmp_path / "files")
    add_coding(study, "P07_b", place(study, "P07_b", "They judge ye."), "judged")
    add_memo(study, "Noted", on_words("P07_b", place(study, "P07_b", "Why?")))
    return study


def faults_after(study: Study, folder: Path, spoil: Callable[[Members], None], how: Convention) -> list[str]:
    """What the check says of a project whose members have been changed."""
    path = folder / "p.qdpx"
    write_project(study, path, None, how)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    spoil(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    guid = guids_of(study, capitals=not how.for_nvivo)
    return check_project(path, how, {guid("coding", one.id): one.quote for one in list_codings(study)})


def replaced(old: str, new: str) -> Callable[[Members], None]:
    def spoil(members: Members) -> None:
        assert old.encode() in members["project.qde"]
        members["project.qde"] = members["project.qde"].replace(old.encode(), new.encode())

    return spoil


@pytest.mark.parametrize("how", [NVIVO, STANDARD])
def test_a_project_as_it_is_written_is_whole(coded: Study, tmp_path: Path, how: Convention) -> None:
    assert faults_after(coded, tmp_path, lambda members: None, how) == []


def test_what_is_referred_to_and_missing_is_found(coded: Study, tmp_path: Path) -> None:
    guid = guids_of(coded)
    nobody = "00000000-0000-4000-8000-000000000000"
    for kind, key, told in (
        ("user", "AB", "is no User"),
        ("code", "judged", "is no Code"),
        ("variable", "Site", "is no Variable"),
    ):
        faults = faults_after(
            coded, tmp_path, replaced(f'guid="{guid(kind, key)}"', f'guid="{nobody}"'), NVIVO
        )
        assert [fault for fault in faults if told in fault], (kind, faults)


def test_a_reference_to_something_of_another_kind_is_found(coded: Study, tmp_path: Path) -> None:
    guid = guids_of(coded)
    spoil = replaced(f'targetGUID="{guid("code", "judged")}"', f'targetGUID="{guid("user", "AB")}"')
    assert faults_after(coded, tmp_path, spoil, NVIVO) == [f"{guid('user', 'AB')} is no Code."]


def test_a_guid_given_twice_is_found_but_for_a_case_and_its_code(coded: Study, tmp_path: Path) -> None:
    guid = guids_of(coded)
    spoil = replaced(f'guid="{guid("code", "fear")}"', f'guid="{guid("code", "judged")}"')
    assert faults_after(coded, tmp_path, spoil, NVIVO) == [
        f"The GUID {guid('code', 'judged')} is not one thing's alone."
    ]


def test_a_missing_text_and_a_missing_coding_are_found(coded: Study, tmp_path: Path) -> None:
    guid = guids_of(coded)
    (coding,) = list_codings(coded)

    def without_text(members: Members) -> None:
        del members[next(name for name in members if b"They judge ye." in members[name])]

    first, second = faults_after(coded, tmp_path, without_text, NVIVO)
    assert first.startswith("The text of ") and first.endswith(" is missing.")
    assert second == f"The coding {guid('coding', coding.id)} is missing."


@pytest.mark.parametrize("how", [NVIVO, STANDARD])
def test_other_words_and_places_outside_the_text_are_found(
    coded: Study, tmp_path: Path, how: Convention
) -> None:
    def earlier(members: Members) -> None:
        name = next(name for name in members if b"They judge ye." in members[name])
        members[name] = members[name].replace("🙂".encode(), b"?")

    def shorter(members: Members) -> None:
        name = next(name for name in members if b"They judge ye." in members[name])
        members[name] = members[name][:40]

    words = [fault for fault in faults_after(coded, tmp_path, earlier, how) if "other words" in fault]
    assert len(words) == (1 if how.for_nvivo else 0), "an emoji is one code point and two UTF-16 units"
    faults = faults_after(coded, tmp_path, shorter, how)
    assert [fault for fault in faults if "lies outside its text" in fault]
    assert not [fault for fault in faults if "judge" in fault], "no words are told"


def test_a_project_that_is_not_whole_is_not_written(coded: Study, tmp_path: Path) -> None:
    path = tmp_path / "p.qdpx"
    path.write_bytes(b"of before")
    with pytest.raises(Damaged, match="did not pass its own check"):
        write_project(coded, path, None, Convention(newline="\n\n"))  # a newline whose length nothing counts
    assert path.read_bytes() == b"of before"
    assert [one.name for one in tmp_path.iterdir() if "partial" in one.name] == []
