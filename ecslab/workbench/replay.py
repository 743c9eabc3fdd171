"""Plays lists of calls in the world of a lab, again and again from its beginning, and reads where it ends.

It speaks to the sandbox as any client does, with botocore. Ids that a call created in the solution are
followed: where an altered run got another one, later calls use that. Runs in a worker whose environment is
the sandbox's.
"""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from ecslab.lab import rehearsal
from ecslab.lab.session import Session
from ecslab.workbench.final_state import described
from ecslab.workbench.mutants import Call

VOLATILE = frozenset(
    {
        "CreatedTimestamp", "LastModifiedTimestamp", "ResponseMetadata", "StateReason", "StateReasonData",
        "attachments", "creationTime", "deployments", "events", "id", "imageDigest", "registeredBy",
        "statistics", "storedBytes", "taskSets",
    }
)  # fmt: skip
"""Keys of answers that tell a history, not a state."""

_NAMES = ("name", "family", "service", "cluster")

Answer = dict[str, Any] | None
"""None: AWS refused the call."""


class Player:
    """One session of a lab, and clients for its sandbox."""

    def __init__(self, session: Session) -> None:
        import botocore.session
        from botocore.config import Config

        self.session = session
        self._aws = botocore.session.Session()
        self._config = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
        self._clients: dict[str, Any] = {}
        self._ids: dict[str, str] = {}

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self._aws.create_client(service, config=self._config)
        return self._clients[service]

    def valid(self, call: Call) -> bool:
        """Whether a client would send the call."""
        from botocore.validate import ParamValidator

        shape = self.client(call.service).meta.service_model.operation_model(call.operation).input_shape
        return shape is None or not ParamValidator().validate(call.params, shape).has_errors()

    def solution(self) -> list[Call]:
        """The changing calls of the attempt so far, as they were made."""
        begun = self.session.sandbox.history()["begun"]
        calls, last = [], begun
        for entry in self.session.sandbox.journal():
            if entry["changes"] and not entry["undone"] and not entry["error"] and entry["t"] >= begun:
                calls.append(Call(entry["service"], entry["operation"], entry["params"], entry["t"] - last))
                last = entry["t"]
        return calls

    def play(self, calls: Sequence[Call], known: "Sequence[tuple[Call, Answer]]" = ()) -> list[Answer]:
        """Plays calls from the beginning of the attempt until the world has settled.

        Args:
            known: the calls of the solution with their answers, to follow the ids that they created.
        """
        self.session.reset()
        self.session.sandbox.clock(
            paused=True
        )  # only the calls' own gaps count, not how busy this machine is
        ids: dict[str, str] = {}
        twins = {_key(call): answer for call, answer in known}
        answers: list[Answer] = []
        for call in calls:
            if call.gap > 0:
                self.session.sandbox.clock(advance=f"{call.gap}ms")
            answer = self._make(call, _renamed(call.params, ids))
            answers.append(answer)
            told = twins.get(_key(call))
            if told and answer:
                ids.update(_differences(told, answer))
        rehearsal.settle(self.session)
        self._ids = ids
        return answers

    def _make(self, call: Call, params: dict[str, Any]) -> Answer:
        from botocore import xform_name
        from botocore.exceptions import ClientError

        try:
            return dict(getattr(self.client(call.service), xform_name(call.operation))(**params))
        except ClientError:
            return None

    def reached(self) -> dict[str, bool]:
        """Which goals are reached now."""
        return {verdict.id: verdict.passed for verdict in self.session.verdicts()}

    def state(self) -> Any:
        """All that can be described, with the ids of the solution's own run."""
        back = {new: old for old, new in self._ids.items()}
        return _stable(_renamed([answer for _, answer in described(self._read)], back))

    def pools(self) -> list[list[str]]:
        """Names and ids that exist, those of one kind together."""
        found: dict[str, list[str]] = {}
        for _, answer in described(self._read):
            for text in _texts(_stable(answer)):
                kind = _kind(text)
                if kind and text not in found.setdefault(kind, []):
                    found[kind].append(text)
        return list(found.values())

    def _read(self, service: str, operation: str, **params: Any) -> dict[str, Any]:
        from botocore.exceptions import ClientError

        client = self.client(service)
        try:
            if client.can_paginate(operation):
                return dict(client.get_paginator(operation).paginate(**params).build_full_result())
            return dict(getattr(client, operation)(**params))
        except ClientError:
            return {}


def _kind(text: str) -> str:
    """What a text names, if it is an id or an ARN: `subnet`, `iam role`, `ecs task-definition`."""
    if text.startswith("arn:aws:"):
        parts = text.split(":", 5)
        return f"{parts[2]} {parts[5].replace(':', '/').split('/')[0]}" if len(parts) == 6 else ""
    head, _, tail = text.partition("-")
    return head if head in ("subnet", "sg") and tail.isalnum() else ""


def _key(call: Call) -> str:
    """The same call in the solution and in a mutant: by what it is about, or its operation alone."""
    return f"{call.service}:{call.operation}:{_subject(call.params)}"


def _subject(params: dict[str, Any]) -> str:
    """What a call is about, as far as its plain text parameters say: they name what it creates."""
    return next(
        (
            f"{name}={params[name]}"
            for name in sorted(params)
            if name.lower().endswith(_NAMES) and isinstance(params[name], str)
        ),
        "",
    )


def _stable(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: part for key, part in value.items() if key not in VOLATILE}
        return {key: _stable(part) for key, part in kept.items() if not isinstance(part, datetime.datetime)}
    if isinstance(value, (list, tuple)):
        return sorted((_stable(part) for part in value), key=repr)
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _texts(part)


def _renamed(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, str):
        return ids.get(value) or _renamed_in(value, ids)
    if isinstance(value, dict):
        return {key: _renamed(part, ids) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(part, ids) for part in value]
    return value


def _renamed_in(text: str, ids: dict[str, str]) -> str:
    """An ARN that has the name of another thing in it: a listener's has its load balancer's."""
    for old, new in ids.items():
        if text.startswith("arn:") and old in text:
            return text.replace(old, new)
    return text


def _differences(told: Any, found: Any) -> dict[str, str]:
    """Where two answers of the same shape name different things: old -> new."""
    if isinstance(told, str) and isinstance(found, str):
        return {told: found} if told != found and _is_name(told) else {}
    pairs: list[tuple[Any, Any]] = []
    if isinstance(told, dict) and isinstance(found, dict):
        pairs = [(told[key], found[key]) for key in told if key in found and key not in VOLATILE]
    elif isinstance(told, list) and isinstance(found, list):
        pairs = list(zip(told, found, strict=False))
    renamed: dict[str, str] = {}
    for one, other in pairs:
        renamed.update(_differences(one, other))
    return renamed


def _is_name(text: str) -> bool:
    """An id that AWS makes up, not a value that somebody chose."""
    return text.startswith(("arn:aws:", "sgr-")) or _kind(text) != ""
