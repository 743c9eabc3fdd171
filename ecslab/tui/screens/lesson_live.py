"""The live blocks of a lesson's page at work: what runs, what is watched, what is asked, each in a thread of its own.

Which page is shown is the reader's business; what a block looks like is its widget's.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from textual import on
from textual.message import Message

from ecslab.terms.problems import Problem
from ecslab.tui.messages import Trouble
from ecslab.tui.screens.page import Page

if TYPE_CHECKING:
    from ecslab.lesson.scratch import Outcome
    from ecslab.tui.app import EcslabApp
    from ecslab.tui.widgets.lesson_blocks import CheckBlock, PredictBlock, Question, TryBlock, WatchBlock


class TryFinished(Message):
    """A command of the page has run."""

    def __init__(self, block: "TryBlock", outcome: "Outcome") -> None:
        super().__init__()
        self.block, self.outcome = block, outcome


class TryFailed(Message):
    """A command of the page could not be run."""

    def __init__(self, block: "TryBlock") -> None:
        super().__init__()
        self.block = block


class WorldSeen(Message):
    """A watched world stands where its reader wanted it."""

    def __init__(self, block: "WatchBlock", state: Mapping[str, Any]) -> None:
        super().__init__()
        self.block, self.state = block, state


class WorldUnseen(Message):
    """A watched world could not be shown."""

    def __init__(self, block: "WatchBlock") -> None:
        super().__init__()
        self.block = block


class PredictionShown(Message):
    """What was predicted has been played; `outcome` is None when it could not be."""

    def __init__(self, block: "PredictBlock", outcome: "Outcome | None") -> None:
        super().__init__()
        self.block, self.outcome = block, outcome


class LivePage(Page):
    """A page with live blocks."""

    lesson_id: str

    @property
    def study_app(self) -> "EcslabApp":
        return cast("EcslabApp", self.app)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what the page does not have are not offered."""
        needs = {"try": "TryBlock", "watch": "WatchBlock", "predict": "PredictBlock"}
        return action not in needs or bool(self.query(needs[action]))

    def action_try(self) -> None:
        """Runs the next command of the page, or the last one again."""
        from ecslab.tui.widgets.lesson_blocks import TryBlock

        blocks = list(self.query(TryBlock))
        waiting = [block for block in blocks if block.state == "new"] or blocks[-1:]
        if waiting:
            self._run(waiting[0])

    def on_try_block_wanted(self, event: "TryBlock.Wanted") -> None:
        self._run(event.block)

    def _run(self, block: "TryBlock") -> None:
        if block.state == "running":
            return
        block.running()
        block.scroll_visible(animate=False)

        def work() -> None:
            try:
                self.post_message(TryFinished(block, self.study_app.study.play(block.source)))
            except Problem as problem:
                self.post_message(TryFailed(block))
                self.post_message(Trouble(problem))

        self.in_thread(work, group="try")

    @on(TryFinished)
    def _ran(self, event: TryFinished) -> None:
        if event.block.is_attached:
            event.block.finished(event.outcome)
            self.call_after_refresh(event.block.scroll_visible, animate=False, top=True)

    @on(TryFailed)
    def _not_run(self, event: TryFailed) -> None:
        if event.block.is_attached:
            event.block.failed()

    def action_watch(self, how: str) -> None:
        """Starts the world that the page shows, or lets its time run."""
        from ecslab.tui.widgets.lesson_blocks import WatchBlock

        blocks = list(self.query(WatchBlock))
        for block in [block for block in blocks if block.seen is None][:1] or blocks[-1:]:
            self._watch(block, how)

    def on_watch_block_wanted(self, event: "WatchBlock.Wanted") -> None:
        self._watch(event.block, "step")

    def _watch(self, block: "WatchBlock", how: str) -> None:
        if block.busy:
            return
        step = None if block.seen is None else block.source.step if how == "step" else how
        block.working()
        if block.seen is None:
            block.scroll_visible(animate=False)

        def work() -> None:
            try:
                self.post_message(WorldSeen(block, self.study_app.study.watch(block.source, step)))
            except Problem as problem:
                self.post_message(WorldUnseen(block))
                self.post_message(Trouble(problem))

        self.in_thread(work, group="watch")

    @on(WorldSeen)
    def _seen(self, event: WorldSeen) -> None:
        if event.block.is_attached:
            event.block.show(event.state)

    @on(WorldUnseen)
    def _not_seen(self, event: WorldUnseen) -> None:
        if event.block.is_attached:
            event.block.failed()

    def action_predict(self, number: int) -> None:
        """Chooses an option, from 1, of the first prediction that waits; the world then shows what happens."""
        from ecslab.tui.widgets.lesson_blocks import PredictBlock

        waiting = [block for block in self.query(PredictBlock) if block.open]
        if not waiting or not waiting[0].choose(number - 1):
            return
        block, see = waiting[0], waiting[0].source.see
        if see is None:
            block.show(None)
            return

        def work() -> None:
            try:
                self.post_message(PredictionShown(block, self.study_app.study.play(see)))
            except Problem as problem:
                self.post_message(PredictionShown(block, None))
                self.post_message(Trouble(problem))

        self.in_thread(work, group="predict")

    @on(PredictionShown)
    def _shown(self, event: PredictionShown) -> None:
        if event.block.is_attached:
            event.block.show(event.outcome)

    def waiting(self) -> "list[Question]":
        """The questions of the page that Enter answers."""
        from ecslab.tui.widgets.lesson_blocks import PredictBlock, Question

        return [block for block in self.query(Question) if block.open and not isinstance(block, PredictBlock)]

    def on_question_wanted(self, event: "Question.Wanted") -> None:
        self.ask(event.block)

    def ask(self, block: "Question") -> None:
        """Shows the answer of a recall question; asks a question of the quiz kind on its own screen."""
        from ecslab.tui.widgets.lesson_blocks import CheckBlock, RecallBlock

        if isinstance(block, RecallBlock):
            block.reveal()
            block.scroll_visible(animate=False)
        elif isinstance(block, CheckBlock):
            self._check(block)

    def _check(self, block: "CheckBlock") -> None:
        from ecslab.tui.screens.quiz import QuizPage

        try:
            sitting = self.study_app.study.one_question(self.lesson_id, block.source.item)
        except Problem as problem:
            self.study_app.tell(problem)
            return
        self.app.push_screen(QuizPage("check", sitting=sitting), lambda _: block.answered())
