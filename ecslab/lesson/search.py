"""Finding words in lessons. Pure: lessons and words in, places out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ecslab.lesson.pages import Lesson

AROUND = 60
"""How many characters of a page a hit shows."""


@dataclass(frozen=True)
class Hit:
    """A page that has all the words."""

    lesson: str
    page: int
    """From 0."""
    heading: str
    """The lesson and the page, as they are titled."""
    text: str
    """What stands around the first word."""


def search(lessons: Sequence[Lesson], words: str) -> list[Hit]:
    """Pages that have every word, whatever its case; those with a word in their title come first."""
    wanted = words.casefold().split()
    if not wanted:
        return []
    found: list[tuple[bool, Hit]] = []
    for lesson in lessons:
        for number, page in enumerate(lesson.pages):
            text = f"{page.title}\n{page.text}"
            if all(word in text.casefold() for word in wanted):
                titled = any(word in page.title.casefold() for word in wanted)
                heading = f"{lesson.title} · {page.title}"
                found.append((not titled, Hit(lesson.id, number, heading, _around(page.text, wanted))))
    return [hit for _, hit in sorted(found, key=lambda pair: pair[0])]


def hits_of(lessons: Sequence[Lesson], places: Iterable[tuple[str, int]]) -> list[Hit]:
    """Pages that are known by lesson and number, such as bookmarks; those that are gone are left out."""
    by_id = {lesson.id: lesson for lesson in lessons}
    return [
        Hit(name, page, f"{by_id[name].title} · {by_id[name].pages[page].title}", "")
        for name, page in places
        if name in by_id and page < len(by_id[name].pages)
    ]


def _around(text: str, words: Iterable[str]) -> str:
    plain = re.sub(r"\s+", " ", re.sub(r"[`*#|]+", "", text)).strip()
    at = min((place for word in words if (place := plain.casefold().find(word)) >= 0), default=0)
    start = max(0, at - AROUND // 3)
    start = plain.rfind(" ", 0, start) + 1 if start else 0
    cut = plain[start : start + AROUND]
    if start + AROUND < len(plain):
        cut = cut.rpartition(" ")[0] or cut
    return f"{'… ' if start else ''}{cut}{' …' if start + AROUND < len(plain) else ''}"
