"""Puts the metrics agent beside the application. Running it twice changes nothing more."""

import boto3

CLUSTER = "shop"
SERVICE = "web-app"
KEEP = (
    "family networkMode requiresCompatibilities cpu memory executionRoleArn taskRoleArn containerDefinitions"
).split()
AGENT = {
    "name": "agent",
    "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/metrics-agent:1.4",
    "essential": False,
    "healthCheck": {
        "command": ["CMD-SHELL", "wget -q -O /dev/null http://localhost:9273/healthz || exit 1"],
        "interval": 5,
    },
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "/ecs/web-app",
            "awslogs-region": "us-east-1",
            "awslogs-stream-prefix": "agent",
        },
    },
}

ecs = boto3.client("ecs")

runs = ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"][0]["taskDefinition"]
current = ecs.describe_task_definition(taskDefinition=runs)["taskDefinition"]
containers = {container["name"]: container for container in current["containerDefinitions"]}
if "agent" not in containers:
    containers["app"]["dependsOn"] = [{"containerName": "agent", "condition": "HEALTHY"}]
    description = {key: current[key] for key in KEEP} | {"containerDefinitions": [*containers.values(), AGENT]}
    revision = ecs.register_task_definition(**description)["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(
        cluster=CLUSTER,
        service=SERVICE,
        taskDefinition=revision,
        deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200},
    )
ecs.get_waiter("services_stable").wait(cluster=CLUSTER, services=[SERVICE])
tasks = ecs.list_tasks(cluster=CLUSTER, serviceName=SERVICE)["taskArns"]
for task in ecs.describe_tasks(cluster=CLUSTER, tasks=tasks)["tasks"]:
    print([(container["name"], container["lastStatus"], container["healthStatus"]) for container in task["containers"]])
