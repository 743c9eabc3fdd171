"""Keeps moto to itself: a world starts no container and speaks to no host, whatever is asked of it.

moto would run a Lambda function in Docker and post an SNS message to its HTTP endpoint. A journal that somebody
else wrote is played on the machine of whoever grades it, so what it can reach must be the mock and nothing else.
"""

from typing import Any, NoReturn

from moto.core.config import default_user_config
from requests.adapters import HTTPAdapter

from ecslab.cloud.ports.api import ApiError


def install() -> None:
    default_user_config["lambda"]["use_docker"] = False
    default_user_config["batch"]["use_docker"] = False
    HTTPAdapter.send = _refuse  # type: ignore[method-assign]


def _refuse(self: HTTPAdapter, request: Any, *args: Any, **kwargs: Any) -> NoReturn:
    raise ApiError("UnsupportedOperation", f"ecslab: {request.url} is outside this sandbox")
