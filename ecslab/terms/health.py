"""When a health check turns: seconds from a change of the application to a change of what is shown.

Checks of a target group come at a fixed interval and count in a row; a container's come an interval after its
start, and failures in the start period do not count. Checks are taken to answer at once.
Source: Application Load Balancer guide, "target-group-health-checks"; Amazon ECS API reference, HealthCheck.
"""


def target_turns(interval: int, threshold: int) -> int:
    """At the latest: the application changed just after a check, and so many in a row must agree."""
    return interval * threshold


def container_unhealthy(interval: int, retries: int, start_period: int = 0) -> int:
    """After the container's start, when no check ever succeeds."""
    return (start_period // interval + retries) * interval
