"""Gives the private subnets a way to the five services that a start needs, and to nothing else. Idempotent."""

import boto3

REGION = "us-east-1"

ec2 = boto3.client("ec2")


def named(*names: str) -> list[dict]:
    return [{"Name": "tag:Name", "Values": list(names)}]


def group_of(name: str) -> dict | None:
    found = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [name]}])["SecurityGroups"]
    return found[0] if found else None


def endpoint_group(vpc: str) -> str:
    """HTTPS from the tasks."""
    if there := group_of("endpoints"):
        return there["GroupId"]
    made = ec2.create_security_group(GroupName="endpoints", Description="HTTPS from the tasks", VpcId=vpc)["GroupId"]
    tasks = [{"GroupId": group_of("app")["GroupId"]}]
    ec2.authorize_security_group_ingress(
        GroupId=made,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": tasks}],
    )
    return made


vpc = ec2.describe_vpcs(Filters=named("playground"))["Vpcs"][0]["VpcId"]
subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=named("private-a", "private-b"))["Subnets"]]
routes = ec2.describe_route_tables(Filters=named("private"))["RouteTables"][0]["RouteTableId"]
group = endpoint_group(vpc)
there = {endpoint["ServiceName"] for endpoint in ec2.describe_vpc_endpoints()["VpcEndpoints"]}
for short in ("ecr.api", "ecr.dkr", "logs", "secretsmanager"):
    if (name := f"com.amazonaws.{REGION}.{short}") not in there:
        ec2.create_vpc_endpoint(
            VpcId=vpc,
            VpcEndpointType="Interface",
            ServiceName=name,
            SubnetIds=subnets,
            SecurityGroupIds=[group],
            PrivateDnsEnabled=True,
        )
if (name := f"com.amazonaws.{REGION}.s3") not in there:
    ec2.create_vpc_endpoint(VpcId=vpc, VpcEndpointType="Gateway", ServiceName=name, RouteTableIds=[routes])
