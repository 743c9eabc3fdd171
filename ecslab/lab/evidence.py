"""Gathers what verdicts are made of: the sandbox's history, what-ifs, the learner's answers.

It asks the sandbox and reads the attempt's record; it decides no verdict. A what-if is asked at most
once for the same world: its value is kept with the number of inputs that had been played.
"""

from collections.abc import Sequence
from typing import Any

from ecslab.grading.judge import Evidence, judge, wanted_whatifs
from ecslab.lab.record import Record
from ecslab.sandbox.client import Sandbox
from ecslab.sandbox.problems import SandboxProblem

Verdicts = list[Any]


class Gatherer:
    """Evidence for the checks of one lab, and the verdicts that follow from it."""

    def __init__(self, checks: Sequence[Any], record: Record) -> None:
        self.checks = checks
        self._record = record
        self._whatifs: dict[str, Any] = {}
        self._asked: dict[str, int] = {}

    def verdicts(self, sandbox: Sandbox, *, ask: bool = True) -> Verdicts:
        """The verdicts now. Without `ask` what-ifs that have no value yet stay unjudged."""
        evidence = self.evidence(sandbox)
        if ask and self._ask(sandbox, evidence):
            evidence = self.evidence(sandbox)
        return judge(self.checks, evidence)
