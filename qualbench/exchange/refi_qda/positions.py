"""How the texts of a project are written, and places in them counted, by program.

Measured on a project that NVivo 12.6 for Windows wrote: CR LF, places in UTF-16 code units, CR LF counted as
two, a byte order mark not counted, ends exclusive. REFI-QDA 1.5 itself counts code points from 0.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

from qualbench.errors import BadInput

PROFILES = ("nvivo", "standard")
NEWLINES = {"crlf": "\r\n", "lf": "\n"}


@dataclass(frozen=True)
class Convention:
    """How a project is written.

    Attributes:
        profile: One of `PROFILES`. "nvivo" counts UTF-16 code units and writes each case twice, as a Case and
            as a Code of the same GUID that codes the talk, as NVivo does. "standard" counts code points,
            writes each GUID once, and in capitals, as ATLAS.ti and MAXQDA do.
        newline: What stands for a newline, one of the values of `NEWLINES`.
        mark: Whether texts begin with a byte order mark; it is never counted.
    """

    profile: str = "nvivo"
    newline: str = "\r\n"
    mark: bool = False

    @property
    def for_nvivo(self) -> bool:
        """Whether it is written as NVivo does: UTF-16 units, and cases twice."""
        return self.profile == "nvivo"

    @property
    def sentence(self) -> str:
        """Say how places are counted."""
        unit = "UTF-16 code units" if self.for_nvivo else "Unicode code points"
        ends = "CR LF, which counts as two" if self.newline == "\r\n" else "LF"
        return f"Places are counted in {unit} from 0, ends exclusive; lines end in {ends}."

    def data(self, text: str) -> bytes:
        """Give a text as it is written."""
        return (("\ufeff" if self.mark else "") + text.replace("\n", self.newline)).encode("utf-8")

    def places(self, text: str) -> Callable[[int], int]:
        """Give the function from a code point of a text to its place in the text as it is written."""
        twice = ("\n" if self.newline == "\r\n" else "") + ("\U00010000-\U0010ffff" if self.for_nvivo else "")
        if not twice:
            return lambda position: position
        doubles = [match.start() for match in re.finditer(f"[{twice}]", text)]
        return lambda position: position + bisect_left(doubles, position)


NVIVO = Convention()
STANDARD = Convention("standard", "\n")


def convention(profile: str = "nvivo", newline: str | None = None, *, mark: bool = False) -> Convention:
    """Give a convention by its names.

    Args:
        profile: One of `PROFILES`.
        newline: One of `NEWLINES`; None takes that of the profile: CR LF for NVivo, else LF.
        mark: Whether texts begin with a byte order mark.

    Raises:
        BadInput: If there is no such profile or newline.
    """
    if profile not in PROFILES:
        raise BadInput(f"'{profile}' is not a profile.", f"Use {' or '.join(PROFILES)}.")
    newline = newline or ("crlf" if profile == "nvivo" else "lf")
    if newline not in NEWLINES:
        raise BadInput(f"'{newline}' is not a newline.", f"Use {' or '.join(NEWLINES)}.")
    return Convention(profile, NEWLINES[newline], mark)
