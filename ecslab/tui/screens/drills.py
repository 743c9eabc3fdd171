"""The catalogue of drills: any that is due or was met least, or one that is chosen by what it hides."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from ecslab.tui import drills_layout, keys
from ecslab.tui.drills_layout import ANY, Catalogue
from ecslab.tui.rows import Row, paragraph, row
from ecslab.tui.screens.page import Page
from ecslab.tui.screens.panel import Panel
from ecslab.tui.widgets.key_line import KeyLine
from ecslab.tui.widgets.lines import TopBar
from ecslab.tui.widgets.rows_view import RowsView

if TYPE_CHECKING:
    from ecslab.tui.app import EcslabApp

LEAVE = (
    "Another drill is under way. If you begin this one, that one is over without a result, "
    "and what it hid comes back another time."
)


class CatalogueRead(Message):
    """The drills, and how they went so far, have been read."""

    def __init__(self, found: Catalogue) -> None:
        super().__init__()
        self.found = found


class DrillsPage(Page):
    """What there is to drill."""

    where = "drills"
    about = (
        "A drill is a world that worked until a short while ago, with one fault in it: find it, repair it, name it. "
        "The first row begins one without telling you what it hides; below you choose one to practise. Beside each "
        "stand the points of your best try, and under it how soon you had repaired it by the world's clock."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("drills")]
    DEFAULT_CSS = "DrillsPage #drills-rows { padding: 1 1 0 2; max-width: 110; }"

    def __init__(self) -> None:
        super().__init__()
        self.found: Catalogue | None = None

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield RowsView(self._rows, name="drills-rows")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(RowsView).focus()
        self.query_one(TopBar).say([("ecslab ", "title"), "Drills"])

    def on_screen_resume(self) -> None:
        self.in_thread(self._read, group="drills", exclusive=True)

    def _read(self) -> None:
        self.post_message(CatalogueRead(cast("EcslabApp", self.app).study.drills()))

    @on(CatalogueRead)
    def _show(self, event: CatalogueRead) -> None:
        self.found = event.found
        self.query_one(RowsView).rebuild()
        self.refresh_bindings()

    def _rows(self, width: int) -> list[Row]:
        if self.found is None:
            return [row(("reading the drills …", "quiet"))]
        return drills_layout.catalogue(self.found, width)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be started before it is known."""
        return action != "start" or self.found is not None

    @on(RowsView.Chosen, "#drills-rows")
    def _clicked(self) -> None:
        self.action_start()

    def action_start(self) -> None:
        """The marked drill; a question comes first if it would end another one."""
        marked = self.query_one(RowsView).cursor
        if self.found is None or marked is None:
            return
        name = marked.removeprefix(ANY)
        if not name or not self.found.under_way:
            self._begin(name)
            return

        def answered(agreed: bool | None) -> None:
            if agreed:
                self._begin(name, fresh=True)

        self.app.push_screen(
            Panel("Drill", lambda width: paragraph(LEAVE, width), yes="Begin this one", no="Back"), answered
        )

    def _begin(self, name: str, *, fresh: bool = False) -> None:
        from ecslab.tui.screens.drill import DrillPage

        self.app.push_screen(DrillPage(name, fresh=fresh))

    def action_leave(self) -> None:
        """Back home."""
        self.dismiss()
