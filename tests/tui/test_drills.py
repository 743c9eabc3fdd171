"""The catalogue of drills: what there is, how it went, what is due; another drill is not left unasked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from textual.screen import Screen

from ecslab.content.packs import builtin
from ecslab.progress import drills
from ecslab.progress.drills import DrillResult
from ecslab.progress.review import Rating
from ecslab.tui import drills_layout
from ecslab.tui.app import EcslabApp
from ecslab.tui.drills_layout import Catalogue, Listed
from ecslab.tui.rows import text_of
from ecslab.tui.screens.drill import DrillPage
from ecslab.tui.widgets.rows_view import RowsView

TITLES = {fault.id: fault.title for fault in builtin().faults()}
FIRST, SECOND = list(TITLES)[:2]
BEST = DrillResult(
    "log-group", "shop-fargate", 1, ("ecs.logs",), True, True, 1, False, 90.0, 40_000, 260_000, 410.0
)


def test_the_catalogue_says_what_is_due_and_how_it_went_at_best() -> None:
    found = Catalogue(
        [
            Listed("no-route", "Nothing leads out", ("shop-fargate",), 10, due=True),
            Listed("log-group", "The log group is gone", ("shop-fargate", "shop-ec2"), 8, best=BEST),
        ]
    )
    for width in (60, 110):
        rows = drills_layout.catalogue(found, width)
        text = text_of(rows)
        assert max(row.cells for row in rows) <= width
        assert "▶ Begin  any: you are not told what is hidden" in text
        assert "naming it does not" in text
        assert text.index("Nothing leads out") < text.index("due · new") < text.index("The log group is gone")
        assert "✔ 90" in text
        assert "shop-fargate, shop-ec2 · 8 min · repaired after 4m20s simulated" in " ".join(text.split())
        assert next(row.key for row in rows if row.key) == "drill:"
        assert {row.key for row in rows} >= {"drill:no-route", "drill:log-group"}


def test_a_drill_under_way_is_offered_first() -> None:
    rows = drills_layout.catalogue(Catalogue([], under_way=True), 60)
    assert "▶ Go on  with the drill that is under way" in rows[0].text


@pytest.fixture
def begun(app: EcslabApp, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """The drills that were begun, by id and whether afresh: their worlds are for other tests."""
    seen: list[tuple[str, bool]] = []
    push = app.push_screen

    def noted(screen: Any, *args: Any, **more: Any) -> Any:
        if isinstance(screen, DrillPage):
            seen.append((screen._fault, screen._fresh))
            return None
        return push(screen, *args, **more)

    monkeypatch.setattr(app, "push_screen", noted)
    return seen


async def listed(app: EcslabApp, pilot: Any, tools: Any) -> Screen[Any]:
    await tools.until(pilot, "▶ Continue")
    await pilot.press("d")
    await tools.until(pilot, TITLES[FIRST])
    return app.screen


async def test_it_is_a_key_away_and_shows_every_drill_of_the_command_line(
    app: EcslabApp, tools: Any, begun: list[tuple[str, bool]]
) -> None:
    store = app.study.store
    drills.keep(store, BEST, "")
    store.record_review("drill/no-route", Rating.AGAIN, now=datetime.now(UTC) - timedelta(days=40))
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "d Drills")
        page = await listed(app, pilot, tools)
        rows = page.query_one(RowsView).rows
        assert {row.key for row in rows if row.key} == {"drill:", *(f"drill:{name}" for name in TITLES)}
        assert "✔ 90" in text_of(rows) and "due · new" in text_of(rows)
        assert "Enter Start" in tools.text(app)
        await pilot.press("question_mark")
        await tools.until(pilot, "Help · Drills")
        await pilot.press("escape", "enter", "down", "down", "enter")
        assert begun == [("", False), (SECOND, False)]
        await pilot.press("escape")
        await tools.until(pilot, "▶ Continue")


async def test_another_drill_is_left_only_after_a_question(
    app: EcslabApp, tools: Any, begun: list[tuple[str, bool]]
) -> None:
    from ecslab.lab.session import Session

    Session.start("drill/scaled-to-zero", seed=3, place="drill")
    async with app.run_test(size=tools.small) as pilot:
        await listed(app, pilot, tools)
        await tools.until(pilot, "▶ Go on")
        await pilot.press("down", "enter")
        await tools.until(pilot, "Another drill is under way.")
        await pilot.press("n")
        await tools.until(pilot, "▶ Go on")
        assert begun == []
        await pilot.press("up", "enter", "down", "enter")
        await tools.until(pilot, "Another drill is under way.")
        await pilot.press("y")
        assert begun == [("", False), (FIRST, True)]
