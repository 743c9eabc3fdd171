"""The exam's screen: every key, nothing shown that is not kept, leaving and going on, the report."""

from typing import Any

import pytest

from ecslab.progress import exams
from ecslab.progress.exams import Why
from ecslab.quiz.items import Type
from ecslab.tui.app import EcslabApp, Start
from ecslab.tui.screens.exam import ExamPage
from ecslab.tui.study import Study


def page_of(app: EcslabApp) -> ExamPage:
    assert isinstance(app.screen, ExamPage)
    return app.screen


def held(app: EcslabApp) -> exams.ExamRecord:
    found = exams.unfinished(app.study.store, "exam")
    assert found is not None
    return found


async def begun(app: EcslabApp, pilot: Any, tools: Any) -> ExamPage:
    """A short exam: the pack has four questions that suit one."""
    await tools.until(pilot, "▶ Continue")
    await pilot.press("e")
    await tools.until(pilot, "The pack has 4 questions that suit an exam.")
    await pilot.press("end", "enter")
    await tools.until(pilot, "Question 1 of 4")
    return page_of(app)


async def at(page: ExamPage, kind: Type, pilot: Any, tools: Any) -> None:
    """Goes to the question of a type, over the list."""
    assert page.exam is not None
    place = next(q.place for q in page.exam.questions if q.item and q.item.type is kind)
    await pilot.press("l")
    await tools.until(pilot, "Enter goes there")
    await pilot.press("home", *["down"] * place, "enter")
    await tools.until(pilot, f"Question {place + 1} of 4")


async def answer_rightly(page: ExamPage, pilot: Any) -> None:
    assert page.draft is not None
    item, shown = page.draft.item, list(page.draft.shown)
    match item.type:
        case Type.SINGLE | Type.MULTIPLE:
            for place, option in enumerate(shown, 1):
                if item.options[option].right:
                    await pilot.press(str(place))
        case Type.ORDERING:
            for wanted in range(len(item.steps)):
                here = page.draft.order.index(wanted)
                await pilot.press("home", *["down"] * here, *["k"] * (here - wanted))
        case _:
            await pilot.press("home")
            for left in range(len(item.pairs)):
                await pilot.press(str(shown.index(left) + 1))


@pytest.mark.parametrize("size", [(80, 24), pytest.param((160, 45), marks=pytest.mark.slow)])
async def test_an_exam_by_keyboard_alone(app: EcslabApp, tools: Any, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        page = await begun(app, pilot, tools)
        for place in range(1, 5):
            await tools.until(pilot, f"Question {place} of 4")
            await answer_rightly(page, pilot)
            assert "It was made for it." not in tools.text(app)
            await pilot.press("enter")
        await tools.until(pilot, "4 answered · 0 open")
        await pilot.press("e")
        await tools.until(pilot, "All questions are answered.")
        await pilot.press("y")
        await tools.until(pilot, "✔ Passed  about 1000 of 1000, pass mark 720")
        await tools.until(pilot, "approximation")
        await pilot.press("w")
        await tools.until(pilot, "Question 1 of 4")
        await tools.until(pilot, "✔ Right.")
        await pilot.press("n")
        await tools.until(pilot, "Question 2 of 4")
        await pilot.press("p", "escape")
        await tools.until(pilot, "By objective")
        await pilot.press("escape")
        await tools.until(pilot, "▶ Continue")
        await pilot.press("e")
        await tools.until(pilot, "Earlier exams")
        await pilot.press("end", "enter")
        await tools.until(pilot, "✔ Passed  about 1000")


async def test_what_the_screen_shows_is_in_the_record(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.large) as pilot:
        page = await begun(app, pilot, tools)
        await at(page, Type.MULTIPLE, pilot, tools)
        place = page.exam.position if page.exam else 0
        await pilot.press("1", "3", "f")
        await tools.until(pilot, "⚑ flagged")
        assert page.draft is not None
        shown = page.draft.shown
        assert held(app).items[place].chosen == sorted([shown[0], shown[2]])
        assert held(app).items[place].flagged
        await pilot.press("3", "1", "f")
        await tools.until(pilot, lambda: "⚑" not in tools.text(app))
        assert held(app).items[place].chosen is None
        await pilot.press("down", "space")
        assert held(app).items[place].chosen == [shown[1]]
        assert app.study.store.answers() == []


@pytest.mark.slow
async def test_lines_move_and_partners_change(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.large) as pilot:
        page = await begun(app, pilot, tools)
        await at(page, Type.ORDERING, pilot, tools)
        first = page.draft.order[0] if page.draft else 0
        await pilot.press("home", "j")
        assert page.draft and page.draft.order[1] == first
        await pilot.press("k")
        assert page.draft.order[0] == first
        await at(page, Type.MATCHING, pilot, tools)
        place = page.exam.position if page.exam else 0
        await pilot.press("home", "right")
        assert held(app).items[place].chosen == [page.draft.shown[0], -1]
        await pilot.press("left")
        assert held(app).items[place].chosen == [page.draft.shown[1], -1]


async def test_a_pause_hides_the_questions_and_leaving_keeps_them(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        page = await begun(app, pilot, tools)
        await pilot.press("z")
        await tools.until(pilot, "Paused")
        assert "Choose" not in tools.text(app)
        assert page.exam is not None and not page.exam.running
        await pilot.press("enter")
        await tools.until(pilot, "Question 1 of 4")
        await pilot.press("n", "escape")
        await tools.until(pilot, "▶ Continue  Go on with the exam")
        assert [pause.why for pause in held(app).pauses] == [Why.PAUSED, Why.LEFT]
        await pilot.press("enter")
        await tools.until(pilot, "▶ go on  0 of 4 answered")
        await pilot.press("enter")
        await tools.until(pilot, "Question 1 of 4")


@pytest.mark.slow
async def test_not_handing_in_goes_on(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await begun(app, pilot, tools)
        await pilot.press("e")
        await tools.until(pilot, "4 questions are not answered; a guess costs nothing.")
        await pilot.press("n")
        await tools.until(pilot, lambda: "Hand in the exam?" not in tools.text(app))
        assert held(app).sitting.finished is None


async def test_when_the_time_is_over_it_is_handed_in(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small, notifications=True) as pilot:
        page = await begun(app, pilot, tools)
        assert page.exam is not None
        page.exam._spent = page.exam.record.allowed
        await tools.until(pilot, "The time is over.")
        await tools.until(pilot, "△ Not passed yet  about 100 of 1000")


@pytest.mark.slow
async def test_what_to_study_opens_from_the_report(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await begun(app, pilot, tools)
        await pilot.press("e", "y")
        await tools.until(pilot, "study lesson: Pots and plants")
        await pilot.press("enter")
        await tools.until(pilot, "What a pot is")


@pytest.mark.slow
async def test_an_exam_can_be_opened_at_once_with_its_length(pack: Any, home: Any, tools: Any) -> None:
    app = EcslabApp(Study(home, pack), start=Start("exam", "short", seed=3))
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "Question 1 of 4")
        assert held(app).sitting.seed == 3


@pytest.mark.slow
async def test_a_pack_without_questions_says_so(app: EcslabApp, pack: Any, tools: Any) -> None:
    (pack.root / "quizzes" / "pots.yaml").unlink()
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue")
        await pilot.press("e")
        await tools.until(pilot, "✘ This pack has no question for an exam.")
