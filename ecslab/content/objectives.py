"""lessons/objectives.yaml: what a pack teaches, module by module. Lessons, questions and labs name its ids."""

from typing import Annotated

from pydantic import Field

from ecslab.content.checks import Id, Text
from ecslab.content.documents import Document, read_yaml
from ecslab.content.files import PackFiles
from ecslab.content.problems import Flaw, PackProblem, nearest
from ecslab.content.validate import Many, Strict, validate

OBJECTIVES = "lessons/objectives.yaml"


class Module(Strict):
    id: Id
    title: Text


class Objective(Strict):
    id: Id
    module: Id
    title: Text
    weight: Annotated[float, Field(gt=0)] = 1
    """Its share in the readiness figure, relative to the others."""


class Objectives(Strict):
    modules: Many[Module] = ()
    objectives: Many[Objective] = ()


def load_objectives(files: PackFiles) -> tuple[Objectives, Document]:
    """The objectives of a pack, none if it lists none. Raises PackProblem with every flaw of the file."""
    document = Document(OBJECTIVES, {})
    if files.has(OBJECTIVES):
        document = read_yaml(files.text(OBJECTIVES), OBJECTIVES)
    if not isinstance(document.value, dict):
        raise PackProblem(
            [document.flaw((), "these are no objectives", "write `modules:` and `objectives:`")]
        )
    listed = validate(Objectives, document)
    flaws = [*_twice(listed, document), *_homeless(listed, document)]
    if flaws:
        raise PackProblem(flaws)
    return listed, document


def _twice(listed: Objectives, document: Document) -> list[Flaw]:
    flaws = []
    for key, entries in (("modules", listed.modules), ("objectives", listed.objectives)):
        ids = [entry.id for entry in entries]
        flaws += [
            document.flaw((key, place, "id"), f"the id {name!r} is here twice", "give each its own")
            for place, name in enumerate(ids)
            if name in ids[:place]
        ]
    return flaws


def _homeless(listed: Objectives, document: Document) -> list[Flaw]:
    names = [module.id for module in listed.modules]
    return [
        document.flaw(
            ("objectives", place, "module"), f"there is no module {one.module!r}", nearest(one.module, names)
        )
        for place, one in enumerate(listed.objectives)
        if one.module not in names
    ]
