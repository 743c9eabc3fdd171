"""The quiz line by line, through a pipe."""

from io import StringIO

import pytest
from rich.console import Console

from ecslab.progress.records import Confidence
from ecslab.quiz import plain
from ecslab.quiz.entry import read_answer, read_confidence
from ecslab.quiz.judge import Unreadable
from ecslab.quiz.plain import Ending, ask_once, kept, play, show_score
from ecslab.quiz.sitting import Sitting


class Pipe:
    """Lines that are typed, and all that is printed."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.prompts: list[str] = []
        self.console = Console(file=StringIO(), width=80)

    def read(self, prompt: str) -> str:
        self.prompts.append(prompt)
        if not self.lines:
            raise EOFError
        return self.lines.pop(0)

    @property
    def output(self) -> str:
        return self.console.file.getvalue()


def test_all_types_can_be_answered_by_keyboard(all_items):
    sitting = Sitting(all_items, seed=3)
    lines = []
    for item in all_items:
        shown = sitting.shown(item)
        letter = {index: "abcdef"[place] for place, index in enumerate(shown)}
        lines += [
            {
                "single": letter.get(1, ""),
                "multiple": f"{letter.get(0)}, {letter.get(2)}",
                "ordering": " ".join(letter[i] for i in sorted(letter)),
                "matching": "".join(letter[i] for i in sorted(letter)),
                "numeric": "5120 MiB",
                "short": "SIGKILL",
            }[item.id],
            "3",
        ]
    pipe = Pipe(*lines)
    assert play(sitting, pipe.console, pipe.read) is Ending.FINISHED
    assert sitting.score().right == 6
    assert pipe.output.count("✓ Right.") == 6


def test_after_the_answer_every_option_has_its_reason_and_the_source_is_named(make):
    pipe = Pipe("a", "")
    play(Sitting([make("single")]), pipe.console, pipe.read)
    before, _, after = pipe.output.partition("right" if "✓ Right" in pipe.output else "Not right")
    assert "yes B" not in before
    assert all(text in after for text in ("no A", "yes B", "no C", "← you", "the guide"))


def test_what_is_not_understood_is_asked_again_and_costs_nothing(make):
    pipe = Pipe("z", "a b", "", "a", "perhaps", "2")
    sitting = Sitting([make("single")])
    play(sitting, pipe.console, pipe.read)
    assert len(sitting.answers) == 1
    assert pipe.output.count("is no answer here") == 1
    assert next(iter(sitting.answers.values())).confidence is Confidence.UNSURE


@pytest.mark.parametrize("ending", [[], ["q"], ["a", "q"]])
def test_leaving_keeps_what_was_answered(make, ending):
    sitting = Sitting([make("single", "one"), make("single", "two")])
    pipe = Pipe("a", "1", *ending)
    assert play(sitting, pipe.console, pipe.read) is Ending.LEFT
    assert list(sitting.answers) == ["q/one"]
    assert kept(sitting) == "1 answer is kept."


def test_the_result_shows_how_sure_one_was(make):
    sitting = Sitting([make("single", "one"), make("single", "two")])
    sitting.answer(1, Confidence.GUESS)
    sitting.next()
    sitting.answer(0, Confidence.SURE)
    pipe = Pipe()
    show_score(sitting.score(), pipe.console)
    assert "1 of 2 right (50%)" in pipe.output
    assert "guess: 1 of 1 right" in pipe.output
    assert "sure: 0 of 1 right" in pipe.output
    assert "1 missed" in pipe.output


def test_a_question_by_the_way_is_judged_and_not_recorded(make):
    item = make("numeric")
    pipe = Pipe("5120")
    assert ask_once(item, pipe.console, pipe.read)
    assert plain.SURE not in pipe.prompts


@pytest.mark.parametrize("typed", ["a c", "A,C", "c a", "ac", "a a c"])
def test_several_letters_may_be_written_in_any_way(make, typed):
    assert read_answer(make("multiple"), [2, 1, 0, 3], typed) == [0, 2]


def test_letters_mean_what_the_screen_shows(make):
    assert read_answer(make("single"), [2, 0, 1], "c") == 1
    assert read_answer(make("ordering"), [3, 2, 1, 0], "d c b a") == [0, 1, 2, 3]
    assert read_answer(make("matching"), [1, 0, 2], "1b 2a 3c") == [0, 1, 2]


@pytest.mark.parametrize("typed", ["e", "a b c", "1", "?"])
def test_letters_that_are_not_there_are_no_answer(make, typed):
    with pytest.raises(Unreadable):
        read_answer(make("single"), [0, 1, 2], typed)


def test_confidence_is_a_number_or_the_beginning_of_a_word():
    assert [read_confidence(text) for text in ("1", "u", "Sure", "")] == [
        Confidence.GUESS,
        Confidence.UNSURE,
        Confidence.SURE,
        None,
    ]
    with pytest.raises(Unreadable):
        read_confidence("9")
