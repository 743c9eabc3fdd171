"""From a pack to the one document that a sandbox plays.

Pure data in, pure data out: the same pack, id and seed always give the same document.
"""

import json
import sys
from typing import Any

from ecslab.content.calls import CallError
from ecslab.content.checks import Case
from ecslab.content.labs import Lab, Loaded
from ecslab.content.packs import Pack, builtin
from ecslab.content.probes import faults, probes_in, probes_of
from ecslab.content.problems import one
from ecslab.content.quiz_parts import QUIZZES, Cause
from ecslab.content.quizzes import Item
from ecslab.content.worlds import Built, build_lab_world
from ecslab.terms.problems import Problem

FORMAT = 1
REGION = "us-east-1"
ACCOUNT = "123456789012"

WorldDocument = dict[str, Any]


def resolve_world(pack: Pack, world_id: str, seed: int = 1) -> WorldDocument:
    """A world of the pack on its own, as a playground. Raises PackProblem."""
    return _document(pack.world(world_id), seed, [])


def resolve_lab(pack: Pack, lab_id: str, seed: int = 1) -> tuple[Lab, WorldDocument]:
    """A lab with its variables drawn, and the world it is played in. Raises PackProblem."""
    loaded = pack.loaded_lab(lab_id, seed)
    probes = probes_of(loaded.lab, loaded.document)
    built = build_lab_world(pack.files, loaded.folder, loaded.lab.world, loaded.lab.vars, loaded.document)
    built.id, built.title = loaded.lab.id, loaded.lab.title
    return loaded.lab, _document(built, seed, probes)


def resolve_case(pack: Pack, loaded: Loaded, case: Case, seed: int) -> WorldDocument:
    """The world in which a check runs the learner's program: the lab's with what the case says. Raises PackProblem."""
    own = case.world.model_dump(exclude_unset=True) if case.world else {}
    changed = {name: getattr(case.world, name) for name in own}
    world = loaded.lab.world.model_copy(update=changed)
    world = world.model_copy(
        update={"then": (*world.then, *case.then)} | ({} if case.settle is None else {"settle": case.settle})
    )
    drawn = {**loaded.lab.vars, **case.vars}
    built = build_lab_world(pack.files, loaded.folder, world, drawn, loaded.document)
    built.id, built.title = f"{loaded.lab.id}-case", loaded.lab.title
    return _document(built, seed, [])


def resolve_item(
    item: Item, *, proof: bool = False, cause: Cause | None = None, seed: int = 1
) -> WorldDocument:
    """The world of a question: of its command or evidence, of one of its causes, or of its proof.

    Raises PackProblem.
    """
    place = item.place
    if place is None:
        raise Problem(f"the question {item.id!r} stands in no quiz file", "move it into one")
    part: Any = item.proof if proof else item
    world = part.world
    if cause is not None:
        then = {"then": (*world.then, *cause.then)}
        world = world.model_copy(update=then | ({} if cause.settle is None else {"settle": cause.settle}))
    built = build_lab_world(place.files, QUIZZES, world, {}, place.document)
    built.id = built.title = f"{place.quiz}/{item.id}"
    return _document(built, seed, probes_in(part.checks, (), place.document, place.at))


def _document(built: Built, seed: int, probes: list[dict[str, Any]]) -> WorldDocument:
    try:
        then = faults(built.then)
    except CallError as error:
        raise one(f"the world {built.id}", f"`then`: {error.what}", error.todo) from None
    document = {
        "format": FORMAT,
        "id": built.id,
        "title": built.title,
        "seed": seed,
        "region": REGION,
        "account": ACCOUNT,
        "any_key": built.any_key,
        "allowance": built.allowance,
        "template": built.template,
        "images": built.images,
        "repositories": built.repositories,
        "then": then,
        "settle": built.settle,
        "traffic": built.traffic,
        "probes": probes,
    }
    optional = {"before": built.before, "hooks": built.hooks, "enforce_iam": built.enforce_iam}
    return document | {key: value for key, value in optional.items() if value}


def main(arguments: list[str]) -> int:
    """`python -m ecslab.content.resolve WORLD-OR-LAB [SEED]` prints the document."""
    name = arguments[0] if arguments else "playground"
    seed = int(arguments[1]) if len(arguments) > 1 else 1
    pack = builtin()
    try:
        document = (
            resolve_lab(pack, name, seed)[1] if name in pack.lab_ids else resolve_world(pack, name, seed)
        )
    except Problem as problem:
        print(problem, file=sys.stderr)
        return problem.status
    print(json.dumps(document, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
