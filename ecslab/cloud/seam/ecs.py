"""moto's ECS, emptied: its response layer parses and serialises, our control plane decides.

Every ECS operation goes to `world.ecs.call`. What the rest of moto asks of the ECS backend
(Application Auto Scaling looks services up and sets desired counts) is answered from there too.
"""

import re
from types import SimpleNamespace
from typing import Any

import moto.ecs.urls
from moto.core.exceptions import ServiceException
from moto.core.responses import TYPE_RESPONSE, ActionResult, BaseResponse, get_service_model
from moto.ecs.models import EC2ContainerServiceBackend, ecs_backends

from ecslab.cloud.ports.api import ApiError
from ecslab.cloud.seam.binding import world

CHECKED_LATER = {
    "DeploymentLifecycleHookStage",
    "DeploymentLifecycleHookTargetType",
    "DeploymentStrategy",
    "SettingName",
}
"""Shapes of values that have an error of their own."""


class EcsResponse(BaseResponse):
    def __init__(self) -> None:
        super().__init__(service_name="ecs")
        self.automated_parameter_parsing = True

    def call_action(self) -> TYPE_RESPONSE:
        operation = self._get_action()
        try:
            _check_values(get_service_model("ecs").operation_model(operation).input_shape, self.params)
            result: Any = world().ecs.call(operation, dict(self.params))
        except ApiError as error:
            result = _Refused(error)
        status, headers, body = self.serialized(ActionResult(result))
        headers, body = self._enrich_response(headers, body)
        headers["status"] = str(status)
        return status, headers, body


def _check_values(shape: Any, value: Any, name: str = "") -> None:
    """Refuses what an enumeration does not have, which a client passes on: `--launch-type fargate`."""
    if shape is None or value is None or shape.name in CHECKED_LATER:
        return
    if shape.type_name == "structure":
        for member, given in value.items():
            _check_values(shape.members.get(member), given, member)
    elif shape.type_name == "list":
        for given in value:
            _check_values(shape.member, given, name)
    elif getattr(shape, "enum", None) and value not in shape.enum:
        words = re.sub("(?=[A-Z])", " ", name).lower()
        known = ",".join(shape.enum)
        raise ApiError("InvalidParameterException", f"{words} should be one of [{known}]")


class _Refused(ServiceException):
    def __init__(self, error: ApiError) -> None:
        super().__init__(error.message)
        self.code = error.code
        self.message = error.message


class EcsBackend(EC2ContainerServiceBackend):
    """The face our ECS shows to the rest of moto."""

    @property
    def _url_module(self) -> Any:
        return moto.ecs.urls

    def describe_services(
        self, cluster_str: str, service_names_or_arns: list[str]
    ) -> tuple[list[Any], list[Any]]:
        try:
            answer = world().ecs.call(
                "DescribeServices", {"cluster": cluster_str, "services": service_names_or_arns}
            )
        except ApiError:
            return [], []
        live = [s for s in answer["services"] if s["status"] != "INACTIVE"]
        return [SimpleNamespace(**s) for s in live], answer["failures"]

    def update_service(self, service_properties: dict[str, Any]) -> Any:
        params = {
            "cluster": service_properties.get("cluster", "default"),
            "service": service_properties["service"],
            "desiredCount": service_properties["desired_count"],
        }
        return SimpleNamespace(**world().ecs.call("UpdateService", params)["service"])

    def iter_tagged_resources(self) -> Any:
        return iter(())


def install() -> None:
    ecs_backends.backend = EcsBackend
    moto.ecs.urls.url_paths["{0}/$"] = EcsResponse.dispatch
