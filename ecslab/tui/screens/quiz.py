"""The quiz runner: one question at a time, how sure, why; a summary at the end.

It holds the answer while it is being made and shows what the sitting says; judging and keeping is the sitting's.
An answer is on disk before its reasons are shown: they come as a message from the thread that kept it.
"""

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from ecslab.terms.problems import Problem
from ecslab.tui import keys
from ecslab.tui.quiz_messages import AnswerKept, AnswerNotKept, QuestionFlagged, SittingBegun
from ecslab.tui.rows import Piece, Row, bar, row
from ecslab.tui.screens.choosing import Choosing
from ecslab.tui.widgets.key_line import KeyLine
from ecslab.tui.widgets.lines import Line, TopBar
from ecslab.tui.widgets.rows_view import RowsView

if TYPE_CHECKING:
    from ecslab.quiz.sitting import Sitting
    from ecslab.tui.app import EcslabApp
    from ecslab.tui.quiz_layout import Draft


class QuizPage(Choosing):
    """Answering questions."""

    where = "quiz"
    about = (
        "One question at a time. Choose, press Enter, say how sure you are, and read why every option is right or "
        "wrong. Each answer is kept before its reasons are shown; what you miss comes back in review."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("quiz")]
    DEFAULT_CSS = """
    QuizPage {
        & #quiz-progress { padding: 0 1; margin: 1 0 0 0; color: $quiet; }
        & #quiz-rows { padding: 1 1 0 2; max-width: 110; }
        & #quiz-input { display: none; margin: 0 2 1 2; max-width: 60; border: round $border; background: $surface; }
        &.-typing #quiz-input { display: block; }
        &.-command #quiz-input { max-width: 110; }
        &.-typing #quiz-rows { height: auto; max-height: 1fr; }
    }
    """

    def __init__(
        self, kind: str, name: str = "", *, fresh: bool = False, sitting: "Sitting | None" = None
    ) -> None:
        super().__init__()
        self._fresh = fresh
        self._given = sitting
        self.kind, self.quiz_id = kind, name
        self.title_text = {"review": "Review", "check": "Check yourself"}.get(kind, "Quiz")
        self.sitting: Sitting | None = None
        self.draft: Draft | None = None
        self._empty = False
        self._keeping = False

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield Line(self._progress, name="quiz-progress")
        yield RowsView(self._rows, name="quiz-rows")
        yield Input(id="quiz-input")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#quiz-rows", RowsView).focus()
        self._begin(fresh=self._fresh)

    @property
    def typing(self) -> bool:
        """Whether the answer is being typed."""
        return self.has_class("-typing")

    @property
    def _study_app(self) -> "EcslabApp":
        return cast("EcslabApp", self.app)

    def _begin(self, *, fresh: bool) -> None:
        if self._given is not None:
            self.post_message(SittingBegun(self.title_text, self._given))
            return

        def work() -> None:
            title, sitting = self._study_app.study.sit(self.kind, self.quiz_id, fresh=fresh)
            self.post_message(SittingBegun(title, sitting))

        self.in_thread(work, group="sitting")

    @on(SittingBegun)
    def _begun(self, event: SittingBegun) -> None:
        self.title_text, self.sitting = event.title, event.sitting
        self._empty = event.sitting is None
        self._ask()

    # What is shown -------------------------------------------------------------------------------

    def _ask(self) -> None:
        """Shows the question at hand, or the summary."""
        from ecslab.quiz.items import TYPED, Type
        from ecslab.tui.quiz_layout import Draft

        sitting = self.sitting
        if sitting is not None and sitting.stage.value == "present":
            self.draft = Draft(sitting.item, sitting.shown())
        typing = self.stage == "present" and self.draft is not None and self.draft.item.type in TYPED
        self.set_class(typing, "-typing")
        listing = self.query_one("#quiz-rows", RowsView)
        field = self.query_one("#quiz-input", Input)
        if typing and self.draft is not None:
            field.value = self.draft.text
            unit = f" in {self.draft.item.unit}" if self.draft.item.unit else ""
            command = self.draft.item.type is Type.COMMAND
            field.placeholder = "$ your command" if command else f"your answer{unit}"
            self.set_class(command, "-command")
            field.focus()
        else:
            listing.focus()
        self._paint(top=True)

    def _paint(self, *, top: bool = False) -> None:
        listing = self.query_one("#quiz-rows", RowsView)
        listing.rebuild()
        if top:
            listing.scroll_home(animate=False, immediate=True)
        self.query_one("#quiz-progress", Line).again()
        self.query_one(TopBar).say([("ecslab ", "title"), self.title_text], self._standing())
        self.refresh_bindings()

    @property
    def stage(self) -> str:
        """Where the sitting is: opening, present, confidence, reveal, done; none when nothing is due."""
        if self._empty:
            return "none"
        return self.sitting.stage.value if self.sitting else "opening"

    def _standing(self) -> list[Piece]:
        if self.sitting is None:
            return []
        right = sum(answer.right for answer in self.sitting.answers.values())
        wrong = len(self.sitting.answers) - right
        return [
            (f"✔ {right} right  ", "good" if right else "quiet"),
            (f"✘ {wrong} missed", "bad" if wrong else "quiet"),
        ]

    def _progress(self, width: int) -> Row:
        if self.sitting is None:
            return Row()
        done, total = len(self.sitting.answers), len(self.sitting.items)
        place = self.sitting.position if self.stage != "done" else total
        label = f" Question {place} of {total}"
        return row((bar(done / total, max(4, min(width, 100) - len(label) - 1)), "title"), label)

    def _rows(self, width: int) -> list[Row]:
        if self.stage == "none":
            return [
                row(
                    ("✔ Nothing is due. ", "good"),
                    "What you answer comes back here when it is about to fade.",
                ),
                Row(),
                row(("Enter ", "key"), ("goes home", "quiet")),
            ]
        if self.sitting is None or (self.draft is None and self.stage != "done"):
            return [row(("opening the questions …", "quiet"))]
        from ecslab.tui import quiz_layout

        if self.stage == "done" or self.draft is None:
            return [*quiz_layout.summary(self.sitting, self.title_text, width), Row(), row(*_AFTER)]
        if self.stage == "confidence":
            asked = quiz_layout.sure(self.draft, width)
            return [*asked, Row(), row(_RUNNING)] if self._trying else asked
        if self.stage == "reveal" and self.sitting.judgement is not None:
            return [*quiz_layout.revealed(self.draft, self.sitting.judgement, width), Row(), row(*_NEXT)]
        return quiz_layout.asked(self.draft, width)

    # What is pressed -----------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that mean nothing at this stage are not offered."""
        kind = self.draft.item.type.value if self.draft else ""
        if action == "pick":
            return self.stage == "present" and kind in ("single", "multiple", "spot", "diagnose")
        if action == "flag":
            return self.stage in ("present", "confidence", "reveal") and not self.typing
        stages = {"answer": ("present", "confidence"), "next": ("reveal",), "again": ("done",)}
        if action in stages:
            return self.stage in stages[action]
        if action == "move":
            return self.stage == "present" and kind == "ordering"
        if action == "partner":
            return self.stage == "present" and kind == "matching"
        if action.startswith("number"):
            return (
                self.stage in ("present", "confidence")
                and kind not in ("numeric", "short", "command", "spot")
            ) or self.stage == "confidence"
        return True

    def changed(self) -> None:
        """Nothing is kept before it is answered."""
        self._paint()

    def action_number(self, number: int) -> None:
        """A number key: how sure, or part of the answer."""
        if self.stage == "confidence":
            choices = [key for key in self.listing.keys if key.startswith("sure:")]
            if number <= len(choices):
                self.listing.mark(choices[number - 1])
                self.action_answer()
        elif self.stage == "present":
            super().action_number(number)

    def clicked(self, name: str) -> None:
        """A row was clicked: the same as its key."""
        if name == "sure":
            self.action_answer()
        else:
            super().clicked(name)

    @on(Input.Submitted, "#quiz-input")
    def _typed(self, event: Input.Submitted) -> None:
        if self.draft is not None:
            self.draft.text = event.value
            self.action_answer()

    def action_answer(self) -> None:
        """Enter: answer with what is chosen, then with how sure."""
        if self.sitting is not None and self.stage == "present":
            self._choose(self.sitting)
        elif self.sitting is not None and self.stage == "confidence":
            self._rate(self.sitting)

    def action_next(self) -> None:
        """The next question, or the summary; a single question is over now."""
        if self.sitting is None or self.stage != "reveal":
            return
        self.sitting.next()
        if self.kind == "check":
            self.dismiss()
        else:
            self._ask()

    def _choose(self, sitting: "Sitting") -> None:
        draft = self.draft
        if draft is None:
            return
        name, value = self.marked()
        kind = draft.item.type.value
        if name == "option" and not draft.picked and kind in ("single", "diagnose"):
            draft.pick(int(value))
        elif name == "line" and not draft.picked and kind == "spot":
            draft.point(int(value))
        if kind == "matching" and -1 in draft.partners:
            self.listing.mark(f"pair:{draft.partners.index(-1)}")
            self.notify("This line has no partner yet", timeout=4)
            return
        try:
            sitting.choose(draft.chosen)
        except Problem as problem:
            self.notify(str(problem), severity="warning", markup=False)
            return
        self._ask()
        self.query_one("#quiz-rows", RowsView).mark("sure:unsure")

    def _rate(self, sitting: "Sitting") -> None:
        from ecslab.progress.records import Confidence

        name, value = self.marked()
        if self._keeping or name != "sure":
            return
        self._keeping = True
        self._paint()

        def work() -> None:
            try:
                sitting.rate(Confidence(value))
            except Problem:
                self._keeping = False
                self.post_message(AnswerNotKept())
                raise
            finally:
                self._keeping = False
            self.post_message(AnswerKept())

        self.in_thread(work, group="answer")

    @property
    def _trying(self) -> bool:
        """Whether a command is being run."""
        return self._keeping and self.draft is not None and self.draft.item.type.value == "command"

    @on(AnswerKept)
    def _kept(self) -> None:
        self._ask()

    @on(AnswerNotKept)
    def _not_kept(self) -> None:
        self._paint()

    def action_flag(self) -> None:
        """Notes that this question is bad, with a word about why."""
        if self.draft is None:
            return
        item = self.draft.item
        from ecslab.tui.screens.ask import Note

        def keep(note: str | None) -> None:
            if note is None or note == Note.CLOSED:
                return

            def work() -> None:
                self._study_app.study.flag(item, note)
                self.post_message(QuestionFlagged())

            self.in_thread(work, group="flag")

        self.app.push_screen(
            Note(
                "Flag this question", "What is wrong with it? Enter keeps the flag, with or without a note."
            ),
            keep,
        )

    @on(QuestionFlagged)
    def _flagged(self) -> None:
        self.notify("Flagged. `ecslab progress --flags` lists it.", markup=False)

    def action_again(self) -> None:
        """The same quiz once more, from the start."""
        self._begin(fresh=True)

    def action_leave(self) -> None:
        """Back: from the question of how sure to the answer, otherwise home."""
        if self.sitting is not None and self.stage == "confidence" and not self._keeping:
            self.sitting.reconsider()
            held = self.draft
            self._ask()
            self.draft = held
            if held is not None and self.has_class("-typing"):
                self.query_one("#quiz-input", Input).value = held.text
            self._paint()
        else:
            self.dismiss()


_RUNNING: Piece = ("running your command in a scratch world …", "busy")
_NEXT: tuple[Piece, ...] = (("Enter ", "key"), ("next", "quiet"))
_AFTER: tuple[Piece, ...] = (
    ("Enter ", "key"),
    ("goes home    ", "quiet"),
    ("r ", "key"),
    ("takes it again", "quiet"),
)
