"""Load balancers that behave: targets with health, requests routed, traffic counted.

Listeners, rules and target groups live in moto; who is registered and how healthy they are lives
here. Health is computed between changes: whoever changes something that a request can notice calls
`refresh`. It never reads the wall clock and sends no request anywhere.
"""

from collections.abc import Callable, Mapping, Sequence
from heapq import heappop, heappush
from typing import cast

from ecslab.cloud import elb_health as health
from ecslab.cloud.elb_connect import connect, turning_points
from ecslab.cloud.elb_front import Front
from ecslab.cloud.elb_health import Health, Outcome, Settings
from ecslab.cloud.elb_shift import rewritten
from ecslab.cloud.elb_targets import LINGERING, Target, is_routable
from ecslab.cloud.ports.api import JSON
from ecslab.cloud.ports.balancing import Forwarding, LoadBalancerAnswer, TargetGroup, TargetHealth
from ecslab.cloud.ports.world import World
from ecslab.cloud.seam import ec2, elbv2
from ecslab.cloud.seam.elbv2 import BalancerView, GroupView
from ecslab.cloud.timeline import Event
from ecslab.cloud.traffic import Traffic
from ecslab.cloud.vpc import Network

PROVISIONING = (60_000, 120_000)
REGISTRATION = (2_000, 5_000)
FIRST_CHECK = (1_000, 4_000)


class Balancers:
    def __init__(self, world: World, traffic: Sequence[JSON]) -> None:
        self._world = world
        self._targets: dict[str, dict[tuple[str, int], Target]] = {}
        self._behind: dict[str, list[Target]] = {}
        """Targets by address."""
        self._turning: list[tuple[int, int, Target]] = []
        """A heap of (when it behaves differently by itself, number, target); some are out of date."""
        self._turns_noted = 0
        self._groups: dict[str, GroupView] = {}
        self._users: dict[str, list[BalancerView]] = {}
        self._look_again: Event | None = None
        self.watchers: list[Callable[[], None]] = []
        """Called when whom clients meet may have changed, with the traffic up to then counted."""
        self.front = Front(world, self.targets_of)
        self.traffic = Traffic(world, traffic, self.front.choice)
        timeline = world.timeline
        timeline.on("elb-flip", lambda _, target: self._on_flip(target))
        timeline.on("elb-gone", lambda _, target: self._on_gone(target))
        timeline.on("elb-look", lambda _, __: self._on_look())
        timeline.on("elb-active", lambda arn, _: self._on_active(arn))

    # --- target groups and targets ---------------------------------------------------------------

    def target_group(self, arn: str) -> TargetGroup | None:
        view = elbv2.group(arn)
        if view is None:
            return None
        return TargetGroup(
            arn=view.arn,
            name=view.name,
            protocol=view.protocol,
            port=view.port,
            target_type=view.target_type,
            vpc_id=view.vpc_id,
            health_path=view.check_path,
            load_balancer_arns=tuple(elbv2.users_of(arn)),
        )

    def has_target_group(self, arn: str) -> bool:
        return elbv2.has_group(arn)

    def users_of(self, group_arn: str) -> Sequence[BalancerView]:
        """The load balancers that forward to the group, as they were looked at last."""
        return self._users.get(group_arn, ())

    def targets_of(self, group_arn: str) -> list[Target]:
        return list(self._targets.get(group_arn, {}).values())

    def find(self, group_arn: str, ip: str, port: int) -> Target | None:
        return self._targets.get(group_arn, {}).get((ip, port))

    def register(self, group_arn: str, ip: str, port: int, az: str, owner: str) -> None:
        if not elbv2.has_group(group_arn):
            return
        known = self.find(group_arn, ip, port)
        if known is not None and known.left is None:
            known.owner = owner or known.owner
            return
        if known is not None:
            self._forget(known)
        target = Target(group_arn, ip, port, az, owner)
        self._targets.setdefault(group_arn, {})[ip, port] = target
        self._behind.setdefault(ip, []).append(target)
        before = target.shown
        if group_arn in self._groups:
            self.refresh(ip)
        else:
            self.refresh()
        if target.shown == before:
            self._tell(target)

    def deregister(self, group_arn: str, ip: str, port: int) -> None:
        target = self.find(group_arn, ip, port)
        if target is None or target.left is not None:
            return
        group = elbv2.group(group_arn)
        delay = group.deregistration_delay if group else 0
        if target.health is None or delay == 0:
            self._cut_off(target)
            self._forget(target)
        else:
            now = self._world.now
            fewest = group.fewest if group else 1
            target.lingers = is_routable(target, self._targets[group_arn].values(), fewest)
            target.left = now
            target.turns = now + LINGERING
            self._world.timeline.cancel(target.flip)
            target.flip = None
            target.gone = self._world.timeline.at(now + delay, "elb-gone", target.key, target)
            self._tell(target)
        self._settled([], [target])

    def _cut_off(self, target: Target) -> None:
        """The deregistration delay is over: an Application Load Balancer answers 502 to what is under way
        ("Troubleshoot your Application Load Balancers", HTTP 502)."""
        if any(user.kind == "application" for user in self.users_of(target.group)):
            self.traffic.cut(target.ip, target.port)

    def health(self, group_arn: str, ip: str, port: int) -> TargetHealth | None:
        target = self.find(group_arn, ip, port)
        return target.shown if target is not None else None

    def forwarding(self, arn: str) -> Forwarding | None:
        found = elbv2.actions_of(arn)
        if found is None:
            return None
        listener, whole, actions = found
        return Forwarding(arn, listener, whole, dict(elbv2.forwards(actions)))

    def reweigh(self, arn: str, weights: Mapping[str, int]) -> None:
        found = elbv2.actions_of(arn)
        if found is not None:
            elbv2.set_actions(arn, rewritten(found[2], weights))
            self.refresh()

    def _forget(self, target: Target) -> None:
        self._world.timeline.cancel(target.flip)
        self._world.timeline.cancel(target.gone)
        target.turns = None
        here = self._behind.get(target.ip, [])
        if target in here:
            here.remove(target)
            if not here:
                del self._behind[target.ip]
        group = self._targets.get(target.group, {})
        if group.get((target.ip, target.port)) is target:
            del group[target.ip, target.port]

    # --- looking ---------------------------------------------------------------------------------

    def refresh(self, *addresses: str) -> None:
        if addresses:
            if not self._behind.keys().isdisjoint(addresses):
                here = [target for address in addresses for target in self._behind.get(address, ())]
                self._look_at([target for target in here if self._differs(target, False)])
            return
        fresh = self._read()
        for arn in [arn for arn in self._targets if arn not in self._groups]:
            for target in self.targets_of(arn):
                self._forget(target)
            del self._targets[arn]
        due = [t for targets in self._targets.values() for t in targets.values() if self._differs(t, fresh)]
        self._look_at(due, fresh)

    def _look_at(self, due: Sequence[Target], fresh: bool = False) -> None:
        changed = [target for target in due if self._look(target)]
        if fresh or due:
            self._settled(changed, due)

    def _read(self) -> bool:
        """Takes listeners, target groups and packet filters as they stand; whether they are others."""
        network = cast(Network, self._world.vpc).refresh()
        balancers, groups = elbv2.balancers(), elbv2.groups()
        front = self.front.read(balancers, groups)
        if not (network or front):
            return False
        self._groups = groups
        self._users = {}
        for balancer in balancers:
            for listener in balancer.listeners:
                for rule in listener.rules:
                    for arn, _ in elbv2.forwards(rule.actions):
                        users = self._users.setdefault(arn, [])
                        if balancer not in users:
                            users.append(balancer)
        return True

    def _differs(self, target: Target, fresh: bool) -> bool:
        """Whether a target must be looked at: what is in front of it, behind it or due has changed."""
        applications = self._world.ecs.applications(target.ip)
        behind: object
        if applications:
            behind = (*applications, ec2.groups_of(applications[0].eni_id))
        else:
            behind = ec2.interface_at(self._groups[target.group].vpc_id, target.ip)
        turned = target.turns is not None and target.turns <= self._world.now
        if not (fresh or turned or target.seen is None or behind != target.seen):
            return False
        target.seen = behind
        target.slots.clear()
        return True

    def _look(self, target: Target) -> bool:
        """Brings one target up to now and to how things are; whether what it shows has changed."""
        if target.left is not None:
            if not target.lingers_at(self._world.now):
                target.turns = None
            return False
        before = target.shown
        if target.health is not None:
            target.health.settle(self._world.now)
        group = self._groups[target.group]
        target.unused = self._why_unused(group, target)
        if target.unused is not None:
            target.health = None
            target.turns = None
        else:
            self._check(group, target)
        self._turned(target, before)
        self._schedule(target)
        return target.shown != before

    def _why_unused(self, group: GroupView, target: Target) -> TargetHealth | None:
        users = self.users_of(group.arn)
        if not users:
            return health.NOT_USED
        if target.az not in ("", "all") and not any(target.az in user.zones for user in users):
            return health.ZONE_NOT_ENABLED
        state = ec2.instance_state(target.ip) if target.ip.startswith("i-") else "running"
        return None if state == "running" else health.not_running(state)

    def _check(self, group: GroupView, target: Target) -> None:
        now = self._world.now
        settings = Settings(group.interval, group.timeout, group.healthy, group.unhealthy)
        outcome = self._outcome(group, target)
        if target.health is None:
            draw = self._world.draws.integer
            ready = now + draw(*REGISTRATION, "elb-register", target.key, now)
            first = ready + draw(*FIRST_CHECK, "elb-first", target.key, now)
            target.health = Health(settings, outcome, registered=ready, next_check=first)
        else:
            if target.health.settings != settings:
                target.health.reschedule(settings, now)
            target.health.outcome = outcome

    def _turned(self, target: Target, before: TargetHealth) -> None:
        group, now = self._groups[target.group], self._world.now
        target.turned(before, group, self.targets_of(target.group), now)
        if target.health is not None:
            points = [*turning_points(self._world, target.ip), *target.own_turns(group, now)]
            target.turns = min(points, default=None)

    def _outcome(self, group: GroupView, target: Target) -> Outcome:
        port = int(group.check_port) if group.check_port.isdigit() else target.port
        balancer = self._users[group.arn][0]
        reply = connect(
            self._world, balancer, group, target.ip, port, group.check_path, protocol=group.check_protocol
        )
        if reply.kind in ("refused", "reset"):
            return Outcome("refused")
        if group.check_protocol not in ("HTTP", "HTTPS") and reply.kind != "blocked":
            return Outcome("ok")
        if reply.kind != "status" or reply.answer.latency >= group.timeout:
            return Outcome("timeout", takes=group.timeout)
        takes = max(1, reply.answer.latency)
        if health.matches(group.matcher, reply.answer.status):
            return Outcome("ok", takes=takes)
        return Outcome("code", reply.answer.status, takes)

    def _schedule(self, target: Target) -> None:
        due = target.health.next_change() if target.health is not None else None
        if target.flip is not None:
            if not target.flip.cancelled and target.flip.time == due:
                return
            self._world.timeline.cancel(target.flip)
        target.flip = None
        if due is not None:
            target.flip = self._world.timeline.at(max(due, self._world.now), "elb-flip", target.key, target)

    def _settled(self, changed: Sequence[Target], seen: Sequence[Target] = ()) -> None:
        """Everything is consistent again: counts traffic, plans the next look, tells ECS."""
        for target in seen or changed:
            if target.turns is not None:
                self._turns_noted += 1
                heappush(self._turning, (target.turns, self._turns_noted, target))
        self.front.forget()
        self.traffic.changed()
        for watcher in self.watchers:
            watcher()
        self._plan_next_look()
        for target in changed:
            self._tell(target)
        for target in changed:
            if self.find(target.group, target.ip, target.port) is target:
                self._world.ecs.target_changed(target.group, target.ip, target.port)

    def set_rate(self, name: str, port: int, path: str, rate: float) -> None:
        """The world's own clients send more or less from now on."""
        self._settled([])
        self.traffic.set_rate(name, port, path, rate)
        self._settled([])

    def _plan_next_look(self) -> None:
        heap = self._turning
        while heap and (heap[0][0] <= self._world.now or heap[0][2].turns != heap[0][0]):
            heappop(heap)
        due = heap[0][0] if heap else None
        known = self._look_again
        if known is not None and not known.cancelled and known.time == due and due is not None:
            return
        self._world.timeline.cancel(known)
        self._look_again = self._world.timeline.at(due, "elb-look", "all") if due is not None else None

    def _tell(self, target: Target) -> None:
        group = self._groups.get(target.group)
        name = group.name if group else target.group
        shown = target.shown
        why = f" ({shown.reason}: {shown.description})" if shown.reason else ""
        self._world.record(
            "target",
            name,
            f"{target.ip}:{target.port} is {shown.state}{why}",
            group=target.group,
            ip=target.ip,
            port=target.port,
            state=shown.state,
            reason=shown.reason,
            task=target.owner or None,
        )
        self._world.touch()

    # --- events ----------------------------------------------------------------------------------

    def _on_flip(self, target: Target) -> None:
        target.flip = None
        if target.health is None or target.left is not None:
            return
        before = target.shown
        changed = target.health.settle(self._world.now)
        self._schedule(target)
        if changed:
            self._turned(target, before)
            self._settled([target])

    def _on_gone(self, target: Target) -> None:
        self._cut_off(target)
        self._forget(target)
        self._settled([])
        self._world.touch()

    def _on_look(self) -> None:
        self._look_again = None
        self._look_at([t for ts in self._targets.values() for t in ts.values() if self._differs(t, False)])
        self._plan_next_look()
        self._world.touch()

    def _on_active(self, arn: str) -> None:
        elbv2.activate(arn)
        self._world.touch()

    # --- load balancers --------------------------------------------------------------------------

    def provision(self, arn: str) -> bool:
        if self._world.now == 0:
            return True
        wait = self._world.draws.integer(*PROVISIONING, "elb-provision", arn)
        self._world.timeline.at(self._world.now + wait, "elb-active", arn)
        return False

    def balancer_at(self, host: str) -> str | None:
        return self.front.balancer_at(host)

    def request(
        self,
        arn: str,
        port: int,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        secure: bool = False,
    ) -> LoadBalancerAnswer | None:
        return self.front.request(arn, port, method, path, headers, secure=secure)

    def protocol_at(self, arn: str, port: int) -> str | None:
        return self.front.protocol_at(arn, port)

    def probe(self, name: str, port: int, path: str) -> JSON:
        statuses = self.front.statuses(name, port, path)
        requests, failed = self.traffic.sums(name, port, path)
        return {
            "status": max(statuses, default=None),
            "statuses": sorted(statuses),
            "failed": failed,
            "requests": requests,
        }

    def busy(self) -> bool:
        return any(stream.rate for stream in self.traffic.streams)

    def snapshot(self) -> JSON:
        groups = [
            {
                "name": group.name,
                "arn": group.arn,
                "port": group.port,
                "protocol": group.protocol,
                "health_path": group.check_path,
                "targets": [target.snapshot() for target in self.targets_of(group.arn)],
            }
            for group in elbv2.groups().values()
        ]
        return {
            "load_balancers": self.front.snapshot(),
            "target_groups": groups,
            "traffic": self.traffic.snapshot(),
        }
