"""A lesson in a plain terminal or a pipe: pages printed one after another with rich.

Live blocks are shown for what they are: a `try` as the command to type, a `recall` as the question now
and the answer after Enter. What to do with a `check` is the caller's business: it knows the quiz.
"""

from collections.abc import Callable

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.text import Text

from ecslab.lesson.pages import Check, Diagram, Lesson, Page, Prose, Recall, Try
from ecslab.lesson.scratch import Outcome


def show_page(
    lesson: Lesson,
    number: int,
    console: Console,
    *,
    recall: Callable[[Recall], object],
    check: Callable[[Check], object],
    tried: Callable[[Try], object] = lambda block: None,
) -> None:
    """Print one page (from 0); the callbacks are called where the page has such a block."""
    page: Page = lesson.pages[number]
    console.rule(f"{page.title} · {number + 1}/{len(lesson.pages)}", align="left")
    for block in page.blocks:
        console.print()
        match block:
            case Prose(text):
                console.print(Markdown(text))
            case Diagram(text, caption):
                console.print(Padding(Text(text, no_wrap=True), (0, 0, 0, 2)))
                if caption:
                    console.print(f"  {caption}", style="italic", highlight=False, markup=False)
            case Try():
                console.print("Try it:", style="bold")
                console.print(Text(f"  aws {block.call}"), soft_wrap=True)
                tried(block)
                if block.say:
                    console.print(Padding(Markdown(block.say), (0, 0, 0, 2)))
            case Recall():
                recall(block)
            case Check():
                check(block)
    console.print()


def show_recall(block: Recall, console: Console, wait: Callable[[str], object]) -> None:
    """The question, a pause for an answer of one's own, the answer."""
    console.print(Markdown(f"**Recall:** {block.ask}"))
    wait("  (say it to yourself, then Enter) ")
    console.print(Padding(Markdown(block.answer), (0, 0, 0, 2)))


def show_outcome(outcome: Outcome, console: Console) -> None:
    console.print(Padding(Text(outcome.output), (0, 0, 0, 2)))
    if not outcome.as_expected:
        console.print("  (not the answer that the lesson is about)", style="italic")
