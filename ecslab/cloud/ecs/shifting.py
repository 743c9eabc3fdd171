"""The plan of a deployment that shifts traffic: its lifecycle stages in order, and who gets how much in each.

Pure: a deploymentConfiguration in, stops out. Nothing here waits, calls or knows a task.
Source: Amazon ECS developer guide, "blue-green-deployment-how-it-works", "deployment-type-linear",
"canary-deployment".
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from ecslab.cloud.ports.api import JSON

MINUTE = 60_000


class Strategy(StrEnum):
    ROLLING = "ROLLING"
    BLUE_GREEN = "BLUE_GREEN"
    LINEAR = "LINEAR"
    CANARY = "CANARY"


class Stage(StrEnum):
    RECONCILE_SERVICE = "RECONCILE_SERVICE"
    PRE_SCALE_UP = "PRE_SCALE_UP"
    SCALE_UP = "SCALE_UP"
    POST_SCALE_UP = "POST_SCALE_UP"
    TEST_TRAFFIC_SHIFT = "TEST_TRAFFIC_SHIFT"
    POST_TEST_TRAFFIC_SHIFT = "POST_TEST_TRAFFIC_SHIFT"
    PRE_PRODUCTION_TRAFFIC_SHIFT = "PRE_PRODUCTION_TRAFFIC_SHIFT"
    PRODUCTION_TRAFFIC_SHIFT = "PRODUCTION_TRAFFIC_SHIFT"
    POST_PRODUCTION_TRAFFIC_SHIFT = "POST_PRODUCTION_TRAFFIC_SHIFT"
    BAKE_TIME = "BAKE_TIME"
    CLEAN_UP = "CLEAN_UP"


SHIFTS = (Stage.TEST_TRAFFIC_SHIFT, Stage.PRODUCTION_TRAFFIC_SHIFT)
"""Where traffic moves; their hooks run again when a deployment is rolled back."""

UNHOOKED = (Stage.SCALE_UP, Stage.BAKE_TIME, Stage.CLEAN_UP)
"""No lifecycle hook can be set here."""

LINEAR = {"stepPercent": 10.0, "stepBakeTimeInMinutes": 6}
CANARY = {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 10}
"""What is assumed where the configuration says nothing."""


@dataclass(frozen=True)
class Stop:
    """One stage, and the percentages of traffic that the new (green) revision gets while it lasts."""

    stage: Stage
    production: Fraction = Fraction(0)
    test: Fraction = Fraction(0)
    wait: int = 0
    """ms that it lasts at least."""


def percent(value: float) -> Fraction:
    """A percentage as the API takes it: a multiple of 0.1, exactly."""
    return Fraction(round(value * 10), 10)


def shares(configuration: JSON) -> list[tuple[Fraction, int]]:
    """The steps in which production traffic moves: (percent to green, ms until the next step)."""
    strategy = configuration["strategy"]
    if strategy == Strategy.LINEAR:
        linear = {**LINEAR, **(configuration.get("linearConfiguration") or {})}
        step, bake = percent(linear["stepPercent"]), linear["stepBakeTimeInMinutes"] * MINUTE
        count = -(-Fraction(100) // step)
        return [(step * number, bake) for number in range(1, int(count))] + [(Fraction(100), 0)]
    if strategy == Strategy.CANARY:
        canary = {**CANARY, **(configuration.get("canaryConfiguration") or {})}
        first, bake = percent(canary["canaryPercent"]), canary["canaryBakeTimeInMinutes"] * MINUTE
        return [(first, bake), (Fraction(100), 0)] if first < 100 else [(Fraction(100), 0)]
    return [(Fraction(100), 0)]


def plan(configuration: JSON, *, reconcile: bool = False) -> tuple[Stop, ...]:
    """Every stop of a deployment, in order. `reconcile`: more than one revision is active when it begins."""
    whole = Fraction(100)
    if configuration["strategy"] == Strategy.ROLLING:
        return Stop(Stage.PRE_SCALE_UP), Stop(Stage.SCALE_UP)
    stops = [Stop(Stage.RECONCILE_SERVICE)] if reconcile else []
    stops += [Stop(Stage.PRE_SCALE_UP), Stop(Stage.SCALE_UP), Stop(Stage.POST_SCALE_UP)]
    stops += [Stop(Stage.TEST_TRAFFIC_SHIFT, test=whole), Stop(Stage.POST_TEST_TRAFFIC_SHIFT, test=whole)]
    before = Fraction(0)
    for share, bake in shares(configuration):
        stops.append(Stop(Stage.PRE_PRODUCTION_TRAFFIC_SHIFT, before, whole))
        stops.append(Stop(Stage.PRODUCTION_TRAFFIC_SHIFT, share, whole, bake))
        before = share
    bake = int(configuration.get("bakeTimeInMinutes") or 0) * MINUTE
    stops.append(Stop(Stage.POST_PRODUCTION_TRAFFIC_SHIFT, whole, whole))
    stops.append(Stop(Stage.BAKE_TIME, whole, whole, bake))
    stops.append(Stop(Stage.CLEAN_UP, whole, whole))
    return tuple(stops)


def weights(blue: str, green: str, share: Fraction) -> dict[str, int]:
    """Weights of two target groups of which `green` gets `share` percent.

    They add up to 100, or to 1000 where the share has a fraction: a weight is a whole number.
    """
    whole = 100 if share.denominator == 1 else 1000
    part = int(share * whole / 100)
    return {blue: whole - part, green: part}
