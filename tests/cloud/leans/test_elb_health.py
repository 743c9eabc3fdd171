"""Target health as `describe-target-health` shows it: states, reasons, and when they change."""

from typing import Any

import pytest

STEP = 250


def first_time(shop: Any, eni: Any, state: str, limit: int = 200_000) -> int:
    """The simulated ms until the target is seen in a state."""
    start = shop.world.now
    while shop.world.now - start < limit:
        if shop.world.elb.health(shop.group, eni.private_ip, 8080).state == state:
            return int(shop.world.now - start)
        shop.world.advance(STEP)
    raise AssertionError(f"never {state}: {shop.health(eni)}")


def test_a_target_is_healthy_after_one_good_check(shop: Any, ok_app: Any) -> None:
    eni = shop.task(ok_app)
    assert shop.health(eni) == {
        "State": "initial",
        "Reason": "Elb.RegistrationInProgress",
        "Description": "Target registration is in progress",
    }
    assert 3_000 <= first_time(shop, eni, "healthy") <= 9_500
    assert shop.health(eni) == {"State": "healthy"}
    assert [told[2] for told in shop.world.ecs.told][-1] == eni.private_ip


def test_each_state_of_a_target_is_told_once(shop: Any, ok_app: Any) -> None:
    eni = shop.task(ok_app)
    shop.world.advance(60 * STEP)
    told = [message for _, source, _, message in shop.world.events if source == "target"]
    assert told == [
        f"{eni.private_ip}:8080 is initial (Elb.RegistrationInProgress: Target registration is in progress)",
        f"{eni.private_ip}:8080 is initial (Elb.InitialHealthChecking: Initial health checks in progress)",
        f"{eni.private_ip}:8080 is healthy",
    ]


def test_registration_comes_before_the_first_check(shop: Any, ok_app: Any) -> None:
    eni = shop.task(ok_app)
    seen = []
    for _ in range(60):
        health = shop.health(eni)
        if (health["State"], health.get("Reason")) not in seen:
            seen.append((health["State"], health.get("Reason")))
        shop.world.advance(STEP)
    assert seen == [
        ("initial", "Elb.RegistrationInProgress"),
        ("initial", "Elb.InitialHealthChecking"),
        ("healthy", None),
    ]


SICK = [
    (
        {"routes": {"/health": {"status": 503}}},
        "Target.ResponseCodeMismatch",
        "Health checks failed with these codes: [503]",
    ),
    (
        {"routes": {"/": {"status": 200}}},
        "Target.ResponseCodeMismatch",
        "Health checks failed with these codes: [404]",
    ),
    ({"routes": {"*": {"hang": True}}}, "Target.Timeout", "Request timed out"),
    ({"routes": {"*": {"status": 200, "latency": 6_000}}}, "Target.Timeout", "Request timed out"),
    ({"listen": [{"port": 9090}]}, "Target.FailedHealthChecks", "Health checks failed"),
    ({"listen": [{"port": 8080, "on": "127.0.0.1"}]}, "Target.FailedHealthChecks", "Health checks failed"),
]


@pytest.mark.parametrize(("change", "reason", "description"), SICK)
def test_what_a_sick_application_shows(
    shop: Any, ok_app: Any, change: Any, reason: str, description: str
) -> None:
    eni = shop.task({**ok_app, **change})
    assert 30_000 <= first_time(shop, eni, "unhealthy") <= 45_000
    assert shop.health(eni) == {"State": "unhealthy", "Reason": reason, "Description": description}


def test_a_closed_security_group_times_out(shop: Any, ok_app: Any) -> None:
    shop.lan.forbid("app", 8080, peer="alb")
    eni = shop.task(ok_app)
    first_time(shop, eni, "unhealthy")
    assert shop.health(eni)["Reason"] == "Target.Timeout"


def test_an_address_without_an_application_refuses(shop: Any) -> None:
    eni = shop.task(None)
    first_time(shop, eni, "unhealthy")
    assert shop.health(eni)["Reason"] == "Target.FailedHealthChecks"


def test_recovery_needs_the_healthy_threshold(shop: Any, ok_app: Any) -> None:
    shop.lan.forbid("app", 8080, peer="alb")
    eni = shop.task(ok_app)
    first_time(shop, eni, "unhealthy")
    shop.lan.allow("app", 8080, peer="alb")
    assert 4 * 30_000 <= first_time(shop, eni, "healthy") <= 5 * 30_000 + 1_000


def test_a_failure_shows_after_the_unhealthy_threshold(shop: Any, ok_app: Any) -> None:
    eni = shop.task(ok_app)
    first_time(shop, eni, "healthy")
    shop.lan.forbid("app", 8080, peer="alb")
    assert 30_000 <= first_time(shop, eni, "unhealthy") <= 2 * 30_000 + 6_000


def test_the_reason_follows_the_latest_check(shop: Any, ok_app: Any) -> None:
    shop.lan.forbid("app", 8080, peer="alb")
    eni = shop.task({**ok_app, "routes": {"*": {"status": 500}}})
    first_time(shop, eni, "unhealthy")
    shop.lan.allow("app", 8080, peer="alb")
    shop.world.advance(31_000)
    assert shop.health(eni)["Description"] == "Health checks failed with these codes: [500]"


def test_a_slow_start_becomes_healthy_when_it_listens(shop: Any, ok_app: Any) -> None:
    eni = shop.task({**ok_app, "listen": [{"port": 8080, "after": 20_000}]})
    assert 20_000 <= first_time(shop, eni, "healthy") <= 60_000


def test_the_health_check_can_be_changed(shop: Any, ok_app: Any) -> None:
    eni = shop.task({**ok_app, "routes": {"/up": {"status": 202}}})
    first_time(shop, eni, "unhealthy")
    shop.world.call(
        "elbv2", "ModifyTargetGroup", TargetGroupArn=shop.group, HealthCheckPath="/up",
        Matcher={"HttpCode": "200-299"}, HealthyThresholdCount=2, HealthCheckIntervalSeconds=10,
    )  # fmt: skip
    assert first_time(shop, eni, "healthy") <= 30_000


def test_the_port_of_the_check_can_be_another(shop: Any, ok_app: Any) -> None:
    shop.lan.allow("app", 9000, peer="alb")
    shop.world.call("elbv2", "ModifyTargetGroup", TargetGroupArn=shop.group, HealthCheckPort="9000")
    eni = shop.task({**ok_app, "listen": [{"port": 9000}]})
    first_time(shop, eni, "healthy")


def test_a_group_that_nothing_forwards_to_is_unused(shop: Any, ok_app: Any) -> None:
    group = shop.target_group("spare")
    eni = shop.task(ok_app, group=group)
    found = shop.world.elb.health(group, eni.private_ip, 8080)
    assert (found.state, found.reason) == ("unused", "Target.NotInUse")
    assert found.description == "Target group is not configured to receive traffic from the load balancer"
    shop.world.call(
        "elbv2", "CreateRule", ListenerArn=shop.listener, Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/x"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": group}],
    )  # fmt: skip
    assert shop.world.elb.health(group, eni.private_ip, 8080).state == "initial"


def test_a_zone_that_is_not_enabled_is_unused(shop: Any, ok_app: Any) -> None:
    made = shop.world.call(
        "ec2", "CreateSubnet", VpcId=shop.lan.vpc, CidrBlock="10.0.12.0/24", AvailabilityZone="us-east-1c"
    )
    shop.lan.subnets["private-c"] = made["Subnet"]["SubnetId"]
    health = shop.health(shop.task(ok_app, subnet="private-c"))
    assert health["Reason"] == "Target.NotInUse"
    assert "Availability Zone that is not enabled" in health["Description"]


def test_a_deregistered_target_drains_for_the_delay(shop: Any, ok_app: Any) -> None:
    shop.world.call(
        "elbv2", "ModifyTargetGroupAttributes", TargetGroupArn=shop.group,
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "60"}],
    )  # fmt: skip
    eni = shop.task(ok_app)
    shop.world.advance(20_000)
    shop.world.elb.deregister(shop.group, eni.private_ip, 8080)
    assert shop.health(eni)["State"] == "draining"
    shop.world.advance(59_999)
    assert shop.health(eni)["Reason"] == "Target.DeregistrationInProgress"
    shop.world.advance(1)
    assert shop.health(eni) == {
        "State": "unused",
        "Reason": "Target.NotRegistered",
        "Description": "Target is not registered to the target group",
    }


def test_a_person_registers_and_deregisters(shop: Any, ok_app: Any) -> None:
    eni = shop.lan.eni()
    shop.world.ecs.start(eni, ok_app)
    target = {"Id": eni.private_ip}
    shop.world.call("elbv2", "RegisterTargets", TargetGroupArn=shop.group, Targets=[target])
    shown = shop.world.read("elbv2", "DescribeTargetHealth", TargetGroupArn=shop.group)
    (described,) = shown["TargetHealthDescriptions"]
    assert described["Target"] == {
        "Id": eni.private_ip,
        "Port": 8080,
        "AvailabilityZone": "us-east-1a",
    }
    assert described["HealthCheckPort"] == "8080"
    shop.world.advance(20_000)
    shop.world.call("elbv2", "DeregisterTargets", TargetGroupArn=shop.group, Targets=[target])
    assert shop.health(eni)["State"] == "draining"


def test_a_target_that_was_never_registered_is_unused(shop: Any) -> None:
    """What moto's own test of it saw in AWS."""
    shown = shop.world.read(
        "elbv2", "DescribeTargetHealth", TargetGroupArn=shop.group, Targets=[{"Id": "10.0.10.99"}]
    )
    assert shown["TargetHealthDescriptions"] == [
        {
            "Target": {"Id": "10.0.10.99", "Port": 8080},
            "HealthCheckPort": "8080",
            "TargetHealth": {
                "State": "unused",
                "Reason": "Target.NotRegistered",
                "Description": "Target is not registered to the target group",
            },
        }
    ]


def test_targets_outside_the_vpc_are_refused(shop: Any) -> None:
    bad = {"TargetGroupArn": shop.group, "Targets": [{"Id": "192.168.1.1"}]}
    assert shop.world.error("elbv2", "RegisterTargets", **bad) == "ValidationError"
    missing = {"TargetGroupArn": shop.group + "x", "Targets": [{"Id": "10.0.10.9"}]}
    assert shop.world.error("elbv2", "RegisterTargets", **missing) == "TargetGroupNotFound"


def test_nothing_is_scheduled_for_targets_that_stay_as_they_are(shop: Any, ok_app: Any) -> None:
    shop.task(ok_app)
    shop.world.advance(60_000)
    assert shop.world.timeline.next_time() is None


def test_https_to_an_application_that_speaks_http_fails(shop: Any, ok_app: Any) -> None:
    shop.world.call("elbv2", "ModifyTargetGroup", TargetGroupArn=shop.group, HealthCheckProtocol="HTTPS")
    eni = shop.task(ok_app)
    first_time(shop, eni, "unhealthy")
    assert shop.health(eni)["Reason"] == "Target.FailedHealthChecks"
    assert shop.get().status == 200, "the requests themselves are plain HTTP"
