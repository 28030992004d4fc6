"""The six phases: what is found there, what is missing, and that nobody sees more than they may."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import typer

from qualbench.analysis.findings import Finding
from qualbench.analysis.phases import Phase, phases
from qualbench.cli.app import COMMANDS
from qualbench.codebook.editing import NewCode, add_code, edit_code
from qualbench.codebook.importing import import_entries
from qualbench.codebook.merging import merge_codes, split_code
from qualbench.codebook.moving import move_code
from qualbench.codebook.tree import CodeEntry
from qualbench.codebook.versions import release
from qualbench.coding.applying import add_coding, set_exemplar, set_meaning
from qualbench.coding.memos import add_memo, on_code, on_source
from qualbench.coding.progress import finish
from qualbench.coding.reading import mark_read
from qualbench.coding.reviewing import keep
from qualbench.study.database import Study
from qualbench.study.journal import newest_event
from qualbench.study.settings import set_stance
from qualbench.transcripts.sources import mark_checked
from tests.builders import place, small_study
from tests.conftest import Demonstration


@pytest.fixture
def small(sqlite_study: Study, tmp_path: Path) -> Study:
    return small_study(sqlite_study, tmp_path / "files")


def there(study: Study, number: int) -> list[str]:
    return [finding.sentence for finding in phases(study)[number - 1].there]


def missing(study: Study, number: int) -> list[str]:
    return [finding.sentence for finding in phases(study)[number - 1].missing]


def code(study: Study, source: str, words: str, code_id: str) -> str:
    return add_coding(study, source, place(study, source, words), code_id)


def test_an_empty_study_has_six_phases_and_says_where_to_begin(study: Study) -> None:
    found = phases(study)
    assert [phase.number for phase in found] == [1, 2, 3, 4, 5, 6]
    assert all(phase.title and phase.name_2006 and not phase.there for phase in found)
    assert [finding.sentence for phase in found for finding in phase.missing] == [
        "There are no sources yet.",
        "There are no codes yet.",
    ]


def test_who_has_read_and_checked_what(small: Study) -> None:
    mark_read(small, "P07_b", "P07_f")
    mark_read(small.by("CD"), "P07_b")
    mark_checked(small, ["group"])
    add_memo(small, "Short.", on_source("group"))
    assert there(small, 1) == [
        "AB has read 2 of 3 sources through.",
        "CD has read 1 of 3 sources through.",
        "1 of 3 sources checked against the recording.",
        "1 note on 1 source and their words.",
    ]
    assert missing(small, 1) == [
        "Nobody has marked 1 source as read: group.",
        "2 sources not checked against the recording: P07_b and P07_f.",
    ]


def test_shares_sparse_sources_and_levels_of_meaning(small: Study) -> None:
    code(small, "P07_f", "She had been there herself. That helped.", "trust")
    whole = code(small, "P07_f", "The forms were long.", "forms")
    code(small, "group", "The forms were murder.", "forms")
    code(small, "P07_b", "pal", "fear")
    set_meaning(small, whole, "latent")
    talk = sum(
        len(words)
        for words in (
            "From a pal of mine. I was feart of them.",
            "Naïve, me. 🙂 They judge ye.",
            "She had been there herself. That helped.",
            "The forms were long.",
            "The forms were murder.",
            "Murder, aye.",
            "I filled mine in on the bus.",
        )
    )
    coded = sum(map(len, ("She had been there herself. That helped.The forms were long.", "x" * 22, "pal")))
    assert there(small, 2) == [
        f"In the layer of AB {coded / talk:.0%} of participants' talk is coded, in 3 sources by 4 codings.",
        "0 codings marked as semantic, 1 as latent.",
    ]
    assert missing(small, 2) == ["Sparsely coded, where the median of the sources is 35%: P07_b (4%)."]


def test_nothing_tells_of_what_another_coder_has_not_finished(study: Study, tmp_path: Path) -> None:
    small_study(study, tmp_path / "files")
    code(study, "P07_b", "feart of them", "fear")
    before = phases(study)
    other = study.by("CD")
    made = code(other, "P07_b", "They judge ye.", "judged")
    set_exemplar(other, made, True)
    set_meaning(other, made, "latent")
    keep(other, [made])
    code(other, "P07_f", "The forms were long.", "forms")
    add_memo(other, "I wonder.", on_source("P07_b"))
    assert phases(study) == before
    finish(other, ["P07_b"])
    assert phases(study) == before
    finish(study, ["P07_b"])
    assert [s for s in there(study, 2) if "CD" in s] == [
        "In the layer of CD 21% of participants' talk is coded, in 1 source by 1 coding."
    ]
    assert "1 note on 1 source and their words." in there(study, 1)


def test_themes_are_held_against_the_data(small: Study) -> None:
    theme = add_code(small, NewCode("Being a parent", level="theme"))
    add_code(small, NewCode("Pals"))
    edit_code(small, "fear", {"also_in": [theme.id]})
    made = code(small, "P07_b", "I was feart of them.", "fear")
    code(small, "P07_f", "She had been there herself.", "trust")
    code(small, "P07_f", "That helped.", "pals")
    keep(small, [made])
    assert there(small, 3) == [
        "Candidate theme 'Being a parent' groups 1 code: 'Fear'.",
        "2 themes and 1 sub-theme no longer candidates.",
    ]
    assert missing(small, 3) == ["1 code in no theme: 'Pals'."]
    assert there(small, 4) == ["1 coding read again, and kept or given another code."]
    thin, empty, captured = missing(small, 4)[1], missing(small, 4)[0], missing(small, 4)[2]
    assert empty == "1 theme without passages in the layer of AB: 'The trial'."
    assert thin == (
        "1 theme and 1 sub-theme with passages from one source only in the layer of AB: "
        "'Social work' and 'Being a parent'."
    )
    assert captured == "75% of participants' talk is captured by no theme in the layer of AB."


def test_merges_and_splits_are_asked_for_their_reasons(small: Study) -> None:
    merge_codes(small, "judged", "fear", "One thing.")
    split_code(small, "fear", ["Fear of loss"])
    assert there(small, 4) == ["1 merge, 1 with a reason.", "1 split, 0 with a reason."]
    assert missing(small, 4) == ["1 split without a reason."]


def test_definitions_candidates_and_versions(small: Study) -> None:
    code(small, "P07_b", "feart", "fear")
    release(small, "First", "AB, CD")
    code(small, "P07_b", "They judge ye.", "judged")
    edit_code(small, "fear", {"definition": "Being afraid.", "when_not_to_use": "Worry."})
    edit_code(small, "trust", {"central_concept": "Trust is earned."})
    release(small, "Second", "AB")
    add_code(small, NewCode("Pals", "trust"))
    found = missing(small, 5)
    assert found[0].startswith("3 codes without a definition: ")
    assert found[1].startswith("3 codes without a line on when not to use it: ")
    assert found[2:] == [
        "1 theme and 1 sub-theme without a central organising concept: 'Social work' and 'The trial'.",
        "1 entry is still a candidate: 'Pals'.",
    ]
    versions = there(small, 5)
    assert versions[0].startswith("Version 1 of ") and versions[0].endswith(", agreed by AB, CD: 6 entries.")
    assert versions[2] == "2 codings were made before version 2 and not read again since."
    # what was coded before the first version counts as coded under that one
    assert "1 coding in the layer of AB to be read again: the code has changed since." in missing(small, 4)
    edit_code(small, "judged", {"definition": "Feeling judged."})
    release(small, "Third", "AB")
    assert "2 codings in the layer of AB to be read again: the code has changed since." in missing(small, 4)


def test_exemplars_memos_and_two_coders(demonstration: Demonstration) -> None:
    said = there(demonstration.study, 6)
    assert "Quotes of 22 of 22 participants to choose from." in said
    assert any(s.startswith("398 differences settled, 228 with a reason") for s in said)
    lacking = missing(demonstration.study, 6)
    assert any(s.startswith("No exemplar in the agreed layer for ") for s in lacking)
    assert any(s.startswith("No memo on ") for s in lacking)


def test_memos_on_themes_are_counted(small: Study) -> None:
    code(small, "P07_b", "feart", "fear")
    add_memo(small, "What holds it together?", on_code("trust"))
    add_memo(small, "Not a theme.", on_code("fear"))
    assert "Memos on 1 theme." in there(small, 6)
    assert "No memo on 'Social work' and 'The trial'." in missing(small, 6)


def test_the_stance_decides_what_is_asked(small: Study) -> None:
    set_stance(small, "reflexive")
    add_code(small, NewCode("Pals", "trust"))
    code(small, "P07_b", "feart", "fear")

    def said(study: Study) -> str:
        return " ".join(f.sentence for p in phases(study) for f in (*p.there, *p.missing))

    assert "1 entry is still a candidate: 'Pals'." in there(small, 5)
    assert "No memo of your own on the study" in said(small)
    for words in ("agreed by", "emerg", "when not to use", "released", "two coders"):
        assert words not in said(small)
    set_stance(small, "reliability", "A reviewer asked.")
    assert "1 coding was made under no released version." in missing(small, 2)
    assert "1 entry is still a candidate: 'Pals'." in missing(small, 5)
    assert "No source has been finished by two coders." in missing(small, 6)
    assert "No version of the codebook has been released." in missing(small, 5)
    release(small, "First", "AB")
    code(small, "P07_f", "forms", "forms")
    assert "1 coding was made under no released version." in missing(small, 2)


def test_looking_changes_nothing(small: Study) -> None:
    before = newest_event(small)
    phases(small)
    assert newest_event(small) == before


def test_themes_that_group_each_other_and_their_own_codes_count_a_passage_once(small: Study) -> None:
    import_entries(
        small,
        [
            CodeEntry("one", None, "theme", "One", status="candidate"),
            CodeEntry("two", None, "theme", "Two", status="candidate"),
            CodeEntry("in-both", "one", "code", "In both", also_in=("one", "two"), status="candidate"),
        ],
        "more",
    )
    move_code(small, "fear", "in-both")
    code(small, "P07_b", "feart", "fear")
    assert [s for s in there(small, 3) if "groups" in s] == [
        "Candidate theme 'One' groups 2 codes: 'In both' and 'Fear'.",
        "Candidate theme 'Two' groups 2 codes: 'In both' and 'Fear'.",
    ]


def findings(found: list[Phase]) -> list[Finding]:
    return [finding for phase in found for finding in (*phase.there, *phase.missing)]


def test_every_command_that_a_finding_leads_on_to_is_there(
    small: Study, demonstration: Demonstration
) -> None:
    code(small, "P07_b", "feart", "fear")
    release(small, "First", "AB")
    add_code(small, NewCode("Alone"))
    add_code(small, NewCode("Theme", level="theme"))
    found = findings(phases(small)) + findings(phases(demonstration.study))
    led = {tuple(f"{finding.leads_on} -".split()[1:3]) for finding in found if finding.leads_on}
    assert len(led) > 12
    for name, then in led:
        module = __import__(f"qualbench.cli.{COMMANDS[name][0]}", fromlist=["commands"])
        command = typer.main.get_group(module.commands).commands[name]
        alone = not hasattr(command, "commands") or (command.invoke_without_command and then == "-")
        assert alone or then in command.commands, (name, then)


def test_the_page_of_the_demonstration_takes_less_than_half_a_second(demonstration: Demonstration) -> None:
    phases(demonstration.study)
    begin = time.perf_counter()
    phases(demonstration.study)
    assert time.perf_counter() - begin < 0.5
