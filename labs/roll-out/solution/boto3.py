"""deploy.py, finished: rolls a release of the shop out without losing a request.

Usage: python deploy.py [TAG]. Rolling out the release that runs already changes nothing.
"""

import sys

import boto3

CLUSTER = "shop"
SERVICE = "web-app"
REPOSITORY = "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-app"
NOTED_BY_ECS = {
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
}

ecs = boto3.client("ecs")


def running_service() -> dict:
    return ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"][0]


def revision_with(image: str, current: dict) -> str:
    """Registers what runs now with another image, and returns the new revision."""
    description = {key: value for key, value in current.items() if key not in NOTED_BY_ECS}
    for container in description["containerDefinitions"]:
        if container["name"] == "app":
            container["image"] = image
    return ecs.register_task_definition(**description)["taskDefinition"]["taskDefinitionArn"]


def main(tag: str) -> None:
    image = f"{REPOSITORY}:{tag}"
    current = ecs.describe_task_definition(taskDefinition=running_service()["taskDefinition"])["taskDefinition"]
    wanted = current["taskDefinitionArn"]
    if current["containerDefinitions"][0]["image"] != image:
        wanted = revision_with(image, current)
        # New tasks first, old ones stop when the new ones are healthy.
        ecs.update_service(
            cluster=CLUSTER,
            service=SERVICE,
            taskDefinition=wanted,
            deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200},
        )
    ecs.get_waiter("services_stable").wait(cluster=CLUSTER, services=[SERVICE])
    runs = running_service()["taskDefinition"]
    if runs != wanted:
        sys.exit(f"asked for {wanted}, but {runs} runs: the rollout was taken back")
    print(f"{tag} is out: {runs.rsplit('/', 1)[1]}")


main(sys.argv[1] if len(sys.argv) > 1 else "v1.3.1")
