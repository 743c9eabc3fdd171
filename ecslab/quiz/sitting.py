"""A row of questions being answered: present, choose, say how sure, see why, go on.

A state machine without a screen or a file. What was answered is handed to `record` before the reveal,
so that a screen cannot show a judgement that was not kept; everything else can be rebuilt from the
record (`Sitting(..., answered=...)`). Options are shuffled by the sitting's seed: the same sitting
shows the same order again after a crash, another sitting another one.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ecslab.progress.records import Answer, Confidence
from ecslab.quiz.items import Item, Type
from ecslab.quiz.judge import Judgement, Unreadable, judge
from ecslab.terms.problems import Problem

Runner = Callable[[Item, str], dict[str, Any]]
"""Runs the line typed for a command question; what it came to, as `judge.ran` has it."""


class Stage(StrEnum):
    PRESENT = "present"
    """The question is shown, an answer is wanted."""
    CONFIDENCE = "confidence"
    """An answer is held, not judged; how sure is the learner?"""
    REVEAL = "reveal"
    """Judged and recorded; the reasons are shown."""
    DONE = "done"


@dataclass(frozen=True)
class Score:
    right: int
    answered: int
    total: int
    credit: float
    calibration: dict[Confidence, tuple[int, int]] = field(default_factory=dict)
    """For each confidence: how many answers, how many of them right."""

    @property
    def share(self) -> float:
        return self.right / self.total if self.total else 0.0


class Sitting:
    """Questions, one after another.

    Args:
        items: in the order in which they are asked.
        seed: decides how options are shuffled.
        record: keeps an answer; called before the judgement is returned.
        answered: answers of this sitting from the record, to go on with it.
        number: of the sitting in the record.
        run: runs commands; without it they cannot be answered.
    """

    def __init__(
        self,
        items: Sequence[Item],
        *,
        seed: int = 0,
        record: Callable[[Answer], object] = lambda answer: None,
        answered: Sequence[Answer] = (),
        number: int | None = None,
        run: Runner | None = None,
    ) -> None:
        held = {answer.item: answer.variant for answer in answered if answer.variant is not None}
        self.items = tuple(item.variant(held.get(item.key, variant_seed(seed, item.key))) for item in items)
        self.seed = seed
        self.run = run
        self.number = number
        self._record = record
        keys = {item.key for item in self.items}
        self.answers: dict[str, Answer] = {a.item: a for a in answered if a.item in keys}
        self.judgement: Judgement | None = None
        """Of the item on the screen, once it is revealed."""
        self._held: Any = None
        self._current: Item | None = None
        self.stage = Stage.DONE
        self.next()

    @property
    def item(self) -> Item:
        """The question at hand; the last one when all are done."""
        return self._current or self.items[-1]

    @property
    def position(self) -> int:
        """Of the question at hand, from 1."""
        return self.items.index(self.item) + 1

    def choose(self, chosen: Any) -> None:
        """Hold an answer until the learner has said how sure they are.

        Raises:
            Unreadable: it is no answer to this question; the stage stays as it is.
        """
        self._must_be(Stage.PRESENT)
        if self.item.type is not Type.COMMAND:
            judge(self.item, chosen)
        elif not isinstance(chosen, str) or not chosen.strip():
            raise Unreadable("nothing was entered", "write the command")
        self._held = chosen
        self.stage = Stage.CONFIDENCE

    def reconsider(self) -> None:
        """Take a held answer back, before it is judged."""
        self._must_be(Stage.CONFIDENCE)
        self.stage = Stage.PRESENT

    def rate(self, confidence: Confidence | None) -> Judgement:
        """Say how sure; the answer is judged, recorded, and only then revealed.

        A command is run now, which may take seconds.

        Raises:
            Problem: it could not be run; nothing is recorded, and the stage stays as it is.
        """
        self._must_be(Stage.CONFIDENCE)
        chosen = self._held
        if self.item.type is Type.COMMAND:
            if self.run is None:
                raise Problem("commands cannot be run here", "answer it in `ecslab quiz`")
            chosen = self.run(self.item, chosen)
        judgement = judge(self.item, chosen)
        answer = Answer(
            item=self.item.key,
            hash=self.item.hash,
            chosen=chosen,
            right=judgement.right,
            credit=judgement.credit,
            confidence=confidence,
            objectives=self.item.objectives,
            sitting=self.number,
            variant=self.item.seed,
        )
        self._record(answer)
        self.answers[answer.item] = answer
        self.judgement = judgement
        self.stage = Stage.REVEAL
        return judgement

    def answer(self, chosen: Any, confidence: Confidence | None = None) -> Judgement:
        """Choose and rate in one."""
        self.choose(chosen)
        return self.rate(confidence)

    def next(self) -> Item | None:
        """Go on to the next question without an answer; None when there is none."""
        if self.stage not in (Stage.REVEAL, Stage.DONE):
            raise ValueError(f"a sitting cannot go on at the stage {self.stage.value}")
        self._current = next((item for item in self.items if item.key not in self.answers), None)
        self._held = self.judgement = None
        self.stage = Stage.PRESENT if self._current else Stage.DONE
        return self._current

    def score(self) -> Score:
        given = list(self.answers.values())
        calibration = {
            confidence: (len(same), sum(a.right for a in same))
            for confidence in Confidence
            if (same := [a for a in given if a.confidence is confidence])
        }
        return Score(
            sum(a.right for a in given),
            len(given),
            len(self.items),
            sum(a.credit for a in given),
            calibration,
        )

    def shown(self, item: Item | None = None) -> list[int]:
        """The order on the screen: of options, steps, or the right sides of a match."""
        return shuffled(item or self.item, self.seed)

    def _must_be(self, stage: Stage) -> None:
        if self.stage is not stage:
            raise ValueError(f"a sitting at the stage {self.stage.value} cannot do what {stage.value} does")


def variant_seed(seed: int, key: str) -> int:
    """Which variant of a generated question a sitting asks: its own for each question."""
    return random.Random(f"variant {seed} {key}").randrange(2**31)


def shuffled(item: Item, seed: int) -> list[int]:
    """Indices of what is shown, in the order in which it is shown. Steps never stand solved already."""
    count = len(item.options or item.steps or item.pairs)
    order = list(range(count))
    draw = random.Random(f"{seed} {item.key}")
    draw.shuffle(order)
    if item.type is Type.ORDERING and judge(item, order).right:
        order.reverse()
    return order
