"""The exceptions of qualbench, one tree.

QualbenchError            anything a person can put right; has a message and a hint
├── NotFound              a study, source, code, participant or file that does not exist
├── BadInput              a file or row that cannot be used as it is
├── Refused               a change that a rule of the study forbids
│   └── Conflict          a change to what somebody else has changed meanwhile
├── Damaged               a study, backup or key that fails its own check
└── Unreachable           a database that does not answer

They are caught once, at the edge: the command line prints message and hint and exits with 1, the
workbench shows them in its status row. A message never holds transcript text.
"""

from __future__ import annotations


class QualbenchError(Exception):
    """Something went wrong that a person can put right.

    Args:
        message: One sentence that names the file, row or thing concerned.
        hint: One sentence that says what to do about it; may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class NotFound(QualbenchError):
    """A study, source, code, participant or file that does not exist."""


class BadInput(QualbenchError):
    """A file or a row of one that cannot be used as it is."""


class Refused(QualbenchError):
    """A change that a rule of the study forbids."""


class Conflict(Refused):
    """A change to something that somebody else has changed since it was looked at; theirs is kept."""


class Damaged(QualbenchError):
    """A study, backup or key that fails its own check."""


class Unreachable(QualbenchError):
    """A database that does not answer; what was asked of it last was not done, unless the message says so."""
