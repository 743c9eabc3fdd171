"""Gives the service a subnet in each zone."""

import boto3

ec2, ecs = boto3.client("ec2"), boto3.client("ecs")
found = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["private-a", "private-b"]}])["Subnets"]
network = ecs.describe_services(cluster="shop", services=["web-app"])["services"][0]["networkConfiguration"]
network["awsvpcConfiguration"]["subnets"] = [subnet["SubnetId"] for subnet in found]
ecs.update_service(cluster="shop", service="web-app", networkConfiguration=network)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
