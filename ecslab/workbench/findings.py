"""What lint finds: a flaw with its place, and whether it breaks the pack or only weakens it."""

from dataclasses import dataclass
from typing import Any, Literal

from ecslab.content.problems import Flaw

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    flaw: Flaw
    level: Level

    @property
    def order(self) -> tuple[Any, ...]:
        return (self.flaw.file, self.flaw.line, self.flaw.column, self.level, self.flaw.what)

    def __str__(self) -> str:
        flaw = self.flaw
        where = f"{flaw.file}:{flaw.line}:{flaw.column}" if flaw.line else flaw.file
        return f"{where}: {self.level}: {flaw.what}" + (f"; {flaw.todo}" if flaw.todo else "")

    def as_json(self) -> dict[str, Any]:
        flaw = self.flaw
        return {
            "file": flaw.file, "line": flaw.line, "column": flaw.column, "level": self.level,
            "what": flaw.what, "todo": flaw.todo,
        }  # fmt: skip


def error(flaw: Flaw) -> Finding:
    """Something that does not work, or that no learner would ever see."""
    return Finding(flaw, "error")


def warning(flaw: Flaw) -> Finding:
    """Something that works and could teach better."""
    return Finding(flaw, "warning")
