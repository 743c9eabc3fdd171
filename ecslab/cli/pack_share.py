"""`ecslab pack build`, `install`, `list` and `remove`: packs from hand to hand. Nothing of a pack is run."""

import argparse
import json

from ecslab.terms.problems import Exit


def list_packs(args: argparse.Namespace) -> int:
    from ecslab.content.packs import known

    rows = [{"name": pack.name, "version": pack.manifest.version, "path": str(pack.root)} for pack in known()]
    if args.json:
        print(json.dumps(rows, indent=1))
    else:
        for row in rows:
            print(f"{row['name']:<24} {row['version']:<10} {row['path']}")
    return Exit.GOOD
