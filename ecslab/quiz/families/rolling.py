"""The counts of a rolling update, and the deployment circuit breaker."""

from collections.abc import Mapping
from random import Random
from typing import Any

from ecslab.quiz.families.family import DrawAgain, Family, Question, Range, Slip, number, question
from ecslab.terms import rolling


def _between(low: int, high: int) -> str:
    return f"At least {low} healthy, at most {high} altogether"


def _counts(draw: Random, params: Mapping[str, Any]) -> Question:
    desired = number(draw, params, "desired")
    minimum, maximum = draw.choice([25, 40, 50, 60, 75, 100]), draw.choice([110, 125, 133, 150, 175, 200])
    low, high = rolling.minimum_healthy(desired, minimum), rolling.maximum_tasks(desired, maximum)
    if low >= high:
        raise DrawAgain  # the scheduler could neither stop nor start a task
    down, up = desired * minimum // 100, -(-desired * maximum // 100)
    slips = [
        Slip(
            "rounds both the other way",
            _between(down, up),
            "The minimum is rounded up and the maximum down, so that neither limit is broken by a fraction "
            "of a task.",
        ),
        Slip(
            "rounds both down",
            _between(down, high),
            f"{minimum} % of {desired} is {desired * minimum / 100:g}; a minimum is rounded up, or fewer "
            "than that share would stay healthy.",
        ),
        Slip(
            "rounds both up",
            _between(low, up),
            f"{maximum} % of {desired} is {desired * maximum / 100:g}; a maximum is rounded down, or more "
            "than that share would exist.",
        ),
        Slip(
            "keeps the default",
            _between(desired, 2 * desired),
            "Those are the defaults, 100 % and 200 %; this service sets its own.",
        ),
        Slip(
            "takes the maximum as an addition",
            _between(low, desired + high),
            "`maximumPercent` is a limit for all tasks of the service, not for the new ones.",
        ),
    ]
    stem = (
        f"A service desires {desired} tasks. Its deployment configuration has `minimumHealthyPercent` "
        f"{minimum} and "
        f"`maximumPercent` {maximum}. How many tasks may there be during a rolling update?"
    )
    why = (
        f"{minimum} % of {desired} is {desired * minimum / 100:g}, rounded up: {low}. {maximum} % of "
        f"{desired} is "
        f"{desired * maximum / 100:g}, rounded down: {high}. The upper limit counts old and new tasks, "
        "running and pending."
    )
    facts = {"desired": desired, "minimum": minimum, "maximum": maximum, "answer": [low, high]}
    return question(stem, _between(low, high), why, slips, facts)


def _breaker(draw: Random, params: Mapping[str, Any]) -> Question:
    small, large = params["desired"]
    desired = draw.choice([draw.randint(small, min(large, small + 7)), number(draw, params, "desired")])
    right = rolling.breaker_threshold(desired)
    half = -(-desired // 2)

    def text(count: int) -> str:
        return f"{count} failed task{'' if count == 1 else 's'}"

    slips = [
        Slip(
            "half, without limits",
            text(half),
            f"Half of {desired} is {half}, but the threshold lies between {rolling.BREAKER_LOW} and "
            f"{rolling.BREAKER_HIGH}.",
        ),
        Slip(
            "all of them",
            text(desired),
            "The threshold is half of the desired count, within limits, not all of it.",
        ),
        Slip(
            "always the lower limit",
            text(rolling.BREAKER_LOW),
            f"{rolling.BREAKER_LOW} is the lower limit; half of {desired} is more.",
        ),
        Slip(
            "always the upper limit",
            text(rolling.BREAKER_HIGH),
            f"{rolling.BREAKER_HIGH} is the upper limit, for services of 400 tasks or more.",
        ),
        Slip("the first one", text(1), "One failed task may be chance; the breaker waits for several."),
    ]
    stem = (
        f"A service with the deployment circuit breaker enabled desires {desired} tasks, and all new tasks "
        "of a "
        "rollout fail. After how many failed tasks does the breaker trigger?"
    )
    why = (
        f"The threshold is half of the desired count, rounded up ({half}), but at least "
        f"{rolling.BREAKER_LOW} and at "
        f"most {rolling.BREAKER_HIGH}: here {right}."
    )
    return question(stem, text(right), why, slips, {"desired": desired, "answer": right})


FAMILIES = (
    Family(
        "rolling-counts",
        "the limits of a rolling update, from the two percentages",
        _counts,
        {"desired": Range(3, 17, 2, 1000)},
    ),
    Family(
        "breaker-threshold",
        "failed tasks at which the circuit breaker triggers",
        _breaker,
        {"desired": Range(1, 600, 1, 5000)},
    ),
)
