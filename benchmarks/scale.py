"""What many tasks and long spans cost: whole worlds in this process, without HTTP, in processor time.

`python -m benchmarks.scale` prints these figures alone.
"""

import gc
import time
from collections.abc import Callable
from typing import Any

from benchmarks.measure import HEADER, Figure
from ecslab.cloud.timeline import Timeline
from tests.cloud.inworld import InWorld

HOUR = 3600
DAY = 24 * HOUR
THOUSAND = 1000
"""Costs are given for so many events."""


class Large(InWorld):
    """The playground with room for thousands of tasks, and a count of what happens in it."""

    def __init__(self) -> None:
        super().__init__()
        resources = self.world.document["template"]["Resources"]
        for name, cidr in (("PrivateA", "10.0.64.0/18"), ("PrivateB", "10.0.128.0/18")):
            resources[name]["Properties"]["CidrBlock"] = cidr
        self.events = 0
        self._play = self.world.timeline.play
        self.world.timeline.play = self._counted  # type: ignore[method-assign]

    def _counted(self, event: Any) -> None:
        self.events += 1
        self._play(event)

    def neighbours(self, services: int, tasks: int) -> None:
        """Steady services beside the one that is looked at."""
        definition = self.register("v1.2.3")
        network = {"subnets": self.subnets("private-a", "private-b"), "securityGroups": [self.group("app")]}
        for number in range(services):
            self.call(
                "ecs", "CreateService", cluster="prod", serviceName=f"other-{number}", taskDefinition=definition,
                desiredCount=tasks // services, launchType="FARGATE",
                networkConfiguration={"awsvpcConfiguration": network},
            )  # fmt: skip
        assert self.steady(6 * HOUR)

    def cost(self, action: Callable[[], object]) -> tuple[float, int]:
        """(ms of processor time, events), with what was there before left alone by collections, as in a sandbox."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        before, start = self.events, time.process_time()
        action()
        return (time.process_time() - start) * 1000, self.events - before

    def roll(self, tag: str) -> None:
        self.update(taskDefinition=self.register(tag))
        assert self.steady(6 * HOUR)


def rolling(tasks: int, *, turns: int = 1, others: int = 0) -> float:
    """ms for a thousand events while a service of so many tasks behind a load balancer is rolled."""
    with Large() as world:
        world.service("v1.2.3", desired=tasks)
        assert world.steady(6 * HOUR)
        if others:
            world.neighbours(99, others)
        costs = [world.cost(lambda n=n: world.roll(("v1.2.4", "v1.2.3")[n % 2])) for n in range(turns)]
    return sum(ms for ms, _ in costs) / sum(events for _, events in costs) * THOUSAND


def _against_ten(tasks: int) -> Figure:
    rolling(10)
    return Figure(
        f"1,000 events, {tasks:,} tasks roll", rolling(tasks), rolling(10, turns=50), "the same with 10 tasks"
    )


def hundred() -> Figure:
    return _against_ten(100)


def thousand() -> Figure:
    return _against_ten(1000)


def five_thousand() -> Figure:
    return _against_ten(5000)


def among_many() -> Figure:
    """A hundred services with 5,000 tasks, of which one with 1,000 is rolled."""
    return Figure(
        "1,000 events, 1,000 of 5,000 roll",
        rolling(1000, others=4000),
        rolling(1000),
        "the same service alone",
    )


def _day(name: str, tag: str, tasks: int = 1, *, balanced: bool = False) -> Figure:
    """A day of a service that does not come up, against as many events in which nothing happens."""
    with Large() as world:
        world.service(tag, desired=tasks, **({} if balanced else {"loadBalancers": []}))
        world.advance(HOUR)
        ours, events = world.cost(lambda: world.advance(DAY))
    empty = Timeline()
    empty.on("nothing", lambda entity, data: None)
    start = time.process_time()
    for number in range(events):
        empty.at(number, "nothing", "")
    while (event := empty.pop(events)) is not None:
        empty.play(event)
    return Figure(name, ours, (time.process_time() - start) * 1000, f"{events:,} empty events")


def never_starts() -> Figure:
    """Its image is not there: the scheduler waits longer and longer between its attempts."""
    return _day("a day of tasks that can't start", "v9.9.9")


def crashes() -> Figure:
    """Its application ends right after it was RUNNING, which nothing throttles."""
    return _day("a day of an app that crashes", "crash")


def crashes_behind_balancer() -> Figure:
    """Three tasks of it, which come and go as targets of a load balancer."""
    return _day("a day of 3 that crash, behind ALB", "crash", 3, balanced=True)


FIGURES: dict[str, Callable[[], Figure]] = {
    "tasks-100": hundred,
    "tasks-1000": thousand,
    "tasks-5000": five_thousand,
    "services-100": among_many,
    "day-of-failures": never_starts,
    "day-of-crashes": crashes,
    "day-of-crashes-alb": crashes_behind_balancer,
}

if __name__ == "__main__":
    print(HEADER)
    for figure in FIGURES.values():
        print(figure().line(), flush=True)
