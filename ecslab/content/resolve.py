"""From a pack to the one document that a sandbox plays.

Pure data in, pure data out: the same pack, id and seed always give the same document.
"""

import json
import sys
from typing import Any

from ecslab.content.packs import Pack, builtin
from ecslab.content.worlds import Built, build_world
from ecslab.terms.problems import Problem

FORMAT = 1
REGION = "us-east-1"
ACCOUNT = "123456789012"

Document = dict[str, Any]


def resolve_world(pack: Pack, world_id: str, seed: int = 1) -> Document:
    """A world of the pack on its own, as a playground. Raises PackProblem."""
    return _document(build_world(pack.files, world_id, {}), seed)


def _document(built: Built, seed: int) -> Document:
    return {
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
        "then": built.then,
        "settle": built.settle,
        "traffic": built.traffic,
        "probes": [],
    }


def main(arguments: list[str]) -> int:
    """`python -m ecslab.content.resolve WORLD [SEED]` prints the document."""
    try:
        document = resolve_world(builtin(), arguments[0] if arguments else "playground", int((arguments[1:] or [1])[0]))
    except Problem as problem:
        print(problem, file=sys.stderr)
        return problem.status
    print(json.dumps(document, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
