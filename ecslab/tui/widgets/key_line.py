"""The last line of a screen: the keys that work now. Changing it lays nothing out: one line is painted, if it differs."""

from typing import ClassVar

from textual import events
from textual.binding import Binding
from textual.screen import Screen

from ecslab.tui.rows import Piece, Row, cells, row
from ecslab.tui.widgets.lines import Line


class KeyLine(Line):
    """The keys of the screen and of what has the focus, as in the key table; a click presses one."""

    ALLOW_SELECT: ClassVar[bool] = False
    DEFAULT_CSS = "KeyLine { dock: bottom; background: $panel; pointer: pointer; }"

    def __init__(self) -> None:
        super().__init__(self._make)
        self._places: list[tuple[int, int, Binding]] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        if self.is_attached and self.app.app_focus:
            self.again()

    def _make(self, width: int) -> Row:
        self._places.clear()
        pieces: list[Piece] = []
        seen: set[str] = set()
        at = 0
        for _, binding, enabled, _ in self.screen.active_bindings.values():
            if not binding.show or binding.action in seen:
                continue
            seen.add(binding.action)
            key, words = f" {self.app.get_key_display(binding)} ", f"{binding.description} "
            pieces += [(key, "key" if enabled else "quiet"), (words, "" if enabled else "quiet")]
            end = at + cells(key + words)
            self._places.append((at, end, binding))
            at = end
        return row(*pieces)

    def _at(self, x: int) -> Binding | None:
        return next((binding for start, end, binding in self._places if start <= x < end), None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        found = self._at(event.x)
        said = found.tooltip or None if found else None
        if said != self.tooltip:
            self.tooltip = said

    def on_mouse_down(self, event: events.MouseDown) -> None:
        found = self._at(event.x)
        if found is not None:
            self.app.simulate_key(found.key)
