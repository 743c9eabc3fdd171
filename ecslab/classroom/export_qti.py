"""Questions as a QTI 1.2 package, the form that Canvas imports (Settings, Import Course Content, QTI .zip).

The elements are those of IMS QTI 1.2 (https://www.imsglobal.org/question/qtiv1p2/imsqti_asi_bindv1p2.html), the types
of questions those of Canvas, whose classic quizzes know no ordering.
"""

import io
import zipfile
from collections.abc import Iterable
from hashlib import sha256
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ecslab.classroom.questions import Exported, accepted, explanation, html, inline, number, sorted_out
from ecslab.quiz.items import Item, Quiz, Type

NAMESPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PACKAGING = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
TYPES = {
    Type.SINGLE: "multiple_choice_question",
    Type.MULTIPLE: "multiple_answers_question",
    Type.MATCHING: "matching_question",
    Type.NUMERIC: "numerical_question",
    Type.SHORT: "short_answer_question",
}
RESPONSE = "response1"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""A date that every zip can hold: the same questions give the same bytes."""


def export(quiz: Quiz) -> Exported:
    kept, left_out = sorted_out(
        quiz, lambda item: "" if item.type in TYPES else f"Canvas has no {item.type} question"
    )
    name = f"ecslab-{quiz.id}"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        _add(package, "imsmanifest.xml", _manifest(quiz, name))
        _add(package, f"{name}/{name}.xml", _assessment(quiz, kept))
    return Exported(out.getvalue(), len(kept), left_out)


def _add(package: zipfile.ZipFile, name: str, root: Element) -> None:
    indent(root)
    content = b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8") + b"\n"
    package.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)


def _manifest(quiz: Quiz, name: str) -> Element:
    root = Element("manifest", xmlns=PACKAGING, identifier=f"{name}-manifest")
    metadata = SubElement(root, "metadata")
    SubElement(metadata, "schema").text = "IMS Content"
    SubElement(metadata, "schemaversion").text = "1.1.3"
    SubElement(root, "organizations")
    resources = SubElement(root, "resources")
    resource = SubElement(resources, "resource", identifier=name, type="imsqti_xmlv1p2")
    SubElement(resource, "file", href=f"{name}/{name}.xml")
    return root


def _assessment(quiz: Quiz, items: Iterable[Item]) -> Element:
    root = Element("questestinterop", xmlns=NAMESPACE)
    assessment = SubElement(root, "assessment", ident=f"ecslab-{quiz.id}", title=quiz.title)
    section = SubElement(assessment, "section", ident="root_section")
    for item in items:
        _item(section, item)
    return root


def _item(section: Element, item: Item) -> None:
    node = SubElement(section, "item", ident=_id(item.key), title=item.id)
    fields = SubElement(SubElement(node, "itemmetadata"), "qtimetadata")
    for label, entry in (("question_type", TYPES[item.type]), ("points_possible", "1")):
        field = SubElement(fields, "qtimetadatafield")
        SubElement(field, "fieldlabel").text = label
        SubElement(field, "fieldentry").text = entry
    presentation = SubElement(node, "presentation")
    _material(presentation, html(item.stem))
    processing = SubElement(node, "resprocessing")
    outcomes = SubElement(processing, "outcomes")
    SubElement(outcomes, "decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")
    {
        Type.SINGLE: _choices, Type.MULTIPLE: _choices, Type.MATCHING: _pairs, Type.NUMERIC: _number,
        Type.SHORT: _words,
    }[item.type](item, presentation, processing)  # fmt: skip
    _feedback(item, node, processing)


def _choices(item: Item, presentation: Element, processing: Element) -> None:
    several = item.type is Type.MULTIPLE
    labels = [(f"option{place}", option) for place, option in enumerate(item.options)]
    _labels(presentation, RESPONSE, [(name, option.text) for name, option in labels], several=several)
    condition = _condition(processing, 100)
    if not several:
        right = next(name for name, option in labels if option.right)
        _equal(condition, RESPONSE, right)
        return
    every = SubElement(condition, "and")
    for name, option in labels:
        _equal(every if option.right else SubElement(every, "not"), RESPONSE, name)


def _pairs(item: Item, presentation: Element, processing: Element) -> None:
    rights = list(dict.fromkeys(pair.right for pair in item.pairs))
    for place, pair in enumerate(item.pairs):
        response = f"response_left{place}"
        choices = [(f"right{at}", text) for at, text in enumerate(rights)]
        _labels(presentation, response, choices, said=pair.left)
        condition = _condition(processing, 100 / len(item.pairs), action="Add")
        _equal(condition, response, f"right{rights.index(pair.right)}")


def _number(item: Item, presentation: Element, processing: Element) -> None:
    _blank(presentation, fibtype="Decimal")
    either = SubElement(_condition(processing, 100), "or")
    _equal(either, RESPONSE, number(item.number))
    both = SubElement(either, "and")
    SubElement(both, "vargte", respident=RESPONSE).text = number(item.number - item.tolerance)
    SubElement(both, "varlte", respident=RESPONSE).text = number(item.number + item.tolerance)


def _words(item: Item, presentation: Element, processing: Element) -> None:
    _blank(presentation)
    condition = _condition(processing, 100)
    for text in accepted(item):
        _equal(condition, RESPONSE, text)


def _labels(
    parent: Element, ident: str, choices: Iterable[tuple[str, str]], *, said: str = "", several: bool = False
) -> None:
    response = SubElement(
        parent, "response_lid", ident=ident, rcardinality="Multiple" if several else "Single"
    )
    if said:
        _material(response, inline(said))
    render = SubElement(response, "render_choice")
    for name, text in choices:
        _material(SubElement(render, "response_label", ident=name), inline(text))


def _blank(presentation: Element, **kind: str) -> None:
    response = SubElement(presentation, "response_str", ident=RESPONSE, rcardinality="Single")
    SubElement(SubElement(response, "render_fib", kind), "response_label", ident="answer1", rshuffle="No")


def _condition(processing: Element, score: float, *, action: str = "Set") -> Element:
    node = SubElement(processing, "respcondition", {"continue": "No" if action == "Set" else "Yes"})
    condition = SubElement(node, "conditionvar")
    SubElement(node, "setvar", action=action, varname="SCORE").text = f"{score:.2f}".removesuffix(".00")
    return condition


def _equal(parent: Element, response: str, text: str) -> None:
    SubElement(parent, "varequal", respident=response).text = text


def _feedback(item: Item, node: Element, processing: Element) -> None:
    """Why, for the whole question and for each option; shown before the score is set, which ends the processing."""
    told = {"general_fb": explanation(item)}
    shown: list[tuple[str, str]] = []
    for place, option in enumerate(item.options):
        if option.why:
            told[f"option{place}_fb"] = html(option.why)
            shown.append((f"option{place}", f"option{place}_fb"))
    at = 1
    for answer, feedback in [("", "general_fb"), *shown]:
        if not told[feedback]:
            continue
        condition = Element("respcondition", {"continue": "Yes"})
        said = SubElement(condition, "conditionvar")
        if answer:
            _equal(said, RESPONSE, answer)
        else:
            SubElement(said, "other")
        SubElement(condition, "displayfeedback", feedbacktype="Response", linkrefid=feedback)
        processing.insert(at, condition)
        at += 1
        _material(SubElement(SubElement(node, "itemfeedback", ident=feedback), "flow_mat"), told[feedback])


def _material(parent: Element, text: str) -> None:
    SubElement(SubElement(parent, "material"), "mattext", texttype="text/html").text = text


def _id(key: str) -> str:
    return f"i{sha256(key.encode()).hexdigest()[:16]}"
