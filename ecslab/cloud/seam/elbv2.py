"""moto's ELBv2: plain views of load balancers, listeners, rules and target groups.

Targets are not here: who is registered, and how healthy, is kept by `ecslab.cloud.elb`. What moto's
classes do differently is in `elbv2_overrides.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from moto.elbv2.models import ELBv2Backend, FakeLoadBalancer, FakeTargetGroup, elbv2_backends

from ecslab.cloud.ports.api import JSON
from ecslab.cloud.seam.ec2 import held

DEFAULT_IDLE_TIMEOUT = 60
DAY = 86_400
UNHEALTHY = "target_health_state.unhealthy"
"""Attributes of target groups of Network Load Balancers begin with this."""
ROUTING = "target_group_health.unhealthy_state_routing.minimum_healthy_targets"
LAST = 1 << 30
"""Where the default rule comes among the priorities."""


@dataclass(frozen=True)
class RuleView:
    arn: str
    priority: int
    conditions: tuple[JSON, ...]
    actions: tuple[JSON, ...]

    @property
    def is_default(self) -> bool:
        return self.priority == LAST


@dataclass(frozen=True)
class ListenerView:
    arn: str
    port: int
    protocol: str
    rules: tuple[RuleView, ...]
    """In the order in which they are tried, the default one last."""


@dataclass(frozen=True)
class BalancerView:
    arn: str
    name: str
    dns: str
    kind: str
    scheme: str
    state: str
    groups: tuple[str, ...]
    subnets: tuple[str, ...]
    zones: frozenset[str]
    idle_timeout: int
    """ms"""
    listeners: tuple[ListenerView, ...]


@dataclass(frozen=True)
class GroupView:
    arn: str
    name: str
    protocol: str
    port: int
    target_type: str
    vpc_id: str
    check_protocol: str
    check_port: str
    """A number, or `traffic-port`."""
    check_path: str
    checks: bool
    interval: int
    """ms"""
    timeout: int
    """ms"""
    healthy: int
    unhealthy: int
    matcher: str
    deregistration_delay: int
    """ms"""
    slow_start: int = 0
    """ms"""
    stickiness: str = ""
    """`lb_cookie` or `app_cookie`; empty: off."""
    sticky_for: int = 0
    """ms"""
    sticky_cookie: str = ""
    """Of the application."""
    fewest: int = 1
    """With fewer healthy targets than that, requests go to all."""
    unhealthy_draining: int = 0
    """ms that connections to a target live on when it turns unhealthy (Network Load Balancers)."""


def backend() -> ELBv2Backend:
    return held(elbv2_backends)


def forwards(actions: Iterable[JSON]) -> list[tuple[str, int]]:
    """(target group, weight) of the forward actions."""
    found: list[tuple[str, int]] = []
    for action in actions:
        if action.get("Type") != "forward":
            continue
        weighted = (action.get("ForwardConfig") or {}).get("TargetGroups") or []
        if weighted:
            found += [(str(w["TargetGroupArn"]), int(w.get("Weight", 1))) for w in weighted]
        elif action.get("TargetGroupArn"):
            found.append((str(action["TargetGroupArn"]), 1))
    return found


def _rules(listener: Any) -> tuple[RuleView, ...]:
    views = [
        RuleView(
            arn=rule.arn,
            priority=LAST if rule.is_default else int(rule.priority),
            conditions=tuple(rule.conditions or ()),
            actions=tuple(action.data for action in rule.actions),
        )
        for rule in listener.rules.values()
    ]
    return tuple(sorted(views, key=lambda rule: rule.priority))


def _balancer(found: FakeLoadBalancer) -> BalancerView:
    listeners = [
        ListenerView(listener.arn, int(listener.port), listener.protocol, _rules(listener))
        for listener in found.listeners.values()
    ]
    return BalancerView(
        arn=found.arn,
        name=found.name,
        dns=found.dns_name,
        kind=found.type,
        scheme=found.scheme or "internet-facing",
        state=found.state,
        groups=tuple(found.security_groups or ()),
        subnets=tuple(subnet.id for subnet in found.subnets),
        zones=frozenset(subnet.availability_zone for subnet in found.subnets),
        idle_timeout=int(found.attrs.get("idle_timeout.timeout_seconds", DEFAULT_IDLE_TIMEOUT)) * 1000,
        listeners=tuple(listeners),
    )


def balancers() -> list[BalancerView]:
    return [_balancer(found) for found in backend().load_balancers.values()]


def _group(found: FakeTargetGroup) -> GroupView:
    matcher = getattr(found, "matcher", None) or {}
    return GroupView(
        arn=found.arn,
        name=found.name,
        protocol=found.protocol or "",
        port=int(found.port or 0),
        target_type=found.target_type,
        vpc_id=found.vpc_id or "",
        check_protocol=found.health_check_protocol or "HTTP",
        check_port=str(found.health_check_port or "traffic-port"),
        check_path=found.health_check_path or "/",
        checks=str(found.health_check_enabled).lower() != "false",
        interval=int(found.health_check_interval_seconds) * 1000,
        timeout=int(found.health_check_timeout_seconds) * 1000,
        healthy=int(found.healthy_threshold_count),
        unhealthy=int(found.unhealthy_threshold_count),
        matcher=str(matcher.get("HttpCode") or "200"),
        deregistration_delay=int(found.attributes.get("deregistration_delay.timeout_seconds", 300)) * 1000,
        **_sessions(found.attributes),
    )


def _sessions(attributes: dict[str, Any]) -> dict[str, Any]:
    """How a target group keeps clients with targets, warms targets up and lets them go."""
    on = str(attributes.get("stickiness.enabled")).lower() == "true"
    kind = str(attributes.get("stickiness.type") or "lb_cookie") if on else ""
    ends_at_once = str(attributes.get(f"{UNHEALTHY}.connection_termination.enabled", "true")).lower()
    lives_on = int(attributes.get(f"{UNHEALTHY}.draining_interval_seconds", 0))
    return {
        "slow_start": int(attributes.get("slow_start.duration_seconds", 0)) * 1000,
        "stickiness": kind,
        "sticky_for": int(attributes.get(f"stickiness.{kind}.duration_seconds", DAY)) * 1000,
        "sticky_cookie": str(attributes.get("stickiness.app_cookie.cookie_name", "")),
        "fewest": int(fewest) if (fewest := str(attributes.get(f"{ROUTING}.count"))).isdigit() else 1,
        "unhealthy_draining": lives_on * 1000 if ends_at_once == "false" else 0,
    }


def groups() -> dict[str, GroupView]:
    return {arn: _group(found) for arn, found in backend().target_groups.items()}


def has_group(arn: str) -> bool:
    return arn in backend().target_groups


def group(arn: str) -> GroupView | None:
    found = backend().target_groups.get(arn)
    return _group(found) if found else None


def users_of(group_arn: str) -> list[str]:
    """Load balancers of which a listener or rule forwards to the group."""
    return [
        found.arn
        for found in backend().load_balancers.values()
        if any(
            group_arn == target
            for listener in found.listeners.values()
            for rule in listener.rules.values()
            for target, _ in forwards(action.data for action in rule.actions)
        )
    ]


def actions_of(arn: str) -> tuple[str, bool, list[JSON]] | None:
    """(listener, whether it is its default action, actions) of a rule, or of a Network Load Balancer's listener."""
    for found in backend().load_balancers.values():
        for listener in found.listeners.values():
            for rule in listener.rules.values():
                if arn == rule.arn or (arn == listener.arn and rule.is_default):
                    return listener.arn, bool(rule.is_default), [action.data for action in rule.actions]
    return None


def set_actions(arn: str, actions: list[JSON]) -> None:
    listener, whole, _ = actions_of(arn) or ("", False, [])
    if whole:
        backend().modify_listener(listener, None, None, None, [], actions)
    elif listener:
        backend().modify_rule(arn, [], actions)


def rename(owner: ELBv2Backend, balancer: FakeLoadBalancer) -> None:
    """moto has `loadbalancer/app/` in the ARN of every kind; a Network Load Balancer's has `net`."""
    tags = owner.tagging_service.list_tags_for_resource(balancer.arn)["Tags"]
    del owner.load_balancers[balancer.arn]
    balancer.arn = balancer.arn.replace(":loadbalancer/app/", ":loadbalancer/net/")
    owner.load_balancers[balancer.arn] = balancer
    owner.tagging_service.tag_resource(balancer.arn, tags)


def activate(arn: str) -> None:
    """The load balancer is provisioned."""
    found = backend().load_balancers.get(arn)
    if found is not None:
        found.state = "active"
