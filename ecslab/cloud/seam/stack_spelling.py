"""A template's properties as the parameters of an API operation, by the operation's own model.

`{"EFSVolumeConfiguration": {"FilesystemId": …}}` -> `{"efsVolumeConfiguration": {"fileSystemId": …}}`; numbers
and flags that a template writes as text become what the API wants.
"""

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.core.common_models import CloudFormationModel
from moto.core.responses import get_service_model

from ecslab.cloud.ports.api import JSON

WHOLE = ("integer", "long")
FRACTION = ("double", "float")


def parameters(service: str, operation: str, properties: JSON) -> JSON:
    """Raises ValidationError: the operation has no such parameter."""
    shape = get_service_model(service).operation_model(operation).input_shape
    spelled: JSON = _spelled(properties, shape)
    return spelled


def _spelled(value: Any, shape: Any) -> Any:
    if isinstance(value, CloudFormationModel):
        return value.physical_resource_id
    if getattr(shape, "is_document_type", False):
        return value
    if shape.type_name == "structure":
        return _structure(value, shape)
    if shape.type_name == "list":
        return [_spelled(item, shape.member) for item in value]
    if shape.type_name == "map":
        return {str(key): _spelled(item, shape.value) for key, item in value.items()}
    return _plain(value, shape.type_name)


def _structure(value: JSON, shape: Any) -> JSON:
    members = {name.lower(): name for name in shape.members}
    spelled = {}
    for key, item in value.items():
        name = members.get(key.lower())
        if name is None:
            raise ValidationError(message=f"Encountered unsupported property {key}")
        if item is not None:
            spelled[name] = _spelled(item, shape.members[name])
    return spelled


def _plain(value: Any, kind: str) -> Any:
    try:
        if kind in WHOLE:
            return int(value)
        if kind in FRACTION:
            return float(value)
    except (TypeError, ValueError):
        raise ValidationError(message=f"Properties validation failed: {value!r} is not a number") from None
    if kind == "boolean":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if kind == "string" else value
