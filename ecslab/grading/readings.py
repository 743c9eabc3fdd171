"""What a check sees: moments of the attempt, each with whether it was as expected then.

One function a check word, all pure. What follows from the moments is `judge`'s matter.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ecslab.content.checks import Called, Case, Check, Ending, Expect, Http, Part, State
from ecslab.content.expectations import Condition
from ecslab.content.probes import part_ids
from ecslab.content.variables import substitute
from ecslab.grading.evidence import Evidence, Json, Sample, absent, same
from ecslab.grading.expectations import expected, filled, holds, refers


@dataclass(frozen=True)
class Moment:
    """From `t` on, until the next moment."""

    t: int
    ok: bool
    actual: Any
    """What a message shows and a feedback's `actual` looks at."""
    raw: Any
    """All that was seen; what a feedback's `match` looks at."""
    expected: str
    part: str = ""
    """Which part failed, when a word has several: `status`, `failed`, `state`, `http`."""
    place: int = 0
    """Which of a check's parts this is about, counted from 1; 0: the check has none."""
    baseline: Any = None
    """The value when the attempt began."""


@dataclass(frozen=True)
class Reading:
    moments: Sequence[Moment] = ()
    waiting: str = ""
    """Why there is nothing to judge yet."""
    fault: bool = False
    """It is not the learner's doing that there is nothing to judge."""


NOT_READ = "This has not been looked at yet."


def reading(check: Check, evidence: Evidence) -> Reading:
    found = [
        _READERS[part.word](part, name, evidence)
        for name, part in zip(part_ids(check), check.parts, strict=True)
    ]
    return _together(check, found) if check.all or check.any else found[0]


def _together(check: Check, parts: Sequence[Reading]) -> Reading:
    """Several readings as one: the moments at which any of them changes."""
    silent = [part for part in parts if not part.moments]
    if silent and (check.all or len(silent) == len(parts)):
        return silent[0]
    moments = []
    for t in sorted({moment.t for part in parts for moment in part.moments}):
        then = [(number, _at(part.moments, t)) for number, part in enumerate(parts, 1) if part.moments]
        unmet = [(number, moment) for number, moment in then if not moment.ok]
        ok = not unmet if check.all else len(unmet) < len(then)
        number, told = (unmet or then)[0] if not ok or check.all else next(p for p in then if p[1].ok)
        text = told.expected if check.all else " or ".join(moment.expected for _, moment in then)
        moments.append(replace(told, t=t, ok=ok, expected=text, place=number))
    return Reading(moments)


def _at(moments: Sequence[Moment], t: int) -> Moment:
    """The moment that lasts at `t`, or the first one."""
    return next((moment for moment in reversed(moments) if moment.t <= t), moments[0])


def _state(part: Part, name: str, evidence: Evidence) -> Reading:
    assert part.state is not None
    history = evidence.history(name)
    if not history:
        return Reading(waiting=NOT_READ)
    baseline = history[0][1]
    if not refers(part.state):
        return Reading([_state_moment(part.state, t, value, baseline) for t, value in history])
    return Reading(
        [
            _state_moment(filled(part.state, evidence.values_at(t)), t, value, baseline)
            for t, value in _with_saves(history, evidence)
        ]
    )


def _with_saves(history: Sequence[Sample], evidence: Evidence) -> list[Sample]:
    """The same history, told again wherever a value changes that a check has saved: it may be what is expected."""
    latest = dict(history)
    for probe in evidence.saved.values():
        for t, _ in evidence.history(probe):
            before = [value for at, value in history if at <= t]
            if before:
                latest[t] = before[-1]
    return sorted(latest.items(), key=lambda sample: sample[0])


def _state_moment(state: State, t: int, value: Any, baseline: Any) -> Moment:
    text = expected(state, baseline)
    return Moment(t, holds(state, value, baseline), value, value, text, "state", baseline=baseline)


def _gone(part: Part, name: str, evidence: Evidence) -> Reading:
    """It must have been there in this attempt: otherwise the check would solve itself."""
    history = evidence.history(name)
    if not history:
        return Reading(waiting=NOT_READ)
    moments, existed = [], False
    for t, value in history:
        existed = existed or not absent(value)
        moments.append(Moment(t, existed and absent(value), value, value, "existed, and is gone"))
    return Reading(moments)


def _http(part: Part, name: str, evidence: Evidence) -> Reading:
    assert part.http is not None
    history = evidence.history(name)
    if not history:
        return Reading(waiting=NOT_READ)
    return Reading([_http_moment(part.http, t, value) for t, value in history])


def _allowed(part: Part, name: str, evidence: Evidence) -> Reading:
    assert part.allowed is not None
    history, wanted = evidence.history(name), part.allowed.is_
    if not history:
        return Reading(waiting=NOT_READ)
    text = "allowed" if wanted else "not allowed"
    return Reading([Moment(t, same(value, wanted), value, value, text) for t, value in history])


def _file(part: Part, name: str, evidence: Evidence) -> Reading:
    """The workspace has no simulated time: what was seen last is what is there now, after an undo too."""
    file, samples = part.file, evidence.files.get(name, ())
    assert file is not None
    if not samples:
        return Reading(waiting=NOT_READ)
    baseline, moments = samples[0][1], []
    # Told again for now: a value that it is held against may have been saved since.
    for t, value in [*samples, (evidence.now, samples[-1][1])]:
        wanted = filled(file, evidence.values_at(t))
        text = expected(wanted, baseline)
        ok = holds(wanted, value, baseline)
        moments.append(Moment(min(t, evidence.now), ok, value, value, text, baseline=baseline))
    return Reading(moments)


def _http_moment(http: Http, t: int, value: Any) -> Moment:
    seen = value if isinstance(value, dict) else {}
    parts: list[tuple[str, Condition, Any]] = []
    refused = seen if "Error" in seen else None
    if http.status is not None:
        parts.append(("status", http.status, refused or seen.get("status")))
    if http.failed is not None:
        parts.append(("failed", http.failed, refused or seen.get("failed", 0)))
    wrong = next((part for part in parts if not holds(part[1], part[2])), None)
    name, condition, actual = wrong or parts[0]
    text = expected(condition) + (" failed requests" if name == "failed" else "")
    return Moment(t, wrong is None, actual, value, text, name)


def _event(part: Part, name: str, evidence: Evidence) -> Reading:
    event = part.event
    assert event is not None
    found = [
        happening
        for happening in evidence.events
        if happening.get("t", 0) >= evidence.begun
        and happening.get("source") == event.from_
        and (event.of is None or _is_of(happening, event.of))
        and _says(happening, event.match)
    ]
    times = [int(happening.get("t", 0)) for happening in found]
    return _counted(evidence, event.count, times, [happening.get("message") for happening in found])


def _says(happening: Json, pattern: str) -> bool:
    """Its text does, or the name under which EventBridge has it: `SERVICE_STEADY_STATE`."""
    named = (happening.get("detail") or {}).get("event") or ""
    return any(re.search(pattern, text) for text in (str(happening.get("message", "")), named))


def _is_of(happening: Json, of: str) -> bool:
    subject, detail = str(happening.get("subject", "")), happening.get("detail") or {}
    return (
        subject == of or subject.startswith(f"{of}/") or subject.endswith(f"/{of}") or of in detail.values()
    )


def _called(part: Part, name: str, evidence: Evidence) -> Reading:
    called = part.called
    assert called is not None
    where = substitute(called.where, evidence.values_at(evidence.now))
    found = matching(called, evidence.entries, evidence.begun, where)
    return _counted(
        evidence, called.count, [int(e.get("t", 0)) for e in found], [e.get("params") for e in found]
    )


def matching(called: Called, entries: Iterable[Json], begun: int, where: str | None = None) -> list[Json]:
    """The calls since the beginning that are as `called` says."""
    service, _, operation = called.operation.rpartition(":")
    return [
        entry
        for entry in entries
        if not entry.get("undone")
        and entry.get("t", 0) >= begun
        and entry.get("operation") == operation
        and (not service or entry.get("service") == service)
        and _erred(entry.get("error"), called.error)
        and _where(where, entry.get("params"))
    ]


def _erred(error: Any, wanted: bool | str | None) -> bool:
    if isinstance(wanted, str):
        return bool(error == wanted)
    return bool(error) == bool(wanted)


def _where(query: str | None, params: Any) -> bool:
    if query is None:
        return True
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return bool(jmespath.search(query, params or {}))
    except JMESPathError:
        return False


def _counted(evidence: Evidence, count: Condition | None, times: list[int], raw: list[Any]) -> Reading:
    """How often something happened, as a history of its own: it begins at 0 and goes up by one."""
    condition = count or Condition.model_validate({"at_least": 1})
    text = expected(condition) + " times"
    steps = [(evidence.begun, 0), *((t, number) for number, t in enumerate(sorted(times), start=1))]
    return Reading([Moment(t, holds(condition, n), n, raw[:n], text) for t, n in steps])


def _whatif(check: Part, name: str, evidence: Evidence) -> Reading:
    assert isinstance(check, Check) and check.whatif is not None
    trial = evidence.whatifs.get(name)
    if trial is None:
        return Reading(waiting="This is tried out on a copy of the world, which has not been done yet.")
    if trial.key not in (None, evidence.key) and check.mode == "hold":
        return Reading(
            waiting="This is tried out again on a copy of the world, because something has changed."
        )
    if trial.error is not None:
        return Reading(waiting=f"This could not be tried on a copy of the world: {trial.error}.", fault=True)
    return Reading([_expected_moment(check.whatif.expect, evidence.now, trial.values)])


def _expected_moment(expect: Expect, t: int, values: Sequence[Any]) -> Moment:
    """The answers come in the order of `content.probes.questions`: http, then state."""
    answers = iter(values)
    moments = []
    if expect.http is not None:
        moments.append(_http_moment(expect.http, t, next(answers)))
    if expect.state is not None:
        moments.append(_state_moment(expect.state, t, next(answers), None))
    return next((moment for moment in moments if not moment.ok), moments[0])


def _program(check: Part, name: str, evidence: Evidence) -> Reading:
    assert isinstance(check, Check) and check.program is not None
    run = evidence.runs.get(name)
    if run is None:
        return Reading(
            waiting="Your program has not been run in worlds of its own yet: `ecslab lab check` does that."
        )
    if run.stale and check.mode == "hold":
        return Reading(
            waiting=f"{run.file} is another one since it was judged: `ecslab lab check` runs it again."
        )
    if run.cases[-1].get("trouble") == "world":
        return Reading(waiting=f"A world for it did not work: {run.cases[-1]['said']}.", fault=True)
    moments = [
        case_moment(case, seen, evidence.now)
        for case, seen in zip(check.program.cases, run.cases, strict=False)
    ]
    moment = next((moment for moment in moments if not moment.ok), moments[-1])
    return Reading([moment])


def case_moment(case: Case, seen: Json, t: int = 0) -> Moment:
    """Whether a program did in the world of a case what is expected, and what it did instead."""
    trouble = seen.get("trouble")
    if trouble:
        raw = {"case": case.name, "trouble": trouble}
        return Moment(t, False, seen.get("said", ""), raw, "", str(trouble))
    moments = list(_ending(case.expect, seen))
    told = next((moment for moment in moments if not moment.ok), moments[0])
    raw = {name: seen.get(name) for name in ("exit", "calls", "changes", "printed", "said")}
    raw |= {"case": case.name, "part": told.part, "number": told.place, "actual": told.actual}
    return replace(told, t=t, raw=raw, place=0)


def _ending(expect: Ending, seen: Json) -> Iterator[Moment]:
    """Everything that is expected, as far as it can be seen; what went before explains what comes after."""
    wanted = expect.exit or Condition.model_validate({"is": 0})
    yield _plain_moment("exit", wanted, seen["exit"])
    for number, (prints, value) in enumerate(zip(expect.prints, seen["prints"], strict=True), 1):
        # What is expected would be the answer itself.
        yield replace(_plain_moment("prints", prints, value), expected="", place=number)
    for number, (state, value) in enumerate(zip(expect.state, seen["state"], strict=True), 1):
        yield replace(_state_moment(state, 0, value, seen["before"][number - 1]), place=number)
    for number, (http, value) in enumerate(zip(expect.http, seen["http"], strict=True), 1):
        yield replace(_http_moment(http, 0, value), part="http", place=number)
    for number, (called, count) in enumerate(zip(expect.called, seen["called"], strict=True), 1):
        condition = called.count or Condition.model_validate({"at_least": 1})
        moment = _plain_moment("called", condition, count)
        yield replace(moment, expected=f"{expected(condition)} times", place=number)
    for part, most in (("calls", expect.calls), ("changes", expect.changes)):
        if most is not None:
            yield _plain_moment(part, most, seen[part])


def _plain_moment(part: str, condition: Condition, value: Any) -> Moment:
    return Moment(0, holds(condition, value), value, value, expected(condition), part)


def _answer(check: Part, name: str, evidence: Evidence) -> Reading:
    assert isinstance(check, Check) and check.answer is not None
    answer, given = check.answer, evidence.answers.get(name)
    if given is None or (isinstance(given, str) and not given.strip()):
        return Reading(waiting="This question has not been answered yet.")
    value = given.strip() if isinstance(given, str) else given
    if answer.kind == "number" and isinstance(value, str):
        try:
            value = float(value) if "." in value else int(value)
        except ValueError:
            return Reading([Moment(evidence.now, False, value, value, "a number")])
    ok = holds(answer, value) or (isinstance(value, str) and holds(answer, value.casefold()))
    # What is expected would be the answer itself.
    return Reading([Moment(evidence.now, ok, value, value, "")])


_READERS: dict[str, Callable[[Part, str, Evidence], Reading]] = {
    "state": _state,
    "gone": _gone,
    "http": _http,
    "event": _event,
    "allowed": _allowed,
    "called": _called,
    "file": _file,
    "whatif": _whatif,
    "program": _program,
    "answer": _answer,
}
