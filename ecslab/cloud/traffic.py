"""The world's own clients: steady traffic to the load balancers, counted instead of sent.

Between two changes every request of a stream meets the same choice of targets in turn, so how many
got which status is arithmetic. It schedules nothing; whoever changes something says so.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import cycle
from math import gcd, lcm

from ecslab.cloud.elb_connect import ask
from ecslab.cloud.elb_turns import turns
from ecslab.cloud.ports.api import JSON
from ecslab.cloud.ports.ecs import Application
from ecslab.cloud.ports.world import World

NO_CONNECTION = "000"
"""As curl writes it: no load balancer, no listener, or a security group in between."""


@dataclass(frozen=True)
class Slot:
    """What the requests whose turn it is meet."""

    status: int
    latency: int = 0
    ip: str = ""
    port: int = 0
    application: Application | None = None


@dataclass(frozen=True)
class Choice:
    """Weighted target groups, each with its targets in turn."""

    groups: tuple[tuple[int, tuple[Slot, ...]], ...]

    @classmethod
    def of(cls, groups: Sequence[tuple[int, Sequence[Slot]]]) -> "Choice":
        return cls(tuple((weight, tuple(slots)) for weight, slots in groups))

    def slots(self) -> list[Slot]:
        return [slot for _, slots in self.groups for slot in slots]

    @cached_property
    def _sequence(self) -> list[Slot]:
        """Who is met by request number 0, 1, 2, … until it begins again."""
        order = turns(tuple(weight for weight, _ in self.groups))
        each = Counter(order)
        rounds = lcm(*(len(slots) // gcd(len(slots), each[n]) for n, (_, slots) in enumerate(self.groups)))
        met = [cycle(slots) for _, slots in self.groups]
        return [next(met[group]) for _ in range(rounds) for group in order]

    def count(self, first: int, end: int) -> dict[Slot, int]:
        """How many of the requests [first, end) meet each slot."""
        sequence = self._sequence
        whole, rest = divmod(end - first, len(sequence))
        counts: dict[Slot, int] = {}
        for place, slot in enumerate(sequence):
            extra = (place - first) % len(sequence) < rest
            counts[slot] = counts.get(slot, 0) + whole + extra
        return {slot: number for slot, number in counts.items() if number}


def sent(t: int, origin: int, rate: Fraction) -> int:
    """How many requests were sent in [origin, t)."""
    elapsed = (t - origin) * rate.numerator
    return max(0, -(-elapsed // (1000 * rate.denominator)))


@dataclass(frozen=True)
class Leg:
    """A stretch of a stream that is over: what was sent then may still be under way."""

    origin: int
    rate: Fraction
    choice: Choice
    start: int
    end: int

    def between(self, start: int, end: int) -> dict[Slot, int]:
        first = sent(max(start, self.start), self.origin, self.rate)
        last = sent(min(end, self.end), self.origin, self.rate)
        return self.choice.count(first, last) if last > first else {}

    @cached_property
    def met(self) -> dict[Slot, int]:
        return self.between(self.start, self.end)

    @cached_property
    def slow(self) -> list[Slot]:
        """Who was met and takes time to answer."""
        return [slot for slot in self.met if slot.application is not None and slot.latency]

    @cached_property
    def until(self) -> int:
        """When the last answer has come."""
        return self.end + max((slot.latency for slot in self.slow), default=0)


@dataclass
class Stream:
    """Clients that send `rate` requests a second to one path of one load balancer."""

    load_balancer: str
    port: int
    path: str
    rate: Fraction
    counted: dict[str, int] = field(default_factory=dict)
    origin: int = 0
    since: int = 0
    """Counted up to here."""
    choice: Choice = Choice(((1, (Slot(0),)),))
    legs: list[Leg] = field(default_factory=list)
    """Of which requests may be under way."""
    cuts: dict[tuple[str, int], int] = field(default_factory=dict)
    """Target -> when everything that was under way to it was lost."""

    def restart(self, t: int) -> None:
        self.origin = self.since = t
        self.counted = {}
        self.legs = []

    def turn(self, t: int, rate: Fraction) -> None:
        """From `t` on, up to which everything is counted, clients send at another rate."""
        self.origin = self.since = t
        self.rate = rate

    def between(self, start: int, end: int) -> dict[Slot, int]:
        return Leg(self.origin, self.rate, self.choice, start, end).between(start, end)

    def settle(self, now: int) -> None:
        """Counts up to `now`."""
        leg = Leg(self.origin, self.rate, self.choice, self.since, now)
        for slot, number in leg.met.items():
            self._add(slot.status, number)
        self.legs = [one for one in (*self.legs, leg) if one.slow and one.until > now]
        self.since = now
        if self.cuts:
            here = {(slot.ip, slot.port) for slot in self.under_way()}
            self.cuts = {target: t for target, t in self.cuts.items() if target in here}

    def under_way(self) -> list[Slot]:
        """Whom requests of late were sent to, and who takes time to answer."""
        return list(dict.fromkeys(slot for leg in self.legs for slot in leg.slow))

    def cut(self, ip: str, port: int, now: int) -> None:
        """Of what a target was still answering, nothing arrives; all is counted up to `now`."""
        settled = self.cuts.get((ip, port), 0)
        for slot in self.under_way():
            if (slot.ip, slot.port) == (ip, port):
                start = max(settled, now - slot.latency + 1)
                number = sum(leg.between(start, now).get(slot, 0) for leg in self.legs)
                self._add(slot.status, -number)
                self._add(502, number)
        self.cuts[ip, port] = now

    def _add(self, status: int, number: int) -> None:
        if number:
            key = str(status) if status else NO_CONNECTION
            self.counted[key] = self.counted.get(key, 0) + number

    def totals(self, now: int) -> dict[str, int]:
        found = dict(self.counted)
        for slot, number in self.between(self.since, now).items():
            key = str(slot.status) if slot.status else NO_CONNECTION
            found[key] = found.get(key, 0) + number
        return {key: number for key, number in sorted(found.items()) if number}


Choose = Callable[[str, int, str], Choice]
"""(load balancer, port, path) -> what requests meet there now."""


class Traffic:
    def __init__(self, world: World, entries: Sequence[JSON], choose: Choose) -> None:
        self._world = world
        self._choose = choose
        self._begun = 0
        self._stopping: dict[tuple[str, int, int], int] = {}
        """(address, port, container's start) -> when it was told to stop, of those that may be answering."""
        self.streams = [
            Stream(
                load_balancer=str(entry["load_balancer"]),
                port=int(entry.get("port", 80)),
                path=str(entry.get("path", "/")),
                rate=Fraction(str(entry["rate"])).limit_denominator(1000),
            )
            for entry in entries
        ]

    def changed(self) -> None:
        """Something a request may meet has changed at this moment."""
        now = self._world.now
        self._begin()
        for stream in self.streams:
            stream.settle(now)
            for slot in stream.under_way():
                if self._lost(slot):
                    stream.cut(slot.ip, slot.port, now)
            stream.choice = self._choose(stream.load_balancer, stream.port, stream.path)
        if self._stopping:
            slow = {(slot.ip, slot.port) for stream in self.streams for slot in stream.under_way()}
            self._stopping = {key: t for key, t in self._stopping.items() if key[:2] in slow}

    def cut(self, ip: str, port: int) -> None:
        """The load balancer waits no longer for what a target was still answering."""
        self.changed()
        for stream in self.streams:
            stream.cut(ip, port, self._world.now)

    def set_rate(self, load_balancer: str, port: int, path: str, rate: float) -> None:
        """Clients of this place send so many requests a second from now on; `changed` is called around it."""
        here = [s for s in self.streams if (s.load_balancer, s.port, s.path) == (load_balancer, port, path)]
        if not here:
            now = self._world.now
            here = [Stream(load_balancer, port, path, Fraction(0), origin=now, since=now)]
            self.streams += here
        for stream in here:
            stream.turn(self._world.now, Fraction(str(rate)).limit_denominator(1000))

    def _begin(self) -> None:
        """What was sent while the world was being built does not count."""
        if self._begun != self._world.begun:
            self._begun = self._world.begun
            for stream in self.streams:
                stream.restart(self._begun)

    def _lost(self, slot: Slot) -> bool:
        """Whether the application that was answering died without finishing.

        One that drains finishes what is under way, unless it is killed before it is done: when stopTimeout is over.
        """
        was = slot.application
        if was is None:
            return False
        now, key = self._world.now, (slot.ip, slot.port, was.started)
        here = [
            a
            for a in self._world.ecs.applications(slot.ip)
            if (a.task_id, a.started) == (was.task_id, was.started)
        ]
        if here and here[0].stopping is not None:
            self._stopping[key] = here[0].stopping
        if any(ask(application, now, slot.port, "/").kind != "refused" for application in here):
            return False
        told = self._stopping.get(key, was.stopping)
        if told is None or not was.run.drains:
            return True
        takes, _ = was.run.stop()
        return not here and (takes is None or now - told < takes)

    def totals(self, stream: Stream) -> dict[str, int]:
        self._begin()
        return stream.totals(self._world.now)

    def sums(self, load_balancer: str, port: int, path: str) -> tuple[int, int]:
        """(requests, failed) of the streams to this load balancer: to this very place if there is one."""
        here = [s for s in self.streams if s.load_balancer == load_balancer]
        exact = [s for s in here if (s.port, s.path) == (port, path)]
        totals = [self.totals(stream) for stream in exact or here]
        return sum(sum(t.values()) for t in totals), sum(map(failed, totals))

    def snapshot(self) -> list[JSON]:
        found = []
        for stream in self.streams:
            totals = self.totals(stream)
            found.append(
                {
                    "load_balancer": stream.load_balancer,
                    "path": stream.path,
                    "rate": float(stream.rate),
                    "requests": sum(totals.values()),
                    "failed": failed(totals),
                    "by_status": totals,
                }
            )
        return found


def failed(by_status: dict[str, int]) -> int:
    return sum(number for status, number in by_status.items() if status == NO_CONNECTION or status >= "500")
