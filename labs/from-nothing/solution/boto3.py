"""The whole shop, from the network to auto scaling. What is there already is left as it is."""

import json
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

ACCOUNT, REGION = "123456789012", "us-east-1"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
SCALED = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/prod/shop",
    "ScalableDimension": "ecs:service:DesiredCount",
}

acm, ec2, ecs, elbv2, iam, logs, scaling, secrets = (
    boto3.client(name)
    for name in ("acm", "ec2", "ecs", "elbv2", "iam", "logs", "application-autoscaling", "secretsmanager")
)


def subnets_where(**filters: str) -> list[dict]:
    wanted = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()]
    return ec2.describe_subnets(Filters=wanted)["Subnets"]


def private_subnet(vpc: str, zone: str, block: str) -> str:
    there = subnets_where(cidr_block=block)
    if there:
        return there[0]["SubnetId"]
    return ec2.create_subnet(VpcId=vpc, AvailabilityZone=zone, CidrBlock=block)["Subnet"]["SubnetId"]


def way_out(vpc: str, public: str, private: list[str]) -> None:
    """A NAT gateway in a public subnet, and a route to it for the private ones."""
    states = [{"Name": "state", "Values": ["pending", "available"]}]
    if ec2.describe_nat_gateways(Filter=states)["NatGateways"]:
        return
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
    ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat])
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    for subnet in private:
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)


def group(vpc: str, name: str, description: str, rules: list[dict]) -> str:
    there = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [name]}])["SecurityGroups"]
    if there:
        return there[0]["GroupId"]
    made = ec2.create_security_group(VpcId=vpc, GroupName=name, Description=description)["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=rules)
    return made


def rule(port: int, **source: object) -> dict:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}


def door(vpc: str, public: list[str], own_group: str) -> str:
    """Load balancer, target group, listeners. Returns the target group."""
    try:
        return elbv2.describe_target_groups(Names=["shop"])["TargetGroups"][0]["TargetGroupArn"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "TargetGroupNotFound":
            raise
    balancer = elbv2.create_load_balancer(Name="shop-alb", Subnets=public, SecurityGroups=[own_group])
    arn = balancer["LoadBalancers"][0]["LoadBalancerArn"]
    made = elbv2.create_target_group(
        Name="shop", TargetType="ip", Protocol="HTTP", Port=8080, VpcId=vpc, HealthCheckPath="/health"
    )
    targets = made["TargetGroups"][0]["TargetGroupArn"]
    action = [{"Type": "forward", "TargetGroupArn": targets}]
    elbv2.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=action)
    listed = acm.list_certificates()["CertificateSummaryList"]
    certificate = next(one["CertificateArn"] for one in listed if one["DomainName"] == "shop.example.com")
    elbv2.create_listener(
        LoadBalancerArn=arn,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=action,
    )
    return targets


def secret() -> str:
    for one in secrets.list_secrets()["SecretList"]:
        if one["Name"] == "shop/db-password":
            return one["ARN"]
    value = Path("db-password.txt").read_text()
    return secrets.create_secret(Name="shop/db-password", SecretString=value)["ARN"]


def roles(password: str) -> None:
    """One for ECS, which may read the password, and one for the application, which may nothing."""
    if any(role["RoleName"] == "shopRole" for role in iam.list_roles()["Roles"]):
        return
    for name in ("shopExecutionRole", "shopRole"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    managed = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    iam.attach_role_policy(RoleName="shopExecutionRole", PolicyArn=managed)
    reading = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": password}
    iam.put_role_policy(
        RoleName="shopExecutionRole",
        PolicyName="read-db-password",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [reading]}),
    )


def register(password: str) -> None:
    options = {"awslogs-group": "/ecs/shop", "awslogs-region": REGION, "awslogs-stream-prefix": "app"}
    ecs.register_task_definition(
        family="shop",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        executionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/shopExecutionRole",
        taskRoleArn=f"arn:aws:iam::{ACCOUNT}:role/shopRole",
        containerDefinitions=[
            {
                "name": "app",
                "image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/my-app:v1.3.0",
                "portMappings": [{"containerPort": 8080}],
                "environment": [{"name": "STAGE", "value": "production"}],
                "secrets": [{"name": "DB_PASSWORD", "valueFrom": password}],
                "logConfiguration": {"logDriver": "awslogs", "options": options},
            }
        ],
    )


vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
public = [
    subnets_where(default_for_az="true", availability_zone=zone)[0]["SubnetId"]
    for zone in ("us-east-1a", "us-east-1b")
]
private = [
    private_subnet(vpc, "us-east-1a", "172.31.96.0/20"),
    private_subnet(vpc, "us-east-1b", "172.31.112.0/20"),
]
way_out(vpc, public[0], private)

anywhere = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
balancer_group = group(vpc, "shop-alb", "HTTP and HTTPS", [rule(80, **anywhere), rule(443, **anywhere)])
from_balancer = rule(8080, UserIdGroupPairs=[{"GroupId": balancer_group}])
task_group = group(vpc, "shop-tasks", "8080 from the load balancer", [from_balancer])
targets = door(vpc, public, balancer_group)

password = secret()
roles(password)
if not logs.describe_log_groups(logGroupNamePrefix="/ecs/shop")["logGroups"]:
    logs.create_log_group(logGroupName="/ecs/shop")

ecs.create_cluster(clusterName="prod")
if not ecs.list_task_definitions(familyPrefix="shop")["taskDefinitionArns"]:
    register(password)
services = ecs.describe_services(cluster="prod", services=["shop"])["services"]
if not any(service["status"] == "ACTIVE" for service in services):
    ecs.create_service(
        cluster="prod",
        serviceName="shop",
        taskDefinition="shop",
        launchType="FARGATE",
        desiredCount=2,
        networkConfiguration={"awsvpcConfiguration": {"subnets": private, "securityGroups": [task_group]}},
        loadBalancers=[{"targetGroupArn": targets, "containerName": "app", "containerPort": 8080}],
    )
ecs.get_waiter("services_stable").wait(cluster="prod", services=["shop"])

scaling.register_scalable_target(**SCALED, MinCapacity=2, MaxCapacity=10)
scaling.put_scaling_policy(
    **SCALED,
    PolicyName="cpu",
    PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={
        "TargetValue": 60,
        "ScaleOutCooldown": 60,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
    },
)
