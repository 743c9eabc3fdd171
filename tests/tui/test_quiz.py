"""The quiz runner: every type by keyboard, confidence before the reveal, reasons, review, the summary."""

from typing import Any

import pytest

from ecslab.progress.records import Confidence
from ecslab.quiz import course, desk
from ecslab.quiz.items import Item, Type
from ecslab.quiz.judge import model_answer
from ecslab.tui import quiz_layout
from ecslab.tui.app import EcslabApp
from ecslab.tui.quiz_layout import Draft
from ecslab.tui.screens.quiz import QuizPage


async def opened(app: EcslabApp, pilot: Any, tools: Any) -> QuizPage:
    await tools.until(pilot, "▶ Continue")
    app.go("quiz", "pots")
    await tools.until(pilot, "Question 1 of 6")
    page = app.screen
    assert isinstance(page, QuizPage)
    return page


def draft_of(page: QuizPage) -> Draft:
    assert page.draft is not None
    return page.draft


async def answer_rightly(page: QuizPage, pilot: Any) -> None:
    """By keyboard alone, whatever the question is."""
    draft = draft_of(page)
    item = draft.item
    match item.type:
        case Type.SINGLE | Type.MULTIPLE:
            for place, option in enumerate(draft.shown, 1):
                if item.options[option].right:
                    await pilot.press(str(place))
        case Type.ORDERING:
            first, second, *_ = draft.order
            await pilot.press("home", "j")
            assert draft.order[:2] == [second, first]
            for target in range(len(item.steps)):
                place = draft.order.index(target)
                await pilot.press("home", *["down"] * place, *["k"] * (place - target))
        case Type.MATCHING:
            await pilot.press("enter")  # says that a partner is missing, and takes no half of an answer
            assert page.stage == "present"
            await pilot.press("home", "right")
            given = draft.partners[0]
            await pilot.press("right", "left")
            assert given == draft.partners[0] != -1
            for pair in range(len(item.pairs)):
                await pilot.press(str(draft.shown.index(pair) + 1))
        case Type.NUMERIC:
            await pilot.press(*f"{item.number:g}")
        case Type.SHORT:
            await pilot.press(*item.answer)
    await pilot.press("enter")


@pytest.mark.parametrize("size", [(80, 24), pytest.param((160, 45), marks=pytest.mark.slow)])
async def test_a_whole_quiz_by_keyboard(app: EcslabApp, tools: Any, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        page = await opened(app, pilot, tools)
        for number in range(1, 7):
            await tools.until(pilot, f"Question {number} of 6")
            await answer_rightly(page, pilot)
            await tools.until(pilot, "How sure are you?")
            await pilot.press("3")
            await tools.until(pilot, "✔ Right.")
            assert "The book of pots" in tools.text(app) or size[1] == 24
            await pilot.press("enter")
        await tools.until(pilot, "6 of 6 right")
        await tools.until(pilot, "sure     ██████████ 6 of 6 right")
        assert {answer.confidence for answer in app.study.store.answers()} == {Confidence.SURE}
        await pilot.press("enter")
        await tools.until(pilot, "✔ done    Quiz")


async def test_the_answer_is_on_disk_before_its_reasons_are_shown(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.large) as pilot:
        page = await opened(app, pilot, tools)
        await answer_rightly(page, pilot)
        await tools.until(pilot, "How sure are you?")
        assert app.study.store.answers() == []
        assert "It was made for it." not in tools.text(app)
        await pilot.press("1")
        await tools.until(pilot, "It was made for it.")
        assert [answer.right for answer in app.study.store.answers()] == [True]


async def test_every_option_has_its_reason_and_the_source_stands_below(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.large) as pilot:
        page = await opened(app, pilot, tools)
        wrong = next(place for place, option in enumerate(draft_of(page).shown, 1) if option == 1)
        await pilot.press(str(wrong), "enter")
        await tools.until(pilot, "How sure are you?")
        await pilot.press("2")
        await tools.until(pilot, "✘ Not right. It comes back in review.")
        text = tools.text(app)
        for part in (
            "✔ A pot",
            "It was made for it.",
            "✘ A spoon (your choice)",
            "Water runs out.",
            "source  The book of pots",
        ):
            assert part in text
        assert "✘ 1 missed" in text.splitlines()[0]


async def test_an_answer_can_be_taken_back_until_the_reveal(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await opened(app, pilot, tools)
        await pilot.press("1", "enter")
        await tools.until(pilot, "How sure are you?")
        await pilot.press("escape")
        await tools.until(pilot, "Choose one.")
        await tools.until(pilot, "(●)")


async def test_nothing_chosen_is_asked_again(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small, notifications=True) as pilot:
        page = await opened(app, pilot, tools)
        await answer_rightly(page, pilot)
        await tools.until(pilot, "How sure are you?")
        await pilot.press("3")
        await tools.until(pilot, "✔ Right.")
        await pilot.press("enter")
        await tools.until(pilot, "Question 2 of 6")
        await pilot.press("enter")
        await tools.until(pilot, "no such option")
        await tools.until(pilot, "Question 2 of 6")


async def test_space_ticks_and_takes_back(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        page = await opened(app, pilot, tools)
        await pilot.press("down", "space")
        assert draft_of(page).picked == {draft_of(page).shown[1]}
        await pilot.press("down", "space")
        assert draft_of(page).picked == {draft_of(page).shown[2]}


async def test_a_click_chooses(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        page = await opened(app, pilot, tools)
        line = next(y for y, text in enumerate(tools.text(app).splitlines()) if " 2 ( )" in text)
        await pilot.click(offset=(12, line))
        await tools.until(pilot, lambda: draft_of(page).picked == {draft_of(page).shown[1]})


async def test_leaving_keeps_what_was_answered_and_coming_back_goes_on(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        page = await opened(app, pilot, tools)
        await answer_rightly(page, pilot)
        await tools.until(pilot, "How sure are you?")
        await pilot.press("3")
        await tools.until(pilot, "✔ Right.")
        await pilot.press("escape")
        await tools.until(pilot, "▶ Continue  Go on with the quiz: Pots and plants")
        await tools.until(pilot, "1 of 6 answered")
        await pilot.press("enter")
        await tools.until(pilot, "Question 2 of 6")


async def test_review_asks_what_is_due_or_says_that_nothing_is(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue")
        app.go("review")
        await tools.until(pilot, "Nothing is due.")
        await pilot.press("escape")
        await tools.until(pilot, "▶ Continue")


async def test_a_quiz_can_be_taken_again(app: EcslabApp, tools: Any) -> None:
    quiz = course.load_quiz(app.study.pack, "pots")
    sitting = desk.sit(app.study.store, quiz)
    for item in quiz.items[:-1]:
        sitting.answer(model_answer(item), Confidence.SURE)
        sitting.next()
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue")
        app.go("quiz", "pots")
        await tools.until(pilot, "Question 6 of 6")
        await pilot.press(*"nonsense", "enter")
        await tools.until(pilot, "How sure are you?")
        await pilot.press("1")
        await tools.until(pilot, "✘ Not right.")
        await pilot.press("enter")
        await tools.until(pilot, "5 of 6 right")
        await pilot.press("end")
        await tools.until(pilot, "✘ Name the thing that holds a plant.")
        await pilot.press("r")
        await tools.until(pilot, "Question 1 of 6")


def items(app: EcslabApp) -> dict[str, Item]:
    return {item.id: item for item in course.load_quiz(app.study.pack, "pots").items}


def test_steps_move_one_place_and_not_beyond_the_ends(app: EcslabApp) -> None:
    draft = Draft(items(app)["order"], [2, 0, 1])
    draft.move(2, -1)
    assert draft.order == [2, 0, 1]
    draft.move(2, 1)
    assert draft.order == [0, 2, 1]


def test_partners_go_round(app: EcslabApp) -> None:
    draft = Draft(items(app)["match"], [1, 0])
    assert draft.chosen == [-1, -1]
    draft.partner(0, 1)
    assert draft.chosen == [1, -1]
    draft.partner(0, 1)
    draft.partner(1, -1)
    assert draft.chosen == [0, 0]
    assert quiz_layout.said(draft) == ["cactus ─▶ sand", "lily ─▶ sand"]
