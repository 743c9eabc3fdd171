"""Reserves for a task what it needs. Running it twice changes nothing more."""

import boto3

SIZE = {"cpu": "256", "memory": "384"}
"""Three of these fit on one host, and the application uses less than 250 MiB."""
KEEP = "family networkMode requiresCompatibilities executionRoleArn containerDefinitions".split()

ecs = boto3.client("ecs")
newest = ecs.describe_task_definition(taskDefinition="web-app")["taskDefinition"]
revision = newest["taskDefinitionArn"]
if {key: newest[key] for key in SIZE} != SIZE:
    answer = ecs.register_task_definition(**{key: newest[key] for key in KEEP}, **SIZE)
    revision = answer["taskDefinition"]["taskDefinitionArn"]
if ecs.describe_services(cluster="hosts", services=["web-app"])["services"][0]["taskDefinition"] != revision:
    ecs.update_service(cluster="hosts", service="web-app", taskDefinition=revision)
ecs.get_waiter("services_stable").wait(cluster="hosts", services=["web-app"])
print(f"web-app runs {revision.rsplit('/', 1)[1]}")
