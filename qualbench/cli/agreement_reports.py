"""Other measures of agreement: alpha, the u family, segments that match, what NVivo shows."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from qualbench.agreement.alpha import alphas
from qualbench.agreement.coefficients import Figure
from qualbench.agreement.comparison import read_pair
from qualbench.agreement.decisions import Pair
from qualbench.agreement.layers import read_layers
from qualbench.agreement.matching import BASES, UNION, Match, SegmentMatch, match_segments
from qualbench.agreement.nvivo import NvivoRow, nvivo_rows
from qualbench.agreement.unitizing import Unitizing, u_alphas
from qualbench.agreement.units import PARTICIPANTS
from qualbench.analysis.document import counted as with_number
from qualbench.analysis.document import in_words
from qualbench.cli.app import opened
from qualbench.cli.comparing import (
    Coders,
    Codes,
    Counted,
    Form,
    Output,
    Sources,
    Unit,
    coders_in,
    form_of,
    give,
    pairs_in,
    refuse_if_reflexive,
    show_table,
)
from qualbench.cli.options import AsJson
from qualbench.cli.output import tell
from qualbench.codebook.tree import read_codebook
from qualbench.exchange.agreement_tables import (
    alpha_table,
    nvivo_table,
    segment_table,
    unitizing_table,
    what_is_counted,
)

reports = typer.Typer()


@reports.command("alpha")
def alpha(
    ctx: typer.Context,
    coders: Coders = None,
    unit: Unit = "turn",
    counted: Counted = PARTICIPANTS,
    sources: Sources = None,
    codes: Codes = None,
    form: Form = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Krippendorff's alpha for two coders or more, who need not all have finished every source."""
    study = opened(ctx)
    refuse_if_reflexive(study)
    form = form_of(form, output, as_json)
    layers = read_layers(
        study, unit=unit, coders=coders_in(coders), counted=counted, sources=sources, codes=codes
    )
    found, book = alphas(layers), read_codebook(study)
    table = alpha_table(found, book)
    data = {
        "unit": unit,
        "counted": counted,
        "coders": list(found.coders),
        "sources": layers.sources,
        "codes": [{"code": code, **_figure("alpha", of)} for code, of in found.codes.items()],
        "pooled": _figure("alpha", found.pooled),
    }
    give(study, form, output, lambda: table, lambda: data, lambda: show_table(table, coders=False))
    if form == "table":
        tell(
            f"Nominal, each code given or not, by {in_words(found.coders)}; counted in "
            f"{what_is_counted(unit, counted)}, in {with_number(len(layers.sources), 'source')}. Where one "
            "has not finished a source, their answers are missing there."
        )


@reports.command("unitizing")
def unitizing(
    ctx: typer.Context,
    coders: Coders = None,
    counted: Counted = PARTICIPANTS,
    sources: Sources = None,
    codes: Codes = None,
    form: Form = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """The u-alpha family of Krippendorff et al. (2016): do places agree, and do codes, pair by pair."""
    study = opened(ctx)
    refuse_if_reflexive(study)
    form = form_of(form, output, as_json)
    found = [
        (
            pair,
            u_alphas(
                read_pair(study, unit="character", coders=pair, counted=counted, sources=sources, codes=codes)
            ),
        )
        for pair in pairs_in(study, coders, sources)
    ]
    table = unitizing_table(found, read_codebook(study))
    give(
        study,
        form,
        output,
        lambda: table,
        lambda: [_unitizing_json(*one) for one in found],
        lambda: show_table(table, coders=len(found) > 1),
    )
    if form == "table":
        tell(
            "u: do places and code agree; binary u: did both mark the same places, whatever the code; cu: "
            "where both marked something, is it the same code; (k)u: the same for one code. What cu says "
            "holds for its coverage only. Counted in characters."
        )


@reports.command("segments")
def segments(
    ctx: typer.Context,
    share: Annotated[float, typer.Option(help="How much two passages must share, up to 1.")] = 0.5,
    of: Annotated[str, typer.Option(help=f"Of what: {', '.join(BASES)}.")] = UNION,
    coders: Coders = None,
    counted: Counted = PARTICIPANTS,
    sources: Sources = None,
    codes: Codes = None,
    form: Form = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """How many passages of one coder the other has marked too, give or take their edges."""
    study = opened(ctx)
    refuse_if_reflexive(study)
    form = form_of(form, output, as_json)
    found = [
        (
            pair,
            match_segments(
                read_pair(study, coders=pair, counted=counted, sources=sources, codes=codes), share, of
            ),
        )
        for pair in pairs_in(study, coders, sources)
    ]
    table = segment_table(found, read_codebook(study))
    give(
        study,
        form,
        output,
        lambda: table,
        lambda: [_segments_json(*one) for one in found],
        lambda: show_table(table, coders=len(found) > 1),
    )


@reports.command("nvivo")
def nvivo(
    ctx: typer.Context,
    coders: Coders = None,
    sources: Sources = None,
    codes: Codes = None,
    form: Form = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """The rows of NVivo's coding comparison: each code in each source, by characters of the whole text."""
    study = opened(ctx)
    refuse_if_reflexive(study)
    form = form_of(form, output, as_json)
    found = [
        (pair, nvivo_rows(study, coders=pair, sources=sources, codes=codes))
        for pair in pairs_in(study, coders, sources)
    ]
    table = nvivo_table(found, read_codebook(study))
    give(
        study,
        form,
        output,
        lambda: table,
        lambda: [_nvivo_json(pair, row) for pair, of_pair in found for row in of_pair],
        lambda: show_table(table, coders=len(found) > 1),
    )
    if form == "table":
        tell("As NVivo puts it, kappa is 1 where both have coded the same or neither anything.")


def _figure(name: str, figure: Figure) -> dict[str, Any]:
    return {name: figure.value, "why_null": {name: figure.why} if figure.value is None else {}}


def _unitizing_json(pair: Pair, family: Unitizing) -> dict[str, Any]:
    return {
        "coders": list(pair),
        "u": _figure("alpha", family.u),
        "binary": _figure("alpha", family.binary),
        "cu": {**_figure("alpha", family.cu), "coverage": family.coverage},
        "codes": [
            {
                "code": code,
                "u": _figure("alpha", u),
                "ku": {
                    **_figure("alpha", family.values[code].alpha),
                    "coverage": family.values[code].coverage,
                },
            }
            for code, u in family.codes.items()
        ],
    }


def _segments_json(pair: Pair, found: SegmentMatch) -> dict[str, Any]:
    def of(match: Match) -> dict[str, Any]:
        return {
            "passages_a": match.of_a,
            "passages_b": match.of_b,
            "pairs": match.pairs,
            "agreement": match.agreement,
        }

    return {
        "coders": list(pair),
        "share": found.share,
        "of": found.of,
        "codes": [{"code": code, **of(match)} for code, match in found.codes.items()],
        "pooled": of(found.pooled),
    }


def _nvivo_json(pair: Pair, row: NvivoRow) -> dict[str, Any]:
    return {
        "coders": list(pair),
        "code": row.code,
        "source": row.source,
        "size": row.size,
        "kappa": row.kappa,
        "agreement": row.agreement,
        "both": row.both,
        "neither": row.neither,
        "disagreement": row.disagreement,
        "a_only": row.a_only,
        "b_only": row.b_only,
    }
