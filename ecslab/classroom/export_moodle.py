"""Questions as Moodle XML (https://docs.moodle.org/en/Moodle_XML_format), for any question bank of Moodle.

A wrong option of a multiple-choice question takes all points away, which comes nearest to our rule: all or nothing.
Ordering is not a type that every Moodle has.
"""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ecslab.classroom.questions import Exported, accepted, explanation, html, inline, number, sorted_out
from ecslab.quiz.items import Item, Quiz, Type

TYPES = {
    Type.SINGLE: "multichoice",
    Type.MULTIPLE: "multichoice",
    Type.MATCHING: "matching",
    Type.NUMERIC: "numerical",
    Type.SHORT: "shortanswer",
}
MOST_RIGHT = 10
"""Moodle takes 100 / n percent only for n up to it."""


def export(quiz: Quiz) -> Exported:
    kept, left_out = sorted_out(quiz, _fits)
    root = Element("quiz")
    category = SubElement(root, "question", type="category")
    _text(category, "category", f"$course$/top/{quiz.title.replace('/', '//')}")
    for item in kept:
        _question(root, item)
    indent(root)
    content = b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8") + b"\n"
    return Exported(content, len(kept), left_out)


def _fits(item: Item) -> str:
    if item.type not in TYPES:
        return f"not every Moodle has {item.type} questions"
    right = sum(option.right for option in item.options)
    return f"Moodle takes {MOST_RIGHT} right options at most" if right > MOST_RIGHT else ""


def _question(root: Element, item: Item) -> None:
    node = SubElement(root, "question", type=TYPES[item.type])
    _text(node, "name", item.id)
    _text(node, "questiontext", html(item.stem), html=True)
    if explanation(item):
        _text(node, "generalfeedback", explanation(item), html=True)
    SubElement(node, "defaultgrade").text = "1"
    SubElement(node, "idnumber").text = item.key
    {
        Type.SINGLE: _choices, Type.MULTIPLE: _choices, Type.MATCHING: _pairs, Type.NUMERIC: _number,
        Type.SHORT: _words,
    }[item.type](node, item)  # fmt: skip
    tags = SubElement(node, "tags")
    for objective in item.objectives:
        _text(tags, "tag", objective)


def _choices(node: Element, item: Item) -> None:
    single = item.type is Type.SINGLE
    SubElement(node, "single").text = "true" if single else "false"
    SubElement(node, "shuffleanswers").text = "true"
    SubElement(node, "answernumbering").text = "abc"
    each = 100 / sum(option.right for option in item.options)
    for option in item.options:
        share = each if option.right else 0 if single else -100
        answer = SubElement(node, "answer", fraction=_fraction(share), format="html")
        SubElement(answer, "text").text = inline(option.text)
        _text(answer, "feedback", html(option.why), html=True)


def _pairs(node: Element, item: Item) -> None:
    SubElement(node, "shuffleanswers").text = "true"
    for pair in item.pairs:
        sub = SubElement(node, "subquestion", format="html")
        SubElement(sub, "text").text = inline(pair.left)
        _text(sub, "answer", pair.right)


def _number(node: Element, item: Item) -> None:
    answer = SubElement(node, "answer", fraction="100")
    SubElement(answer, "text").text = number(item.number)
    SubElement(answer, "tolerance").text = number(item.tolerance)
    if item.unit:
        unit = SubElement(SubElement(node, "units"), "unit")
        SubElement(unit, "multiplier").text = "1"
        SubElement(unit, "unit_name").text = item.unit
        SubElement(node, "unitgradingtype").text = "0"
        SubElement(node, "showunits").text = "3"


def _words(node: Element, item: Item) -> None:
    SubElement(node, "usecase").text = "0"
    for text in accepted(item):
        answer = SubElement(node, "answer", fraction="100", format="plain_text")
        SubElement(answer, "text").text = text.replace("*", "\\*")  # an asterisk stands for anything


def _fraction(share: float) -> str:
    return f"{share:.5f}".rstrip("0").rstrip(".")


def _text(parent: Element, tag: str, text: str, *, html: bool = False) -> None:
    node = SubElement(parent, tag, {"format": "html"} if html else {})
    SubElement(node, "text").text = text
