"""Gathers what verdicts are made of: the sandbox's history, what-ifs, the learner's answers, files and program.

It asks the sandbox and whoever keeps the answers; it decides no verdict. A what-if is tried at most
once for each state of the world that the learner's calls led to; the learner's program is run only when
somebody asked for that, and once for each version of it.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ecslab.content.probes import files_of
from ecslab.grading.evidence import Evidence, Run, Sample, same
from ecslab.grading.judge import Verdict, judge, wanted_runs, wanted_whatifs
from ecslab.lab import workspace
from ecslab.lab.record import Record

if TYPE_CHECKING:
    from ecslab.content.checks import Check, File
    from ecslab.sandbox.client import Sandbox


class Told(Protocol):
    """What an attempt holds beside its world."""

    def answers(self) -> "Mapping[str, Any]":
        """The learner's answers so far, by check."""
        ...

    def files(self, wanted: "Mapping[str, File]", t: int) -> "Mapping[str, Sequence[Sample]]":
        """What was in the files that checks look into, at each look that brought news."""
        ...

    def runs(self) -> "Mapping[str, Run]":
        """What the learner's program did in the cases of checks."""
        ...


class Attempt:
    """An attempt under way: its record, and the workspace beside it."""

    def __init__(self, record: Record) -> None:
        self._record = record

    def answers(self) -> "Mapping[str, Any]":
        return {line["check"]: line["value"] for line in self._record.lines("answer")}

    def files(self, wanted: "Mapping[str, File]", t: int) -> "Mapping[str, Sequence[Sample]]":
        """Looks first, and writes down what is news: verdicts come from the record."""
        seen = files_seen(self._record) if wanted else {}
        for name, file in wanted.items():
            found = workspace.look(self._record.path.parent / workspace.NAME, file)
            if name not in seen or not same(seen[name][-1][1], found.value):
                self._record.append("file", check=name, value=found.value, sha256=found.sha256, t=t)
        return files_seen(self._record) if wanted else {}

    def runs(self) -> "Mapping[str, Run]":
        last = {line["check"]: line for line in self._record.lines("run")}
        place = self._record.path.parent / workspace.NAME
        return {
            name: Run(
                line["file"],
                line["cases"],
                workspace.digest(workspace.source(place / line["file"])) != line["sha256"],
            )
            for name, line in last.items()
        }

    def keep(self, check: "Check", run: "Mapping[str, Any]") -> None:
        """Writes down what the program did, as `lab.programs` tells it."""
        self._record.append("run", check=check.id, **run)


class Gatherer:
    """Evidence for the checks of one lab, and the verdicts that follow from it."""

    def __init__(self, checks: "Sequence[Check]", told: Told) -> None:
        self._checks = checks
        self._told = told
        self._tried: dict[str, dict[str, Any]] = {}
        self._files = files_of(checks)
        self.now = 0
        """The simulated ms for which the last verdicts were."""

    def verdicts(
        self,
        sandbox: "Sandbox",
        *,
        ask: bool = True,
        run: "Callable[[Check], None] | None" = None,
        only: Container[str] | None = None,
    ) -> list[Verdict]:
        """The verdicts now.

        Args:
            ask: False leaves out what-ifs that would have to be tried first.
            run: runs the learner's program in the cases of a check, so that what it did is known.
            only: the checks for which that is done; left out: all.
        """
        history = sandbox.history()
        self.now = int(history["t"])
        files = self._told.files(self._files, self.now)
        evidence = self._evidence(history, files)
        if ask and self._try(sandbox, evidence):
            evidence = self._evidence(history, files)
        tried: set[str] = set()
        while run and (check := self._to_run(evidence, tried, only)):
            run(check)
            tried.add(check.id)
            evidence = self._evidence(history, files)
        return judge(self._checks, evidence)

    def _evidence(self, history: dict[str, Any], files: "Mapping[str, Sequence[Sample]]") -> Evidence:
        return Evidence.of(
            history, whatifs=self._tried, answers=self._told.answers(), files=files, runs=self._told.runs()
        )

    def _to_run(self, evidence: Evidence, tried: set[str], only: Container[str] | None) -> "Check | None":
        wanted = (check for check in wanted_runs(self._checks, evidence) if check.id not in tried)
        return next((check for check in wanted if only is None or check.id in only), None)

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
