"""Scaling policies as PutScalingPolicy gives them: checked, and for target tracking made into two alarms."""

import copy
from typing import Any

from ecslab.cloud.autoscaling_model import COOLDOWN, Policy, Target, invalid
from ecslab.cloud.ports.api import JSON
from ecslab.cloud.ports.world import World
from ecslab.cloud.seam import autoscaling as seam
from ecslab.terms.scaling import gaps_or_overlaps

UTILISATIONS = {
    "ECSServiceAverageCPUUtilization": "CPUUtilization",
    "ECSServiceAverageMemoryUtilization": "MemoryUtilization",
}
REQUESTS = "ALBRequestCountPerTarget"
LOW_SHARE = 0.9
"""The low alarm's threshold, as a part of the target."""
KINDS = ("TargetTrackingScaling", "StepScaling")
ADJUSTMENTS = ("ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity")


def action(policy: Policy) -> str:
    """What an alarm names to trigger the policy."""
    return f"{policy.arn}:createdBy/{policy.created_by}" if policy.tracks else policy.arn


def metric_name(policy: Policy) -> str | None:
    """What a target tracking policy holds at its target."""
    predefined = policy.configuration.get("PredefinedMetricSpecification") or {}
    custom = policy.configuration.get("CustomizedMetricSpecification") or {}
    name: str | None = predefined.get("PredefinedMetricType") or custom.get("MetricName")
    return name


def checked(world: World, target: Target, params: JSON, known: Policy | None) -> Policy:
    """The policy that a request makes or changes. Raises ApiError."""
    kind: Any = params.get("PolicyType") or (known.kind if known else "StepScaling")
    if kind not in KINDS:
        raise invalid(f"ecslab does not simulate scaling policies of type {kind}")
    if known is not None and kind != known.kind:
        raise invalid("The type of a scaling policy cannot be changed")
    configuration = copy.deepcopy(params.get(f"{kind}PolicyConfiguration"))
    if configuration is None and known is not None:
        configuration = known.configuration
    if configuration is None:
        raise invalid(f"{kind}PolicyConfiguration is required for policy type {kind}")
    if kind == "TargetTrackingScaling":
        _check_tracking(configuration)
    else:
        _check_steps(configuration)
    if known is not None:
        known.configuration = configuration
        return known
    name = params["PolicyName"]
    drawn = world.draws.uuid("scaling-policy", target.arn, name, world.now)
    resource = f"resource/ecs/{target.resource}:policyName/{name}"
    return Policy(
        name=name,
        arn=f"arn:aws:autoscaling:{world.region}:{world.account}:scalingPolicy:{drawn}:{resource}",
        kind=kind,
        configuration=configuration,
        created=world.now,
        created_by=world.draws.uuid("scaling-policy-alarms", target.arn, name, world.now),
    )


def _check_tracking(given: JSON) -> None:
    if float(given.get("TargetValue") or 0) <= 0:
        raise invalid("TargetValue must be greater than 0")
    predefined = given.get("PredefinedMetricSpecification")
    custom = given.get("CustomizedMetricSpecification")
    if bool(predefined) == bool(custom):
        raise invalid(
            "Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification is required"
        )
    if custom and custom.get("Metrics"):
        raise invalid("ecslab does not simulate metric math in a target tracking policy")
    lacking = [key for key in ("MetricName", "Namespace", "Statistic") if custom and not custom.get(key)]
    if lacking:
        raise invalid(f"CustomizedMetricSpecification needs {' and '.join(lacking)}")
    if predefined:
        kind, label = predefined.get("PredefinedMetricType"), predefined.get("ResourceLabel")
        if kind not in (*UTILISATIONS, REQUESTS):
            raise invalid(f"The predefined metric type {kind} is not supported for service namespace ecs")
        if (kind == REQUESTS) != bool(label):
            raise invalid(f"A ResourceLabel must be given for {REQUESTS}, and for no other metric")
        if label and "/targetgroup/" not in label:
            raise invalid(f"The ResourceLabel {label} is not app/<lb>/<id>/targetgroup/<tg>/<id>")


def _check_steps(given: JSON) -> None:
    if given.get("AdjustmentType") not in ADJUSTMENTS:
        raise invalid(f"AdjustmentType must be one of {', '.join(ADJUSTMENTS)}")
    steps = given.get("StepAdjustments")
    if not steps:
        raise invalid("StepAdjustments must be specified for a step scaling policy")
    wrong = gaps_or_overlaps(steps)
    if wrong is not None:
        raise invalid(f"The step adjustments are not valid: {wrong}")
    given.setdefault("Cooldown", COOLDOWN)


def put_alarms(target: Target, policy: Policy, world: World) -> None:
    """The alarms that a target tracking policy watches its metric with."""
    metric = _metric(target, policy.configuration)
    goal = policy.target_value
    _put(target, policy, world, "High", metric, "GreaterThanThreshold", goal, 3)
    if policy.scales_in:
        _put(target, policy, world, "Low", metric, "LessThanThreshold", round(goal * LOW_SHARE, 10), 15)
    elif "Low" in policy.alarms:
        seam.delete_alarms([policy.alarms.pop("Low")])


def _put(
    target: Target, policy: Policy, world: World, side: Any, metric: JSON, comparison: str, threshold: float,
    periods: int,
) -> None:  # fmt: skip
    drawn = world.draws.uuid("scaling-alarm", policy.arn, side)
    name = policy.alarms.setdefault(side, f"TargetTracking-{target.resource}-Alarm{side}-{drawn}")
    ours = action(policy)
    seam.put_alarm(
        {
            "name": name,
            **metric,
            "comparison_operator": comparison,
            "evaluation_periods": periods,
            "period": 60,
            "threshold": threshold,
            "description": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {ours}.",
            "alarm_actions": [ours],
            "treat_missing_data": "missing",
        }
    )


def _metric(target: Target, given: JSON) -> JSON:
    custom = given.get("CustomizedMetricSpecification")
    if custom:
        return {
            "namespace": custom["Namespace"],
            "metric_name": custom["MetricName"],
            "statistic": custom["Statistic"],
            "unit": custom.get("Unit"),
            "dimensions": [{"Name": d["Name"], "Value": d["Value"]} for d in custom.get("Dimensions") or []],
        }
    predefined = given["PredefinedMetricSpecification"]
    if predefined["PredefinedMetricType"] == REQUESTS:
        balancer, _, group = predefined["ResourceLabel"].partition("/targetgroup/")
        dimensions = {"TargetGroup": f"targetgroup/{group}", "LoadBalancer": balancer}
        where = {
            "namespace": "AWS/ApplicationELB",
            "metric_name": "RequestCountPerTarget",
            "statistic": "Sum",
        }
    else:
        dimensions = {"ClusterName": target.cluster, "ServiceName": target.service}
        name = UTILISATIONS[predefined["PredefinedMetricType"]]
        where = {"namespace": "AWS/ECS", "metric_name": name, "statistic": "Average", "unit": "Percent"}
    return {**where, "dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()]}
