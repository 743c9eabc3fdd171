"""The lesson reader: a page at a time, contents at the side, live blocks that run and ask, then the quiz.

Which page was read is kept when it is turned; what a page holds is `ecslab.lesson`'s. It runs no command itself.
"""

from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from ecslab.tui import keys
from ecslab.tui.rows import Row, ends, paragraph, row
from ecslab.tui.screens.lesson_live import LivePage
from ecslab.tui.screens.searching import Searching
from ecslab.tui.widgets.key_line import KeyLine
from ecslab.tui.widgets.lines import Line, TopBar
from ecslab.tui.widgets.rows_view import RowsView

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecslab.lesson.reader import Reader

SIDE = 110
"""Columns from which the contents are shown beside the page."""


class LessonOpened(Message):
    """The lesson has been read from its pack, and where the learner was."""

    def __init__(self, reader: "Reader", quiz: str) -> None:
        super().__init__()
        self.reader, self.quiz = reader, quiz


class PageMarked(Message):
    """A bookmark was set or taken away, and the record has it."""


class PageTurned(Message):
    """The record says that another page is shown; `ended` when the last one was turned."""

    def __init__(self, *, ended: bool = False) -> None:
        super().__init__()
        self.ended = ended


class LessonPage(LivePage, Searching):
    """Reading a lesson."""

    where = "lesson"
    about = (
        "A lesson, page by page. Arrow keys up and down scroll, n and p turn the page; each page you turn is kept. "
        "Where a page has a command, t runs it in a scratch AWS of its own and shows what it really prints; w starts a "
        "world to watch; a number says what you expect. / finds words in all lessons, b sets a bookmark."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("lesson")]
    DEFAULT_CSS = """
    LessonPage {
        & #lesson-contents { display: none; width: 38; padding: 1 1 1 2; background: $surface; }
        &.-contents #lesson-contents { display: block; }
        & #lesson-body { width: 1fr; padding: 1 0 0 0; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
        & #lesson-body > * { max-width: 104; }
        & #lesson-body > Markdown { padding: 0 2; }
        & .lesson-title { padding: 0 2; margin: 0 0 1 0; color: $primary; text-style: bold; }
        & .lesson-end { padding: 0 2; margin: 0 0 1 0; color: $accent; text-style: bold; }
        & #lesson-foot { padding: 0 2; }
        & MarkdownFence { margin: 0 0 1 0; }
        & MarkdownFence > Label { padding: 0 1; width: 100%; }
        & MarkdownTableContent { keyline: none; grid-gutter: 0 1; }
        & MarkdownTable { background: $surface; }
        & MarkdownParagraph { margin: 0 0 1 0; }
        & MarkdownH3, & MarkdownH4 { color: $primary; }
    }
    """

    def __init__(self, name: str) -> None:
        """A lesson by its id; `id#page` opens it at a page (from 0)."""
        super().__init__()
        self.lesson_id, _, self._first = name.partition("#")
        self.reader: Reader | None = None
        self.quiz = ""
        self._turning = False
        self._hidden: bool | None = None
        """The learner's own wish about the contents; None: as the width has it."""

    def compose(self) -> ComposeResult:
        yield TopBar()
        with Horizontal():
            yield RowsView(self._contents, name="lesson-contents")
            yield VerticalScroll(id="lesson-body")
        yield Line(self._foot, name="lesson-foot")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#lesson-body").focus()
        self.in_thread(self._read, group="lesson")

    def _read(self) -> None:
        reader, quiz = self.study_app.study.read(self.lesson_id)
        if self._first:
            reader.go(int(self._first))
        import_module("ecslab.tui.widgets.lesson_blocks")  # slow: here, not on the screen's thread
        self.post_message(LessonOpened(reader, quiz))

    @on(LessonOpened)
    async def _open(self, event: LessonOpened) -> None:
        self.reader, self.quiz = event.reader, event.quiz
        await self._show()

    async def _show(self) -> None:
        if self.reader is None:
            return
        from ecslab.tui.widgets.lesson_blocks import widget_of

        page = self.reader.page
        body = self.query_one("#lesson-body", VerticalScroll)
        async with self.batch():
            await body.remove_children()
            blocks = [widget_of(block) for block in page.blocks]
            await body.mount(Static(page.title, classes="lesson-title", markup=False), *blocks)
            if self.reader.position == len(self.reader.lesson.pages) - 1:
                await body.mount(Static(self._ending(), classes="lesson-end", markup=False))
        body.scroll_home(animate=False, immediate=True)
        self._say()
        self.refresh_bindings()

    def _ending(self) -> str:
        following = "goes on to the quiz of this lesson" if self.quiz else "goes home"
        labs = self.reader.lesson.labs if self.reader else ()
        practice = f"\nTo practise it, the labs {', '.join(labs)}." if labs else ""
        return f"That was the last page.  n  {following}.{practice}"

    def _say(self) -> None:
        reader = self.reader
        if reader is None:
            return
        place = f"page {reader.position + 1} of {len(reader.lesson.pages)}"
        mark = "★ " if reader.position in reader.marked else ""
        self.query_one(TopBar).say(
            [("ecslab ", "title"), reader.lesson.title], [(mark, "key"), (place, "name")]
        )
        contents = self.query_one("#lesson-contents", RowsView)
        contents.rebuild()
        contents.mark(f"page:{reader.position}")
        self.query_one("#lesson-foot", Line).again()

    def _contents(self, width: int) -> list[Row]:
        reader = self.reader
        if reader is None:
            return []
        out = [row(("Contents", "title")), Row()]
        for number, page in enumerate(reader.lesson.pages):
            glyph = ("○ ", "quiet")
            if number == reader.position:
                glyph = ("▸ ", "key")
            elif number in reader.read:
                glyph = ("✔ ", "good")
            title = f"{page.title} ★" if number in reader.marked else page.title
            out += paragraph(title, width, first=[glyph], key=f"page:{number}")
        if reader.lesson.minutes:
            out += [Row(), row((f"about {reader.lesson.minutes} minutes", "quiet"))]
        return out

    def _foot(self, width: int) -> Row:
        reader = self.reader
        if reader is None:
            return row(("opening the lesson …", "quiet"))
        pages = reader.lesson.pages
        here = reader.position
        marks = ["●" if n == here else "✔" if n in reader.read else "○" for n in range(len(pages))]
        following = "the quiz" if self.quiz else "home"
        if here + 1 < len(pages):
            following = pages[here + 1].title
        return ends([(" ".join(marks), "title")], [(f"  n ▸ {following}", "quiet")], width)

    # The side ------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        shown = self.size.width >= SIDE if self._hidden is None else not self._hidden
        self.set_class(shown, "-contents")
        if not shown and self.query_one("#lesson-contents").has_focus:
            self.query_one("#lesson-body").focus()

    def action_contents(self) -> None:
        """Shows or hides the contents."""
        self._hidden = self.has_class("-contents")
        self._arrange()
        if not self._hidden:
            self.query_one("#lesson-contents").focus()

    @on(RowsView.Chosen, "#lesson-contents")
    def _jump(self, event: RowsView.Chosen) -> None:
        self._go(int(event.key.partition(":")[2]))

    # Turning pages -------------------------------------------------------------------------------

    def action_turn(self, by: int) -> None:
        """The next page or the one before; the page that is left forwards is kept as read."""
        reader = self.reader
        if reader is not None:
            self._turn(lambda: not reader.turn() if by > 0 else reader.back())

    def _go(self, number: int) -> None:
        reader = self.reader
        if reader is not None:
            self._turn(lambda: reader.go(number))

    def _turn(self, turning: "Callable[[], bool | None]") -> None:
        if self._turning:
            return
        self._turning = True

        def work() -> None:
            try:
                ended = bool(turning())
            finally:
                self._turning = False
            self.post_message(PageTurned(ended=ended))

        self.in_thread(work, group="pages")

    @on(PageTurned)
    async def _turned(self, event: PageTurned) -> None:
        if not event.ended:
            await self._show()
        elif self.quiz:
            self.study_app.go("quiz", self.quiz, instead=True)
        else:
            self.dismiss()

    # Finding pages -------------------------------------------------------------------------------

    def action_bookmark(self) -> None:
        """Sets a bookmark on this page, or takes it away."""
        reader = self.reader
        if reader is None:
            return

        def work() -> None:
            reader.turn_bookmark()
            self.post_message(PageMarked())

        self.in_thread(work, group="pages")

    @on(PageMarked)
    def _marked(self) -> None:
        self._say()

    def show_page(self, lesson: str, page: int) -> None:
        """Goes to a page that was found, here or in another lesson."""
        if lesson == self.lesson_id:
            self._go(page)
        else:
            self.study_app.go("lesson", f"{lesson}#{page}", instead=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what the page does not have are not offered."""
        if self.reader is None and action not in ("leave", "contents"):
            return False
        if action == "quiz":
            return bool(self.quiz)
        if action == "answer":
            return self.query_one("#lesson-contents").has_focus or bool(self.waiting())
        return super().check_action(action, parameters)

    def action_answer(self) -> None:
        """Enter: the page chosen in the contents, or the next question of the page."""
        contents = self.query_one("#lesson-contents", RowsView)
        if contents.has_focus and contents.cursor:
            self._go(int(contents.cursor.partition(":")[2]))
            return
        for block in self.waiting()[:1]:
            self.ask(block)

    # Leaving -------------------------------------------------------------------------------------

    def action_quiz(self) -> None:
        """Straight to the quiz."""
        self.study_app.go("quiz", self.quiz, instead=True)

    def action_leave(self) -> None:
        """Back home; the place is kept."""
        self.dismiss()
