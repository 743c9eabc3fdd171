"""lab.yaml as a typed lab, and what only shows across its parts: ids, needs, files, feedback names.

All flaws of the file are found in one go. Nothing of the lab is run.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from ecslab.content.checks import CheckList, Id, Text
from ecslab.content.documents import Document, read_yaml
from ecslab.content.files import PackFiles
from ecslab.content.problems import Flaw, PackProblem, nearest
from ecslab.content.validate import Duration, Many, Strict, complaint, validate
from ecslab.content.variables import NAME, USE, draw, substitute
from ecslab.content.worlds import World
from ecslab.terms.words import CHECK_WORDS, COMPOUNDS

LABS = "labs"
TAKES_SAVED = ("state", "gone", "allowed", "called", "file")
"""Words that a saved value can be put into."""


class Hint(Strict):
    cost: Annotated[int, Field(ge=0, le=100)] = 0
    """Percent of the score."""
    text: Text


class Solution(Strict):
    """Files of the lab that solve it, and why they do."""

    cli: str | None = None
    boto3: str | None = None
    cloudformation: str | None = None
    """A template that builds what the solution leads to, to read."""
    why: str = ""
    cost: str = ""
    """What it costs on AWS, and what would be cheaper."""
    security: str = ""
    """What it opens or permits, and what would be tighter."""
    release: Literal["on_pass", "on_give_up", "never"] = "on_give_up"
    """When a learner sees it, and the hidden goals with it: once they passed; also when they gave up; not here."""


class Script(Strict):
    """A program that the learner writes: handed in with the attempt, and what a grader may run afresh."""

    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*\.py$", max_length=100)]
    """In the learner's workspace, not below it or elsewhere: it is handed in."""
    args: Many[str] = ()
    """What it is run with."""


class Mistake(Strict):
    """A typical mistake, tested to give exactly these verdicts and messages."""

    name: Text
    cli: Many[str] = ()
    """Commands, played one after the other."""
    boto3: str | None = None
    """A script of the lab; where checks run the learner's program, that program."""
    alter: dict[str, str] = {}
    """Where checks run the learner's program: texts in the boto3 solution, and what stands there instead."""
    advance: Duration = 0
    """How long to wait afterwards; 0: until the world is steady."""
    expect: dict[str, "Outcome"]


class Fails(Strict):
    fail: str | bool
    """The id of the feedback that is shown, or true for any."""


class Harmless(Strict):
    """A slip in the solution that `pack mutate` may leave uncaught, because nothing is wrong with it."""

    change: Text
    """As the report says it; `*` stands for anything."""
    why: Text


def _outcome(value: Any) -> Any:
    if value in ("pass", "fail", "not judged") or isinstance(value, dict):
        return value
    raise complaint(f"{value!r} is not a verdict", "write pass, fail, not judged or {fail: FEEDBACK}")


Outcome = Annotated[str | Fails, BeforeValidator(_outcome)]


class Lab(Strict):
    """A lab with its variables drawn and put in."""

    format: Literal[1]
    id: Id
    title: Text
    kind: Literal["guided", "build", "break-fix", "drill"]
    objectives: Annotated[Many[Id], Field(min_length=1)]
    minutes: Annotated[int, Field(ge=1, le=600)]
    order: int = 1000
    vars: dict[str, Any] = {}
    """Name -> the value that was drawn."""
    world: World
    story: Text
    checks: Annotated[CheckList, Field(min_length=1)]
    hints: Many[Hint] = ()
    script: Script | None = None
    solution: Solution = Solution()
    mistakes: Many[Mistake] = ()
    harmless: Many[Harmless] = ()
    _root: Path = PrivateAttr(default=Path())

    @property
    def root(self) -> Path:
        """The lab's folder."""
        return self._root

    @property
    def files(self) -> Path | None:
        """The folder that becomes the learner's workspace, if the lab has one."""
        folder = self._root / "files"
        return folder if folder.is_dir() else None

    @property
    def runs_program(self) -> bool:
        """Whether checks run the learner's program."""
        return any(check.program for check in self.checks)

    @property
    def max_points(self) -> float:
        return sum(check.points for check in self.checks if not check.optional)


LOOKED_UP = {"by", "table"}


class Rule(Strict):
    """How a variable is drawn."""

    pick: Annotated[Many[Any], Field(min_length=1)] | None = None
    int_: Annotated[Many[int], Field(min_length=2, max_length=2)] | None = Field(None, alias="int")
    const: Any = None
    by: str | None = None
    """Another variable, above this one, whose value says which one of the table this is."""
    table: dict[str | int, Any] | None = None

    @model_validator(mode="after")
    def _one(self) -> "Rule":
        written = {
            name for name in self.model_fields_set if name == "const" or getattr(self, name) is not None
        }
        if (
            written != self.model_fields_set
            or (len(written) != 1 and written != LOOKED_UP)
            or written < LOOKED_UP
        ):
            raise complaint(
                "a variable is drawn in one way",
                "write {pick: [...]}, {int: [low, high]}, {const: ...} or {by: NAME, table: {...}}",
            )
        if self.int_ and self.int_[0] > self.int_[1]:
            raise complaint(f"there is no number from {self.int_[0]} to {self.int_[1]}", "write [low, high]")
        return self


class Vars(Strict):
    vars: dict[str, Rule] = {}


@dataclass(frozen=True)
class Loaded:
    """A lab with the file it came from, for errors that show up later."""

    lab: Lab
    document: Document
    folder: str


def load_lab(files: PackFiles, lab_id: str, seed: int) -> Loaded:
    """Raises PackProblem with every flaw of lab.yaml."""
    folder = f"{LABS}/{lab_id}"
    document = read_yaml(files.text(f"{folder}/lab.yaml"), f"{folder}/lab.yaml")
    if not isinstance(document.value, dict):
        raise PackProblem([document.flaw((), "this is not a lab", "write `format: 1`, `id:`, `title:` …")])
    drawn = drawn_values(document, seed)
    _put_in_cases(document.value, drawn)
    document.value = {**substitute(document.value, drawn), **({"vars": drawn} if drawn else {})}
    flaws: list[Flaw] = list(_across(document, files, folder, lab_id))
    lab = None
    try:
        lab = validate(Lab, document)
    except PackProblem as problem:
        flaws += problem.flaws
    if flaws or lab is None:
        raise PackProblem(flaws)
    lab._root = files.root / folder
    return Loaded(lab, document, folder)


def _cases(value: dict[str, Any]) -> Iterable[tuple[tuple[Any, ...], dict[str, Any]]]:
    """The cases in which checks run a program, each with its place."""
    for index, check in enumerate(_list(value.get("checks"))):
        program = check.get("program") if isinstance(check, dict) else None
        for number, case in enumerate(_list(program.get("cases") if isinstance(program, dict) else None)):
            if isinstance(case, dict):
                yield ("checks", index, "program", "cases", number), case


def _put_in_cases(value: dict[str, Any], drawn: dict[str, Any]) -> None:
    """Variables of a case go before those of the lab."""
    for _, case in _cases(value):
        if isinstance(own := case.get("vars"), dict):
            case.update(substitute({**case, "vars": {}}, {**drawn, **own}) | {"vars": own})


def drawn_values(document: Document, seed: int) -> dict[str, Any]:
    """What chance gives the variables that a file declares. Raises PackProblem."""
    declared = document.value.get("vars")
    if declared is None:
        return {}
    rules = validate(Vars, document, (), {"vars": declared}).vars
    for name in rules:
        if not NAME.fullmatch(name):
            what, todo = f"{name!r} is not a variable's name", "use capitals, digits and underscores"
            raise PackProblem([document.flaw(("vars", name), what, todo, key=True)])
    if flaws := list(_tables(document, rules)):
        raise PackProblem(flaws)
    return draw(
        {name: rule.model_dump(by_alias=True, exclude_unset=True) for name, rule in rules.items()}, seed
    )


def _tables(document: Document, rules: Mapping[str, Rule]) -> Iterable[Flaw]:
    """A table has an entry for every value that the variable it goes by may get."""
    values: dict[str, list[Any]] = {}
    for name, rule in rules.items():
        if rule.table is None or rule.by is None:
            values[name] = _choices(rule)
        elif rule.by not in values:
            todo = nearest(rule.by, list(values)) or "declare it above"
            yield document.flaw(("vars", name, "by"), f"no variable {rule.by!r} is declared above", todo)
            return
        else:
            values[name] = list(rule.table.values())
            for value in values[rule.by]:
                if not isinstance(value, str | int) or value not in rule.table:
                    what = f"the table has nothing for {rule.by} = {value!r}"
                    yield document.flaw(("vars", name, "table"), what, "add it")


def _choices(rule: Rule) -> list[Any]:
    """Every value that a draw may give."""
    if rule.int_:
        return list(range(rule.int_[0], rule.int_[1] + 1))
    return [rule.const] if rule.pick is None else list(rule.pick)


def _across(document: Document, files: PackFiles, folder: str, lab_id: str) -> Iterable[Flaw]:
    """What the parts of a lab say about each other. Works on plain data, whatever its shape."""
    value = document.value
    if isinstance(value.get("id"), str) and value["id"] != lab_id:
        yield document.flaw(
            ("id",), f"the id {value['id']!r} is not the folder's name", f"write `id: {lab_id}`"
        )
    checks = [c if isinstance(c, dict) else {} for c in _list(value.get("checks"))]
    ids = [str(c["id"]) for c in checks if "id" in c]
    yield from _duplicates(document, ("checks",), checks, "check")
    for index, check in enumerate(checks):
        feedback = [f if isinstance(f, dict) else {} for f in _list(check.get("feedback"))]
        yield from _duplicates(document, ("checks", index, "feedback"), feedback, "feedback")
        for place, name in enumerate(_list(check.get("needs"))):
            if name not in ids:
                at = ("checks", index, "needs", place)
                yield document.flaw(at, f"there is no check {name!r}", nearest(str(name), ids))
    yield from _circles(document, checks)
    yield from _programs(document, checks)
    yield from _saved(document, checks)
    yield from _mistakes(document, checks, ids)
    yield from _scripts(document, files, folder)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _duplicates(
    document: Document, at: tuple[Any, ...], parts: list[dict[str, Any]], kind: str
) -> Iterable[Flaw]:
    seen: dict[str, int] = {}
    for index, part in enumerate(parts):
        name = str(part.get("id", ""))
        if name and name in seen:
            first = document.place((*at, seen[name], "id"))[0]
            what = f"the {kind} id {name!r} is here twice (first on line {first})"
            yield document.flaw((*at, index, "id"), what, "give each its own")
        elif name:
            seen[name] = index


def _programs(document: Document, checks: list[dict[str, Any]]) -> Iterable[Flaw]:
    """What runs the learner's program needs one, and `alter` needs what runs it."""
    running = [index for index, check in enumerate(checks) if "program" in check]
    if running and "script" not in document.value:
        what = "this runs the learner's program, and the lab names none"
        yield document.flaw(
            ("checks", running[0], "program"), what, "add `script: {file: NAME.py}`", key=True
        )
    for index, mistake in enumerate(_list(document.value.get("mistakes"))):
        if isinstance(mistake, dict) and mistake.get("alter") and not running:
            what = "`alter` is for labs whose checks run a program"
            yield document.flaw(("mistakes", index, "alter"), what, "use `cli` or `boto3`", key=True)


def _circles(document: Document, checks: list[dict[str, Any]]) -> Iterable[Flaw]:
    needs = {str(c.get("id")): [str(n) for n in _list(c.get("needs"))] for c in checks}
    settled: set[str] = set()
    while ready := {
        i for i, wanted in needs.items() if i not in settled and set(wanted) & set(needs) <= settled
    }:
        settled |= ready
    for index, check in enumerate(checks):
        if str(check.get("id")) in set(needs) - settled and check.get("needs"):
            yield document.flaw(("checks", index, "needs"), "these needs go in a circle", "break it")
            return


def _saved(document: Document, checks: list[dict[str, Any]]) -> Iterable[Flaw]:
    """What a check saves is there for the checks below it."""
    saved: list[str] = []
    for index, check in enumerate(checks):
        for at, part in _parts(("checks", index), check):
            for word in CHECK_WORDS:
                for name in USE.findall(repr(part.get(word, ""))):
                    if name not in saved:
                        todo = nearest(name, saved) or "save it in a check above, or declare it in `vars`"
                        yield document.flaw((*at, word), f"nothing is called ${{{name}}}", todo)
                    elif word not in TAKES_SAVED:
                        what = f"`{word}` cannot use what a check has saved (${{{name}}})"
                        yield document.flaw((*at, word), what, f"{', '.join(TAKES_SAVED)} can")
            state = part.get("state")
            if isinstance(state, dict) and isinstance(name := state.get("save"), str):
                if name in saved or name in (document.value.get("vars") or {}):
                    what = f"the name {name!r} is taken"
                    yield document.flaw((*at, "state", "save"), what, "choose another one")
                saved.append(name)


def _parts(at: tuple[Any, ...], check: dict[str, Any]) -> Iterable[tuple[tuple[Any, ...], dict[str, Any]]]:
    """A check, or the parts that it is made of."""
    yield at, check
    for word in COMPOUNDS:
        for place, part in enumerate(_list(check.get(word))):
            if isinstance(part, dict):
                yield (*at, word, place), part


def _mistakes(document: Document, checks: list[dict[str, Any]], ids: list[str]) -> Iterable[Flaw]:
    feedback = {
        str(c.get("id")): [
            str(f["id"]) for f in _list(c.get("feedback")) if isinstance(f, dict) and "id" in f
        ]
        for c in checks
    }
    for index, mistake in enumerate(_list(document.value.get("mistakes"))):
        expect = mistake.get("expect") if isinstance(mistake, dict) else None
        for name, outcome in (expect if isinstance(expect, dict) else {}).items():
            at = ("mistakes", index, "expect", name)
            if name not in ids:
                yield document.flaw(at, f"there is no check {name!r}", nearest(name, ids), key=True)
                continue
            shown = outcome.get("fail") if isinstance(outcome, dict) else None
            if isinstance(shown, str) and shown not in feedback[name]:
                what = f"the check {name!r} has no feedback {shown!r}"
                yield document.flaw((*at, "fail"), what, nearest(shown, feedback[name]) or "write it")


def _scripts(document: Document, files: PackFiles, folder: str) -> Iterable[Flaw]:
    value = document.value
    named: list[tuple[tuple[Any, ...], Any]] = []
    if isinstance(value.get("solution"), dict):
        named += [
            (("solution", key), value["solution"].get(key)) for key in ("cli", "boto3", "cloudformation")
        ]
    for index, mistake in enumerate(_list(value.get("mistakes"))):
        if isinstance(mistake, dict):
            named.append((("mistakes", index, "boto3"), mistake.get("boto3")))
    if isinstance(value.get("world"), dict):
        named += [(("world", key), value["world"].get(key)) for key in ("patch", "images")]
    for at, case in _cases(value):
        if isinstance(case.get("world"), dict):
            named += [((*at, "world", key), case["world"].get(key)) for key in ("patch", "images")]
    for at, name in named:
        if isinstance(name, str):
            try:
                files.path(name, base=folder)
            except PackProblem as problem:
                flaw = problem.flaws[0]
                yield document.flaw(at, f"{name}: {flaw.what}", flaw.todo)
