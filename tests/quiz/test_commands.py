"""`ecslab quiz`, `learn`, `review`, `progress`, `export` and `import`, through a pipe."""

import io
import json

import pytest

from ecslab.cli.main import main
from ecslab.lesson.scratch import Outcome

QUIZ = "task-definitions-and-tasks"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ECSLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path / "home"


class Keyboard(io.StringIO):
    """Standard input that says whether it is a terminal."""

    def __init__(self, typed: str, terminal: bool) -> None:
        super().__init__(typed)
        self.isatty = lambda: terminal


@pytest.fixture
def ecslab(monkeypatch, capsys):
    def run(*words: str, typed: str = "", terminal: bool = False) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", Keyboard(typed, terminal))
        monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
        try:
            status = main(words)
        except SystemExit as ended:
            status = int(ended.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def listed(ecslab, command: str) -> dict:
    """What a listing says of the quiz or the lesson of these tests."""
    return next(one for one in json.loads(ecslab(command, "--json")[1]) if one["id"] == QUIZ)


def test_the_quizzes_and_lessons_are_listed(ecslab):
    assert QUIZ in ecslab("quiz")[1]
    assert listed(ecslab, "quiz")["items"] == 10
    assert QUIZ in ecslab("learn")[1]
    assert listed(ecslab, "learn")["read"] == 0


def test_a_quiz_is_left_and_gone_on_with(ecslab):
    status, out, _ = ecslab("quiz", QUIZ, "--plain", typed="a\n3\n5120\n2\n")
    assert status == 0
    assert "2 answers are kept" in out
    _, out, _ = ecslab("quiz", QUIZ, "--plain", typed="")
    assert "You go on at question 3" in out


def test_a_missed_question_is_due_the_same_day_and_shown_in_progress(ecslab):
    ecslab("quiz", QUIZ, "--plain", typed="a\n3\n1\n\n")
    assert "Nothing is due. The next thing is due on" in ecslab("review", "--plain")[1]
    overview = json.loads(ecslab("progress", "--json")[1])
    module = next(module for module in overview["modules"] if module["id"] == "task-definitions")
    assert module["answered"] == 2
    status, out, _ = ecslab("progress")
    assert status == 0
    assert "Task definitions" in out
    assert "Readiness" in out


def test_a_lesson_is_printed_whole_through_a_pipe_and_not_called_read(ecslab):
    status, out, _ = ecslab("learn", QUIZ, "--plain")
    assert status == 0
    assert "In short" in out
    assert "networkMode set to awsvpc" in out
    assert listed(ecslab, "learn")["read"] == 0


def test_progress_goes_out_and_comes_in_elsewhere(ecslab, tmp_path, monkeypatch):
    ecslab("quiz", QUIZ, "--plain", typed="a\n3\n")
    assert ecslab("export", str(tmp_path / "out.json"))[0] == 0
    assert "was here already" in ecslab("import", str(tmp_path / "out.json"))[1]
    monkeypatch.setenv("ECSLAB_HOME", str(tmp_path / "other"))
    assert ecslab("progress", "import", str(tmp_path / "out.json"))[0] == 0
    assert "go on at question 2" in ecslab("quiz", QUIZ, "--plain")[1]


def test_in_a_terminal_a_turned_page_is_read_and_reading_goes_on_there(ecslab):
    ecslab("learn", QUIZ, "--plain", typed="\n\n\n", terminal=True)
    assert listed(ecslab, "learn")["read"] == 0.2
    _, out, _ = ecslab("learn", QUIZ, "--plain", typed="s\nb\n", terminal=True)
    assert "2/10" in out.partition("3/10")[2]


def test_a_try_is_played_on_enter_and_skipped_on_s(ecslab, monkeypatch):
    played: list[str] = []

    def play(self, block):
        played.append(block.call.split()[1])
        return Outcome(block.call, 0, "{}", True)

    monkeypatch.setattr("ecslab.lesson.scratch.Scratch.play", play)
    first, second_with_recall, third = "\n", "\n\n", "s\n\n"
    ecslab("learn", QUIZ, "--plain", typed=first + second_with_recall + third + "\n\nq\n", terminal=True)
    assert played == ["register-task-definition", "describe-task-definition"]


def test_flags_are_listed_for_people_and_programs(ecslab):
    assert "No question is flagged." in ecslab("progress", "--flags")[1]
    ecslab("quiz", QUIZ, "--plain", typed="! two are right\na\n3\n")
    assert "task-definitions-and-tasks/new-image  two are right" in ecslab("progress", "--flags")[1]
    (flag,) = json.loads(ecslab("progress", "--flags", "--json")[1])
    assert (flag["item"], flag["note"], flag["variant"]) == (f"{QUIZ}/new-image", "two are right", None)


@pytest.mark.parametrize(
    "words",
    [
        ("quiz", "task-definition", "--plain"),
        ("learn", "nothing", "--plain"),
        ("progress", "export"),
    ],
)
def test_a_wrong_name_or_a_missing_one_is_one_line_and_status_2(ecslab, words):
    status, _, err = ecslab(*words)
    assert (status, err.count("\n")) == (2, 1)


def test_a_damaged_record_is_one_line_and_status_3(ecslab, home):
    home.mkdir()
    (home / "progress.sqlite3").write_bytes(b"not a database, but somebody's file" * 200)
    status, _, err = ecslab("progress")
    assert (status, err.count("\n")) == (3, 1)
    assert "damaged" in err
    assert (home / "progress.sqlite3").read_bytes().startswith(b"not a database")
