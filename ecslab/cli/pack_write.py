"""`ecslab pack new` and `schema`: what helps while a pack is being written."""

import argparse
import json
from pathlib import Path

from ecslab.terms.problems import Exit, Problem


def new(args: argparse.Namespace) -> int:
    from ecslab.workbench.scaffold import create

    made = create(Path(args.dir), args.name)
    print(f"Made {made}: a lesson, a quiz and a lab that works. Change them, and ask:")
    print(f"    ecslab pack lint {args.dir}")
    print(f"    ecslab pack test {args.dir} --run-code")
    print(f"    ecslab pack preview {args.dir}")
    return Exit.GOOD


def schema(args: argparse.Namespace) -> int:
    from ecslab.content import schema_json
    from ecslab.content.problems import nearest

    if args.kind is not None and args.kind not in schema_json.KINDS:
        todo = nearest(args.kind, list(schema_json.KINDS))
        raise Problem(f"no file of a pack is of the kind {args.kind!r}", todo, status=Exit.USAGE)
    if args.out is None:
        found = schema_json.schema(args.kind) if args.kind else schema_json.schemas()
        print(json.dumps(found, indent=1))
        return Exit.GOOD
    folder = Path(args.out)
    folder.mkdir(parents=True, exist_ok=True)
    for kind in [args.kind] if args.kind else schema_json.KINDS:
        path = folder / f"{kind}.json"
        path.write_text(json.dumps(schema_json.schema(kind), indent=1) + "\n", encoding="utf-8")
        print(path)
    return Exit.GOOD
