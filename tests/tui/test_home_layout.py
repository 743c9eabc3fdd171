"""Home as text: the next step on top, modules with what is learned, lists of one kind."""

from dataclasses import replace

from ecslab.tui import home_layout
from ecslab.tui.course import next_step
from ecslab.tui.home_layout import NEXT, Course, Entry, ModuleView
from ecslab.tui.rows import row, text_of

LESSON = Entry(
    "lesson", "td", "Task definitions", "started", "page 3 of 6", 12, "About them.", ("Tell them apart",)
)
QUIZ = Entry("quiz", "td", "Task definitions", "weak", "6 of 10 right")
LAB = Entry("lab", "fix", "The load balancer answers 502", minutes=15)
COURSE = Course(
    modules=(
        ModuleView("Task definitions", (LESSON, QUIZ), 0.5, due=3),
        ModuleView("Load balancers", (LAB,)),
        ModuleView("Scaling"),
    ),
    next=LESSON,
    why_next="You are in the middle of it.",
    due=3,
    streak=4,
    ready="42 % ready",
)


def test_the_course_is_a_map_with_one_next_step() -> None:
    assert text_of(home_layout.home(COURSE, "course", 70)) == (
        "▶ Continue  Read on: Task definitions              page 3 of 6  Enter\n"
        "  You are in the middle of it.  ↻ 3 due for review\n"
        "\n"
        "Task definitions                              ↻ 3 due  ████░░░░  50 %\n"
        "  ◑ started Lesson  Task definitions                      page 3 of 6\n"
        "  △ weak    Quiz    Task definitions                    6 of 10 right\n"
        "\n"
        "Load balancers                                         ░░░░░░░░   0 %\n"
        "  ○ new     Lab     The load balancer answers 502              15 min\n"
        "\n"
        "Scaling  · nothing here yet"
    )


def test_a_long_name_of_the_next_step_keeps_off_its_note() -> None:
    begun = replace(LAB, title="Game day: three faults at once", note="95 %", state="started")
    first = text_of(home_layout.home(replace(COURSE, next=begun), "course", 52)).splitlines()[0]
    assert first.endswith("… 95 %  Enter")


def test_a_list_has_only_its_kind() -> None:
    text = text_of(home_layout.home(COURSE, "labs", 70))
    assert "The load balancer answers 502" in text
    assert "△" not in text
    assert "There are no quizzes" in text_of(home_layout.home(replace(COURSE, modules=()), "quizzes", 70))


def test_rows_lead_to_what_they_show() -> None:
    keys = [line.key for line in home_layout.home(COURSE, "course", 70) if line.key]
    assert keys == [NEXT, NEXT, "lesson:td", "quiz:td", "lab:fix"]
    assert [COURSE.find(key) for key in ("quiz:td", NEXT, "lab:none")] == [QUIZ, LESSON, None]


def test_what_is_marked_is_explained() -> None:
    text = text_of(home_layout.about(COURSE, LESSON, 40))
    for part in (
        "Lesson · ◑ started · about 12 minutes",
        "page 3 of 6",
        "About them.",
        "• Tell them apart",
        "Enter opens it",
    ):
        assert part in text


def test_progress_and_streak_are_told_kindly() -> None:
    assert row(*home_layout.standing(COURSE)).text == "42 % ready  ↻ 3 due  ★ 4 days in a row"
    assert row(*home_layout.standing(Course(streak=1))).text == "  ★ studied today"
    assert row(*home_layout.standing(Course())).text == ""


def test_a_record_that_cannot_be_read_is_said_in_place_of_the_list() -> None:
    assert (
        text_of(home_layout.home(Course(broken="no place to write"), "course", 60)) == "✘ no place to write"
    )


def test_when_all_is_done_nothing_is_pressed_on_the_learner() -> None:
    assert "All of the course is done" in text_of(home_layout.home(Course(), "course", 60))


def test_what_was_begun_comes_first_then_what_is_due_then_what_is_new() -> None:
    assert next_step([QUIZ, LAB, LESSON], 3)[0] == LESSON
    review, why = next_step([QUIZ, LAB], 3)
    assert review is not None
    assert (review.kind, review.note) == ("review", "3 due")
    assert "due" in why
    assert next_step([QUIZ, LAB], 0)[0] == LAB
    assert next_step([QUIZ], 0)[0] == QUIZ
    assert next_step([], 0) == (None, "")


def test_tabs_that_do_not_fit_are_left_out() -> None:
    names = (("a", "1", "First"), ("b", "2", "Second"))
    line, places = home_layout.tabs(names, "a", 40)
    assert line.text == "▐ 1 First ▌  2 Second  "
    assert places == [(0, 11, "a"), (11, 23, "b")]
    assert len(home_layout.tabs(names, "a", 15)[1]) == 1


def test_a_module_says_what_is_weak_in_it_and_home_how_sure_the_figure_is() -> None:
    weak = replace(COURSE.modules[0], weak=2)
    course = replace(COURSE, modules=(weak,), likely="likely 30%-55% ready", spent=40)
    text = text_of(home_layout.home(course, "course", 70))
    assert "△ 2 weak  ↻ 3 due  ████░░░░  50 %" in text
    assert "  likely 30%-55% ready · 40 min this week\n" in text
