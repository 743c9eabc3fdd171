"""Which operations of AWS a sandbox answers. The table beside this module is printed by the mock AWS itself."""

from functools import cache
from importlib.resources import files

from ecslab.content.problems import nearest

TABLE = "answered.txt"


@cache
def _answered() -> dict[str, frozenset[str]]:
    lines = (files(__package__) / TABLE).read_text().splitlines()
    return {service: frozenset(names) for service, *names in map(str.split, lines)}


def refusal(service: str, operation: str) -> tuple[str, str] | None:
    """What is wrong with a call to this operation (botocore's names), and what to do; None: it is answered."""
    known = _answered()
    if service not in known:
        near = nearest(service, sorted(known))
        return f"ecslab does not simulate {service}", near or "use a service that it simulates"
    if operation in known[service]:
        return None
    from botocore import xform_name

    names = sorted(xform_name(name, "-") for name in known[service])
    word = xform_name(operation, "-")
    return f"a sandbox has no {service} {word}", nearest(word, names) or "use an operation that it answers"
