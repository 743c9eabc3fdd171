"""Which operation a request is, whether it changes anything, and errors in the protocol of its service.

Read from botocore's models, never from a list of our own; it dispatches nothing.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.responses import get_service_model
from werkzeug.test import EnvironBuilder

READS = (
    "Describe", "List", "Get", "Head", "BatchGet", "BatchCheck", "Query", "Scan", "Lookup", "Filter",
    "Simulate", "Test", "Validate", "Search", "Estimate", "Detect", "Preview", "Discover", "Poll", "Check",
)  # fmt: skip
"""Operations whose names begin so change nothing…"""

CHANGING_READS = {
    "GetSessionToken", "GetFederationToken", "GetAuthorizationToken", "GetQueryResults", "DetectStackDrift",
    "GenerateCredentialReport",
}  # fmt: skip
"""…but for these."""


@dataclass(frozen=True)
class Operation:
    service: str
    """botocore's service name: `ecs`, `elbv2`, `application-autoscaling`."""
    name: str
    """`CreateService`; empty when it cannot be told."""
    region: str
    access_key: str

    @property
    def changes(self) -> bool:
        return not self.name.startswith(READS) or self.name in CHANGING_READS


@lru_cache
def _services_by_signing_name() -> dict[str, list[str]]:
    """Signing name -> botocore services; `elasticloadbalancing` has two."""
    loader = Loader()
    found: dict[str, list[str]] = {}
    for service in KNOWN:
        metadata = loader.load_service_model(service, "service-2")["metadata"]
        name = metadata.get("signingName") or metadata["endpointPrefix"]
        found.setdefault(name, []).append(service)
    return found


def prepare() -> None:
    """Reads the models that almost every world needs: a second of JSON, paid once in the warm process."""
    _services_by_signing_name()
    for service in NEEDED:
        get_service_model(service)


NEEDED = (
    "application-autoscaling", "cloudformation", "cloudwatch", "ec2", "ecr", "ecs", "elbv2", "iam", "logs", "sts",
)  # fmt: skip
"""Services of the built-in worlds and of what their checks read."""

KNOWN = (
    "acm", "application-autoscaling", "autoscaling", "cloudformation", "cloudwatch", "dynamodb", "ec2", "ecr",
    "ecs", "elb", "elbv2", "events", "iam", "kms", "lambda", "logs", "resourcegroupstaggingapi", "s3",
    "secretsmanager", "servicediscovery", "sns", "sqs", "ssm", "sts",
)  # fmt: skip
"""Services whose operations are named in the journal; the others are named by their signing name."""


def identify(method: str, path: str, headers: dict[str, str], body: bytes) -> Operation:
    """`headers` with lower-case names."""
    scope = credential_scope(headers)
    access_key, _, region, signing_name = (scope.split("/") + [""] * 4)[:4]
    target = headers.get("x-amz-target", "")
    form: dict[str, str] = {}
    name = target.rpartition(".")[2]
    if not name and headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        name = form.get("Action", "")
    candidates = _services_by_signing_name().get(signing_name, [signing_name])
    service = candidates[0]
    if len(candidates) > 1 and form.get("Version") == "2015-12-01":
        service = candidates[1]
    if not name and "/operation/" in path:
        name = path.rpartition("/operation/")[2]
    if not name:
        name = _rest_operation(service, method, path)
    return Operation(service, name, region or "us-east-1", access_key)


def credential_scope(headers: dict[str, str]) -> str:
    """`KEY/20261123/us-east-1/ecs/aws4_request`, or empty for an unsigned request."""
    for part in headers.get("authorization", "").replace(",", " ").split():
        if part.startswith("Credential="):
            return part.removeprefix("Credential=")
    return ""


def _rest_operation(service: str, method: str, path: str) -> str:
    from moto.core.responses import get_service_router
    from werkzeug.exceptions import HTTPException

    try:
        builder = EnvironBuilder(method=method, path=path)
        operation, _ = get_service_router(service).match(Request(builder.get_environ()))
    except (HTTPException, NotImplementedError, ValueError, LookupError):
        return {"GET": "Get", "HEAD": "Head"}.get(method, "")
    except Exception as error:
        if type(error).__name__ in {"UnknownServiceError", "DataNotFoundError"}:
            return {"GET": "Get", "HEAD": "Head"}.get(method, "")
        raise
    return str(operation.name)


def parameters(
    operation: Operation, method: str, path: str, headers: dict[str, str], body: bytes
) -> dict[str, Any]:
    """The request's parameters in the API's spelling, for the debrief and `called` checks."""
    try:
        model = get_service_model(operation.service)
        shape = model.operation_model(operation.name)
        protocol = determine_request_protocol(model, headers.get("content-type", ""))
    except Exception as error:
        if type(error).__name__ in {"UnknownServiceError", "DataNotFoundError", "OperationNotFoundError"}:
            return {}
        raise
    builder = EnvironBuilder(method=method, path=path, headers=headers, data=body)
    request = Request(builder.get_environ())
    parsed = PROTOCOL_PARSERS[protocol](shape, map_type=dict).parse(
        {
            "method": method, "values": request.values, "headers": request.headers, "body": request.data,
            "url_path": request.path, "url_params": {},
        }
    )  # fmt: skip
    return dict(parsed)


@lru_cache
def protocol_of(service: str) -> str:
    """`json`, `query` or `ec2`: the family of the service's wire protocol, which decides the spelling of errors."""
    protocol = "json"
    if service in KNOWN:
        protocol = Loader().load_service_model(service, "service-2")["metadata"]["protocol"]
    return "ec2" if protocol == "ec2" else "query" if protocol in ("query", "rest-xml") else "json"


def error_answer(
    operation: Operation, code: str, message: str, status: int = 400
) -> tuple[int, dict[str, str], bytes]:
    """An error as the service's own protocol spells it, so that a client prints code and message."""
    request_id = "00000000-0000-4000-8000-000000000000"
    protocol = "json"
    if operation.service in KNOWN:
        protocol = Loader().load_service_model(operation.service, "service-2")["metadata"]["protocol"]
    if protocol in ("query", "ec2", "rest-xml"):
        inner = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
        if protocol == "ec2":
            xml = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
        elif operation.service == "s3":
            xml = f"<Error>{inner}<RequestId>{request_id}</RequestId></Error>"
        else:
            xml = (
                f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error>"
                f"<RequestId>{request_id}</RequestId></ErrorResponse>"
            )
        return status, {"content-type": "text/xml"}, xml.encode()
    body = json.dumps({"__type": code, "message": message}).encode()
    return status, {"content-type": "application/x-amz-json-1.1", "x-amzn-errortype": code}, body


@lru_cache
def _waiter_delays() -> dict[tuple[str, str], int]:
    """(service, operation) -> the shortest delay of a waiter that polls it, in ms."""
    loader = Loader()
    delays: dict[tuple[str, str], int] = {}
    for service in KNOWN:
        if "waiters-2" not in _kinds(loader, service):
            continue
        for waiter in loader.load_service_model(service, "waiters-2")["waiters"].values():
            key = (service, waiter["operation"])
            delays[key] = min(delays.get(key, 1 << 60), round(waiter["delay"] * 1000))
    return delays


def _kinds(loader: Loader, service: str) -> list[str]:
    return [kind for kind in ("service-2", "waiters-2") if service in loader.list_available_services(kind)]


def waiter_delay(operation: Operation) -> int:
    """Simulated ms that AWS's own waiter lets pass between two polls of this operation."""
    return _waiter_delays().get((operation.service, operation.name), 15_000)
