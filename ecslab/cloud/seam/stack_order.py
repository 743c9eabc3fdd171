"""Which resource of a template needs which: the order in which a stack makes them. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from moto.cloudformation.exceptions import ValidationError

Resources = Mapping[str, Any]
SUBSTITUTE = re.compile(r"\$\{([A-Za-z0-9:]+)(?:\.[^}]*)?\}")


def dependencies(resources: Resources, name: str) -> list[str]:
    """What `name` needs, as the template says it: DependsOn first, then what its properties refer to."""
    resource = resources[name]
    stated = resource.get("DependsOn") or []
    stated = [stated] if isinstance(stated, str) else stated
    found = [*stated, *(found for found, _ in _references(resource.get("Properties") or {}))]
    return [other for other in dict.fromkeys(found) if other in resources and other != name]


def _references(value: Any) -> Iterator[tuple[str, bool]]:
    """(name, whether it has to be there): `Ref` and `Fn::GetAtt` have to, `${}` may be a word of its own."""
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if key == "Ref" and isinstance(inner, str):
            yield inner, True
        elif key == "Fn::GetAtt" and inner:
            yield (inner.split(".")[0] if isinstance(inner, str) else str(inner[0])), True
        elif key == "Fn::Sub":
            text, words = (inner[0], inner[1]) if isinstance(inner, list) else (inner, {})
            yield from ((found, False) for found in SUBSTITUTE.findall(text) if found not in words)
            yield from _references(words)
        else:
            yield from _references(inner)


def check(template: Mapping[str, Any]) -> None:
    """Raises ValidationError when a resource refers to something that is not there, as CloudFormation does."""
    resources = template.get("Resources") or {}
    known = {*resources, *(template.get("Parameters") or {})}
    missing: dict[str, None] = {}
    for resource in resources.values():
        stated = resource.get("DependsOn") or []
        stated = [stated] if isinstance(stated, str) else stated
        needed = [found for found, must in _references(resource.get("Properties") or {}) if must]
        missing |= {n: None for n in [*stated, *needed] if n not in known and not n.startswith("AWS::")}
    if missing:
        raise ValidationError(
            message=f"Template format error: Unresolved resource dependencies [{', '.join(missing)}] in the "
            "Resources block of the template"
        )


def order(resources: Resources) -> list[str]:
    """All names, each after what it needs, otherwise as the template has them."""
    done: dict[str, None] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in done:
            return
        if name in path:
            circle = ", ".join(path[path.index(name) :])
            raise ValidationError(message=f"Circular dependency between resources: [{circle}]")
        for other in dependencies(resources, name):
            visit(other, (*path, name))
        done[name] = None

    for name in resources:
        visit(name, ())
    return list(done)
