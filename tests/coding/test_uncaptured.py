"""What of the data no theme captures, and the talk around passages."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from qualbench.codebook.editing import NewCode
from qualbench.codebook.tree import Codebook, CodeEntry
from qualbench.coding.applying import Passage, add_coding, apply_codes
from qualbench.coding.progress import finish
from qualbench.coding.talk import read_talk
from qualbench.coding.uncaptured import codes_in_no_theme, uncaptured
from qualbench.coding.uncoded import uncoded_stretches
from qualbench.errors import Refused
from qualbench.study.database import Study
from qualbench.text.spans import Span
from qualbench.transcripts.sources import list_sources, read_source
from tests.builders import place, small_study


def words(study: Study, layer: str | None = None) -> list[tuple[str, str | None]]:
    text = read_source(study, "group").text
    found = [one for one in uncaptured(study, layer) if one.source == "group"]
    return [(text[one.span.start : one.span.end], one.code) for one in found]


def test_what_nobody_coded_and_what_has_a_code_in_no_theme(study: Study, tmp_path: Path) -> None:
    small_study(study, tmp_path / "files")
    add_coding(study, "group", place(study, "group", "The forms were murder."), "forms")
    loose = apply_codes(
        study, [Passage("group", place(study, "group", "aye."))], [], [NewCode("Agreeing")]
    ).codes[0]
    assert words(study) == [("Murder,", None), ("aye.", loose.id), ("I filled mine in on the bus.", None)]
    # the stretches are those that the coding screen goes to, source by source
    for source in list_sources(study):
        stretches = [one.span for one in uncaptured(study) if one.source == source.name and one.code is None]
        assert stretches == uncoded_stretches(study, source.name)
    assert [code for _, code in words(study, "agreed") if code] == []


def test_each_layer_is_looked_at_by_itself(study: Study, tmp_path: Path) -> None:
    small_study(study, tmp_path / "files")
    other = study.by("CD")
    add_coding(other, "group", place(study, "group", "The forms were murder."), "forms")
    with pytest.raises(Refused):
        uncaptured(study, "CD")
    assert words(study)[0] == ("The forms were murder.", None)
    finish(study, ["group"])
    finish(other, ["group"])
    assert words(study, "CD")[0] == ("Murder, aye.", None)
    assert words(study)[0] == ("The forms were murder.", None)


def test_a_code_is_captured_by_what_stands_above_it_and_by_candidate_themes() -> None:
    book = Codebook(
        [
            CodeEntry("theme", None, "theme", "Theme"),
            CodeEntry("in", "theme", "code", "In it"),
            CodeEntry("below", "in", "code", "Below it"),
            CodeEntry("loose", None, "code", "Loose"),
            CodeEntry("under-loose", "loose", "code", "Under a loose one"),
            CodeEntry("grouped", None, "code", "Grouped", also_in=("theme",)),
            CodeEntry("under-grouped", "grouped", "code", "Under a grouped one"),
        ]
    )
    assert codes_in_no_theme(book) == ["loose", "under-loose"]


def test_it_reads_the_study_once_however_many_sources_there_are(sqlite_study: Study, tmp_path: Path) -> None:
    small_study(sqlite_study, tmp_path / "files")
    statements: list[str] = []

    @sa.event.listens_for(sqlite_study.engine, "before_cursor_execute")
    def _note(*args: object) -> None:
        statements.append(str(args[2]))

    uncaptured(sqlite_study)
    texts = [statement for statement in statements if "source.text" in statement]
    assert len(texts) == 1 and len(statements) < 3 * len(list_sources(sqlite_study))


def test_talk_is_what_is_said_with_who_says_it(study: Study, tmp_path: Path) -> None:
    small_study(study, tmp_path / "files")
    talk = read_talk(study, ["group", "no such source"])
    assert list(talk) == ["group"]
    group = talk["group"]
    assert (group.timepoint, group.said[1].speaker, group.said[1].stakeholder) == (
        "Follow-up",
        "P07",
        "Parent",
    )
    assert (group.said[0].role, group.said[0].stakeholder) == ("interviewer", None)
    here = place(study, "group", "murder.\n\nP08: Murder")

    def turns(further: int) -> list[int | None]:
        return [one.turn for one in group.around(here, further)]

    assert (turns(0), turns(1), turns(9)) == ([1, 2], [0, 1, 2, 3], [0, 1, 2, 3, 4])
    assert [one.turn for one in group.around(Span(0, 1))] == [0]
