"""Whatever stands in a pack's files, reading them ends well or with a problem that names a place."""

import copy
from pathlib import Path

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecslab.content.documents import read_yaml
from ecslab.content.files import PackFiles
from ecslab.content.labs import load_lab
from ecslab.content.packs import Pack
from ecslab.content.problems import PackProblem
from ecslab.content.quizzes import load_quiz
from ecslab.content.resolve import resolve_lab
from ecslab.quiz.items import item_of
from ecslab.terms.problems import Problem

EXAMPLE = Path(__file__).parent / "packs" / "example"
LAB = read_yaml((EXAMPLE / "labs/two-doors/lab.yaml").read_text(), "lab").value
QUIZ = read_yaml((EXAMPLE / "quizzes/doors.yaml").read_text(), "quiz").value

EVERY_TYPE = Path(__file__).parents[1] / "fixtures" / "every-type"
TYPES = read_yaml((EVERY_TYPE / "quizzes/every-type.yaml").read_text(), "quiz").value

PIECES = st.sampled_from(
    ["a", "key: ", "- ", "\n", "  ", "{", "}", "[", "]", "&x", "*x", "!Ref ", "!!int ", "'", '"', "# ", "---\n", "\t",
     "|", ">", "? ", ": ", ",", "é", "\x85", "\x07", "%TAG", "0x1", "~", "<<"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_text(text):
    try:
        read_yaml(text, "file.yaml")
    except PackProblem as problem:
        assert problem.flaws and all(flaw.file == "file.yaml" for flaw in problem.flaws)
        assert "\n" not in str(problem)


def paths(value, at=()):
    yield at
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        yield from paths(child, (*at, key))


ODD = st.sampled_from(
    [None, 0, -1, 10**30, 1.5, True, "", "x", "${PORT}", "*", [], [None], [[1]], {}, {"a": 1}, {"is": None},
     {"any": [{"any": []}]}, {"": {}}, "[", "(", "a" * 300, {"call": "ecs x"}, {"id": 3}]
)  # fmt: skip


class OddFiles(PackFiles):
    """The example pack with one file replaced."""

    def __init__(self, name: str, text: str, root: Path = EXAMPLE) -> None:
        super().__init__(root)
        self._name, self._replaced = name, text

    def text(self, relative: str, *, base: str = "") -> str:
        return self._replaced if relative == self._name else super().text(relative, base=base)


def with_odd(document, path, odd):
    changed = copy.deepcopy(document)
    if not path:
        return odd
    parent = changed
    for part in path[:-1]:
        parent = parent[part]
    parent[path[-1]] = odd
    return changed


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(list(paths(LAB))), ODD)
def test_any_lab(path, odd):
    files = OddFiles("labs/two-doors/lab.yaml", yaml.safe_dump(with_odd(LAB, path, odd)))
    pack = Pack(EXAMPLE)
    pack.files = files
    try:
        resolve_lab(pack, "two-doors", 1)
    except Problem as problem:
        assert "\n" not in str(problem)
    pack.labs()


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(list(paths(QUIZ))), ODD)
def test_any_quiz(path, odd):
    files = OddFiles("quizzes/doors.yaml", yaml.safe_dump(with_odd(QUIZ, path, odd)))
    try:
        load_quiz(files, "doors")
    except PackProblem as problem:
        assert "\n" not in str(problem)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(list(paths(TYPES))), ODD)
def test_any_question(path, odd):
    files = OddFiles("quizzes/every-type.yaml", yaml.safe_dump(with_odd(TYPES, path, odd)), EVERY_TYPE)
    try:
        items = load_quiz(files, "every-type").items
    except PackProblem as problem:
        assert "\n" not in str(problem)
        return
    for item in items:
        try:
            item_of(item, "every-type").variant(1)
        except Problem as problem:
            assert "\n" not in str(problem)


def test_the_example_is_good_as_it_is():
    assert load_lab(PackFiles(EXAMPLE), "two-doors", 1).lab.id == "two-doors"
