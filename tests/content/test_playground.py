"""The playground: lessons, labs and users rely on its names."""

import pytest

from ecslab.content.packs import builtin
from ecslab.content.resolve import resolve_world


@pytest.fixture(scope="module")
def world():
    return resolve_world(builtin(), "playground", seed=1)


@pytest.fixture(scope="module")
def resources(world):
    return world["template"]["Resources"]


def of_type(resources, kind):
    return [part["Properties"] for part in resources.values() if part["Type"] == kind]


def test_the_network_has_four_named_subnets_in_two_zones(resources):
    (vpc,) = of_type(resources, "AWS::EC2::VPC")
    assert vpc["CidrBlock"] == "10.0.0.0/16"
    subnets = {s["Tags"][0]["Value"]: s["AvailabilityZone"] for s in of_type(resources, "AWS::EC2::Subnet")}
    assert subnets == {
        "public-a": "us-east-1a",
        "public-b": "us-east-1b",
        "private-a": "us-east-1a",
        "private-b": "us-east-1b",
    }


def test_the_security_groups_let_customers_to_the_balancer_and_the_balancer_to_the_tasks(resources):
    groups = {
        g["GroupName"]: g["SecurityGroupIngress"] for g in of_type(resources, "AWS::EC2::SecurityGroup")
    }
    assert [(r["FromPort"], r["CidrIp"]) for r in groups["alb"]] == [(80, "0.0.0.0/0"), (443, "0.0.0.0/0")]
    (rule,) = groups["app"]
    assert (rule["FromPort"], rule["ToPort"]) == (8080, 8080)
    assert rule["SourceSecurityGroupId"] == {"Fn::GetAtt": ["AlbGroup", "GroupId"]}


def test_the_load_balancer_forwards_to_an_empty_target_group(resources):
    (alb,) = of_type(resources, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    (group,) = of_type(resources, "AWS::ElasticLoadBalancingV2::TargetGroup")
    (listener,) = of_type(resources, "AWS::ElasticLoadBalancingV2::Listener")
    assert (alb["Name"], alb["Subnets"]) == ("web-alb", [{"Ref": "PublicA"}, {"Ref": "PublicB"}])
    assert (group["Name"], group["TargetType"], group["Port"]) == ("web-tg", "ip", 8080)
    assert group["HealthCheckPath"] == "/health"
    assert listener["Port"] == 80


def test_the_roles_are_for_tasks_and_only_one_may_do_anything(resources):
    roles = {role["RoleName"]: role for role in of_type(resources, "AWS::IAM::Role")}
    assert set(roles) == {"ecsTaskExecutionRole", "ecsAppRole"}
    assert roles["ecsTaskExecutionRole"]["ManagedPolicyArns"] == [
        "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    ]
    assert "ManagedPolicyArns" not in roles["ecsAppRole"]
    for role in roles.values():
        assert "Policies" not in role
        principal = role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
        assert principal == {"Service": "ecs-tasks.amazonaws.com"}


def test_no_cluster_exists_yet(resources):
    assert of_type(resources, "AWS::ECS::Cluster") == []


def test_the_repository_has_a_tag_for_every_way_to_fail(world):
    images = world["images"]
    tags = {name.partition(":")[2] for name in images if name.startswith("my-app:")}
    assert tags == {"v1.2.3", "v1.2.4", "slow", "crash", "hang", "oom", "sick", "elsewhere"}
    assert images["my-app:slow"]["listen"][0]["after"] == 120_000
    assert images["my-app:crash"]["exit"] == {"after": 5000, "code": 1}
    assert images["my-app:hang"]["routes"]["*"]["hang"]
    assert images["my-app:oom"]["memory"] > 122_880, "more than the largest Fargate task has"
    assert images["my-app:sick"]["routes"]["/health"]["status"] == 500
    assert images["my-app:sick"]["routes"]["/"]["status"] == 200
    assert images["my-app:elsewhere"]["listen"][0]["port"] == 9090
    for tag in ("v1.2.3", "v1.2.4"):
        program = images[f"my-app:{tag}"]
        assert program["listen"][0]["port"] == 8080 and program["listen"][0]["after"] <= 5000
        assert {program["routes"][path]["status"] for path in ("/", "/health")} == {200}
        assert "curl" in program["tools"]


def test_nginx_listens_on_80(world):
    assert world["images"]["nginx:latest"]["listen"][0]["port"] == 80
