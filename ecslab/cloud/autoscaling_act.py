"""What scaling policies do to a service when their alarms ring, and the activities that tell of it.

It reads services as DescribeServices shows them and changes them with UpdateService, nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ecslab.cloud.autoscaling_model import Activity, Policy, Target
from ecslab.cloud.metrics_watch import Watch
from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.ports.world import World
from ecslab.cloud.seam import cloudwatch
from ecslab.cloud.seam.cloudwatch import AlarmView
from ecslab.terms import scaling as decide

KEPT = 200
"""Activities kept of a target."""
FULFILLED = "Successfully set desired count to {}. Change successfully fulfilled by ecs."
WAITING = "Successfully set desired count to {}. Waiting for change to be fulfilled by ecs."


@dataclass(frozen=True)
class Service:
    desired: int
    running: int
    deploying: bool


class Actor:
    def __init__(self, world: World, watch: Watch) -> None:
        self._world = world
        self._watch = watch

    def service(self, target: Target) -> Service | None:
        try:
            found = self._world.ecs.call(
                "DescribeServices", {"cluster": target.cluster, "services": [target.service]}
            )["services"]
        except ApiError:
            return None
        if not found or found[0]["status"] != "ACTIVE":
            return None
        rollouts = [deployment.get("rolloutState") for deployment in found[0]["deployments"]]
        deploying = len(rollouts) > 1 or "IN_PROGRESS" in rollouts
        return Service(found[0]["desiredCount"], found[0]["runningCount"], deploying)

    # --- policies --------------------------------------------------------------------------------

    def triggered(self, target: Target, policy: Policy, alarm: AlarmView, value: float) -> bool:
        """See `metrics_watch.Scaler`."""
        service = self.service(target)
        if service is None:
            return True
        if not policy.tracks:
            return self._step(target, policy, alarm, value, service)
        if alarm.name == policy.alarms.get("High"):
            return self._track_out(target, policy, alarm, value, service)
        return self._track_in(target, policy, alarm, service)

    def _track_out(
        self, target: Target, policy: Policy, alarm: AlarmView, value: float, service: Service
    ) -> bool:
        running, cooling = service.running, None
        if self._cools(target):
            cooling = decide.Cooling(target.out_from, target.out_to)
            if not self._measured(target):
                running = target.out_from
        wanted = decide.track_out(running, value, policy.target_value, cooling)
        if service.desired == 0:
            wanted = max(wanted, 1)
        return self._out(target, policy, alarm, max(wanted, target.minimum), service)

    def _measured(self, target: Target) -> bool:
        """Whether the last whole minute is one in which all tasks of the last change were running."""
        seconds = self._world.epoch_seconds
        ended = next(
            (activity.ended for activity in target.activities if activity.capacity is not None), None
        )
        return ended is not None and seconds() // 60 * 60 - 60 >= seconds(ended)

    def _cools(self, target: Target) -> bool:
        return self._world.now < target.out_until

    def _out(self, target: Target, policy: Policy, alarm: AlarmView, wanted: int, service: Service) -> bool:
        if target.suspended["DynamicScalingOutSuspended"]:
            return True
        if target.within(wanted) <= service.desired:
            if service.desired >= target.maximum:
                self._not_scaled(
                    target, policy, alarm, "AlreadyAtMaxCapacity", MaxCapacity=target.maximum,
                    CurrentCapacity=service.desired,
                )  # fmt: skip
            elif wanted == service.desired and not self._cools(target):
                self._unneeded(target, policy, alarm, "AlreadyAtDesiredCapacity", service)
            return not self._cools(target) and service.running == service.desired
        if not self._cools(target):
            target.out_from = service.desired
        target.out_to = target.within(wanted)
        target.out_until = self._world.now + policy.cooldown(
            "ScaleOutCooldown" if policy.tracks else "Cooldown"
        )
        self.set_capacity(target, target.within(wanted), _cause(alarm, policy))
        return False

    def _track_in(self, target: Target, policy: Policy, alarm: AlarmView, service: Service) -> bool:
        if self._unscalable(target, policy, alarm, service):
            return False
        if service.running != service.desired or self._world.now < target.in_until:
            return False
        wishes = []
        for other in target.policies.values():
            if other.tracks and other.scales_in:
                low = cloudwatch.alarm(other.alarms["Low"])
                if low is None or low.state != "ALARM":
                    return True
                wishes.append((self._watch.value(low), other.target_value))
        wanted = decide.track_in(service.running, wishes)
        return self._in(target, policy, alarm, wanted, service)

    def _in(self, target: Target, policy: Policy, alarm: AlarmView, wanted: int, service: Service) -> bool:
        if target.suspended["DynamicScalingInSuspended"]:
            return True
        if target.within(wanted) >= service.desired:
            if service.desired <= target.minimum:
                self._not_scaled(
                    target, policy, alarm, "AlreadyAtMinCapacity", MinCapacity=target.minimum,
                    CurrentCapacity=service.desired,
                )  # fmt: skip
            else:
                code = "AutoScalingAnticipatedFlapping" if policy.tracks else "AlreadyAtDesiredCapacity"
                self._unneeded(target, policy, alarm, code, service)
            return True
        target.in_until = self._world.now + policy.cooldown(
            "ScaleInCooldown" if policy.tracks else "Cooldown"
        )
        self.set_capacity(target, target.within(wanted), _cause(alarm, policy))
        return False

    def _step(self, target: Target, policy: Policy, alarm: AlarmView, value: float, service: Service) -> bool:
        given = policy.configuration
        above = alarm.rule.comparison.startswith("Greater")
        step = decide.step_for(value - alarm.threshold, given["StepAdjustments"], above=above)
        if step is None:
            return True
        base = target.out_from if self._cools(target) else service.running
        wanted = decide.adjusted(
            base, given["AdjustmentType"], int(step["ScalingAdjustment"]), given.get("MinAdjustmentMagnitude")
        )
        if wanted > base:
            return self._out(target, policy, alarm, wanted, service)
        if self._unscalable(target, policy, alarm, service):
            return False
        if self._world.now < max(target.in_until, target.out_until):
            return False
        return self._in(target, policy, alarm, wanted, service)

    def _unscalable(self, target: Target, policy: Policy, alarm: AlarmView, service: Service) -> bool:
        """While a deployment is in progress nothing is scaled in (ECS developer guide, "service auto scaling")."""
        if service.deploying:
            self._unneeded(target, policy, alarm, "TargetServicePutResourceAsUnscalable", service)
        return service.deploying

    def _unneeded(
        self, target: Target, policy: Policy, alarm: AlarmView, code: str, service: Service
    ) -> None:
        self._not_scaled(target, policy, alarm, code, CurrentCapacity=service.desired)

    # --- acting ----------------------------------------------------------------------------------

    def set_capacity(self, target: Target, capacity: int, cause: str) -> None:
        for other in target.activities:
            if other.status == "InProgress":
                self._end(target, other, "Overridden", other.message)
        activity = self._add(target, f"Setting desired count to {capacity}.", cause, "InProgress")
        activity.capacity = capacity
        activity.message = WAITING.format(capacity)
        target.said.clear()
        try:
            self._world.ecs.call(
                "UpdateService",
                {"cluster": target.cluster, "service": target.service, "desiredCount": capacity},
            )
        except ApiError as error:
            said = f"Failed to set desired count to {capacity}. Reason: {error.message}"
            self._end(target, activity, "Failed", said)
            return
        self._tell(target, activity)
        self.look(target)

    def look(self, target: Target) -> None:
        """Whether what was asked for last has come about."""
        for activity in target.activities:
            if activity.status == "InProgress":
                service = self.service(target)
                if service is None:
                    said = f"Failed to set desired count to {activity.capacity}. Reason: the service is gone."
                    self._end(target, activity, "Failed", said)
                elif service.running == service.desired == activity.capacity:
                    self._end(target, activity, "Successful", FULFILLED.format(activity.capacity))
                elif service.desired != activity.capacity:
                    self._end(target, activity, "Overridden", activity.message)

    def look_at(self, targets: Iterable[Target]) -> None:
        for target in targets:
            if target.activities:
                self.look(target)

    def _end(self, target: Target, activity: Activity, status: str, message: str | None) -> None:
        activity.status, activity.message, activity.ended = status, message, self._world.now
        self._tell(target, activity)

    def _add(self, target: Target, description: str, cause: str, status: str) -> Activity:
        target.made += 1
        drawn = self._world.draws.uuid("scaling-activity", target.arn, target.made)
        activity = Activity(drawn, description, cause, self._world.now, status)
        target.activities.insert(0, activity)
        del target.activities[KEPT:]
        return activity

    def _not_scaled(self, target: Target, policy: Policy, alarm: AlarmView, code: str, **more: int) -> None:
        """Said once, until something else happens."""
        if target.said.get(alarm.name) == code:
            return
        target.said[alarm.name] = code
        activity = self._add(
            target, "Attempting to scale due to alarm triggered", _cause(alarm, policy), "Failed"
        )
        activity.ended = self._world.now
        activity.reasons = [{"Code": code, **more}]

    def _tell(self, target: Target, activity: Activity) -> None:
        self._world.record(
            "scaling",
            target.resource,
            f"Message: {activity.message} Cause: {activity.cause}",
            status=activity.status,
            capacity=activity.capacity,
        )


def _cause(alarm: AlarmView, policy: Policy) -> str:
    return f"monitor alarm {alarm.name} in state {alarm.state} triggered policy {policy.name}"


def shown(target: Target, activity: Activity, seconds: float, ended: float | None) -> JSON:
    """As DescribeScalingActivities has it."""
    return {
        "ActivityId": activity.id,
        "ServiceNamespace": "ecs",
        "ResourceId": target.resource,
        "ScalableDimension": "ecs:service:DesiredCount",
        "Description": activity.description,
        "Cause": activity.cause,
        "StartTime": seconds,
        "StatusCode": activity.status,
        **({"EndTime": ended} if ended is not None else {}),
        **({"StatusMessage": activity.message} if activity.message else {}),
        **({"NotScaledReasons": activity.reasons} if activity.reasons else {}),
    }
