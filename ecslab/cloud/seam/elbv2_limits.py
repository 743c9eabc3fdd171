"""The ranges of health checks, load balancers' attributes and names, which moto takes as they come.

Source: Elastic Load Balancing API reference, CreateTargetGroup, LoadBalancerAttribute, CreateLoadBalancer. The texts
are plausible, the codes AWS's.
"""

import re
from typing import Any

from moto.elbv2.exceptions import ELBClientError

HEALTH = {
    "HealthCheckIntervalSeconds": (5, 300),
    "HealthCheckTimeoutSeconds": (2, 120),
    "HealthyThresholdCount": (2, 10),
    "UnhealthyThresholdCount": (2, 10),
}
BALANCER = {"idle_timeout.timeout_seconds": (1, 4000), "client_keep_alive.seconds": (60, 604_800)}
CODES = {"HTTP": (200, 499), "HTTPS": (200, 499)}
"""Protocol of the target group -> codes that its matcher may name; behind other load balancers up to 599."""
CHECKED = ("instance", "ip", "alb")
"""Target types whose health checks can't be turned off."""
NAME = re.compile(r"(?!-)(?!internal-)[A-Za-z0-9-]{1,32}(?<!-)")


def _invalid(message: str) -> ELBClientError:
    return ELBClientError("ValidationError", message)


def _check(name: str, value: Any, low: int, high: int) -> None:
    if value not in (None, "") and not (str(value).isdigit() and low <= int(value) <= high):
        raise _invalid(f"'{name}' value '{value}' must be between '{low}-{high}' inclusive")


def check_name(name: str) -> None:
    """Of a load balancer."""
    if len(name) > 32:
        raise _invalid(f"The load balancer name '{name}' cannot be longer than '32' characters")
    if name.startswith("internal-"):
        raise _invalid("The load balancer name must not begin with 'internal-'")
    if not NAME.fullmatch(name):
        raise _invalid(
            f"The load balancer name '{name}' can only contain characters that are alphanumeric characters or "
            "hyphens(-) and must not begin or end with a hyphen"
        )


def check_balancer(attributes: dict[str, Any]) -> None:
    for name, limits in BALANCER.items():
        _check(name, attributes.get(name), *limits)


def check_health(given: dict[str, Any], protocol: str | None, target_type: str | None) -> None:
    """Parameters of CreateTargetGroup or ModifyTargetGroup, in the API's spelling."""
    for name, limits in HEALTH.items():
        _check(name, given.get(name), *limits)
    if str(given.get("HealthCheckEnabled")).lower() == "false" and (target_type or "instance") in CHECKED:
        raise _invalid(f"Health checks can't be disabled for target groups with target type '{target_type}'")
    low, high = CODES.get(protocol or "", (200, 599))
    codes = str((given.get("Matcher") or {}).get("HttpCode") or "")
    for number in re.findall(r"\d+", codes):
        if not low <= int(number) <= high:
            raise _invalid(
                f"Health check matcher HTTP code '{codes}' must be within '{low}-{high}' inclusive"
            )
