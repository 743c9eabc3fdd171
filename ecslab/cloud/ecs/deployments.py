"""A service's deployments: new ones, the circuit breaker, rolling back, completion.

Which task runs or stops is not decided here.
"""

from ecslab.cloud.ecs import messages
from ecslab.cloud.ecs.events import say
from ecslab.cloud.ecs.model import JSON, Deployment, Rollout, Service, TaskDefinition
from ecslab.cloud.ecs.state import State
from ecslab.terms import rolling


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
        replaces=old,
        rollout_reason=messages.rollout_in_progress(deployment_id),
    )
    if old is not None:
        old.status = "ACTIVE"
        if old.outcome in ("IN_PROGRESS", "ROLLBACK_IN_PROGRESS"):
            _close(state, old, "STOPPED", "Stopped by a new deployment.")
    service.deployments = [deployment, *(d for d in service.deployments if _kept(service, d))]
    service.history.insert(0, deployment)
    _changed(state, service, deployment, f"{definition.name} IN_PROGRESS")
    unsettle(service)
    return deployment


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
    )
    state.world.touch()


def complete(state: State, service: Service) -> None:
    """The PRIMARY has all its tasks and no other deployment has any."""
    deployment = service.primary
    deployment.rollout = Rollout.COMPLETED
    deployment.rollout_reason = messages.rollout_completed(deployment.id)
    if deployment.outcome == "IN_PROGRESS":
        _close(state, deployment, "SUCCESSFUL")
    for other in service.deployments[1:]:
        other.status = "INACTIVE"
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
    """The circuit breaker."""
    deployment = service.primary
    if not service.breaker["enable"] or deployment.rollout != Rollout.IN_PROGRESS or deployment.stalled:
        return
    if deployment.failed < rolling.breaker_threshold(service.desired):
        return
    deployment.rollout = Rollout.FAILED
    deployment.rollout_reason = messages.BREAKER_FAILED
    say(state, service, messages.failed(deployment.id))
    target = next((d for d in service.deployments[1:] if d.rollout == Rollout.COMPLETED), None)
    if not service.breaker["rollback"] or target is None:
        deployment.stalled = True
        _close(state, deployment, "STOPPED", messages.BREAKER_FAILED)
        _changed(state, service, deployment, "FAILED")
        return
    _changed(state, service, deployment, "FAILED")
    _roll_back(state, service, deployment, target)


def _roll_back(state: State, service: Service, failed: Deployment, target: Deployment) -> None:
    failed.status = "ACTIVE"
    failed.outcome = "ROLLBACK_IN_PROGRESS"
    failed.outcome_reason = messages.BREAKER_FAILED
    failed.rolled_back = {
        "reason": messages.breaker_rollback(target.id),
        "startedAt": state.world.now,
        "serviceRevisionArn": target.revision_arn,
    }
    target.status = "PRIMARY"
    target.rollout = Rollout.IN_PROGRESS
    target.rollout_reason = messages.breaker_rollback(target.id)
    target.failed = target.rounds = target.retry_at = 0
    service.drained_at = state.world.now
    service.deployments.remove(target)
    service.deployments.insert(0, target)
    say(state, service, messages.rolling_back(target.id))
    _changed(state, service, target, "IN_PROGRESS (rollback)")
