"""Questions from other files: they become a quiz that a pack can hold, or every line that cannot be is named."""

import pytest
import yaml

from ecslab.classroom import questions_csv
from ecslab.classroom.exchange import Defaults, quiz_text
from ecslab.content.packs import builtin, load
from ecslab.content.problems import PackProblem
from ecslab.quiz.course import load_quiz
from ecslab.terms.problems import Problem
from ecslab.workbench.lint import lint
from ecslab.workbench.questions import quiz_problems

MARKDOWN = """\
Quiz title: Services
% objectives: services.desired-count
% source: Amazon ECS developer guide

COMMENT
1.  This is no question.
END_COMMENT

Title: Who starts it?
Points: 2
1.  Who starts a new task?

    ```
    aws ecs describe-services
    ```
*a) The service
... It keeps the desired count.
b)  The load balancer
    of the VPC
... It sends requests.

2.  Which are states?
... Amazon ECS knows both.
[*] RUNNING
[ ] SLEEPING
[*] PENDING

3.  How many are missing?
=   2 +- 0.5
... Three less one.

4.  The launch type without instances?
*   Fargate
... Nobody manages a host.
*   AWS Fargate (serverless)
"""


@pytest.fixture
def import_text(pack, tmp_path, ecslab):
    """Imports a text into the pack: (status, stdout, stderr)."""

    def run(text: str, *words: object, name: str = "fresh.md") -> tuple[int, str, str]:
        path = tmp_path / name
        path.write_text(text)
        return ecslab("pack", "import", path, pack.root, "--replace", *words)

    return run


def test_markdown_becomes_a_quiz_that_lints_and_proves_itself(pack, import_text) -> None:
    status, out, _ = import_text(MARKDOWN)
    assert (status, out) == (0, f"{pack.root}/quizzes/fresh.yaml: 4 questions\n")
    found = load(pack.root)
    assert [str(finding) for finding in lint(found) if "fresh" in finding.flaw.file] == []
    assert quiz_problems(found, "fresh") == []
    quiz = load_quiz(found, "fresh")
    one, some, number, words = quiz.items
    assert quiz.title == "Services"
    assert [item.id for item in quiz.items] == ["who-starts-it", "q2", "q3", "q4"]
    assert one.stem == "Who starts a new task?\n\n```\naws ecs describe-services\n```"
    assert [(o.text, o.right) for o in one.options] == [
        ("The service", True),
        ("The load balancer\nof the VPC", False),
    ]
    assert [o.right for o in some.options] == [True, False, True]
    assert some.options[0].why == "Amazon ECS knows both."
    assert (number.number, number.tolerance, number.why) == (2, 0.5, "Three less one.")
    assert words.accept == (r"AWS\ Fargate\ \(serverless\)",)


BROKEN = {
    "___\n": ":1:1: an essay, which no program judges cannot be imported; remove it",
    "1.  What?\n": ":1:1: it has no answer",
    "1.  What?\na)  no\n*b) yes\n": "the option 'no' has no reason; write one below it",
    "1.  What?\n*a) yes\n... so\n= 5\n": "its answers are of several kinds",
    "1.  What?\n= many\n... so\n": "'many' is not a number; write 5, 5 +- 0.1 or [4.9, 5.1]",
    "*a) yes\n": ":1:1: it belongs to no question; begin one with `1.  `",
    "1.  What?\nand more\n= 5\n... so\n": ":2:1: 'and more' is no line of a question; set it in, if it goes on",
    "\n": "there is no question in it",
    "1.  What?\na)  no\n... so\nb)  no\n... so\n": "question 1: the question 'q1' has 0 right options of 2",
}


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_question_is_named_with_its_line(import_text, pack, text: str) -> None:
    status, out, err = import_text(
        text, "--objective", "services.desired-count", "--source", "a", name="bad.md"
    )
    assert (status, out) == (1, "")
    assert BROKEN[text] in err
    assert err.count("\n") == 1
    assert not (pack.root / "quizzes" / "bad.yaml").exists()


def test_objectives_and_a_source_are_asked_for(import_text) -> None:
    status, _, err = import_text("1.  What?\n= 5\n... so\n", name="bad.md")
    assert (status, err) == (
        2,
        "ecslab: question 1 has no objectives; name it there, or give --objective ID\n",
    )


def test_a_quiz_that_is_there_is_not_written_over(pack, ecslab, tmp_path) -> None:
    path = tmp_path / "services.md"
    path.write_text(MARKDOWN)
    status, _, err = ecslab("pack", "import", path, pack.root)
    assert status == 2
    assert "is there already; choose another --id, or --replace it" in err
    assert ecslab("pack", "import", path, builtin().root)[0] == 2


@pytest.mark.parametrize("name", [quiz.id for quiz in builtin().quizzes()])
def test_a_quiz_that_went_out_as_csv_comes_back_the_same(name: str, tmp_path) -> None:
    quiz = load_quiz(builtin(), name)
    path = tmp_path / "back.csv"
    made = questions_csv.export(quiz)
    path.write_bytes(made.content)
    text, count = quiz_text(path, "back", Defaults())
    assert count == made.count
    (tmp_path / "pack" / "quizzes").mkdir(parents=True)
    (tmp_path / "pack" / "quizzes" / "back.yaml").write_text(text)
    (tmp_path / "pack" / "pack.yaml").write_text("format: 1\n")
    back = {item.id: item for item in load_quiz(load(tmp_path / "pack"), "back").items}
    left_out = {each.item for each in made.left_out}
    for item in quiz.items:
        if item.id not in left_out:
            assert back[item.id].hash == item.hash


CSV_BROKEN = {
    "type,stem\nsingle,What?\n": "there is no column 'answer'",
    "type,stem,answer,optoin_1\n": "unknown column 'optoin_1'; did you mean 'option_1'?",
    "type,stem,answer\nessay,What?,\n": ":2:1: 'essay' is not a type of question",
    "type,stem,answer,option_1\nsingle,What?,2,a\n": "`answer` is the numbers of the right options",
    'type,stem,answer\nshort,"What?,\n': "this is not CSV",
    "type,stem,answer,option_1\nmatching,What?,,a = b\n": "an option of a matching is `left => right`",
}


@pytest.mark.parametrize("text", CSV_BROKEN)
def test_rows_that_are_no_questions_are_named(tmp_path, text: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(PackProblem) as problem:
        quiz_text(path, "bad", Defaults("", ("a",), "b"))
    assert CSV_BROKEN[text] in "\n".join(map(str, problem.value.flaws))


def test_a_spreadsheets_own_marks_do_no_harm(tmp_path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("\ufefftype,stem,answer,why\r\nnumeric,How many?,1e3,so\r\n,,,\r\n")
    text, count = quiz_text(path, "sheet", Defaults("Numbers", ("a",), "the guide: §1"))
    assert count == 1
    assert yaml.safe_load(text)["items"][0]["answer"] == 1000
    assert yaml.safe_load(text)["items"][0]["source"] == "the guide: §1"


@pytest.mark.parametrize("said", ["on", "1e3", "null", "0x1F", "a: b", "- a", "yes", "007", "~"])
def test_words_stay_words_on_their_way_through_yaml(tmp_path, said: str) -> None:
    path = tmp_path / "w.csv"
    path.write_text(f"type,stem,answer,why\nshort,{said},{said},so\n")
    text, _ = quiz_text(path, "w", Defaults("T", ("a",), "b"))
    (tmp_path / "p" / "quizzes").mkdir(parents=True)
    (tmp_path / "p" / "quizzes" / "w.yaml").write_text(text)
    (tmp_path / "p" / "pack.yaml").write_text("")
    (item,) = load_quiz(load(tmp_path / "p"), "w").items
    assert (item.stem, item.answer) == (said, said)


def test_an_id_is_an_id(tmp_path) -> None:
    path = tmp_path / "a.md"
    path.write_text(MARKDOWN)
    with pytest.raises(Problem, match="is not an id"):
        quiz_text(path, "../evil", Defaults())
