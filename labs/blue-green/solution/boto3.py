"""Has web-app deploy blue/green, takes v1.3.0 back in its bake time, and brings v1.3.1 to its end.

Changes nothing when v1.3.1 is out already.
"""

import subprocess
import sys
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3
from botocore.exceptions import WaiterError

HERE = {"cluster": "shop", "service": "web-app"}
KEEP = (
    "family networkMode requiresCompatibilities cpu memory executionRoleArn taskRoleArn containerDefinitions"
).split()
PAUSE = {"targetType": "PAUSE", "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"]}

ecs, elbv2, iam, logs = (boto3.client(name) for name in ("ecs", "elbv2", "iam", "logs"))


def running() -> dict:
    service = ecs.describe_services(cluster="shop", services=["web-app"])["services"][0]
    return ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]


def revision(tag: str) -> str:
    """A revision as the one that runs, with another tag of the image."""
    current = running()
    app = current["containerDefinitions"][0]
    app["image"] = app["image"].rpartition(":")[0] + ":" + tag
    answer = ecs.register_task_definition(**{key: current[key] for key in KEEP})
    return answer["taskDefinition"]["taskDefinitionArn"]


def load_balancers() -> list[dict]:
    """What shifts traffic: two target groups, two rules, a role."""
    balancer = elbv2.describe_load_balancers(Names=["web-alb"])["LoadBalancers"][0]
    listener = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"][0]
    rules = elbv2.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    rule = {found["Priority"]: found["RuleArn"] for found in rules}
    groups = elbv2.describe_target_groups(Names=["web-tg", "web-tg-2"])["TargetGroups"]
    group = {found["TargetGroupName"]: found["TargetGroupArn"] for found in groups}
    return [
        {
            "targetGroupArn": group["web-tg"],
            "containerName": "app",
            "containerPort": 8080,
            "advancedConfiguration": {
                "alternateTargetGroupArn": group["web-tg-2"],
                "productionListenerRule": rule["2"],
                "testListenerRule": rule["1"],
                "roleArn": iam.get_role(RoleName="ecsInfrastructureRole")["Role"]["Arn"],
            },
        }
    ]


def paused() -> dict:
    """The newest service deployment, once it waits for somebody."""
    while True:
        newest = ecs.list_service_deployments(**HERE)["serviceDeployments"][0]["serviceDeploymentArn"]
        found = ecs.describe_service_deployments(serviceDeploymentArns=[newest])["serviceDeployments"][0]
        for hook in found.get("lifecycleHookDetails", []):
            if hook["status"] == "AWAITING_ACTION":
                return {"serviceDeploymentArn": newest, "hookId": hook["hookId"]}
        time.sleep(0.3)


def build_on_green() -> str:
    address = elbv2.describe_load_balancers(Names=["web-alb"])["LoadBalancers"][0]["DNSName"]
    while True:
        try:
            with urlopen(Request(f"http://{address}/build", headers={"x-env": "green"})) as answer:
                return answer.read().decode().split()[-1]
        except HTTPError:
            time.sleep(0.3)


def stable() -> bool:
    """Waits until one deployment is left, for ten minutes at most."""
    try:
        ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
    except WaiterError:
        return False
    return True


def complaints() -> list[str]:
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName="/ecs/web-app", filterPattern="fatal")
    return [event["message"] for page in pages for event in page["events"]]


if running()["containerDefinitions"][0]["image"].endswith(":v1.3.1"):
    sys.exit()

how = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 12, "lifecycleHooks": [PAUSE]}
ecs.update_service(
    **HERE, taskDefinition=revision("v1.3.0"), loadBalancers=load_balancers(), deploymentConfiguration=how
)
waiting = paused()
subprocess.run(["ecslab", "lab", "answer", "seen", build_on_green()], check=True)
ecs.continue_service_deployment(**waiting)

while not complaints():
    stable()
print(complaints()[0])
ecs.stop_service_deployment(serviceDeploymentArn=waiting["serviceDeploymentArn"], stopType="ROLLBACK")
stable()

# The rollback has brought the old service revision back, with its load balancer settings.
ecs.update_service(**HERE, taskDefinition=revision("v1.3.1"), loadBalancers=load_balancers())
ecs.continue_service_deployment(**paused())
while not stable():
    pass
print("v1.3.1 is out, and has baked")
