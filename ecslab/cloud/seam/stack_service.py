"""What a stack waits for: that a service it made or changed is steady, or that one it deleted is gone.

It looks at the service as DescribeServices shows it, as CloudFormation's own handler does.
"""

from dataclasses import dataclass

from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.seam.binding import world
from ecslab.cloud.seam.ecs_stacks import cluster_of

PATIENCE = 3 * 60 * 60_000
"""ms that CloudFormation gives a service to become steady."""
BREAKER = "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'."
ALARM = "Error occurred during operation 'ECS Deployment Alarm was triggered'."
TIMEOUT = "Exceeded attempts to wait"
GONE = "Resource of type 'AWS::ECS::Service' with identifier '{}' was not found."


@dataclass
class Wait:
    """Until a service is steady; `gone`: until it is INACTIVE."""

    arn: str
    since: int
    deployment: str = ""
    """The one that has to be completed."""
    created: float = 0.0
    gone: bool = False

    @property
    def until(self) -> int:
        return self.since + PATIENCE


@dataclass(frozen=True)
class Outcome:
    """`failure`: what the handler says, and the code it says it with; empty when all is well."""

    failure: str = ""
    code: str = ""


DONE = Outcome()


def described(arn: str) -> JSON | None:
    try:
        found = world().ecs.call("DescribeServices", {"cluster": cluster_of(arn), "services": [arn]})
    except ApiError:
        return None
    return dict(found["services"][0]) if found["services"] else None


def outcome(wait: Wait) -> Outcome | None:
    """None: it has to wait on."""
    service = described(wait.arn)
    if wait.gone:
        return DONE if service is None or service["status"] == "INACTIVE" else None
    if service is None or service["status"] != "ACTIVE":
        return Outcome(GONE.format(wait.arn), "NotFound")
    failure = _failed(wait, service["deployments"])
    if failure is not None:
        return failure
    newest = service["deployments"][0] if service["deployments"] else {}
    whole = service["runningCount"] == service["desiredCount"] and not service["pendingCount"]
    if whole and len(service["deployments"]) <= 1 and newest.get("rolloutState", "COMPLETED") == "COMPLETED":
        return DONE
    if world().now >= wait.until:
        return Outcome(TIMEOUT, "NotStabilized")
    return None


def _failed(wait: Wait, deployments: list[JSON]) -> Outcome | None:
    """A deployment that somebody has made since is waited for instead: that is how a stack is rescued."""
    if not deployments or not wait.deployment:
        return None
    newest = deployments[0]
    if newest["id"] != wait.deployment and newest["createdAt"] > wait.created:
        wait.deployment, wait.created = newest["id"], newest["createdAt"]
    own = next((d for d in deployments if d["id"] == wait.deployment), None)
    if newest["id"] == wait.deployment and newest.get("rolloutState") != "FAILED":
        return None
    alarmed = own is not None and "alarm" in str(own.get("rolloutStateReason"))
    return Outcome(ALARM if alarmed else BREAKER, "GeneralServiceException")
