"""Goals in the plain terminal, at the width of a shell beside the map."""

from dataclasses import dataclass
from typing import Any

import pytest

from ecslab.cli.lab_text import Paint, goals


@dataclass
class Verdict:
    id: str = "pages"
    verdict: str = "fail"
    goal: str = "It leaves nothing out in accounts with more than one page of it"
    points: float = 0
    max: float = 4
    message: str = "The list is not complete."
    expected: Any = None
    actual: Any = None
    look: str | None = None
    why: str | None = "A list operation answers at most 100 things, and with them a token for the others."
    optional: bool = False


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "62")


def test_the_points_of_a_goal_stand_at_its_end_and_inside_of_the_width() -> None:
    assert goals([Verdict(optional=True)], Paint(on=False), explain=False) == [
        "✘ It leaves nothing out in accounts with more than one page of",
        "  it  0/4 extra",
    ]


def test_colour_takes_no_room_in_a_line() -> None:
    plain = goals([Verdict()], Paint(on=False))
    painted = goals([Verdict()], Paint(on=True))
    assert len(plain) == len(painted)
    assert plain[-2:] == [
        "    why   A list operation answers at most 100 things, and",
        "          with them a token for the others.",
    ]


def test_a_question_says_how_it_is_answered_until_it_is() -> None:
    asked = Verdict(id="seen", verdict="not judged", goal="You know the build")
    assert goals([asked], Paint(on=False), questions=["seen"])[1:] == ["    answer  ecslab lab answer seen …"]
    passed = Verdict(id="seen", verdict="pass", goal="You know the build")
    assert len(goals([passed], Paint(on=False), questions=["seen"])) == 1
