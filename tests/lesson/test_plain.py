"""A lesson printed in a plain terminal."""

from io import StringIO

from rich.console import Console

from ecslab.lesson.pages import Lesson, split_pages
from ecslab.lesson.plain import show_page

LESSON = Lesson(
    "l", "L", "m", 5, ("o",), 1, split_pages("## One\n\na\n\n## Two\n\nb\n", "L"), labs=("first", "next")
)


def printed(number: int) -> str:
    console = Console(file=StringIO(), width=80)
    show_page(LESSON, number, console, recall=lambda block: None, check=lambda block: None)
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


def test_the_last_page_names_the_labs_in_which_it_is_practised():
    assert "ecslab lab start" not in printed(0)
    assert "To practise it: ecslab lab start first | next" in printed(1)
