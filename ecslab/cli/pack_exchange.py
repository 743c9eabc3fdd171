"""`ecslab pack export` and `pack import`: quizzes for other systems, and questions from other files."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from ecslab.terms.problems import Exit, Problem


def export(args: argparse.Namespace) -> int:
    from ecslab.classroom.exchange import FORMATS
    from ecslab.classroom.exchange import export as exported
    from ecslab.cli.pack_prove import chosen

    pack = chosen(args.dir)
    names = [args.quiz] if args.quiz else [quiz.id for quiz in pack.quizzes()]
    if not names:
        raise Problem("the pack has no quiz", "write quizzes/<id>.yaml", status=Exit.USAGE)
    rows: list[dict[str, Any]] = []
    for name in names:
        made = exported(pack, name, args.to)
        path = Path(args.out) / f"{name}{FORMATS[args.to].suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made.content)
        left_out = [{"item": each.item, "why": each.why} for each in made.left_out]
        rows.append({"path": str(path), "quiz": name, "questions": made.count, "left_out": left_out})
    if args.json:
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return Exit.GOOD
    for row in rows:
        print(f"{row['path']}: {row['questions']} questions")
        for each in row["left_out"]:
            print(f"    left out: {each['item']}: {each['why']}")
    return Exit.GOOD


def import_(args: argparse.Namespace) -> int:
    from ecslab.classroom.exchange import Defaults, quiz_text
    from ecslab.cli.pack_prove import chosen
    from ecslab.content.packs import builtin

    quiz_id = args.id or args.file.stem.lower()
    defaults = Defaults(args.title, tuple(args.objective), args.source)
    text, count = quiz_text(args.file, quiz_id, defaults)
    if args.stdout:
        print(text, end="")
        return Exit.GOOD
    pack = chosen(args.dir)
    if pack.root == builtin().root:
        raise Problem(
            "the built-in pack is not yours to change", "name a pack's directory", status=Exit.USAGE
        )
    path = pack.root / "quizzes" / f"{quiz_id}.yaml"
    if path.exists() and not args.replace:
        raise Problem(f"{path} is there already", "choose another --id, or --replace it", status=Exit.USAGE)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    here = Path.cwd()
    print(f"{path.relative_to(here) if path.is_relative_to(here) else path}: {count} questions")
    print("`ecslab pack lint` says what could be better.", file=sys.stderr)
    return Exit.GOOD
