"""Options that many commands have."""

from __future__ import annotations

from typing import Annotated

import typer

Coder = Annotated[str | None, typer.Option("--coder", help="Your initials.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AllowUnsealed = Annotated[bool, typer.Option("--allow-unsealed", help="Let unsealed sources out; journaled.")]
AllowSmallCells = Annotated[
    bool, typer.Option("--allow-small-cells", help="Let columns of too few people out; needs --reason.")
]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept beside the journal.")]
Pool = Annotated[bool, typer.Option("--pool", help="Groups of too few people as one column, Others.")]
