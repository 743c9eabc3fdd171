"""Application Auto Scaling of ECS services: the `Scaling` port.

It plays the API's operations on namespace `ecs` and keeps what they make. When to scale is left to
CloudWatch alarms, how far and how it is told to `autoscaling_act`.

`snapshot` is the section `scaling` of `GET state`, one entry for each scalable target:
`{"cluster", "service", "minimum", "maximum", "suspended": ["DynamicScalingIn", …],
"policies": [{"name", "kind": "TargetTrackingScaling" | "StepScaling", "metric", "target": number or null,
"alarms": [{"name", "state"}]}], "scheduled": [{"name", "schedule", "next": t or null}],
"cooling": {"out": t or null, "in": t or null}, "activities": [{"t", "ended", "status", "capacity", "text",
"cause", "not_scaled": code or null}]}`; times are world ms, `activities` the newest ten, newest first.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ecslab.cloud import autoscaling_policy as policies
from ecslab.cloud import autoscaling_schedule as schedule
from ecslab.cloud.autoscaling_act import Actor, shown
from ecslab.cloud.autoscaling_model import (
    DIMENSION,
    NAMESPACE,
    Policy,
    ScheduledAction,
    Target,
    invalid,
    not_found,
)
from ecslab.cloud.metrics_watch import Watch
from ecslab.cloud.ports.api import JSON
from ecslab.cloud.ports.world import Source, World
from ecslab.cloud.seam import autoscaling as seam
from ecslab.cloud.seam import iam
from ecslab.cloud.seam.cloudwatch import AlarmView

ROLE = "aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"
LINKED = "ecs.application-autoscaling.amazonaws.com"
DUE = "scheduled-scaling"
DRAWN = 10
"""Activities of a target that the screen gets."""


class AutoScaling:
    def __init__(self, world: World, watch: Watch, epoch_ms: int) -> None:
        self._world = world
        self._watch = watch
        self._epoch = epoch_ms
        self._targets: dict[tuple[str, str], Target] = {}
        self._actor = Actor(world, watch)
        watch.scaler = self
        world.timeline.on(DUE, lambda _, due: self._due(*due))

    def call(self, operation: str, params: JSON) -> JSON:
        return OPERATIONS[operation](self, params)

    def operations(self) -> Sequence[str]:
        return sorted(OPERATIONS)

    # --- what others tell ------------------------------------------------------------------------

    def happened(self, source: Source) -> None:
        """A line of the event log: what was asked for may have come about."""
        if source in ("task", "service") and self._targets:
            self._actor.look_at(self._targets.values())

    def triggered(self, action: str, alarm: AlarmView, value: float) -> bool:
        for target in self._targets.values():
            for policy in target.policies.values():
                if action == policies.action(policy):
                    return self._actor.triggered(target, policy, alarm, value)
        return True

    # --- what the screen draws -------------------------------------------------------------------

    def snapshot(self) -> list[JSON]:
        return [self._drawn(target) for target in self._targets.values()]

    def _drawn(self, target: Target) -> JSON:
        now = self._world.now
        return {
            "cluster": target.cluster,
            "service": target.service,
            "minimum": target.minimum,
            "maximum": target.maximum,
            "suspended": [name.removesuffix("Suspended") for name, on in target.suspended.items() if on],
            "policies": [
                {
                    "name": policy.name,
                    "kind": policy.kind,
                    "metric": policies.metric_name(policy),
                    "target": policy.target_value if policy.tracks else None,
                    "alarms": [
                        {"name": alarm["AlarmName"], "state": self._watch.state(alarm["AlarmName"])}
                        for alarm in _alarms(policy)
                    ],
                }
                for policy in target.policies.values()
            ],
            "scheduled": [
                {
                    "name": action.name,
                    "schedule": action.schedule,
                    "next": None if action.event is None else action.event.time,
                }
                for action in target.actions.values()
            ],
            "cooling": {
                "out": target.out_until if target.out_until > now else None,
                "in": target.in_until if target.in_until > now else None,
            },
            "activities": [
                {
                    "t": activity.started,
                    "ended": activity.ended,
                    "status": activity.status,
                    "capacity": activity.capacity,
                    "text": activity.message or activity.description,
                    "cause": activity.cause,
                    "not_scaled": activity.reasons[0]["Code"] if activity.reasons else None,
                }
                for activity in target.activities[:DRAWN]
            ],
        }

    # --- targets ---------------------------------------------------------------------------------

    def _target(self, params: JSON, missing: str) -> Target:
        found = self._targets.get(_key(params))
        if found is None:
            raise not_found(missing, params["ResourceId"])
        return found

    def _register(self, params: JSON) -> JSON:
        cluster, service = _key(params)
        known = self._targets.get((cluster, service))
        low, high = params.get("MinCapacity"), params.get("MaxCapacity")
        if known is None and (low is None or high is None):
            raise invalid(
                "MinCapacity and MaxCapacity must be specified when registering a new scalable target"
            )
        low = known.minimum if known and low is None else int(low or 0)
        high = known.maximum if known and high is None else int(high or 0)
        if low < 0 or high < 0 or low > high:
            raise invalid("Maximum capacity cannot be less than minimum capacity")
        target = known or self._new(cluster, service, params.get("RoleARN"))
        found = self._actor.service(target)
        if found is None:
            raise invalid(f"ECS service doesn't exist: {params['ResourceId']}")
        target.minimum, target.maximum = low, high
        target.suspended.update(params.get("SuspendedState") or {})
        self._targets[target.key] = target
        iam.create_linked_role(LINKED)
        self._fit(target)
        self._watch.wake()
        return {"ScalableTargetARN": target.arn}

    def _new(self, cluster: str, service: str, role: str | None) -> Target:
        world = self._world
        here = f"{world.region}:{world.account}"
        drawn = world.draws.hex(34, "scalable-target", cluster, service, world.now)
        return Target(
            cluster, service,
            arn=f"arn:aws:application-autoscaling:{here}:scalable-target/0{drawn}",
            role=role or f"arn:aws:iam::{world.account}:role/{ROLE}",
            minimum=0, maximum=0, created=world.now,
        )  # fmt: skip

    def _fit(self, target: Target, cause: str = "") -> None:
        """Brings the desired count within the bounds at once."""
        service = self._actor.service(target)
        if service is None or target.within(service.desired) == service.desired:
            return
        capacity = target.within(service.desired)
        bound = "minimum" if capacity > service.desired else "maximum"
        self._actor.set_capacity(target, capacity, cause or f"{bound} capacity was set to {capacity}")

    def _deregister(self, params: JSON) -> JSON:
        target = self._target(params, "No scalable target found")
        for policy in target.policies.values():
            seam.delete_alarms(list(policy.alarms.values()))
        for action in target.actions.values():
            self._world.timeline.cancel(action.event)
        del self._targets[target.key]
        return {}

    def _describe_targets(self, params: JSON) -> JSON:
        wanted = params.get("ResourceIds")
        found = [
            {
                "ServiceNamespace": NAMESPACE,
                "ResourceId": target.resource,
                "ScalableDimension": DIMENSION,
                "MinCapacity": target.minimum,
                "MaxCapacity": target.maximum,
                "RoleARN": target.role,
                "CreationTime": self._world.epoch_seconds(target.created),
                "SuspendedState": dict(target.suspended),
                "ScalableTargetARN": target.arn,
            }
            for target in self._targets.values()
            if not wanted or target.resource in wanted
        ]
        return _page("ScalableTargets", found, params)

    def _chosen(self, params: JSON) -> list[Target]:
        resource = params.get("ResourceId")
        return [target for target in self._targets.values() if resource in (None, target.resource)]

    # --- policies --------------------------------------------------------------------------------

    def _put_policy(self, params: JSON) -> JSON:
        target = self._target(params, "No scalable target registered")
        known = target.policies.get(params["PolicyName"])
        policy = policies.checked(self._world, target, params, known)
        target.policies[policy.name] = policy
        if policy.tracks:
            policies.put_alarms(target, policy, self._world)
        self._watch.wake()
        return {"PolicyARN": policy.arn, "Alarms": _alarms(policy)}

    def _delete_policy(self, params: JSON) -> JSON:
        found = self._targets.get(_key(params))
        name = params["PolicyName"]
        if found is None or name not in found.policies:
            raise not_found("No scaling policy found", params["ResourceId"], f", policy name: {name}")
        seam.delete_alarms(list(found.policies.pop(name).alarms.values()))
        return {}

    def _describe_policies(self, params: JSON) -> JSON:
        names = params.get("PolicyNames")
        found = [
            {
                "PolicyARN": policy.arn,
                "PolicyName": policy.name,
                "ServiceNamespace": NAMESPACE,
                "ResourceId": target.resource,
                "ScalableDimension": DIMENSION,
                "PolicyType": policy.kind,
                f"{policy.kind}PolicyConfiguration": policy.configuration,
                "Alarms": _alarms(policy),
                "CreationTime": self._world.epoch_seconds(policy.created),
            }
            for target in self._chosen(params)
            for policy in target.policies.values()
            if not names or policy.name in names
        ]
        return _page("ScalingPolicies", found, params)

    # --- activities ------------------------------------------------------------------------------

    def _describe_activities(self, params: JSON) -> JSON:
        seconds = self._world.epoch_seconds
        found = [
            shown(target, activity, seconds(activity.started),
                  None if activity.ended is None else seconds(activity.ended))
            for target in self._chosen(params)
            for activity in target.activities
            if params.get("IncludeNotScaledActivities") or not activity.reasons
        ]  # fmt: skip
        return _page("ScalingActivities", found, params)

    # --- scheduled actions -----------------------------------------------------------------------

    def _put_action(self, params: JSON) -> JSON:
        target = self._target(params, "No scalable target registered")
        name = params["ScheduledActionName"]
        known = target.actions.get(name)
        expression = params.get("Schedule") or (known.schedule if known else None)
        if expression is None:
            raise invalid("Schedule must be specified for a new scheduled action")
        zone = params.get("Timezone") or (known.timezone if known else "UTC")
        try:
            schedule.check(expression, zone)
        except schedule.BadSchedule as error:
            raise invalid(str(error)) from None
        here = f"{self._world.region}:{self._world.account}"
        drawn = self._world.draws.uuid("scheduled-action", target.arn, name)
        made = ScheduledAction(
            name=name,
            arn=f"arn:aws:autoscaling:{here}:scheduledAction:{drawn}:resource/ecs/{target.resource}"
            f":scheduledActionName/{name}",
            schedule=expression,
            timezone=zone,
            start=self._time(params.get("StartTime")),
            end=self._time(params.get("EndTime")),
            action=params.get("ScalableTargetAction") or (known.action if known else {}),
            created=known.created if known else self._world.now,
        )
        if known is not None:
            self._world.timeline.cancel(known.event)
        target.actions[name] = made
        self._plan(target, made)
        return {}

    def _time(self, seconds: Any) -> int | None:
        return None if seconds is None else round(float(seconds) * 1000) - self._epoch

    def _plan(self, target: Target, action: ScheduledAction) -> None:
        now = self._world.now
        origin = action.created if action.start is None else action.start
        after = now if action.start is None else max(now, action.start - 1)
        due = schedule.following(action.schedule, action.timezone, self._epoch + origin, self._epoch + after)
        action.event = None
        if due is not None and (action.end is None or due - self._epoch <= action.end):
            key = f"{target.resource}/{action.name}"
            action.event = self._world.timeline.at(due - self._epoch, DUE, key, (target, action))

    def _due(self, target: Target, action: ScheduledAction) -> None:
        self._plan(target, action)
        if target.suspended["ScheduledScalingSuspended"]:
            return
        target.minimum = int(action.action.get("MinCapacity", target.minimum))
        target.maximum = max(target.minimum, int(action.action.get("MaxCapacity", target.maximum)))
        self._fit(target, f"scheduled action name {action.name} was triggered")
        self._watch.wake()

    def _delete_action(self, params: JSON) -> JSON:
        found = self._targets.get(_key(params))
        name = params["ScheduledActionName"]
        if found is None or name not in found.actions:
            more = f", scheduled action name: {name}"
            raise not_found("No scheduled action found", params["ResourceId"], more)
        self._world.timeline.cancel(found.actions.pop(name).event)
        return {}

    def _describe_actions(self, params: JSON) -> JSON:
        names = params.get("ScheduledActionNames")
        seconds = self._world.epoch_seconds
        found = [
            {
                "ScheduledActionName": action.name,
                "ScheduledActionARN": action.arn,
                "ServiceNamespace": NAMESPACE,
                "Schedule": action.schedule,
                "Timezone": action.timezone,
                "ResourceId": target.resource,
                "ScalableDimension": DIMENSION,
                "ScalableTargetAction": action.action,
                "CreationTime": seconds(action.created),
                **({"StartTime": seconds(action.start)} if action.start is not None else {}),
                **({"EndTime": seconds(action.end)} if action.end is not None else {}),
            }
            for target in self._chosen(params)
            for action in target.actions.values()
            if not names or action.name in names
        ]
        return _page("ScheduledActions", found, params)


OPERATIONS: dict[str, Callable[[AutoScaling, JSON], JSON]] = {
    "RegisterScalableTarget": AutoScaling._register,
    "DeregisterScalableTarget": AutoScaling._deregister,
    "DescribeScalableTargets": AutoScaling._describe_targets,
    "PutScalingPolicy": AutoScaling._put_policy,
    "DeleteScalingPolicy": AutoScaling._delete_policy,
    "DescribeScalingPolicies": AutoScaling._describe_policies,
    "PutScheduledAction": AutoScaling._put_action,
    "DeleteScheduledAction": AutoScaling._delete_action,
    "DescribeScheduledActions": AutoScaling._describe_actions,
    "DescribeScalingActivities": AutoScaling._describe_activities,
}


def _key(params: JSON) -> tuple[str, str]:
    parts = str(params.get("ResourceId")).split("/")
    if params.get("ScalableDimension") != DIMENSION or len(parts) != 3 or parts[0] != "service":
        raise invalid("Unsupported service namespace, resource type or scalable dimension")
    return parts[1], parts[2]


def _alarms(policy: Policy) -> list[JSON]:
    names: Iterable[str] = policy.alarms.values() if policy.tracks else seam.alarms_for(policy.arn)
    found = ((name, seam.alarm_arn(name)) for name in names)
    return [{"AlarmName": name, "AlarmARN": arn} for name, arn in found if arn is not None]


def _page(name: str, found: list[JSON], params: JSON) -> JSON:
    """One page; the token is where the next one begins."""
    token = str(params.get("NextToken") or 0)
    if not token.isdigit():
        raise invalid("The token is invalid")
    start, size = int(token), int(params.get("MaxResults") or 50)
    more = {"NextToken": str(start + size)} if start + size < len(found) else {}
    return {name: found[start : start + size], **more}
