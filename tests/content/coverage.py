"""What the course covers of its chapter's outline, as a page: `python -m tests.content.coverage > docs/coverage.md`.

chapter.yaml and problems.yaml say what is to be covered and by which words one recognises it. Which pages, items, labs
and drills do cover it is read from the content each time, so that a new lab is on the page when it is there.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ecslab.content.packs import FAULTS
from ecslab.lesson.pages import Lesson, parse_lesson, plays

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
CAUSED = ROOT / "tests" / "cloud" / "problems"
SHOWN = 4
"""So many items of a row are named, the others counted."""
SITUATION = 35
"""So many words of a stem describe a situation and do not only ask."""
NOT_ASKED = ("id", "type", "objectives", "source", "why", "mistakes")
TEXTS = (".yaml", ".sh", ".py", ".json")


@dataclass(frozen=True)
class Entry:
    """A row of the page, with what covers it."""

    what: str
    pages: tuple[str, ...]
    items: tuple[str, ...]
    labs: tuple[str, ...]
    drills: tuple[str, ...]
    tests: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    title: str
    entries: tuple[Entry, ...]
    causes: int = 0
    """So many labs each of its rows must have."""


@dataclass(frozen=True)
class Question:
    key: str
    type: str
    objectives: tuple[str, ...]
    stem: str
    options: int
    asks: str
    """Everything of it but its reasons and its wrong options: what has to be known."""


class Broken(Exception):
    """The map names something that is not there, or that does not say what it is named for."""


# What there is


@cache
def pages() -> dict[str, str]:
    """`lesson/Page title` -> its text."""
    return {
        f"{lesson.id}/{page.title}": _one_line(
            [page.text, *(one.expect for block in page.blocks for one in plays(block))]
        )
        for lesson in lessons()
        for page in lesson.pages
    }


@cache
def lessons() -> tuple[Lesson, ...]:
    """In the order in which they are read."""
    found = [
        parse_lesson(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "lessons").glob("*.md"))
    ]
    return tuple(sorted(found, key=lambda lesson: lesson.order))


@cache
def questions() -> tuple[Question, ...]:
    found = []
    for path in sorted((ROOT / "quizzes").glob("*.yaml")):
        for item in _yaml(path)["items"]:
            found.append(
                Question(
                    f"{path.stem}/{item['id']}",
                    item["type"],
                    tuple(item["objectives"]),
                    str(item.get("stem", "")),
                    len(item.get("options", ())),
                    _one_line(_texts(_asked(item))),
                )
            )
    return tuple(found)


@cache
def labs() -> dict[str, str]:
    """Id -> its world, story, goals and solutions."""
    return {path.parent.name: _folder(path) for path in sorted((ROOT / "labs").glob("*/lab.yaml"))}


@cache
def drills() -> dict[str, str]:
    return {path.parent.name: _folder(path) for path in sorted((ROOT / FAULTS).glob("*/fault.yaml"))}


@cache
def causes() -> dict[int, tuple[str, ...]]:
    """Number of a problem -> the tests that cause it: those with the number in their name or in a row of theirs.

    The tests are read and not imported, which would start a world.
    """
    found: dict[int, list[str]] = {}
    for path in sorted(CAUSED.glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for test in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
            numbers = {int(number) for number in re.findall(r"^test_(\d+)_", test.name)}
            if any(isinstance(node, ast.Name) and node.id == "ROWS" for node in ast.walk(test)):
                numbers |= set(_numbers_of_rows(tree))
            for number in numbers:
                found.setdefault(number, []).append(f"{path.name}::{test.name}")
    return {number: tuple(names) for number, names in sorted(found.items())}


def _numbers_of_rows(tree: ast.Module) -> Iterator[int]:
    """Of calls such as `Row(9, "no capacity", …)`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="Row"), args=[ast.Constant(value=int() as number), *_]):
                yield number


def _asked(item: dict[str, Any]) -> dict[str, Any]:
    """An item without its reasons and its wrong options."""
    kept = {key: value for key, value in item.items() if key not in NOT_ASKED}
    if item["type"] in ("single", "multiple", "diagnose"):
        kept["options"] = [option["text"] for option in item["options"] if option["right"]]
    return kept


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key not in ("why", "say"):
                yield str(key)
                yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    else:
        yield str(value)


def _one_line(texts: Iterable[str]) -> str:
    """What is written over several lines is found all the same."""
    return " ".join(" ".join(texts).split())


def _folder(main: Path) -> str:
    """All that a lab's or a drill's folder holds, but for hints and mistakes, which show what is not done."""
    kept = {key: value for key, value in _yaml(main).items() if key not in ("hints", "mistakes", "harmless")}
    others = sorted(path for path in main.parent.rglob("*.*") if path.suffix in TEXTS and path != main)
    return "\n".join([*_texts(kept), *(path.read_text(encoding="utf-8") for path in others)])


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


# What covers what


def outline() -> list[Section]:
    """Raises Broken."""
    written = _yaml(HERE / "chapter.yaml")
    return [
        Section(section["title"], tuple(_entry(row) for row in section["rows"]), section.get("causes", 0))
        for section in written
    ]


def problems() -> list[Entry]:
    """In the order of their numbers, from 1. Raises Broken."""
    written = _yaml(HERE / "problems.yaml")
    return [_entry(row, causes().get(number, ())) for number, row in enumerate(written, 1)]


def _entry(row: dict[str, Any], tests: Sequence[str] = ()) -> Entry:
    """A row says `what` it is, on which `pages`, and patterns: what a page `says`, what an item `asks` (of one of the
    `objectives` or `quizzes`, where they are named), what a lab `does`, what the `fault` of a drill is. `labs` and
    `drills` are names or globs; without them it is every lab that does it, every drill with this fault."""
    what = row["what"]
    return Entry(
        what,
        tuple(_that_say(what, _listed(row["pages"]), row["says"], pages())),
        tuple(_that_ask(row)),
        tuple(_that_do(what, row, "labs", row.get("does"), labs())),
        tuple(_that_do(what, row, "drills", row.get("fault"), drills())),
        tuple(tests),
    )


def _that_say(what: str, names: list[str], pattern: str, there: dict[str, str]) -> Iterator[str]:
    for name in names:
        if name not in there:
            raise Broken(f"{what}: there is no page {name!r}")
        if not re.search(pattern, there[name], re.IGNORECASE):
            raise Broken(f"{what}: the page {name!r} does not say {pattern!r}")
        yield name


def _that_ask(row: dict[str, Any]) -> Iterator[str]:
    wanted, quizzes = set(_listed(row.get("objectives", ()))), _listed(row.get("quizzes", ()))
    for question in questions():
        fits = not wanted or wanted & set(question.objectives)
        fits = fits and (not quizzes or question.key.partition("/")[0] in quizzes)
        if fits and re.search(row["asks"], question.asks, re.IGNORECASE):
            yield question.key


def _that_do(
    what: str, row: dict[str, Any], kind: str, pattern: str | None, there: dict[str, str]
) -> Iterator[str]:
    for glob in _listed(row.get(kind, "*" if pattern else ())):
        named = [name for name in there if fnmatchcase(name, glob)]
        found = [name for name in named if pattern is not None and re.search(pattern, there[name])]
        if kind in row and not named:
            raise Broken(f"{what}: {kind} has no {glob!r}")
        if kind in row and not found:
            raise Broken(f"{what}: {glob!r} of {kind} has nothing of {pattern!r}")
        yield from found


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def scenarios() -> list[Question]:
    """Items that tell of a situation and offer at least four ways out of it."""
    return [
        one
        for one in questions()
        if one.type in ("single", "multiple") and one.options >= 4 and len(one.stem.split()) >= SITUATION
    ]


# The page

INTRODUCTION = """\
# What the course covers

The outline of the chapter *Amazon ECS*, entry by entry, and the 25 problems that users of ECS meet most, with the
lesson pages, questions, labs and drills that cover them.

This page is made by `python -m tests.content.coverage` from `tests/content/chapter.yaml` and `tests/content/problems.yaml`.
These say by which words an entry is recognised; what has them is read from the content. A page is named by hand and must
hold the words; an item counts when what it asks, or its right answer, holds them; a lab when its world, goals or solution
do. A test fails if something named is gone, if an entry has no page or no item, or if this page is not what the content
says.

`quiz/item` names a question; `lesson/page` a page of a lesson. Where many items cover an entry, four are named.
"""


def document() -> str:
    """docs/coverage.md. Raises Broken."""
    lines = [INTRODUCTION, "## In numbers\n", *_numbers(), "\n## The outline\n"]
    for section in outline():
        lines += [
            f"### {section.title}\n",
            "| Entry | Lesson pages | Items | Labs and drills |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| {one.what} | {_all(one.pages)} | {_some(one.items)} | {_hands(one)} |"
            for one in section.entries
        ]
        lines.append("")
    met = problems()
    lines += ["## By lesson\n", *_by_lesson(), ""]
    lines += [
        "## The 25 problems\n",
        "Each is caused, recognised and repaired in a world by the tests named last, of `tests/cloud/problems/`.\n",
        "| | Problem | Lesson pages | Items | Labs and drills | Caused by |",
        "|---|---|---|---|---|---|",
    ]
    for number, one in enumerate(met, 1):
        cells = (
            _all(one.pages),
            _some(one.items),
            _hands(one),
            _all(one.tests),
        )
        lines.append(f"| {number} | {one.what} | {' | '.join(cells)} |")
    only = [str(number) for number, one in enumerate(met, 1) if not (one.labs or one.drills)]
    if only:
        lines.append(f"\nIn questions alone, without a lab or a drill: {', '.join(only)}.")
    return "\n".join(lines) + "\n"


def _numbers() -> Iterator[str]:
    types = Counter(one.type for one in questions())
    yield "| What | How many |\n|---|---|"
    yield f"| lessons | {len({name.partition('/')[0] for name in pages()})}, with {len(pages())} pages |"
    yield f"| questions | {sum(types.values())} |"
    yield f"| of these, written | {sum(types.values()) - types['generated']} |"
    yield from (f"| `{name}` | {count} |" for name, count in sorted(types.items()))
    yield (
        f"| scenarios: a situation of at least {SITUATION} words, at least four options (`single`, `multiple`) "
        f"| {len(scenarios())} |"
    )
    yield f"| labs | {len(labs())} |"
    yield f"| faults that drills hide | {len(drills())} |"
    fewest = min(per_objective().values())
    yield f"| items for each of the {len(per_objective())} objectives, at least | {fewest} |"


def _by_lesson() -> Iterator[str]:
    """Every lesson with its quiz and the labs that it names. Raises Broken."""
    counted = Counter(one.key.partition("/")[0] for one in questions())
    yield "| Lesson | Pages | Items of its quiz | Labs it names |\n|---|---|---|---|"
    for lesson in lessons():
        if lesson.quiz not in counted:
            raise Broken(f"{lesson.id}: there is no quiz {lesson.quiz!r}")
        if missing := set(lesson.labs) - set(labs()):
            raise Broken(f"{lesson.id}: there is no lab {min(missing)!r}")
        items = f"`{lesson.quiz}`, {counted[lesson.quiz]}"
        yield f"| `{lesson.id}` | {len(lesson.pages)} | {items} | {_all(lesson.labs)} |"


def per_objective() -> Counter[str]:
    listed = _yaml(ROOT / "lessons" / "objectives.yaml")["objectives"]
    counted = Counter(name for one in questions() for name in one.objectives)
    return Counter({one["id"]: counted[one["id"]] for one in listed})


def _all(names: Iterable[str]) -> str:
    return "<br>".join(f"`{name}`" for name in names) or "–"


def _some(names: Sequence[str]) -> str:
    """Those of different quizzes first: one of each tells more than four of one."""
    seen: Counter[str] = Counter()
    ranked = []
    for name in names:
        quiz = name.partition("/")[0]
        ranked.append((seen[quiz], len(ranked), name))
        seen[quiz] += 1
    shown = _all(name for _, _, name in sorted(ranked)[:SHOWN])
    return f"{shown}<br>and {len(names) - SHOWN} more" if len(names) > SHOWN else shown


def _hands(entry: Entry) -> str:
    return _all((*entry.labs, *(f"drill/{name}" for name in entry.drills)))


if __name__ == "__main__":
    print(document(), end="")
