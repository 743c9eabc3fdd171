"""What a check sees: moments of the attempt, each with whether it was as expected then.

One function a check word, all pure. What follows from the moments is `judge`'s matter.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ecslab.content.checks import Check, Expect, Http, State
from ecslab.content.expectations import Condition
from ecslab.grading.evidence import Evidence, Json
from ecslab.grading.expectations import absent, expected, holds


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
    """Which part failed, when a check has several: `status`, `failed`, `state`, `http`."""


@dataclass(frozen=True)
class Reading:
    moments: Sequence[Moment] = ()
    baseline: Any = None
    waiting: str = ""
    """Why there is nothing to judge yet."""
    fault: bool = False
    """It is not the learner's doing that there is nothing to judge."""


NOT_READ = "This has not been looked at yet."


def reading(check: Check, evidence: Evidence) -> Reading:
    return _READERS[check.word](check, evidence)


def _state(check: Check, evidence: Evidence) -> Reading:
    assert check.state is not None
    history = evidence.history(check.id)
    if not history:
        return Reading(waiting=NOT_READ)
    baseline = history[0][1]
    moments = [_state_moment(check.state, t, value, baseline) for t, value in history]
    return Reading(moments, baseline)


def _state_moment(state: State, t: int, value: Any, baseline: Any) -> Moment:
    return Moment(t, holds(state, value, baseline), value, value, expected(state, baseline), "state")


def _gone(check: Check, evidence: Evidence) -> Reading:
    """It must have been there in this attempt: otherwise the check would solve itself."""
    history = evidence.history(check.id)
    if not history:
        return Reading(waiting=NOT_READ)
    moments, existed = [], False
    for t, value in history:
        existed = existed or not absent(value)
        moments.append(Moment(t, existed and absent(value), value, value, "existed, and is gone"))
    return Reading(moments)


def _http(check: Check, evidence: Evidence) -> Reading:
    assert check.http is not None
    history = evidence.history(check.id)
    if not history:
        return Reading(waiting=NOT_READ)
    return Reading([_http_moment(check.http, t, value) for t, value in history])


def _http_moment(http: Http, t: int, value: Any) -> Moment:
    seen = value if isinstance(value, dict) else {}
    parts: list[tuple[str, Condition, Any]] = []
    if http.status is not None:
        parts.append(("status", http.status, seen.get("status")))
    if http.failed is not None:
        parts.append(("failed", http.failed, seen.get("failed", 0)))
    wrong = next((part for part in parts if not holds(part[1], part[2])), None)
    name, condition, actual = wrong or parts[0]
    text = expected(condition) + (" failed requests" if name == "failed" else "")
    return Moment(t, wrong is None, actual, value, text, name)


def _event(check: Check, evidence: Evidence) -> Reading:
    event = check.event
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


def _called(check: Check, evidence: Evidence) -> Reading:
    called = check.called
    assert called is not None
    service, _, operation = called.operation.rpartition(":")
    found = [
        entry
        for entry in evidence.entries
        if not entry.get("undone")
        and entry.get("t", 0) >= evidence.begun
        and entry.get("operation") == operation
        and (not service or entry.get("service") == service)
        and _erred(entry.get("error"), called.error)
        and _where(called.where, entry.get("params"))
    ]
    return _counted(
        evidence, called.count, [int(e.get("t", 0)) for e in found], [e.get("params") for e in found]
    )


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


def _whatif(check: Check, evidence: Evidence) -> Reading:
    assert check.whatif is not None
    trial = evidence.whatifs.get(check.id)
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


def _answer(check: Check, evidence: Evidence) -> Reading:
    answer = check.answer
    assert answer is not None
    given = evidence.answers.get(check.id)
    if given is None or (isinstance(given, str) and not given.strip()):
        return Reading(waiting="This question has not been answered yet.")
    value = given.strip() if isinstance(given, str) else given
    if answer.kind == "number" and isinstance(value, str):
        try:
            value = float(value) if "." in value else int(value)
        except ValueError:
            return Reading([Moment(evidence.now, False, value, value, "a number")])
    ok = holds(answer, value) or (isinstance(value, str) and holds(answer, value.casefold()))
    return Reading([Moment(evidence.now, ok, value, value, expected(answer))])


_READERS: dict[str, Callable[[Check, Evidence], Reading]] = {
    "state": _state,
    "gone": _gone,
    "http": _http,
    "event": _event,
    "called": _called,
    "whatif": _whatif,
    "answer": _answer,
}
