"""What verdicts are made of: the history of what the checks read, as a sandbox reports it.

Plain values, parsed once and never changed. It asks nobody anything.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
_NOT_THERE = re.compile(r"NotFound|NoSuch|DoesNotExist|NonExist|NotExist|\bMISSING\b")
Sample = tuple[int, Any]
"""(simulated ms, value): the value holds from then until the next sample."""


@dataclass(frozen=True)
class Trial:
    """The answers of a `whatif`, and the state of the world in which it was asked."""

    values: tuple[Any, ...]
    key: str | None = None
    """`Evidence.key` at that time; None: taken for current."""
    error: str | None = None
    """Why it could not be tried."""


@dataclass(frozen=True)
class Run:
    """What the learner's program did in the cases of a check, up to the first that was not as expected."""

    file: str
    cases: Sequence[Json]
    """As `lab.programs` writes them down."""
    stale: bool = False
    """The program is another one by now."""

    @property
    def final(self) -> bool:
        """Running the same program again would say nothing new."""
        return not self.stale and not any(case.get("trouble") in ("timeout", "world") for case in self.cases)


@dataclass(frozen=True)
class Evidence:
    begun: int = 0
    now: int = 0
    changes: int = 0
    steady: bool = True
    """Nothing is under way any more that the inputs have set off."""
    probes: Mapping[str, Sequence[Sample]] = field(default_factory=dict)
    events: Sequence[Json] = ()
    entries: Sequence[Json] = ()
    whatifs: Mapping[str, Trial] = field(default_factory=dict)
    runs: Mapping[str, Run] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Sequence[Sample]] = field(default_factory=dict)
    """What was in the learner's files, by the id of what looks at them, in the order of looking."""
    saved: Mapping[str, str] = field(default_factory=dict)
    """Which probe's value a check has saved under a name."""

    @classmethod
    def of(
        cls,
        history: Mapping[str, Any],
        *,
        whatifs: Mapping[str, Any] | None = None,
        answers: Mapping[str, Any] | None = None,
        files: Mapping[str, Sequence[Sample]] | None = None,
        runs: Mapping[str, Run] | None = None,
    ) -> "Evidence":
        """From `GET history`, the whatifs tried so far (`{check: {"key", "values"}}`,
        or `"error"` instead of values), the answers given, what was seen in files and what programs did."""
        return cls(
            begun=int(history.get("begun") or 0),
            now=int(history.get("t") or 0),
            changes=int(history.get("changes") or 0),
            steady=bool(history.get("steady", True)),
            probes={
                name: [(int(t), v) for t, v in samples] for name, samples in history.get("probes", {}).items()
            },
            events=tuple(history.get("events", ())),
            entries=tuple(history.get("entries", ())),
            whatifs={name: _trial(value) for name, value in (whatifs or {}).items()},
            runs=dict(runs or {}),
            answers=dict(answers or {}),
            files=dict(files or {}),
        )

    @property
    def key(self) -> str:
        """Names the state that the inputs so far have led to: another call in the place of an undone one, or
        after a reset, leads to another state, and so does the end of a rollout that was under way."""
        made = [e for e in self.entries if e.get("changes") and not e.get("undone")]
        told = [(e.get("n"), e.get("operation"), e.get("params")) for e in made]
        digest = hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
        return f"{self.changes}:{digest[:12]}{'' if self.steady else ':under way'}"

    def values_at(self, t: int) -> dict[str, Any]:
        """What had been saved by then."""
        found = {}
        for name, probe in self.saved.items():
            values = [value for at, value in self.history(probe) if at <= t]
            if values and not (absent(values[-1]) or is_error(values[-1])):
                found[name] = values[-1]
        return found

    def history(self, probe: str) -> list[Sample]:
        """A probe's values from the beginning of the attempt until now, one a moment, changes only.

        How often the sandbox looked makes no difference to it.
        """
        latest: dict[int, Any] = {}
        for t, value in sorted(self.probes.get(probe, ()), key=lambda sample: sample[0]):
            if t <= self.now:
                latest[max(t, self.begun)] = value
        changes: list[Sample] = []
        for t, value in latest.items():
            if not changes or not same(changes[-1][1], value):
                changes.append((t, value))
        return changes


def _trial(value: Any) -> Trial:
    if isinstance(value, Trial):
        return value
    if isinstance(value, Mapping):
        return Trial(tuple(value.get("values", ())), value.get("key"), value.get("error"))
    return Trial(tuple(value))


def same(one: Any, other: Any) -> bool:
    """Equality of JSON values: unlike Python's, true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    return bool(one == other)


def absent(value: Any) -> bool:
    """Nothing there: null, something empty, or AWS's error that there is no such thing."""
    if is_error(value):
        return bool(_NOT_THERE.search(str(value["Error"])))
    return value is None or value in ("", [], {})


def is_error(value: Any) -> bool:
    """What AWS answered was an error."""
    return isinstance(value, dict) and set(value) == {"Error"}
