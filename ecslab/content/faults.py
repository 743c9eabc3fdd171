"""Faults as authors write them: one word with its argument, checked word by word.

An argument may be the value of the model's first key alone: `{crash_app: web-app}`. What a fault does is
the sandbox's business; its durations stay as they were written.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from ecslab.content.problems import nearest
from ecslab.content.validate import TYPES, Duration, Strict, complaint
from ecslab.terms.words import FAULT_WORDS


class OfService(Strict):
    service: str
    container: str | None = None
    """The first one when it is not named."""


class SetImage(OfService):
    tag: str


class StopTask(Strict):
    service: str


class SlowApp(OfService):
    by: Duration | None = None
    path: str | None = None


class Answer500(OfService):
    path: str | None = None


class CrashApp(OfService):
    after: Duration | None = None
    code: Annotated[int, Field(ge=0, le=255)] = 1


class LeakMemory(OfService):
    per_minute: Annotated[int, Field(gt=0)] = 100


class ChangePort(OfService):
    port: Annotated[int, Field(ge=1, le=65535)]


class RemoveRoute(Strict):
    route_table: str
    to: str = "0.0.0.0/0"


class CloseSecurityGroup(Strict):
    group: str
    port: Annotated[int, Field(ge=0, le=65535)] | None = None
    direction: Literal["in", "out"] = "in"


class RevokePermission(Strict):
    role: str | None = None
    user: str | None = None
    action: str | None = None
    resource: str = "*"
    policy: str | None = None

    @model_validator(mode="after")
    def _whose_and_what(self) -> Self:
        if (self.role is None) == (self.user is None):
            raise complaint("a permission is taken from one role or one user", "write `role:` or `user:`")
        if (self.action is None) == (self.policy is None):
            raise complaint("one action is denied or one policy detached", "write `action:` or `policy:`")
        return self


class DistrustRole(Strict):
    role: str
    trusts: str | None = None


class Tagged(Strict):
    repository: str
    tag: str


class DeleteLogGroup(Strict):
    log_group: str


class LimitPulls(Strict):
    pulls: Literal[True] | Annotated[int, Field(ge=0, strict=True)]
    per: Duration | None = None


class ThrottleApi(Strict):
    operation: Annotated[str, Field(pattern=r"^[a-z0-9-]+:([A-Z][A-Za-z0-9]*|\*)$")]
    for_: Annotated[Duration | None, Field(alias="for")] = None


class Traffic(Strict):
    rate: Annotated[str, Field(pattern=r"^\d+(\.\d+)?/[smh]$")]
    load_balancer: str | None = None
    path: str = "/"
    port: Annotated[int, Field(ge=1, le=65535)] = 80


class Found(Strict):
    """A value of the world that a `call` needs: an id or an ARN that nobody can know before."""

    call: str
    query: str


class Call(Strict):
    run: str
    """One operation, in AWS CLI spelling; `@NAME` stands for what was found."""
    find: dict[str, Found] = {}


ARGUMENTS: dict[str, type[Strict]] = {
    "set_image": SetImage,
    "stop_task": StopTask,
    "traffic": Traffic,
    "slow_app": SlowApp,
    "answer_500": Answer500,
    "crash_app": CrashApp,
    "leak_memory": LeakMemory,
    "stop_listening": OfService,
    "change_port": ChangePort,
    "remove_route": RemoveRoute,
    "close_security_group": CloseSecurityGroup,
    "revoke_permission": RevokePermission,
    "distrust_role": DistrustRole,
    "delete_image": Tagged,
    "delete_tag": Tagged,
    "delete_log_group": DeleteLogGroup,
    "limit_pulls": LimitPulls,
    "throttle_api": ThrottleApi,
}
"""Words whose argument has keys; the others take a name, true, or (`call`) an operation."""


def checked(value: Any) -> dict[str, Any]:
    """A fault as it was written. Raises what a validator raises."""
    if not isinstance(value, dict) or len(value) != 1:
        raise complaint("a fault is one word with its argument", "write it like {stop_task: web-app}")
    (word, argument), *_ = value.items()
    if word not in FAULT_WORDS:
        raise complaint(f"unknown fault {word!r}", nearest(str(word), list(FAULT_WORDS)))
    if word == "call" and isinstance(argument, dict) and "run" in argument:
        _check(word, Call, argument)
    if word in ARGUMENTS:
        _check(word, ARGUMENTS[word], argument)
    return value


def _check(word: str, model: type[Strict], argument: Any) -> None:
    keys = [field.alias or name for name, field in model.model_fields.items()]
    given = argument if isinstance(argument, dict) else {keys[0]: argument}
    try:
        model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
    else:
        return
    name, context = str(first["loc"][0]) if first["loc"] else "", first.get("ctx", {})
    if first["type"] == "said":
        raise complaint(f"{word}: {context['said']}", context["todo"])
    if first["type"] == "extra_forbidden":
        raise complaint(f"{word} has no {name!r}", nearest(name, keys))
    if first["type"] == "missing":
        raise complaint(f"{word} needs {name!r}", f"add `{name}:`; its keys are {', '.join(keys)}")
    what = f"{first['input']!r} is not {TYPES[first['type']]}" if first["type"] in TYPES else first["msg"]
    raise complaint(f"{word}: {name!r}: {what}")


Fault = Annotated[dict[str, Any], BeforeValidator(checked)]
"""`{word: argument}`, the words of `terms.words.FAULT_WORDS`."""
