"""Review: what is due and nothing else, recall questions rated by key, measured memory; progress beside it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ecslab.lesson import recalls
from ecslab.lesson.pages import load_lesson
from ecslab.progress.records import Answer, Confidence
from ecslab.progress.review import Rating
from ecslab.tui.app import EcslabApp

LONG_AGO = datetime.now(UTC) - timedelta(days=40)


@pytest.fixture
def due(app: EcslabApp) -> EcslabApp:
    """A missed question and a page read long ago."""
    store = app.study.store
    item = "pots/holder"
    from ecslab.quiz import course

    known = course.items(app.study.pack)[item]
    for days in (0, 3):
        store.record_answer(
            Answer(item, known.hash, 0, True, 1.0, Confidence.SURE, known.objectives),
            LONG_AGO + timedelta(days),
        )
    recalls.enqueue(store, recalls.cards(load_lesson(app.study.pack, "pots")), LONG_AGO)
    return app


async def test_it_shows_what_is_due_and_goes_through_all_of_it(due: EcslabApp, tools: Any) -> None:
    async with due.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue  Review")
        await pilot.press("r")
        await tools.until(pilot, "2 due now")
        await pilot.press("down", "enter")
        await tools.until(pilot, "Who holds the plant?")
        assert "The pot holds it." not in tools.text(due)
        await pilot.press("enter")
        await tools.until(pilot, "The pot holds it.")
        assert not [review for review in due.study.store.reviews() if review.item.startswith("recall/")]
        await pilot.press("4")
        await tools.until(pilot, "1 recalled.")
        last = due.study.store.reviews()[-1]
        assert (last.item.split("/")[:2], last.rating) == (["recall", "pots"], Rating.EASY)
        await pilot.press("escape")
        await tools.until(pilot, "1 due now")
        assert "Recall " not in tools.text(due)
        await pilot.press("enter")
        await tools.until(pilot, "Question 1 of 1")
        await pilot.press("1", "enter")
        await tools.until(pilot, "How sure are you?")
        await pilot.press("2")
        await tools.until(pilot, "Enter Next")
        await pilot.press("enter", "escape")
        await tools.until(pilot, "✔ Nothing is due.")
        await tools.until(pilot, "The next thing comes back on")
        await tools.until(pilot, "7 days")
        await pilot.press("escape")
        await tools.until(pilot, "▶ Continue")


@pytest.mark.slow
async def test_enter_rates_with_what_is_marked_and_leaving_keeps_the_rest_due(
    due: EcslabApp, tools: Any
) -> None:
    async with due.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue")
        due.go("recall")
        await tools.until(pilot, "Who holds the plant?")
        await pilot.press("escape")
        await tools.until(pilot, "▶ Continue")
        due.go("recall")
        await tools.until(pilot, "Who holds the plant?")
        await pilot.press("enter")
        await tools.until(pilot, "How well did you know it?")
        await pilot.press("up", "enter")
        await tools.until(pilot, "1 recalled.")
        assert due.study.store.reviews()[-1].rating == Rating.HARD


@pytest.mark.slow
async def test_drills_that_are_due_are_listed(app: EcslabApp, tools: Any) -> None:
    app.study.store.record_review("drill/full-disk", Rating.AGAIN, now=LONG_AGO)
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue  Review")
        await pilot.press("r")
        await tools.until(pilot, "Drill      full-disk")


@pytest.mark.parametrize("size", [(80, 24), pytest.param((160, 45), marks=pytest.mark.slow)])
async def test_progress_shows_how_sure_the_figure_is_memory_and_calibration(
    due: EcslabApp, tools: Any, size: tuple[int, int]
) -> None:
    async with due.run_test(size=size) as pilot:
        await tools.until(pilot, "▶ Continue")
        await pilot.press("p")
        for part in (
            "Readiness  ─",
            "╋",
            "four times in five",
            "an approximation",
            "sure     █",
            "100% of 2",
        ):
            await tools.until(pilot, part)
        await tools.until(pilot, "The garden")
        await pilot.press("escape")
        await tools.until(pilot, "▶ Continue")
