"""What the scheduler never does, whatever a person and the applications do."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ecslab.cloud.ecs import condition
from ecslab.cloud.ecs.lifecycle import Lifecycle
from ecslab.cloud.ecs.model import Status, StopCode, Task
from ecslab.cloud.ecs.scheduler import TaskView, View, plan
from ecslab.terms import rolling
from tests.cloud.ecs.fakes import FakeWorld, world

TAGS = ("v1", "v2", "crash", "sick", "oom", "nope")
STEPS = st.one_of(
    st.tuples(st.just("advance"), st.integers(1, 300_000)),
    st.tuples(st.just("deploy"), st.sampled_from(TAGS)),
    st.tuples(st.just("scale"), st.integers(0, 6)),
    st.tuples(st.just("stop"), st.integers(0, 5)),
    st.tuples(st.just("percent"), st.sampled_from([(100, 200), (50, 100), (0, 100), (50, 150), (100, 125)])),
    st.tuples(st.just("force"), st.none()),
    st.tuples(st.just("network"), st.booleans()),
)


def play(made: FakeWorld, step: tuple[str, Any], definitions: dict[str, str]) -> None:
    word, value = step
    if word == "advance":
        made.advance(value)
    elif word == "deploy":
        if value not in definitions:
            definitions[value] = made.register(value)
        made.call("UpdateService", service="web", taskDefinition=definitions[value])
    elif word == "scale":
        made.call("UpdateService", service="web", desiredCount=value)
    elif word == "force":
        made.call("UpdateService", service="web", forceNewDeployment=True)
    elif word == "percent":
        low, high = value
        made.call(
            "UpdateService",
            service="web",
            deploymentConfiguration={"minimumHealthyPercent": low, "maximumPercent": high},
        )
    elif word == "network":
        made.vpc.unreachable = {"ecr.api"} if value else set()
    elif word == "stop":
        running = made.tasks()
        if running:
            made.call("StopTask", task=running[value % len(running)]["taskArn"])


class Watch:
    """Sees every start and stop of a service's task at the moment it is decided."""

    def __init__(self, monkey: Any, made: FakeWorld) -> None:
        self.made = made
        lifecycle: Lifecycle = made.ecs.lifecycle
        start, stop = lifecycle.start, lifecycle.stop
        self.counted: dict[int, int] = {}

        def starting(task: Task) -> None:
            service = task.service
            assert service is not None
            others = [t for t in service.tasks.values() if t is not task]
            placed = sum(t.last in (*_PENDING, Status.RUNNING) for t in others)
            assert placed < rolling.maximum_tasks(service.desired, service.maximum_percent)
            start(task)

        def stopping(task: Task, code: StopCode, reason: str) -> None:
            service = task.service
            if code == StopCode.SCHEDULER and service is not None and service.status == "ACTIVE":
                now = made.now
                if condition.of(service, task, now).counts(now):
                    healthy = sum(condition.of(service, t, now).counts(now) for t in service.tasks.values())
                    assert healthy - 1 >= rolling.minimum_healthy(service.desired, service.minimum_percent)
            stop(task, code, reason)

        monkey.setattr(lifecycle, "start", starting)
        monkey.setattr(lifecycle, "stop", stopping)
        made.watch = self.after

    def after(self, made: FakeWorld) -> None:
        """After every event: targets that ECS made stand for living tasks or drain."""
        for target in made.elb.targets.values():
            task = made.ecs.state.tasks.get(target.owner)
            if task is None or task.last == Status.STOPPED:
                assert target.state == "draining"


_PENDING = (Status.PROVISIONING, Status.PENDING, Status.ACTIVATING)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 50), st.integers(1, 5), st.booleans(), st.lists(STEPS, max_size=14))
def test_service_never_breaks_its_limits_and_leaves_nothing_behind(
    seed: int, count: int, balanced: bool, steps: list[tuple[str, Any]]
) -> None:
    import pytest

    with pytest.MonkeyPatch.context() as monkey:
        made = world(seed)
        Watch(monkey, made)
        breaker = {"deploymentCircuitBreaker": {"enable": seed % 2 == 0, "rollback": seed % 4 == 0}}
        made.create(made.register("v1"), count, balanced=balanced, deploymentConfiguration=breaker)
        definitions: dict[str, str] = {}
        for step in steps:
            play(made, step, definitions)
        for task in made.tasks("STOPPED"):
            assert task["stopCode"] and task["stoppedReason"]
        made.vpc.unreachable = set()
        made.call(
            "UpdateService",
            service="web",
            taskDefinition=made.register("v2"),
            desiredCount=2,
            deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": 200},
        )
        made.advance(1_800_000)
        assert made.ecs.steady(), made.messages()[-12:]
        made.call("DeleteService", service="web", force=True)
        made.advance(600_000)
        assert made.service()["status"] == "INACTIVE"
        assert not made.elb.targets and not made.vpc.enis


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 50), st.lists(STEPS, max_size=6), st.lists(st.integers(1, 200_000), max_size=8))
def test_time_may_be_advanced_in_any_pieces(
    seed: int, steps: list[tuple[str, Any]], pieces: list[int]
) -> None:
    whole, parts = world(seed, count=2), world(seed, count=2)
    for step in steps:
        for made in (whole, parts):
            play(made, step, {})
        whole.advance(sum(pieces))
        for piece in pieces:
            parts.advance(piece)
            parts.ecs.snapshot()
            parts.tasks()
    assert whole.recorded == parts.recorded
    assert whole.ecs.snapshot() == parts.ecs.snapshot()


KINDS = ("pending", "up", "well", "counts", "sick", "hopeless")
VIEWS = st.builds(
    View,
    desired=st.integers(0, 8),
    minimum_percent=st.sampled_from([0, 50, 75, 100]),
    maximum_percent=st.sampled_from([100, 125, 150, 200, 300]),
    may_start=st.booleans(),
    tasks=st.lists(
        st.tuples(st.booleans(), st.sampled_from(KINDS), st.sampled_from("ab")),
        max_size=14,
    ).map(
        lambda rows: [
            TaskView(
                id=f"{n:02}",
                primary=primary,
                running=kind != "pending",
                well=kind in ("well", "counts"),
                counts=kind == "counts",
                sick=kind in ("sick", "hopeless"),
                proven=kind != "hopeless",
                az=az,
                created=n,
            )
            for n, (primary, kind, az) in enumerate(rows)
        ]
    ),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(VIEWS)
def test_a_plan_keeps_to_maximum_and_minimum(view: View) -> None:
    decided = plan(view)
    stops = [*decided.stop_sick, *decided.stop]
    assert len({task.id for task in stops}) == len(stops)
    assert decided.start == 0 or decided.start + len(view.tasks) <= view.maximum
    assert view.may_start or decided.start == 0
    healthy = [task for task in view.tasks if task.counts]
    lost = [task for task in stops if task.counts]
    assert not lost or len(healthy) - len(lost) >= view.minimum
    assert all(task.sick for task in decided.stop_sick)
    primary = sum(task.primary and not task.sick for task in view.tasks)
    leaving = sum(task.primary and not task.sick for task in stops)
    assert leaving == max(0, primary - view.desired)


def test_new_tasks_spread_over_the_zones() -> None:
    made = world(count=6)
    made.advance(120_000)
    zones = [task["availabilityZone"] for task in made.tasks()]
    assert sorted(zones) == ["us-east-1a"] * 3 + ["us-east-1b"] * 3
    made.call("UpdateService", service="web", desiredCount=2)
    made.advance(120_000)
    assert sorted(task["availabilityZone"] for task in made.tasks()) == ["us-east-1a", "us-east-1b"]
