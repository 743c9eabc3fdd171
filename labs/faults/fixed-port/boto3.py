"""Lets each task take any free port of its host."""

import boto3

KEPT = (
    "family",
    "networkMode",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "executionRoleArn",
    "containerDefinitions",
)

ecs = boto3.client("ecs")
newest = ecs.describe_task_definition(taskDefinition="web-app")["taskDefinition"]
wanted = {key: newest[key] for key in KEPT}
for mapping in wanted["containerDefinitions"][0]["portMappings"]:
    mapping["hostPort"] = 0
revision = ecs.register_task_definition(**wanted)["taskDefinition"]["taskDefinitionArn"]
ecs.update_service(cluster="hosts", service="web-app", taskDefinition=revision)
ecs.get_waiter("services_stable").wait(cluster="hosts", services=["web-app"])
