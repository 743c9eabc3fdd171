"""What the checks of a lab read, as the probes that a sandbox evaluates.

A probe's id is the check's (`check#2` for its second part, `check/feedback` for what a feedback looks at).
Only here are calls turned into operations, so only here is botocore needed.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from ecslab.content.calls import Call, CallError, parse_call, parse_read
from ecslab.content.checks import Allowed, Check, Ending, Expect, File, Gone, Http, State
from ecslab.content.documents import Document, Path
from ecslab.content.faults import Fault
from ecslab.content.labs import Lab
from ecslab.content.problems import Flaw, PackProblem

Probe = dict[str, Any]


def probe_id(check: Check, feedback: str | None = None, part: int = 0) -> str:
    """Args: part: which one of a check of several, counted from 1."""
    if feedback:
        return f"{check.id}/{feedback}"
    return f"{check.id}#{part}" if part else check.id


def part_ids(check: Check) -> list[str]:
    """The probes' ids of all that a check looks at, in the order of `Check.parts`."""
    if not (check.all or check.any):
        return [probe_id(check)]
    return [probe_id(check, part=number) for number, _ in enumerate(check.parts, 1)]


def state_probe(name: str, state: State | Gone) -> Probe:
    """Raises CallError."""
    probe = read_probe(name, state.call, state.query)
    return probe | ({"save": state.save} if isinstance(state, State) and state.save else {})


def read_probe(name: str, text: str, query: str | None) -> Probe:
    """Raises CallError."""
    call = parse_read(text)
    probe = {
        "id": name,
        "kind": "state",
        "service": call.service,
        "operation": call.operation,
        "params": call.params,
    }
    return probe | ({"query": query} if query else {})


def allowed_probe(name: str, allowed: Allowed) -> Probe:
    return {
        "id": name,
        "kind": "allowed",
        "role": allowed.role,
        "action": allowed.action,
        "resource": allowed.resource,
    }


def files_of(checks: Sequence[Check]) -> dict[str, File]:
    """The files that checks look at, by the ids under which evidence keeps what was in them."""
    return {
        name: part.file
        for check in checks
        for name, part in zip(part_ids(check), check.parts, strict=True)
        if part.file
    }


def http_probe(name: str, http: Http) -> Probe:
    return client_probe(name, http.load_balancer, http.port, http.path)


def client_probe(name: str, load_balancer: str, port: int, path: str) -> Probe:
    """What a client of a load balancer is answered."""
    return {"id": name, "kind": "http", "load_balancer": load_balancer, "port": port, "path": path}


def questions(check_id: str, expect: Expect) -> list[Probe]:
    """What a `whatif` asks on the copy, in the order in which grading takes the answers."""
    asked = [http_probe(check_id, expect.http)] if expect.http else []
    return asked + ([state_probe(check_id, expect.state)] if expect.state else [])


def readings(ending: Ending) -> list[Probe]:
    """What is read in the world of a case: its states, then its load balancers."""
    found = [state_probe(f"state#{place}", state) for place, state in enumerate(ending.state)]
    return found + [http_probe(f"http#{place}", http) for place, http in enumerate(ending.http)]


def faults(do: tuple[dict[str, Any], ...] | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Faults as the sandbox plays them: a `call` in words becomes an operation. Raises CallError."""
    played = []
    for fault in do:
        (word, argument), *_ = fault.items()
        if word == "call":
            argument = _call(argument)
        played.append({word: argument})
    return played


def _call(argument: Any) -> Any:
    """A call in words as an operation, with what it has to find first. Raises CallError."""
    if isinstance(argument, dict) and "run" in argument:
        found = {
            name: _operation(parse_read(find["call"])) | {"query": find["query"]}
            for name, find in argument.get("find", {}).items()
        }
        return _operation(parse_call(argument["run"])) | {"find": found}
    return _operation(parse_call(argument)) if isinstance(argument, str) else argument


def _operation(call: Call) -> dict[str, Any]:
    return {"service": call.service, "operation": call.operation, "params": call.params}


def probes_of(lab: Lab, document: Document) -> list[Probe]:
    """All that the checks of a lab read. Raises PackProblem with every call that cannot be read."""
    return probes_in(lab.checks, lab.world.then, document)


def probes_in(
    checks: Sequence[Check], then: Sequence[Fault], document: Document, at: Path = ()
) -> list[Probe]:
    """The same for checks and a world's past that stand at `at` of a file."""
    probes: list[Probe] = []
    flaws: list[Flaw] = []
    for path, name, part in _readers(checks, then, at):
        try:
            if isinstance(part, Http):
                probes.append(http_probe(name, part))
            elif isinstance(part, Allowed):
                probes.append(allowed_probe(name, part))
            elif isinstance(part, Expect):
                questions(name, part)
            elif isinstance(part, Ending):
                readings(part)
            elif isinstance(part, State | Gone):
                probes.append(state_probe(name, part))
            else:
                faults(part)
        except CallError as error:
            flaws.append(document.flaw(path, error.what, error.todo))
    if flaws:
        raise PackProblem(flaws)
    return probes


def calls_in(
    checks: Sequence[Check], then: Sequence[Fault], at: Path = ()
) -> Iterator[tuple[Path, str, str]]:
    """(place, service, operation) of every AWS call of checks and a world's past. Raises CallError."""
    for path, name, part in _readers(checks, then, at):
        if isinstance(part, State | Gone):
            asked = [state_probe(name, part)]
        elif isinstance(part, Expect):
            asked = [probe for probe in questions(name, part) if "operation" in probe]
        elif isinstance(part, Ending):
            asked = [probe for probe in readings(part) if "operation" in probe]
        elif isinstance(part, Http | Allowed):
            asked = []
        else:
            played = [fault["call"] for fault in faults(part) if "call" in fault]
            asked = [call for outer in played for call in (*outer.get("find", {}).values(), outer)]
        for call in asked:
            yield path, call["service"], call["operation"]


def _readers(checks: Sequence[Check], then: Sequence[Fault], base: Path) -> Iterator[tuple[Path, str, Any]]:
    """Every part that reads the world, with its place and its probe's name."""
    yield (*base, "world", "then"), "", then
    for index, check in enumerate(checks):
        at: Path = (*base, "checks", index)
        for place, (name, one) in enumerate(zip(part_ids(check), check.parts, strict=True)):
            here = at if one is check else (*at, check.word, place)
            if one.state:
                yield (*here, "state", "call"), name, one.state
            if one.gone:
                yield (*here, "gone", "call"), name, one.gone
            if one.http:
                yield (*here, "http"), name, one.http
            if one.allowed:
                yield (*here, "allowed"), name, one.allowed
        if check.whatif:
            yield (*at, "whatif", "expect", "state", "call"), probe_id(check), check.whatif.expect
            yield (*at, "whatif", "do"), "", check.whatif.do
        for number, case in enumerate(check.program.cases if check.program else ()):
            here = (*at, "program", "cases", number)
            yield (*here, "expect"), "", case.expect
            yield (*here, "then"), "", (*case.then, *(case.world.then if case.world else ()))
        for number, feedback in enumerate(check.feedback):
            if feedback.when.state:
                where = (*at, "feedback", number, "when", "state", "call")
                yield where, probe_id(check, feedback.id), feedback.when.state
