"""Records the evidence of diagnose questions from their worlds, and compares what was recorded with them.

Worlds are played from one fixed moment on, so that a recording made again is the same, byte for byte. Where
only ids and times have moved, nothing has drifted. The recorded file is written here and nowhere else.
"""

import json
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ecslab.content.packs import Pack
from ecslab.content.probes import read_probe
from ecslab.content.quiz_parts import EVIDENCE, Evidence, evidence_probe
from ecslab.content.quizzes import Item, Quiz
from ecslab.content.resolve import resolve_item
from ecslab.quiz.trial import scratch
from ecslab.sandbox.client import Sandbox
from ecslab.sandbox.warm import Warm
from ecslab.terms.problems import Problem

FORMAT = 1
EPOCH = 1_767_600_000_000
"""2026-01-05T08:00:00Z, when every recorded world begins."""
MOST_LINES = 40
"""Lines of one exhibit: more is for a query to leave out."""

Exhibits = list[dict[str, Any]]
Recorded = dict[str, Exhibits]
"""Cause -> what was seen; the cause is "" where an item has one."""

_IDS = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "UUID"),
    (re.compile(r"\b(subnet|eni|sg|i|vpc|rtb|eipalloc|igw|nat)-[0-9a-f]{8,17}\b"), r"\1-ID"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "ID"),
    (re.compile(r"\b[0-9a-f]{16}\b"), "ID"),
    (re.compile(r"\becs-svc/\d{19}\b"), "ecs-svc/ID"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?"), "TIME"),
    (re.compile(r"\b(1[67]\d{8}(\.\d+)?|1[67]\d{11})\b"), "TIME"),
)


def quizzes_with_evidence(pack: Pack) -> Iterator[Quiz]:
    """The quizzes of a pack that have something to record."""
    for summary in pack.quizzes():
        quiz = pack.quiz(summary.id)
        if any(item.evidence for item in quiz.items):
            yield quiz


def record(
    pack: Pack, quiz: Quiz, warm: Warm | None, tell: Callable[[Item], None] = lambda item: None
) -> Path:
    """Records a quiz's evidence and writes its file, which is replaced only once it is complete."""
    items: dict[str, Recorded] = {}
    for item in quiz.items:
        if item.evidence:
            tell(item)
            items[item.id] = recorded(item, warm)
    path = pack.root / EVIDENCE / f"{quiz.id}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    text = json.dumps({"format": FORMAT, "quiz": quiz.id, "items": items}, indent=1, ensure_ascii=False)
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(path)
    return path


def recorded(item: Item, warm: Warm | None) -> Recorded:
    """What an item's world shows, for each of its causes.

    Raises:
        Problem: a read operation failed or shows nothing.
    """
    found = {}
    for cause in item.causes or (None,):
        world = resolve_item(item, cause=cause) | {"epoch_ms": EPOCH}
        with scratch(world, (), warm, still=True) as bench:
            values = [_seen(item, evidence, bench.sandbox) for evidence in item.evidence]
        name = cause.id if cause else ""
        found[name] = [
            {"command": spelled(evidence), "lines": _lines(item, evidence, value)}
            for evidence, value in zip(item.evidence, values, strict=True)
        ]
    return found


def _seen(item: Item, evidence: Evidence, sandbox: Sandbox) -> Any:
    """What one piece of evidence shows; the names in it are looked up first."""
    values = {}
    for name, reading in evidence.with_.items():
        found = sandbox.whatif([], "0s", [read_probe(name, reading.call, reading.query)])["values"][0]
        words = found if isinstance(found, list) else [found]
        if not words or not all(isinstance(word, str) for word in words):
            raise Problem(f"{item.id}: `{name}` is {found!r}, and no text", "correct its call or query")
        values[name] = " ".join(map(shlex.quote, words))
    return sandbox.whatif([], "0s", [evidence_probe(evidence, values)])["values"][0]


def drift(item: Item, warm: Warm | None) -> Iterator[str]:
    """Where what was recorded for an item differs from what its world shows now."""
    held, now = item.recorded, recorded(item, warm)
    todo = "`ecslab pack record` writes it anew; read it before you keep it"
    for cause, exhibits in now.items():
        of = f" of the cause {cause!r}" if cause else ""
        if cause not in held:
            yield f"{item.id}: the evidence{of} is not recorded; {todo}"
            continue
        for number, exhibit in enumerate(exhibits):
            old: dict[str, Any] = held[cause][number] if number < len(held[cause]) else {"command": ""}
            if old["command"] != exhibit["command"]:
                yield f"{item.id}: `{exhibit['command']}`{of} is not recorded; {todo}"
            elif (then := normal(old["lines"])) != (seen := normal(exhibit["lines"])):
                lines = [line for line in seen if line not in then] or [
                    line for line in then if line not in seen
                ]
                shown = f": {lines[0].strip()!r}" if lines else ""
                yield f"{item.id}: `{exhibit['command']}`{of} shows something else now{shown}; {todo}"


def normal(lines: Sequence[str]) -> list[str]:
    """The lines without what may differ: ids and times."""
    out = []
    for line in lines:
        for pattern, name in _IDS:
            line = pattern.sub(name, line)
        out.append(line)
    return out


def spelled(evidence: Evidence) -> str:
    """What one would type to see it."""
    if evidence.http is not None:
        port = "" if evidence.http.port == 80 else f":{evidence.http.port}"
        return f"curl -i http://{evidence.http.load_balancer}{port}{evidence.http.path}"
    call = str(evidence.call).removeprefix("aws ")
    return f"aws {call}" + (f" --query {shlex.quote(evidence.query)}" if evidence.query else "")


def _lines(item: Item, evidence: Evidence, value: Any) -> list[str]:
    if isinstance(value, dict) and set(value) == {"Error"}:
        what = f"{item.id}: `{spelled(evidence)}` fails with {value['Error']}"
        raise Problem(what, "correct the call or the world")
    if value in (None, [], {}, ""):
        raise Problem(f"{item.id}: `{spelled(evidence)}` shows nothing", "correct the query or the world")
    if evidence.http is not None:
        return [f"HTTP {value['status']}" if value.get("status") else "curl: (7) Failed to connect"]
    lines = printed(value)
    if len(lines) > MOST_LINES:
        what = f"{item.id}: `{spelled(evidence)}` shows {len(lines)} lines"
        raise Problem(what, f"let the query leave {MOST_LINES} or fewer")
    return lines


def printed(value: Any) -> list[str]:
    """A value in lines: a list of plain values one a line, rows of them in columns, all else as JSON."""
    if not isinstance(value, list):
        return (
            json.dumps(value, indent=2, ensure_ascii=False).splitlines()
            if isinstance(value, dict)
            else [line for line in _plain(value).splitlines() if line.strip()]
        )
    if all(not isinstance(part, list | dict) for part in value):
        return [" ".join(_plain(part).split()) for part in value]
    if all(
        isinstance(part, list) and not any(isinstance(one, list | dict) for one in part) for part in value
    ):
        rows = [[" ".join(_plain(one).split()) for one in part] for part in value]
        widths = [max(len(row[n]) for row in rows if n < len(row)) for n in range(max(map(len, rows)))]
        return ["  ".join(text.ljust(widths[n]) for n, text in enumerate(row)).rstrip() for row in rows]
    return json.dumps(value, indent=2, ensure_ascii=False).splitlines()


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
