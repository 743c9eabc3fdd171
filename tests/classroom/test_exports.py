"""Quizzes in the forms of other systems, read back as those systems read them."""

import csv
import io
import json
import zipfile
from xml.etree import ElementTree

import pytest

from ecslab.classroom import export_anki, export_moodle, export_qti, questions_csv
from ecslab.content.packs import builtin
from ecslab.quiz.course import quizzes
from ecslab.quiz.items import Quiz, item_of

BASE = {"objectives": ["ecs.a", "ecs.b"], "source": "the guide"}
ITEMS = [
    {
        "id": "one", "type": "single", "stem": "Is `a < b`\n\n```\nx\ty\n```", "options": [
            {"text": "**yes**", "right": True, "why": "it is"}, {"text": "no & never", "right": False, "why": "why not"}],
    },
    {
        "id": "some", "type": "multiple", "stem": "Which?", "options": [
            {"text": "A", "right": True, "why": "a"}, {"text": "B", "right": False, "why": "b"},
            {"text": "C", "right": True, "why": "c"}],
    },
    {"id": "order", "type": "ordering", "stem": "Sort", "order": ["first", "second"], "why": "so"},
    {"id": "pairs", "type": "matching", "stem": "Match", "pairs": [
        {"left": "l1", "right": "r1"}, {"left": "l2", "right": "r2"}, {"left": "l3", "right": "r1"}]},
    {"id": "number", "type": "numeric", "stem": "How much?", "answer": 5120, "tolerance": 10, "unit": "MiB", "why": "w"},
    {"id": "words", "type": "short", "stem": "Signal?", "answer": "SIG*", "accept": ["sig ?term", "TERM"], "why": "w"},
]  # fmt: skip


@pytest.fixture
def quiz() -> Quiz:
    return Quiz("doors", "Doors & keys", tuple(item_of({**BASE, **item}, "doors") for item in ITEMS))


# --- Anki --------------------------------------------------------------------------------------------


def test_anki_gets_one_note_a_question_with_a_lasting_id(quiz: Quiz) -> None:
    made = export_anki.export(quiz)
    head, body = made.content.decode().split("#tags column:4\n")
    assert "#separator:tab\n#html:true\n#guid column:1\n" in head
    rows = list(csv.reader(io.StringIO(body), delimiter="\t"))
    assert made.count == len(rows) == 6
    assert {len(row) for row in rows} == {4}
    assert len({row[0] for row in rows}) == 6
    assert body.count("\n") == 6  # a note is a line
    front, back = rows[0][1:3]
    assert "<code>a &lt; b</code>" in front
    assert "<pre><code>x" in front
    assert "<strong>yes</strong>: it is" in back
    assert rows[0][3] == "ecs.a ecs.b"
    assert "l2 → r2" in rows[3][2]
    edited = Quiz("doors", "Doors", (item_of({**BASE, **ITEMS[4], "stem": "New?"}, "doors"),))
    assert rows[4][0] in export_anki.export(edited).content.decode()


# --- Canvas ------------------------------------------------------------------------------------------

QTI = {"q": export_qti.NAMESPACE}


def qti_items(content: bytes) -> dict[str, ElementTree.Element]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        manifest = ElementTree.fromstring(package.read("imsmanifest.xml"))
        (file,) = manifest.iter(f"{{{export_qti.PACKAGING}}}file")
        root = ElementTree.fromstring(package.read(file.get("href", "")))
    return {item.get("title", ""): item for item in root.iter(f"{{{export_qti.NAMESPACE}}}item")}


def qti_score(item: ElementTree.Element, answers: dict[str, set[str]]) -> float:
    """The score that Canvas gives: conditions in order, until one that does not go on."""

    def holds(node: ElementTree.Element) -> bool:
        name = node.tag.rpartition("}")[2]
        given = answers.get(node.get("respident", ""), set())
        match name:
            case "varequal":
                return node.text in given
            case "vargte":
                return any(float(text) >= float(node.text or 0) for text in given)
            case "varlte":
                return any(float(text) <= float(node.text or 0) for text in given)
            case "not":
                return not holds(node[0])
            case "and":
                return all(map(holds, node))
            case "or" | "conditionvar":
                return any(map(holds, node))
        return name == "other"

    score = 0.0
    for condition in item.iter(f"{{{export_qti.NAMESPACE}}}respcondition"):
        if not holds(condition[0]):
            continue
        change = condition.find("q:setvar", QTI)
        if change is not None:
            score = float(change.text or 0) + (score if change.get("action") == "Add" else 0)
        if condition.get("continue") == "No":
            break
    return score


@pytest.mark.parametrize(
    ("name", "answers", "score"),
    [
        ("one", {"response1": {"option0"}}, 100),
        ("one", {"response1": {"option1"}}, 0),
        ("some", {"response1": {"option0", "option2"}}, 100),
        ("some", {"response1": {"option0"}}, 0),
        ("some", {"response1": {"option0", "option1", "option2"}}, 0),
        (
            "pairs",
            {"response_left0": {"right0"}, "response_left1": {"right1"}, "response_left2": {"right0"}},
            pytest.approx(100, abs=0.1),
        ),
        ("pairs", {"response_left0": {"right0"}}, pytest.approx(33.33)),
        ("number", {"response1": {"5120"}}, 100),
        ("number", {"response1": {"5111"}}, 100),
        ("number", {"response1": {"5100"}}, 0),
        ("words", {"response1": {"SIG*"}}, 100),
        ("words", {"response1": {"TERM"}}, 100),
        ("words", {"response1": {"other"}}, 0),
    ],
)
def test_canvas_judges_as_we_do(quiz: Quiz, name: str, answers: dict, score: float) -> None:
    assert qti_score(qti_items(export_qti.export(quiz).content)[name], answers) == score


def test_canvas_gets_the_reasons_and_what_does_not_fit_is_named(quiz: Quiz) -> None:
    made = export_qti.export(quiz)
    assert (made.count, [(each.item, each.why) for each in made.left_out]) == (
        5,
        [("order", "Canvas has no ordering question")],
    )
    item = qti_items(made.content)["one"]
    shown = {
        node.get("ident"): "".join(node.itertext()).strip() for node in item.findall("q:itemfeedback", QTI)
    }
    assert shown["option0_fb"] == "<p>it is</p>"
    linked = [node.get("linkrefid") for node in item.iter(f"{{{export_qti.NAMESPACE}}}displayfeedback")]
    assert set(linked) == set(shown)
    assert export_qti.export(quiz).content == made.content


# --- Moodle ------------------------------------------------------------------------------------------


def test_moodle_gets_types_fractions_and_tolerances(quiz: Quiz) -> None:
    made = export_moodle.export(quiz)
    category, *questions = ElementTree.fromstring(made.content)
    assert category.findtext("category/text") == "$course$/top/Doors & keys"
    found = {question.findtext("name/text"): question for question in questions}
    assert [question.get("type") for question in questions] == [
        "multichoice", "multichoice", "matching", "numerical", "shortanswer",
    ]  # fmt: skip
    fractions = {name: [answer.get("fraction") for answer in found[name].findall("answer")] for name in found}
    assert fractions["one"] == ["100", "0"]
    assert fractions["some"] == ["50", "-100", "50"]
    assert (found["one"].findtext("single"), found["some"].findtext("single")) == ("true", "false")
    assert found["number"].findtext("answer/tolerance") == "10"
    assert found["number"].findtext("units/unit/unit_name") == "MiB"
    assert [answer.findtext("text") for answer in found["words"].findall("answer")] == ["SIG\\*", "TERM"]
    assert [sub.findtext("answer/text") for sub in found["pairs"].findall("subquestion")] == [
        "r1",
        "r2",
        "r1",
    ]
    assert [each.item for each in made.left_out] == ["order"]


# --- all of them -------------------------------------------------------------------------------------


def test_what_looks_like_html_in_a_question_stays_text() -> None:
    item = {**BASE, **ITEMS[4], "stem": "<script>alert(1)</script> & <b>"}
    quiz = Quiz("x", "X", (item_of(item, "x"),))
    for export in (export_anki.export, export_moodle.export):
        assert b"<script>" not in export(quiz).content


@pytest.mark.parametrize("to", ["anki", "qti", "moodle", "csv"])
def test_the_built_in_quizzes_go_out(to: str, tmp_path, ecslab) -> None:
    status, out, _ = ecslab("pack", "export", "--to", to, "--out", tmp_path, "--json")
    assert status == 0
    rows = json.loads(out)
    whole = {quiz.id: len(quiz.items) for quiz in quizzes(builtin())}
    assert {row["quiz"]: row["questions"] + len(row["left_out"]) for row in rows} == whole
    for row in rows:
        assert row["questions"] > 0
        assert row["path"].startswith(str(tmp_path))


def test_csv_has_the_same_columns_for_every_quiz(quiz: Quiz) -> None:
    rows = list(csv.DictReader(io.StringIO(questions_csv.export(quiz).content.decode())))
    assert [row["answer"] for row in rows] == ["1", "1 3", "", "", "5120 +- 10", "SIG*||sig ?term||TERM"]
    assert rows[3]["option_2"] == "l2 => r2"
