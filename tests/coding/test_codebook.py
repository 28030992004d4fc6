"""The codebook as a tree."""

from __future__ import annotations

import pytest

from qualbench.codebook.files import find_codebook, read_codebook_file
from qualbench.codebook.importing import import_entries
from qualbench.codebook.tree import CodeEntry, read_codebook
from qualbench.errors import NotFound
from qualbench.study.database import Study
from tests.builders import ENTRIES


def test_the_shipped_codebook_is_complete() -> None:
    entries = read_codebook_file(find_codebook("ips_process_evaluation"))
    levels = [entry.level for entry in entries]
    assert set(levels) == {"theme", "subtheme", "code"}
    assert 25 <= levels.count("code") <= 40
    for entry in entries:
        for text in (entry.definition, entry.when_to_use, entry.when_not_to_use, entry.typical_example):
            assert len(text.split()) >= 4, entry.id


def test_a_label_that_two_codes_have_is_told(study: Study) -> None:
    import_entries(study, [*ENTRIES, CodeEntry("fear-2", "trial", "code", "Fear")], "test")
    with pytest.raises(NotFound, match="2 codes are labelled 'Fear'"):
        read_codebook(study).find("fear ".strip().capitalize())
