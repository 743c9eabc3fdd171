"""The one family of errors a person is shown: a line that says what is wrong, where, and what to do.

Every room raises a `Problem` (or a subclass of its own); the command line and the app catch it once,
at their edge, and print `str(problem)`. It never formats a traceback and knows no screen.
"""

from enum import IntEnum


class Exit(IntEnum):
    """Exit status of every command."""

    GOOD = 0
    NEGATIVE = 1
    """A negative verdict: a check failed, a lint error."""
    USAGE = 2
    ENVIRONMENT = 3


class Problem(Exception):
    """Something a person can mend.

    Args:
        what: what is wrong, and where, in one line without a full stop at the end.
        todo: what to do about it, in a few words; may be empty.
        status: the exit status a command ends with.
    """

    def __init__(self, what: str, todo: str = "", *, status: Exit = Exit.ENVIRONMENT) -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo
        self.status = status

    def __str__(self) -> str:
        return f"{self.what}; {self.todo}" if self.todo else self.what
