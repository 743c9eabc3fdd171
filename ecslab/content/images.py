"""images.yaml: what a container image does when it runs, from an author's words to one plain program.

Durations become ms, `like` is followed, and images of a base world are overridden one by one.
It runs nothing and knows no registry.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from ecslab.content.documents import Document
from ecslab.content.problems import Flaw, PackProblem, nearest
from ecslab.content.validate import Duration, Many, Strict, complaint, validate

Program = dict[str, Any]


def _port(value: Any) -> Any:
    """A number, or text with a variable of the container's environment in it."""
    if isinstance(value, str) and "$" in value:
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65535:
        return value
    raise complaint(f"{value!r} is not a port", "write a number from 1 to 65535 or ${NAME}")


def _route(value: Any) -> Any:
    return {"status": value} if isinstance(value, int) and not isinstance(value, bool) else value


class Listen(Strict):
    port: Annotated[int | str, BeforeValidator(_port)]
    after: Duration = 0
    """How long after the start it listens."""
    on: str = "0.0.0.0"
    """The address: 127.0.0.1 is not reachable from outside the task."""


class Route(Strict):
    status: Annotated[int, Field(ge=100, le=599)] = 200
    body: str = ""
    latency: Duration = 0
    hang: bool = False
    """Accepts the request and never answers."""
    content_type: str | None = None
    set_cookie: str | None = None
    """A `Set-Cookie` header, as `SESSION=abc; Path=/`."""


class Reach(Strict):
    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 443
    service: str | None = None
    """The ECS service whose tasks the host name stands for; its security groups have to admit the call."""
    fatal: bool = True
    """False: the application only logs that it cannot."""


class Allow(Strict):
    action: str
    resource: str = "*"
    fatal: bool = True


class Needs(Strict):
    env: Many[str] = ()
    secrets: Many[str] = ()
    reach: Many[Reach] = ()
    allow: Many[Allow] = ()


class Line(Strict):
    line: str
    at: Duration = 0
    every: Duration | None = None


class Leaving(Strict):
    after: Duration = 0
    code: Annotated[int, Field(ge=0, le=255)] = 0


class Sigterm(Strict):
    handles: bool = True
    takes: Duration = 0
    drains: bool = False
    """Finishes the requests that are under way."""
    ignores: bool = False
    code: Annotated[int, Field(ge=0, le=255)] = 0


class Image(Strict):
    """One entry of images.yaml."""

    like: str | None = None
    """Another image that this one is, but for the keys named here."""
    listen: Many[Listen] = ()
    routes: dict[str, Annotated[Route, BeforeValidator(_route)]] = {}
    needs: Needs = Needs()
    logs: Many[Line] = ()
    exit: Leaving | None = None
    sigterm: Sigterm = Sigterm()
    memory: Annotated[int, Field(ge=0)] = 64
    cpu: Annotated[float, Field(ge=0)] = 16
    cpu_per_request: Annotated[float, Field(ge=0)] = 0
    size: Annotated[int, Field(ge=1)] = 50
    """Compressed MB; decides how long a pull takes."""
    arch: Many[str] = ("X86_64",)
    tools: Many[str] = ()
    health_command: bool = True
    """The result of a health check command that is neither curl nor wget."""


_REFERENCE = re.compile(r"[a-z0-9]+([._/:-][a-z0-9]+)*:[\w][\w.-]{0,127}")


def parse_images(document: Document, inherited: Mapping[str, Program]) -> dict[str, Program]:
    """All images of a world: those of its base, overridden by this file. An empty entry removes one.

    Raises PackProblem.
    """
    if document.value is None:
        return dict(inherited)
    if not isinstance(document.value, dict):
        raise PackProblem([document.flaw((), "this is not a mapping of images", "write `name:tag:` entries")])
    own, flaws = _own(document)
    images: dict[str, Program] = dict(inherited)
    resolving: list[str] = []

    def program(reference: str) -> Program:
        if reference not in own or (resolving and reference == resolving[-1]):
            return images[reference]
        if reference in resolving:
            flaws.append(
                document.flaw((reference,), f"the image {reference!r} is like itself", "break the circle")
            )
            return {}
        entry = own[reference]
        resolving.append(reference)
        base = {}
        if "like" in entry:
            if entry["like"] in own or entry["like"] in inherited:
                like = entry["like"]
                base = inherited[like] if like == reference and like in inherited else program(like)
            else:
                todo = nearest(entry["like"], sorted({*own, *inherited} - {reference}))
                flaws.append(document.flaw((reference, "like"), f"there is no image {entry['like']!r}", todo))
        resolving.pop()
        return {**base, **{key: value for key, value in entry.items() if key != "like"}}

    found = {reference: program(reference) for reference in own}
    if flaws:
        raise PackProblem(flaws)
    images.update(found)
    for reference, entry in document.value.items():
        if entry is None:
            images.pop(reference, None)
    return images


def _own(document: Document) -> tuple[dict[str, Program], list[Flaw]]:
    own: dict[str, Program] = {}
    flaws: list[Flaw] = []
    for reference, entry in document.value.items():
        if not _REFERENCE.fullmatch(reference):
            what = f"{reference!r} is not an image with its tag"
            flaws.append(document.flaw((reference,), what, "write it like my-app:v1", key=True))
        if entry is None:
            continue
        try:
            image = validate(Image, document, (reference,), entry)
            full = image.model_dump(mode="json", exclude_none=True)
            own[reference] = {key: full[key] for key in entry if key in full}
        except PackProblem as problem:
            flaws += problem.flaws
    return own, flaws
