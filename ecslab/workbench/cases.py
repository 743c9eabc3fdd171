"""What a pack has to prove, as small independent cases, and what came of each. It runs nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ecslab.content.labs import Lab
from ecslab.content.packs import DRILL, FAULTS, Pack
from ecslab.workbench.item_proof import promise, runs_code

Verdict = Literal["pass", "fail", "skipped"]
Kind = Literal["before", "cli", "boto3", "mistake", "questions", "item", "drill"]


@dataclass(frozen=True)
class Case:
    """One thing to prove, in a world of its own."""

    root: str
    """The pack's directory."""
    subject: str
    """A lab's id, or `quizzes/ID`, `lessons/ID`, `drill/FAULT`."""
    kind: Kind
    name: str
    seed: int = 0
    index: int = 0
    """Which mistake, which item of a quiz, or which world of a fault."""
    runs_code: bool = False

    @property
    def title(self) -> str:
        return f"{self.name}, seed {self.seed}" if self.seed else self.name


@dataclass(frozen=True)
class Outcome:
    case: Case
    verdict: Verdict
    problems: tuple[str, ...] = ()
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        case = self.case
        return {
            "subject": case.subject, "case": case.name, "seed": case.seed, "verdict": self.verdict,
            "problems": list(self.problems), "seconds": round(self.seconds, 2),
        }  # fmt: skip


def cases_of(pack: Pack, *, lab: str | None, seeds: int, drills: bool = False) -> list[Case]:
    """Everything there is to prove, drills when they are asked for; of one lab only when it is named. Raises PackProblem."""
    labs = [pack.lab(name, 1) for name in ([lab] if lab else pack.lab_ids)]
    found = [case for one in labs for seed in range(1, seeds + 1) for case in _lab_cases(pack, one, seed)]
    if drills:
        found += [case for seed in range(1, seeds + 1) for case in _drill_cases(pack, seed)]
    if lab is None:
        found += _question_cases(pack)
    return found


def _lab_cases(pack: Pack, lab: Lab, seed: int) -> Iterator[Case]:
    root = str(pack.root)
    yield Case(root, lab.id, "before", "nothing is reached before", seed)
    if lab.solution.cli:
        yield Case(root, lab.id, "cli", "the solution by CLI passes", seed, runs_code=True)
    if lab.solution.boto3:
        yield Case(root, lab.id, "boto3", "the solution by boto3 passes", seed, runs_code=True)
    for index, mistake in enumerate(lab.mistakes):
        yield Case(root, lab.id, "mistake", f"mistake: {mistake.name}", seed, index, runs_code=True)


def _drill_cases(pack: Pack, seed: int) -> Iterator[Case]:
    for fault in pack.faults():
        for index, world in enumerate(fault.worlds):
            name = f"breaks {world}, and both solutions repair it"
            yield Case(str(pack.root), f"{DRILL}{fault.id}", "drill", name, seed, index, runs_code=True)


def _question_cases(pack: Pack) -> Iterator[Case]:
    root = str(pack.root)
    for quiz in pack.quizzes():
        subject = f"quizzes/{quiz.id}"
        yield Case(root, subject, "questions", "exactly the right answers are right")
        for index, item in enumerate(pack.quiz(quiz.id).items):
            if name := promise(item):
                yield Case(root, subject, "item", name, index=index, runs_code=runs_code(item))
    for lesson in pack.lessons():
        yield Case(root, f"lessons/{lesson.id}", "questions", "exactly the right answers are right")


def item_scripts(pack: Pack) -> list[str]:
    """The shell lines that proving the questions of a pack runs."""
    return [
        f"quizzes/{quiz.id}.yaml: the shell lines of the question {item.id!r}"
        for quiz in pack.quizzes()
        for item in pack.quiz(quiz.id).items
        if runs_code(item)
    ]


def drill_scripts(pack: Pack) -> list[str]:
    """The code of a pack that proving its drills runs."""
    named = ((fault, pack.fault(fault).solution) for fault in pack.fault_ids)
    return [
        f"{FAULTS}/{fault}/{name}"
        for fault, solution in named
        for name in (solution.cli, solution.boto3)
        if name
    ]


def scripts(pack: Pack, labs: Sequence[str]) -> list[str]:
    """The code of a pack that proving its labs runs, named for whoever has to decide."""
    named: list[str] = []
    for lab in (pack.lab(name, 1) for name in labs):
        folder = f"labs/{lab.id}"
        named += [f"{folder}/{name}" for name in (lab.solution.cli, lab.solution.boto3) if name]
        for mistake in lab.mistakes:
            if mistake.cli:
                count = len(mistake.cli)
                plural = "s" if count > 1 else ""
                named.append(
                    f"{folder}/lab.yaml: {count} shell command{plural} of the mistake “{mistake.name}”"
                )
            if mistake.boto3:
                named.append(f"{folder}/{mistake.boto3}")
    return named
