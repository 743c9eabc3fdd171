"""The panes of the lab screen: side by side where there is room, one at a time where there is not.

It arranges and shows which pane is the active one; what a pane holds is no business of this module.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Self

from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.widget import Widget

WIDE = 120
"""Columns from which panes stand side by side."""
TALL = 30
"""Rows from which they do."""


class Pane(Vertical):
    """A named part of the screen. In the wide layout it has a frame with its name and number."""

    DEFAULT_CSS = """
    Pane { height: 1fr; width: 1fr; padding: 0; }
    Pane.-framed { border: round $line; border-title-color: $quiet; padding: 0; }
    Pane.-framed:focus-within { border: round $border; }
    Pane > RowsView { padding: 0 1; }
    """

    def __init__(self, name: str, title: str, number: str, content: Widget) -> None:
        super().__init__(content, id=f"pane-{name}")
        self.pane = name
        self.content = content
        self.entry: Callable[[], Widget] = lambda: content
        """What gets the focus when one goes to this pane."""
        self.title = f"{number} {title}"
        self.border_title = self.title

    def on_descendant_focus(self) -> None:
        self.border_title = f"[bold $accent]{self.title}[/]"

    def on_descendant_blur(self) -> None:
        self.border_title = self.title

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Paints the frame again, which is all that a pane has of its own: what it holds paints itself."""
        if not regions and self.has_class("-framed"):
            regions = self._frame()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _frame(self) -> tuple[Region, ...]:
        width, height = self.outer_size
        x, y = -self.content_offset
        return (
            Region(x, y, width, 1),
            Region(x, y + height - 1, width, 1),
            Region(x, y, 1, height),
            Region(x + width - 1, y, 1, height),
        )

    def subtitle(self, text: str) -> None:
        """What the lower edge says; the pane is painted only when that changes."""
        if text != (self.border_subtitle or ""):
            self.border_subtitle = text


class Panes(Horizontal):
    """Two columns of panes."""

    DEFAULT_CSS = """
    Panes { height: 1fr; }
    Panes > Vertical { height: 1fr; }
    """

    def __init__(
        self, left: Sequence[Pane], right: Sequence[Pane], *, active: str, sharing: Sequence[str] = ()
    ) -> None:
        self._columns = (Vertical(*left, id="panes-left"), Vertical(*right, id="panes-right"))
        super().__init__(*self._columns)
        self._panes = {pane.pane: pane for pane in (*left, *right)}
        self._in_column = ({pane.pane for pane in left}, {pane.pane for pane in right})
        self.active = active
        self.zoomed = False
        self._sharing = tuple(sharing)
        self.shared = self._sharing[0] if self._sharing else ""
        """Of the panes that share one place, the one that is shown there."""

    def __iter__(self) -> Iterator[Pane]:
        return iter(self._panes.values())

    def __getitem__(self, name: str) -> Pane:
        return self._panes[name]

    @property
    def side_by_side(self) -> bool:
        """Whether there is room for all of them."""
        return self.app.size.width >= WIDE and self.app.size.height >= TALL

    def show_what_fits(self) -> None:
        """Shows all panes, or only the active one."""
        every = self.side_by_side and not self.zoomed
        if self.active in self._sharing:
            self.shared = self.active
        for pane in self:
            fits = every and (pane.pane not in self._sharing or pane.pane == self.shared)
            pane.display = fits or pane.pane == self.active
            pane.set_class(self.side_by_side, "-framed")
        for column, names in zip(self._columns, self._in_column, strict=True):
            column.display = every or self.active in names
        for name in self._sharing:
            others = [self._panes[other].title for other in self._sharing if other != name]
            self._panes[name].subtitle(" · ".join(others) if every else "")
        left, right = self._columns
        if every:
            left.styles.width = max(52, min(76, self.app.size.width * 45 // 100))
            right.styles.width = "1fr"
        else:
            left.styles.width = right.styles.width = "1fr"

    def go(self, name: str) -> None:
        """Makes a pane the active one and gives it the focus."""
        self.active = name
        self.show_what_fits()
        self.screen.set_focus(self._panes[name].entry(), scroll_visible=False)

    def noticed(self, focused: Widget | None) -> None:
        """The focus is elsewhere: by Tab or the mouse."""
        for pane in self:
            if focused is pane.entry() and self.active != pane.pane:
                self.active = pane.pane
                if not self.side_by_side or self.zoomed:
                    self.show_what_fits()
