"""The theory of change and emergent issues as files."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import docx
import pytest

from qualbench.coding.applying import add_coding
from qualbench.evaluation.issues_changes import add_issue
from qualbench.evaluation.theory import read_theory
from qualbench.evaluation.theory_versions import find_theory, import_theory, link_theory
from qualbench.exchange.issue_files import (
    day_of_last_change,
    issue_cells,
    issues_as_markdown,
    told_issues,
    write_issues_document,
)
from qualbench.exchange.theory_files import (
    draw_theory,
    theory_as_text,
    told_links,
    version_before,
    write_theory_document,
)
from qualbench.study.database import Study
from tests.builders import place, small_study
from tests.conftest import Demonstration


@pytest.fixture
def linked(sqlite_study: Study, tmp_path: Path) -> Study:
    study = small_study(sqlite_study, tmp_path / "files")
    import_theory(study, read_theory("ips_feasibility"), "From the protocol.")
    coding = add_coding(study, "P07_b", place(study, "P07_b", "They judge ye."), "judged")
    link_theory(study, "trust", "judged", "challenges", coding=coding, note="At the first visit.")
    link_theory(study, "trust", "fear", "supports", site="Glasgow")
    link_theory(study, "trust", "fear", "supports", site="Bromley")
    link_theory(study, "lived-experience-to-trust", "forms", "challenges", site="Glasgow")
    link_theory(study, "ips_feasibility", "forms", "new")
    return study


def test_the_drawing_tells_by_mark_and_word_what_themes_say_at_each_site(linked: Study) -> None:
    svg = draw_theory(linked, find_theory(linked).theory)
    words = [one.text for one in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    for said in ("all sites: ! 1 challenges", "Glasgow: + 1 supports", "Bromley: + 1 supports"):
        assert said in words
    together = " ".join(filter(None, words))
    assert "somebody who has been there is believed; Glasgow: ! 1 challenges" in together
    assert "Not in the theory yet: all sites: * 1 new" in together
    assert svg == draw_theory(linked, find_theory(linked).theory)


def test_the_text_has_boxes_arrows_links_and_quotes(linked: Study) -> None:
    text = theory_as_text(find_theory(linked), told_links(linked))
    assert "version 1, AB, " in text and ": From the protocol." in text
    assert "   ! challenges, all sites: Being judged: At the first visit. (" in text
    assert "      “They judge ye.” [Participant]" in text
    assert "   leads to tailored-intervention: only who trusts takes it up and stays" in text


def test_beside_a_site_stand_only_quotes_with_a_label_that_names_it(linked: Study) -> None:
    """Else the site would tell what a coarser label keeps back."""
    coding = add_coding(linked, "P07_f", place(linked, "P07_f", "The forms were long."), "forms")
    link_theory(linked, "trust", "forms", "challenges", site="Glasgow", coding=coding)
    link_theory(linked, "trust", "forms", "challenges", coding=coding)
    told = {(one.link.site, len(one.quotes)) for one in told_links(linked) if one.link.coding == coding}
    assert told == {("Glasgow", 0), (None, 1)}


def test_the_document_has_the_drawing_the_links_and_what_changed(linked: Study, tmp_path: Path) -> None:
    changed = read_theory("ips_feasibility")
    import_theory(linked, type(changed)(changed.id, "Another title", "", changed.boxes, changed.arrows))
    version = find_theory(linked)
    svg, told = draw_theory(linked, version.theory), told_links(linked)
    for name in ("a.docx", "b.docx"):
        write_theory_document(version, version_before(linked, 2), told, svg, tmp_path / name)
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()
    document = docx.Document(str(tmp_path / "a.docx"))
    assert len(document.inline_shapes) == 1
    (table,) = document.tables
    assert table.rows[1].cells[1].text == "! challenges"
    assert any(
        paragraph.text.startswith("~ theory ips_feasibility reworded") for paragraph in document.paragraphs
    )


def test_issues_are_written_with_their_quotes_and_how_far_they_are(linked: Study, tmp_path: Path) -> None:
    coding = add_coding(linked, "P07_b", place(linked, "P07_b", "I was feart of them."), "fear")
    add_issue(
        linked, "They fear the visit", [coding], owner="trial manager", due="2025-03-31", action="Ring first."
    )
    told = told_issues(linked, "2025-04-01")
    cells = issue_cells(told[0])
    assert cells[2:4] == [
        "“I was feart of them.” [Participant]",
        "Ring first.\nby trial manager\nuntil 2025-03-31",
    ]
    assert cells[6] == "! overdue"
    assert "# Emergent issues on 1 April 2025" in issues_as_markdown(told, "2025-04-01")
    for name in ("a.docx", "b.docx"):
        write_issues_document(told, "2025-04-01", tmp_path / name)
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()
    assert issue_cells(told_issues(linked, "2025-03-31")[0])[6] == "open"
    assert len(day_of_last_change(linked)) == 10


def test_an_export_of_everything_has_only_what_there_is(demonstration: Demonstration) -> None:
    names = {path.name for path in demonstration.exports.iterdir()}
    assert {"sources.docx", "pack.docx"} <= names
