"""What a learner is told about a check that is not met: the author's words, or plain ones made from the check.

What is wrong first, without blame; then where to look, never the fix; then why. Pure.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ecslab.content.checks import (
    Allowed,
    Check,
    Expect,
    Feedback,
    File,
    Gone,
    Http,
    Part,
    State,
    Whatif,
)
from ecslab.content.expectations import But
from ecslab.content.variables import substitute
from ecslab.grading.evidence import Evidence, absent, is_error
from ecslab.grading.expectations import clipped, differences, holds, shown, without
from ecslab.grading.readings import Moment
from ecslab.terms.durations import format_duration

MOST = 200
"""Characters of a message of our own making."""
MOST_OF_A_VALUE = 60


@dataclass(frozen=True)
class Message:
    say: str
    look: str = ""
    why: str = ""
    mistake: str | None = None
    """The id of the feedback that was written for this."""


TROUBLE = {
    "missing": "There is no {file} in your workspace.",
    "unreadable": "{file} cannot be read.",
    "syntax": "{file} is not Python: {said}",
    "crash": "{case}: {file} ended with an error, {said}",
    "timeout": "{case}: {file} did not end within {said}, and was ended.",
    "killed": "{case}: {file} was ended by {said}: it used more time, memory or disk than it may.",
}
"""What is said when a program did not get to its end by itself."""


def message(check: Check, moment: Moment, evidence: Evidence) -> Message:
    if check.program is not None:
        return _of_program(check, moment, evidence)
    for feedback in check.feedback:
        if _fits(check, feedback, moment, evidence):
            return Message(
                _one_line(feedback.say), _one_line(feedback.look), _one_line(feedback.why), feedback.id
            )
    part = check.parts[moment.place - 1] if moment.place else check
    look = substitute(_look(part), evidence.values_at(evidence.now))
    return Message(clipped(_say(part, moment), MOST), look)


def _of_program(check: Check, moment: Moment, evidence: Evidence) -> Message:
    """In which world, and what: the author's words, unless the program ended too early for them."""
    case, file = moment.raw["case"], evidence.runs[check.id].file
    if "trouble" in moment.raw:
        said = TROUBLE[moment.part].format(case=case, file=file, said=moment.actual)
        return Message(clipped(said, MOST), f"python {file}" if moment.part != "missing" else "ls")
    for feedback in check.feedback:
        if _fits(check, feedback, moment, evidence):
            say, look, why = map(_one_line, (feedback.say, feedback.look, feedback.why))
            return Message(f"{case}: {say}", look, why, feedback.id)
    return Message(clipped(f"{case}: {_ended(file, moment)}", MOST), f"python {file}")


def _ended(file: str, moment: Moment) -> str:
    actual = shown(moment.actual, MOST_OF_A_VALUE)
    if moment.part == "exit":
        said = f" ({clipped(moment.raw['said'], MOST_OF_A_VALUE)})" if moment.raw.get("said") else ""
        return f"{file} ended with status {actual}{said}, expected is {moment.expected}."
    if moment.part == "prints":
        return f"what {file} prints is not right: {actual}."
    if moment.part in ("calls", "changes"):
        what = "calls" if moment.part == "calls" else "calls that change something"
        return f"{file} made {actual} {what}, expected is {moment.expected}."
    if moment.part == "called":
        return f"{file} made a call of one kind {actual} times, expected is {_bare(moment)}."
    return f"after {file} the world is not as it should be: {actual}, expected is {moment.expected}."


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _fits(check: Check, feedback: Feedback, moment: Moment, evidence: Evidence) -> bool:
    when = feedback.when
    if when.part is not None and when.part != moment.place:
        return False
    if when.actual is not None and not holds(when.actual, moment.actual, moment.baseline):
        return False
    if when.match is not None and not _true(when.match, moment.raw):
        return False
    if when.state is not None:
        history = evidence.history(f"{check.id}/{feedback.id}")
        return bool(history) and holds(when.state, history[-1][1], history[0][1])
    return True


def _true(query: str, value: Any) -> bool:
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return bool(jmespath.search(query, value))
    except JMESPathError:
        return False


def _say(part: Part, moment: Moment) -> str:
    actual = shown(moment.actual, MOST_OF_A_VALUE)
    if isinstance(part, Check) and part.whatif is not None:
        return f"On a copy of the world{_after(part.whatif)}: {_lower(_part(part.whatif.expect, moment))}"
    if part.http is not None:
        return _http(part.http, moment)
    if part.state is not None:
        return _state(part.state, moment)
    if part.gone is not None:
        return "It still exists." if not absent(moment.actual) else "It has not existed in this attempt yet."
    if part.event is not None:
        of = f" of {part.event.of}" if part.event.of else ""
        return f"The {part.event.from_} events{of} say so {actual} times, expected is {_bare(moment)}."
    if part.called is not None:
        return f"{part.called.operation} was called like this {actual} times, expected is {_bare(moment)}."
    if part.allowed is not None:
        return _allowed(part.allowed, moment)
    if part.file is not None:
        return _file(part.file, moment)
    return f"The answer {actual} is not the one looked for."


def _allowed(allowed: Allowed, moment: Moment) -> str:
    if is_error(moment.actual):
        return f"There is no role {allowed.role}."
    on = "" if allowed.resource == "*" else f" on {allowed.resource}"
    return f"{allowed.role} {'may' if moment.actual else 'may not'} do {allowed.action}{on}."


def _file(file: File, moment: Moment) -> str:
    if moment.actual is None and file.json_ is None and file.text is None:
        return f"There is no file {file.path} in the workspace."
    subject = f"{file.json_} in {file.path}" if file.json_ else file.path
    found = f"is {shown(moment.actual, MOST_OF_A_VALUE)}"
    return f"{subject} {found}, expected is {clipped(moment.expected, MOST_OF_A_VALUE)}."


def _bare(moment: Moment) -> str:
    return moment.expected.removesuffix(" times")


def _part(expect: Expect, moment: Moment) -> str:
    if moment.part == "state" and expect.state is not None:
        return _state(expect.state, moment)
    return _http(expect.http, moment) if expect.http is not None else ""


def _http(http: Http, moment: Moment) -> str:
    wanted = clipped(moment.expected, MOST_OF_A_VALUE)
    if moment.part == "failed":
        return f"{shown(moment.actual, MOST_OF_A_VALUE)} requests to {http.load_balancer} have failed, expected is {wanted}."
    if moment.actual is None:
        return f"Nothing answers on port {http.port} of {http.load_balancer}."
    return f"{http.load_balancer} answers {shown(moment.actual, MOST_OF_A_VALUE)} on {http.path}, expected is {wanted}."


def _state(state: State, moment: Moment) -> str:
    if isinstance(state.unchanged, But):
        keys = state.unchanged.except_
        changed = next(differences(without(moment.actual, keys), without(moment.baseline, keys)), None)
        if changed is not None:
            return f"{changed}."
    wanted = clipped(moment.expected, MOST_OF_A_VALUE)
    subject = state.query or f"The answer of {' '.join(state.call.split()[:2])}"
    if len(subject) > 80:
        subject = f"The answer of {' '.join(state.call.split()[:2])}"
    return f"{subject} is {shown(moment.actual, MOST_OF_A_VALUE)}, expected is {wanted}."


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text.startswith(("The ", "Nothing ")) else text


def _after(whatif: Whatif) -> str:
    done = ", ".join(_fault(fault) for fault in whatif.do)
    time = f" {format_duration(whatif.advance)} later" if whatif.advance else ""
    return f", after {done}{',' if time else ''}{time}" if done else time


def _fault(fault: Mapping[str, Any]) -> str:
    (word, argument), *_ = fault.items()
    about = argument.get("service", "") if isinstance(argument, dict) else argument
    return f"{word.replace('_', ' ')} {about}".strip()


def _look(part: Part) -> str:
    """A command that shows what was seen."""
    if isinstance(part, Check) and part.whatif is not None:
        expect = part.whatif.expect
        return _look_http(expect.http) if expect.http is not None else _look_state(expect.state)
    if part.http is not None:
        return _look_http(part.http)
    if part.event is not None and part.event.from_ == "log" and part.event.of:
        return f"aws logs filter-log-events --log-group-name {shlex.quote(part.event.of)}"
    if part.file is not None:
        return f"cat {shlex.quote(part.file.path)}"
    if part.allowed is not None and not part.allowed.role.startswith("arn:"):
        return f"aws iam list-role-policies --role-name {part.allowed.role}"
    return _look_state(part.state or part.gone)


def _look_state(state: State | Gone | None) -> str:
    if state is None:
        return ""
    call = state.call.strip().removeprefix("aws ")
    return f"aws {_one_line(call)}" + (f" --query {shlex.quote(state.query)}" if state.query else "")


def _look_http(http: Http | None) -> str:
    if http is None:
        return ""
    name = (
        f"$(aws elbv2 describe-load-balancers --names {shlex.quote(http.load_balancer)} "
        "--query 'LoadBalancers[0].DNSName' --output text)"
    )
    port = "" if http.port == 80 else f":{http.port}"
    return f'curl -i "http://{name}{port}{http.path}"'
