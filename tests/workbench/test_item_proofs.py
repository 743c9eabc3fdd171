"""`pack test` over questions that live in worlds: they prove themselves, and one that does not hold is refused."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ecslab.content.packs import Pack, load
from ecslab.sandbox.warm import Warm
from ecslab.workbench.cases import cases_of, item_scripts
from ecslab.workbench.item_proof import item_proof
from ecslab.workbench.lint import lint
from ecslab.workbench.questions import quiz_problems
from ecslab.workbench.recording import normal, printed, recorded

QUIZ = "quizzes/every-type.yaml"
EVIDENCE = "quizzes/evidence/every-type.json"


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    source = Path(__file__).parents[1] / "fixtures" / "every-type"
    return load(shutil.copytree(source, tmp_path / "every-type"))


@pytest.fixture
def altered(pack: Pack) -> Callable[[str, str, str], Pack]:
    def alter(file: str, old: str, new: str) -> Pack:
        path = pack.root / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        return load(pack.root)

    return alter


@pytest.fixture(scope="module")
def warm():
    held = Warm()
    yield held
    held.close()


def proved(pack: Pack, name: str, warm: Warm) -> list[str]:
    item = next(item for item in pack.quiz("every-type").items if item.id == name)
    return list(item_proof(item, "every-type", warm))


def test_each_question_in_a_world_is_a_case_and_code_is_named(pack: Pack) -> None:
    cases = {case.name: case.runs_code for case in cases_of(pack, lab=None, seeds=1)}
    assert cases == {
        "exactly the right answers are right": False,
        "the command of scale works": True,
        "the bug of size is one": True,
        "the evidence of no-image is what its world shows": False,
        "the evidence of broken is what its world shows": False,
    }
    assert item_scripts(pack) == [
        f"{QUIZ}: the shell lines of the question 'scale'",
        f"{QUIZ}: the shell lines of the question 'size'",
    ]


def test_what_needs_no_world_is_proved_without_one(pack: Pack) -> None:
    assert quiz_problems(pack, "every-type") == []


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (QUIZ, "shows: CannotPullContainerError", "shows: NotThere", "no line of its evidence holds"),
        (EVIDENCE, "HTTP 504", "HTTP 502", None),
        (EVIDENCE, '"no-image": {', '"no-picture": {', "has no recorded evidence"),
        (EVIDENCE, '"items": {', '"other": {', "this is not recorded evidence"),
        (QUIZ, "desired: [3, 9]", "desired: [9, 3]", "write [low, high]"),
    ],
)
def test_evidence_and_parameters_that_do_not_fit(
    altered, file: str, old: str, new: str, says: str | None
) -> None:
    found = quiz_problems(altered(file, old, new), "every-type")
    assert (found == []) if says is None else any(says in said for said in found), found


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("ecs describe-services", "ecs delete-service", "DeleteService has no option --services"),
        ("ecs describe-services", "ecs describe-servises", "ecs has no operation 'describe-servises'"),
        (
            "call: elbv2 describe-target-groups --names web-tg",
            "call: ecs create-cluster",
            "CreateCluster changes things",
        ),
        ("--names web-tg", "--nams web-tg", "has no option --nams"),
        (
            "ecs update-service --cluster shop --service web-app --desired-count 0}",
            "ecs stop}",
            "ecs has no operation 'stop'",
        ),
    ],
)
def test_lint_reads_every_call(altered, old: str, new: str, says: str) -> None:
    found = [str(finding) for finding in lint(altered(QUIZ, old, new))]
    assert any(says in said and said.startswith(f"{QUIZ}:") for said in found), found


def test_causes_that_show_the_same_are_refused(pack: Pack) -> None:
    path = pack.root / EVIDENCE
    document = json.loads(path.read_text())
    causes = document["items"]["broken"]
    causes["blocked"] = causes["nobody"]
    path.write_text(json.dumps(document))
    found = quiz_problems(load(pack.root), "every-type")
    assert found == [
        "broken: the causes 'blocked' and 'nobody' cannot be told apart: their evidence is the same"
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["scale", "size", "no-image", "broken"])
def test_it_proves_itself(pack: Pack, warm: Warm, name: str) -> None:
    assert proved(pack, name, warm) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "file", "old", "new", "says"),
    [
        ("scale", QUIZ, "desired-count 3", "desired-count 4", "the solution does not reach 'three'"),
        ("scale", QUIZ, "solution: aws ecs update-service", "solution: aws ecs updat", "the solution ends with status"),
        ("scale", QUIZ, "is: [3, 3]", "is: [2, 2]", "everything is reached before anything is done"),
        ("scale", QUIZ, "{three: {fail: other}}", "{three: {fail: unchanged}}", "shows the feedback 'other', and should"),
        ("scale", QUIZ, "--desired-count 0", "--desired-count 3", "it reaches every goal"),
        ("size", QUIZ, '"memory": "4096"', '"memory": "1024"', "the document with the bug works"),
        ("size", QUIZ, '"memory": "2048"', '"memory": "4095"', "the corrected document does not work"),
        ("size", QUIZ, "says: No Fargate configuration", "says: No such thing", "does not say 'No such thing exists'"),
        ("size", QUIZ, "text: '\"memory\"'", "text: '\"cpu\"'", "leaves line 5 as it is"),
        ("no-image", EVIDENCE, "v9.9.9", "v9.9.8", "shows something else now"),
        ("no-image", QUIZ, "tag: v9.9.9", "tag: v1.2.4", "shows something else now"),
        ("broken", EVIDENCE, '"nobody": [', '"noone": [', "the evidence of the cause 'nobody' is not recorded"),
        ("broken", QUIZ, "TargetHealth.[State,Reason]", "TargetHealth.[State]", "is not recorded"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_found(
    altered, warm: Warm, name: str, file: str, old: str, new: str, says: str
) -> None:
    found = proved(altered(file, old, new), name, warm)
    assert any(says in said for said in found), found


@pytest.mark.slow
def test_recorded_anew_it_is_the_same_byte_for_byte(pack: Pack, ecslab) -> None:
    before = (pack.root / EVIDENCE).read_bytes()
    (pack.root / EVIDENCE).unlink()
    status, out, err = ecslab("pack", "record", pack.root)
    assert (status, out) == (0, f"{pack.root / EVIDENCE}\n")
    assert err == ""
    assert (pack.root / EVIDENCE).read_bytes() == before


@pytest.mark.slow
def test_a_call_that_fails_or_shows_nothing_is_not_recorded(altered, warm: Warm) -> None:
    from ecslab.terms.problems import Problem

    for old, new, says in (
        ("services[0].events[:4].message", "services[0].nothing", "shows nothing"),
        (
            "--cluster shop --services web-app",
            "--cluster shopp --services web-app",
            "ClusterNotFoundException",
        ),
    ):
        item = next(
            item for item in altered(QUIZ, old, new).quiz("every-type").items if item.id == "no-image"
        )
        with pytest.raises(Problem, match=says):
            recorded(item, warm)


def test_a_quiz_without_evidence_has_nothing_to_record(starter: Pack, ecslab) -> None:
    assert ecslab("pack", "record", starter.root) == (0, "No question of this pack shows evidence.\n", "")
    status, _, err = ecslab("pack", "record", starter.root, "--quiz", "services")
    assert (status, "has no evidence to record" in err) == (2, True)
    assert ecslab("pack", "record", starter.root, "--quiz", "servics")[0] == 2


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("one\n\ntwo", ["one", "two"]),
        (3, ["3"]),
        (["a  b", 2, None, True], ["a b", "2", "null", "true"]),
        ([["RUNNING", 1], ["STOPPED", None]], ["RUNNING  1", "STOPPED  null"]),
        ({"a": [1]}, ["{", '  "a": [', "    1", "  ]", "}"]),
        ([{"a": 1}], ["[", "  {", '    "a": 1', "  }", "]"]),
    ],
)
def test_values_are_shown_in_lines(value: object, lines: list[str]) -> None:
    assert printed(value) == lines


def test_ids_and_times_may_move_and_nothing_else() -> None:
    line = (
        "task 95b3b1de984b0f70ab16a017de101c85 in subnet-0a1b2c3d4e5f60718 at 2026-01-05T08:00:00.179Z: 502"
    )
    other = (
        "task 05b3b1de984b0f70ab16a017de101c8f in subnet-1a1b2c3d4e5f60718 at 2027-11-05 09:10:00+00:00: 502"
    )
    assert normal([line]) == normal([other])
    assert normal([line]) != normal([other.replace("502", "503")])
