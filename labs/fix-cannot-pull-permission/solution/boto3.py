"""Gives the execution role back what a task needs to start. Running it twice changes nothing more."""

import boto3

POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"

ecs, iam = boto3.client("ecs"), boto3.client("iam")
revision = ecs.describe_task_definition(taskDefinition="web-app")["taskDefinition"]
role = revision["executionRoleArn"].rsplit("/", 1)[1]

attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
if POLICY not in {policy["PolicyArn"] for policy in attached}:
    iam.attach_role_policy(RoleName=role, PolicyArn=POLICY)
if not ecs.describe_services(cluster="shop", services=["web-app"])["services"][0]["runningCount"]:
    ecs.update_service(cluster="shop", service="web-app", forceNewDeployment=True)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
print(f"{role} may pull images and write logs again")
