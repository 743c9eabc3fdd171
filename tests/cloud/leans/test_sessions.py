"""Sticky sessions, slow start, and Network Load Balancers: who gets which request, and what clients are told.

Source: Elastic Load Balancing user guides, "sticky-sessions", "target-group-attributes", network
"target-group-health-checks".
"""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecslab.cloud import elb_sticky as sticky
from ecslab.cloud.elb_turns import FULL, next_warmth, turns, warmth
from ecslab.cloud.ports.api import ApiError
from tests.cloud.ecs.shifted import BLUE, GREEN, Shifted


class Client:
    """A browser: it keeps the cookies that it is given, as long as they last."""

    def __init__(self, aws: Shifted, path: str = "/") -> None:
        self.aws, self.path = aws, path
        self.cookies: dict[str, str] = {}
        self.lines: list[str] = []

    def get(self) -> str:
        """Address of the target that answered, or the status."""
        headers = {"host": "web-alb", "cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        answer = self.aws.world.browse(self.aws.alb, 80, "GET", self.path, headers, b"")
        assert answer is not None
        self.lines = [value for name, value in answer.headers if name == "Set-Cookie"]
        for line in self.lines:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        chosen = self.aws.world.elb.front.chosen  # type: ignore[attr-defined]
        return str(chosen.ip) if answer.status == 200 else str(answer.status)


def attributes(aws: Shifted, arn: str, **given: Any) -> None:
    pairs = [{"Key": key.replace("__", "."), "Value": str(value)} for key, value in given.items()]
    aws.call("elbv2", "ModifyTargetGroupAttributes", TargetGroupArn=arn, Attributes=pairs)


def lb_cookie(aws: Shifted, seconds: int = 3600) -> None:
    attributes(
        aws, aws.blue, stickiness__enabled="true", stickiness__type="lb_cookie",
        stickiness__lb_cookie__duration_seconds=seconds,
    )  # fmt: skip


def test_a_cookie_binds_a_client_to_a_target() -> None:
    with Shifted() as aws:
        aws.service(BLUE, desired=3)
        assert aws.steady()
        lb_cookie(aws)
        clients = [Client(aws) for _ in range(6)]
        bound = [client.get() for client in clients]
        assert len(set(bound)) == 3, "new clients are spread"
        for client, target in zip(clients, bound, strict=True):
            assert {client.get() for _ in range(5)} == {target}
        first = clients[0]
        assert set(first.cookies) == {"AWSALB", "AWSALBCORS"}
        assert any(line.endswith("; Path=/; SameSite=None") for line in first.lines)
        assert first.cookies["AWSALB"] == first.cookies["AWSALBCORS"]
        stranger = Client(aws)
        stranger.cookies = {"AWSALB": "bm90aGluZw=="}
        assert stranger.get() in bound and stranger.cookies["AWSALB"] != "bm90aGluZw=="


@pytest.mark.slow
def test_a_session_ends_with_its_time_and_with_its_target() -> None:
    with Shifted() as aws:
        aws.service(BLUE, desired=2)
        assert aws.steady()
        lb_cookie(aws, seconds=60)
        client, others = Client(aws), [Client(aws) for _ in range(2)]
        bound = client.get()
        aws.advance(61)
        if others[0].get() != bound:
            others[1].get()
        assert client.get() != bound, "an old cookie is as good as none"
        lb_cookie(aws)
        client = Client(aws)
        bound = client.get()
        task = next(
            t for t in aws.tasks()
            if any(d["value"] == bound for d in t["attachments"][0]["details"])
        )  # fmt: skip
        aws.call("ecs", "StopTask", cluster="prod", task=task["taskArn"])
        aws.advance(30)
        assert client.get() != bound and client.get() == client.get()


@pytest.mark.slow
def test_an_application_cookie_binds_once_the_application_has_set_it() -> None:
    program = {
        "listen": [{"port": 8080, "after": 1000, "on": "0.0.0.0"}],
        "routes": {
            "/login": {"status": 200, "body": "in", "set_cookie": "SESSION=abc; Path=/"},
            "/": {"status": 200, "body": "ok"},
            "/health": {"status": 200},
        },
    }
    with Shifted() as aws:
        image = aws.world.registry.find("123456789012.dkr.ecr.us-east-1.amazonaws.com/my-app:v1.2.3")
        assert image is not None
        aws.world.registry.alter(image, program)
        aws.service(BLUE, desired=2)
        assert aws.steady()
        attributes(
            aws, aws.blue, stickiness__enabled="true", stickiness__type="app_cookie",
            stickiness__app_cookie__cookie_name="SESSION",
        )  # fmt: skip
        client = Client(aws)
        assert len({client.get() for _ in range(4)}) == 2 and not client.cookies
        client.path = "/login"
        bound = client.get()
        assert set(client.cookies) == {"SESSION", "AWSALBAPP-0"}
        client.path = "/"
        assert {client.get() for _ in range(4)} == {bound}


@pytest.mark.slow
def test_a_sticky_rule_keeps_clients_on_their_target_group_whatever_the_weights() -> None:
    with Shifted() as aws:
        aws.started("CANARY", canaryConfiguration={"canaryPercent": 50, "canaryBakeTimeInMinutes": 10})
        groups = [{"TargetGroupArn": aws.blue, "Weight": 0}, {"TargetGroupArn": aws.green, "Weight": 100}]
        config = {
            "TargetGroups": groups,
            "TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 1200},
        }
        action = [{"Type": "forward", "ForwardConfig": config}]
        aws.call("elbv2", "ModifyRule", RuleArn=aws.production, Actions=action)
        old = Client(aws)
        green = old.get()
        assert set(old.cookies) == {"AWSALBTG", "AWSALBTGCORS"}
        aws.deploy()
        aws.until("PRODUCTION_TRAFFIC_SHIFT")
        aws.advance(12)
        found = aws.call("elbv2", "DescribeRules", RuleArns=[aws.production])["Rules"][0]["Actions"][0]
        assert found["ForwardConfig"]["TargetGroupStickinessConfig"]["Enabled"] is True
        assert aws.asked(10) == {BLUE: 5, GREEN: 5}
        aws.until("BAKE_TIME")
        assert aws.asked(10) == {GREEN: 10}
        mine = {t.ip for t in aws.world.elb.targets_of(aws.green)}  # type: ignore[attr-defined]
        assert {old.get() for _ in range(4)} <= mine and green in mine
        assert aws.steady()
        assert old.get() == "503", "its target group has no target left, and the session still lasts"


def test_a_target_that_joins_others_warms_up() -> None:
    with Shifted() as aws:
        aws.service(BLUE, desired=1)
        attributes(aws, aws.blue, slow_start__duration_seconds=100)
        assert aws.steady()
        assert aws.world.elb.targets_of(aws.blue)[0].warm_since is None  # type: ignore[attr-defined]
        aws.update(desiredCount=2)
        while sum(state == "healthy" for state, _ in aws.health()) < 2:
            aws.advance(1)
        (cold,) = [t for t in aws.world.elb.targets_of(aws.blue) if t.warm_since is not None]  # type: ignore[attr-defined]

        def share() -> float:
            return Counter(Client(aws).get() for _ in range(110))[cold.ip] / 110

        shares = []
        for _ in range(5):
            shares.append(share())
            aws.advance(25)
        assert shares[0] < 0.2 and shares == sorted(shares) and shares[4] == 0.5
        assert cold.warm_since is None


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6).filter(any))
def test_everybody_comes_as_often_as_it_weighs_and_evenly(weights: list[int]) -> None:
    order = turns(tuple(weights))
    counts = Counter(order)
    whole = sum(weights)
    for index, weight in enumerate(weights):
        assert counts[index] * whole == weight * len(order)
        for length in range(1, len(order) + 1):
            fair = weight * length / whole
            assert abs(order[:length].count(index) - fair) <= len(weights)


@given(st.integers(0, 10**6), st.integers(30_000, 900_000), st.integers(0, 10**6))
def test_warming_up_goes_up_step_by_step(since: int, duration: int, after: int) -> None:
    now = since + after
    weight, due = warmth(since, now, duration), next_warmth(since, now, duration)
    assert 1 <= weight <= FULL
    if due is None:
        assert weight == FULL
    else:
        assert due > now and warmth(since, due, duration) == weight + 1
        assert warmth(since, due - 1, duration) == weight


@given(st.text(max_size=60), st.integers(0, 10**12))
def test_any_cookie_is_read_without_harm(text: str, now: int) -> None:
    assert sticky.meant(1, "AWSALB", text, {"a": "a"}, now) is None
    assert isinstance(sticky.sent({"cookie": text}), dict)
    mine = sticky.value(1, "AWSALB", "a", now + 1)
    assert sticky.meant(1, "AWSALB", mine, {"b": 2, "a": 1}, now) == 1
    assert sticky.meant(1, "AWSALB", mine, {"a": 1}, now + 1) is None
    assert sticky.meant(2, "AWSALB", mine, {"a": 1}, now) is None


LIMITS = [
    ({"slow_start__duration_seconds": 29}, "ValidationError"),
    ({"slow_start__duration_seconds": 901}, "ValidationError"),
    ({"deregistration_delay__timeout_seconds": 3601}, "ValidationError"),
    ({"stickiness__lb_cookie__duration_seconds": 604_801}, "ValidationError"),
    ({"stickiness__lb_cookie__duration_seconds": 0}, "ValidationError"),
    ({"stickiness__enabled": "yes"}, "ValidationError"),
    ({"stickiness__type": "app_cookie", "stickiness__app_cookie__cookie_name": "AWSALB1"}, "ValidationError"),
    ({"stickiness__type": "app_cookie"}, "InvalidConfigurationRequest"),
    ({"stickiness__type": "source_ip"}, "InvalidConfigurationRequest"),
    ({"preserve_client_ip__enabled": "true"}, "InvalidConfigurationRequest"),
    (
        {"load_balancing__algorithm__type": "least_outstanding_requests", "slow_start__duration_seconds": 30},
        "InvalidConfigurationRequest",
    ),
]  # fmt: skip


def refusal(aws: Shifted, operation: str, **params: Any) -> str:
    with pytest.raises(ApiError) as caught:
        aws.call("elbv2", operation, **params)
    return caught.value.code


def test_attributes_and_protocols_have_limits() -> None:
    with Shifted() as aws:
        for given, code in LIMITS:
            pairs = [{"Key": key.replace("__", "."), "Value": str(value)} for key, value in given.items()]
            refused = refusal(aws, "ModifyTargetGroupAttributes", TargetGroupArn=aws.blue, Attributes=pairs)
            assert refused == code, given
        attributes(aws, aws.blue, slow_start__duration_seconds=0, deregistration_delay__timeout_seconds=3600)
        sticky = {
            "TargetGroups": [{"TargetGroupArn": aws.blue}],
            "TargetGroupStickinessConfig": {"Enabled": True},
        }
        action = [{"Type": "forward", "ForwardConfig": sticky}]
        assert refusal(aws, "ModifyRule", RuleArn=aws.production, Actions=action) == "ValidationError"
        vpc = aws.call("elbv2", "DescribeTargetGroups", Names=["web-tg"])["TargetGroups"][0]["VpcId"]
        made = aws.call(
            "elbv2", "CreateTargetGroup", Name="tcp", Protocol="TCP", Port=80, VpcId=vpc, TargetType="ip"
        )
        tcp = made["TargetGroups"][0]["TargetGroupArn"]
        network = aws.call(
            "elbv2", "CreateLoadBalancer", Name="net", Type="network", Subnets=aws.subnets("public-a")
        )["LoadBalancers"][0]["LoadBalancerArn"]
        assert ":loadbalancer/net/net/" in network
        for balancer, protocol, group, code in (
            (aws.alb, "TCP", aws.green, "ValidationError"),
            (network, "HTTP", tcp, "ValidationError"),
            (aws.alb, "HTTP", tcp, "IncompatibleProtocols"),
            (network, "TCP", aws.green, "IncompatibleProtocols"),
        ):
            refused = refusal(
                aws, "CreateListener", LoadBalancerArn=balancer, Protocol=protocol, Port=8081,
                DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
            )  # fmt: skip
            assert refused == code, (protocol, group)


# --- Network Load Balancers ---


class Network(Shifted):
    """A Network Load Balancer `nlb`, port 80, in front of TCP target groups `nlb-blue` and `nlb-green`."""

    def __enter__(self) -> "Network":
        super().__enter__()
        vpc = self.call("elbv2", "DescribeTargetGroups", Names=["web-tg"])["TargetGroups"][0]["VpcId"]
        made = [
            self.call(
                "elbv2", "CreateTargetGroup", Name=name, Protocol="TCP", Port=8080, VpcId=vpc, TargetType="ip",
                HealthCheckProtocol="TCP", HealthCheckIntervalSeconds=10,
            )["TargetGroups"][0]["TargetGroupArn"]
            for name in ("nlb-blue", "nlb-green")
        ]  # fmt: skip
        self.blue, self.green = str(made[0]), str(made[1])
        balancer = self.call(
            "elbv2",
            "CreateLoadBalancer",
            Name="nlb",
            Type="network",
            Subnets=self.subnets("public-a", "public-b"),
        )["LoadBalancers"][0]
        self.alb = str(balancer["LoadBalancerArn"])
        self.advance(150)
        listener = self.listen("TCP", [(self.blue, 1), (self.green, 0)])
        self.production = str(listener["ListenerArn"])
        return self

    def listen(self, protocol: str, groups: list[tuple[str, int]], port: int = 80) -> dict[str, Any]:
        weighted = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in groups]
        action = {"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}
        made = self.call(
            "elbv2", "CreateListener", LoadBalancerArn=self.alb, Protocol=protocol, Port=port,
            DefaultActions=[action],
        )  # fmt: skip
        return dict(made["Listeners"][0])

    def admit(self, source: str = "10.0.0.0/16") -> None:
        """The tasks' security group lets addresses in: a Network Load Balancer has no group of its own here."""
        rule = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "IpRanges": [{"CidrIp": source}]}
        self.call("ec2", "AuthorizeSecurityGroupIngress", GroupId=self.group("app"), IpPermissions=[rule])

    def states(self, arn: str) -> list[str]:
        found = self.call("elbv2", "DescribeTargetHealth", TargetGroupArn=arn)["TargetHealthDescriptions"]
        return [item["TargetHealth"]["State"] for item in found]

    def plain(self) -> dict[str, Any]:
        return {"targetGroupArn": self.blue, "containerName": "app", "containerPort": 8080}


def test_a_network_load_balancer_passes_connections_on() -> None:
    with Network() as aws:
        aws.service("sick", desired=1, loadBalancers=[aws.plain()])
        aws.advance(90)
        assert aws.asked(1) == {"504": 1} and "unhealthy" in aws.states(aws.blue), "its group lets nobody in"
        aws.admit()
        assert aws.steady() and "healthy" in aws.states(aws.blue), "TCP is answered, whatever HTTP says"
        assert aws.asked(1) == {"sick": 1}
        aws.update(desiredCount=0)
        assert aws.steady()
        aws.advance(400)
        answer = aws.world.browse(aws.alb, 80, "GET", "/", {"host": "nlb"}, b"")
        assert answer is not None and answer.status == 502
        assert ("Server", "awselb/2.0") not in answer.headers and answer.body.startswith(b"ecslab:")


@pytest.mark.slow
def test_traffic_shifts_behind_a_network_load_balancer_with_ten_more_minutes() -> None:
    with Network() as aws:
        aws.admit()
        balancer = aws.balancer(testListenerRule=None)
        strategy = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1}
        aws.service(BLUE, desired=2, loadBalancers=[balancer], deploymentConfiguration=strategy)
        assert aws.steady(within=7200) and aws.asked(4) == {BLUE: 4}
        aws.deploy()
        aws.until("PRODUCTION_TRAFFIC_SHIFT")
        began = aws.world.now
        aws.until("POST_PRODUCTION_TRAFFIC_SHIFT")
        assert 600_000 <= aws.world.now - began <= 630_000
        assert aws.steady() and aws.asked(4) == {GREEN: 4}


@pytest.mark.slow
def test_connections_to_an_unhealthy_target_live_on_for_as_long_as_asked() -> None:
    with Network() as aws:
        aws.admit()
        aws.service("v1.2.3", desired=1, loadBalancers=[aws.plain()])
        assert aws.steady()
        attributes(
            aws, aws.blue, target_health_state__unhealthy__connection_termination__enabled="false",
            target_health_state__unhealthy__draining_interval_seconds=15,
        )  # fmt: skip
        group = aws.group("app")
        shut = {
            "IpProtocol": "tcp",
            "FromPort": 8080,
            "ToPort": 8080,
            "IpRanges": [{"CidrIp": "10.0.0.0/16"}],
        }
        aws.call("ec2", "RevokeSecurityGroupIngress", GroupId=group, IpPermissions=[shut])
        seen: list[str] = []
        for _ in range(90):
            (state, *_) = aws.states(aws.blue)
            if not seen or seen[-1] != state:
                seen.append(state)
            aws.advance(1)
        assert seen[:3] == ["healthy", "unhealthy.draining", "unhealthy"]
