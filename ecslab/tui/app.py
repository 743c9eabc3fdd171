"""The app: which screens there are, the themes, the keys, and the one place where problems are shown.

It draws and routes; what is learned, graded or simulated is decided in other rooms. The frame is painted before
anything heavy is imported: rooms are imported by the workers that need them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from rich.console import RenderableType
from textual import events, on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from ecslab.terms.problems import Problem
from ecslab.tui import keys, settings, themes
from ecslab.tui.messages import Trouble
from ecslab.tui.rows import Row, paragraph, row
from ecslab.tui.screens.home import Home
from ecslab.tui.screens.page import Page
from ecslab.tui.screens.panel import Panel, careful
from ecslab.tui.screens.too_small import TooSmall, fits
from ecslab.tui.study import Study


@dataclass(frozen=True, slots=True)
class Start:
    """Where the app opens: Home, or a screen with the id of what it shows."""

    screen: str = "home"
    id: str = ""
    seed: int | None = None
    fresh: bool = False
    pack: str | None = None


NUMBERED = ("number(", "predict(", "rate(")
"""Actions that a number key has for the numbers on the screen: no commands by themselves."""


class EcslabApp(App[int], inherit_bindings=False):
    """ecslab in a terminal."""

    TITLE = "ecslab"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("app")]
    NOTIFICATION_TIMEOUT = 6

    def __init__(
        self,
        study: Study | None = None,
        *,
        start: Start | None = None,
        data: Path | None = None,
        tracebacks: bool = False,
    ) -> None:
        # Said at once: Textual takes its filter of colours before there is a theme, and would make black of the terminal's.
        super().__init__(ansi_color=themes.plain() or None)
        self._start = start or Start()
        self.study = study or Study(data, name=self._start.pack)
        self._tracebacks = tracebacks
        self._settings = settings.load(self.study.directory)
        for theme in themes.ALL:
            self.register_theme(theme)
        self.theme = themes.first(self._settings.theme)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colours, for themes that are not ours (with NO_COLOR)."""
        return {"quiet": "ansi_default", "line": "ansi_default"}

    @property
    def own_keys(self) -> Mapping[str, str]:
        """The keys that the learner changed."""
        return self._settings.keys

    def on_mount(self) -> None:
        if self._settings.keys:
            self.set_keymap(self._settings.keys)
        self.push_screen(Home())
        if self._start.screen != "home":
            self.call_after_refresh(self.go, self._start.screen, self._start.id)
        if self._settings.problem:
            self.notify(self._settings.problem, severity="warning")

    def on_unmount(self) -> None:
        self.study.close()

    def go(self, kind: str, name: str = "", *, instead: bool = False) -> None:
        """Opens a lesson, a quiz, an exam, the review, the progress or a lab on top of Home.

        Args:
            kind: `lesson`, `quiz`, `exam`, `review`, `questions`, `recall`, `progress`, `drills`, `drill` or `lab`.
            name: its id.
            instead: in place of the screen that is shown, so that leaving it leads home.
        """
        page = self._page(kind, name)
        if page is None:
            self.notify(f"There is no screen for {kind}", severity="error")
        elif instead and len(self.screen_stack) > 2:
            self.switch_screen(page)
        else:
            self.push_screen(page)

    def has(self, kind: str) -> bool:
        """Whether there is a screen of this kind."""
        return find_spec(f"ecslab.tui.screens.{kind}") is not None

    def _page(self, kind: str, name: str) -> Screen[None] | None:
        if kind == "lesson":
            from ecslab.tui.screens.lesson import LessonPage

            return LessonPage(name)
        if kind in ("quiz", "questions"):
            from ecslab.tui.screens.quiz import QuizPage

            asked = "review" if kind == "questions" else kind
            return QuizPage(asked, name, fresh=self._start.fresh and self._is_start(kind, name))
        if kind == "exam":
            from ecslab.tui.screens.exam import ExamPage

            mine = self._is_start(kind, name)
            return ExamPage(name, seed=self._start.seed if mine else None, fresh=mine and self._start.fresh)
        if kind == "review":
            from ecslab.tui.screens.review import ReviewPage

            return ReviewPage()
        if kind == "recall":
            from ecslab.tui.screens.review import RecallPage

            return RecallPage()
        if kind == "progress":
            from ecslab.tui.screens.progress import ProgressPage

            return ProgressPage()
        if kind == "drills":
            from ecslab.tui.screens.drills import DrillsPage

            return DrillsPage()
        if kind == "drill":
            from ecslab.tui.screens.drill import DrillPage

            mine = self._is_start(kind, name)
            return DrillPage(name, seed=self._start.seed if mine else None, fresh=mine and self._start.fresh)
        if kind == "lab":
            from ecslab.tui.screens.lab import LabPage

            mine = self._is_start(kind, name)
            return LabPage(name, seed=self._start.seed if mine else None, fresh=mine and self._start.fresh)
        return None

    def get_key_display(self, binding: Binding) -> str:
        """Keys as people read them, the same in the footer as in help."""
        return binding.key_display or keys.shown(binding.key)

    def _is_start(self, kind: str, name: str) -> bool:
        """Whether this is what the app was opened for: only then `--seed` and `--fresh` are meant."""
        return (self._start.screen, self._start.id) == (kind, name)

    @on(Trouble)
    def _tell(self, event: Trouble) -> None:
        self.tell(event.problem)

    def tell(self, problem: Problem) -> None:
        """Shows a problem as one line."""
        self.notify(str(problem), severity="error", timeout=12, markup=False)

    def on_resize(self, event: events.Resize) -> None:
        small = isinstance(self.screen, TooSmall)
        if fits(event.size.width, event.size.height):
            if small:
                self.pop_screen()
        elif not small:
            self.push_screen(TooSmall())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the shell has the keys, nothing is offered that it would get."""
        if action in ("explain", "turn_lights", "command_palette", "quit"):
            return not (isinstance(self.screen, Page) and self.screen.typing)
        return True

    def action_turn_lights(self) -> None:
        """Dark, light, high contrast and round again; the choice is kept."""
        self.theme = themes.following(self.theme)
        try:
            self._settings = settings.save_theme(self.study.directory, self._settings, self.theme)
        except Problem as problem:
            self.tell(problem)

    async def action_quit(self) -> None:
        """Leaves; a question comes first if a page holds something that would be lost."""
        names = [name for page in self.screen_stack if isinstance(page, Page) for name in page.unsaved]
        careful(self, names, self.exit)

    def action_explain(self) -> None:
        """Help for the screen that is shown: what it is for, and each of its keys."""
        page = self.screen
        if isinstance(page, Page):
            self.push_screen(Panel(f"Help · {keys.WHERE[page.where]}", lambda width: self._help(page, width)))

    def _help(self, page: Page, width: int) -> list[Row]:
        out = [*paragraph(page.about, width), Row()]
        for where in (page.where, "rows", "app"):
            out.append(row((keys.WHERE[where], "title")))
            for names, explained in keys.help_lines(where, self.own_keys):
                out += paragraph(explained, width, first=[(f"  {names:<15} ", "key")])
            out.append(Row())
        return out[:-1]

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers."""
        yield from self._of_screen(screen)
        yield SystemCommand("Help", "Explain this screen and its keys", self.action_explain)
        yield SystemCommand("Dark, light, high contrast", "Change to the next theme", self.action_turn_lights)
        for key in keys.TABLE:
            kind = key.action.removeprefix("go('").removesuffix("')")
            if key.where == "home" and kind != key.action and not isinstance(screen, Home):
                yield SystemCommand(key.words, key.explain, lambda kind=kind: self.go(kind))
        for entry in self.study.listed:
            yield SystemCommand(
                f"{entry.kind.title()}: {entry.title}",
                entry.note or "Open it",
                lambda entry=entry: self.go(entry.kind, entry.id),
            )
        yield SystemCommand("Quit", "Leave ecslab; everything is kept", self.action_quit)

    def _of_screen(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What can be done on the screen now, by its keys."""
        if not isinstance(screen, Page):
            return
        for node, binding, enabled, _ in screen.active_bindings.values():
            if node is screen and enabled and binding.tooltip and not binding.action.startswith(NUMBERED):
                yield SystemCommand(
                    binding.description,
                    f"{self.get_key_display(binding)}  {binding.tooltip}",
                    lambda action=binding.action, node=node: self.run_action(action, node),
                )

    def _print_error_renderables(self) -> None:
        """A fault of the app itself is told in one line; `--debug` shows all of it."""
        if self._tracebacks:
            super()._print_error_renderables()
            return
        error = self._exception
        self._exit_renderables: list[RenderableType] = []
        if error is not None:
            import sys

            print(
                f"ecslab stopped on a fault of its own ({type(error).__name__}: {error}); nothing you did is lost. "
                "Open it again, or run it with --debug to see where it happened.",
                file=sys.__stderr__,
            )
