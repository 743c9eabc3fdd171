"""The control routes: health, clock, state, history, journal, logs, undo, whatif, reset, stop.

A table of routes over the engine. `lease` and the waiting form of `state` hold their connection open
and are the server's; everything here answers at once.
"""

import hmac
import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ecslab.cloud.clock import parse_rate
from ecslab.cloud.engine import Call, Engine, NothingToUndo, entry_json, iso
from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.ports.world import Happening
from ecslab.cloud.seam.dispatch import HttpAnswer
from ecslab.terms.durations import parse_duration
from ecslab.terms.problems import Problem

EVENTS_SHOWN = 200
LOGS_SHOWN = 500
STOPPED_SHOWN = 40
"""Stopped tasks in `GET state`, the newest; a crash loop leaves hundreds in its hour."""


class Refused(Exception):
    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


class Control:
    def __init__(self, engine: Engine, token: str, stop: Callable[[], None]) -> None:
        self.engine = engine
        self._token = token
        self._stop = stop
        self._routes: dict[tuple[str, str], Callable[[JSON], Any]] = {
            ("GET", "health"): self.health,
            ("GET", "clock"): self.clock,
            ("POST", "clock"): self.set_clock,
            ("GET", "state"): self.state,
            ("GET", "journal"): self.journal,
            ("GET", "logs"): self.logs,
            ("GET", "history"): self.history,
            ("POST", "undo"): self.undo,
            ("POST", "whatif"): self.whatif,
            ("POST", "reset"): self.reset,
            ("POST", "stop"): self.stop,
        }

    def admits(self, call: Call) -> bool:
        """Whether the request carries this sandbox's token."""
        given = call.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode())

    def answer(self, call: Call, path: str) -> HttpAnswer:
        """`path` is relative to the control URL: `/clock`, `/state?since=3`."""
        try:
            return reply(200, self._answer(call, path))
        except Refused as refused:
            return reply(refused.status, {"error": refused.error})
        except NothingToUndo as nothing:
            return reply(409, {"error": str(nothing)})
        except ApiError as error:
            return reply(400, {"error": f"{error.code}: {error.message}"})
        except Problem as problem:
            return reply(400, {"error": str(problem)})

    def _answer(self, call: Call, path: str) -> Any:
        if not self.admits(call):
            raise Refused(401, "the control routes need this sandbox's token: Authorization: Bearer TOKEN")
        parts = urlsplit(path)
        name = parts.path.strip("/")
        route = self._routes.get((call.method, name))
        if route is None:
            known = sorted({known for _, known in self._routes} | {"lease"})
            if any(known_name == name for _, known_name in self._routes):
                raise Refused(404, f"{name} does not take {call.method}")
            raise Refused(404, f"there is no control route {name!r}; there are {', '.join(known)}")
        if call.method == "POST":
            return route(_object(call.body))
        return route({key: values[-1] for key, values in parse_qs(parts.query).items()})

    def health(self, _: JSON) -> JSON:
        exceptions = self.engine.world.dispatcher.exceptions
        last = exceptions[-1] if exceptions else None
        diverged = self.engine.diverged
        return {"ok": True, "exceptions": len(exceptions), "last_exception": last, "diverged": diverged}

    def clock(self, _: JSON) -> JSON:
        engine = self.engine
        t = engine.now()
        clock = engine.clock
        return {
            "now": iso(engine.world, t), "t": t, "rate": clock.rate(), "setting": clock.setting,
            "paused": clock.paused,
            "fast_until": clock.fast_until, "begun": engine.world.begun, "reached": True,
        }  # fmt: skip

    def set_clock(self, wish: JSON) -> JSON:
        unknown = set(wish) - {"paused", "rate", "advance", "until", "limit"}
        if unknown:
            raise Refused(
                400, f"unknown key {sorted(unknown)[0]!r}; there are paused, rate, advance, until, limit"
            )
        try:
            rate = parse_rate(wish.get("rate"))
        except (TypeError, ValueError) as error:
            raise Refused(400, 'rate is a number above 0, or "max"') from error
        advance = parse_duration(wish["advance"]) if "advance" in wish else 0
        limit = parse_duration(wish.get("limit", "1h"))
        if "paused" in wish and not isinstance(wish["paused"], bool):
            raise Refused(400, "paused is true or false")
        if "until" in wish and wish["until"] != "steady":
            raise Refused(400, f'until can be "steady", not {wish["until"]!r}')
        engine = self.engine
        engine.now()
        if "paused" in wish:
            engine.clock.set_paused(wish["paused"])
        if "rate" in wish:
            engine.clock.set_rate(rate)
        if advance:
            engine.advance(advance)
        reached = engine.until_steady(limit) if "until" in wish else True
        engine.mark()
        return {**self.clock({}), "reached": reached}

    def state(self, wish: JSON) -> JSON:
        engine = self.engine
        clock = self.clock({})
        n = engine.look()
        if wish.get("since") == str(n):
            return {"n": n, "unchanged": True, "clock": clock}
        seen = engine.world.snapshot()
        seen["tasks"] = _recent(seen["tasks"])
        return {"n": n, "clock": clock, **seen, "events": self._events(EVENTS_SHOWN)}

    def _events(self, count: int) -> list[JSON]:
        return self._told(self.engine.world.events[-count:])

    def _told(self, events: Sequence[Happening]) -> list[JSON]:
        world = self.engine.world
        return [
            {
                "n": e.n, "t": e.t, "time": iso(world, e.t), "source": e.source, "subject": e.subject,
                "message": e.message, "detail": e.detail,
            }
            for e in events
        ]  # fmt: skip

    def journal(self, _: JSON) -> JSON:
        return {"entries": [entry_json(self.engine, entry) for entry in self.engine.entries]}

    def logs(self, _: JSON) -> JSON:
        """What containers logged last, from the same record as the events: reading it leaves no trace."""
        lines = [event for event in self.engine.world.events if event.source == "log"]
        return {"events": self._told(lines[-LOGS_SHOWN:])}

    def history(self, _: JSON) -> JSON:
        engine = self.engine
        t = engine.now()
        engine.mark()
        return {
            "begun": engine.world.begun, "t": t, "changes": engine.world.changes,
            "steady": engine.world.steady(),
            "probes": engine.world.observed.values, "events": self._events(len(engine.world.events)),
            "entries": self.journal({})["entries"],
        }  # fmt: skip

    def undo(self, wish: JSON) -> JSON:
        engine = self.engine
        engine.now()
        taken = engine.undo_preview() if wish.get("preview") else engine.undo()
        t = max(taken[0].t - 1, engine.world.begun)
        calls = [entry_json(engine, entry) for entry in taken if entry.kind == "request"]
        return {"undone": calls, "to": iso(engine.world, t), "t": t}

    def whatif(self, question: JSON) -> JSON:
        unknown = set(question) - {"id", "do", "advance", "ask"}
        if unknown:
            raise Refused(400, f"unknown key {sorted(unknown)[0]!r}; there are do, advance, ask")
        self.engine.now()
        return self.engine.whatif({k: v for k, v in question.items() if k != "id"})

    def reset(self, _: JSON) -> JSON:
        self.engine.now()
        self.engine.reset()
        return self.clock({})

    def stop(self, _: JSON) -> JSON:
        self.engine.mark()
        self._stop()
        return {"stopped": True}


def _recent(tasks: list[JSON]) -> list[JSON]:
    """All tasks but those that stopped before the newest `STOPPED_SHOWN`, in their order."""
    stopped = sorted(task["stopped"] for task in tasks if task["stopped"] is not None)
    since = stopped[-STOPPED_SHOWN] if len(stopped) > STOPPED_SHOWN else 0
    return [task for task in tasks if task["stopped"] is None or task["stopped"] >= since]


def reply(status: int, value: Any) -> HttpAnswer:
    return HttpAnswer(status, (("content-type", "application/json"),), json.dumps(value).encode() + b"\n")


def _object(body: bytes) -> JSON:
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except ValueError:
        raise Refused(400, "the body is not JSON") from None
    if not isinstance(value, dict):
        raise Refused(400, "the body is not a JSON object")
    return value
