"""Worlds of a pack: a CloudFormation template and images, on top of a base world when one is named.

The result is plain data that a sandbox can play. It knows no lab and builds nothing.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from ecslab.content.documents import Document, intrinsic, read_yaml
from ecslab.content.faults import Fault
from ecslab.content.files import PackFiles, builtin_files
from ecslab.content.images import Program, parse_images
from ecslab.content.problems import Flaw, PackProblem, nearest, one
from ecslab.content.validate import Duration, Many, Strict, complaint, validate
from ecslab.content.variables import NAME, Vars, substitute

WORLDS = "labs/worlds"
LOOP = "Fn::ForEach::"
_RATE = re.compile(r"(\d+(?:\.\d+)?)/(s|m|h)")
_PER = {"s": 1.0, "m": 60.0, "h": 3600.0}


def _rate(value: Any) -> float:
    """Requests a second, of `20/s` or `90/m`."""
    match = _RATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise complaint(f"{value!r} is not a rate", "write it like 20/s or 90/m")
    return float(match[1]) / _PER[match[2]]


class Traffic(Strict):
    """Requests that clients of the world keep sending."""

    rate: Annotated[float, BeforeValidator(_rate)]
    load_balancer: str | None = None
    """May be left out when the world has a single one."""
    path: str = "/"
    port: int = 80


def _traffic(value: Any) -> Any:
    if isinstance(value, str | int | float):
        value = {"rate": value}
    return (value,) if isinstance(value, dict) else tuple(value) if isinstance(value, list) else value


class Hook(Strict):
    """A Lambda function that lifecycle hooks of deployments may name: what it answers, and how soon it is asked again."""

    answers: Annotated[Many[Literal["SUCCEEDED", "FAILED", "IN_PROGRESS", "ERROR"]], Field(min_length=1)] = (
        "SUCCEEDED",
    )
    """One for each invocation in a deployment, the last one from then on; ERROR: no `hookStatus` at all."""
    after: Annotated[Duration, Field(gt=0)] = 30_000
    """How long after IN_PROGRESS it is invoked again."""


def _hook(value: Any) -> Any:
    if value is None:
        return {}
    return {"answers": [value]} if isinstance(value, str) else value


class World(Strict):
    """`world:` of a lab, and world.yaml of a world's folder."""

    title: str = ""
    base: str | None = None
    """Another world of the pack that this one starts from."""
    patch: str | None = None
    """A file that is merged into the base's template; an empty value removes a key."""
    images: str | None = None
    """A file with images that are added to the base's."""
    before: Duration = 0
    """How long the steady world runs before `then`: its healthy past."""
    then: Many[Fault] = ()
    """Faults, played once the built world is steady."""
    settle: Duration = 0
    """How long the world then goes on before the attempt begins."""
    traffic: Annotated[tuple[Traffic, ...], BeforeValidator(_traffic)] = ()
    hooks: dict[str, Annotated[Hook, BeforeValidator(_hook)]] = {}
    """Lambda functions by name; a lifecycle hook that names another one fails."""
    allowance: Annotated[Duration, Field(gt=0)] = 900_000
    any_key: bool = False
    enforce_iam: bool = False
    """The learner may do only what the policies of the user `learner` permit."""


@dataclass
class Built:
    """A world with its bases merged in."""

    id: str
    title: str
    template: dict[str, Any] = field(default_factory=dict)
    images: dict[str, Program] = field(default_factory=dict)
    then: list[dict[str, Any]] = field(default_factory=list)
    before: int = 0
    settle: int = 0
    traffic: list[dict[str, Any]] = field(default_factory=list)
    hooks: dict[str, dict[str, Any]] = field(default_factory=dict)
    allowance: int = 900_000
    any_key: bool = False
    enforce_iam: bool = False

    @property
    def repositories(self) -> list[str]:
        """Names of the ECR repositories in the template."""
        return self._names("AWS::ECR::Repository", "RepositoryName")

    @property
    def load_balancers(self) -> list[str]:
        return self._names("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name")

    def _names(self, kind: str, key: str) -> list[str]:
        resources = self.template.get("Resources", {})
        found = [(r.get("Properties") or {}).get(key) for r in resources.values() if r.get("Type") == kind]
        return sorted(name for name in found if isinstance(name, str))


def build_world(files: PackFiles, world_id: str, drawn: Vars) -> Built:
    """A world of the pack's `labs/worlds`. Raises PackProblem."""
    return _named(files, world_id, drawn, ())


def build_lab_world(files: PackFiles, folder: str, world: World, drawn: Vars, lab: Document) -> Built:
    """A lab's own world: a base with what the lab says on top. Raises PackProblem."""
    built = _base(files, world, drawn, (), lab)
    built.id = folder.rpartition("/")[2]
    _apply(files, folder, world, built, drawn)
    _default_balancer(built, lab)
    return built


def _named(files: PackFiles, world_id: str, drawn: Vars, seen: tuple[str, ...]) -> Built:
    folder = f"{WORLDS}/{world_id}"
    if world_id not in world_ids(files):
        brought = builtin_files()
        if world_id in world_ids(brought):
            return _named(brought, world_id, drawn, seen)
        raise one(folder, f"there is no world {world_id!r}", nearest(world_id, known_worlds(files)))
    if world_id in seen:
        raise one(f"{folder}/world.yaml", f"the world {world_id!r} is its own base", "break the circle")
    document = Document(f"{folder}/world.yaml", {})
    if files.has(document.file):
        document = read_yaml(files.text(document.file), document.file)
        document.value = substitute(document.value or {}, drawn)
    world = validate(World, document)
    patch = world.patch or ("patch.yaml" if files.has(f"{folder}/patch.yaml") else None)
    images = world.images or ("images.yaml" if files.has(f"{folder}/images.yaml") else None)
    world = world.model_copy(update={"patch": patch, "images": images})
    built = _base(files, world, drawn, (*seen, world_id), document)
    built.id, built.title = world_id, world.title or world_id
    if files.has(f"{folder}/template.yaml"):
        built.template = _on_top(built.template, files, f"{folder}/template.yaml", drawn)
    _apply(files, folder, world, built, drawn)
    _default_balancer(built, document)
    return built


def world_ids(files: PackFiles) -> list[str]:
    """Every folder of `labs/worlds` that holds a template or a world.yaml."""
    found = {*files.folders(WORLDS, "template.yaml"), *files.folders(WORLDS, "world.yaml")}
    return sorted(found)


def known_worlds(files: PackFiles) -> list[str]:
    """What a world or a lab may be based on: the pack's own worlds and those that ecslab brings."""
    return sorted({*world_ids(files), *world_ids(builtin_files())})


def _base(files: PackFiles, world: World, drawn: Vars, seen: tuple[str, ...], at: Document) -> Built:
    if world.base is None:
        return Built("", "")
    if world.base not in known_worlds(files):
        path: tuple[str, ...] = ("world", "base") if "world" in (at.value or {}) else ("base",)
        todo = nearest(world.base, known_worlds(files))
        raise PackProblem([at.flaw(path, f"there is no world {world.base!r}", todo)])
    return _named(files, world.base, drawn, seen)


def _apply(files: PackFiles, folder: str, world: World, built: Built, drawn: Vars) -> None:
    if world.patch is not None:
        built.template = _on_top(built.template, files, f"{folder}/{world.patch}", drawn)
    if world.images is not None:
        document = read_yaml(files.text(world.images, base=folder), f"{folder}/{world.images}")
        document.value = substitute(document.value, drawn)
        built.images = parse_images(document, built.images)
    built.then += [dict(fault) for fault in world.then]
    if world.traffic:
        built.traffic = [traffic.model_dump() for traffic in world.traffic]
    built.hooks |= {name: hook.model_dump(mode="json") for name, hook in world.hooks.items()}
    for name in ("before", "settle", "allowance", "any_key", "enforce_iam"):
        if name in world.model_fields_set:
            setattr(built, name, getattr(world, name))


def _on_top(template: dict[str, Any], files: PackFiles, relative: str, drawn: Vars) -> dict[str, Any]:
    """The template with a file of more of it merged in. Raises PackProblem with all that is no template."""
    document = read_yaml(files.text(relative), relative, tags=intrinsic)
    value = document.value if isinstance(document.value, dict) else {}
    resources = value.get("Resources")
    if not isinstance(resources, dict):
        raise PackProblem([document.flaw((), "this is not a CloudFormation template", "write `Resources:`")])
    resources = _unrolled(resources, document)
    value = {**value, "Resources": resources}
    flaws = [
        flaw
        for name, resource in resources.items()
        for flaw in _resource(document, name, resource, template.get("Resources", {}))
    ]
    if flaws:
        raise PackProblem(flaws)
    return dict(merge(template, substitute(value, drawn)))


def _unrolled(resources: Mapping[str, Any], document: Document) -> dict[str, Any]:
    """`Fn::ForEach::LOOP: [NAME, [values], {key: resource}]` as the resources that it stands for.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
    Raises PackProblem.
    """
    found: dict[str, Any] = {}
    for key, resource in resources.items():
        if not key.startswith(LOOP):
            found[key] = resource
            continue
        match resource:
            case [str(name), [*values], {**body}] if NAME.fullmatch(name) and values:
                for value in values:
                    found |= _unrolled(substitute(body, {name: str(value)}), document)
            case _:
                todo = "write [NAME, [values], {KEY${NAME}: {Type: …}}], NAME in capitals"
                raise PackProblem([document.flaw(("Resources", key), "this loop cannot be read", todo)])
    return found


def _resource(document: Document, name: str, resource: Any, base: Mapping[str, Any]) -> Iterator[Flaw]:
    at = ("Resources", name)
    if resource is None and name in base:
        return
    if not isinstance(resource, dict):
        yield document.flaw(
            at, f"the resource {name!r} is not a mapping", "write `Type:` and `Properties:`", key=True
        )
    elif not isinstance(resource.get("Properties") or {}, dict):
        yield document.flaw(
            (*at, "Properties"), "the properties are not a mapping", "write `Name: value` pairs"
        )
    elif name not in base and not isinstance(resource.get("Type"), str):
        todo = nearest(name, sorted(base)) if base else "add `Type:`"
        yield document.flaw(at, f"the resource {name!r} is new and has no `Type`", todo, key=True)


def _default_balancer(built: Built, at: Document) -> None:
    """Traffic without a load balancer goes to the only one there is."""
    for traffic in built.traffic:
        if traffic["load_balancer"] is None:
            names = built.load_balancers
            if len(names) != 1:
                what = f"traffic names no load balancer, and this world has {len(names)}"
                path: tuple[str, ...] = ("world", "traffic") if "world" in (at.value or {}) else ("traffic",)
                raise PackProblem([at.flaw(path, what, "write {load_balancer: NAME, rate: 20/s}")])
            traffic["load_balancer"] = names[0]


def merge(base: Any, patch: Any) -> Any:
    """`patch` on top of `base`: mappings merge, an explicit null removes, all else replaces.

    A CloudFormation intrinsic (`{"Ref": …}`) is a value, never merged into.
    """
    if not _mergeable(base) or not _mergeable(patch):
        return _without_nulls(copy.deepcopy(patch))
    merged = dict(base)
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged[key], value) if key in merged else _without_nulls(copy.deepcopy(value))
    return merged


def _mergeable(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    return not (len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::", "Condition")))


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return value
