"""Gives the private subnets their way out again. Running it twice changes nothing more."""

import boto3

EVERYWHERE = "0.0.0.0/0"

ecs, ec2 = boto3.client("ecs"), boto3.client("ec2")
service = ecs.describe_services(cluster="shop", services=["web-app"])["services"][0]
subnets = service["networkConfiguration"]["awsvpcConfiguration"]["subnets"]

tables = ec2.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": subnets}])["RouteTables"]
gateways = ec2.describe_nat_gateways(Filters=[{"Name": "state", "Values": ["available"]}])["NatGateways"]
for table in tables:
    if not any(route.get("DestinationCidrBlock") == EVERYWHERE for route in table["Routes"]):
        ec2.create_route(
            RouteTableId=table["RouteTableId"],
            DestinationCidrBlock=EVERYWHERE,
            NatGatewayId=gateways[0]["NatGatewayId"],
        )
if not service["runningCount"]:
    ecs.update_service(cluster="shop", service="web-app", forceNewDeployment=True)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
print("the private subnets reach the outside again")
