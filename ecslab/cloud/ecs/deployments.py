"""A service's deployments: new ones, what makes them fail, rolling back, completion.

Which task runs or stops is not decided here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from ecslab.cloud.ecs import alarms, eventbridge, fleets, messages
from ecslab.cloud.ecs.events import say
from ecslab.cloud.ecs.model import JSON, Deployment, Rollout, Service, TaskDefinition
from ecslab.cloud.ecs.shifting import Stage, Strategy, plan
from ecslab.cloud.ecs.stages_model import Passage
from ecslab.cloud.ecs.state import State
from ecslab.terms import rolling

OPEN = ("PENDING", "IN_PROGRESS", "ROLLBACK_REQUESTED", "STOP_REQUESTED")
"""Outcomes of a service deployment that is still on its way forward."""


def begin(
    state: State,
    service: Service,
    *,
    definition: TaskDefinition,
    network: JSON,
    load_balancers: list[JSON],
    launch_type: str | None,
    strategy: list[JSON],
    platform_version: str,
) -> Deployment:
    """Puts a new PRIMARY deployment in front; the others become ACTIVE."""
    world = state.world
    number = len(service.history) + 1
    deployment_id = f"ecs-svc/{world.draws.digits(19, 'ecs-deployment', service.key, number)}"
    where = (service.cluster.name, service.name)
    record = world.draws.hex(21, "ecs-service-deployment", service.key, number)
    revision = world.draws.digits(19, "ecs-service-revision", service.key, number)
    old = service.deployments[0] if service.deployments else None
    deployment = Deployment(
        id=deployment_id,
        definition=definition,
        created=world.now,
        updated=world.now,
        network=network,
        load_balancers=load_balancers,
        launch_type=launch_type,
        strategy=strategy,
        platform_version=platform_version,
        record_arn=state.arn("service-deployment", *where, record),
        revision_arn=state.arn("service-revision", *where, revision),
        rollout_reason=messages.rollout_in_progress(deployment_id),
    )
    if old is not None:
        old.status = "ACTIVE"
        _abandon_rollbacks(state, service)
        if old.outcome in OPEN:
            _close(state, old, "STOPPED", "Stopped by a new deployment.")
        _overtake(service, old)
    before = [d for d in service.deployments if d is old or has_tasks(service, d)]
    service.deployments = [deployment, *(d for d in service.deployments if _kept(service, d))]
    standing = fleets.standing(service)
    deployment.sources = sorted(before, key=lambda d: d is not standing)
    deployment.passage = _passage(service)
    if deployment.passage is None or deployment.passage.rolling:
        deployment.groups = _same_groups(deployment, standing or old)
    service.history.insert(0, deployment)
    _changed(state, service, deployment, f"{definition.name} IN_PROGRESS")
    unsettle(service)
    return deployment


def _overtake(service: Service, old: Deployment) -> None:
    """Ends the traffic shift of the PRIMARY that was; it serves all if only it has been serving."""
    passage = old.passage
    if passage is None or passage.over:
        return
    alone = fleets.standing(service) is None and passage.production > 0
    passage.turn_back(hooked=False, remains=Fraction(100 if alone else 0))


def _same_groups(deployment: Deployment, before: Deployment | None) -> dict[str, str]:
    """A rolling deployment's tasks join those that they take the places of."""
    same = before is not None and before.load_balancers == deployment.load_balancers
    return dict(before.groups) if before is not None and same else {}


def _passage(service: Service) -> Passage | None:
    """The stages ahead of a new PRIMARY; a rolling deployment has some only for its hooks."""
    configuration = service.settings["deploymentConfiguration"]
    configured = list(configuration.get("lifecycleHooks") or [])
    if configuration["strategy"] == Strategy.ROLLING:
        configured = [hook for hook in configured if Stage.PRE_SCALE_UP in hook["lifecycleStages"]]
        return Passage(plan(configuration), configured) if configured else None
    others = [d for d in service.deployments[1:] if has_tasks(service, d)]
    return Passage(plan(configuration, reconcile=len(others) > 1), configured)


def forget_superseded(service: Service, deployment: Deployment) -> None:
    """An older deployment that never was completed goes when its last task is gone."""
    if deployment.rollout == Rollout.IN_PROGRESS and not has_tasks(service, deployment):
        deployment.status = "INACTIVE"
        service.deployments = [d for d in service.deployments if d is not deployment]


def _kept(service: Service, deployment: Deployment) -> bool:
    """An older deployment stays while it has tasks, or is what a rollback would go back to."""
    return deployment.rollout == Rollout.COMPLETED or has_tasks(service, deployment)


def has_tasks(service: Service, deployment: Deployment) -> bool:
    return any(task.deployment is deployment for task in service.tasks.values())


def unsettle(service: Service) -> None:
    """The service has something to do: it will say when it is steady again."""
    service.settled = False


def _close(state: State, deployment: Deployment, outcome: str, reason: str | None = None) -> None:
    deployment.finished = state.world.now
    deployment.outcome, deployment.outcome_reason = outcome, reason


def _changed(state: State, service: Service, deployment: Deployment, text: str) -> None:
    deployment.updated = state.world.now
    state.world.record(
        "deployment",
        service.name,
        f"(deployment {deployment.id}) {text}",
        cluster=service.cluster.name,
        deployment=deployment.id,
        rollout=str(deployment.rollout),
        task_definition=deployment.definition.name,
        **eventbridge.deployment(str(deployment.rollout)),
    )
    state.world.touch()


def complete(state: State, service: Service) -> None:
    """The PRIMARY has all its tasks and no other deployment has any."""
    deployment = service.primary
    deployment.rollout = Rollout.COMPLETED
    deployment.rollout_reason = messages.rollout_completed(deployment.id)
    if deployment.outcome in OPEN:
        _close(state, deployment, "SUCCESSFUL")
    if deployment.passage is not None:
        deployment.passage.over = True
    for other in service.deployments[1:]:
        other.status = "INACTIVE"
    for other in service.history:
        if other.outcome == "ROLLBACK_IN_PROGRESS":
            _close(state, other, "ROLLBACK_SUCCESSFUL", other.outcome_reason)
    service.deployments = [deployment]
    _changed(state, service, deployment, "COMPLETED")
    say(state, service, messages.completed(deployment.id))


def count_failures(state: State, service: Service, deployment: Deployment, count: int) -> None:
    """Tasks of it that failed to start, ended by themselves or failed health checks."""
    if count:
        deployment.failed += count
        deployment.failures_seen += count
        deployment.updated = state.world.now
        state.world.touch()


def judge(state: State, service: Service) -> None:
    """A deployment in progress fails by the circuit breaker, by an alarm, or because it was asked to stop."""
    deployment = service.primary
    if deployment.rollout != Rollout.IN_PROGRESS or deployment.stalled:
        return
    alarms.look_at(state, service, deployment)
    if deployment.stop_requested:
        fail(state, service, deployment, REQUESTED, rollback=True)
    elif service.breaker["enable"] and deployment.failed >= rolling.breaker_threshold(
        service.desired, service.breaker.get("thresholdConfiguration")
    ):
        fail(state, service, deployment, BREAKER, rollback=service.breaker["rollback"])
    elif deployment.triggered:
        fail(state, service, deployment, ALARM, rollback=bool(service.alarms.get("rollback")))


@dataclass(frozen=True)
class Cause:
    """Why a deployment fails, in the words of each place that shows it."""

    event: str
    rollout: str
    going_back: Callable[[str], str]
    rolled_back: str
    """What the service deployments API gives as the reason, `{}` standing for alarms that went off."""
    ended: str
    """The same where there is nothing to go back to."""


BREAKER = Cause(
    "tasks failed to start", messages.BREAKER_FAILED, messages.breaker_rollback, messages.BREAKER_OUTCOME,
    messages.BREAKER_STOPPED,
)  # fmt: skip
ALARM = Cause(
    "alarm detected", messages.ALARM_FAILED, messages.alarm_rollback, messages.ALARM_OUTCOME,
    messages.ALARM_STOPPED,
)  # fmt: skip
REQUESTED = Cause(
    "stopped by a StopServiceDeployment request", messages.STOPPED_FAILED, messages.stop_rollback,
    messages.REQUEST_OUTCOME, messages.NO_CANDIDATE,
)  # fmt: skip


def because(reason: str) -> Cause:
    """What a stage found, in the words of the service deployments API."""
    return Cause(reason.rstrip("."), reason, lambda _: reason, reason, messages.NO_CANDIDATE)


def fail(state: State, service: Service, deployment: Deployment, cause: Cause, *, rollback: bool) -> None:
    deployment.rollout = Rollout.FAILED
    deployment.rollout_reason = cause.rollout
    names = ", ".join(deployment.triggered)
    say(state, service, messages.failed(deployment.id, cause.event))
    target = fleets.source(service)
    _changed(state, service, deployment, "FAILED")
    if rollback and target is not None:
        reason = cause.rolled_back.replace("{}", names)
        _roll_back(state, service, deployment, target, cause.going_back(target.id), reason)
        return
    deployment.stalled = True
    _abandon_rollbacks(state, service)
    if deployment.outcome in OPEN:
        if rollback:
            _close(state, deployment, "ROLLBACK_FAILED", messages.NO_CANDIDATE)
        else:
            _close(state, deployment, "STOPPED", cause.ended.replace("{}", names))


def _roll_back(
    state: State, service: Service, failed: Deployment, target: Deployment, going_back: str, reason: str
) -> None:
    failed.status = "ACTIVE"
    if failed.passage is not None:
        failed.passage.turn_back(hooked=True)
    if failed.outcome in OPEN:
        failed.outcome = "ROLLBACK_IN_PROGRESS"
        failed.outcome_reason = reason
    failed.rolled_back = {
        "reason": reason,
        "startedAt": state.world.now,
        "serviceRevisionArn": target.revision_arn,
    }
    target.status = "PRIMARY"
    target.rollout = Rollout.IN_PROGRESS
    target.rollout_reason = going_back
    target.failed = target.rounds = target.retry_at = 0
    service.drained_at = state.world.now
    service.deployments.remove(target)
    service.deployments.insert(0, target)
    say(state, service, messages.rolling_back(target.id))
    _changed(state, service, target, "IN_PROGRESS (rollback)")


def _abandon_rollbacks(state: State, service: Service) -> None:
    """Rollbacks that were on their way do not get there any more."""
    for other in service.history:
        if other.outcome == "ROLLBACK_IN_PROGRESS":
            _close(state, other, "ROLLBACK_FAILED", other.outcome_reason)


def baked(state: State, service: Service) -> bool:
    """Whether a deployment that has all its tasks has been watched for long enough to be completed."""
    deployment = service.primary
    if fleets.apart(service):
        return False
    if deployment.passage is not None and not deployment.passage.rolling:
        return True
    if not deployment.monitored or deployment.outcome != "IN_PROGRESS":
        return True
    if deployment.bake_until is None:
        deployment.bake_until = state.world.now + alarms.bake_time(state, service)
    return state.world.now >= deployment.bake_until


def next_look(state: State, service: Service) -> int | None:
    """When the alarms of a deployment in progress are looked at again."""
    deployment = service.primary
    watched = deployment.monitored and deployment.rollout == Rollout.IN_PROGRESS
    return state.world.now + 1 if watched and deployment.outcome == "IN_PROGRESS" else None
