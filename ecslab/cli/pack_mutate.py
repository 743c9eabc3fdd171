"""`ecslab pack mutate`: which slips in a solution no check notices."""

import argparse
import json

from ecslab.terms.problems import Exit, Problem

ENOUGH = 0.95
"""The share of mutants that a good lab's checks notice."""


def mutate(args: argparse.Namespace) -> int:
    from ecslab.cli.pack_prove import chosen, may_run
    from ecslab.cli.waiting import Waiting
    from ecslab.workbench.mutation import Lab, as_json
    from ecslab.workbench.mutation import mutate as fates_of

    pack = chosen(args.dir)
    names = [pack.lab(args.lab, args.seed).id] if args.lab else pack.lab_ids
    if not names:
        raise Problem("the pack has no lab", "write labs/<id>/lab.yaml", status=Exit.USAGE)
    if not may_run(pack, names, args.run_code):
        raise Problem("the solutions have to run once", "read them, then add --run-code", status=Exit.USAGE)
    labs = [Lab(str(pack.root), name, args.seed) for name in names]
    with Waiting("playing the solutions") as line:
        fates = fates_of(
            labs, tell=lambda done, total: line.say("playing altered solutions", done=done, total=total)
        )
    found = as_json(fates)
    if args.json:
        print(json.dumps(found, indent=1))
    else:
        for missed in found["missed"]:
            print(f"no check of {missed['lab']} notices: {missed['change']}")
        for one in found["harmless"]:
            print(f"harmless in {one['lab']}: {one['change']}\n    {one['why']}")
        same = f"{found['equivalent']} change nothing, {found['refused']} are refused by AWS"
        print(f"{found['caught']} of {found['total']} altered solutions are caught; {same}")
    return Exit.GOOD if found["caught"] >= ENOUGH * found["total"] else Exit.NEGATIVE
