"""A world: template, images, seed and journal made into something that behaves.

It builds itself from its document, goes to a simulated time playing what happens on the way, and plays
inputs. It never reads the wall clock and never talks to a client; replaying the same inputs at the
same stamps gives the same answers, byte for byte.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import time_machine

from ecslab.cloud import faults, probes
from ecslab.cloud.autoscaling import AutoScaling
from ecslab.cloud.decisions import Decisions
from ecslab.cloud.draws import Draws
from ecslab.cloud.ecs.plane import EcsPlane
from ecslab.cloud.elb import Balancers
from ecslab.cloud.iam import Identity
from ecslab.cloud.logs import LogStore
from ecslab.cloud.metrics import Metrics
from ecslab.cloud.ports.api import JSON
from ecslab.cloud.ports.balancing import Elb, LoadBalancerAnswer
from ecslab.cloud.ports.ecs import Ecs
from ecslab.cloud.ports.identity import Iam, Secrets
from ecslab.cloud.ports.images import Registry
from ecslab.cloud.ports.logs import Logs
from ecslab.cloud.ports.metrics import Metrics as MetricsPort
from ecslab.cloud.ports.metrics import Scaling
from ecslab.cloud.ports.network import Vpc
from ecslab.cloud.ports.world import Happening, Source
from ecslab.cloud.refusals import Refusals
from ecslab.cloud.registry import ImageRegistry
from ecslab.cloud.seam import binding, calls, install, template
from ecslab.cloud.seam.dispatch import Dispatcher, HttpAnswer
from ecslab.cloud.seam.operations import Operation
from ecslab.cloud.seam.stack_plays import Stacks
from ecslab.cloud.secrets import SecretVault
from ecslab.cloud.timeline import Timeline
from ecslab.cloud.vpc import Network

ALLOWANCE = 15 * 60_000
"""Simulated ms that a change may play out fast, unless the document says otherwise."""

EVENTS_KEPT = 5_000

SECOND_NS = 1_000_000_000
DAY_NS = 86_400 * SECOND_NS


class Frozen:
    """The process's wall clock, held at a simulated instant."""

    def __init__(self, seconds: float) -> None:
        self.traveller = time_machine.travel(seconds, tick=False)
        self.coordinates = self.traveller.start()
        self._ns = round(seconds * SECOND_NS)

    def move(self, seconds: float) -> None:
        """A short way forward is a shift, which costs a fifth of `move_to` and gets to the same nanosecond."""
        ns = round(seconds * SECOND_NS)
        step = ns - self._ns
        if 0 <= step <= DAY_NS:
            self.coordinates.shift(step / SECOND_NS)
        else:
            self.coordinates.move_to(seconds, tick=False)
        self._ns = ns

    def thaw(self) -> None:
        self.traveller.stop()


@dataclass
class Observed:
    """What the checks have read so far: (time, value) for each probe, only where the value changed."""

    values: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)

    def note(self, probe: str, t: int, value: Any) -> None:
        known = self.values.setdefault(probe, [])
        if known and judged(known[-1][1]) == judged(value):
            return
        if known and known[-1][0] == t:
            known.pop()
            if known and judged(known[-1][1]) == judged(value):
                return
        known.append((t, value))


def judged(value: Any) -> Any:
    """What of a value a check can turn on: that customers sent more requests is no news by itself."""
    if isinstance(value, dict) and "requests" in value:
        return {key: part for key, part in value.items() if key != "requests"}
    return value


class World:
    """See `ports.world.World` for what the parts use of it. One process has one world at a time."""

    def __init__(self, document: JSON, dispatcher: Dispatcher | None = None) -> None:
        self.document = document
        self.seed = int(document["seed"])
        self.region = str(document["region"])
        self.account = str(document["account"])
        self.epoch_ms = int(document["epoch_ms"])
        self.allowance = int(document.get("allowance", ALLOWANCE))
        self.now = 0
        self.begun = 0
        self.changes = 0
        """Changing inputs played so far: what request draws are keyed by."""
        self.version = 0
        """Goes up whenever something a check or the screen reads may have changed."""
        self.hooks: Mapping[str, JSON] = document.get("hooks", {})
        self.events: list[Happening] = []
        self.observed = Observed()
        self._happened = 0
        self._observed_version = -1
        self._observing = False
        self.draws = Draws(self.seed)
        self.decisions = Decisions(lambda: self.dispatcher.changes)
        self._seen = probes.Seen()
        self.timeline = Timeline()
        install.install()
        install.reset()
        binding.bind(self)
        self._frozen = Frozen(self.epoch_seconds())
        self.dispatcher = dispatcher or Dispatcher()
        self.vpc: Vpc = Network(self)
        self.iam: Iam = Identity(self)
        self.refusals = Refusals(self)
        self.secrets: Secrets = SecretVault(self)
        self.logs: Logs = LogStore(self)
        self._images = ImageRegistry(self, document.get("images", {}), document.get("repositories", []))
        self.registry: Registry = self._images
        self.elb: Elb = Balancers(self, document.get("traffic", []))
        self.ecs: Ecs = EcsPlane(self)
        self._metrics = Metrics(self, self.epoch_ms)
        self.metrics: MetricsPort = self._metrics
        self._scaling = AutoScaling(self, self._metrics.alarms, self.epoch_ms)
        self.scaling: Scaling = self._scaling
        self.stacks = Stacks(self)

    def close(self) -> None:
        """Gives the wall clock back. The world is not used afterwards."""
        self._frozen.thaw()
        binding.bind(None)

    # --- building --------------------------------------------------------------------------------

    def build(self) -> None:
        """The template, the images, then the world's own past: steady, its faults, settled."""
        template.create_learner(self)
        template.create_stack(self)
        # moto makes the default VPC when EC2 is first asked: here, so that no read of a client decides its ids.
        calls.read(self, "ec2", "DescribeVpcs", {})
        self._images.seed()
        self.elb.refresh()
        self.run_until_steady(self.now + 60 * 60_000)
        self.advance_to(self.now + int(self.document.get("before", 0)))
        for fault in self.document.get("then", []):
            self._play_fault(fault)
        self.advance_to(self.now + int(self.document.get("settle", 0)))
        self.begun = self.now
        self._metrics.begin()
        self._observing = bool(self.document.get("probes"))
        self.touch()
        self._observe()

    # --- time ------------------------------------------------------------------------------------

    def epoch_seconds(self, t: int | None = None) -> float:
        return (self.epoch_ms + (self.now if t is None else t)) / 1000

    def advance_to(self, t: int) -> None:
        """Plays everything due up to and including `t`. Never goes back."""
        timeline = self.timeline
        self.decisions.catch_up()
        try:
            while (event := timeline.pop(t)) is not None:
                if event.time != self.now:
                    self._go(event.time)
                self.decisions.before(event.kind)
                timeline.play(event)
                following = timeline.next_time()
                if following is None or following > self.now:
                    self._observe()
        finally:
            self.decisions.end()
        self._go(max(t, self.now))

    def steady(self) -> bool:
        return (
            self.ecs.steady()
            and not self.stacks.busy()
            and not any(
                target["state"] == "initial"
                for group in self.elb.snapshot()["target_groups"]
                for target in group["targets"]
            )
        )

    def run_until_steady(self, limit: int) -> bool:
        """Advances event by event until the world is steady; at `limit` it gives up."""
        while not self.steady():
            due = self.timeline.next_time()
            if due is None or due > limit:
                self.advance_to(limit)
                return self.steady()
            self.advance_to(due)
        return True

    def _go(self, t: int) -> None:
        self.now = t
        self._frozen.move((self.epoch_ms + t) / 1000)

    # --- inputs ----------------------------------------------------------------------------------

    def request(
        self, operation: Operation, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> HttpAnswer:
        """One AWS API request at the present time."""
        draw = (self.seed, "input", self.changes)
        answer = self.refusals.refusal(operation, method, path, headers, body)
        if answer is None:
            answer = self.dispatcher.call(operation, method, path, headers, body, draw=draw)
        if operation.changes:
            self.changes += 1
            if operation.service != "logs":
                self.elb.refresh()
            self.touch()
            self._observe()
        return answer

    def browse(
        self,
        balancer: str,
        port: int,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        *,
        secure: bool = False,
    ) -> LoadBalancerAnswer | None:
        """One request of a client to a load balancer, an input too: it counts and takes time."""
        self.changes += 1
        answer = self.elb.request(balancer, port, method, path, headers, body, secure=secure)
        if answer is not None:
            self._metrics.browsed(balancer, answer)
        self.touch()
        return answer

    def fault(self, fault: JSON) -> None:
        self.changes += 1
        self._play_fault(fault)
        self.touch()
        self._observe()

    def _play_fault(self, fault: JSON) -> None:
        faults.play(self, fault)
        self.decisions.forget()
        self.elb.refresh()

    # --- what is seen ----------------------------------------------------------------------------

    def record(self, source: Source, subject: str, message: str, **detail: Any) -> None:
        self._happened += 1
        self.events.append(Happening(self._happened, self.now, source, subject, message, detail))
        if len(self.events) > EVENTS_KEPT:
            del self.events[: EVENTS_KEPT // 10]
        self._metrics.happened(source, subject, detail)
        self._scaling.happened(source)
        self.stacks.happened(source)
        self.version += 1

    def touch(self) -> None:
        self.version += 1

    def _observe(self) -> None:
        """Reads the probes where something may have changed since they were read last."""
        if not self._observing or self._observed_version == self.version:
            return
        before = self.version
        look = probes.Look(self, self._seen)
        for probe in self.document["probes"]:
            self.observed.note(probe["id"], self.now, look.read(probe))
        self.version = before
        self._observed_version = before

    def unobserved(self) -> None:
        """From now on nobody keeps what the probes read: for a fork, which is asked at its end only."""
        self._observing = False

    def snapshot(self) -> JSON:
        return {
            **self.ecs.snapshot(),
            **self.elb.snapshot(),
            "alarms": self.metrics.snapshot(),
            "scaling": self.scaling.snapshot(),
        }
