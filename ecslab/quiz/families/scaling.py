"""Service auto scaling: target tracking and step scaling."""

from collections.abc import Mapping
from random import Random
from typing import Any

from ecslab.quiz.families.family import Family, Question, Range, Slip, number, question
from ecslab.terms import scaling


def _tasks(count: int) -> str:
    return f"{count} task{'' if count == 1 else 's'}"


def _tracking(draw: Random, params: Mapping[str, Any]) -> Question:
    running, target = number(draw, params, "running"), draw.choice([40, 50, 60, 70, 75])
    value = draw.randint(target + 5, min(100, target * 2))
    exact = scaling.proportional(running, value, target)
    most = draw.choice([exact + draw.randint(0, 6), max(running + 1, exact - 1)])
    right = min(exact, most)
    down = running * value // target
    slips = [
        *(
            [
                Slip(
                    "rounds down",
                    _tasks(down),
                    f"{running} × {value} / {target} is {running * value / target:.2f}; with {_tasks(down)} "
                    "the metric would stay above the target.",
                )
            ]
            if exact <= most
            else []
        ),
        Slip("ignores the maximum", _tasks(exact), f"`MaxCapacity` is {most}: scaling never goes beyond it."),
        Slip(
            "always up to the maximum",
            _tasks(most),
            "Target tracking adds in proportion, not all that is allowed.",
        ),
        Slip(
            "one at a time",
            _tasks(running + 1),
            "Target tracking scales out in proportion to the breach, not one by one.",
        ),
        Slip("doubles", _tasks(running * 2), "The count is multiplied by metric / target, not doubled."),
    ]
    stem = (
        f"A target tracking policy holds the average CPU of a service at {target} %. {running} tasks run, "
        "the metric is "
        f"{value} %, and `MaxCapacity` is {most}. No cooldown is under way. To how many tasks does the "
        "alarm scale out?"
    )
    cut = f", cut to `MaxCapacity` {most}" if exact > most else ""
    why = f"{running} × {value} / {target} = {running * value / target:.2f}, rounded up: {exact}{cut}."
    facts = {"running": running, "value": value, "target": target, "maximum": most, "answer": right}
    return question(stem, _tasks(right), why, slips, facts)


def _step(draw: Random, params: Mapping[str, Any]) -> Question:
    running, threshold = number(draw, params, "running"), draw.choice([50, 60, 70])
    first, second = draw.choice([10, 15]), draw.choice([20, 25])
    small, big, huge = draw.choice([10, 15, 20]), draw.choice([30, 40]), draw.choice([50, 75, 100])
    steps = [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": first, "ScalingAdjustment": small},
        {"MetricIntervalLowerBound": first, "MetricIntervalUpperBound": second, "ScalingAdjustment": big},
        {"MetricIntervalLowerBound": second, "ScalingAdjustment": huge},
    ]
    value = draw.choice([threshold + draw.randint(1, 29), threshold + first, threshold + second])
    step = scaling.step_for(value - threshold, steps, above=True)
    assert step is not None
    change = step["ScalingAdjustment"]
    right = scaling.adjusted(running, "PercentChangeInCapacity", change, None)
    others = [one["ScalingAdjustment"] for one in steps if one is not step]
    slips = [
        *(
            Slip(
                "another step",
                _tasks(scaling.adjusted(running, "PercentChangeInCapacity", other, None)),
                f"That is the step with +{other} %. The bounds are counted from the threshold, the lower "
                f"one included: {value} − {threshold} = {value - threshold} lies in the step with +{change} "
                "%.",
            )
            for other in others
        ),
        Slip(
            "adds the number as tasks",
            _tasks(running + change),
            "`PercentChangeInCapacity` is a percentage of the tasks, not a number of tasks.",
        ),
        Slip(
            "rounds up",
            _tasks(running + -(-running * change // 100)),
            "A change of more than one task is rounded down: 12.7 becomes 12.",
        ),
        Slip(
            "adds all steps",
            _tasks(scaling.adjusted(running, "PercentChangeInCapacity", small + big + huge, None)),
            "One step applies, the one in whose interval the breach lies; they are not added up.",
        ),
    ]
    stem = (
        f"An alarm with the threshold {threshold} % triggers a step scaling policy "
        "(`PercentChangeInCapacity`), counted "
        f"from the threshold: 0 to {first}: +{small} %; {first} to {second}: +{big} %; {second} and more: "
        f"+{huge} %. "
        f"{running} tasks run, and the metric is {value} %. How many tasks does the service get?"
    )
    why = (
        f"{value} − {threshold} = {value - threshold} lies in the step with +{change} % (lower bounds are "
        "included). "
        f"{change} % of {running} is {running * change / 100:g}; above one it is rounded down, between zero "
        "and one it "
        f"becomes one: {right}."
    )
    facts = {"running": running, "threshold": threshold, "value": value, "steps": steps, "answer": right}
    return question(stem, _tasks(right), why, slips, facts)


FAMILIES = (
    Family(
        "target-tracking",
        "the count that target tracking scales out to",
        _tracking,
        {"running": Range(2, 12, 1, 500)},
    ),
    Family(
        "step-scaling", "the count after one step of step scaling", _step, {"running": Range(2, 30, 1, 500)}
    ),
)
