"""Single lines of the frame: the bar at the top of a screen, and a line of tabs that can be clicked."""

from collections.abc import Callable, Sequence

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ecslab.tui.home_layout import tabs
from ecslab.tui.rows import Piece, Row, ends
from ecslab.tui.widgets.role_styles import role_styles


class Line(Widget):
    """One line of text with roles, made anew for the width there is."""

    DEFAULT_CSS = "Line { height: 1; width: 1fr; }"

    def __init__(
        self, builder: Callable[[int], Row], *, name: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=name, classes=classes)
        self._builder = builder
        self._shown = Row()

    def again(self) -> None:
        """Makes the line again; it is painted only when it changed."""
        made = self._builder(self.content_size.width)
        if made != self._shown:
            self._shown = made
            self.refresh()

    def on_resize(self) -> None:
        self.again()

    @property
    def text(self) -> str:
        """What is shown, for tests."""
        return self._shown.text

    def render_line(self, y: int) -> Strip:
        """The line, or nothing below it."""
        base = self.rich_style
        if y:
            return Strip.blank(self.content_size.width, base)
        styles = role_styles(self.app.theme_variables, plain=self.app.no_color)
        segments = [Segment(span.text, base + styles[span.role]) for span in self._shown.spans]
        return Strip(segments).crop_extend(0, self.content_size.width, base)


class TopBar(Line):
    """The first line of a screen: where one is at the left, how things stand at the right."""

    DEFAULT_CSS = "TopBar { background: $panel; padding: 0 1; }"

    def __init__(self, *, name: str | None = None) -> None:
        super().__init__(self._make, name=name)
        self._left: Sequence[Piece] = ()
        self._right: Sequence[Piece] = ()

    def say(self, left: Sequence[Piece] | None = None, right: Sequence[Piece] | None = None) -> None:
        """Changes either end."""
        self._left = self._left if left is None else left
        self._right = self._right if right is None else right
        self.again()

    def _make(self, width: int) -> Row:
        return ends(self._left, self._right, width)


class Tabs(Line):
    """Names of views, one of them active; a click on a name asks for it."""

    class Asked(Message):
        """A tab was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(
        self, names: Sequence[tuple[str, str, str]], active: str, *, name: str | None = None
    ) -> None:
        super().__init__(self._make, name=name)
        self._names = names
        self._places: list[tuple[int, int, str]] = []
        self.active = active

    def go(self, active: str) -> None:
        """Shows another tab as the active one."""
        self.active = active
        self.again()

    def show(self, names: Sequence[tuple[str, str, str]], active: str) -> None:
        """Shows other tabs."""
        self._names = names
        self.go(active)

    def _make(self, width: int) -> Row:
        made, self._places = tabs(self._names, self.active, width)
        return made

    def on_click(self, event: events.Click) -> None:
        for start, end, name in self._places:
            if start <= event.x < end:
                self.post_message(self.Asked(name))
