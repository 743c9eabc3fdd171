"""Lets the load balancer's group reach the tasks on port 8080 again."""

import boto3

ec2, ecs = boto3.client("ec2"), boto3.client("ecs")


def group(name: str) -> str:
    found = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [name]}])
    return found["SecurityGroups"][0]["GroupId"]


def admit(target: str, port: int, source: str) -> None:
    rule = {
        "IpProtocol": "tcp",
        "FromPort": port,
        "ToPort": port,
        "UserIdGroupPairs": [{"GroupId": group(source)}],
    }
    ec2.authorize_security_group_ingress(GroupId=group(target), IpPermissions=[rule])


admit("app", 8080, "alb")
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
