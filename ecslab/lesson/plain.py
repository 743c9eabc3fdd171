"""A lesson in a plain terminal or a pipe: pages printed one after another with rich.

Live blocks are shown for what they are: a `try` as the command to type, a `recall` as the question now
and the answer after Enter. What to do with a `check` is the caller's business: it knows the quiz.
"""

from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.text import Text

from ecslab.lesson.pages import Check, Diagram, Lesson, Page, Predict, Prose, Recall, Try, Watch
from ecslab.lesson.recalls import RATINGS, RecallCard
from ecslab.lesson.scratch import Outcome
from ecslab.progress.review import Rating

LAST_EVENTS = 5


def show_page(
    lesson: Lesson,
    number: int,
    console: Console,
    *,
    recall: Callable[[Recall], object],
    check: Callable[[Check], object],
    tried: Callable[[Try], object] = lambda block: None,
    predicted: Callable[[Predict], object] = lambda block: None,
    watched: Callable[[Watch], object] = lambda block: None,
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
            case Predict():
                console.print(Markdown(f"**What do you expect?** {block.ask}"))
                for number, option in enumerate(block.options, 1):
                    console.print(Padding(Markdown(f"{number}. {option}"), (0, 0, 0, 1)))
                predicted(block)
            case Watch():
                console.print(Markdown(f"**Watch.** {block.say}"))
                for call in block.before:
                    console.print(Text(f"  aws {call}"), soft_wrap=True)
                watched(block)
            case Recall():
                recall(block)
            case Check():
                check(block)
    if lesson.labs and page is lesson.pages[-1]:
        console.print()
        console.print(f"To practise it: ecslab lab start {' | '.join(lesson.labs)}", highlight=False)
    console.print()


def show_recall(block: Recall, console: Console, wait: Callable[[str], object]) -> None:
    """The question, a pause for an answer of one's own, the answer."""
    console.print(Markdown(f"**Recall:** {block.ask}"))
    wait("  (say it to yourself, then Enter) ")
    console.print(Padding(Markdown(block.answer), (0, 0, 0, 2)))


def show_answer(block: Predict, console: Console, chosen: int | None = None) -> None:
    """What really happens, and whether that was expected; `chosen` counts from 0."""
    said = "" if chosen is None else "**As you expected.** " if chosen == block.right else "**Not so.** "
    text = f"{said}{block.right + 1}. {block.options[block.right]}\n\n{block.answer}"
    console.print(Padding(Markdown(text), (0, 0, 0, 2)))


def show_world(state: Mapping[str, Any], console: Console) -> None:
    """A world in a few lines: its services, its tasks, its targets and what happened last."""
    console.print(f"  {state['clock']['now']}", style="bold", highlight=False)
    for service in state["services"]:
        counts = f"desired {service['desired']}, running {service['running']}, pending {service['pending']}"
        _say(console, f"service {service['name']}: {counts}")
        for deployment in service["deployments"]:
            _say(console, f"  {deployment['status']} {deployment['task_definition']} {deployment['rollout']}")
    for task in state["tasks"]:
        _say(console, f"task {task['id'][:8]}: {task['last']}")
    for group in state["target_groups"]:
        for target in group["targets"]:
            _say(console, f"target {target['ip']}:{target['port']}: {target['state']}")
    for event in state["events"][-LAST_EVENTS:]:
        _say(console, f"· {event['message']}")


def _say(console: Console, line: str) -> None:
    console.print(Text(f"  {line}"), soft_wrap=True)


def ask_recall(card: RecallCard, console: Console, read: Callable[[str], str]) -> Rating:
    """A recall question of the review queue: asked, shown, and rated by the learner.

    Raises:
        EOFError: the input ended or the learner left.
    """
    console.print(Markdown(card.ask))
    _read(read, "  (say it to yourself, then Enter; q leaves) ")
    console.print(Padding(Markdown(card.answer), (0, 0, 0, 2)))
    said = ", ".join(f"{rating.value} {word}" for rating, word, _ in RATINGS)
    while True:
        line = _read(read, f"How well did you know it? {said}: ")
        if line in {str(rating.value) for rating in Rating}:
            return Rating(int(line))
        console.print("  one of the numbers, please", highlight=False)


def _read(read: Callable[[str], str], prompt: str) -> str:
    line = read(prompt).strip()
    if line.casefold() in ("q", "quit"):
        raise EOFError
    return line


def show_outcome(outcome: Outcome, console: Console) -> None:
    console.print(Padding(Text(outcome.output), (0, 0, 0, 2)))
    if not outcome.as_expected:
        console.print("  (not the answer that the lesson is about)", style="italic")
