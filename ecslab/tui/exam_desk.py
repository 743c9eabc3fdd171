"""What the exam's screen asks of the other rooms: an exam to go on with, a new one, earlier ones and reports."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from ecslab.progress import exams
from ecslab.quiz import course, exam, exam_report
from ecslab.terms.problems import Problem

if TYPE_CHECKING:
    from ecslab.content.packs import Pack
    from ecslab.progress.curriculum import Curriculum
    from ecslab.progress.store import Store
    from ecslab.quiz.exam import Exam
    from ecslab.quiz.exam_report import Report, Result
    from ecslab.quiz.items import Item


class ExamDesk:
    """The exams of one learner over one pack, which is read once for each visit of the screen."""

    def __init__(self, pack: "Pack", store: "Store") -> None:
        self._pack, self._store = pack, store

    @cached_property
    def _items(self) -> "dict[str, Item]":
        return course.items(self._pack)

    @cached_property
    def _course(self) -> "Curriculum":
        return course.curriculum(self._pack)

    def held(self) -> "Exam | None":
        """The exam that was begun and not handed in."""
        return exam.go_on(self._store, self._pack.key(exams.EXAM), self._items)

    def pool(self) -> int:
        """How many questions suit an exam."""
        return len(exam.pool(self._items))

    def results(self) -> "list[Result]":
        """Earlier exams, oldest first."""
        return [
            exam_report.result(record) for record in exams.finished(self._store, self._pack.key(exams.EXAM))
        ]

    def begin(self, length: str, seed: int | None) -> "Exam":
        """A new exam."""
        weights = {objective.id: objective.weight for objective in self._course.objectives}
        return exam.begin(
            self._store, self._pack.key(exams.EXAM), self._items, weights, length=length, seed=seed
        )

    def report(self, number: int) -> "tuple[Report, Mapping[str, str]]":
        """How an exam went, and the titles of what it says to study."""
        record = exams.exam(self._store, number)
        if record is None:
            raise Problem(f"there is no exam {number}", "look at the earlier exams again")
        titles = {f"lesson:{self._pack.key(lesson.id)}": lesson.title for lesson in self._pack.lessons()}
        titles |= {f"lab:{lab.id}": lab.title for lab in self._pack.labs()}
        return exam_report.report(record, self._items, self._course), titles
