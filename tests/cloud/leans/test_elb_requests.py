"""Requests to a load balancer: routing, and who answers what."""

from typing import Any

import pytest

PAGE_502 = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)


def settle(shop: Any) -> None:
    shop.world.advance(120_000)


def test_the_applications_answer_passes_through(shop: Any, ok_app: Any) -> None:
    shop.task(ok_app)
    settle(shop)
    answer = shop.get("/")
    assert (answer.status, answer.body) == (200, b"hello")
    assert answer.elapsed == 20
    assert "Server" not in dict(answer.headers)
    assert shop.get("/nothing").status == 404


def test_no_targets_is_503(shop: Any) -> None:
    answer = shop.get()
    assert answer.status == 503
    assert len(answer.body) == 162
    assert dict(answer.headers)["Server"] == "awselb/2.0"
    assert dict(answer.headers)["Content-Type"] == "text/html"


def test_nothing_listening_is_502(shop: Any, ok_app: Any) -> None:
    shop.task({**ok_app, "listen": [{"port": 9090}]})
    settle(shop)
    answer = shop.get()
    assert (answer.status, answer.body) == (502, PAGE_502)
    assert len(answer.body) == 122


def test_a_closed_security_group_is_504_after_ten_seconds(shop: Any, ok_app: Any) -> None:
    shop.task(ok_app)
    shop.lan.forbid("app", 8080, peer="alb")
    settle(shop)
    answer = shop.get()
    assert (answer.status, answer.elapsed, len(answer.body)) == (504, 10_000, 132)


@pytest.mark.parametrize("route", [{"hang": True}, {"status": 200, "latency": 61_000}])
def test_no_answer_is_504_after_the_idle_timeout(shop: Any, ok_app: Any, route: Any) -> None:
    shop.task({**ok_app, "routes": {"/": route}})
    settle(shop)
    answer = shop.get()
    assert (answer.status, answer.elapsed) == (504, 60_000)
    shop.world.call(
        "elbv2", "ModifyLoadBalancerAttributes", LoadBalancerArn=shop.alb,
        Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "30"}],
    )  # fmt: skip
    assert shop.get().elapsed == 30_000


def test_when_none_is_healthy_all_are_tried(shop: Any, ok_app: Any) -> None:
    shop.task({**ok_app, "routes": {"/": {"status": 200, "body": "hello"}}})
    settle(shop)
    assert shop.get().status == 200, "the health path answers 404, the application works"


def test_with_fewer_healthy_targets_than_asked_for_all_are_tried(shop: Any, ok_app: Any) -> None:
    """Application Load Balancer guide, "target-group-health": unhealthy state routing."""
    shop.task(ok_app, key="1")
    shop.task({**ok_app, "routes": {"/": {"status": 418}}}, key="2", subnet="private-b")
    settle(shop)
    assert {shop.get().status for _ in range(4)} == {200}
    key = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count"
    pairs = [{"Key": key, "Value": "2"}]
    shop.world.call("elbv2", "ModifyTargetGroupAttributes", TargetGroupArn=shop.group, Attributes=pairs)
    assert {shop.get().status for _ in range(4)} == {200, 418}


def test_only_healthy_targets_are_used(shop: Any, ok_app: Any) -> None:
    shop.task(ok_app, key="1")
    shop.task({**ok_app, "listen": [{"port": 9090}]}, key="2", subnet="private-b")
    settle(shop)
    assert {shop.get().status for _ in range(10)} == {200}


def test_targets_take_turns(shop: Any, ok_app: Any) -> None:
    for number in range(3):
        shop.task({**ok_app, "routes": {"*": {"status": 200, "body": str(number)}}}, key=str(number))
    settle(shop)
    bodies = [shop.get().body for _ in range(6)]
    assert bodies[:3] == bodies[3:]
    assert set(bodies) == {b"0", b"1", b"2"}


def test_a_port_without_a_listener_refuses(shop: Any) -> None:
    assert shop.get(port=8081) is None


def test_the_balancers_own_group_and_subnets_matter(shop: Any, ok_app: Any) -> None:
    shop.task(ok_app)
    settle(shop)
    shop.lan.forbid("alb", 80, cidr="0.0.0.0/0")
    assert shop.get() is None
    assert shop.world.elb.probe("web-alb", 80, "/")["status"] is None
    shop.lan.allow("alb", 80, cidr="0.0.0.0/0")
    assert shop.get().status == 200
    shop.world.call(
        "ec2", "DeleteRoute", RouteTableId=shop.lan.tables["public"], DestinationCidrBlock="0.0.0.0/0"
    )
    assert shop.get() is None
    assert shop.world.elb.probe("web-alb", 80, "/")["status"] is None


def test_a_name_is_found_in_any_case(shop: Any) -> None:
    elb = shop.world.elb
    assert elb.balancer_at(shop.dns.upper()) == shop.alb
    assert elb.balancer_at(f"{shop.dns}:80") == shop.alb
    assert elb.balancer_at("other.example.com") is None
    name, _, rest = shop.dns.partition(".")
    assert rest == "us-east-1.elb.amazonaws.com"
    assert name.removeprefix("web-alb-").isdigit()


def test_a_target_group_that_speaks_tls_to_a_plain_application_is_502(shop: Any, ok_app: Any) -> None:
    """The handshake fails ("Troubleshoot your Application Load Balancers", HTTP 502)."""
    made = shop.world.call(
        "elbv2",
        "CreateTargetGroup",
        Name="tls",
        Protocol="HTTPS",
        Port=8080,
        VpcId=shop.lan.vpc,
        TargetType="ip",
    )
    group = made["TargetGroups"][0]["TargetGroupArn"]
    action = [{"Type": "forward", "TargetGroupArn": group}]
    shop.world.call("elbv2", "ModifyListener", ListenerArn=shop.listener, DefaultActions=action)
    shop.task(ok_app, group=group)
    settle(shop)
    assert shop.get().status == 502


def test_targets_that_are_all_unused_are_503(shop: Any, ok_app: Any) -> None:
    made = shop.world.call(
        "ec2", "CreateSubnet", VpcId=shop.lan.vpc, CidrBlock="10.0.12.0/24", AvailabilityZone="us-east-1c"
    )
    shop.lan.subnets["private-c"] = made["Subnet"]["SubnetId"]
    eni = shop.task(ok_app, subnet="private-c")
    settle(shop)
    assert (shop.health(eni)["State"], shop.get().status) == ("unused", 503)


# --- rules ---------------------------------------------------------------------------------------

CONDITIONS = [
    ({"Field": "path-pattern", "Values": ["/api/*"]}, {"path": "/api/x"}, {"path": "/API/x"}),
    (
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/img?.png"]}},
        {"path": "/img1.png"},
        {"path": "/img.png"},
    ),
    (
        {"Field": "host-header", "Values": ["*.example.com"]},
        {"host": "A.Example.com:80"},
        {"host": "example.org"},
    ),
    (
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Beta", "Values": ["y*"]}},
        {"x_beta": "YES"},
        {"x_beta": "no"},
    ),
    (
        {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["POST"]}},
        {"method": "POST"},
        {"method": "PUT"},
    ),
    (
        {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "2*"}]}},
        {"path": "/?v=21"},
        {"path": "/?v=1"},
    ),
    ({"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/24"]}}, {}, None),
    ({"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}}, None, {}),
]


@pytest.mark.parametrize(("condition", "meets", "misses"), CONDITIONS)
def test_conditions(shop: Any, condition: Any, meets: Any, misses: Any) -> None:
    shop.world.call(
        "elbv2", "CreateRule", ListenerArn=shop.listener, Priority=10, Conditions=[condition],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "418", "MessageBody": "tea"}}],
    )  # fmt: skip
    if meets is not None:
        answer = shop.get(**meets)
        assert (answer.status, answer.body) == (418, b"tea")
    if misses is not None:
        assert shop.get(**misses).status == 503


def test_the_lowest_priority_number_comes_first(shop: Any) -> None:
    for priority, status in ((20, "402"), (10, "401"), (30, "403")):
        shop.world.call(
            "elbv2", "CreateRule", ListenerArn=shop.listener, Priority=priority,
            Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
            Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": status}}],
        )  # fmt: skip
    assert shop.get().status == 401


def test_redirects(shop: Any) -> None:
    shop.world.call(
        "elbv2", "ModifyListener", ListenerArn=shop.listener,
        DefaultActions=[{"Type": "redirect", "RedirectConfig": {
            "Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301", "Path": "/new/#{path}"}}],
    )  # fmt: skip
    answer = shop.get("/a/b?c=d", host="shop.example.com")
    assert answer.status == 301
    assert dict(answer.headers)["Location"] == "https://shop.example.com:443/new/a/b?c=d"


def test_weights_share_requests(shop: Any, ok_app: Any) -> None:
    green = shop.target_group("green")
    shop.world.call(
        "elbv2", "ModifyListener", ListenerArn=shop.listener,
        DefaultActions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": [
            {"TargetGroupArn": shop.group, "Weight": 3}, {"TargetGroupArn": green, "Weight": 1}]}}],
    )  # fmt: skip
    shop.task({**ok_app, "routes": {"*": {"status": 200, "body": "blue"}}}, key="blue")
    shop.task({**ok_app, "routes": {"*": {"status": 200, "body": "green"}}}, key="green", group=green)
    settle(shop)
    bodies = [shop.get().body for _ in range(40)]
    assert (bodies.count(b"blue"), bodies.count(b"green")) == (30, 10)


# --- what clients would get ----------------------------------------------------------------------


def test_a_probe_gives_the_worst(shop: Any, ok_app: Any) -> None:
    probe = shop.world.elb.probe
    assert probe("web-alb", 80, "/")["status"] == 503
    assert probe("nobody", 80, "/")["status"] is None
    shop.task({**ok_app, "routes": {"/health": {"status": 200}, "/": {"status": 500}}}, key="1")
    shop.task(ok_app, key="2", subnet="private-b")
    settle(shop)
    assert probe("web-alb", 80, "/") == {"status": 500, "statuses": [200, 500], "failed": 0, "requests": 0}


def test_the_snapshot_is_what_the_screen_draws(shop: Any, ok_app: Any) -> None:
    eni = shop.task(ok_app, key="1")
    settle(shop)
    seen = shop.world.elb.snapshot()
    (balancer,) = seen["load_balancers"]
    assert balancer["answers"] == balancer["listeners"][0]["answers"] == 200
    assert balancer["dns"] == shop.dns
    assert balancer["listeners"][0]["rules"] == [
        {"priority": "default", "conditions": "default", "target_groups": [shop.group]}
    ]
    (group,) = seen["target_groups"]
    assert (group["name"], group["port"], group["health_path"]) == ("web-tg", 8080, "/health")
    assert group["targets"] == [
        {
            "ip": eni.private_ip,
            "port": 8080,
            "az": "us-east-1a",
            "state": "healthy",
            "reason": None,
            "description": None,
            "task": "1",
        }
    ]
