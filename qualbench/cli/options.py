"""Options that many commands have."""

from __future__ import annotations

from typing import Annotated

import typer

Coder = Annotated[str | None, typer.Option("--coder", help="Your initials.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AllowUnsealed = Annotated[bool, typer.Option("--allow-unsealed", help="Let unsealed sources out; journaled.")]
