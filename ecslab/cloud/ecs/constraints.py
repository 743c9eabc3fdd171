"""The cluster query language, as placement constraints (`memberOf`) and list filters use it.

Source: Amazon ECS developer guide, "cluster-query-language". Parses text into a test of one instance's
facts; it finds no instances and places nothing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Facts = Mapping[str, str | None]
"""Subject (`attribute:ecs.instance-type`, `runningTasksCount`, …) -> value; None: there, without a value."""
Test = Callable[[Facts], bool]

TOKEN = re.compile(
    r"""\s*(?:
    (?P<op>==|!=|>=|<=|=~|!~|&&|\|\||[()\[\],<>!])
    |"(?P<double>[^"]*)"|'(?P<single>[^']*)'
    |(?P<word>(?:[^\s()\[\],"'=!<>&|~]|(?<=\S)![^=~\s])+)
    )""",
    re.VERBOSE,
)
LIMIT = 2000
NAMES = {
    "equals": "==",
    "not_equals": "!=",
    "greater_than": ">",
    "greater_than_equal": ">=",
    "less_than": "<",
    "less_than_equal": "<=",
    "matches": "=~",
    "not_matches": "!~",
    "not_in": "!in",
    "not_exists": "!exists",
    "and": "&&",
    "or": "||",
    "not": "!",
}
SUBJECTS = (
    "attribute:", "task:group", "agentConnected", "agentVersion", "ec2InstanceId", "registeredAt",
    "runningTasksCount", "pendingTasksCount", "tag:",
)  # fmt: skip


class BadExpression(Exception):
    """The text is no expression of the cluster query language."""


@dataclass
class _Parser:
    tokens: list[tuple[str, bool]]
    """(text, whether it was quoted)."""
    place: int = 0
    subjects: list[str] = field(default_factory=list)

    def peek(self) -> str:
        if self.place >= len(self.tokens):
            return ""
        text, quoted = self.tokens[self.place]
        return text if quoted else NAMES.get(text, text)

    def take(self) -> str:
        text = self.peek()
        if not text:
            raise BadExpression("it ends too early")
        self.place += 1
        return text

    def expect(self, text: str) -> None:
        if self.take() != text:
            raise BadExpression(f"{text} is missing")

    def any_of(self) -> Test:
        tests = [self.all_of()]
        while self.peek() == "||":
            self.take()
            tests.append(self.all_of())
        return tests[0] if len(tests) == 1 else lambda facts: any(test(facts) for test in tests)

    def all_of(self) -> Test:
        tests = [self.one()]
        while self.peek() == "&&":
            self.take()
            tests.append(self.one())
        return tests[0] if len(tests) == 1 else lambda facts: all(test(facts) for test in tests)

    def one(self) -> Test:
        if self.peek() == "!":
            self.take()
            inner = self.one()
            return lambda facts: not inner(facts)
        if self.peek() == "(":
            self.take()
            inner = self.any_of()
            self.expect(")")
            return inner
        return self.comparison()

    def comparison(self) -> Test:
        subject = self.take()
        if not subject.startswith(SUBJECTS):
            raise BadExpression(f"{subject} is no subject")
        operator = self.take()
        if operator == "!" and self.peek() in ("in", "exists"):
            operator += self.take()
        if operator == "exists":
            return lambda facts: subject in facts
        if operator == "!exists":
            return lambda facts: subject not in facts
        if operator in ("in", "!in"):
            values = self.values()
            return lambda facts: (facts.get(subject) in values) == (operator == "in")
        return _compared(subject, operator, self.take())

    def values(self) -> set[str]:
        self.expect("[")
        out = {self.take()}
        while self.peek() == ",":
            self.take()
            out.add(self.take())
        self.expect("]")
        return out


def _compared(subject: str, operator: str, value: str) -> Test:
    if operator in ("=~", "!~"):
        try:
            pattern = re.compile(value)
        except re.error:
            raise BadExpression(f"{value} is no pattern") from None
        wanted = operator == "=~"
        return lambda facts: (pattern.fullmatch(facts.get(subject) or "") is not None) == wanted
    if operator == "==":
        return lambda facts: subject in facts and facts[subject] == value
    if operator == "!=":
        return lambda facts: facts.get(subject) != value
    if operator in ("<", "<=", ">", ">="):
        return lambda facts: subject in facts and _ordered(facts[subject] or "", operator, value)
    raise BadExpression(f"{operator} is no operator")


def _ordered(left: str, operator: str, right: str) -> bool:
    a, b = _version(left), _version(right)
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator]


def _version(text: str) -> tuple[tuple[int, str], ...]:
    """Numbers and dotted versions compare by number, all else as text."""
    return tuple((int(p), "") if p.isdigit() else (-1, p) for p in text.split("."))


def parse(text: str) -> Test:
    """
    Raises:
        BadExpression: see its text.
    """
    if len(text) > LIMIT:
        raise BadExpression(f"it is longer than {LIMIT} characters")
    tokens, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None:
            raise BadExpression(f"{text[at:].strip()[:20]} is not understood")
        quoted = match["double"] if match["double"] is not None else match["single"]
        tokens.append((quoted, True) if quoted is not None else (match["op"] or match["word"], False))
        at = match.end()
    parser = _Parser(tokens)
    test = parser.any_of()
    if parser.peek():
        raise BadExpression(f"{parser.peek()} is not expected")
    return test
