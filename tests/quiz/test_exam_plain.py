"""`ecslab exam --plain`, `--history` and `--show`, and `--pack`, through a pipe and by words."""

import io
import json
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from ecslab.cli.main import main
from ecslab.progress import exams
from ecslab.progress.store import Store
from ecslab.quiz import exam as exam_room
from ecslab.quiz import exam_plain
from ecslab.quiz.items import item_of


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "p.sqlite3") as opened:
        yield opened


@pytest.fixture
def items():
    options = [
        {"text": text, "right": text == "Right", "why": f"why {text}"} for text in ("Right", "Wrong", "Odd")
    ]
    source = {"type": "single", "objectives": ["o"], "options": options, "source": "the guide"}
    made = [item_of({**source, "id": f"i{n}", "stem": f"Q{n}"}, "q") for n in range(6)]
    return {item.key: item for item in made}


def play(store: Store, items, *lines: str) -> tuple[bool, str, list[str]]:
    """Whether it was handed in, what was printed, and what the prompts said."""
    held = exam_room.go_on(store, "exam", items)
    run = held or exam_room.begin(store, "exam", items, {}, length="short", seed=5)
    out, prompts, typed = io.StringIO(), [], iter(lines)

    def read(prompt: str) -> str:
        prompts.append(prompt)
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    ended = exam_plain.play(run, Console(file=out, width=80, force_terminal=False), read)
    return ended, out.getvalue(), prompts


def right_letter(store: Store, items, place: int) -> str:
    run = exam_room.go_on(store, "exam", items)
    return "abc"[run.shown(run.questions[place]).index(0)]


def test_the_end_of_the_input_pauses_it_and_it_goes_on_where_it_was(store, items):
    ended, out, _ = play(store, items, "a", "flag", "go 5", "b")
    assert not ended
    assert "why" not in out
    ended, _, prompts = play(store, items, "list")
    assert prompts[0].startswith("[2/6 · ")
    held = exams.unfinished(store, "exam")
    assert [item.chosen is not None for item in held.items] == [True, False, False, False, True, False]
    assert [item.flagged for item in held.items] == [False, True, False, False, False, False]
    assert [pause.why for pause in held.pauses] == [exams.Why.LEFT, exams.Why.LEFT]


def test_words_move_clear_list_and_help(store, items):
    _, out, prompts = play(
        store, items, "a", "back", "clear", "next", "list", "nonsense", "help", "flag", "flag"
    )
    assert [p.partition(" ")[0] for p in prompts[:4]] == ["[1/6", "[2/6", "[1/6", "[1/6"]
    assert "0 answered or withdrawn, 6 open, 0 flagged" in out
    assert "'nonsense' is no answer here" in out
    assert "a guess" not in out and "hand in" in out
    assert "no longer flagged" in out


def test_handing_in_asks_first_and_says_what_is_open(store, items):
    ended, _, prompts = play(store, items, "a", "end", "no", "end", "yes")
    assert ended
    assert "5 not answered, a guess costs nothing. Hand in? yes or no: " in prompts


def test_a_pause_waits(store, items):
    _, _, prompts = play(store, items, "pause", "")
    assert prompts[1].startswith("Paused with ")
    assert exams.unfinished(store, "exam").pauses[0].ended is not None


def test_what_comes_after_the_time_does_not_count(store, items, monkeypatch):
    run = exam_room.begin(store, "exam", items, {}, length="short")
    run._spent = run.record.allowed
    out = io.StringIO()
    assert exam_plain.play(run, Console(file=out, width=80), lambda prompt: "a")
    assert "The time is over" in out.getvalue()
    assert store.answers() == []


@pytest.mark.parametrize(("seconds", "said"), [(59.9, "0:59"), (600, "10:00"), (7800, "2:10:00")])
def test_the_time_as_it_is_said(seconds, said):
    assert exam_plain.clock(seconds) == said


# The command ------------------------------------------------------------------------------------


@pytest.fixture
def ecslab(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ECSLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "80")

    def run(*words: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        status = main(words)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_an_exam_from_the_first_word_to_the_history(ecslab):
    status, out, _ = ecslab("exam", "--plain", "--length", "full", "--seed", "1", typed="a\nend\nyes\n")
    assert status == 0
    assert "Exam: 65 questions, 2:10:00 left." in out
    assert "is an approximation" in " ".join(out.split())
    assert "By" not in out.partition("Result")[0]
    history = json.loads(ecslab("exam", "--json")[1])
    assert [(one["form"], one["passed"]) for one in history] == [("full", False)]
    assert "not passed" in ecslab("exam", "--history")[1]
    assert "Result" in ecslab("exam", "--show", str(history[0]["exam"]))[1]


def test_another_length_or_a_missing_exam_is_one_line_and_status_2(ecslab):
    ecslab("exam", "--plain", "--length", "short", typed="")
    status, _, err = ecslab("exam", "--plain", "--length", "full")
    assert (status, err.count("\n")) == (2, 1)
    assert "go on with it without --length" in err
    assert ecslab("exam", "--show", "99")[0] == 2
    status, out, _ = ecslab("exam", "--plain", "--length", "half", "--fresh", typed="")
    assert "is paused with" in out
    assert len(json.loads(ecslab("exam", "--json")[1])) == 1


def test_an_installed_pack_is_studied_by_its_name_and_kept_apart(ecslab, tmp_path):
    starter = Path(__file__).parents[2] / "ecslab" / "workbench" / "starter"
    shutil.copytree(starter, tmp_path / "home" / "packs" / "my-pack")
    manifest = tmp_path / "home" / "packs" / "my-pack" / "pack.yaml"
    manifest.write_text(
        "format: 1\nname: my-pack\nversion: 1.0.0\ntitle: Mine\nlicense: MIT\nauthors: [Ada]\n"
    )
    quiz = json.loads(ecslab("quiz", "--json", "--pack", "my-pack")[1])[0]["id"]
    ecslab("quiz", quiz, "--plain", "--pack", "my-pack", typed="a\n3\n")
    theirs = json.loads(ecslab("progress", "--json", "--pack", "my-pack")[1])
    ours = json.loads(ecslab("progress", "--json")[1])
    assert sum(module["answered"] for module in theirs["modules"]) == 1
    assert sum(module["answered"] for module in ours["modules"]) == 0
    assert "Nothing is due" in ecslab("review", "--plain", "--pack", "my-pack")[1]
    status, _, err = ecslab("learn", "--pack", "nowhere")
    assert (status, err.count("\n")) == (2, 1)
