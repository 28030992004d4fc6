"""Codings of one layer that come to say the same become one, as in `study.retext` and `codebook.merging`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

Columns = Mapping[str, Any]
"""The columns of a coding."""


def joined(
    final: Mapping[str, Columns], wanted: Collection[str], renamed: Collection[str]
) -> tuple[dict[str, Columns], dict[str, str]]:
    """Give the codings of a layer that become one.

    On the same words the one made first stays. One that has another code since a merge of codes also joins
    those that it overlaps, and the one that had the code already stays, with all the words of either.

    Args:
        final: The codings as they are to be, by id.
        wanted: Ids of those that come or change.
        renamed: Ids of those among them that have another code since a merge of codes.

    Returns:
        What changes of those that stay, and for each that goes the one that stays, by id.
    """
    by_code: dict[tuple[str, str], list[str]] = {}
    for id_ in wanted:
        by_code[final[id_]["source_id"], final[id_]["code_id"]] = []
    for id_, row in final.items():
        if (row["source_id"], row["code_id"]) in by_code:
            by_code[row["source_id"], row["code_id"]].append(id_)
    grown: dict[str, Columns] = {}
    stays: dict[str, str] = {}
    for ids in by_code.values():
        for group in _groups(final, ids, renamed):
            merged = any(id_ in renamed for id_ in group)
            first, *others = sorted(group, key=lambda i: (i in renamed, final[i]["created_at"], i))
            rows = [final[id_] for id_ in (first, *others)]
            grown[first] = {"exemplar": any(row["exemplar"] for row in rows)}
            if merged:
                grown[first] = {
                    **grown[first],
                    "start": min(row["start"] for row in rows),
                    "end": max(row["end"] for row in rows),
                    "version": min(row["version"] for row in rows),
                    "meaning": next((row["meaning"] for row in rows if row["meaning"]), None),
                }
            stays |= dict.fromkeys(others, first)
    return grown, stays


def _groups(final: Mapping[str, Columns], ids: Sequence[str], renamed: Collection[str]) -> list[list[str]]:
    """Codings of one code and source that become one, each such group with at least two of them."""
    ordered = sorted(ids, key=lambda id_: (final[id_]["start"], final[id_]["end"]))
    runs: list[list[str]] = []
    reach = 0
    for id_ in ordered:
        if runs and final[id_]["start"] < reach:
            runs[-1].append(id_)
        else:
            runs.append([id_])
        reach = max(reach, final[id_]["end"])
    groups: list[list[str]] = []
    for run in runs:
        if any(id_ in renamed for id_ in run):
            groups.append(run)
            continue
        places: dict[tuple[int, int], list[str]] = {}
        for id_ in run:
            places.setdefault((final[id_]["start"], final[id_]["end"]), []).append(id_)
        groups += places.values()
    return [group for group in groups if len(group) > 1]


def parts_of_others(final: Mapping[str, Columns], targets: Mapping[str, Columns]) -> dict[str, str]:
    """For codings that are part of another of their code, that one's id."""
    parts = {}
    for id_, target in targets.items():
        for other, row in final.items():
            if (row["source_id"], row["code_id"]) == (target["source_id"], target["code_id"]) and (
                row["start"] <= target["start"] and target["end"] <= row["end"]
            ):
                parts[id_] = other
    return parts
