"""The CloudWatch alarms that watch a deployment: which of them went off, and for how long it bakes.

Alarms are read as anybody reads them, and only when the scheduler looks; never inside a request.
Source: Amazon ECS developer guide, "deployment-alarm-failure".
"""

from dataclasses import dataclass

from ecslab.cloud.ecs.model import Deployment, Service
from ecslab.cloud.ecs.state import SECOND, State
from ecslab.cloud.ports.world import World
from ecslab.cloud.seam import calls


@dataclass(frozen=True)
class Alarm:
    name: str
    state: str
    window: int
    """ms that it takes to judge: its period times its evaluation periods."""


def read(world: World, names: list[str]) -> list[Alarm]:
    answer = calls.read(world, "cloudwatch", "DescribeAlarms", {"AlarmNames": names})  # type: ignore[arg-type]
    found = [*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", [])]
    return [
        Alarm(
            alarm["AlarmName"],
            alarm["StateValue"],
            SECOND * int(alarm.get("Period", 60)) * int(alarm.get("EvaluationPeriods", 1)),
        )
        for alarm in found
    ]


def _of(state: State, service: Service) -> list[Alarm]:
    names = service.alarms.get("alarmNames") or []
    return read(state.world, names) if service.alarms.get("enable") and names else []


def look_at(state: State, service: Service, deployment: Deployment) -> None:
    """Notes the alarms that have gone off. One that already was in ALARM when the deployment began has
    all of them ignored for this deployment."""
    if deployment.outcome != "IN_PROGRESS" or deployment.monitored is False:
        return
    found = _of(state, service)
    ringing = [alarm.name for alarm in found if alarm.state == "ALARM"]
    if deployment.monitored is None:
        deployment.monitored = bool(found) and not ringing
        return
    deployment.triggered = ringing


def bake_time(state: State, service: Service) -> int:
    return max((alarm.window for alarm in _of(state, service)), default=0)
