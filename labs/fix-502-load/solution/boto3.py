"""Says how tasks have ended, and runs the build that does not keep everything for ever.

Running it twice changes nothing more.
"""

import boto3

GOOD = "v2.6.1"
NOTED_BY_ECS = (
    "taskDefinitionArn revision status requiresAttributes compatibilities registeredAt registeredBy".split()
)

ecs = boto3.client("ecs")
stopped = ecs.list_tasks(cluster="shop", desiredStatus="STOPPED")["taskArns"]
for task in ecs.describe_tasks(cluster="shop", tasks=stopped)["tasks"] if stopped else []:
    container = task["containers"][0]
    lived = task["stoppedAt"] - task["startedAt"]
    print(f"lived {lived}, exit code {container.get('exitCode')}: {container.get('reason', task['stoppedReason'])}")

newest = ecs.describe_task_definition(taskDefinition="web-app")["taskDefinition"]
revision = newest["taskDefinitionArn"]
repository, _, tag = newest["containerDefinitions"][0]["image"].rpartition(":")
if tag != GOOD:
    description = {key: value for key, value in newest.items() if key not in NOTED_BY_ECS}
    description["containerDefinitions"][0]["image"] = f"{repository}:{GOOD}"
    revision = ecs.register_task_definition(**description)["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(cluster="shop", service="web-app", taskDefinition=revision)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
print("web-app runs", revision.rpartition("/")[2])
