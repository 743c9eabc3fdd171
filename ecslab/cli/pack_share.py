"""`ecslab pack build`, `install`, `list` and `remove`: packs from hand to hand. Nothing of a pack is run."""

import argparse
import json
from pathlib import Path
from typing import Any

from ecslab.terms.problems import Exit, Problem


def build(args: argparse.Namespace) -> int:
    from ecslab.cli.pack_prove import chosen
    from ecslab.workbench import sharing

    built = sharing.build(chosen(args.dir), Path(args.out))
    if args.json:
        return _json({"path": str(built.path), "sha256": built.sha256, "size": built.size})
    print(f"{built.path}  ({built.size / 1000:.0f} kB)\nsha256 {built.sha256}")
    return Exit.GOOD


def install(args: argparse.Namespace) -> int:
    from ecslab.workbench import sharing
    from ecslab.workbench.sources import located

    with located(args.source) as source:
        done = sharing.install(source)
    pack = done.pack
    if args.json:
        return _json({**_row(pack), "before": done.before, "changed": list(done.changed)})
    print(f"Installed {pack.name} {pack.manifest.version}: {pack.manifest.title}")
    if done.before:
        kept = "all else is as it was, and so is what was learned of it"
        changed = (
            f"new or changed: {', '.join(done.changed)}; {kept}" if done.changed else "nothing has changed"
        )
        print(f"It takes the place of {done.before}: {changed}.")
    for lab in pack.labs():
        print(f"    ecslab lab start {lab.id}")
    return Exit.GOOD


def list_packs(args: argparse.Namespace) -> int:
    from ecslab.content.packs import known

    rows = [_row(pack) for pack in known()]
    if args.json:
        return _json(rows)
    for row in rows:
        print(f"{row['name']:<24} {row['version']:<10} {row['path']}")
    return Exit.GOOD


def remove(args: argparse.Namespace) -> int:
    from ecslab.content import installed
    from ecslab.content.packs import builtin

    if args.name == builtin().name:
        raise Problem("the built-in pack cannot be removed", "it comes with ecslab", status=Exit.USAGE)
    installed.remove(args.name)
    if args.json:
        return _json({"removed": args.name})
    print(f"Removed {args.name}. What was learned with it stays.")
    return Exit.GOOD


def _row(pack: Any) -> dict[str, str]:
    """A pack whose manifest cannot be read is listed too, so that it can be removed."""
    try:
        return {"name": pack.name, "version": pack.manifest.version, "path": str(pack.root)}
    except Problem:
        return {"name": pack.root.name, "version": "broken", "path": str(pack.root)}


def _json(value: Any) -> int:
    print(json.dumps(value, indent=1))
    return Exit.GOOD
