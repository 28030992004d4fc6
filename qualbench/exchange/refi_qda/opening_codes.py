"""The codes of a project without those that stand for cases, and with those that are used but not listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from qualbench.exchange.refi_qda.codebook_reading import UNNAMED, CodeNode, CodesRead, codes_of
from qualbench.exchange.refi_qda.opening_model import ProjectXml
from qualbench.exchange.refi_qda.opening_texts import TextRead


def twins_of(project: ProjectXml) -> frozenset[str]:
    """Give the GUIDs that a case and a code share, as NVivo has them: such a code codes the case's words."""
    cases = {case.guid for case in project.cases}
    return frozenset(node.guid for node in project.codes if node.guid is not None and node.guid in cases)


def read_codes(project: ProjectXml, texts: Sequence[TextRead]) -> tuple[CodesRead, str | None]:
    """Give the entries that the codes of a project make, and the GUID of the folder of its cases.

    A code that something is coded with comes in even if it is not listed: no coding is lost by it.

    Args:
        project: The project; its list of codes is changed to those that are left.
        texts: Its texts.
    """
    twins = twins_of(project)
    used = set(_used(texts))
    given = {node.guid for node in project.codes}
    gone = _of_cases(project.codes, twins, used)
    folder = next((project.codes[n].guid for n in sorted(gone) if project.codes[n].guid not in twins), None)
    project.codes = _without(project.codes, gone)
    for guid in sorted(used - given):
        project.codes.append(CodeNode(None, 0, guid, UNNAMED, None, True, False, {}))
        project.report.add("codes that something is coded with, but that are not listed")
    return codes_of(project.codes, project.code_sets), folder


def _used(texts: Sequence[TextRead]) -> Iterator[str]:
    for text in texts:
        for _, selection in text.passages:
            yield from (coding.code for coding in selection.codings if coding.code is not None)
        yield from (coding.code for coding in text.holder.codings if coding.code is not None)


def _of_cases(nodes: Sequence[CodeNode], twins: frozenset[str], used: set[str]) -> set[int]:
    """The places of codes that stand for cases, and of folders with nothing else in them."""
    below: list[list[int]] = [[] for _ in nodes]
    for n, node in enumerate(nodes):
        if node.above is not None:
            below[node.above].append(n)
    gone: set[int] = set()
    for n in reversed(range(len(nodes))):  # what is below comes later
        node = nodes[n]
        emptied = bool(below[n]) and gone.issuperset(below[n]) and node.guid not in used
        if node.guid in twins or emptied:
            gone.add(n)
    return gone


def _without(nodes: Sequence[CodeNode], gone: set[int]) -> list[CodeNode]:
    """Codes without some, what is below those moving up."""
    places: dict[int, int] = {}
    kept: list[CodeNode] = []
    for n, node in enumerate(nodes):
        if n in gone:
            continue
        above = node.above
        while above is not None and above in gone:
            above = nodes[above].above
        parent = places[above] if above is not None else None
        places[n] = len(kept)
        kept.append(replace(node, above=parent, depth=kept[parent].depth + 1 if parent is not None else 0))
    parents = {node.above for node in kept}
    return [replace(node, has_below=n in parents) for n, node in enumerate(kept)]
