"""Gives the private subnets their route to the NAT gateway back."""

import boto3

ec2, ecs = boto3.client("ec2"), boto3.client("ecs")
table = ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": ["private"]}])["RouteTables"][0]
nat = ec2.describe_nat_gateways(Filter=[{"Name": "state", "Values": ["available"]}])["NatGateways"][0]
ec2.create_route(
    RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat["NatGatewayId"]
)
# ECS waits longer and longer between attempts that fail; a new deployment tries at once.
ecs.update_service(cluster="shop", service="web-app", forceNewDeployment=True)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
