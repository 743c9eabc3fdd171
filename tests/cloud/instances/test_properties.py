"""Whatever happens on a cluster of instances, none is ever given more than it has.

Random sequences of requests, losses and waiting; after each step the books of every instance must agree with
the tasks on it, and the same sequence played again gives the same world.
"""

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecslab.cloud.ecs.instances_model import DYNAMIC, ContainerInstance, demand_of
from ecslab.cloud.ports.api import ApiError
from tests.cloud.ecs.fakes import ECR, FakeWorld

SIZES = ((1024, 1000), (2048, 2000), (4096, 900))
DEFINITIONS: tuple[dict[str, Any], ...] = (
    {"cpu": 128, "memory": 100, "host": 0, "mode": "bridge"},
    {"cpu": 900, "memory": 300, "host": 0, "mode": "bridge"},
    {"cpu": 64, "memory": 700, "host": 8080, "mode": "bridge"},
    {"cpu": 256, "memory": 50, "host": 0, "mode": "host"},
)

count = st.integers(0, 6)
which = st.integers(0, 3)
step = st.one_of(
    st.tuples(st.just("run"), which, st.integers(1, 5)),
    st.tuples(st.just("scale"), which, count),
    st.tuples(st.just("roll"), which, which),
    st.tuples(st.just("join"), which, count),
    st.tuples(st.just("lose"), which, count),
    st.tuples(st.just("drain"), which, count),
    st.tuples(st.just("back"), which, count),
    st.tuples(st.just("stop"), which, count),
    st.tuples(st.just("wait"), which, st.integers(1, 90)),
)


class Cluster:
    def __init__(self) -> None:
        self.made = FakeWorld()
        self.made.call("CreateCluster")
        self.definitions = [self._define(number) for number in range(len(DEFINITIONS))]
        for size in range(2):
            self.join(size)
        for number, rules in enumerate(([], [{"type": "distinctInstance"}])):
            self.made.call(
                "CreateService", serviceName=f"s{number}", taskDefinition=self.definitions[number], desiredCount=2,
                launchType="EC2", placementConstraints=rules,
            )  # fmt: skip

    def _define(self, number: int) -> str:
        d = DEFINITIONS[number]
        container = {
            "name": "app", "image": f"{ECR}:v1", "cpu": d["cpu"], "memory": d["memory"],
            "portMappings": [{"containerPort": 8080, "hostPort": d["host"]}],
        }  # fmt: skip
        answer = self.made.call(
            "RegisterTaskDefinition",
            family=f"f{number}",
            networkMode=d["mode"],
            containerDefinitions=[container],
        )
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def join(self, size: int) -> None:
        cpu, memory = SIZES[size % len(SIZES)]
        self.made.call(
            "RegisterContainerInstance",
            totalResources=[
                {"name": "CPU", "type": "INTEGER", "integerValue": cpu},
                {"name": "MEMORY", "type": "INTEGER", "integerValue": memory},
            ],
        )

    @property
    def instances(self) -> list[ContainerInstance]:
        return list(self.made.ecs.state.clusters["default"].instances.values())

    def play(self, kind: str, which: int, number: int) -> None:
        call, instances = self.made.call, self.instances
        chosen = instances[number % len(instances)].arn if instances else ""
        if kind == "wait":
            self.made.advance(number * 1000)
        elif kind == "run":
            call("RunTask", taskDefinition=self.definitions[which], count=number, launchType="EC2")
        elif kind == "scale":
            call("UpdateService", service=f"s{which % 2}", desiredCount=number)
        elif kind == "roll":
            call("UpdateService", service=f"s{which % 2}", taskDefinition=self.definitions[number])
        elif kind == "join":
            self.join(number)
        elif kind == "stop":
            tasks = call("ListTasks")["taskArns"]
            if tasks:
                call("StopTask", task=tasks[number % len(tasks)])
        elif kind == "lose" and chosen:
            call("DeregisterContainerInstance", containerInstance=chosen, force=True)
        elif chosen:
            status = "DRAINING" if kind == "drain" else "ACTIVE"
            call("UpdateContainerInstancesState", containerInstances=[chosen], status=status)

    def check(self) -> None:
        for instance in self.instances:
            held = [
                t
                for t in self.made.ecs.state.tasks.values()
                if t.instance is instance and t.last != "STOPPED"
            ]
            assert held == sorted(instance.tasks, key=held.index)
            shown = self.made.call("DescribeContainerInstances", containerInstances=[instance.arn])
            remaining = {r["name"]: r for r in shown["containerInstances"][0]["remainingResources"]}
            cpu, memory = remaining["CPU"]["integerValue"], remaining["MEMORY"]["integerValue"]
            assert cpu == instance.cpu - sum(demand_of(t).cpu for t in held) >= 0
            assert memory == instance.memory - sum(demand_of(t).memory for t in held) >= 0
            ports = Counter((b.protocol, b.host_port) for t in held for c in t.containers for b in c.bindings)
            assert all(n == 1 for n in ports.values())
            assert not {("tcp", 22), ("tcp", 2375), ("tcp", 51678)} & set(ports)
            static = {8080}
            assert all(port in static or DYNAMIC[0] <= port <= DYNAMIC[1] for _, port in ports)
            alone = [t for t in held if t.group == "service:s1" and t.desired == "RUNNING"]
            assert len(alone) <= 1


steps = st.lists(step, min_size=1, max_size=25)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_no_instance_is_ever_given_more_than_it_has(steps: list[tuple[str, int, int]]) -> None:
    cluster = Cluster()
    cluster.made.watch = lambda made: cluster.check()
    for kind, which, number in steps:
        try:
            cluster.play(kind, which, number)
        except ApiError as refused:
            assert kind == "run" and "No Container Instances" in refused.message
        cluster.check()
    cluster.made.advance(600_000)
    cluster.check()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_the_same_steps_give_the_same_world(steps: list[tuple[str, int, int]]) -> None:
    worlds = []
    for _ in range(2):
        cluster = Cluster()
        for kind, which, number in steps:
            try:
                cluster.play(kind, which, number)
            except ApiError:
                continue
        cluster.made.advance(300_000)
        worlds.append(cluster.made.ecs.snapshot())
    assert worlds[0] == worlds[1]
