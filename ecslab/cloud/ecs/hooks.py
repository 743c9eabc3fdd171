"""Lifecycle hooks: Lambda functions that a world declares, and pauses that wait for ContinueServiceDeployment.

A function answers as the world says, one answer an invocation, the last one again and again. Nothing is run.
Source: Amazon ECS developer guide, "lambda-lifecycle-hooks", "pause-lifecycle-hooks".
"""

from base64 import urlsafe_b64encode

from ecslab.cloud.ecs import messages, messages_shift
from ecslab.cloud.ecs.model import JSON, Deployment, Service
from ecslab.cloud.ecs.shifting import MINUTE, Stage
from ecslab.cloud.ecs.stages_model import HookRun, Passage
from ecslab.cloud.ecs.state import SECOND, State
from ecslab.cloud.ports.api import ApiError

LONGEST = 1440
"""Minutes that a hook may take unless it says otherwise."""
CALL_BACK = 30 * SECOND
"""How long after IN_PROGRESS a function is invoked again, unless it says otherwise."""
EVENTS = {
    "IN_PROGRESS": "HOOK_IN_PROGRESS",
    "AWAITING_ACTION": "HOOK_AWAITING_ACTION",
    "SUCCEEDED": "HOOK_SUCCEEDED",
    "FAILED": "HOOK_FAILED",
    "TIMED_OUT": "HOOK_TIMED_OUT",
}
ACTIONS = ("CONTINUE", "ROLLBACK")


def start(state: State, service: Service, deployment: Deployment, stage: Stage) -> list[HookRun]:
    """Starts the hooks of a stage, all at once."""
    passage = deployment.passage
    assert passage is not None
    runs = []
    for hook in passage.configured:
        if stage in hook["lifecycleStages"]:
            runs.append(_run(state, deployment, passage, hook, stage))
            _announce(state, service, deployment, runs[-1])
    return runs


def _run(state: State, deployment: Deployment, passage: Passage, hook: JSON, stage: Stage) -> HookRun:
    passage.invoked += 1
    draw = state.world.draws.bits(32, "ecs-hook", deployment.id, passage.invoked)
    token = urlsafe_b64encode(draw.to_bytes(32, "big")).decode().rstrip("=")
    minutes = int((hook.get("timeoutConfiguration") or {}).get("timeoutInMinutes") or LONGEST)
    pause = hook["targetType"] == "PAUSE"
    return HookRun(
        id=f"ecs-{'pause' if pause else 'lambda'}-{token}",
        stage=stage,
        hook=hook,
        status="AWAITING_ACTION" if pause else "IN_PROGRESS",
        expires=state.world.now + minutes * MINUTE,
        asks=None if pause else state.world.now,
    )


def look(state: State, service: Service, deployment: Deployment, run: HookRun) -> None:
    """Asks a function whose time has come, and ends what has taken too long."""
    now, before = state.world.now, run.status
    if run.asks is not None and now >= run.asks and not run.done:
        _ask(state, deployment, run)
    if not run.done and now >= run.expires:
        run.status = "TIMED_OUT"
        kind = "pause hook" if run.pause else "lifecycle hook(s)"
        run.reason = messages_shift.hook_timed_out(run.stage, kind)
    if run.status != before:
        _announce(state, service, deployment, run)


def failed(run: HookRun) -> bool:
    """Whether a hook's outcome rolls its deployment back."""
    if run.status == "TIMED_OUT":
        return timeout_action(run) == "ROLLBACK"
    return run.status == "FAILED"


def timeout_action(run: HookRun) -> str:
    return str((run.hook.get("timeoutConfiguration") or {}).get("action") or "ROLLBACK")


def next_look(run: HookRun) -> int | None:
    if run.done:
        return None
    return run.expires if run.asks is None else min(run.asks, run.expires)


def _ask(state: State, deployment: Deployment, run: HookRun) -> None:
    """One invocation of a Lambda function."""
    passage = deployment.passage
    assert passage is not None
    target, role = run.hook["hookTargetArn"], run.hook["roleArn"]
    problem = _unable(state, target, role)
    answer = None
    if problem is None:
        declared = state.world.hooks[function(target)]
        answers = declared["answers"]
        number = passage.calls.get(target, 0)
        passage.calls[target] = number + 1
        answer = answers[min(number, len(answers) - 1)]
        if answer == "FAILED":
            problem = messages_shift.hook_returned_failed(target)
        elif answer == "ERROR":
            problem = messages_shift.hook_answer_unreadable(target)
    if problem is not None:
        run.status, run.asks = "FAILED", None
        run.reason = messages_shift.hooks_failed(run.stage, problem)
    elif answer == "SUCCEEDED":
        run.status, run.asks = "SUCCEEDED", None
    else:
        run.asks = state.world.now + int(declared.get("after") or CALL_BACK)


def _unable(state: State, target: str, role: str) -> str | None:
    """Why the function can't be invoked."""
    if not state.world.iam.can_assume(role, "ecs.amazonaws.com"):
        return messages_shift.hook_role_not_assumed(role)
    why = state.world.iam.refusal(role, "lambda:InvokeFunction", target)
    if why:
        name = role.rpartition("/")[2]
        user = f"arn:aws:sts::{state.world.account}:assumed-role/{name}/ECS-Lambda-Execution"
        return messages_shift.hook_not_invoked(
            target, messages.not_authorized(user, "lambda:InvokeFunction", target, why)
        )
    if function(target) not in state.world.hooks:
        return messages_shift.hook_not_invoked(target, f"Function not found: {target}")
    return None


def function(arn: str) -> str:
    """The function's name in `arn:aws:lambda:…:function:NAME[:ALIAS]`."""
    return arn.split(":")[6] if arn.count(":") >= 6 else ""


def _announce(state: State, service: Service, deployment: Deployment, run: HookRun) -> None:
    """AWS's "ECS Hook State Change" event."""
    state.world.record(
        "deployment",
        service.name,
        f"(deployment {deployment.id}) {EVENTS[run.status]} at {run.stage}",
        cluster=service.cluster.name,
        deployment=deployment.id,
        stage=str(run.stage),
        hook=run.id,
        hook_type="PAUSE" if run.pause else "AWS_LAMBDA",
        status=run.status,
    )
    state.world.touch()


def describe(state: State, run: HookRun) -> JSON:
    shown: JSON = {
        "hookId": run.id,
        "targetType": run.hook["targetType"],
        "status": run.status,
        "expiresAt": state.world.epoch_seconds(run.expires),
        "timeoutAction": timeout_action(run),
    }
    if not run.pause:
        shown["targetArn"] = run.hook["hookTargetArn"]
    return shown


def proceed(state: State, params: JSON) -> JSON:
    """ContinueServiceDeployment."""
    arn, hook_id, action = (
        params["serviceDeploymentArn"],
        params["hookId"],
        params.get("action") or "CONTINUE",
    )
    pairs = [(service, d) for service in state.services.values() for d in service.history]
    found = next(((service, d) for service, d in pairs if d.record_arn == arn), None)
    if found is None:
        raise ApiError("ServiceDeploymentNotFoundException", messages_shift.NO_SUCH_DEPLOYMENT)
    if action not in ACTIONS:
        raise ApiError("InvalidParameterException", f"Invalid action. Valid values are: {', '.join(ACTIONS)}")
    kind, _, token = hook_id.removeprefix("ecs-").partition("-")
    if not hook_id.startswith("ecs-") or not kind or not token:
        raise ApiError("InvalidParameterException", messages_shift.HOOK_ID_FORMAT)
    service, deployment = found
    if deployment.finished is not None:
        raise ApiError("InvalidParameterException", messages_shift.CONTINUE_TERMINAL)
    runs = deployment.passage.runs if deployment.passage is not None else []
    run = next((run for run in runs if run.id == hook_id and run.status == "AWAITING_ACTION"), None)
    if run is None:
        raise ApiError("InvalidParameterException", messages_shift.HOOK_UNAVAILABLE)
    run.status = "SUCCEEDED" if action == "CONTINUE" else "FAILED"
    if run.status == "FAILED":
        run.reason = messages_shift.hook_rolled_back(run.stage)
    _announce(state, service, deployment, run)
    state.wake(service)
    return {"serviceDeploymentArn": arn}


OPERATIONS = {"ContinueServiceDeployment": proceed}
