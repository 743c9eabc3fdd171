"""Gathers what verdicts are made of: the sandbox's history, what-ifs, the learner's answers and files.

It asks the sandbox and reads the attempt's record; it decides no verdict. A what-if is tried at most
once for each state of the world that the learner's calls led to.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ecslab.content.probes import files_of
from ecslab.grading.evidence import Evidence, Sample, same
from ecslab.grading.judge import Verdict, judge, wanted_whatifs
from ecslab.lab import workspace
from ecslab.lab.record import Record

if TYPE_CHECKING:
    from ecslab.content.checks import Check
    from ecslab.sandbox.client import Sandbox


class Gatherer:
    """Evidence for the checks of one lab, and the verdicts that follow from it."""

    def __init__(self, checks: "Sequence[Check]", record: Record) -> None:
        self._checks = checks
        self._record = record
        self._tried: dict[str, dict[str, Any]] = {}
        self._files = files_of(checks)

    def verdicts(self, sandbox: "Sandbox", *, ask: bool = True) -> list[Verdict]:
        """The verdicts now. Without `ask`, what-ifs that would have to be tried first are not judged."""
        history = sandbox.history()
        self._look_at_files(int(history["t"]))
        evidence = self._evidence(history)
        if ask and self._try(sandbox, evidence):
            evidence = self._evidence(history)
        return judge(self._checks, evidence)

    def _evidence(self, history: dict[str, Any]) -> Evidence:
        answers = {line["check"]: line["value"] for line in self._record.lines("answer")}
        return Evidence.of(history, whatifs=self._tried, answers=answers, files=files_seen(self._record))

    def _look_at_files(self, t: int) -> None:
        """Writes down what the checks' files hold, where that is news: verdicts come from the record."""
        if not self._files:
            return
        seen = files_seen(self._record)
        for name, file in self._files.items():
            found = workspace.look(self._record.path.parent / workspace.NAME, file)
            if name not in seen or not same(seen[name][-1][1], found.value):
                self._record.append("file", check=name, value=found.value, sha256=found.sha256, t=t)

    def _try(self, sandbox: "Sandbox", evidence: Evidence) -> bool:
        """Tries the what-ifs whose time has come; whether there were any."""
        wanted = wanted_whatifs(self._checks, evidence)
        for trial in wanted:
            request = trial.request
            answer = sandbox.whatif(request["do"], request["advance"], request["ask"], check=trial.id)
            self._tried[trial.id] = {"key": trial.key, "values": answer["values"]}
        return bool(wanted)


def files_seen(record: Record) -> dict[str, list[Sample]]:
    """What was in the learner's files at each look that brought news, for `Evidence`."""
    seen: dict[str, list[Sample]] = {}
    for line in record.lines("file"):
        seen.setdefault(line["check"], []).append((int(line["t"]), line["value"]))
    return seen
