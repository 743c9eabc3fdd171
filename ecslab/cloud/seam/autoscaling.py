"""moto's Application Auto Scaling: what concerns ECS services is answered by the world, the rest stays moto's."""

import json

import moto.applicationautoscaling.urls
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.core.responses import TYPE_RESPONSE

from ecslab.cloud.autoscaling_model import NAMESPACE
from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.seam.binding import world
from ecslab.cloud.seam.cloudwatch import backend


class ScalingAnswers(ApplicationAutoScalingResponse):
    def call_action(self) -> TYPE_RESPONSE:
        operation = self._get_action()
        params: JSON = json.loads(self.body or "{}")
        if params.get("ServiceNamespace") != NAMESPACE or operation not in world().scaling.operations():
            answer: TYPE_RESPONSE = super().call_action()
            return answer
        status, error = 200, {}
        try:
            result = world().scaling.call(operation, params)
        except ApiError as refused:
            status, error = refused.status, {"x-amzn-errortype": refused.code}
            result = {"__type": refused.code, "message": refused.message}
        headers = {"Content-Type": "application/x-amz-json-1.1", "status": str(status), **error}
        return status, headers, json.dumps(result)


def put_alarm(alarm: JSON) -> str:
    """Makes an alarm, or changes it; its ARN. `alarm` in moto's spelling."""
    return str(backend().put_metric_alarm(**alarm).alarm_arn)


def delete_alarms(names: list[str]) -> None:
    known = [name for name in names if name in backend().alarms]
    if known:
        backend().delete_alarms(known)


def alarm_arn(name: str) -> str | None:
    found = backend().alarms.get(name)
    return str(found.alarm_arn) if found is not None else None


def alarms_for(action: str) -> list[str]:
    """The alarms that trigger a policy, whoever made them."""
    return [alarm.name for alarm in backend().alarms.values() if action in (alarm.alarm_actions or [])]


def install() -> None:
    moto.applicationautoscaling.urls.url_paths["{0}/$"] = ScalingAnswers.dispatch
