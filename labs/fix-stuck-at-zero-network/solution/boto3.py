"""Moves the service to two subnets with room, in two zones. Running it twice changes nothing more."""

import boto3

WIDE = ("private-a", "private-b")

ecs, ec2 = boto3.client("ecs"), boto3.client("ec2")
service = ecs.describe_services(cluster="shop", services=["web-app"])["services"][0]
network = service["networkConfiguration"]["awsvpcConfiguration"]
for subnet in ec2.describe_subnets(SubnetIds=network["subnets"])["Subnets"]:
    print(subnet["CidrBlock"], "has", subnet["AvailableIpAddressCount"], "addresses left")

found = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": list(WIDE)}])["Subnets"]
wide = sorted(subnet["SubnetId"] for subnet in found)
if sorted(network["subnets"]) != wide:
    # The configuration is replaced as a whole: security group and all.
    ecs.update_service(
        cluster="shop", service="web-app", networkConfiguration={"awsvpcConfiguration": {**network, "subnets": wide}}
    )
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
