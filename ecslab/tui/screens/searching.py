"""Searching all lessons, from whatever screen has a key for it."""

from typing import TYPE_CHECKING, cast

from textual import on
from textual.message import Message

from ecslab.tui.screens.find import Find, Place
from ecslab.tui.screens.page import Page

if TYPE_CHECKING:
    from ecslab.lesson.pages import Lesson
    from ecslab.tui.app import EcslabApp


class LessonsRead(Message):
    """All lessons have been read, to be searched."""

    def __init__(self, lessons: "list[Lesson]", marked: list[Place]) -> None:
        super().__init__()
        self.lessons, self.marked = lessons, marked


class Searching(Page):
    """A screen from which pages of lessons are found."""

    def action_search(self) -> None:
        """Finds words in all lessons."""
        study = cast("EcslabApp", self.app).study

        def work() -> None:
            self.post_message(LessonsRead(study.lessons(), study.store.bookmarks()))

        self.in_thread(work, group="search", exclusive=True)

    @on(LessonsRead)
    def _find(self, event: LessonsRead) -> None:
        from ecslab.lesson.search import hits_of, search

        found = Find(lambda words: search(event.lessons, words), hits_of(event.lessons, event.marked))
        self.app.push_screen(found, self._found)

    def _found(self, place: Place | None) -> None:
        if place is not None:
            self.show_page(*place)

    def show_page(self, lesson: str, page: int) -> None:
        """Opens a page that was found."""
        cast("EcslabApp", self.app).go("lesson", f"{lesson}#{page}")
