"""Redacted names in issues and in the theory of change: no byte keeps one, and none comes in afterwards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qualbench.errors import Refused
from qualbench.evaluation.issues import list_issues
from qualbench.evaluation.issues_changes import add_issue, edit_issue
from qualbench.evaluation.theory import Box, Theory
from qualbench.evaluation.theory_versions import find_theory, import_theory, link_theory, list_links
from qualbench.redaction.sealing import seal
from qualbench.study.database import Study
from qualbench.study.integrity import check_study
from tests.redaction.test_own_words import _named, disk_holds

THEORY = Theory(
    "zebedina", "What Zebedina does", "", (Box("torquil", "Torquil comes"), Box("b", "Trust")), ()
)


def test_issues_and_the_theory_keep_no_sealed_name(study: Study, tmp_path: Path) -> None:
    _named(study, tmp_path)
    add_issue(study, "Zebedina is missed", owner="Torquil", action="Ask Zebedina.")
    edit_issue(study, "1", {"response": "Torquil will come."})
    import_theory(study, THEORY, "After talking to Zebedina.")
    link_theory(study, "torquil", "fear", "challenges", note="As Zebedina said.")
    seal(study, ["one", "two"])
    assert disk_holds(study) == set()
    assert check_study(study) == []
    (issue,) = list_issues(study)
    assert not any(
        name in f"{issue.title}{issue.owner}{issue.action}{issue.response}" for name in ("Zeb", "Torq")
    )
    theory = find_theory(study).theory
    assert theory.title.startswith("What ") and "Zebedina" not in theory.title
    assert [link.element for link in list_links(study)] == [theory.boxes[0].id]  # it still fits its box
    for wrong in (
        lambda: add_issue(study, "Zebedina again"),
        lambda: edit_issue(study, "1", {"owner": "Torquil"}),
        lambda: import_theory(study, replace(theory, title="Torquil")),
        lambda: import_theory(study, replace(theory, title="Other"), "Zebedina said so."),
        lambda: link_theory(study, "b", "fear", "supports", note="Torquil did."),
    ):
        with pytest.raises(Refused, match="the name that was sealed"):
            wrong()
