"""Is the interval worth what it says? Over 500 simulated learners it must hold the truth 75 to 85 % of the time.

The learners are not drawn from the estimate's own assumptions:

- A course of 23 objectives with weights 1 to 4 and 12 questions each; a lab for every second objective.
- A learner has a talent (uniform, not bell-shaped), has gone through some share of the course, and reads
  most, not all, of what lies behind. Knowledge of an objective depends on reading, talent and a chance of
  its own with heavy tails. It is the chance of answering a new question about it rightly, guesses included.
- Of the objectives behind, some questions were answered in the last six weeks, and reviewed when they
  were due, or not. Memory is FSRS's own curve, but each learner's fades faster or slower than it assumes.
- A missed question is explained; half of the time that sticks, and for a while only.
- A lab is played until its goals are reached: what was not known costs some hints, and is better known afterwards.

The truth is the chance of a right answer today, question by question, over the whole pool; the exam is
50 questions drawn from it by weight.
"""

import math
import random
from datetime import UTC, datetime, timedelta

import pytest

from ecslab.progress.readiness import (
    CORRECTED,
    Assessment,
    Evidence,
    Observation,
    scaled,
)
from ecslab.progress.review import Rating, recall, schedule

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WEIGHTS = {f"o{n}": float(1 + n * 7 % 4) for n in range(23)}
POOL = 12
LEARNERS = 500


def chance(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


class Learner:
    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.fading = draw.lognormvariate(0, 0.4)
        self.evidence: dict[str, Evidence] = {}
        self.truth: dict[str, list[float]] = {}
        talent, behind = draw.uniform(-1.7, 1.7), draw.random()
        for place, name in enumerate(WEIGHTS):
            studied = place < behind * len(WEIGHTS)
            read = draw.choice((1.0, 1.0, 1.0, 0.5, 0.0)) if studied else 0.0
            own = draw.choice((-1, 1)) * draw.expovariate(1 / 0.55)
            self.study(name, chance(-1.4 + 1.4 * read + talent + own), read, studied, lab=place % 2 == 0)

    def study(self, name: str, knows: float, read: float, studied: bool, *, lab: bool) -> None:
        done = 0.0
        if studied and lab and self.draw.random() < 0.6:
            done = 1 - sum(self.draw.random() > knows for _ in range(6)) * 0.1
            knows = chance(math.log(knows / (1 - knows)) + self.draw.uniform(0.0, 1.0))
        answered = self.draw.randrange(POOL + 1) if studied else 0
        tried = [self.question(knows) for _ in range(answered)]
        observations = [Observation(float(first)) for first, _, _ in tried]
        self.evidence[name] = Evidence(
            read, observations, [Observation(seen) for _, seen, _ in tried], POOL, done
        )
        self.truth[name] = [true for _, _, true in tried] + [knows] * (POOL - answered)

    def question(self, knows: float) -> tuple[bool, float, float]:
        """The first answer, what the record says of the question today, and how it really is."""
        at = NOW - timedelta(days=self.draw.uniform(0, 42))
        first = right = self.draw.random() < knows
        state, due = schedule(None, "q", Rating.GOOD if right else Rating.AGAIN, at)
        while due < NOW and self.draw.random() < 0.7:
            at = due + timedelta(hours=self.draw.uniform(0, 48))
            if at > NOW:
                break
            remembers = self.remembers(state, at) if right else 0.5
            right = self.draw.random() < remembers
            state, due = schedule(state, "q", Rating.GOOD if right else Rating.AGAIN, at)
        if right:
            return first, recall(state, NOW), self.remembers(state, NOW)
        return first, CORRECTED, max(0.2, 0.5 * 0.9 ** ((NOW - at) / timedelta(days=1)))

    def remembers(self, state: str, at: datetime) -> float:
        """FSRS's chance, for a memory that fades at this learner's own pace; a guess is always left."""
        return max(0.2, recall(state, at) ** self.fading)

    def share(self) -> float:
        total = sum(WEIGHTS.values())
        return sum(WEIGHTS[name] / total * sum(true) / POOL for name, true in self.truth.items())

    def exam(self) -> int:
        names = self.draw.choices(list(WEIGHTS), list(WEIGHTS.values()), k=50)
        right = sum(self.draw.random() < self.draw.choice(self.truth[name]) for name in names)
        return scaled(right / 50)


@pytest.mark.slow
def test_the_intervals_hold_the_truth_four_times_in_five():
    draw = random.Random(20261123)
    whole = exam = parts = 0
    for _ in range(LEARNERS):
        learner = Learner(draw)
        found = Assessment(learner.evidence, WEIGHTS)
        ready, predicted = found.over(), found.exam()
        whole += ready.low <= learner.share() <= ready.high
        exam += predicted.low <= learner.exam() <= predicted.high
        name = draw.choice(list(WEIGHTS))
        part = found.objective(name)
        parts += part.low <= sum(learner.truth[name]) / POOL <= part.high
    assert 0.75 <= whole / LEARNERS <= 0.85
    assert 0.75 <= exam / LEARNERS <= 0.85
    assert 0.75 <= parts / LEARNERS <= 0.93, "single objectives err on the side of caution"
