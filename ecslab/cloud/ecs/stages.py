"""A deployment's lifecycle stages at work: at each look of the scheduler it may go one stop further.

It has traffic shifted and hooks run, and fails or completes nothing by itself: `deployments` is told why a
deployment goes back. Which tasks run meanwhile is in `fleets`.
Source: Amazon ECS developer guide, "blue-green-deployment-how-it-works".
"""

from ecslab.cloud.ecs import condition, deployments, fleets, hooks, listeners, messages_shift
from ecslab.cloud.ecs.events import complain
from ecslab.cloud.ecs.model import Deployment, Rollout, Service
from ecslab.cloud.ecs.shifting import MINUTE, SHIFTS, Stage
from ecslab.cloud.ecs.stages_model import Passage
from ecslab.cloud.ecs.state import State

LONGEST = 24 * 60 * MINUTE
"""A stage that takes longer fails the deployment; a hook has a time-out of its own."""
NETWORK_DELAY = 10 * MINUTE
"""How much longer traffic takes to shift behind a Network Load Balancer ("nlb-resources-for-blue-green")."""
RETRY = MINUTE
"""How often traffic that could not be sent back is tried again."""


def look(state: State, service: Service) -> None:
    """Everything there is to do about stages now."""
    for deployment in fleets.returning(service):
        _go_back(state, service, deployment)
    deployment = service.primary
    passage = deployment.passage
    if passage is None or passage.over or passage.back or deployment.rollout != Rollout.IN_PROGRESS:
        return
    if not deployment.stalled:
        _go_on(state, service, deployment, passage)
    for behind in fleets.returning(service):
        _go_back(state, service, behind)


def _go_on(state: State, service: Service, deployment: Deployment, passage: Passage) -> None:
    try:
        if passage.entered is None:
            _enter(state, service, deployment, passage)
    except listeners.Trouble as trouble:
        deployments.fail(state, service, deployment, deployments.because(str(trouble)), rollback=True)
        return
    for run in passage.runs:
        hooks.look(state, service, deployment, run)
    broken = next((run for run in passage.runs if hooks.failed(run)), None)
    if broken is not None:
        deployments.fail(state, service, deployment, deployments.because(broken.reason), rollback=True)
    elif _is_over(state, service, deployment, passage):
        if _leave(passage):
            _go_on(state, service, deployment, passage)
    elif _too_long(state, passage):
        reason = messages_shift.stage_timed_out(passage.stage)
        deployments.fail(state, service, deployment, deployments.because(reason), rollback=True)


def _enter(state: State, service: Service, deployment: Deployment, passage: Passage) -> None:
    stop, now = passage.stop, state.world.now
    if stop.stage == Stage.PRE_SCALE_UP and not passage.rolling:
        listeners.choose(state, deployment)
    if stop.stage in SHIFTS:
        passage.production, passage.test = stop.production, stop.test
        listeners.shift(state, deployment, stop.stage, production=stop.production, test=stop.test)
    delayed = stop.stage in SHIFTS and listeners.behind_network_balancer(deployment)
    passage.entered = now
    passage.until = now + stop.wait + (NETWORK_DELAY if delayed else 0)
    passage.runs = hooks.start(state, service, deployment, stop.stage)
    note(state, service, deployment)


def note(state: State, service: Service, deployment: Deployment) -> None:
    """One line of the event log: where the deployment is, and how traffic is shared."""
    passage = deployment.passage
    assert passage is not None
    state.world.record(
        "deployment",
        service.name,
        f"(deployment {deployment.id}) {passage.stage}",
        cluster=service.cluster.name,
        deployment=deployment.id,
        stage=str(passage.stage),
        production=float(passage.production),
        test=float(passage.test),
    )
    deployment.updated = state.world.now
    state.world.touch()


def _leave(passage: Passage) -> bool:
    """Goes to the next stop; False: this was the last one."""
    if passage.at + 1 < len(passage.stops):
        passage.next()
        return True
    passage.over = passage.rolling
    return False


def _is_over(state: State, service: Service, deployment: Deployment, passage: Passage) -> bool:
    now = state.world.now
    if passage.entered == now or now < passage.until or not all(run.done for run in passage.runs):
        return False
    if passage.stage == Stage.RECONCILE_SERVICE:
        kept = (deployment, fleets.standing(service))
        return not any(task.deployment not in kept for task in service.tasks.values())
    if passage.stage == Stage.SCALE_UP:
        return passage.rolling or _complete(state, service, deployment)
    return passage.stage != Stage.CLEAN_UP


def _complete(state: State, service: Service, deployment: Deployment) -> bool:
    """Whether a revision has all its tasks, each of them well."""
    tasks = [task for task in service.tasks.values() if task.deployment is deployment]
    well = [task for task in tasks if condition.of(service, task, state.world.now).well]
    return len(tasks) == len(well) == service.desired


def _too_long(state: State, passage: Passage) -> bool:
    """Hooks and bake times have limits of their own."""
    assert passage.entered is not None
    idle = all(run.done for run in passage.runs) and passage.stage != Stage.CLEAN_UP
    return idle and state.world.now >= max(passage.entered, passage.until) + LONGEST


# --- going back ---


def _go_back(state: State, service: Service, deployment: Deployment) -> None:
    """Traffic first and at once; then the hooks of the stages in which it was shifted."""
    passage = deployment.passage
    assert passage is not None
    if passage.entered is None:
        if state.world.now < passage.until:
            return
        try:
            stage, share = Stage.PRODUCTION_TRAFFIC_SHIFT, passage.remains
            listeners.shift(state, deployment, stage, production=share, test=share)
        except listeners.Trouble as trouble:
            complain(state, service, messages_shift.traffic_not_returned(str(trouble)))
            passage.until = state.world.now + RETRY
            _spoil(deployment, str(trouble))
            return
        _returned(state, service, deployment, passage)
    for run in passage.runs:
        hooks.look(state, service, deployment, run)
    broken = next((run for run in passage.runs if hooks.failed(run)), None)
    if broken is not None:
        _spoil(deployment, broken.reason)
    if all(run.done for run in passage.runs):
        passage.over = True
        state.wake(service)


def _returned(state: State, service: Service, deployment: Deployment, passage: Passage) -> None:
    moved = passage.production > 0 or passage.test > 0
    passage.production = passage.test = passage.remains
    passage.entered = state.world.now
    passage.runs = []
    if passage.hooked:
        for stage in SHIFTS[::-1]:
            passage.runs += hooks.start(state, service, deployment, stage)
    if moved or passage.hooked:
        note(state, service, deployment)


def _spoil(deployment: Deployment, reason: str) -> None:
    """A rollback in which something goes wrong has failed, whatever is still put right."""
    if deployment.outcome == "ROLLBACK_IN_PROGRESS":
        deployment.outcome, deployment.outcome_reason = "ROLLBACK_FAILED", reason


def next_look(state: State, service: Service) -> list[int]:
    """When time alone brings a stage further."""
    now = state.world.now
    moments: list[int] = []
    for deployment in service.deployments:
        passage = deployment.passage
        if passage is None or passage.over:
            continue
        waits = [moment for run in passage.runs if (moment := hooks.next_look(run)) is not None]
        if passage.entered is None:
            waits.append(max(passage.until, now + 1) if passage.back else now + 1)
        elif not passage.back and not deployment.stalled and passage.stage != Stage.CLEAN_UP:
            waits.append(passage.until if passage.until > now else passage.entered + 1)
            waits.append(max(passage.entered, passage.until) + LONGEST)
        moments += waits
    return moments
