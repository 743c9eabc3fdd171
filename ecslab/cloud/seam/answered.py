"""Which operations of AWS a sandbox answers, service by service: what `pack lint` holds a pack's calls against.

`python -m ecslab.cloud.seam.answered` prints ecslab/content/answered.txt. Read from the response classes as they are
installed, with what ECS and Application Auto Scaling answer themselves.
"""

import importlib
import sys

from botocore import xform_name
from moto.core.responses import BaseResponse, get_service_model

from ecslab.cloud import autoscaling, fidelity
from ecslab.cloud.seam import install
from ecslab.cloud.seam.operations import KNOWN

MODULES = {"lambda": "awslambda", "application-autoscaling": "applicationautoscaling"}
"""Where moto's name of a service is not botocore's."""


def answered() -> dict[str, list[str]]:
    """Service -> its operations, as botocore names both."""
    install.install()
    own = {"ecs": set(fidelity.ECS), "application-autoscaling": set(autoscaling.OPERATIONS)}
    return {service: sorted(own.get(service, set()) | _of(service)) for service in KNOWN}


def _of(service: str) -> set[str]:
    classes = _classes(MODULES.get(service, service))
    operations = get_service_model(service).operation_names
    return {name for name in operations if any(hasattr(c, xform_name(name)) for c in classes)}


def _classes(module: str) -> list[type]:
    """Those that the service's addresses lead to; where moto puts a function in between, all that it has."""
    paths = importlib.import_module(f"moto.{module}.urls").url_paths.values()
    here = [found for path in paths if isinstance(found := getattr(path, "__self__", None), type)]
    if here:
        return here
    declared = vars(importlib.import_module(f"moto.{module}.responses")).values()
    return [found for found in declared if isinstance(found, type) and issubclass(found, BaseResponse)]


def text() -> str:
    return "".join(f"{service} {' '.join(names)}\n" for service, names in answered().items())


if __name__ == "__main__":
    sys.stdout.write(text())
