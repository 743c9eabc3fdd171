"""What lint has to say about lessons and quizzes beyond what the loader refuses: live blocks, links, reasons."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from ecslab.content.documents import Document, read_yaml
from ecslab.content.files import PackFiles
from ecslab.content.lessons import Lesson, front_matter
from ecslab.content.objectives import load_objectives
from ecslab.content.packs import Pack
from ecslab.content.problems import Flaw, PackProblem, nearest
from ecslab.content.quiz_parts import call_flaws
from ecslab.content.quizzes import Item, Quiz
from ecslab.lesson.pages import LIVE, Block, Check, Try, parse_blocks, plays
from ecslab.lesson.scratch import arguments
from ecslab.quiz.items import item_of
from ecslab.terms.problems import Problem
from ecslab.workbench.findings import Finding, error, warning
from ecslab.workbench.lint_names import refused, refused_calls

_FENCE = re.compile(r"^(`{3,}|~{3,})\s*(\S*)")
_LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\(([^)\s]*)[^)]*\)")


# --- lessons -----------------------------------------------------------------------------------------


def lesson_findings(pack: Pack, lesson: Lesson, worlds: Sequence[str]) -> Iterator[Finding]:
    file = f"lessons/{lesson.id}.md"
    head, _, _ = front_matter(pack.files, lesson.id)
    quizzes = pack.files.stems("quizzes", ".yaml")
    if lesson.quiz and lesson.quiz not in quizzes:
        what = f"there is no quiz {lesson.quiz!r}"
        yield error(head.flaw(("quiz",), what, nearest(lesson.quiz, quizzes) or "write it or remove the key"))
    for place, lab in enumerate(lesson.labs):
        if lab not in pack.lab_ids:
            todo = nearest(lab, pack.lab_ids) or "write it or remove the name"
            yield error(head.flaw(("labs", place), f"there is no lab {lab!r}", todo))
    for line, block in _live_blocks(lesson):
        for what, todo in [block] if isinstance(block, tuple) else _block(block, lesson.id, worlds):
            yield error(Flaw(file, line, 1, what, todo))
    for offset, what, todo in broken_links(pack.files, lesson.body, "lessons"):
        yield error(Flaw(file, lesson.line + offset, 1, what, todo))


def tries(lesson: Lesson) -> list[Try]:
    """The operations that a lesson lets its reader play."""
    return [
        call for _, block in _live_blocks(lesson) if not isinstance(block, tuple) for call in plays(block)
    ]


def _live_blocks(lesson: Lesson) -> Iterator[tuple[int, Block | tuple[str, str]]]:
    """(line, block or what is wrong with it) of every live block."""
    lines = lesson.body.splitlines()
    start, mark = 0, ""
    for number, line in enumerate(lines):
        if mark:
            if line.strip().startswith(mark) and set(line.strip()) == {mark[0]}:
                opening = _FENCE.match(lines[start])
                if opening and opening[2] in LIVE:
                    yield lesson.line + start, _parsed(lines[start : number + 1], opening[2])
                mark = ""
        elif opening := _FENCE.match(line):
            start, mark = number, opening[1]
    if mark:
        yield lesson.line + start, ("this block is never closed", f"end it with {mark}")


def _parsed(lines: list[str], kind: str) -> Block | tuple[str, str]:
    try:
        return parse_blocks("\n".join(lines), "this page")[0]
    except Problem as problem:
        return problem.what, problem.todo
    except IndexError:
        return f"this `{kind}` block is empty", "fill it or remove it"


def _block(block: Block, lesson: str, worlds: Sequence[str]) -> Iterator[tuple[str, str]]:
    for played in plays(block):
        if played.world not in worlds:
            yield f"there is no world {played.world!r}", nearest(played.world, worlds)
        for call in (*played.before, played.call):
            try:
                words = arguments(call)
            except Problem as problem:
                yield problem.what, problem.todo
            else:
                yield from refused(words[0], words[1])
    if isinstance(block, Check):
        try:
            item = item_of({"id": "check", **block.item}, lesson)
        except Problem as problem:
            yield problem.what, problem.todo
        else:
            for option in item.options:
                if not option.why:
                    yield f"the option {option.text!r} has no reason", "add `why:`"


# --- quizzes -----------------------------------------------------------------------------------------


def quiz_findings(files: PackFiles, quiz: Quiz) -> Iterator[Finding]:
    document = _quiz_document(files, quiz)
    for place, item in enumerate(quiz.items):
        at = ("items", place)
        try:
            item_of(item, quiz.id)
        except Problem as problem:
            yield error(document.flaw(at, problem.what, problem.todo))
        for flaw in call_flaws(document, place, item):
            yield error(flaw)
        yield from refused_calls(document, item.checks, item.world.then, at)
        if item.proof is not None:
            yield from refused_calls(document, item.proof.checks, item.proof.world.then, (*at, "proof"))
        if not _has_reasons(item):
            what = f"nothing says why the answer of {item.id!r} is right"
            yield warning(document.flaw(at, what, "add `why:`"))
        if item.source.url and not _is_address(item.source.url):
            what = f"{item.source.url!r} is not a web address"
            yield error(document.flaw((*at, "source", "url"), what, "write it with https://"))
        texts = [(("stem",), item.stem), (("why",), item.why)]
        for path, text in texts:
            for _, what, todo in broken_links(files, text, "quizzes"):
                yield error(document.flaw((*at, *path), what, todo))


def _has_reasons(item: Item) -> bool:
    """Options, bugs and families bring their own; others need one for the whole, or one for each part."""
    if item.options or item.bugs or item.family or item.why.strip():
        return True
    parts: Sequence[Any] = item.order or item.pairs
    return bool(parts) and all(part.why.strip() for part in parts)


def _quiz_document(files: PackFiles, quiz: Quiz) -> Document:
    name = f"quizzes/{quiz.id}.yaml"
    return read_yaml(files.text(name), name)


# --- objectives --------------------------------------------------------------------------------------


def listed_objectives(files: PackFiles) -> Iterator[tuple[str, Flaw]]:
    try:
        listed, document = load_objectives(files)
    except PackProblem:
        return
    for place, objective in enumerate(listed.objectives):
        yield objective.id, document.flaw(("objectives", place, "id"), "")


def lesson_objectives(files: PackFiles, lesson: Lesson) -> Iterator[tuple[str, Flaw]]:
    head, _, _ = front_matter(files, lesson.id)
    for place, name in enumerate(lesson.objectives):
        yield name, head.flaw(("objectives", place), "")


def quiz_objectives(files: PackFiles, quiz: Quiz) -> Iterator[tuple[str, Flaw]]:
    document = _quiz_document(files, quiz)
    for number, item in enumerate(quiz.items):
        for place, name in enumerate(item.objectives):
            yield name, document.flaw(("items", number, "objectives", place), "")


# --- links -------------------------------------------------------------------------------------------


def broken_links(files: PackFiles, text: str, base: str) -> Iterator[tuple[int, str, str]]:
    """(line from 0, what, what to do) of each link of a Markdown text that leads nowhere. No network."""
    mark = ""
    for number, line in enumerate(text.splitlines()):
        fence = _FENCE.match(line.strip())
        if fence and (not mark or line.strip().startswith(mark)):
            mark = "" if mark else fence[1]
        if mark or fence:
            continue
        for target in _LINK.findall(re.sub(r"`[^`]*`", "", line)):
            if said := _leads_nowhere(files, target, base):
                yield number, *said


def _leads_nowhere(files: PackFiles, target: str, base: str) -> tuple[str, str] | None:
    if not target:
        return "a link without an address", "write one"
    if target.startswith("#"):
        return None
    if re.match(r"[a-z][a-z0-9+.-]*:", target):
        return None if _is_address(target) else (f"{target!r} is not a web address", "write it with https://")
    try:
        files.path(str(PurePosixPath(target.partition("#")[0])), base=base)
    except Problem as problem:
        return f"the link {target!r} leads nowhere", problem.todo
    return None


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https", "mailto") and bool(parts.netloc or parts.scheme == "mailto")
