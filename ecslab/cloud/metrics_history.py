"""What happened, as far as metrics need it: which tasks ran, who met whom at the load balancers, who was healthy.

Written when something changes, never by the minute; asked about any past stretch of time. It knows no
CloudWatch; times are the world's.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar, cast

from ecslab.cloud.ecs.model import Status, Task
from ecslab.cloud.ecs.plane import EcsPlane
from ecslab.cloud.elb import Balancers
from ecslab.cloud.elb_connect import ask
from ecslab.cloud.ports.api import JSON
from ecslab.cloud.ports.images import Run
from ecslab.cloud.ports.world import World
from ecslab.cloud.seam import elbv2
from ecslab.cloud.traffic import Choice, Slot, Stream

KEPT = 15 * 86_400_000
"""CloudWatch keeps values of a minute for fifteen days."""
LIMIT = 20_000
"""Entries kept of one kind, however much happens in that time."""

UP = (Status.RUNNING, Status.DEACTIVATING, Status.STOPPING)
"""The containers of a task in these states may run."""

ServiceKey = tuple[str, str]
"""(cluster, service)"""
Address = tuple[str, int]
Entry = TypeVar("Entry")


@dataclass(eq=False)
class Span:
    """A service's task from RUNNING to its end."""

    task: str
    started: int
    runs: tuple[tuple[Run, int], ...]
    """Its containers, each with the time at which it started."""
    cpu: float
    memory: float
    """What the task definition reserves."""
    capped: bool
    """On Fargate nothing gets more than its reservation."""
    ended: int | None = None


@dataclass
class Spans:
    live: dict[str, Span] = field(default_factory=dict)
    ended: list[Span] = field(default_factory=list)
    """By the time of their end."""

    def during(self, start: int, end: int) -> list[Span]:
        first = bisect_right(self.ended, start, key=lambda span: cast(int, span.ended))
        return [span for span in (*self.ended[first:], *self.live.values()) if span.started < end]


@dataclass(frozen=True)
class Met:
    """What a number of requests came to."""

    balancer: str
    """`app/web-alb/50dc6c495c0c9188`; empty when the name leads nowhere."""
    address: Address | None
    """The target; None when none was chosen."""
    status: int
    by_target: bool
    """The target's own answer, not one that the load balancer made."""
    latency: int
    count: int
    run: Run | None = None


@dataclass(frozen=True)
class Segment:
    """A stretch of time in which the requests of a stream met the same choice of targets."""

    start: int
    stream: Stream
    """Frozen as it was then; never touched again."""
    balancer: str

    def met(self, start: int, end: int) -> Iterator[Met]:
        for slot, number in self.stream.between(max(start, self.start), end).items():
            yield self._met(slot, number)

    def _met(self, slot: Slot, number: int) -> Met:
        return Met(
            balancer=self.balancer,
            address=(slot.ip, slot.port) if slot.ip else None,
            status=slot.status,
            by_target=self._answered(slot),
            latency=slot.latency,
            count=number,
            run=slot.application.run if slot.application else None,
        )

    def _answered(self, slot: Slot) -> bool:
        if slot.application is None:
            return False
        answer = ask(slot.application, self.start, slot.port, self.stream.path)
        return answer.kind == "status" and answer.status == slot.status


@dataclass
class Flow:
    """A stream of the world's own clients through time."""

    segments: list[Segment] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)
    """The stream's own count when it was looked at last."""
    looked: int = 0

    def during(self, start: int, end: int) -> Iterator[tuple[Segment, int, int]]:
        """(segment, from, to), oldest first."""
        first = max(0, bisect_right(self.segments, start, key=lambda s: s.start) - 1)
        for index in range(first, len(self.segments)):
            segment = self.segments[index]
            if segment.start >= end:
                return
            following = self.segments[index + 1].start if index + 1 < len(self.segments) else end
            if following > start:
                yield segment, max(start, segment.start), min(end, following)


@dataclass(frozen=True)
class Level:
    """How many targets of a group were there, from `t` on."""

    t: int
    registered: int
    healthy: int
    unhealthy: int


class History:
    def __init__(self, world: World) -> None:
        self._world = world
        self._tasks = cast(EcsPlane, world.ecs).state.tasks
        self.services: dict[ServiceKey, Spans] = {}
        self.flows: list[Flow] = []
        self.asked: list[tuple[int, Met]] = []
        """Single requests, and corrections to what the flows say, by time."""
        self.groups: dict[str, list[Level]] = {}
        """By target group ARN."""
        self.users: dict[str, str] = {}
        """Target group ARN -> the load balancer in front of it."""
        self.behind: dict[Address, str] = {}
        """Target address -> the target group it was registered in last."""
        self._states: dict[str, dict[Address, str]] = {}
        self._counts: dict[str, Counter[str]] = {}
        """How many targets of a group are in each state."""
        self._registered: dict[str, dict[tuple[str, Address], None]] = {}
        """By address: (target group, target)."""
        self.changed_at = 0

    # --- tasks -----------------------------------------------------------------------------------

    def task_changed(self, task_id: str) -> bool:
        """A task has moved on; whether it began or ceased to count."""
        task = self._tasks.get(task_id)
        if task is None or task.service is None:
            return False
        spans = self.services.setdefault((task.cluster.name, task.service.name), Spans())
        if task.started is None:
            return False
        span = spans.live.get(task_id)
        up = task.last in UP
        if span is None and not up:
            return False
        alive = [c for c in task.containers if c.alive] if up else []
        runs = tuple([(c.run, c.started) for c in alive if c.run and c.started is not None])
        if runs == (span.runs if span else ()):
            return False
        if span is not None:
            del spans.live[task_id]
            span.ended = self._world.now
            spans.ended.append(span)
            _prune(spans.ended, lambda entry: entry.ended or 0, self._world.now)
        if runs:
            spans.live[task_id] = self._span(task, runs)
        elif task.eni is not None:
            self._address_gone(task.eni.private_ip)
        self.changed_at = self._world.now
        return True

    def _span(self, task: Task, runs: tuple[tuple[Run, int], ...]) -> Span:
        containers = [c.definition for c in task.containers]
        return Span(
            task=task.id,
            started=self._world.now,
            runs=runs,
            cpu=float(task.cpu or sum(int(c.get("cpu") or 0) for c in containers)),
            memory=float(task.memory or sum(int(c.get("memory") or 0) for c in containers)),
            capped=task.launch_type != "EC2",
        )

    # --- load balancers --------------------------------------------------------------------------

    def served(self) -> bool:
        """Who meets whom may have changed; whether it has."""
        streams = cast(Balancers, self._world.elb).traffic.streams
        changed = [self._look(index, stream) for index, stream in enumerate(streams)]
        if any(changed):
            self.changed_at = self._world.now
        return any(changed)

    def _look(self, index: int, stream: Stream) -> bool:
        if index == len(self.flows):
            self.flows.append(Flow())
        flow, now = self.flows[index], self._world.now
        last = flow.segments[-1] if flow.segments else None
        same = False
        if last is not None and last.stream.origin == stream.origin:
            self._correct(flow, last, stream)
            same = (last.stream.choice, last.stream.rate) == (stream.choice, stream.rate)
        elif last is not None and stream.origin < now:
            self._begin(flow, stream, last.stream.choice, stream.origin)
        flow.counted, flow.looked = dict(stream.counted), now
        if not same:
            self._begin(flow, stream, stream.choice, now)
        return not same

    def _begin(self, flow: Flow, stream: Stream, choice: Choice, t: int) -> None:
        frozen = Stream(
            stream.load_balancer, stream.port, stream.path, stream.rate, origin=stream.origin, choice=choice
        )
        while flow.segments and flow.segments[-1].start >= t:
            flow.segments.pop()
        flow.segments.append(Segment(t, frozen, balancer_name(stream.load_balancer)))
        _prune(flow.segments, lambda segment: segment.start, self._world.now)

    def _correct(self, flow: Flow, last: Segment, stream: Stream) -> None:
        """Requests that were under way when their target died got another answer than the flow says."""
        found = {key: number - flow.counted.get(key, 0) for key, number in stream.counted.items()}
        for slot, number in last.stream.between(flow.looked, self._world.now).items():
            key = str(slot.status)
            found[key] = found.get(key, 0) - number
        for key, number in found.items():
            if not number or not key.isdigit() or not int(key):
                continue
            slots = [slot for slot in last.stream.choice.slots() if str(slot.status) == key and slot.ip]
            address = (slots[0].ip, slots[0].port) if slots else None
            latency = slots[0].latency if slots else 0
            self._note(Met(last.balancer, address, int(key), number < 0, latency, number))

    def asked_once(self, met: Met) -> None:
        """A client's single request."""
        self._note(met)

    def _note(self, met: Met) -> None:
        self.asked.append((self._world.now, met))
        _prune(self.asked, lambda entry: entry[0], self._world.now)
        self.changed_at = self._world.now

    def met(self, start: int, end: int) -> Iterator[Met]:
        """All requests of [start, end)."""
        for flow in self.flows:
            for segment, begin, until in flow.during(start, end):
                yield from segment.met(begin, until)
        first = bisect_left(self.asked, start, key=lambda entry: entry[0])
        for t, met in self.asked[first:]:
            if t >= end:
                return
            yield met

    def rates(self, start: int, end: int) -> dict[Run, float]:
        """Requests a second that each application got in [start, end), on average."""
        found: dict[Run, float] = {}
        for flow in self.flows:
            for segment, begin, until in flow.during(start, end):
                share = (until - begin) / (end - start) * float(segment.stream.rate)
                for run, part in _parts(segment.stream.choice).items():
                    found[run] = found.get(run, 0.0) + share * part
        first = bisect_left(self.asked, start, key=lambda entry: entry[0])
        for t, met in self.asked[first:]:
            if t >= end:
                break
            if met.run is not None:
                found[met.run] = found.get(met.run, 0.0) + met.count * 1000 / (end - start)
        return found

    # --- target health ---------------------------------------------------------------------------

    def target_changed(self, detail: JSON) -> bool:
        """A target of a group shows another state, as the event log has it."""
        group, address = str(detail["group"]), (str(detail["ip"]), int(detail["port"]))
        gone = detail["state"] in ("draining", "gone")
        if not gone:
            self.behind[address] = group
        if not self._state_is(group, address, None if gone else str(detail["state"])):
            return False
        self._level(group)
        return True

    def _state_is(self, group: str, address: Address, state: str | None) -> bool:
        """Whether a target was in another state before, None being no target."""
        states, counts = self._states.setdefault(group, {}), self._counts.setdefault(group, Counter())
        before = states.pop(address, None)
        if before is not None:
            counts[before] -= 1
        if state is not None:
            states[address] = state
            counts[state] += 1
            self._registered.setdefault(address[0], {})[group, address] = None
        elif before is not None:
            del self._registered[address[0]][group, address]
        return state != before

    def _address_gone(self, ip: str) -> None:
        """Its task has ended: what was deregistered without a delay left no other sign."""
        gone = list(self._registered.pop(ip, ()))
        for group, address in gone:
            self._counts[group][self._states[group].pop(address)] -= 1
        for group in dict.fromkeys(group for group, _ in gone):
            self._level(group)

    def _level(self, group: str) -> None:
        counts = self._counts[group]
        level = Level(self._world.now, len(self._states[group]), counts["healthy"], counts["unhealthy"])
        levels = self.groups.setdefault(group, [])
        if levels and levels[-1].t == level.t:
            levels.pop()
        levels.append(level)
        _prune(levels, lambda entry: entry.t, self._world.now)
        users = cast(Balancers, self._world.elb).users_of(group)
        if users:
            self.users[group] = loadbalancer_dimension(users[0].arn)
        self.changed_at = self._world.now

    def levels(self, group: str, start: int, end: int) -> list[tuple[Level, int]]:
        """(level, ms for which it held) within [start, end)."""
        levels = self.groups.get(group, [])
        first = max(0, bisect_right(levels, start, key=lambda level: level.t) - 1)
        found = []
        for index in range(first, len(levels)):
            until = levels[index + 1].t if index + 1 < len(levels) else end
            held = min(until, end) - max(levels[index].t, start)
            if levels[index].t >= end:
                break
            if held > 0:
                found.append((levels[index], held))
        return found


def _parts(choice: Choice) -> dict[Run, float]:
    """Of all requests, the part that each application answers."""
    weights = sum(weight for weight, _ in choice.groups) or 1
    found: dict[Run, float] = {}
    for weight, slots in choice.groups:
        for slot in slots:
            if slot.application is not None:
                run = slot.application.run
                found[run] = found.get(run, 0.0) + weight / weights / len(slots)
    return found


def _prune(entries: list[Entry], time: Callable[[Entry], int], now: int) -> None:
    """Old entries go, a batch at a time."""
    if len(entries) > LIMIT:
        del entries[: LIMIT // 10]
    elif len(entries) > 1000 and time(entries[len(entries) // 10]) < now - KEPT:
        del entries[: len(entries) // 10]


def loadbalancer_dimension(arn: str) -> str:
    """`app/web-alb/50dc6c495c0c9188`"""
    return arn.rpartition(":loadbalancer/")[2]


def group_dimension(arn: str) -> str:
    """`targetgroup/web-tg/73e2d6bc24d8a067`"""
    return arn.rpartition(":")[2]


def balancer_name(name: str) -> str:
    """The dimension of the load balancer of this name, or empty."""
    found = next((b.arn for b in elbv2.backend().load_balancers.values() if b.name == name), "")
    return loadbalancer_dimension(found)
