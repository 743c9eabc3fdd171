"""Which revisions of a service are kept running side by side, and with how many tasks each.

Reads the model only. A rolling deployment is one fleet in which new tasks take the places of old ones; while
traffic is being shifted every active revision is a fleet of its own.
"""

from dataclasses import dataclass

from ecslab.cloud.ecs.model import Deployment, Service, Task
from ecslab.cloud.ecs.shifting import Stage


@dataclass(frozen=True)
class Fleet:
    deployment: Deployment
    desired: int
    tasks: list[Task]


def source(service: Service) -> Deployment | None:
    """The revision that the PRIMARY replaces: the last one that was deployed with success."""
    return next((d for d in service.deployments[1:] if d.outcome == "SUCCESSFUL"), None)


def standing(service: Service) -> Deployment | None:
    """What serves while the PRIMARY comes up: its source, or one that was overtaken when there was no other."""
    overtaken = (d for d in service.deployments[1:] if d.passage is not None and d.passage.remains)
    return source(service) or next(overtaken, None)


def returning(service: Service) -> list[Deployment]:
    """Deployments that go no further and whose traffic is not yet where it belongs then."""
    return [d for d in service.deployments if (p := d.passage) is not None and p.back and not p.over]


def apart(service: Service) -> bool:
    """Whether the revisions don't take each other's places now."""
    passage = service.primary.passage
    if returning(service):
        return True
    if passage is None or passage.over:
        return False
    return not passage.scaled if passage.rolling else passage.stage != Stage.CLEAN_UP


def wanted(service: Service, deployment: Deployment) -> int:
    """How many tasks a deployment is to have."""
    if deployment is service.primary:
        passage = deployment.passage
        waits = passage is not None and not passage.over and not passage.scaled
        return 0 if waits else service.desired
    if not apart(service):
        return 0
    held = deployment is standing(service) or deployment in returning(service)
    return service.desired if held else 0


def fleets(service: Service) -> list[Fleet]:
    tasks = list(service.tasks.values())
    if not apart(service):
        extra = service.extra is not None
        return [Fleet(service.primary, service.desired + extra, tasks)]
    found = [
        Fleet(d, wanted(service, d), [task for task in tasks if task.deployment is d])
        for d in service.deployments
    ]
    stray = [task for task in tasks if task.deployment not in service.deployments]
    return [*found, Fleet(service.primary, 0, stray)] if stray else found
