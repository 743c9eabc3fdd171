"""The plan of a deployment that shifts traffic, and the weights that it sets: for any configuration."""

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ecslab.cloud.ecs.shifting import Stage, plan, shares, weights
from ecslab.cloud.elb_shift import rewritten

TENTHS = st.integers(1, 1000).map(lambda n: n / 10)
CONFIGURATIONS = st.one_of(
    st.just({"strategy": "BLUE_GREEN"}),
    st.builds(
        lambda step, bake: {
            "strategy": "LINEAR",
            "linearConfiguration": {"stepPercent": step, "stepBakeTimeInMinutes": bake},
        },
        st.integers(30, 1000).map(lambda n: n / 10),
        st.integers(0, 1440),
    ),
    st.builds(
        lambda share, bake: {
            "strategy": "CANARY",
            "canaryConfiguration": {"canaryPercent": share, "canaryBakeTimeInMinutes": bake},
        },
        TENTHS,
        st.integers(0, 1440),
    ),
)


@given(CONFIGURATIONS)
def test_production_traffic_only_ever_moves_forward_to_all_of_it(configuration: dict[str, Any]) -> None:
    stops = plan(configuration)
    assert [stop.production for stop in stops] == sorted(stop.production for stop in stops)
    assert [stop.test for stop in stops] == sorted(stop.test for stop in stops)
    assert stops[-1].stage == Stage.CLEAN_UP and stops[-1].production == stops[-1].test == 100
    moves = [i for i in range(1, len(stops)) if stops[i].production != stops[i - 1].production]
    assert all(stops[i].stage == Stage.PRODUCTION_TRAFFIC_SHIFT for i in moves)
    assert all(stops[i - 1].stage == Stage.PRE_PRODUCTION_TRAFFIC_SHIFT for i in moves)


@given(CONFIGURATIONS)
def test_steps_are_equal_and_the_last_one_is_not_baked(configuration: dict[str, Any]) -> None:
    found = [share for share, _ in shares(configuration)]
    gaps = [b - a for a, b in zip([Fraction(0), *found], found, strict=False)]
    assert found[-1] == 100 and shares(configuration)[-1][1] == 0
    if configuration["strategy"] == "LINEAR":
        assert len(set(gaps[:-1])) <= 1 and 0 < gaps[-1] <= gaps[0]


@given(TENTHS)
def test_weights_are_the_share_exactly(value: float) -> None:
    share = Fraction(round(value * 10), 10)
    found = weights("blue", "green", share)
    whole = 100 if share.denominator == 1 else 1000
    assert sum(found.values()) == whole and all(0 <= weight <= 999 for weight in found.values())
    assert Fraction(found["green"] * 100, whole) == share


OTHER = st.sampled_from(
    [
        {"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": {"Issuer": "i"}},
        {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}},
        {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"}},
    ]
)
FORWARD = st.one_of(
    st.just({"Type": "forward", "TargetGroupArn": "blue"}),
    st.builds(
        lambda weight, sticky, third: {
            "Type": "forward",
            "ForwardConfig": {
                "TargetGroups": [
                    {"TargetGroupArn": "blue", "Weight": weight},
                    *([{"TargetGroupArn": "third", "Weight": 0}] if third else []),
                ],
                **(
                    {"TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 60}}
                    if sticky
                    else {}
                ),
            },
        },
        st.integers(0, 999),
        st.booleans(),
        st.booleans(),
    ),
)


@given(st.lists(OTHER, max_size=2), FORWARD, TENTHS)
def test_only_the_two_groups_of_the_forward_action_change(
    others: list[dict[str, Any]], forward: dict[str, Any], value: float
) -> None:
    wanted = weights("blue", "green", Fraction(round(value * 10), 10))
    actions = rewritten([*others, forward], wanted)
    assert actions[:-1] == others
    config = actions[-1]["ForwardConfig"]
    found = {g["TargetGroupArn"]: g["Weight"] for g in config["TargetGroups"]}
    before = forward.get("ForwardConfig", {})
    assert {arn: weight for arn, weight in found.items() if arn != "third"} == wanted
    assert ("third" in found) == any(g["TargetGroupArn"] == "third" for g in before.get("TargetGroups", []))
    assert config.get("TargetGroupStickinessConfig") == before.get("TargetGroupStickinessConfig")
    assert "TargetGroupArn" not in actions[-1]


def test_stages_in_the_order_of_the_developer_guide() -> None:
    assert [str(stop.stage) for stop in plan({"strategy": "BLUE_GREEN"}, reconcile=True)] == [
        "RECONCILE_SERVICE", "PRE_SCALE_UP", "SCALE_UP", "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT",
        "POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT",
        "POST_PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME", "CLEAN_UP",
    ]  # fmt: skip


def test_defaults_of_the_api_reference() -> None:
    assert shares({"strategy": "LINEAR"}) == [(Fraction(n * 10), 360_000) for n in range(1, 10)] + [(100, 0)]
    assert shares({"strategy": "CANARY"}) == [(Fraction(5), 600_000), (Fraction(100), 0)]
