"""A change is noticed by whoever else has the study open."""

from __future__ import annotations

import threading
from time import monotonic

from qualbench.study.database import Study, open_study
from qualbench.study.journal import newest_event
from qualbench.study.settings import add_to_list
from qualbench.study.watching import changed_by_others, watch


def test_a_change_by_another_is_noticed_within_two_seconds(study: Study) -> None:
    noticed, ready, stopped = threading.Event(), threading.Event(), threading.Event()

    def look() -> None:
        ready.set()
        for _ in watch(study, stopped):
            noticed.set()

    watcher = threading.Thread(target=look)
    watcher.start()
    assert ready.wait(10)
    other = open_study(study.folder)
    begun = monotonic()
    for n in range(40):  # the first may come before the watcher has begun to listen
        add_to_list(other, "site", f"Leeds {n}")
        if noticed.wait(0.05):
            break
    assert noticed.wait(2) and monotonic() - begun < 4
    stopped.set()
    watcher.join()
    other.close()


def test_ones_own_changes_are_told_from_those_of_others(study: Study) -> None:
    from tests.study.builders import add_coders

    add_coders(study, "CD")
    since = newest_event(study)
    add_to_list(study, "site", "Leeds")
    assert not changed_by_others(study, since)
    add_to_list(study.by("CD"), "site", "York")
    assert changed_by_others(study, since)
    assert not changed_by_others(study.by("CD"), newest_event(study) - 1)
