"""What the threads of the quiz screen tell it: one message a fact, in the past tense."""

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from ecslab.quiz.sitting import Sitting


class SittingBegun(Message):
    """There are questions to answer, or none (`sitting` is None)."""

    def __init__(self, title: str, sitting: "Sitting | None") -> None:
        super().__init__()
        self.title = title
        self.sitting = sitting


class AnswerKept(Message):
    """An answer is on disk and judged."""


class AnswerNotKept(Message):
    """A command could not be run; its question is still open."""


class QuestionFlagged(Message):
    """A flag is on disk."""
