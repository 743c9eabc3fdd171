"""Problems of a pack: where each one is, what is wrong, and what to do. It reads nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from ecslab.terms.problems import Exit, Problem


@dataclass(frozen=True, order=True)
class Flaw:
    """One thing that is wrong in a file of a pack. Lines and columns count from 1; 0: the whole file."""

    file: str
    line: int
    column: int
    what: str
    todo: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{where}: {self.what}; {self.todo}" if self.todo else f"{where}: {self.what}"


class PackProblem(Problem):
    """Everything that is wrong with a file of a pack, found in one go."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        self.flaws = sorted(set(flaws))
        first = self.flaws[0]
        more = len(self.flaws) - 1
        where = f"{first.file}:{first.line}:{first.column}" if first.line else first.file
        what = f"{where}: {first.what}"
        suffix = f" (and {more} more in this file)" if more else ""
        super().__init__(what, first.todo + suffix if first.todo else suffix.strip(), status=Exit.NEGATIVE)


def one(file: str, what: str, todo: str = "", *, line: int = 0, column: int = 0) -> PackProblem:
    """A problem with a single flaw."""
    return PackProblem([Flaw(file, line, column, what, todo)])


def nearest(word: str, names: Sequence[str]) -> str:
    """What to do about a name that is not one of `names`: the closest one, or all of them."""
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    listed = list(names)
    if len(listed) > 12:
        listed = [*listed[:12], "…"]
    return f"it is one of {', '.join(listed)}" if listed else ""
