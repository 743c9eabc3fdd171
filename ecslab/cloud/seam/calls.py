"""API calls made by the world itself (its template, faults, probes), without HTTP.

botocore's own serialisers and parsers are used, so that an answer has exactly boto3's shape; the
request goes to moto's dispatcher as a client's would.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

import botocore.session
from botocore.handlers import json_decode_policies
from botocore.model import ServiceModel, Shape
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from moto.core.responses import get_service_model

from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.seam.dispatch import AnsweringWorld
from ecslab.cloud.seam.operations import Operation


def _model(service: str) -> ServiceModel:
    """moto's own copy: a model is megabytes, and one a process is enough."""
    return cast(ServiceModel, get_service_model(service))


def read(world: AnsweringWorld, service: str, operation: str, params: JSON) -> JSON:
    """The answer of a read as boto3 gives it, or `{"Error": code}`. All pages, where it has pages."""
    try:
        if is_direct(world, service, operation):
            return shaped(operation, direct(world, operation, params))
        return _paged(world, service, operation, params)
    except ApiError as error:
        return {"Error": error.code}


def is_direct(world: AnsweringWorld, service: str, operation: str) -> bool:
    """Whether it is a read that need not go over the wire: ECS answers itself."""
    return service == "ecs" and operation in world.ecs.operations()


def direct(world: AnsweringWorld, operation: str, params: JSON) -> JSON:
    """What ECS answers, all pages. Raises ApiError."""
    answer: JSON = world.ecs.call(operation, dict(params))
    page = answer
    while page.get("nextToken"):
        page = world.ecs.call(operation, {**params, "nextToken": page["nextToken"]})
        answer = {**page, **{k: [*answer[k], *v] for k, v in page.items() if isinstance(v, list)}}
    return {k: v for k, v in answer.items() if k != "nextToken"}


def shaped(operation: str, answer: JSON) -> JSON:
    """What ECS answers, in boto3's shape."""
    found: JSON = _shaped(_model("ecs").operation_model(operation).output_shape, answer)
    return found


def _shaped(shape: Any, value: Any) -> Any:
    """A value of the API as boto3's parser leaves it: known members only, epoch seconds as times."""
    if value is None:
        return None
    if getattr(shape, "is_document_type", False):
        return value
    if shape.type_name == "structure":
        return {
            k: _shaped(shape.members[k], v) for k, v in value.items() if k in shape.members and v is not None
        }
    if shape.type_name == "list":
        return [_shaped(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {k: _shaped(shape.value, v) for k, v in value.items()}
    if shape.type_name == "timestamp":
        return datetime.fromtimestamp(value, UTC)
    return value


def change(world: AnsweringWorld, service: str, operation: str, params: JSON) -> JSON:
    """A changing call of the world itself. Raises ApiError."""
    return _call(world, service, operation, params, (world.seed, "world", world.changes, service, operation))


@lru_cache
def _pagination(service: str, operation: str) -> Any:
    try:
        return botocore.session.get_session().get_paginator_model(service).get_paginator(operation)
    except (ValueError, botocore.exceptions.UnknownServiceError, botocore.exceptions.DataNotFoundError):
        return None


def _paged(world: AnsweringWorld, service: str, operation: str, params: JSON) -> JSON:
    draw = (world.seed, "probe")
    answer = _call(world, service, operation, params, draw)
    rule = _pagination(service, operation)
    if (
        rule is None
        or not isinstance(rule.get("output_token"), str)
        or not isinstance(rule["input_token"], str)
    ):
        return answer
    keys = rule["result_key"] if isinstance(rule["result_key"], list) else [rule["result_key"]]
    page = answer
    while page.get(rule["output_token"]):
        page = _call(
            world, service, operation, {**params, rule["input_token"]: page[rule["output_token"]]}, draw
        )
        for key in keys:
            if isinstance(answer.get(key), list):
                answer[key] = [*answer[key], *page.get(key, [])]
    answer.pop(rule["output_token"], None)
    return answer


def serialised(
    world: AnsweringWorld, service: str, operation: str, params: JSON
) -> tuple[str, str, dict[str, str], bytes]:
    """(method, path with query, lower-case headers, body) of a call as the learner's client sends it."""
    model = _model(service)
    serializer = create_serializer(model.resolved_protocol, include_validation=False)
    request = serializer.serialize_to_request(params, model.operation_model(operation))
    signing = model.metadata.get("signingName") or model.endpoint_prefix
    headers = {name.lower(): value for name, value in request["headers"].items()}
    scope = f"{world.document['identity']['access_key_id']}/20000101/{world.region}/{signing}/aws4_request"
    headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    headers["host"] = f"{signing}.{world.region}.amazonaws.com"
    path = request["url_path"]
    if request["query_string"]:
        path += "?" + _form(request["query_string"])
    return request["method"], path, headers, _body(request)


def _call(
    world: AnsweringWorld, service: str, operation: str, params: JSON, draw: tuple[object, ...]
) -> JSON:
    method, path, headers, body = serialised(world, service, operation, params)
    model = _model(service)
    operation_model = model.operation_model(operation)
    key = world.document["identity"]["access_key_id"]
    called = Operation(service, operation, world.region, key)
    answer = world.dispatcher.call(called, method, path, headers, body, draw=draw)
    parsed = create_parser(model.resolved_protocol).parse(
        {
            "headers": _Headers({k.lower(): v for k, v in answer.headers}),
            "body": answer.body,
            "status_code": answer.status,
        },
        cast(Shape, operation_model.output_shape),
    )
    if answer.status >= 300:
        error = parsed.get("Error", {})
        raise ApiError(str(error.get("Code", answer.status)), str(error.get("Message", "")), answer.status)
    parsed.pop("ResponseMetadata", None)
    if service == "iam":
        json_decode_policies(parsed, operation_model)
    return dict(parsed)


class _Headers(dict[str, str]):
    """Header names in any case, as botocore's parsers look them up."""

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key.lower(), default)


def _body(request: dict[str, Any]) -> bytes:
    body = request["body"]
    if isinstance(body, dict):
        return _form(body).encode()
    return body if isinstance(body, bytes) else str(body).encode()


def _form(fields: dict[str, Any]) -> str:
    from urllib.parse import urlencode

    return urlencode(fields, doseq=True)
