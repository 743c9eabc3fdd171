"""A lesson as pages and blocks: Markdown in, typed values out; it draws nothing and runs nothing.

A lesson is one Markdown file. Front matter names it; every `##` begins a page; what comes before the
first `##` is a page of its own if it holds more than the title. Six fenced blocks are alive:

- `try`: one AWS operation to play against a scratch sandbox. YAML: `call`, and optionally `world`
  (default `playground`), `say` (what to look for), `expect` (a part of the answer that is the point,
  where that is an error), `before` (operations it builds on).
- `predict`: `ask`, `options`, `right` (the number of one of them), `answer`, and optionally `see`, a `try` that
  is played once the reader has chosen, so that the world itself gives the answer.
- `watch`: a map drawn from a live scratch world that the reader steps: `world`, `before`, `step` (default `5s`), `say`.
- `diagram`: a box drawing, kept to the character; the rest of the fence's first line is its caption.
- `check`: a question asked on the page. YAML of a quiz item.
- `recall`: `ask` and `answer`, to be said to oneself before it is shown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

from ecslab.terms.problems import Exit, Problem

_FENCE = re.compile(r"^(`{3,}|~{3,})\s*(\S*)\s*(.*?)\s*$")
META = ("id", "title", "module", "minutes", "objectives", "order", "quiz", "labs")
KEYS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "try": (frozenset({"call", "world", "say", "expect", "before"}), frozenset({"call"})),
    "watch": (frozenset({"world", "before", "step", "say"}), frozenset({"before", "say"})),
    "predict": (
        frozenset({"ask", "options", "right", "answer", "see"}),
        frozenset({"ask", "options", "right", "answer"}),
    ),
    "recall": (frozenset({"ask", "answer"}), frozenset({"ask", "answer"})),
}
"""What a block of YAML may have, and what it must have."""
LIVE = frozenset({*KEYS, "diagram", "check"})


@dataclass(frozen=True)
class Prose:
    """Markdown as it is, ordinary code fences and tables included."""

    text: str


@dataclass(frozen=True)
class Try:
    call: str
    """One AWS operation in the spelling of the AWS CLI, without `aws`."""
    world: str = "playground"
    say: str = ""
    expect: str = ""
    """A part of the answer, of an error too, that shows the point; empty if success does."""
    before: tuple[str, ...] = ()
    """Operations that must have been played in the same scratch world; played now if they were not."""


@dataclass(frozen=True)
class Watch:
    """A world to look at: what is done to it first, and how far one step goes."""

    before: tuple[str, ...]
    say: str
    world: str = "playground"
    step: str = "5s"
    """Simulated time, as the clock of a sandbox takes it."""


@dataclass(frozen=True)
class Predict:
    ask: str
    options: tuple[str, ...]
    right: int
    """Of `options`, from 0."""
    answer: str
    see: Try | None = None
    """What shows it, played after the choice."""


@dataclass(frozen=True)
class Diagram:
    text: str
    caption: str = ""


@dataclass(frozen=True)
class Check:
    """A question on the page, as the mapping that `ecslab.quiz.items.item_of` reads."""

    item: Mapping[str, Any]


@dataclass(frozen=True)
class Recall:
    ask: str
    answer: str


Block = Prose | Try | Watch | Predict | Diagram | Check | Recall


@dataclass(frozen=True)
class Page:
    title: str
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        """All that can be searched."""
        return "\n".join(_words(block) for block in self.blocks)


@dataclass(frozen=True)
class Lesson:
    id: str
    title: str
    module: str
    minutes: int
    objectives: tuple[str, ...]
    order: int
    pages: tuple[Page, ...]
    quiz: str = ""
    """The quiz that goes with it, if one does."""
    labs: tuple[str, ...] = ()


def lesson_of(source: Any) -> Lesson:
    """A lesson of a pack: its front matter's fields and the Markdown in `body` (or `text`)."""
    body = getattr(source, "body", None) or getattr(source, "text", "")
    meta = {name: getattr(source, name, None) for name in META}
    return _lesson({key: value for key, value in meta.items() if value is not None}, str(body))


def load_lesson(pack: Any, name: str) -> Lesson:
    """A lesson of a pack by its id or key; its own id is the key, which the record of progress knows it by.

    Raises:
        Problem: the pack has none, or it cannot be read.
    """
    return replace(lesson_of(pack.lesson(pack.own(name))), id=pack.key(name))


def parse_lesson(text: str, name: str = "lesson") -> Lesson:
    """A whole file, front matter and all.

    Raises:
        Problem: front matter or a live block cannot be read; it says which and what to do.
    """
    found = re.match(r"\A---[ \t]*\n(.*?)\n---[ \t]*\n", text, re.DOTALL)
    if found is None:
        raise _problem(f"{name} has no front matter", "begin it with `---`, `id:`, `title:`, `---`")
    meta = _yaml(found[1], f"the front matter of {name}")
    return _lesson({"id": name, **meta}, text[found.end() :])


def _lesson(meta: Mapping[str, Any], body: str) -> Lesson:
    name = str(meta["id"])
    title = str(meta.get("title") or name)
    return Lesson(
        name,
        title,
        str(meta.get("module") or ""),
        int(meta.get("minutes") or 0),
        tuple(str(o) for o in meta.get("objectives") or ()),
        int(meta.get("order") or 0),
        split_pages(body, title, name),
        str(meta.get("quiz") or ""),
        tuple(str(lab) for lab in meta.get("labs") or ()),
    )


def split_pages(body: str, title: str, name: str = "lesson") -> tuple[Page, ...]:
    """Cut Markdown into pages at `##`, never inside a fence."""
    pages: list[Page] = []
    heading, lines = title, list[str]()

    def turn() -> None:
        blocks = tuple(parse_blocks("\n".join(lines), f"{name}, page {heading!r}"))
        if blocks:
            pages.append(Page(heading, blocks))

    fence = ""
    for line in body.splitlines():
        fence = _inside(fence, line)
        if not fence and line.startswith("## "):
            turn()
            heading, lines = line[3:].strip(), []
        elif not fence and not pages and re.match(r"# \S", line):
            continue
        else:
            lines.append(line)
    turn()
    return tuple(pages)


def parse_blocks(text: str, where: str) -> list[Block]:
    blocks: list[Block] = []
    prose: list[str] = []

    def close_prose() -> None:
        joined = "\n".join(prose).strip("\n")
        if joined.strip():
            blocks.append(Prose(joined))
        prose.clear()

    lines = iter(text.splitlines())
    for line in lines:
        opening = _FENCE.match(line)
        if opening is None:
            prose.append(line)
            continue
        content, closing = _fenced(lines, opening[1])
        if opening[2] in LIVE:
            close_prose()
            blocks.append(_live(opening[2], opening[3], "\n".join(content), where))
        else:
            prose += [line, *content, closing]
    close_prose()
    return blocks


def _fenced(lines: Any, mark: str) -> tuple[list[str], str]:
    content: list[str] = []
    for line in lines:
        if _closes(line, mark):
            return content, line
        content.append(line)
    return content, mark


def _closes(line: str, mark: str) -> bool:
    stripped = line.strip()
    return len(stripped) >= len(mark) and set(stripped) == {mark[0]}


def _inside(fence: str, line: str) -> str:
    """The mark of the fence that is open after this line, or nothing."""
    if fence:
        return "" if _closes(line, fence) else fence
    opening = _FENCE.match(line)
    return opening[1] if opening else ""


def plays(block: Block) -> list[Try]:
    """The operations that a block plays in a scratch world; one of a `watch` builds on those before it."""
    match block:
        case Try():
            return [block]
        case Watch(before, _, world):
            return [Try(call, world, before=before[:place]) for place, call in enumerate(before)]
        case Predict(see=Try() as see):
            return [see]
        case _:
            return []


def _live(kind: str, caption: str, content: str, where: str) -> Block:
    if kind == "diagram":
        return Diagram(content.strip("\n"), caption)
    fields = _yaml(content, f"a `{kind}` block of {where}")
    if kind == "check":
        return Check(fields)
    _complete(kind, fields, where)
    match kind:
        case "try":
            return _try(fields)
        case "watch":
            return Watch(_calls(fields.pop("before")), **_texts(fields))
        case "predict":
            return _predict(fields, where)
        case _:
            return Recall(**_texts(fields))


def _complete(kind: str, fields: Mapping[str, Any], where: str) -> None:
    allowed, needed = KEYS[kind]
    wrong = sorted(set(fields) - allowed) + sorted(needed - set(fields))
    if wrong:
        raise _problem(
            f"a `{kind}` block of {where} has the key {wrong[0]!r} wrong or missing",
            f"it takes {', '.join(sorted(allowed))}",
        )


def _try(fields: dict[str, Any]) -> Try:
    return Try(before=_calls(fields.pop("before", ())), **_texts(fields))


def _predict(fields: dict[str, Any], where: str) -> Predict:
    see = fields.pop("see", None)
    options = tuple(str(option).strip() for option in fields.pop("options") or ())
    right = fields.pop("right")
    if type(right) is not int or not 2 <= len(options) <= 9 or not 1 <= right <= len(options):
        raise _problem(
            f"a `predict` block of {where} has no `right` that is the number of one of its options",
            "give 2 to 9 options and count them from 1",
        )
    if see is not None:
        if not isinstance(see, dict):
            raise _problem(
                f"the `see` of a `predict` block of {where} is not a `try`", "write `see: {call: ...}`"
            )
        _complete("try", see, where)
    return Predict(options=options, right=right - 1, see=_try(see) if see else None, **_texts(fields))


def _calls(written: Any) -> tuple[str, ...]:
    return tuple(str(call).strip() for call in written or ())


def _texts(fields: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value).strip() for key, value in fields.items()}


def _yaml(text: str, where: str) -> dict[str, Any]:
    try:
        fields = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1} of it)" if mark else ""
        raise _problem(f"{where} is not YAML{line}", "check its indentation and quotes") from error
    if not isinstance(fields, dict):
        raise _problem(f"{where} is not a list of `key: value`", "write one key a line")
    return fields


def _words(block: Block) -> str:
    match block:
        case Prose(text) | Diagram(text, _):
            return text
        case Try():
            return f"{block.call}\n{block.say}"
        case Watch():
            return block.say
        case Predict():
            return "\n".join((block.ask, *block.options, block.answer))
        case Recall(ask, answer):
            return f"{ask}\n{answer}"
        case Check(item):
            return str(item.get("stem", ""))


def _problem(what: str, todo: str) -> Problem:
    return Problem(what, todo, status=Exit.USAGE)
