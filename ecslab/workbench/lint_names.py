"""Names that a lab uses and its world does not have: load balancers, services, roles, variables; and operations that
no sandbox answers, in labs, drills, lessons and quizzes.

A learner may make what a check looks at, so a name that a solution or a mistake uses is one that there will be.
It runs nothing of the lab.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from ecslab.content.answered import refusal
from ecslab.content.calls import CallError, operation
from ecslab.content.checks import Check
from ecslab.content.documents import Document, Path
from ecslab.content.files import PackFiles
from ecslab.content.labs import Loaded
from ecslab.content.probes import calls_in
from ecslab.content.problems import PackProblem, nearest
from ecslab.content.variables import USE
from ecslab.content.worlds import Built, build_lab_world
from ecslab.workbench.findings import Finding, error, warning

COMMAND = re.compile(r"\baws\s+([a-z][a-z0-9-]*)\s+([a-z][a-z0-9-]*)")
BY = re.compile(r"\bby: *([A-Z][A-Z0-9_]*)")
"""A variable by whose value another one is looked up."""
_CUSTOM = ("wait", "help")
"""Words of the CLI that are no operations of a service's model."""
_CUSTOM_COMMANDS = {("logs", "tail"), ("ecr", "get-login-password"), ("configure", "list"), ("s3", "ls")}

KINDS = {
    "load balancer": ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name"),
    "service": ("AWS::ECS::Service", "ServiceName"),
    "role": ("AWS::IAM::Role", "RoleName"),
}
Named = tuple[Path, str, str]
"""Where, a key of KINDS, the name."""


def findings(files: PackFiles, loaded: Loaded) -> Iterator[Finding]:
    lab, document = loaded.lab, loaded.document
    try:
        world = build_lab_world(files, loaded.folder, lab.world, lab.vars, document)
    except PackProblem:  # said elsewhere
        return
    made = " ".join(_played(files, loaded))
    for at, kind, name in _named(loaded):
        there = names(world, kind)
        if name not in there and not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", made):
            what = f"the world has no {kind} {name!r}, and no solution makes one"
            yield error(document.flaw(at, what, nearest(name, there) or "name one that there is"))
    for index, check in enumerate(lab.checks):
        for number, feedback in enumerate(check.feedback):
            for what, todo in commands(feedback.look):
                yield error(document.flaw(("checks", index, "feedback", number, "look"), what, todo))
    yield from _variables(files, loaded)


def names(world: Built, kind: str) -> list[str]:
    """The names of one kind in the world's template."""
    resource, key = KINDS[kind]
    properties = [
        r.get("Properties") or {} for r in world.template["Resources"].values() if r["Type"] == resource
    ]
    return sorted(str(found[key]) for found in properties if isinstance(found.get(key), str))


def commands(text: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the AWS commands in a text: no such service, no such operation."""
    for service, word in COMMAND.findall(text):
        if word in _CUSTOM or (service, word) in _CUSTOM_COMMANDS:
            continue
        yield from refused(service, word)


def refused(service: str, word: str) -> Iterator[tuple[str, str]]:
    """What is wrong with an operation in the CLI's words: AWS does not have it, or no sandbox answers it."""
    try:
        found = refusal(*operation(service, word))
    except CallError as problem:
        yield problem.what, problem.todo
    else:
        yield from [found] if found else []


def refused_calls(
    document: Document, checks: Sequence[Check], then: Sequence[dict[str, Any]], at: Path = ()
) -> Iterator[Finding]:
    """Calls of checks and faults that a sandbox would refuse; those that cannot be read are said elsewhere."""
    try:
        for place, service, name in calls_in(checks, then, at):
            if found := refusal(service, name):
                yield error(document.flaw(place, *found))
    except CallError:
        return


def _played(files: PackFiles, loaded: Loaded) -> Iterator[str]:
    """All that solutions and mistakes do, as text."""
    lab = loaded.lab
    scripts = [lab.solution.cli, lab.solution.boto3, *(mistake.boto3 for mistake in lab.mistakes)]
    yield from (files.text(name, base=loaded.folder) for name in scripts if name)
    yield from (command for mistake in lab.mistakes for command in mistake.cli)


def _named(loaded: Loaded) -> Iterator[Named]:
    lab = loaded.lab
    yield from _in_faults(("world", "then"), lab.world.then)
    for place, traffic in enumerate(lab.world.traffic):
        if traffic.load_balancer:
            yield ("world", "traffic", place), "load balancer", traffic.load_balancer
    for index, check in enumerate(lab.checks):
        yield from _in_check(("checks", index), check)


def _in_check(at: Path, check: Check) -> Iterator[Named]:
    for place, part in enumerate(check.parts):
        here = at if part is check else (*at, check.word, place)
        if part.http:
            yield (*here, "http", "load_balancer"), "load balancer", part.http.load_balancer
        if part.allowed and "$" not in part.allowed.role:
            yield (*here, "allowed", "role"), "role", part.allowed.role.rpartition("/")[2]
    if check.whatif:
        yield from _in_faults((*at, "whatif", "do"), check.whatif.do)
        if check.whatif.expect.http:
            where = (*at, "whatif", "expect", "http", "load_balancer")
            yield where, "load balancer", check.whatif.expect.http.load_balancer


def _in_faults(at: Path, faults: Sequence[dict[str, Any]]) -> Iterator[Named]:
    for place, fault in enumerate(faults):
        (word, argument), *_ = fault.items()
        given = argument if isinstance(argument, dict) else {}
        if word == "stop_task" and isinstance(argument, str):
            given = {"service": argument}
        for key in ("service", "role"):
            if isinstance(given.get(key), str):
                yield (*at, place, word), key, given[key]


def _variables(files: PackFiles, loaded: Loaded) -> Iterator[Finding]:
    """Variables that nothing uses, and uses that look like one of them."""
    declared = list(loaded.lab.vars)
    texts = [files.text(path.relative_to(files.root).as_posix()) for path in _yaml(loaded)]
    used = {name for text in texts for uses in (USE, BY) for name in uses.findall(text)}
    for name in declared:
        if name not in used:
            what = f"nothing uses the variable {name!r}"
            yield warning(loaded.document.flaw(("vars", name), what, "use it or remove it", key=True))
    saved = [part.state.save for c in loaded.lab.checks for part in c.parts if part.state and part.state.save]
    for name in sorted(used - {*declared, *saved}):
        if get_close_matches(name, declared, n=1, cutoff=0.8):
            what = f"${{{name}}} is no variable of this lab"
            yield error(loaded.document.flaw(("vars",), what, nearest(name, declared), key=True))


def _yaml(loaded: Loaded) -> list[Any]:
    return sorted(loaded.lab.root.glob("*.yaml"))
