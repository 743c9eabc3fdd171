"""Gathers what verdicts are made of: the sandbox's history, what-ifs, the learner's answers.

It asks the sandbox and whoever keeps the answers; it decides no verdict. A what-if is tried at most
once for each state of the world that the learner's calls led to.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ecslab.grading.evidence import Evidence
from ecslab.grading.judge import Verdict, judge, wanted_whatifs

if TYPE_CHECKING:
    from ecslab.content.checks import Check
    from ecslab.sandbox.client import Sandbox


class Gatherer:
    """Evidence for the checks of one lab, and the verdicts that follow from it.

    Args:
        answers: the learner's answers so far, by check.
    """

    def __init__(self, checks: "Sequence[Check]", answers: Callable[[], Mapping[str, Any]]) -> None:
        self._checks = checks
        self._answers = answers
        self._tried: dict[str, dict[str, Any]] = {}

    def verdicts(self, sandbox: "Sandbox", *, ask: bool = True) -> list[Verdict]:
        """The verdicts now. Without `ask`, what-ifs that would have to be tried first are not judged."""
        history = sandbox.history()
        evidence = self._evidence(history)
        if ask and self._try(sandbox, evidence):
            evidence = self._evidence(history)
        return judge(self._checks, evidence)

    def _evidence(self, history: dict[str, Any]) -> Evidence:
        return Evidence.of(history, whatifs=self._tried, answers=self._answers())

    def _try(self, sandbox: "Sandbox", evidence: Evidence) -> bool:
        """Tries the what-ifs whose time has come; whether there were any."""
        wanted = wanted_whatifs(self._checks, evidence)
        for trial in wanted:
            request = trial.request
            answer = sandbox.whatif(request["do"], request["advance"], request["ask"], check=trial.id)
            self._tried[trial.id] = {"key": trial.key, "values": answer["values"]}
        return bool(wanted)
