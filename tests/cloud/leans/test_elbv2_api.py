"""ELBv2 as an API: AWS's checks, defaults and answers where moto's differ."""

import json
from typing import Any

import pytest

from ecslab.cloud.ports.api import ApiError


def make_balancer(lan: Any, name: str = "one", **more: Any) -> str:
    subnets = [lan.subnets["public-a"], lan.subnets["public-b"]]
    made = lan.world.call("elbv2", "CreateLoadBalancer", **{"Name": name, "Subnets": subnets, **more})
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def test_a_load_balancer_takes_its_time_to_become_active(lan: Any) -> None:
    lan.world.advance(1)
    arn = make_balancer(lan)

    def state() -> str:
        shown = lan.world.read("elbv2", "DescribeLoadBalancers", LoadBalancerArns=[arn])
        return str(shown["LoadBalancers"][0]["State"]["Code"])

    assert state() == state() == "provisioning"
    lan.world.advance(120_000)
    assert state() == "active"


def test_creating_it_again_gives_the_same(lan: Any) -> None:
    arn = make_balancer(lan)
    assert make_balancer(lan) == arn
    other = {"Name": "one", "Subnets": list(lan.subnets.values())[2:]}
    assert lan.world.error("elbv2", "CreateLoadBalancer", **other) == "DuplicateLoadBalancerName"


def test_without_a_group_it_has_the_default_one(lan: Any) -> None:
    arn = make_balancer(lan)
    shown = lan.world.read("elbv2", "DescribeLoadBalancers", LoadBalancerArns=[arn])["LoadBalancers"][0]
    assert shown["SecurityGroups"] == [lan.world.vpc.default_group(lan.vpc)]


@pytest.mark.parametrize(
    ("subnets", "code"),
    [
        (["public-a"], "ValidationError"),
        (["public-a", "private-a"], "ValidationError"),
        (["public-a", "private-a", "public-b"], "InvalidConfigurationRequest"),
    ],
)
def test_it_needs_two_zones(lan: Any, subnets: list[str], code: str) -> None:
    chosen = [lan.subnets[name] for name in subnets]
    assert lan.world.error("elbv2", "CreateLoadBalancer", Name="x", Subnets=chosen) == code


def test_names_that_do_not_exist(lan: Any, shop: Any) -> None:
    for names in (["nobody"], ["web-alb", "nobody"]):
        answer = lan.world.read("elbv2", "DescribeLoadBalancers", Names=names)
        assert answer == {"Error": "LoadBalancerNotFound"}


def test_target_group_defaults(shop: Any) -> None:
    (group,) = shop.world.read("elbv2", "DescribeTargetGroups", Names=["web-tg"])["TargetGroups"]
    assert {key: group[key] for key in group if key.startswith(("Health", "Unhealthy", "Matcher"))} == {
        "HealthCheckProtocol": "HTTP",
        "HealthCheckPort": "traffic-port",
        "HealthCheckEnabled": True,
        "HealthCheckIntervalSeconds": 30,
        "HealthCheckTimeoutSeconds": 5,
        "HealthyThresholdCount": 5,
        "UnhealthyThresholdCount": 2,
        "HealthCheckPath": "/health",
        "Matcher": {"HttpCode": "200"},
    }
    assert group["LoadBalancerArns"] == [shop.alb]


def test_health_checks_names_and_attributes_have_limits(shop: Any) -> None:
    """Section 7.1: defaults and ranges, from the API reference of Elastic Load Balancing."""
    call, error, read = shop.world.call, shop.world.error, shop.world.read
    plain = call("elbv2", "CreateTargetGroup", Name="a" * 32, Protocol="HTTP", Port=80, VpcId=shop.lan.vpc)
    assert (plain["TargetGroups"][0]["TargetType"], plain["TargetGroups"][0]["HealthCheckPath"]) == (
        "instance",
        "/",
    )
    for name in ("-a", "a-", "a_b", "a" * 33):
        made = {"Name": name, "Protocol": "HTTP", "Port": 80, "VpcId": shop.lan.vpc}
        assert error("elbv2", "CreateTargetGroup", **made) == "ValidationError", name
        subnets = [shop.lan.subnets["public-a"], shop.lan.subnets["public-b"]]
        assert error("elbv2", "CreateLoadBalancer", Name=name, Subnets=subnets) == "ValidationError", name
    for key, low, high in (
        ("HealthCheckIntervalSeconds", 5, 300), ("HealthCheckTimeoutSeconds", 2, 120),
        ("HealthyThresholdCount", 2, 10), ("UnhealthyThresholdCount", 2, 10),
    ):  # fmt: skip
        room = {"HealthCheckIntervalSeconds": 300, "HealthCheckTimeoutSeconds": 2}
        for value in (low, high):
            call("elbv2", "ModifyTargetGroup", TargetGroupArn=shop.group, **{**room, key: value})
        for value in (low - 1, high + 1):
            given = {**room, key: value}
            assert (
                error("elbv2", "ModifyTargetGroup", TargetGroupArn=shop.group, **given) == "ValidationError"
            )
            fresh = {"Name": "fresh", "Protocol": "HTTP", "Port": 80, "VpcId": shop.lan.vpc, **given}
            assert error("elbv2", "CreateTargetGroup", **fresh) == "ValidationError"
    for codes in ("199", "500", "200-599"):
        refused = error("elbv2", "ModifyTargetGroup", TargetGroupArn=shop.group, Matcher={"HttpCode": codes})
        assert refused == "ValidationError"
    call("elbv2", "ModifyTargetGroup", TargetGroupArn=shop.group, Matcher={"HttpCode": "200,302-399"})
    off = {"TargetGroupArn": shop.group, "HealthCheckEnabled": False}
    assert error("elbv2", "ModifyTargetGroup", **off) == "ValidationError", (
        "of targets by address it is always on"
    )

    def attributes(operation: str, **whose: Any) -> dict[str, str]:
        return {pair["Key"]: pair["Value"] for pair in read("elbv2", operation, **whose)["Attributes"]}

    held = attributes("DescribeTargetGroupAttributes", TargetGroupArn=shop.group)
    assert held.items() >= {
        "deregistration_delay.timeout_seconds": "300", "slow_start.duration_seconds": "0",
        "load_balancing.algorithm.type": "round_robin", "stickiness.enabled": "false",
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    }.items()  # fmt: skip
    held = attributes("DescribeLoadBalancerAttributes", LoadBalancerArn=shop.alb)
    assert (held["idle_timeout.timeout_seconds"], held["client_keep_alive.seconds"]) == ("60", "3600")
    for key, value in (("idle_timeout.timeout_seconds", "0"), ("idle_timeout.timeout_seconds", "4001")):
        pairs = [{"Key": key, "Value": value}]
        refused = error("elbv2", "ModifyLoadBalancerAttributes", LoadBalancerArn=shop.alb, Attributes=pairs)
        assert refused == "ValidationError"


def test_who_uses_a_group_follows_the_listeners(shop: Any) -> None:
    spare = shop.target_group("spare")

    def users(name: str) -> Any:
        return shop.world.read("elbv2", "DescribeTargetGroups", Names=[name])["TargetGroups"][0].get(
            "LoadBalancerArns", []
        )

    action = [{"Type": "forward", "TargetGroupArn": spare}]
    shop.world.call("elbv2", "ModifyListener", ListenerArn=shop.listener, DefaultActions=action)
    assert (users("spare"), users("web-tg")) == ([shop.alb], [])
    assert shop.world.error("elbv2", "DeleteTargetGroup", TargetGroupArn=spare) == "ResourceInUse"
    shop.world.call("elbv2", "DeleteListener", ListenerArn=shop.listener)
    shop.world.call("elbv2", "DeleteTargetGroup", TargetGroupArn=spare)


def test_a_group_serves_one_load_balancer(shop: Any) -> None:
    other = make_balancer(shop.lan, "other")
    action = {"Type": "forward", "TargetGroupArn": shop.group}
    listener = {"LoadBalancerArn": other, "Protocol": "HTTP", "Port": 80, "DefaultActions": [action]}
    assert shop.world.error("elbv2", "CreateListener", **listener) == "TargetGroupAssociationLimit"


def test_one_listener_a_port_and_one_rule_a_priority(shop: Any) -> None:
    action = {"Type": "forward", "TargetGroupArn": shop.group}
    listener = {"LoadBalancerArn": shop.alb, "Protocol": "HTTP", "Port": 80, "DefaultActions": [action]}
    assert shop.world.error("elbv2", "CreateListener", **listener) == "DuplicateListener"
    nobody = [{"Type": "forward", "TargetGroupArn": shop.group.replace("web-tg", "nobody")}]
    listener |= {"Port": 81, "DefaultActions": nobody}
    assert shop.world.error("elbv2", "CreateListener", **listener) == "TargetGroupNotFound"
    condition = {"Field": "path-pattern", "Values": ["/a"]}
    rule = {"ListenerArn": shop.listener, "Priority": 5, "Conditions": [condition], "Actions": [action]}
    shop.world.call("elbv2", "CreateRule", **rule)
    assert shop.world.error("elbv2", "CreateRule", **rule) == "PriorityInUse"
    assert shop.world.error("elbv2", "CreateRule", **{**rule, "Conditions": []}) == "ValidationError"
    for priority in (0, 50_001):
        assert shop.world.error("elbv2", "CreateRule", **{**rule, "Priority": priority}) == "ValidationError"
    shop.world.call("elbv2", "CreateRule", **{**rule, "Priority": 50_000})


@pytest.mark.parametrize(
    ("missing", "message"),
    [("Port", "A listener port must be specified"), ("Protocol", "A listener protocol must be specified")],
)
def test_a_listener_needs_a_port_and_a_protocol(shop: Any, missing: str, message: str) -> None:
    action = {"Type": "forward", "TargetGroupArn": shop.group}
    listener = {"LoadBalancerArn": shop.alb, "Protocol": "HTTP", "Port": 81, "DefaultActions": [action]}
    del listener[missing]
    with pytest.raises(ApiError, match=message):
        shop.world.call("elbv2", "CreateListener", **listener)


def test_the_timeout_of_a_check_is_shorter_than_its_interval(shop: Any) -> None:
    change = {"TargetGroupArn": shop.group, "HealthCheckIntervalSeconds": 5}
    assert shop.world.error("elbv2", "ModifyTargetGroup", **change) == "ValidationError"


def test_arns_are_the_same_in_every_process(shop: Any) -> None:
    (rule,) = shop.world.read("elbv2", "DescribeRules", ListenerArn=shop.listener)["Rules"]
    number = rule["RuleArn"].rpartition("/")[2]
    assert len(number) == 16
    assert int(number, 16) >= 0


def test_a_protected_load_balancer_stays(shop: Any) -> None:
    shop.world.call(
        "elbv2", "ModifyLoadBalancerAttributes", LoadBalancerArn=shop.alb,
        Attributes=[{"Key": "deletion_protection.enabled", "Value": "true"}],
    )  # fmt: skip
    refused = shop.world.error("elbv2", "DeleteLoadBalancer", LoadBalancerArn=shop.alb)
    assert refused == "OperationNotPermitted"


def test_a_stack_keeps_what_it_says(lan: Any) -> None:
    template = {
        "Resources": {
            "Alb": {
                "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
                "Properties": {
                    "Name": "stack-alb",
                    "Subnets": [lan.subnets["public-a"], lan.subnets["public-b"]],
                    "LoadBalancerAttributes": [{"Key": "idle_timeout.timeout_seconds", "Value": "10"}],
                },
            },
            "Blue": group("stack-blue", lan),
            "Green": group("stack-green", lan),
            "Listener": {
                "Type": "AWS::ElasticLoadBalancingV2::Listener",
                "Properties": {
                    "LoadBalancerArn": {"Ref": "Alb"},
                    "Port": 80,
                    "Protocol": "HTTP",
                    "DefaultActions": [
                        {
                            "Type": "forward",
                            "ForwardConfig": {
                                "TargetGroups": [
                                    {"TargetGroupArn": {"Ref": "Blue"}, "Weight": 9},
                                    {"TargetGroupArn": {"Ref": "Green"}, "Weight": 1},
                                ]
                            },
                        }
                    ],
                },
            },
            "Closed": {
                "Type": "AWS::EC2::SecurityGroup",
                "Properties": {
                    "GroupName": "closed",
                    "GroupDescription": "closed",
                    "VpcId": lan.vpc,
                    "SecurityGroupIngress": [{"IpProtocol": "-1", "CidrIp": "10.0.0.0/16"}],
                    "SecurityGroupEgress": [
                        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/16"}
                    ],
                },
            },
        },
        "Outputs": {"Name": {"Value": {"Fn::GetAtt": ["Alb", "LoadBalancerFullName"]}}},
    }
    lan.world.call("cloudformation", "CreateStack", StackName="s", TemplateBody=json.dumps(template))
    (stack,) = lan.world.read("cloudformation", "DescribeStacks", StackName="s")["Stacks"]
    assert stack["Outputs"][0]["OutputValue"].startswith("app/stack-alb/")
    arn = f"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/{stack['Outputs'][0]['OutputValue']}"
    attributes = lan.world.read("elbv2", "DescribeLoadBalancerAttributes", LoadBalancerArn=arn)["Attributes"]
    assert {"Key": "idle_timeout.timeout_seconds", "Value": "10"} in attributes
    (listener,) = lan.world.read("elbv2", "DescribeListeners", LoadBalancerArn=arn)["Listeners"]
    weights = [g["Weight"] for g in listener["DefaultActions"][0]["ForwardConfig"]["TargetGroups"]]
    assert weights == [9, 1]
    (closed,) = lan.world.read(
        "ec2", "DescribeSecurityGroups", Filters=[{"Name": "group-name", "Values": ["closed"]}]
    )["SecurityGroups"]
    assert [rule["FromPort"] for rule in closed["IpPermissionsEgress"]] == [443]


def group(name: str, lan: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
        "Properties": {
            "Name": name,
            "VpcId": lan.vpc,
            "Port": 8080,
            "Protocol": "HTTP",
            "TargetType": "ip",
            "TargetGroupAttributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}],
        },
    }
