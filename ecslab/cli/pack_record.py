"""`ecslab pack record`: the evidence of diagnose questions, as their worlds show it."""

import argparse
import json
from itertools import count
from typing import TYPE_CHECKING

from ecslab.terms.problems import Exit, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecslab.cli.waiting import Waiting
    from ecslab.content.quizzes import Item


def record(args: argparse.Namespace) -> int:
    from ecslab.cli.pack_prove import chosen
    from ecslab.cli.waiting import Waiting
    from ecslab.sandbox.warm import Warm
    from ecslab.workbench import recording

    pack = chosen(args.dir)
    quizzes = [q for q in recording.quizzes_with_evidence(pack) if args.quiz in (None, q.id)]
    if args.quiz is not None and not quizzes:
        pack.quiz(args.quiz)
        raise Problem(f"the quiz {args.quiz} has no evidence to record", "name another", status=Exit.USAGE)
    warm, written = Warm(), []
    try:
        for quiz in quizzes:
            with Waiting(f"recording {quiz.id}", sum(bool(item.evidence) for item in quiz.items)) as line:
                path = recording.record(pack, quiz, warm, _telling(line))
            written.append(path)
            if not args.json:
                print(path)
    finally:
        warm.close()
    if args.json:
        print(json.dumps([str(path) for path in written], indent=1))
    elif not written:
        print("No question of this pack shows evidence.")
    return Exit.GOOD


def _telling(line: "Waiting") -> "Callable[[Item], None]":
    """Says which question is being recorded, and how many were."""
    number = count()
    return lambda item: line.say(f"recording {item.id}", done=next(number))
