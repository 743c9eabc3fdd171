"""The exam: choosing its length, answering against the time, handing in, the report and its questions.

What is chosen is written before it is shown as chosen, on the screen's own thread: the order of keys is the
order of the record, and nothing that was seen can be lost. The heartbeat of the time runs in a thread.
"""

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from ecslab.terms.problems import Problem
from ecslab.tui import keys
from ecslab.tui.rows import Piece, Row, row
from ecslab.tui.screens.choosing import Choosing
from ecslab.tui.screens.panel import Panel
from ecslab.tui.widgets.key_line import KeyLine
from ecslab.tui.widgets.lines import Line, TopBar
from ecslab.tui.widgets.rows_view import RowsView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ecslab.quiz.exam import Exam
    from ecslab.quiz.exam_report import Report, Result
    from ecslab.tui.app import EcslabApp
    from ecslab.tui.exam_desk import ExamDesk
    from ecslab.tui.quiz_layout import Draft

BEAT = 5.0
"""Seconds between two heartbeats: what a crash may lose of the time, to the learner's advantage."""


class DeskReady(Message):
    """The pool, an exam that waits and the earlier ones have been read."""

    def __init__(self, held: "Exam | None", pool: int, results: "list[Result]") -> None:
        super().__init__()
        self.held, self.pool, self.results = held, pool, results


class ExamBegun(Message):
    """There is an exam to go on with."""

    def __init__(self, exam: "Exam") -> None:
        super().__init__()
        self.exam = exam


class ReportReady(Message):
    """An exam was handed in, or an earlier one is to be shown."""

    def __init__(self, report: "Report", titles: "Mapping[str, str]") -> None:
        super().__init__()
        self.report, self.titles = report, titles


class ExamPage(Choosing):
    """Sitting an exam."""

    where = "exam"
    about = (
        "An exam in the shape of AWS's. Go to any question in any order, flag what you want to see again, and hand "
        "in when you are done. Every answer and the time left are kept at once: leave, or pull the plug, and go on "
        "later. What was right is told at the end, with the reasons."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("exam")]
    DEFAULT_CSS = """
    ExamPage {
        & #exam-progress { padding: 0 1; margin: 1 0 0 0; color: $quiet; }
        & #exam-rows { padding: 1 1 0 2; max-width: 110; }
    }
    """

    def __init__(self, length: str = "", *, seed: int | None = None, fresh: bool = False) -> None:
        super().__init__()
        self._length, self._seed, self._fresh = length, seed, fresh
        self.stage = "opening"
        """opening, entrance, question, list, paused, report or walk."""
        self.exam: Exam | None = None
        self.report: Report | None = None
        self.draft: Draft | None = None
        self._held: Exam | None = None
        self._pool = 0
        self._results: list[Result] = []
        self._titles: Mapping[str, str] = {}
        self._walked = 0

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield Line(self._progress, name="exam-progress")
        yield RowsView(self._rows, name="exam-rows")
        yield KeyLine()

    def on_mount(self) -> None:
        self.listing.focus()
        self._paint()
        self.set_interval(1.0, self._second)
        self.set_interval(BEAT, self._beat)
        self.in_thread(self._read, group="exam")

    @cached_property
    def _desk(self) -> "ExamDesk":
        return cast("EcslabApp", self.app).study.exams

    def _read(self) -> None:
        desk = self._desk
        held = desk.held()
        if held and self._fresh:
            held.hand_in()
            held = None
        if held is None and self._length:
            self.post_message(ExamBegun(desk.begin(self._length, self._seed)))
        else:
            self.post_message(DeskReady(held, desk.pool(), desk.results()))

    @on(DeskReady)
    def _ready(self, event: DeskReady) -> None:
        self._held, self._pool, self._results = event.held, event.pool, event.results
        self._go("entrance")

    # What is shown -------------------------------------------------------------------------------

    def _go(self, stage: str) -> None:
        self.stage = stage
        self._paint(top=True)

    def _paint(self, *, top: bool = False) -> None:
        self.listing.rebuild()
        if top:
            self.listing.scroll_home(animate=False, immediate=True)
        self._tick()
        self.refresh_bindings()

    def _tick(self) -> None:
        self.query_one("#exam-progress", Line).again()
        right: list[Piece] = []
        if self.exam is not None and self.stage in ("question", "list", "paused"):
            from ecslab.tui import exam_layout

            right = exam_layout.standing(self.exam)
        self.query_one(TopBar).say([("ecslab ", "title"), "Exam"], right)

    def _progress(self, width: int) -> Row:
        if self.exam is None or self.stage != "question":
            return Row()
        from ecslab.tui import exam_layout

        return exam_layout.progress(self.exam, width)

    def _rows(self, width: int) -> list[Row]:
        if self.stage == "opening":
            return [row(("opening the exam …", "quiet"))]
        from ecslab.tui import exam_layout, quiz_layout

        if self.stage == "entrance":
            return exam_layout.entrance(self._held, self._pool, self._results, width)
        if self.report is not None:
            if self.stage == "report":
                return exam_layout.report(self.report, self._titles, width)
            return exam_layout.walked(self.report, self._walked, width)
        if self.exam is None:
            return []
        if self.stage == "list":
            return exam_layout.listing(self.exam, width)
        if self.stage == "paused":
            return exam_layout.paused(self.exam, width)
        if self.draft is None:
            return exam_layout.withdrawn()
        return quiz_layout.asked(self.draft, width)

    # The time ------------------------------------------------------------------------------------

    def _second(self) -> None:
        if self.exam is None or not self.exam.running:
            return
        self._tick()
        if self.exam.over:
            self.notify("The time is over. What you answered was handed in.", timeout=12)
            self._finish()

    def _beat(self) -> None:
        exam = self.exam
        if exam is not None and exam.running:
            self.in_thread(exam.beat, group="beat")

    # What is pressed -----------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that mean nothing at this stage are not offered."""
        kind = self.draft.item.type.value if self.draft and self.stage == "question" else ""
        stages = {
            "begin": ("entrance",),
            "resume": ("paused",),
            "answer": ("question",),
            "open": ("list", "report"),
            "turn": ("question", "walk"),
            "flag": ("question",),
            "list": ("question",),
            "pause": ("question", "list"),
            "hand_in": ("question", "list"),
            "walk": ("report",),
        }
        if action in stages:
            return self.stage in stages[action]
        kinds = {"pick": ("single", "multiple"), "move": ("ordering",), "partner": ("matching",)}
        if action in kinds:
            return kind in kinds[action]
        if action == "number":
            return kind in ("single", "multiple", "matching")
        return True

    def action_begin(self) -> None:
        """The exam of the marked length, the one that waits, or the report of an earlier one."""
        name, value = self.marked()
        held = self._held
        if name == "begin" and held is not None:
            self.post_message(ExamBegun(held))
            return

        def work() -> None:
            if name == "begin":
                self.post_message(ExamBegun(self._desk.begin(value, self._seed)))
            elif name == "exam":
                self.post_message(ReportReady(*self._desk.report(int(value))))

        self.in_thread(work, group="exam", exclusive=True)

    @on(ExamBegun)
    def _begun(self, event: ExamBegun) -> None:
        self.exam = event.exam
        if self._tried(self.exam.resume):
            self._ask()

    def action_resume(self) -> None:
        """The time runs again."""
        if self.exam is not None and self._tried(self.exam.resume):
            self._ask()

    def _ask(self, place: int | None = None) -> None:
        """Shows a question with what was chosen before."""
        if self.exam is None:
            return
        from ecslab.tui.exam_layout import restored
        from ecslab.tui.quiz_layout import Draft

        self.exam.go(self.exam.position if place is None else place)
        question = self.exam.question
        self.draft = None
        if question.item is not None:
            self.draft = restored(Draft(question.item, self.exam.shown()), question.chosen)
        self._go("question")

    def changed(self) -> None:
        """Writes down the draft; only then is it shown. A draft that cannot be kept is put back."""
        from ecslab.tui.exam_layout import given, restored
        from ecslab.tui.quiz_layout import Draft

        exam, draft = self.exam, self.draft
        if exam is None or draft is None:
            return
        if not self._tried(lambda: exam.choose(given(draft))):
            self.draft = restored(Draft(draft.item, draft.shown), exam.question.chosen)
        self._paint()

    def _tried(self, work: "Callable[[], object]") -> bool:
        try:
            work()
        except Problem as problem:
            cast("EcslabApp", self.app).tell(problem)
            return False
        return True

    def clicked(self, name: str) -> None:
        """A row was clicked: the same as its key."""
        if self.stage == "question":
            super().clicked(name)
        elif self.stage == "entrance":
            self.action_begin()
        else:
            self.action_open()

    def action_answer(self) -> None:
        """Enter: an order is kept as it stands, a single choice as it is marked; then the next question."""
        draft = self.draft
        if draft is not None and draft.item.type.value == "single" and not draft.picked:
            self.action_pick()
        elif draft is not None and draft.item.type.value == "ordering":
            self.changed()
        self.action_turn(1)

    def action_turn(self, by: int) -> None:
        """The next question or the one before; after the last one the list."""
        if self.stage == "walk" and self.report is not None:
            self._walked = max(0, min(self._walked + by, len(self.report.lines) - 1))
            self._paint(top=True)
        elif self.exam is not None and self.exam.position + by >= len(self.exam.questions):
            self._go("list")
        elif self.exam is not None:
            self._ask(self.exam.position + by)

    def action_flag(self) -> None:
        """To be looked at again."""
        if self.exam is not None and self._tried(self.exam.flag):
            self._paint()

    def action_list(self) -> None:
        """All questions."""
        self._go("list")
        if self.exam is not None:
            self.listing.mark(f"question:{self.exam.position}")

    def action_open(self) -> None:
        """The marked question, or what the report says to study."""
        name, value = self.marked()
        if name == "question":
            self._ask(int(value))
        elif name in ("lesson", "lab"):
            cast("EcslabApp", self.app).go(name, value)

    def action_pause(self) -> None:
        """The time stands still, the questions are hidden."""
        if self.exam is not None and self._tried(self.exam.pause):
            self._go("paused")

    def action_hand_in(self) -> None:
        """The end, once it is confirmed."""
        exam = self.exam
        if exam is None:
            return
        left = len(exam.open)
        words = f"{left} question{'s are' if left != 1 else ' is'} not answered; a guess costs nothing."
        text = [row(words if left else "All questions are answered."), Row(), row("Hand in the exam?")]
        self.app.push_screen(
            Panel("Hand in", lambda width: text, yes="Hand in", no="Go on"),
            lambda sure: self._finish() if sure else None,
        )

    def _finish(self) -> None:
        exam, self.exam, self.draft = self.exam, None, None
        if exam is None:
            return
        self.stage = "opening"
        self._paint()

        def work() -> None:
            exam.hand_in()
            self.post_message(ReportReady(*self._desk.report(exam.record.id)))

        self.in_thread(work, group="exam")

    @on(ReportReady)
    def _reported(self, event: ReportReady) -> None:
        self.report, self._titles, self._walked = event.report, event.titles, 0
        self._go("report")

    def action_walk(self) -> None:
        """Every question with its reasons."""
        self._go("walk")

    def action_leave(self) -> None:
        """Back to the question, to the report, or home: an exam under way is paused."""
        if self.stage == "list":
            self._ask()
        elif self.stage == "walk":
            self._go("report")
        else:
            from ecslab.progress.exams import Why

            exam = self.exam
            if exam is None or self._tried(lambda: exam.pause(Why.LEFT)):
                self.dismiss()
