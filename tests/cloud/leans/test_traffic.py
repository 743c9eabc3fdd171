"""The world's own clients: how many requests, and what they got."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecslab.cloud.traffic import Choice, Slot, Stream

TRAFFIC = [{"load_balancer": "web-alb", "path": "/", "rate": 20.0, "port": 80}]


def counts(shop: Any) -> dict[str, int]:
    return dict(shop.world.elb.snapshot()["traffic"][0]["by_status"])


def settled(make_shop: Any, *programs: Any) -> tuple[Any, list[Any]]:
    """A shop whose tasks are healthy when the attempt begins."""
    shop = make_shop(TRAFFIC)
    enis = [
        shop.task(program, key=str(number), subnet=("private-a", "private-b")[number % 2])
        for number, program in enumerate(programs)
    ]
    shop.world.advance(60_000)
    shop.world.begun = shop.world.now
    return shop, enis


def test_counting_starts_with_the_attempt(make_shop: Any, ok_app: Any) -> None:
    shop, _ = settled(make_shop, ok_app)
    assert counts(shop) == {}
    shop.world.advance(10_000)
    assert counts(shop) == {"200": 200}
    assert shop.world.elb.probe("web-alb", 80, "/")["requests"] == 200


def test_what_the_balancer_and_the_application_fail_counts(make_shop: Any, ok_app: Any) -> None:
    shop, _ = settled(make_shop, ok_app, {**ok_app, "routes": {"/health": 200, "/": 500}})
    shop.world.advance(10_000)
    assert counts(shop) == {"200": 100, "500": 100}
    shop.lan.forbid("alb", 80, cidr="0.0.0.0/0")
    shop.world.advance(10_000)
    assert counts(shop)["000"] == 200
    assert shop.world.elb.probe("web-alb", 80, "/")["failed"] == 300


def leave(shop: Any, eni: Any) -> None:
    """As ECS stops a task: deregistered and SIGTERM at once."""
    shop.world.elb.deregister(shop.group, eni.private_ip, 8080)
    shop.world.ecs.terminate(eni.private_ip)
    shop.world.advance(30_000)


def test_an_application_that_dies_on_sigterm_loses_requests(make_shop: Any, ok_app: Any) -> None:
    shop, enis = settled(make_shop, ok_app, ok_app)
    shop.world.advance(10_000)
    leave(shop, enis[0])
    assert 8 <= counts(shop)["502"] <= 12


def test_an_application_that_drains_loses_none(make_shop: Any, ok_app: Any) -> None:
    drains = {**ok_app, "sigterm": {"handles": True, "takes": 2_000, "drains": True}}
    shop, enis = settled(make_shop, drains, drains)
    shop.world.advance(10_000)
    leave(shop, enis[0])
    assert counts(shop) == {"200": 800}


def test_requests_under_way_are_lost_with_the_application(make_shop: Any, ok_app: Any) -> None:
    slow = {**ok_app, "routes": {"/health": 200, "/": {"status": 200, "latency": 2_000}}}
    shop, enis = settled(make_shop, slow, ok_app)
    shop.world.advance(10_000)
    shop.world.elb.deregister(shop.group, enis[0].private_ip, 8080)
    shop.world.advance(1_500)
    shop.world.ecs.stop(enis[0].private_ip)
    assert counts(shop)["502"] == 14, "it left the rotation half a second ago"
    shop, enis = settled(make_shop, slow, ok_app)
    shop.world.advance(10_000)
    shop.world.elb.deregister(shop.group, enis[0].private_ip, 8080)
    shop.world.advance(3_500)
    before = counts(shop)
    shop.world.ecs.stop(enis[0].private_ip)
    assert counts(shop) == before, "everything is answered"
    shop, enis = settled(make_shop, slow, ok_app)
    shop.world.advance(10_000)
    shop.world.ecs.stop(enis[0].private_ip)
    assert counts(shop)["502"] == 19, "every 100 ms for two seconds"


LONG = {"/health": 200, "/": {"status": 200, "latency": 8_000}}


@pytest.mark.parametrize(("takes", "patience", "lost"), [(9_000, 30_000, False), (20_000, 4_000, True)])
def test_an_application_that_is_killed_before_it_is_done_loses_what_it_answers(
    make_shop: Any, ok_app: Any, takes: int, patience: int, lost: bool
) -> None:
    """SIGKILL when stopTimeout is over (developer guide, "task-lifecycle-explanation"): four seconds after it was
    told, of eight that each answer takes."""
    drains = {**ok_app, "routes": LONG, "sigterm": {"handles": True, "takes": takes, "drains": True}}
    shop, enis = settled(make_shop, drains, {**ok_app, "routes": LONG})
    shop.world.advance(20_000)
    shop.world.elb.deregister(shop.group, enis[0].private_ip, 8080)
    shop.world.ecs.terminate(enis[0].private_ip)
    shop.world.advance(patience)
    shop.world.ecs.stop(enis[0].private_ip)
    shop.world.advance(30_000)
    failed = counts(shop).get("502", 0)
    assert failed in range(45, 60) if lost else failed == 0, "ten a second, the last ones while it lingers"
    assert sum(counts(shop).values()) == (20_000 + patience + 30_000) * 20 // 1000


@pytest.mark.parametrize(("delay", "failed"), [(0, 80), (3, 60), (10, 0)])
def test_the_deregistration_delay_cuts_off_what_takes_longer(
    make_shop: Any, ok_app: Any, delay: int, failed: int
) -> None:
    """ "Troubleshoot your Application Load Balancers": 502 when it is over and a request is under way."""
    shop, enis = settled(make_shop, {**ok_app, "routes": LONG}, ok_app)
    given = [{"Key": "deregistration_delay.timeout_seconds", "Value": str(delay)}]
    shop.world.call("elbv2", "ModifyTargetGroupAttributes", TargetGroupArn=shop.group, Attributes=given)
    shop.world.advance(20_000)
    shop.world.elb.deregister(shop.group, enis[0].private_ip, 8080)
    shop.world.advance(30_000)
    assert counts(shop).get("502", 0) in range(failed - 1, failed + 1)


def test_an_early_request_to_a_starting_application_fails(make_shop: Any, ok_app: Any) -> None:
    shop = make_shop(TRAFFIC)
    shop.task({**ok_app, "listen": [{"port": 8080, "after": 5_000}]})
    shop.world.advance(10_000)
    assert counts(shop) == {"200": 100, "502": 100}


# --- arithmetic ----------------------------------------------------------------------------------

slots = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(
    lambda sizes: Choice.of(
        [(weight, [Slot(100 * weight + n) for n in range(size)]) for weight, size in enumerate(sizes, 1)]
    )
)


@given(slots, st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_counts_add_up(choice: Choice, first: int, more: int, rest: int) -> None:
    middle, end = first + more, first + more + rest
    whole = choice.count(first, end)
    parts = [choice.count(first, middle), choice.count(middle, end)]
    assert {s: sum(p.get(s, 0) for p in parts) for s in whole} == whole
    assert sum(whole.values()) == end - first


@given(st.fractions(Fraction(1, 10), 500, max_denominator=100), st.lists(st.integers(0, 10**6), max_size=20))
def test_a_stream_counts_the_same_however_time_is_cut(rate: Fraction, cuts: list[int]) -> None:
    often = Stream("alb", 80, "/", rate, choice=Choice.of([(1, [Slot(200), Slot(502)])]))
    once = Stream("alb", 80, "/", rate, choice=often.choice)
    for cut in sorted(cuts):
        often.settle(cut)
    assert often.totals(10**6) == once.totals(10**6)
    assert sum(once.totals(10**6).values()) == -(-(10**6) * rate // 1000)
