"""Whether checks gave what an author promised for a mistake: the verdict, and the message of the feedback."""

from collections.abc import Iterator, Mapping, Sequence

from ecslab.content.checks import Check
from ecslab.content.labs import Fails
from ecslab.grading.judge import Verdict


def outcome_problems(
    expect: Mapping[str, str | Fails], verdicts: Sequence[Verdict], checks: Sequence[Check]
) -> Iterator[str]:
    """Where the verdicts are not those that were promised."""
    found = {verdict.id: verdict for verdict in verdicts}
    for name, outcome in expect.items():
        verdict = found[name]
        wanted = outcome if isinstance(outcome, str) else "fail"
        if verdict.verdict != wanted:
            yield f"the goal {name!r} is {verdict.verdict}, and should be {wanted}: {verdict.message}"
        elif isinstance(outcome, Fails) and isinstance(outcome.fail, str):
            yield from _message(verdict, outcome.fail, checks)


def _message(verdict: Verdict, wanted: str, checks: Sequence[Check]) -> Iterator[str]:
    if verdict.mistake != wanted:
        shown = f"the feedback {verdict.mistake!r}" if verdict.mistake else "no feedback"
        yield f"the goal {verdict.id!r} shows {shown}, and should show {wanted!r}: {verdict.message}"
        return
    check = next(check for check in checks if check.id == verdict.id)
    feedback = next(feedback for feedback in check.feedback if feedback.id == wanted)
    if not verdict.message.endswith(" ".join(feedback.say.split())):  # a case's name may stand before it
        yield f"the goal {verdict.id!r} says {verdict.message!r}, and not what {wanted!r} says"
