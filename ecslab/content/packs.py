"""Packs: finding them, listing what is in them cheaply, opening one thing in full.

Reading a pack runs nothing of it. Listings peek at plain YAML and need no schema library; what is
opened is validated whole.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ecslab.content import installed
from ecslab.content.files import MANIFEST, PackFiles, builtin_files
from ecslab.content.problems import nearest
from ecslab.terms.problems import Exit, Problem

if TYPE_CHECKING:
    from ecslab.content.drills import Fault
    from ecslab.content.labs import Lab, Loaded
    from ecslab.content.lessons import Lesson
    from ecslab.content.manifest import Manifest
    from ecslab.content.quizzes import Quiz
    from ecslab.content.worlds import Built

T = TypeVar("T")

FAULTS = "labs/faults"
DRILL = "drill/"
"""What the id of a drill's lab begins with."""
KINDS = ("guided", "build", "break-fix", "drill")


@dataclass(frozen=True)
class LabSummary:
    id: str
    title: str
    kind: str
    minutes: int
    objectives: tuple[str, ...]
    points: float
    checks: int


@dataclass(frozen=True)
class FaultSummary:
    """A fault of the drills' catalogue."""

    id: str
    title: str
    worlds: tuple[str, ...]
    minutes: int
    objectives: tuple[str, ...]


@dataclass(frozen=True)
class LessonSummary:
    id: str
    title: str
    module: str
    order: int
    minutes: int
    objectives: tuple[str, ...]


@dataclass(frozen=True)
class QuizSummary:
    id: str
    title: str
    module: str
    items: int
    objectives: tuple[str, ...]


class Pack:
    """One pack: a directory with a pack.yaml."""

    def __init__(self, root: Path, scope: str = "") -> None:
        self.root = root
        self.scope = scope
        """What its lessons and quizzes are told apart by from those of other packs; "" for the built-in pack."""
        self.files = PackFiles(root)

    def key(self, name: str) -> str:
        """What the record of progress calls a lesson or a quiz of this pack: `scope:name`."""
        return f"{self.scope}:{self.own(name)}" if self.scope else name

    def own(self, key: str) -> str:
        """What the pack itself calls it."""
        return key.removeprefix(f"{self.scope}:") if self.scope else key

    @cached_property
    def manifest(self) -> "Manifest":
        """Name, version, title, authors. Raises PackProblem."""
        from ecslab.content.manifest import load_manifest

        return load_manifest(self.files)

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def worlds(self) -> list[str]:
        from ecslab.content.worlds import world_ids

        return world_ids(self.files)

    @property
    def lab_ids(self) -> list[str]:
        return self.files.folders("labs", "lab.yaml")

    @property
    def fault_ids(self) -> list[str]:
        """The catalogue of drills."""
        return self.files.folders(FAULTS, "fault.yaml")

    def faults(self) -> list[FaultSummary]:
        """The catalogue, without reading anything in full."""
        return [_fault_summary(name, self._peek(f"{FAULTS}/{name}/fault.yaml")) for name in self.fault_ids]

    def fault(self, fault_id: str, seed: int = 0) -> "Fault":
        """One fault of the catalogue in full. Raises PackProblem."""
        from ecslab.content.drills import load_fault

        return self._one("fault", fault_id, self.fault_ids, lambda: load_fault(self.files, fault_id, seed)[0])

    def labs(self) -> list[LabSummary]:
        """What can be told without reading anything in full; guided labs first."""
        found = [_lab_summary(lab_id, self._peek(f"labs/{lab_id}/lab.yaml")) for lab_id in self.lab_ids]
        return [summary for _, summary in sorted(found, key=lambda pair: pair[0])]

    def lessons(self) -> list[LessonSummary]:
        found = [_lesson_summary(stem, self._peek_head(stem)) for stem in self.files.stems("lessons", ".md")]
        return sorted(found, key=lambda lesson: (lesson.order, lesson.id))

    def quizzes(self) -> list[QuizSummary]:
        stems = self.files.stems("quizzes", ".yaml")
        found = [_quiz_summary(stem, self._peek(f"quizzes/{stem}.yaml")) for stem in stems]
        return [summary for _, summary in sorted(found, key=lambda pair: pair[0])]

    def lab(self, lab_id: str, seed: int = 0) -> "Lab":
        """One lab, its variables drawn with the seed. Raises PackProblem with all its flaws."""
        return self.loaded_lab(lab_id, seed).lab

    def loaded_lab(self, lab_id: str, seed: int) -> "Loaded":
        """A lab, or the lab of a drill: `drill/FAULT`, `drill/FAULT@WORLD`. Raises PackProblem."""
        if lab_id.startswith(DRILL):
            from ecslab.content.drills import load_drill

            fault, _, world = lab_id.removeprefix(DRILL).partition("@")
            return self._one(
                "fault", fault, self.fault_ids, lambda: load_drill(self.files, fault, seed, world)
            )
        from ecslab.content.labs import load_lab

        return self._one("lab", lab_id, self.lab_ids, lambda: load_lab(self.files, lab_id, seed))

    def lesson(self, lesson_id: str) -> "Lesson":
        from ecslab.content.lessons import load_lesson

        names = self.files.stems("lessons", ".md")
        return self._one("lesson", lesson_id, names, lambda: load_lesson(self.files, lesson_id))

    def quiz(self, quiz_id: str) -> "Quiz":
        from ecslab.content.quizzes import load_quiz

        names = self.files.stems("quizzes", ".yaml")
        return self._one("quiz", quiz_id, names, lambda: load_quiz(self.files, quiz_id))

    def world(self, world_id: str) -> "Built":
        """A world with its bases merged in."""
        from ecslab.content.worlds import build_world

        return self._one("world", world_id, self.worlds, lambda: build_world(self.files, world_id, {}))

    def _one(self, kind: str, wanted: str, names: list[str], load: Callable[[], T]) -> T:
        if wanted not in names:
            todo = nearest(wanted, names) or f"the pack has no {kind} yet"
            raise Problem(f"there is no {kind} {wanted!r} in this pack", todo, status=Exit.USAGE)
        return load()

    def _peek(self, relative: str) -> Mapping[str, Any]:
        """A file as plain data, or nothing if it is broken: opening it will say what is wrong."""
        from ecslab.content.documents import peek

        try:
            return peek(self.files.text(relative))
        except Problem:
            return {}

    def _peek_head(self, lesson_id: str) -> Mapping[str, Any]:
        from ecslab.content.documents import peek

        try:
            text = self.files.text(f"lessons/{lesson_id}.md")
        except Problem:
            return {}
        _, mark, rest = text.partition("---\n")
        return peek(rest.partition("\n---")[0]) if mark else {}


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(str(part) for part in value) if isinstance(value, list) else ()


def _number(value: Any, default: int = 0) -> Any:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else default


def _maps(value: Any) -> list[Mapping[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _lab_summary(lab_id: str, lab: Mapping[str, Any]) -> tuple[tuple[int, int, str], LabSummary]:
    checks = _maps(lab.get("checks"))
    points = sum(_number(check.get("points"), 1) for check in checks if check.get("optional") is not True)
    kind = str(lab.get("kind", ""))
    summary = LabSummary(
        lab_id,
        str(lab.get("title", lab_id)),
        kind,
        _number(lab.get("minutes")),
        _strings(lab.get("objectives")),
        points,
        len(checks),
    )
    rank = KINDS.index(kind) if kind in KINDS else len(KINDS)
    return (_number(lab.get("order"), 1000), rank, lab_id), summary


def _fault_summary(fault_id: str, fault: Mapping[str, Any]) -> FaultSummary:
    return FaultSummary(
        fault_id,
        str(fault.get("title", fault_id)),
        _strings(fault.get("worlds")),
        _number(fault.get("minutes")),
        _strings(fault.get("objectives")),
    )


def _lesson_summary(stem: str, head: Mapping[str, Any]) -> LessonSummary:
    return LessonSummary(
        stem,
        str(head.get("title", stem)),
        str(head.get("module", "")),
        _number(head.get("order"), 1000),
        _number(head.get("minutes")),
        _strings(head.get("objectives")),
    )


def _quiz_summary(stem: str, quiz: Mapping[str, Any]) -> tuple[tuple[int, str], QuizSummary]:
    items = _maps(quiz.get("items"))
    objectives = dict.fromkeys(name for item in items for name in _strings(item.get("objectives")))
    title, module = str(quiz.get("title", stem)), str(quiz.get("module", ""))
    return (_number(quiz.get("order"), 1000), stem), QuizSummary(
        stem, title, module, len(items), tuple(objectives)
    )


@cache
def builtin() -> Pack:
    """The pack that ecslab brings."""
    return Pack(builtin_files().root)


def load(directory: Path | str, scope: str = "") -> Pack:
    """The pack in a directory, which must hold a pack.yaml."""
    root = Path(directory)
    if not (root / MANIFEST).is_file():
        raise Problem(
            f"{directory} is not a pack: it has no {MANIFEST}", "name a pack's directory", status=Exit.USAGE
        )
    return Pack(root.resolve(), scope)


def find(pack_id: str | None = None) -> Pack:
    """A pack by name or directory; the built-in one when nothing is named."""
    if pack_id is None or pack_id == builtin().name:
        return builtin()
    if (Path(pack_id) / MANIFEST).is_file():
        named = load(pack_id)
        return builtin() if named.root == builtin().root else Pack(named.root, named.name)
    if pack_id in installed.names():
        return load(installed.place(pack_id), pack_id)
    names = ", ".join([builtin().name, *installed.names()])
    raise Problem(
        f"there is no pack {pack_id!r}",
        f"it is {names} or a directory with a {MANIFEST}",
        status=Exit.USAGE,
    )


def known() -> list[Pack]:
    """The built-in pack and the installed ones."""
    return [builtin(), *(load(installed.place(name), name) for name in installed.names())]


def with_lab(lab_id: str) -> Pack:
    """The pack that has this lab; the built-in one where none does, which says so when it is asked."""
    return next((pack for pack in known() if lab_id in pack.lab_ids), builtin())
