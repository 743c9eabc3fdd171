"""The catalogue of faults that drills hide: fault.yaml as a typed fault, and the lab that a drill on it is.

A drill is a lab whose world has a healthy past and one fault; its story says only what customers notice.
Nothing is run here.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from ecslab.content.checks import CheckList, Id, Text
from ecslab.content.documents import Document, read_yaml
from ecslab.content.faults import Fault as Play
from ecslab.content.files import PackFiles
from ecslab.content.labs import Hint, Lab, Loaded, Solution, drawn_values
from ecslab.content.packs import FAULTS
from ecslab.content.problems import Flaw, PackProblem, nearest
from ecslab.content.validate import Duration, Many, Strict, complaint, validate
from ecslab.content.variables import substitute
from ecslab.content.worlds import World, known_worlds

NAME = "drill"
"""The id of the lab that a drill is, whatever it hides."""
TITLE = "Drill: one thing is wrong"
HEALTHY = 20 * 60_000
"""How long a drill's world has run without a fault, in simulated ms."""
STORY = """
{complaint}

Until a short while ago this world worked. **One** thing is wrong with it now.

1. **Find it.** Look before you change anything.
2. **Repair it**, so that the goals hold.
3. **Name it**: choose the cause from the list (`n` in the app, `ecslab drill name` in a shell). The first answer counts.
"""


class Evidence(Strict):
    """A call that shows the fault to whoever reads its answer."""

    operation: Annotated[str, Field(pattern=r"^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$")]
    """`ec2:DescribeSecurityGroups`."""
    shows: Text


class Fault(Strict):
    """A fault of the catalogue."""

    format: Literal[1]
    id: Id
    title: Text
    """The cause, as the list of causes shows it."""
    objectives: Annotated[Many[Id], Field(min_length=1)]
    minutes: Annotated[int, Field(ge=1, le=120)]
    worlds: Annotated[Many[Id], Field(min_length=1)]
    """The worlds it fits; the first is taken unless another is asked for."""
    vars: dict[str, Any] = {}
    patch: str | None = None
    images: str | None = None
    fault: Annotated[Many[Play], Field(min_length=1)]
    """How it comes about, in the words of a world's `then`."""
    settle: Duration = 300_000
    complaint: Text
    """What customers notice: all that the learner is told."""
    checks: Annotated[CheckList, Field(min_length=1)]
    """When the world is healthy again."""
    asks_more: Many[Id] = ()
    """Checks that the healthy world does not pass either: what the fault keeps from happening."""
    evidence: Annotated[Many[Evidence], Field(min_length=1)]
    mistaken_for: Annotated[Many[Id], Field(min_length=3)]
    """Other faults of the catalogue that look like it: the wrong answers."""
    hints: Many[Hint] = ()
    solution: Solution

    @model_validator(mode="after")
    def _no_program(self) -> "Fault":
        if any(check.program for check in self.checks):
            raise complaint("nobody writes a program in a drill", "look at the world instead")
        return self


@dataclass(frozen=True)
class Cause:
    """An answer that the learner can choose."""

    id: str
    title: str


def load_fault(files: PackFiles, fault_id: str, seed: int) -> tuple[Fault, Document]:
    """Raises PackProblem with every flaw of fault.yaml."""
    folder = f"{FAULTS}/{fault_id}"
    document = read_yaml(files.text(f"{folder}/fault.yaml"), f"{folder}/fault.yaml")
    if not isinstance(document.value, dict):
        raise PackProblem([document.flaw((), "this is not a fault", "write `format: 1`, `id:`, `title:` …")])
    drawn = drawn_values(document, seed)
    document.value = {**substitute(document.value, drawn), **({"vars": drawn} if drawn else {})}
    flaws = list(_across(files, folder, fault_id, document))
    try:
        fault = validate(Fault, document)
    except PackProblem as problem:
        raise PackProblem([*flaws, *problem.flaws]) from None
    if flaws:
        raise PackProblem(flaws)
    return fault, document


def load_drill(files: PackFiles, fault_id: str, seed: int, world: str = "") -> Loaded:
    """The lab of a drill on this fault, in one of its worlds. Raises PackProblem."""
    fault, document = load_fault(files, fault_id, seed)
    if world and world not in fault.worlds:
        what = f"the fault {fault_id!r} does not fit the world {world!r}"
        raise PackProblem([document.flaw(("worlds",), what, f"it fits {', '.join(fault.worlds)}")])
    base = World(base=world or fault.worlds[0], patch=fault.patch, images=fault.images, then=fault.fault)
    lab = Lab(
        format=1,
        id=NAME,
        title=TITLE,
        kind="drill",
        objectives=fault.objectives,
        minutes=fault.minutes,
        vars=fault.vars,
        world=base.model_copy(update={"before": HEALTHY, "settle": fault.settle}),
        story=STORY.format(complaint=fault.complaint.strip()),
        checks=fault.checks,
        hints=fault.hints,
        solution=fault.solution,
    )
    lab._root = files.root / FAULTS / fault_id
    return Loaded(lab, document, f"{FAULTS}/{fault_id}")


def causes(files: PackFiles, fault: Fault, seed: int) -> list[Cause]:
    """The causes to choose from, the right one among them, in the order that the seed gives."""
    listed = [Cause(fault.id, fault.title)]
    for other in fault.mistaken_for:
        listed.append(Cause(other, load_fault(files, other, seed)[0].title))
    random.Random(f"{fault.id}/{seed}").shuffle(listed)
    return listed


def _across(files: PackFiles, folder: str, fault_id: str, document: Document) -> Iterator[Flaw]:
    """What the loader alone can know. Works on plain data, whatever its shape."""
    value = document.value
    if isinstance(value.get("id"), str) and value["id"] != fault_id:
        yield document.flaw(
            ("id",), f"the id {value['id']!r} is not the folder's name", f"write `id: {fault_id}`"
        )
    catalogue = files.folders(FAULTS, "fault.yaml")
    for place, other in enumerate(_list(value.get("mistaken_for"))):
        here = ("mistaken_for", place)
        if other == fault_id:
            yield document.flaw(here, "a fault is not mistaken for itself", "name another one")
        elif other not in catalogue:
            yield document.flaw(here, f"there is no fault {other!r}", nearest(str(other), catalogue))
    checks = [
        str(check["id"]) for check in _list(value.get("checks")) if isinstance(check, dict) and "id" in check
    ]
    for place, name in enumerate(_list(value.get("asks_more"))):
        if name not in checks:
            yield document.flaw(
                ("asks_more", place), f"there is no check {name!r}", nearest(str(name), checks)
            )
    worlds = known_worlds(files)
    for index, world in enumerate(_list(value.get("worlds"))):
        if world not in worlds:
            yield document.flaw(
                ("worlds", index), f"there is no world {world!r}", nearest(str(world), worlds)
            )
    named: list[tuple[tuple[str, ...], Any]] = [((key,), value.get(key)) for key in ("patch", "images")]
    if isinstance(solution := value.get("solution"), dict):
        named += [(("solution", key), solution.get(key)) for key in ("cli", "boto3", "cloudformation")]
    for at, name in named:
        if isinstance(name, str):
            try:
                files.path(name, base=folder)
            except PackProblem as problem:
                yield document.flaw(at, f"{name}: {problem.flaws[0].what}", problem.flaws[0].todo)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
