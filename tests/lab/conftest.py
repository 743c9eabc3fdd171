"""Labs in a data directory of their own, with a warm starter so that an attempt begins in a moment."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ecslab.content.labs import Mistake
from ecslab.grading.judge import Verdict
from ecslab.lab import rehearsal
from ecslab.lab.session import Session
from ecslab.sandbox.warm import Warm
from ecslab.workbench.outcomes import outcome_problems

SEED = 3
Begin = Callable[..., Session]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The learner's data, for the tests of one file."""
    with pytest.MonkeyPatch.context() as patch:
        directory = tmp_path_factory.mktemp("home")
        patch.setenv("ECSLAB_HOME", str(directory))
        patch.delenv("ECSLAB_SESSION", raising=False)
        yield directory


@pytest.fixture(scope="module")
def warm(home: Path) -> Iterator[Warm]:
    with Warm() as kept:
        yield kept


@pytest.fixture
def begin(warm: Warm) -> Iterator[Begin]:
    """Begins a lab anew, attached: `begin("fix-alb-502")`."""
    sessions: list[Session] = []

    def start(lab: str, seed: int = SEED) -> Session:
        session = Session.start(lab, seed=seed, fresh=True, warm=warm)
        session.hold()
        sessions.append(session)
        return session

    yield start
    for session in sessions:
        session.stop()


class Proof:
    """What a lab promises, asked of a session."""

    def by_id(self, session: Session) -> dict[str, Verdict]:
        return {verdict.id: verdict for verdict in session.verdicts(run=True)}

    def solved(self, session: Session) -> None:
        """Every goal is reached, and nothing went wrong inside the mock AWS."""
        verdicts = self.by_id(session)
        assert {name: verdict.verdict for name, verdict in verdicts.items()} == dict.fromkeys(
            verdicts, "pass"
        )
        assert session.score(list(verdicts.values())).passed
        assert session.sandbox.health()["exceptions"] == 0

    def unsolved(self, session: Session) -> None:
        """No goal is reached but those that say that something must stay as it is."""
        score = session.score(session.verdicts(run=True))
        assert not score.passed
        assert score.points <= score.max / 10

    def mistake(self, session: Session, mistake: Mistake) -> None:
        """Making the mistake gives exactly the verdicts and messages that the lab promises."""
        rehearsal.make(session, mistake)
        verdicts = self.by_id(session)
        assert list(outcome_problems(mistake.expect, list(verdicts.values()), session.lab.checks)) == []
        for name, outcome in mistake.expect.items():
            if not isinstance(outcome, str) and outcome.fail is not True:
                self.message(session, verdicts[name])

    def message(self, session: Session, verdict: Verdict) -> None:
        """A failure says what is wrong, where to look and why, in the words written for this mistake."""
        check = next(check for check in session.lab.checks if check.id == verdict.id)
        feedback = next(feedback for feedback in check.feedback if feedback.id == verdict.mistake)
        assert verdict.message.endswith(" ".join(feedback.say.split()))
        assert len(verdict.message) <= 200
        assert verdict.look
        assert verdict.why


@pytest.fixture
def proof() -> Proof:
    return Proof()
