"""What a fault's argument names, found in the world: services and the images they run. It changes nothing."""

from typing import Any, Protocol

from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.ports.images import Image
from ecslab.cloud.refusals import Refusals
from ecslab.cloud.seam.dispatch import AnsweringWorld


class FaultyWorld(AnsweringWorld, Protocol):
    """A world as faults see it."""

    refusals: Refusals


def spelled(argument: Any, key: str) -> JSON:
    """A fault's argument in full: `web-app` stands for `{service: web-app}`."""
    return dict(argument) if isinstance(argument, dict) else {key: argument}


def service(world: FaultyWorld, name: str) -> JSON:
    """An active service, as the snapshot shows it."""
    for found in world.ecs.snapshot()["services"]:
        if found["name"] == name and found["status"] == "ACTIVE":
            return dict(found)
    raise ApiError("ServiceNotFoundException", f"there is no service {name!r} in this world")


def image(world: FaultyWorld, argument: JSON) -> Image:
    """The image of a service's first container, or of the one that is named."""
    revision = service(world, argument["service"])["task_definition"]
    definition = world.ecs.call("DescribeTaskDefinition", {"taskDefinition": revision})["taskDefinition"]
    containers = definition["containerDefinitions"]
    name = argument.get("container", containers[0]["name"])
    for container in containers:
        if container["name"] == name:
            found = world.registry.find(container["image"])
            if found is None:
                raise ApiError(
                    "ImageNotFoundException", f"there is no image {container['image']} in this world"
                )
            return found
    raise ApiError("ValidationError", f"{revision} has no container {name!r}")
