"""What CreateService and UpdateService refuse of strategies, lifecycle hooks and shifted load balancers.

Words: Amazon ECS developer guide, "troubleshooting-blue-green", where it has them; limits: the API reference.
"""

from ecslab.cloud.ecs import hooks, listeners, messages_shift
from ecslab.cloud.ecs.model import JSON
from ecslab.cloud.ecs.shifting import SHIFTS, UNHOOKED, Stage, Strategy
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports.api import ApiError

LONGEST_BAKE = 1440
HOOKS = 10
"""Of each type."""
OWN = {"linearConfiguration": Strategy.LINEAR, "canaryConfiguration": Strategy.CANARY}
"""Parts of a deploymentConfiguration that belong to one strategy."""
HOOKED = [stage for stage in Stage if stage not in UNHOOKED]
PAUSE_LIMIT, LAMBDA_LIMIT = 20_160, 1440
"""Minutes that a hook may take."""


def refuse(message: str) -> ApiError:
    return ApiError("InvalidParameterException", message)


def _between(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise refuse(f"{name} must be between {low:g} and {high:g}.")


# --- the deployment configuration ---


def strategy(configuration: JSON, given: JSON) -> JSON:
    """The configuration with what does not belong to its strategy left out, checked."""
    chosen = configuration["strategy"]
    if chosen not in list(Strategy):
        raise refuse(f"Invalid deployment strategy. Valid values are: {', '.join(Strategy)}")
    for key, owner in OWN.items():
        if given.get(key) is not None and chosen != owner:
            raise refuse(f"{key} is only valid when the deployment strategy is {owner}.")
    out = {key: value for key, value in configuration.items() if OWN.get(key, chosen) == chosen}
    _between("bakeTimeInMinutes", out.get("bakeTimeInMinutes"), 0, LONGEST_BAKE)
    linear, canary = out.get("linearConfiguration") or {}, out.get("canaryConfiguration") or {}
    _share("stepPercent", linear.get("stepPercent"), 3.0)
    _share("canaryPercent", canary.get("canaryPercent"), 0.1)
    _between("stepBakeTimeInMinutes", linear.get("stepBakeTimeInMinutes"), 0, LONGEST_BAKE)
    _between("canaryBakeTimeInMinutes", canary.get("canaryBakeTimeInMinutes"), 0, LONGEST_BAKE)
    if given.get("lifecycleHooks") is not None:
        out["lifecycleHooks"] = [_hook(hook) for hook in given["lifecycleHooks"]]
        _count_hooks(out["lifecycleHooks"])
    return out


def _share(name: str, value: float | None, low: float) -> None:
    _between(name, value, low, 100.0)
    if value is not None and abs(value * 10 - round(value * 10)) > 1e-9:
        raise refuse(f"{name} must be a multiple of 0.1.")


def _hook(given: JSON) -> JSON:
    hook = {**given, "targetType": given.get("targetType") or "AWS_LAMBDA"}
    if hook["targetType"] not in ("AWS_LAMBDA", "PAUSE"):
        raise refuse(messages_shift.HOOK_TARGET_TYPE)
    pause = hook["targetType"] == "PAUSE"
    if not hook.get("lifecycleStages"):
        raise refuse("lifecycleStages can not be empty.")
    for stage in hook["lifecycleStages"]:
        if stage not in HOOKED:
            raise refuse(f"Invalid lifecycle stage. Valid values are: {', '.join(HOOKED)}")
        if pause and stage in SHIFTS:
            raise refuse(messages_shift.HOOK_PAUSE_STAGE)
    for key in ("hookTargetArn", "roleArn"):
        if pause and hook.get(key):
            raise refuse(f"{key} is not applicable for PAUSE hooks.")
        if not pause and not hook.get(key):
            raise refuse(f"{key} is required for AWS_LAMBDA hooks.")
    if not pause and not hook["hookTargetArn"].startswith("arn:aws:lambda:"):
        raise refuse("hookTargetArn must be the ARN of a Lambda function.")
    timeout = hook.get("timeoutConfiguration") or {}
    _between("timeoutInMinutes", timeout.get("timeoutInMinutes"), 1, PAUSE_LIMIT if pause else LAMBDA_LIMIT)
    if timeout.get("action", "ROLLBACK") not in hooks.ACTIONS:
        raise refuse(f"Invalid action. Valid values are: {', '.join(hooks.ACTIONS)}")
    return hook


def _count_hooks(configured: list[JSON]) -> None:
    for kind in ("AWS_LAMBDA", "PAUSE"):
        if sum(hook["targetType"] == kind for hook in configured) > HOOKS:
            raise refuse(f"lifecycleHooks can have at most {HOOKS} items of type {kind}.")


def daemon(chosen: str, scheduling: str) -> None:
    if scheduling == "DAEMON" and chosen != Strategy.ROLLING:
        raise refuse(f"The {chosen} deployment strategy is not supported for a DAEMON service.")


# --- load balancers ---


def advanced(state: State, given: list[JSON], chosen: str) -> None:
    """Checks the advancedConfiguration of load balancers for a strategy."""
    with_it = [balancer for balancer in given if balancer.get("advancedConfiguration")]
    if with_it and any(balancer.get("loadBalancerName") for balancer in with_it):
        raise refuse("advancedConfiguration field is not allowed with ELBv1 loadBalancers")
    if with_it and len(with_it) < len(given):
        raise refuse(messages_shift.ADVANCED_MIXED)
    if given and not with_it and chosen != Strategy.ROLLING:
        raise refuse(messages_shift.ADVANCED_MISSING)
    if not given and chosen in (Strategy.LINEAR, Strategy.CANARY):
        raise refuse(f"loadBalancers must be specified when using the {chosen} deployment strategy.")
    seen: set[str] = set()
    for balancer in with_it:
        _check_advanced(state, balancer)
        for group in listeners.pair(balancer):
            if group in seen:
                raise refuse(messages_shift.duplicate_group(group))
            seen.add(group)


def _check_advanced(state: State, balancer: JSON) -> None:
    configuration = balancer["advancedConfiguration"]
    for key in ("alternateTargetGroupArn", "productionListenerRule", "roleArn"):
        if not configuration.get(key):
            raise refuse(f"{key} is required in advancedConfiguration.")
    production, test = configuration["productionListenerRule"], configuration.get("testListenerRule")
    for name, arn in (("productionListenerRule", production), ("testListenerRule", test)):
        if arn and not (listeners.ALB_RULE.fullmatch(arn) or listeners.NLB_LISTENER.fullmatch(arn)):
            raise refuse(messages_shift.rule_arn_format(name, arn))
    if production == test:
        raise refuse(messages_shift.same_rules(production))
    rule = state.world.elb.forwarding(production)
    if rule is None or test or not listeners.ALB_RULE.fullmatch(production):
        return
    if any(group not in rule.weights for group in listeners.pair(balancer)):
        raise refuse(messages_shift.TEST_RULE_REQUIRED)
