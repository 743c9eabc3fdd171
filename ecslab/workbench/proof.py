"""Proves one case of a lab in a session of it: real sandbox, real `aws`, real Python.

A case gives the problems that it found, none when the lab keeps its promise. Playing the scripts is
`ecslab.lab.rehearsal`'s business; whether they may be played was decided before.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from ecslab.content.checks import Check, Part, with_dependents
from ecslab.content.expectations import compares_with_the_beginning
from ecslab.content.labs import Mistake
from ecslab.content.packs import DRILL, Pack, builtin
from ecslab.grading.judge import Verdict
from ecslab.lab import rehearsal
from ecslab.lab.session import Session
from ecslab.sandbox.problems import SandboxProblem
from ecslab.sandbox.warm import Warm, last_line
from ecslab.terms.problems import Problem
from ecslab.workbench import drill_proof
from ecslab.workbench.attempts import attempt
from ecslab.workbench.cases import Case
from ecslab.workbench.item_proof import item_proof
from ecslab.workbench.outcomes import outcome_problems
from ecslab.workbench.questions import lesson_problems, quiz_problems

MOST_UNDONE = 500
"""Commands of a solution that are taken back one by one."""
CONFLICT = 409
"""What a sandbox answers when there is nothing to undo."""

Standing = dict[str, str]


def prove(case: Case, pack: Pack, warm: Warm) -> list[str]:
    """The problems that the case found.

    Raises:
        Problem: it could not be played at all.
    """
    if case.kind == "questions":
        folder, _, name = case.subject.partition("/")
        return quiz_problems(pack, name) if folder == "quizzes" else lesson_problems(pack, name)
    if case.kind == "item":
        quiz = pack.quiz(case.subject.partition("/")[2])
        return list(item_proof(quiz.items[case.index], quiz.id, warm))
    if case.kind == "drill":
        fault = pack.fault(case.subject.removeprefix(DRILL), case.seed)
        return drill_proof.prove(pack, fault.id, fault.worlds[case.index], case.seed, warm)
    own = None if pack.root == builtin().root else pack
    with attempt(case.subject, seed=case.seed, pack=own, warm=warm) as session:
        if case.kind == "mistake":
            return list(_mistake(session, session.lab.mistakes[case.index]))
        return list(_PROOFS[case.kind](session))


# --- before ------------------------------------------------------------------------------------------


def may_pass_before(check: Check) -> bool:
    """Goals that hold from the start: extras, and those that ask that something stays as it is."""
    if check.optional:
        return True
    found = [_stays(part) for part in check.parts]
    return any(found) if check.any else all(found)


def _stays(part: Part) -> bool:
    """It asks that something stays as it is, or that something is not done."""
    if part.state is not None:
        return bool(part.state.save) or compares_with_the_beginning(part.state)
    if part.file is not None:
        return compares_with_the_beginning(part.file)
    if part.http is not None:
        return part.http.status is None
    if part.called is not None and part.called.count is not None:
        return "at_least" not in part.called.count.conditions
    return part.allowed is not None and not part.allowed.is_


def _before(session: Session) -> Iterator[str]:
    checks = {check.id: check for check in session.lab.checks}
    verdicts = session.verdicts(run=True)
    for verdict in verdicts:
        if verdict.passed and not may_pass_before(checks[verdict.id]):
            yield f"the goal {verdict.id!r} is reached before anything is done"
        if verdict.fault:
            yield f"the goal {verdict.id!r}: {verdict.message}"
    if session.score(verdicts).passed:
        yield "the lab is solved before anything is done"
    yield from _hints(session)


def _hints(session: Session) -> Iterator[str]:
    ladder = session.hints
    for number in range(1, len(ladder.all) + 1):
        hint = session.take_hint()
        if hint.number != number or not hint.text.strip():
            yield f"hint {number} cannot be reached"
    cost = sum(hint.cost for hint in ladder.all)
    if cost > 100:
        yield f"all hints together cost {cost} percent of the points"


# --- solutions ---------------------------------------------------------------------------------------


def _by_cli(session: Session) -> Iterator[str]:
    """Solved, taken back, solved again, found again after a restart, reset."""
    before = _standing(session.verdicts())
    yield from _solved(session, rehearsal.solve_by_cli, "the solution by CLI")
    _undo_everything(session)
    yield from _restored(session, before, "after all of the solution was undone")
    yield from _solved(session, rehearsal.solve_by_cli, "the solution by CLI, on the undone world")
    after = _standing(session.verdicts())
    session.sandbox.stop()
    session.revive()
    yield from _differences(after, _standing(session.verdicts()), "after the journal was replayed")
    session.reset()
    yield from _restored(session, before, "after the reset")


def _by_boto3(session: Session) -> Iterator[str]:
    yield from _solved(session, rehearsal.solve_by_boto3, "the solution by boto3")


def _solved(session: Session, solve: Callable[[Session], None], what: str) -> Iterator[str]:
    solve(session)
    rehearsal.settle(session)
    for verdict in session.verdicts(run=True):
        if not verdict.passed:
            yield f"{what} does not reach {verdict.id!r}: {verdict.verdict}, {verdict.message or verdict.actual}"
    if broken := session.sandbox.health().get("exceptions"):
        yield f"{what} met {broken} errors inside the mock AWS, the last: {last_line(session.directory / 'log')}"


def _undo_everything(session: Session) -> None:
    for _ in range(MOST_UNDONE):
        try:
            session.undo()
        except SandboxProblem as problem:
            if problem.code == CONFLICT:
                return
            raise
    raise Problem(f"undo takes something back {MOST_UNDONE} times and never ends")


def _restored(session: Session, before: Standing, when: str) -> Iterator[str]:
    """The same verdicts as at the beginning, but for windows, which need time to fill, and for files and answers,
    which are the learner's and stay."""
    windows = {check.id for check in session.lab.checks if check.for_}
    kept = _after_what_stays(session.lab.checks)
    now = _standing(session.verdicts())
    settled = {
        name: verdict
        for name, verdict in now.items()
        if name not in kept and (name not in windows or verdict == "pass")
    }
    yield from _differences({name: before[name] for name in settled}, settled, when)


def _after_what_stays(checks: Sequence[Check]) -> set[str]:
    """The checks that look at files and answers or run a program, and those that wait for them."""
    stays = {c.id for c in checks if c.looks_at("file") or c.looks_at("answer") or c.program}
    return with_dependents(checks, stays)


def _differences(wanted: Standing, found: Standing, when: str) -> Iterator[str]:
    for name, verdict in found.items():
        if wanted[name] != verdict:
            yield f"{when} the goal {name!r} is {verdict}, and was {wanted[name]}"


def _standing(verdicts: list[Verdict]) -> Standing:
    return {verdict.id: verdict.verdict for verdict in verdicts}


# --- mistakes ----------------------------------------------------------------------------------------


def _mistake(session: Session, mistake: Mistake) -> Iterator[str]:
    rehearsal.make(session, mistake)
    named = _with_needs(mistake.expect, session.lab.checks)
    yield from outcome_problems(mistake.expect, session.verdicts(run=named), session.lab.checks)


def _with_needs(names: Iterable[str], checks: Sequence[Check]) -> set[str]:
    """The checks with these names, and those that they wait for."""
    needs = {check.id: set(check.needs) for check in checks}
    found = set(names)
    while more := {name for wanted in found for name in needs.get(wanted, ())} - found:
        found |= more
    return found


_PROOFS: dict[str, Callable[[Session], Iterator[str]]] = {
    "before": _before,
    "cli": _by_cli,
    "boto3": _by_boto3,
}
