"""Runs the build that does not keep everything for ever. Running it twice changes nothing more."""

import boto3

GOOD = "v2.6.1"
KEEP = (
    "family networkMode requiresCompatibilities cpu memory executionRoleArn taskRoleArn containerDefinitions"
).split()

ecs = boto3.client("ecs")
newest = ecs.describe_task_definition(taskDefinition="web-app")["taskDefinition"]
revision = newest["taskDefinitionArn"]
app = newest["containerDefinitions"][0]
repository, _, tag = app["image"].rpartition(":")
if tag != GOOD:
    app["image"] = f"{repository}:{GOOD}"
    answer = ecs.register_task_definition(**{key: newest[key] for key in KEEP})
    revision = answer["taskDefinition"]["taskDefinitionArn"]
if ecs.describe_services(cluster="shop", services=["web-app"])["services"][0]["taskDefinition"] != revision:
    ecs.update_service(cluster="shop", service="web-app", taskDefinition=revision)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
print(f"web-app runs {GOOD}")
