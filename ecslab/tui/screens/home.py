"""Home: the next step, the map of the course with what is learned and due, and everything there is to open."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message

from ecslab.terms.problems import Problem
from ecslab.tui import home_layout, keys
from ecslab.tui.home_layout import NEXT, Course
from ecslab.tui.rows import Row, row
from ecslab.tui.screens.ask import Ask
from ecslab.tui.screens.searching import Searching
from ecslab.tui.widgets.key_line import KeyLine
from ecslab.tui.widgets.lines import Tabs, TopBar
from ecslab.tui.widgets.rows_view import RowsView

if TYPE_CHECKING:
    from ecslab.tui.app import EcslabApp

VIEWS = (
    ("course", "1", "Course"),
    ("lessons", "2", "Lessons"),
    ("quizzes", "3", "Quizzes"),
    ("labs", "4", "Labs"),
)
SIDE = 110
"""Columns from which the marked entry is explained beside the list."""


class CourseRead(Message):
    """The pack and the progress have been read."""

    def __init__(self, course: Course) -> None:
        super().__init__()
        self.course = course


class PacksRead(Message):
    """The packs that can be studied are known: `(name, title)` of each."""

    def __init__(self, packs: list[tuple[str, str]], now: str) -> None:
        super().__init__()
        self.packs, self.now = packs, now


class Home(Searching):
    """The first screen."""

    where = "home"
    about = (
        "The course, module by module, with what you have learned and what is due. The line at the top is your "
        "next step: Enter does it. Arrow keys move, Enter opens what is marked."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("home")]
    DEFAULT_CSS = """
    Home {
        & #home-tabs { margin: 1 1 0 1; }
        & #home-list { padding: 1 1 0 1; width: 1fr; }
        & #home-about {
            display: none; width: 44; padding: 1 2; margin: 1 1 1 0; background: $surface; border-left: solid $line;
        }
        &.-side #home-about { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.course: Course | None = None
        self.view = "course"

    def compose(self) -> ComposeResult:
        yield TopBar(name="home-top")
        yield Tabs(VIEWS, "course", name="home-tabs")
        with Horizontal():
            yield RowsView(self._list, name="home-list")
            yield RowsView(self._about, name="home-about")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#home-about", RowsView).can_focus = False
        self.query_one("#home-list", RowsView).focus()
        self._say()

    def on_screen_resume(self) -> None:
        self.in_thread(self._read, group="course", exclusive=True)

    def on_resize(self) -> None:
        self.set_class(self.size.width >= SIDE, "-side")

    def _read(self) -> None:
        study = cast("EcslabApp", self.app).study
        try:
            pack, course = study.pack, study.course()
            if study.pack is pack:  # another one may have been chosen meanwhile: it is read after this
                self.post_message(CourseRead(course))
        except Problem as problem:
            self.post_message(CourseRead(Course(broken=str(problem))))

    @on(CourseRead)
    def _show(self, event: CourseRead) -> None:
        first = self.course is None
        self.course = event.course
        self._say()
        listing = self.query_one("#home-list", RowsView)
        listing.rebuild()
        if first:
            listing.mark(NEXT)
            self.in_thread(self._warm_up, group="warm")
        self.query_one("#home-about", RowsView).rebuild()

    def _warm_up(self) -> None:
        """Long before a lab is opened, and after the first paint: its world starts quicker."""
        cast("EcslabApp", self.app).study.warm_up()

    def _say(self) -> None:
        title = self.course.title if self.course else "Amazon ECS"
        right = home_layout.standing(self.course) if self.course else ()
        self.query_one(TopBar).say([("ecslab ", "title"), title], right)

    def _list(self, width: int) -> list[Row]:
        if self.course is None:
            return [row(("opening the course …", "quiet"))]
        return home_layout.home(self.course, self.view, width)

    def _about(self, width: int) -> list[Row]:
        if self.course is None:
            return []
        marked = self.query_one("#home-list", RowsView).cursor
        return home_layout.about(self.course, self.course.find(marked), width)

    @on(RowsView.Marked, "#home-list")
    def _marked(self) -> None:
        self.query_one("#home-about", RowsView).rebuild()

    @on(RowsView.Chosen, "#home-list")
    def _chosen(self) -> None:
        self.action_open()

    @on(Tabs.Asked)
    def _asked(self, event: Tabs.Asked) -> None:
        self.action_view(event.name)

    def action_view(self, view: str) -> None:
        """Shows the course, or one kind of entry with the first of them marked: Enter opens what one
        came to look for."""
        self.view = view
        self.query_one("#home-tabs", Tabs).go(view)
        listing = self.query_one("#home-list", RowsView)
        listing.rebuild()
        listing.scroll_home(animate=False)
        listed = [key for key in listing.keys if key != NEXT]
        listing.mark(listed[0] if listed and view != "course" else NEXT)
        self.query_one("#home-about", RowsView).rebuild()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what there is can be gone to."""
        return action != "go" or cast("EcslabApp", self.app).has(str(parameters[0]))

    def action_go(self, kind: str) -> None:
        """The review, an exam, a drill or the progress."""
        cast("EcslabApp", self.app).go(kind)

    def action_pack(self) -> None:
        """Which pack to study, of those that are installed."""

        def work() -> None:
            study = cast("EcslabApp", self.app).study
            self.post_message(PacksRead(study.packs(), study.pack.scope or study.pack.name))

        self.in_thread(work, group="packs")

    @on(PacksRead)
    def _choose(self, event: PacksRead) -> None:
        labels = [
            f"{name}  {title or '(cannot be read)'}{'  (studied now)' if name == event.now else ''}"
            for name, title in event.packs
        ]
        by_label = dict(zip(labels, (name for name, _ in event.packs), strict=True))

        def chosen(label: str | None) -> None:
            if label:
                self.in_thread(lambda: self._take(by_label[label]), group="packs")

        self.app.push_screen(
            Ask("Packs", "Which one do you want to study? `ecslab pack install` adds more.", labels), chosen
        )

    def _take(self, name: str) -> None:
        cast("EcslabApp", self.app).study.choose(name)
        self._read()

    def action_open(self) -> None:
        """Opens the marked entry, or does the next step."""
        entry = self.course.find(self.query_one("#home-list", RowsView).cursor) if self.course else None
        if entry is not None:
            cast("EcslabApp", self.app).go(entry.kind, entry.id)
