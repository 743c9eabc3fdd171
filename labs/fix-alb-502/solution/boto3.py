"""Moves the service to the port its application listens on. Running it twice changes nothing more."""

import re

import boto3

ecs, ec2, elbv2, logs = (boto3.client(name) for name in ("ecs", "ec2", "elbv2", "logs"))
KEEP = (
    "family networkMode requiresCompatibilities cpu memory executionRoleArn taskRoleArn containerDefinitions"
).split()


def listening_port() -> int:
    """The port in the newest log line in which v2.0.0 says where it listens."""
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName="/ecs/web-app")
    events = [event for page in pages for event in page["events"]]
    for event in sorted(events, key=lambda event: event["timestamp"], reverse=True):
        if found := re.search(r"v2\.0\.0 listening on port (\d+)", event["message"]):
            return int(found.group(1))
    raise SystemExit("v2.0.0 has not said yet where it listens")


def security_group(name: str) -> dict:
    return ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [name]}])["SecurityGroups"][0]


def open_port(port: int) -> None:
    app, alb = security_group("app"), security_group("alb")
    if any(rule.get("FromPort") == port for rule in app["IpPermissions"]):
        return
    ec2.authorize_security_group_ingress(
        GroupId=app["GroupId"],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": port,
                "ToPort": port,
                "UserIdGroupPairs": [{"GroupId": alb["GroupId"]}],
            }
        ],
    )


def revision_for(port: int) -> str:
    """The newest revision if it names the port, otherwise a new one that does."""
    current = ecs.describe_task_definition(taskDefinition="web-app")["taskDefinition"]
    app = next(c for c in current["containerDefinitions"] if c["name"] == "app")
    if app["portMappings"][0]["containerPort"] == port:
        return current["taskDefinitionArn"]
    app["portMappings"] = [{"containerPort": port, "protocol": "tcp"}]
    answer = ecs.register_task_definition(**{key: current[key] for key in KEEP if key in current})
    return answer["taskDefinition"]["taskDefinitionArn"]


port = listening_port()
open_port(port)
revision = revision_for(port)
service = ecs.describe_services(cluster="shop", services=["web-app"])["services"][0]
if service["taskDefinition"] != revision:
    group = elbv2.describe_target_groups(Names=["web-tg"])["TargetGroups"][0]["TargetGroupArn"]
    ecs.update_service(
        cluster="shop",
        service="web-app",
        taskDefinition=revision,
        loadBalancers=[{"targetGroupArn": group, "containerName": "app", "containerPort": port}],
        deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200},
    )
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
print(f"web-app runs {revision.rsplit('/', 1)[1]} behind port {port}")
