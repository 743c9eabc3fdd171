"""One TCP connection from a load balancer to a target, with one HTTP request in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ecslab.cloud.ports.ecs import Application
from ecslab.cloud.ports.images import Answer
from ecslab.cloud.ports.world import World
from ecslab.cloud.seam import ec2
from ecslab.cloud.seam.elbv2 import BalancerView, GroupView

CONNECT_TIMEOUT = 10_000
"""An ALB gives up connecting after 10 s."""


TLS = {"HTTPS", "TLS"}
"""The simulated applications speak plain HTTP: a TLS handshake with them fails."""
NO_ANSWER = Answer("refused")


@dataclass(frozen=True)
class Reply:
    """What came of it; `blocked`: packets are lost on the way, so that connecting times out."""

    kind: Literal["status", "refused", "reset", "timeout", "blocked"]
    answer: Answer = NO_ANSWER
    application: Application | None = None

    def status(self, idle_timeout: int) -> int:
        """What the client gets: the application's status, or the load balancer's 502 or 504."""
        if self.kind in ("refused", "reset"):
            return 502
        if self.kind in ("timeout", "blocked") or self.answer.latency >= idle_timeout:
            return 504
        return self.answer.status

    def elapsed(self, idle_timeout: int) -> int:
        if self.kind == "blocked":
            return CONNECT_TIMEOUT
        if self.kind == "timeout" or self.answer.latency >= idle_timeout:
            return idle_timeout
        return max(1, self.answer.latency)


def connect(
    world: World,
    balancer: BalancerView,
    group: GroupView,
    ip: str,
    port: int,
    path: str,
    method: str = "GET",
    protocol: str = "",
) -> Reply:
    """`protocol` is the target group's own unless another is given, as for its health checks."""
    applications = world.ecs.applications(ip)
    if applications:
        eni_id = applications[0].eni_id
    else:
        eni = ec2.interface_at(group.vpc_id, ip)
        if eni is None:
            return Reply("blocked")
        eni_id = eni.id
    if not world.vpc.admits(balancer.subnets, balancer.groups, eni_id, port):
        return Reply("blocked")
    for application in applications:
        answer = ask(application, world.now, port, path, method)
        if answer.kind != "refused" and (protocol or group.protocol) in TLS:
            return Reply("reset", application=application)
        if answer.kind != "refused":
            return Reply(answer.kind, answer, application)
    return Reply("refused")


def ask(application: Application, now: int, port: int, path: str, method: str = "GET") -> Answer:
    started, stopping = application.started, application.stopping
    inside = application.port(port)
    if inside is None:
        return NO_ANSWER
    return application.run.answer(
        inside,
        path,
        now - started,
        method=method,
        stopping=None if stopping is None else stopping - started,
    )


def turning_points(world: World, ip: str) -> Iterator[int]:
    """Future times at which the containers behind an address behave differently by themselves."""
    for application in world.ecs.applications(ip):
        for offset in application.run.changes():
            if application.started + offset > world.now:
                yield application.started + offset
