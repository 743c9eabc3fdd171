"""When health checks turn: of a target group, and of a container."""

from collections.abc import Mapping
from random import Random
from typing import Any

from ecslab.quiz.families.family import Choice, Family, Question, Slip, question
from ecslab.terms import health


def _after(seconds: int) -> str:
    return f"{seconds} seconds"


def _target(draw: Random, params: Mapping[str, Any]) -> Question:
    interval = draw.choice(params["interval"])
    good, bad = draw.randint(2, 10), draw.randint(2, 10)
    falls = draw.random() < 0.5
    count, other = (bad, good) if falls else (good, bad)
    right = health.target_turns(interval, count)
    word, opposite = (
        ("UnhealthyThresholdCount", "HealthyThresholdCount")
        if falls
        else ("HealthyThresholdCount", "UnhealthyThresholdCount")
    )
    slips = [
        Slip(
            "the other threshold",
            _after(interval * other),
            f"That counts with `{opposite}`, which is for the other direction.",
        ),
        Slip(
            "one check is enough",
            _after(interval),
            f"One check changes nothing here: {count} in a row must agree.",
        ),
        Slip(
            "adds both thresholds",
            _after(interval * (good + bad)),
            "Only one threshold counts at a time, the one for the direction of the change.",
        ),
        Slip(
            "one check too many",
            _after(interval * (count + 1)),
            "The first check after the change comes after one interval at the latest, and it counts already.",
        ),
    ]
    change = (
        "stops answering, and each check fails at once"
        if falls
        else "recovers, and each check succeeds at once"
    )
    stem = (
        f"A target group checks every {interval} seconds (`HealthyThresholdCount` {good}, "
        "`UnhealthyThresholdCount` "
        f"{bad}). The application of {'a healthy' if falls else 'an unhealthy'} target {change}. After how "
        "many "
        f"seconds at the latest does the target become {'unhealthy' if falls else 'healthy'}?"
    )
    why = (
        f"`{word}` checks in a row must agree. The application changed just after a check at worst, so the "
        f"{count}th one comes {count} × {interval} = {right} seconds later."
    )
    facts = {"interval": interval, "healthy": good, "unhealthy": bad, "falls": falls, "answer": right}
    return question(stem, _after(right), why.replace("2th", "2nd").replace("3th", "3rd"), slips, facts)


def _container(draw: Random, params: Mapping[str, Any]) -> Question:
    interval = draw.choice(params["interval"])
    retries, start = draw.randint(1, 6), draw.choice([0, 0, 15, 20, 45, 60, 90, 120])
    right = health.container_unhealthy(interval, retries, start)
    slips = [
        Slip(
            "ignores the start period",
            _after(interval * retries),
            "Failures in the start period do not count, so the counting begins later.",
        ),
        Slip(
            "waits for the start period, then a full count from there",
            _after(start + interval * retries),
            "Checks come at multiples of the interval after the start, not from the end of the start period.",
        ),
        Slip(
            "retries come after a first failure",
            _after(right + interval),
            f"`retries` is the number of failures in a row: {retries} of them make it UNHEALTHY, not one "
            "more.",
        ),
        Slip(
            "the first failure counts",
            _after(interval),
            f"One failure is not enough: `retries` is {retries}.",
        ),
        Slip(
            "the start period itself",
            _after(start + interval),
            "After the start period failures begin to count; the status turns only with enough of them.",
        ),
    ]
    period = f"`startPeriod` {start}" if start else "no `startPeriod`"
    stem = (
        f"A container's `healthCheck` has `interval` {interval}, `retries` {retries} and {period}. Its "
        "command never "
        "succeeds and fails at once. How long after its start does the container become UNHEALTHY?"
    )
    why = (
        f"Checks come every {interval} seconds, the first one {interval} seconds after the start. Failures "
        "count "
        f"{'after second ' + str(start) if start else 'from the first on'}, and {retries} in a row are "
        f"needed: second {right}."
    )
    facts = {"interval": interval, "retries": retries, "start": start, "answer": right}
    return question(stem, _after(right), why, slips, facts)


FAMILIES = (
    Family(
        "alb-health-timing",
        "seconds until a target turns healthy or unhealthy",
        _target,
        {"interval": Choice((5, 10, 15, 20, 30, 60))},
    ),
    Family(
        "container-health-timing",
        "seconds until a container turns UNHEALTHY",
        _container,
        {"interval": Choice((5, 10, 15, 20, 30, 60))},
    ),
)
