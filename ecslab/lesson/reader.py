"""Where somebody is in a lesson, kept in the record of progress with every turn of a page."""

from ecslab.lesson.pages import Lesson, Page
from ecslab.lesson.recalls import cards, enqueue
from ecslab.progress.store import Store


class Reader:
    """A lesson being read. Opens at the page where reading was left off."""

    def __init__(self, lesson: Lesson, store: Store) -> None:
        self.lesson = lesson
        self._store = store
        held = store.lesson_progress(lesson.id)
        self.position = min(held.position, len(lesson.pages) - 1)
        self.marked = {page for name, page in store.bookmarks() if name == lesson.id}
        """Pages with a bookmark."""
        self.read = {page for page in held.read if page < len(lesson.pages)}
        store.set_position(lesson.id, self.position, len(lesson.pages))

    @property
    def page(self) -> Page:
        return self.lesson.pages[self.position]

    @property
    def finished(self) -> bool:
        return len(self.read) == len(self.lesson.pages)

    def turn(self) -> bool:
        """This page is read, and its recall questions come back; go on to the next. False when it was the last."""
        enqueue(self._store, cards(self.lesson, self.position))
        progress = self._store.mark_page(self.lesson.id, self.position, len(self.lesson.pages))
        self.read.add(self.position)
        moved = progress.position != self.position
        self.position = progress.position
        return moved

    def back(self) -> None:
        self.go(self.position - 1)

    def go(self, page: int) -> None:
        """Show a page (from 0) without calling this one read."""
        self.position = max(0, min(page, len(self.lesson.pages) - 1))
        self._store.set_position(self.lesson.id, self.position, len(self.lesson.pages))

    def turn_bookmark(self) -> None:
        """Sets a bookmark on this page, or takes it away."""
        if self._store.turn_bookmark(self.lesson.id, self.position):
            self.marked.add(self.position)
        else:
            self.marked.discard(self.position)
