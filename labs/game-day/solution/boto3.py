"""Walks the map from the store to the load balancer and mends what is not as it should be.

Run on a shop that is well, it changes nothing.
"""

import json
import subprocess

import boto3
from botocore.exceptions import ClientError

CLUSTER = "shop"
REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
KEEP = (
    "family networkMode requiresCompatibilities cpu memory executionRoleArn taskRoleArn containerDefinitions"
).split()
QUESTIONS = {"web-app": "why-web", "catalog": "why-second", "orders": "why-second"}

ecs, ec2, ecr, elbv2, iam, logs = (boto3.client(name) for name in ("ecs", "ec2", "ecr", "elbv2", "iam", "logs"))
broken: set[str] = set()


def found(service: str, cause: str) -> None:
    """Answers the question about the service, and has it start anew below."""
    print(f"{service}: {cause}")
    subprocess.run(["ecslab", "lab", "answer", QUESTIONS.get(service, "why-third"), cause], check=True)
    broken.add(service)


def described(service: str) -> dict:
    return ecs.describe_services(cluster=CLUSTER, services=[service])["services"][0]


def group(name: str) -> dict:
    return ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [name]}])["SecurityGroups"][0]


def wants(service: str, count: int) -> None:
    if described(service)["desiredCount"] != count:
        ecs.update_service(cluster=CLUSTER, service=service, desiredCount=count)
        found(service, "desired count")


def free(service: str, role: str, kind: str) -> None:
    """No policy of the role forbids anything."""
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        if any(statement["Effect"] == "Deny" for statement in policy["Statement"]):
            iam.delete_role_policy(RoleName=role, PolicyName=name)
            found(service, f"permission of the {kind}")


def trusted(service: str, role: str) -> None:
    """The tasks of ECS may take the role."""
    wanted = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    there = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]["Statement"]
    if there[0]["Principal"] != wanted["Principal"]:
        policy = json.dumps({"Version": "2012-10-17", "Statement": [wanted]})
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=policy)
        found(service, "trust of the execution role")


def admits(called: str, port: int, caller: str, sufferer: str) -> None:
    to, source = group(called), group(caller)["GroupId"]
    rules = [rule for rule in to["IpPermissions"] if rule.get("FromPort") == port]
    if any(pair["GroupId"] == source for rule in rules for pair in rule["UserIdGroupPairs"]):
        return
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": source}]}
    ec2.authorize_security_group_ingress(GroupId=to["GroupId"], IpPermissions=[rule])
    found(sufferer, "security group")


def out(service: str) -> None:
    """Its tasks get out."""
    own = group(service)
    if not own["IpPermissionsEgress"]:
        rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        ec2.authorize_security_group_egress(GroupId=own["GroupId"], IpPermissions=[rule])
        found(service, "security group")


def log_group(service: str) -> None:
    name = f"/ecs/{service}"
    if not logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]:
        logs.create_log_group(logGroupName=name)
        found(service, "log group")


def image(service: str, following: str) -> None:
    """What it runs is in the repository, or it goes on with the following release."""
    runs = ecs.describe_task_definition(taskDefinition=described(service)["taskDefinition"])["taskDefinition"]
    container = runs["containerDefinitions"][0]
    try:
        tag = container["image"].rsplit(":", 1)[1]
        ecr.describe_images(repositoryName=service, imageIds=[{"imageTag": tag}])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ImageNotFoundException":
            raise
        container["image"] = f"{REGISTRY}/{service}:{following}"
        ecs.register_task_definition(**{key: runs[key] for key in KEEP if key in runs})
        ecs.update_service(cluster=CLUSTER, service=service, taskDefinition=service)
        found(service, "image")


def forwards() -> None:
    """The listener sends customers to the targets."""
    balancer = elbv2.describe_load_balancers(Names=["web-alb"])["LoadBalancers"][0]["LoadBalancerArn"]
    listener = elbv2.describe_listeners(LoadBalancerArn=balancer)["Listeners"][0]
    if listener["DefaultActions"][0]["Type"] != "forward":
        target = elbv2.describe_target_groups(Names=["web-tg"])["TargetGroups"][0]["TargetGroupArn"]
        action = {"Type": "forward", "TargetGroupArn": target}
        elbv2.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=[action])
        found("web-app", "listener")


def again(*services: str) -> None:
    """ECS waits longer and longer between starts that fail; a new deployment tries at once."""
    for service in services:
        if service in broken:
            ecs.update_service(cluster=CLUSTER, service=service, forceNewDeployment=True)
            ecs.get_waiter("services_stable").wait(cluster=CLUSTER, services=[service])


# The store, on which three services lean.
wants("store", 1)
trusted("store", "storeExecutionRole")
free("store", "storeExecutionRole", "execution role")
for caller in ("catalog", "orders", "worker"):
    admits("store", 5432, caller, caller)
again("store")

# What leans on the store.
wants("worker", 1)
out("worker")
free("worker", "workerRole", "task role")
trusted("catalog", "catalogExecutionRole")
free("orders", "ordersRole", "task role")
image("catalog", "v1.1.0")
image("orders", "v1.1.0")
again("worker", "catalog", "orders")

# web-app, which leans on catalog and orders, and the way of the customers to it.
free("web-app", "ecsTaskExecutionRole", "execution role")
log_group("web-app")
admits("app", 8080, "alb", "web-app")
forwards()
again("web-app")
ecs.get_waiter("services_stable").wait(cluster=CLUSTER, services=["web-app", "catalog", "orders", "worker", "store"])
