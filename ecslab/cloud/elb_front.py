"""The front of the load balancers: from a client's request to an answer, and what clients would get.

It reads listeners and rules as values and asks who can be routed to; it changes nothing but the turn
of the round robin.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import cast

from ecslab.cloud import elb_routing as routing
from ecslab.cloud.elb_connect import connect
from ecslab.cloud.elb_routing import Made, Request
from ecslab.cloud.elb_targets import Target, routable
from ecslab.cloud.elb_turns import turns, warmth
from ecslab.cloud.elb_visit import Visit
from ecslab.cloud.ports.api import JSON
from ecslab.cloud.ports.balancing import LoadBalancerAnswer
from ecslab.cloud.ports.ecs import Application
from ecslab.cloud.ports.world import World
from ecslab.cloud.seam import elbv2
from ecslab.cloud.seam.elbv2 import BalancerView, GroupView, ListenerView
from ecslab.cloud.traffic import Choice, Slot
from ecslab.cloud.vpc import Network
from ecslab.cloud.vpc_rules import CLIENT

NOWHERE = Choice(((1, (Slot(0),)),))


@dataclass(frozen=True)
class Chosen:
    """The target that a request was sent to."""

    ip: str
    port: int
    application: Application | None
    answered: bool
    """The client got the target's own answer."""


class Front:
    def __init__(self, world: World, targets_of: Callable[[str], list[Target]]) -> None:
        self._world = world
        self._targets_of = targets_of
        self._balancers: list[BalancerView] = []
        self._groups: dict[str, GroupView] = {}
        self._doors: dict[tuple[str, int], bool] = {}
        """Whether the internet gets through to (load balancer, port)."""
        self._turns: dict[str, int] = {}
        self._choices: dict[tuple[str, int, str], Choice] = {}
        self.chosen: Chosen | None = None
        """By the last request; None when it came to no target."""

    def read(self, balancers: list[BalancerView], groups: dict[str, GroupView]) -> bool:
        """Takes listeners and target groups as they stand; whether clients meet anything else now."""
        doors = {
            (balancer.arn, listener.port): self._is_open(balancer, listener.port)
            for balancer in balancers
            for listener in balancer.listeners
        }
        if (balancers, groups, doors) == (self._balancers, self._groups, self._doors):
            return False
        self._balancers, self._groups, self._doors = balancers, groups, doors
        self.forget()
        return True

    def _is_open(self, balancer: BalancerView, port: int) -> bool:
        """Whether packets of clients on the internet get to the load balancer."""
        network = cast(Network, self._world.vpc)
        unfiltered = balancer.kind != "application" and not balancer.groups
        return (
            balancer.scheme == "internet-facing"
            and (unfiltered or network.admits_public(balancer.groups, port))
            and any(map(network.is_public, balancer.subnets))
        )

    def forget(self) -> None:
        """Something has changed: what clients would get is looked up anew."""
        self._choices.clear()

    def balancer_at(self, host: str) -> str | None:
        wanted = host.partition(":")[0].rstrip(".").lower()
        return next((b.arn for b in elbv2.balancers() if b.dns.lower() == wanted), None)

    def _listener(self, balancer: BalancerView, port: int) -> ListenerView | None:
        """The listener a client of the internet gets a connection to."""
        if not self._doors.get((balancer.arn, port)):
            return None
        return next(listener for listener in balancer.listeners if listener.port == port)

    def protocol_at(self, arn: str, port: int) -> str | None:
        """The protocol of the listener that a client of the internet meets there."""
        balancer = next((b for b in self._balancers if b.arn == arn), None)
        listener = self._listener(balancer, port) if balancer is not None else None
        return listener.protocol if listener is not None else None

    # --- one request -----------------------------------------------------------------------------

    def request(
        self, arn: str, port: int, method: str, target: str, headers: Mapping[str, str], *, secure: bool
    ) -> LoadBalancerAnswer | None:
        self.chosen = None
        balancer = next((b for b in self._balancers if b.arn == arn), None)
        listener = self._listener(balancer, port) if balancer is not None else None
        if balancer is None or listener is None:
            return None
        lowered = {name.lower(): value for name, value in headers.items()}
        request = Request(method, target, lowered, port, CLIENT, secure)
        if listener.protocol == "HTTPS" and not secure:
            made = routing.error(400, "The plain HTTP request was sent to HTTPS port")
            return self._finished(made, 1)
        action = routing.final_action(routing.rule_for(listener, request))
        kind = action.get("Type")
        if kind == "fixed-response":
            return self._finished(routing.fixed(action), 1)
        if kind == "redirect":
            return self._finished(routing.redirect(action, listener, request), 1)
        return self._forward(balancer, action, request)

    def _turn(self, key: str) -> int:
        turn = self._turns.get(key, 0)
        self._turns[key] = turn + 1
        return turn

    def _forward(self, balancer: BalancerView, action: JSON, request: Request) -> LoadBalancerAnswer:
        raw = balancer.kind == "network"
        weighted = [(arn, weight) for arn, weight in elbv2.forwards([action]) if weight > 0]
        visit = Visit(self._world, action, request)
        group = self._groups.get(visit.group() or self._next_group(weighted))
        candidates = routable(self._targets_of(group.arn), self._world.now, group.fewest) if group else []
        if group is None or not candidates:
            return self._finished(routing.unconnected() if raw else routing.error(503), 1)
        target = visit.target(group, candidates) or self._next_target(group, candidates)
        reply = connect(self._world, balancer, group, target.ip, target.port, request.target, request.method)
        elapsed = reply.elapsed(balancer.idle_timeout)
        status = reply.status(balancer.idle_timeout)
        answered = reply.kind == "status" and status == reply.answer.status
        self.chosen = Chosen(target.ip, target.port, reply.application, answered)
        if not answered:
            return self._finished(routing.unconnected(status) if raw else routing.error(status), elapsed)
        answer = reply.answer
        more = (("Content-Type", answer.content_type), *visit.cookies(group, target, answer))
        return self._finished(Made(status, more, answer.body.encode()), elapsed)

    def _next_group(self, weighted: list[tuple[str, int]]) -> str:
        order = turns(tuple(weight for _, weight in weighted))
        turn = self._turn("|".join(["groups", *(arn for arn, _ in weighted)]))
        return weighted[order[turn % len(order)]][0] if order else ""

    def _next_target(self, group: GroupView, candidates: list[Target]) -> Target:
        order = self._order(group, candidates)
        return order[self._turn(group.arn) % len(order)]

    def _order(self, group: GroupView, targets: list[Target]) -> list[Target]:
        """Who is met one after the other: those that warm up less often."""
        now = self._world.now
        shares = [warmth(t.warm_since, now, group.slow_start) for t in targets]
        return [targets[index] for index in turns(tuple(shares))]

    def _finished(self, made: Made, elapsed: int) -> LoadBalancerAnswer:
        date = formatdate(self._world.epoch_seconds(self._world.now + elapsed), usegmt=True)
        return LoadBalancerAnswer(made.status, (("Date", date), *made.headers), made.body, elapsed)

    # --- what clients would get ------------------------------------------------------------------

    def choice(self, name: str, port: int, path: str) -> Choice:
        key = (name, port, path)
        if key not in self._choices:
            self._choices[key] = self._choose(name, port, path)
        return self._choices[key]

    def _choose(self, name: str, port: int, path: str) -> Choice:
        balancer = next((b for b in self._balancers if b.name == name), None)
        listener = self._listener(balancer, port) if balancer is not None else None
        if balancer is None or listener is None:
            return NOWHERE
        request = Request("GET", path, {"host": balancer.dns}, port, CLIENT)
        action = routing.final_action(routing.rule_for(listener, request))
        if action.get("Type") == "fixed-response":
            return Choice(((1, (Slot(routing.fixed(action).status),)),))
        if action.get("Type") == "redirect":
            return Choice(((1, (Slot(routing.redirect(action, listener, request).status),)),))
        weighted = [(arn, weight) for arn, weight in elbv2.forwards([action]) if weight > 0]
        if not weighted:
            return Choice(((1, (Slot(503),)),))
        return Choice.of([(weight, self._slots(balancer, arn, path)) for arn, weight in weighted])

    def _slots(self, balancer: BalancerView, group_arn: str, path: str) -> list[Slot]:
        group = self._groups.get(group_arn)
        if group is None:
            return [Slot(503)]
        here = routable(self._targets_of(group_arn), self._world.now, group.fewest)
        chosen = self._order(group, here)
        return [self._slot(balancer, group, target, path) for target in chosen] or [Slot(503)]

    def _slot(self, balancer: BalancerView, group: GroupView, target: Target, path: str) -> Slot:
        key = (balancer.arn, path)
        if key not in target.slots:
            reply = connect(self._world, balancer, group, target.ip, target.port, path)
            status = reply.status(balancer.idle_timeout)
            target.slots[key] = Slot(status, reply.answer.latency, target.ip, target.port, reply.application)
        return target.slots[key]

    def statuses(self, name: str, port: int, path: str) -> set[int]:
        """The statuses a client may get now; none when there is nobody to connect to."""
        return {slot.status for slot in self.choice(name, port, path).slots() if slot.status}

    def snapshot(self) -> list[JSON]:
        return [self._show(balancer) for balancer in self._balancers]

    def _show(self, balancer: BalancerView) -> JSON:
        listeners = [
            {
                "port": listener.port,
                "protocol": listener.protocol,
                "answers": max(self.statuses(balancer.name, listener.port, "/"), default=None),
                "rules": [
                    {
                        "priority": "default" if rule.is_default else str(rule.priority),
                        "conditions": routing.describe_conditions(rule),
                        "target_groups": [arn for arn, _ in elbv2.forwards(rule.actions)],
                    }
                    for rule in listener.rules
                ],
            }
            for listener in balancer.listeners
        ]
        return {
            "name": balancer.name,
            "arn": balancer.arn,
            "dns": balancer.dns,
            "state": balancer.state,
            "listeners": listeners,
            "answers": listeners[0]["answers"] if listeners else None,
        }
