"""The questions and the objectives of a pack, in the shapes that the engine and the record work with."""

from pathlib import Path
from typing import Any

from ecslab.progress.curriculum import Curriculum
from ecslab.quiz.items import Item, Quiz, item_of

OBJECTIVES = Path("lessons") / "objectives.yaml"


def quiz_of(source: Any, key: str = "") -> Quiz:
    """A quiz of a pack, under the key that the record of progress knows it by."""
    name = key or source.id
    items = tuple(item_of(item, name) for item in source.items)
    return Quiz(name, source.title, items, getattr(source, "module", None) or "")


def load_quiz(pack: Any, quiz: str) -> Quiz:
    """The quiz with this id or key.

    Raises:
        Problem: the pack has none, or it cannot be read.
    """
    return quiz_of(pack.quiz(pack.own(quiz)), pack.key(quiz))


def quizzes(pack: Any) -> list[Quiz]:
    """All of them, in the pack's order."""
    return [load_quiz(pack, summary.id) for summary in pack.quizzes()]


def items(pack: Any) -> dict[str, Item]:
    """Every question of the pack by its key."""
    return {item.key: item for quiz in quizzes(pack) for item in quiz.items}


def curriculum(pack: Any) -> Curriculum:
    """What the pack teaches and what serves which objective."""
    import yaml

    path = Path(pack.root) / OBJECTIVES
    listed = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    lessons = pack.lessons()
    return Curriculum.of(listed or {}).serving(
        lessons={pack.key(lesson.id): lesson.objectives for lesson in lessons},
        items={key: item.objectives for key, item in items(pack).items()},
        labs={lab.id: lab.objectives for lab in pack.labs()},
        homes={pack.key(lesson.id): lesson.module for lesson in lessons},
    )
