"""Verdicts: a pure function of checks and evidence. Any process computes them, none is stored as truth.

Three verdicts. *Not judged* is never the learner's fault and never counts as a mistake: a check waits
for others (`needs`), for time (`for`: it is true, but not yet for long enough), for an answer, or the
grader itself failed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ecslab.content.checks import Check, Whatif
from ecslab.content.probes import faults, part_ids, questions
from ecslab.grading.evidence import Evidence
from ecslab.grading.expectations import shown
from ecslab.grading.messages import message
from ecslab.grading.readings import Moment, Reading, reading
from ecslab.terms.durations import format_duration

PASS: Literal["pass"] = "pass"
FAIL: Literal["fail"] = "fail"
NOT_JUDGED: Literal["not judged"] = "not judged"


@dataclass(frozen=True)
class Verdict:
    id: str
    verdict: Literal["pass", "fail", "not judged"]
    goal: str
    points: float
    """What it is worth now: all or nothing."""
    max: float
    message: str = ""
    expected: str = ""
    actual: str = ""
    look: str = ""
    why: str = ""
    mistake: str | None = None
    """The id of the feedback that was shown."""
    since: int | None = None
    """World time from which it has been so."""
    due: int | None = None
    """World time at which a window will be full, if nothing changes."""
    optional: bool = False
    hidden: bool = False
    fault: bool = False
    """The grader failed: this check counts for nothing."""

    @property
    def passed(self) -> bool:
        return self.verdict == PASS

    def as_json(self) -> dict[str, Any]:
        """The form of `ecslab lab check --json`."""
        names = ("id", "verdict", "goal", "message", "expected", "actual", "look", "why")
        return {name: getattr(self, name) for name in names}


def judge(checks: Sequence[Check], evidence: Evidence) -> list[Verdict]:
    """One verdict a check, in their order."""
    evidence = replace(evidence, saved=saves(checks))
    known = {check.id: check for check in checks}
    done: dict[str, Verdict] = {}

    def verdict(check: Check) -> Verdict:
        if check.id not in done:
            missing = [known[n] for n in check.needs if n in known and not verdict(known[n]).passed]
            done[check.id] = _waits(check, missing) if missing else _judge(check, evidence)
        return done[check.id]

    return [verdict(check) for check in checks]


def saves(checks: Sequence[Check]) -> dict[str, str]:
    """The names under which checks save values, each with its probe."""
    return {
        part.state.save: name
        for check in checks
        for name, part in zip(part_ids(check), check.parts, strict=True)
        if part.state is not None and part.state.save
    }


@dataclass(frozen=True)
class Wanted:
    """A `whatif` to try now."""

    id: str
    key: str
    """Keep it with the answers: `{"key": key, "values": [...]}` is what Evidence takes."""
    whatif: Whatif

    @property
    def request(self) -> dict[str, Any]:
        """The body of `POST whatif`: id, do, advance, ask. Made when it is sent: it needs AWS's models of operations."""
        return {
            "id": self.id,
            "do": faults(self.whatif.do),
            "advance": format_duration(self.whatif.advance),
            "ask": questions(self.id, self.whatif.expect),
        }


def wanted_whatifs(checks: Sequence[Check], evidence: Evidence) -> list[Wanted]:
    """The whatifs whose needs pass and that have not been tried in the present state of the world."""
    open_checks = [c for c in checks if c.whatif is not None and _untried(c, evidence)]
    if not open_checks:
        return []
    passed = {verdict.id for verdict in judge(checks, evidence) if verdict.passed}
    return [
        Wanted(check.id, evidence.key, check.whatif)
        for check in open_checks
        if check.whatif is not None and set(check.needs) <= passed
    ]


def wanted_runs(checks: Sequence[Check], evidence: Evidence) -> list[Check]:
    """The checks whose needs pass, and for which the learner's program has not been run as it is now."""
    open_checks = [c for c in checks if c.program is not None and _unrun(c, evidence)]
    if not open_checks:
        return []
    passed = {verdict.id for verdict in judge(checks, evidence) if verdict.passed}
    return [check for check in open_checks if set(check.needs) <= passed]


def _unrun(check: Check, evidence: Evidence) -> bool:
    run = evidence.runs.get(check.id)
    if run is None:
        return True
    return not run.final and (check.mode == "hold" or not _judge(check, evidence).passed)


def _untried(check: Check, evidence: Evidence) -> bool:
    trial = evidence.whatifs.get(check.id)
    if trial is None:
        return True
    if trial.key in (None, evidence.key):
        return False
    return check.mode == "hold" or not _judge(check, evidence).passed


def _waits(check: Check, missing: Sequence[Check]) -> Verdict:
    named = [f"“{check.goal.strip().rstrip('.')}”" for check in missing if not check.hidden]
    goals = " and ".join(named) or "another goal"
    return _verdict(
        check, NOT_JUDGED, message=f"Judged once {goals} {'are' if len(named) > 1 else 'is'} met."
    )


def _judge(check: Check, evidence: Evidence) -> Verdict:
    try:
        return _conclude(check, reading(check, evidence), evidence)
    except Exception as error:
        said = f"This could not be judged ({type(error).__name__}: {error}). It costs no points."
        return _verdict(check, NOT_JUDGED, message=said, fault=True)


def _conclude(check: Check, seen: Reading, evidence: Evidence) -> Verdict:
    if not seen.moments:
        return _verdict(check, NOT_JUDGED, message=seen.waiting, fault=seen.fault)
    start, last = _run(seen.moments), seen.moments[-1]
    facts: dict[str, Any] = {"expected": last.expected, "actual": shown(last.actual)}
    if check.mode == "latch":
        reached = _once(seen.moments, check.for_, evidence.now)
        if reached is not None:
            return _verdict(
                check, PASS, since=reached.t, expected=reached.expected, actual=shown(reached.actual)
            )
    if not last.ok:
        told = message(check, last, evidence)
        return _verdict(
            check,
            FAIL,
            message=told.say,
            look=told.look,
            why=told.why,
            mistake=told.mistake,
            since=start,
            **facts,
        )
    held = evidence.now - start
    if held < check.for_:
        said = f"It holds since {format_duration(_whole(held))} of {format_duration(check.for_)}."
        return _verdict(check, NOT_JUDGED, message=said, since=start, due=start + check.for_, **facts)
    return _verdict(check, PASS, since=start, **facts)


def _whole(ms: int) -> int:
    """Full seconds: nobody reads milliseconds of a window."""
    return ms // 1000 * 1000


def _run(moments: Sequence[Moment]) -> int:
    """From when on it has been as it is now, without a break."""
    start = moments[-1]
    for moment in reversed(moments):
        if moment.ok != start.ok:
            break
        start = moment
    return start.t


def _once(moments: Sequence[Moment], window: int, now: int) -> Moment | None:
    """The first moment from which on it was true for the whole window."""
    first: Moment | None = None
    for moment in moments:
        if first is not None and moment.t - first.t >= window:
            return first
        if not moment.ok:
            first = None
        elif first is None:
            first = moment
    return first if first is not None and now - first.t >= window else None


def _verdict(check: Check, verdict: Literal["pass", "fail", "not judged"], **told: Any) -> Verdict:
    return Verdict(
        id=check.id,
        verdict=verdict,
        goal=check.goal.strip(),
        points=check.points if verdict == PASS else 0,
        max=check.points,
        optional=check.optional,
        hidden=check.hidden,
        **told,
    )
