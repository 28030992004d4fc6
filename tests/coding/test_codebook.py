"""The codebook: read from YAML, kept as a tree, never losing a code."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualbench.codebook.files import find_codebook, read_codebook_file, shipped_codebooks
from qualbench.codebook.tree import CodeEntry, import_entries, read_codebook
from qualbench.errors import BadInput, NotFound
from qualbench.study.database import Study
from qualbench.study.journal import undo
from tests.builders import ENTRIES


def test_the_shipped_codebook_is_complete() -> None:
    entries = read_codebook_file(find_codebook("ips_process_evaluation"))
    levels = [entry.level for entry in entries]
    assert set(levels) == {"theme", "subtheme", "code"}
    assert 25 <= levels.count("code") <= 40
    for entry in entries:
        for text in (entry.definition, entry.when_to_use, entry.when_not_to_use, entry.typical_example):
            assert len(text.split()) >= 4, entry.id


def test_shipped_codebooks_are_found_by_name() -> None:
    assert "ips_process_evaluation" in shipped_codebooks()
    with pytest.raises(NotFound, match="no codebook 'nothing'"):
        find_codebook("nothing")


def test_the_tree_comes_back_as_it_went_in(study: Study) -> None:
    import_entries(study, ENTRIES, "test")
    book = read_codebook(study)
    assert [(depth, entry.id) for depth, entry in book.walk()] == [
        (0, "trust"),
        (1, "social-work"),
        (2, "fear"),
        (2, "judged"),
        (0, "trial"),
        (1, "forms"),
    ]
    assert book.by_id["trial"] == ENTRIES[4]
    assert book.colour("fear") == "#D55E00"
    theme = book.ancestor("fear", "theme")
    assert theme is not None and theme.id == "trust"


def test_importing_again_updates_by_id_and_removes_nothing(study: Study) -> None:
    import_entries(study, ENTRIES, "test")
    renamed = CodeEntry("fear", "social-work", "code", "Dread", definition="Being afraid.")
    new = CodeEntry("hope", "trust", "code", "Hope")
    done = import_entries(study, [ENTRIES[0], ENTRIES[1], renamed, new], "test")
    assert (done.added, done.updated, done.unchanged) == (["hope"], ["fear"], ["trust", "social-work"])
    book = read_codebook(study)
    assert book.by_id["fear"].label == "Dread"
    assert "judged" in book.by_id
    undo(study)
    assert read_codebook(study).by_id["fear"].label == "Fear"
    assert "hope" not in read_codebook(study).by_id


def test_importing_again_takes_over_the_order_of_the_file(study: Study) -> None:
    import_entries(study, ENTRIES, "test")
    trust, social_work, fear, judged, trial, forms = ENTRIES
    import_entries(
        study,
        [trial, forms, trust, social_work, judged, CodeEntry("new", "social-work", "code", "New")],
        "test",
    )
    order = [entry.id for _, entry in read_codebook(study).walk()]
    assert order == ["trial", "forms", "trust", "social-work", "judged", "new", "fear"]
    assert fear.id in order


def test_a_label_that_two_codes_have_is_told(study: Study) -> None:
    import_entries(study, [*ENTRIES, CodeEntry("fear-2", "trial", "code", "Fear")], "test")
    with pytest.raises(NotFound, match="2 codes are labelled 'Fear'"):
        read_codebook(study).find("fear ".strip().capitalize())


def test_a_code_below_itself_is_refused(study: Study) -> None:
    import_entries(study, ENTRIES, "test")
    with pytest.raises(BadInput, match="below itself"):
        import_entries(study, [CodeEntry("trust", "fear", "theme", "Trust")], "test")


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        ("codes: [", "book.yaml, line 1, column"),
        ("title: x", "has no list 'codes'"),
        ("codes:\n  - label: Fear", "line 2: '' cannot be an id"),
        ("codes:\n  - id: Fear Of\n    label: x", "line 2: 'Fear Of' cannot be an id"),
        ("codes:\n  - id: a\n    label: A\n  - id: b", "line 4: b has no label"),
        ("codes:\n  - id: a\n    label: A\n    lable: B", "line 2: 'lable' is not a field"),
        ("codes:\n  - id: a\n    label: A\n    level: thing", "'thing' is not a level"),
        ("codes:\n  - id: a\n    label: A\n    colour: blue", "'blue' is not a colour"),
        ("codes:\n  - {id: a, label: A}\n  - {id: a, label: B}", "the id 'a' is used twice"),
        ("codes:\n  - {id: a, label: A}\n  - {id: b, label: a}", "labelled 'a'"),
        ("codes:\n  - id: a\n    label: A\n    codes: x", "'codes' of a is not a list"),
        ("codes:\n  - just text", "must have an id"),
        ("codes: !!python/object:os.system []", "book.yaml"),
    ],
)
def test_faults_in_yaml_are_told_with_their_place(tmp_path: Path, yaml: str, said: str) -> None:
    (tmp_path / "book.yaml").write_text(yaml)
    with pytest.raises(BadInput) as refused:
        read_codebook_file(tmp_path / "book.yaml")
    assert said in refused.value.message
