"""What Elastic Load Balancing refuses of target groups' attributes, and of protocols that don't go together.

moto has the rules of stickiness types; here are the ranges, and what fits which kind of load balancer.
Source: Elastic Load Balancing API reference, TargetGroupAttribute, CreateListener, CreateTargetGroup.
"""

from collections.abc import Iterable
from typing import Any

from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend, FakeLoadBalancer, FakeTargetGroup

from ecslab.cloud.elb_sticky import APPLICATION, GROUP, LONGEST, TARGET
from ecslab.cloud.seam import elbv2

APPLICATION_PROTOCOLS = ("HTTP", "HTTPS")
NETWORK_PROTOCOLS = ("TCP", "TLS", "UDP", "TCP_UDP")
RANGES: dict[str, tuple[int, int, tuple[str, ...]]] = {
    "deregistration_delay.timeout_seconds": (0, 3600, APPLICATION_PROTOCOLS + NETWORK_PROTOCOLS),
    "slow_start.duration_seconds": (30, 900, APPLICATION_PROTOCOLS),
    "stickiness.lb_cookie.duration_seconds": (1, LONGEST, APPLICATION_PROTOCOLS),
    "stickiness.app_cookie.duration_seconds": (1, LONGEST, APPLICATION_PROTOCOLS),
    f"{elbv2.UNHEALTHY}.draining_interval_seconds": (0, 360_000, NETWORK_PROTOCOLS),
}
"""Attribute -> lowest, highest, protocols of target groups that have it. 0 turns slow start off."""
HEALTHY_TARGETS = {
    f"{elbv2.ROUTING}.count": "1",
    f"{elbv2.ROUTING}.percentage": "off",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
}
"""Below so many healthy targets requests go to all of them ("target-group-health")."""
FLAGS = {
    "stickiness.enabled": (*APPLICATION_PROTOCOLS, *NETWORK_PROTOCOLS, "GENEVE"),
    f"{elbv2.UNHEALTHY}.connection_termination.enabled": NETWORK_PROTOCOLS,
    "deregistration_delay.connection_termination.enabled": NETWORK_PROTOCOLS,
    "preserve_client_ip.enabled": NETWORK_PROTOCOLS,
    "proxy_protocol_v2.enabled": NETWORK_PROTOCOLS,
}
GOES_WITH = {
    "HTTP": APPLICATION_PROTOCOLS,
    "HTTPS": APPLICATION_PROTOCOLS,
    "TCP": ("TCP", "TCP_UDP"),
    "TLS": ("TCP", "TLS"),
    "UDP": ("UDP", "TCP_UDP"),
    "TCP_UDP": ("TCP_UDP",),
}
"""Protocol of a listener -> protocols of the target groups that it can forward to."""


def _invalid(message: str) -> ELBClientError:
    return ELBClientError("ValidationError", message)


def check_attributes(group: FakeTargetGroup, attributes: dict[str, Any]) -> None:
    for name, value in attributes.items():
        protocols = RANGES[name][2] if name in RANGES else FLAGS.get(name)
        if protocols is not None and group.protocol is not None and group.protocol not in protocols:
            raise ELBClientError(
                "InvalidConfigurationRequest",
                f"Target group attribute key '{name}' is not supported for target groups with the "
                f"{group.protocol} protocol",
            )
        if name in RANGES:
            _check_range(name, str(value), *RANGES[name][:2])
        if name in FLAGS and str(value).lower() not in ("true", "false"):
            raise _invalid(f"'{name}' value '{value}' must be one of [true, false]")
    cookie = str(attributes.get("stickiness.app_cookie.cookie_name") or "")
    if cookie.startswith((APPLICATION.partition("-")[0], GROUP, TARGET)):
        raise _invalid(f"The cookie name '{cookie}' is reserved for use by the load balancer")
    merged = {**group.attributes, **attributes}
    if int(merged.get("slow_start.duration_seconds") or 0) and _algorithm(merged) != "round_robin":
        raise ELBClientError(
            "InvalidConfigurationRequest",
            f"You cannot enable slow start on target groups with the {_algorithm(merged)} algorithm",
        )


def _algorithm(attributes: dict[str, Any]) -> str:
    return str(attributes.get("load_balancing.algorithm.type") or "round_robin")


def _check_range(name: str, value: str, low: int, high: int) -> None:
    off = value == "0" and name.startswith("slow_start")
    if not off and not (value.isdigit() and low <= int(value) <= high):
        raise _invalid(f"'{name}' value '{value}' must be between '{low}-{high}' inclusive")


def check_protocols(
    backend: ELBv2Backend,
    balancer: FakeLoadBalancer | None,
    port: str,
    protocol: str,
    actions: Iterable[dict[str, Any]] | None,
) -> None:
    """A listener speaks what its kind of load balancer speaks, and so do the target groups behind it."""
    if balancer is None or protocol not in GOES_WITH:
        return
    backend._validate_port_and_protocol(balancer.type, port, protocol)
    for arn, _ in elbv2.forwards(actions or []):
        group = backend.target_groups.get(arn)
        if group is not None and group.protocol is not None and group.protocol not in GOES_WITH[protocol]:
            raise ELBClientError(
                "IncompatibleProtocols",
                f"The listener protocol '{protocol}' and the protocol '{group.protocol}' of target group "
                f"'{group.arn}' are not compatible",
            )


def check_stickiness(actions: Iterable[dict[str, Any]]) -> None:
    """Of target groups in forward actions."""
    for action in actions:
        config = (action.get("ForwardConfig") or {}).get("TargetGroupStickinessConfig") or {}
        if str(config.get("Enabled", "")).lower() != "true":
            continue
        seconds = str(config.get("DurationSeconds") or "")
        if not (seconds.isdigit() and 1 <= int(seconds) <= LONGEST):
            raise _invalid(f"Target group stickiness duration must be between 1 and {LONGEST} seconds")
