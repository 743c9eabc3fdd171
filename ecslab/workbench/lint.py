"""`pack lint`: everything that is wrong with a pack, found in one go. It runs nothing of the pack.

What the loader would refuse is an error; so is a name that leads nowhere. What works and teaches badly
is a warning.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from ecslab.content.archives import inside
from ecslab.content.labs import Loaded
from ecslab.content.lessons import Lesson
from ecslab.content.objectives import OBJECTIVES, Objectives, load_objectives
from ecslab.content.packs import DRILL, FAULTS, Pack
from ecslab.content.problems import Flaw, PackProblem, nearest
from ecslab.content.quizzes import Quiz
from ecslab.content.worlds import known_worlds
from ecslab.terms.problems import Problem
from ecslab.workbench import lint_labs, lint_names, lint_texts
from ecslab.workbench.findings import Finding, error, warning

DEFAULT_WORLD = "playground"
"""What sandboxes and lessons take when nothing is named."""


@dataclass
class _Read:
    """What could be read, for what only shows across files."""

    labs: list[Loaded] = field(default_factory=list)
    drills: list[Loaded] = field(default_factory=list)
    lessons: list[Lesson] = field(default_factory=list)
    quizzes: list[Quiz] = field(default_factory=list)
    objectives: Objectives = field(default_factory=Objectives)


def lint(pack: Pack) -> list[Finding]:
    """All findings, by file and line."""
    read = _Read()
    found = [*_opened(pack, read), *_strays(pack)]
    for loaded in read.labs:
        found += lint_labs.findings(pack.files, loaded)
    for loaded in (*read.labs, *read.drills):
        found += lint_names.refused_calls(loaded.document, loaded.lab.checks, loaded.lab.world.then)
    for lesson in read.lessons:
        found += lint_texts.lesson_findings(pack, lesson, known_worlds(pack.files))
    for quiz in read.quizzes:
        found += lint_texts.quiz_findings(pack.files, quiz)
    found += _unused_worlds(pack, read)
    found += _objectives(pack, read)
    return sorted(set(found), key=lambda finding: finding.order)


def unreadable(pack: Pack) -> list[Flaw]:
    """What the loader refuses: a learner could not open some part of the pack."""
    return sorted({finding.flaw for finding in _opened(pack, _Read())})


# --- opening everything ------------------------------------------------------------------------------


def _opened(pack: Pack, read: _Read) -> list[Finding]:
    """Opens all that is in the pack; what the loader says against it."""
    flaws: list[Flaw] = []

    def attempt(file: str, load: Callable[[], object]) -> None:
        try:
            load()
        except PackProblem as problem:
            flaws.extend(problem.flaws)
        except Problem as problem:
            flaws.append(Flaw(file, 0, 0, problem.what, problem.todo))

    def objectives() -> None:
        read.objectives = load_objectives(pack.files)[0]

    attempt("pack.yaml", lambda: pack.manifest)
    attempt(OBJECTIVES, objectives)
    for world_id in pack.worlds:
        attempt(f"labs/worlds/{world_id}", lambda name=world_id: pack.world(name))  # type: ignore[misc]
    for lab_id in pack.lab_ids:
        for step in lint_labs.openings(pack, lab_id, read.labs.append):
            attempt(f"labs/{lab_id}/lab.yaml", step)
    for name in pack.fault_ids:
        for step in lint_labs.openings(pack, f"{DRILL}{name}", read.drills.append):
            attempt(f"{FAULTS}/{name}/fault.yaml", step)
    for name in pack.files.stems("lessons", ".md"):
        attempt(f"lessons/{name}.md", lambda name=name: read.lessons.append(pack.lesson(name)))  # type: ignore[misc]
    for name in pack.files.stems("quizzes", ".yaml"):
        attempt(f"quizzes/{name}.yaml", lambda name=name: read.quizzes.append(pack.quiz(name)))  # type: ignore[misc]
    return [error(flaw) for flaw in flaws]


def _strays(pack: Pack) -> Iterator[Finding]:
    """What lies where something is expected and is not read: a wrong suffix, a missing file, a link."""
    root = pack.root
    for path in inside(root):
        relative = path.relative_to(root)
        if any(part.startswith(".") for part in relative.parts):
            continue
        if path.is_symlink():
            flaw = Flaw(str(relative), 0, 0, "this is a symbolic link", "put the file itself into the pack")
            yield error(flaw)
    for folder, suffix in (("quizzes", ".yaml"), ("lessons", ".md")):
        for path in sorted((root / folder).glob("*")):
            name = f"{folder}/{path.name}"
            wrong = path.suffix != suffix and not path.name.startswith(".")
            if path.is_file() and wrong and name != OBJECTIVES:
                yield warning(Flaw(name, 0, 0, "nothing reads this file", f"name it {path.stem}{suffix}"))
    yield from _folders(pack, "labs", pack.lab_ids, "lab.yaml", skip=("worlds", "faults"))
    yield from _folders(pack, FAULTS, pack.fault_ids, "fault.yaml")
    yield from _folders(pack, "labs/worlds", pack.worlds, "template.yaml or world.yaml")


def _folders(
    pack: Pack, base: str, read: Sequence[str], needed: str, skip: Sequence[str] = ()
) -> Iterator[Finding]:
    for path in sorted((pack.root / base).glob("*")):
        if path.is_dir() and not path.is_symlink() and path.name not in (*read, *skip):
            what = f"this folder is not read: it has no {needed}"
            yield warning(Flaw(f"{base}/{path.name}", 0, 0, what, "add it, or remove the folder"))


# --- across files ------------------------------------------------------------------------------------


def _unused_worlds(pack: Pack, read: _Read) -> Iterator[Finding]:
    used = {DEFAULT_WORLD, *(loaded.lab.world.base for loaded in read.labs)}
    used |= {world for fault in pack.faults() for world in fault.worlds}
    used |= {item.world.base for quiz in read.quizzes for item in quiz.items}
    used |= {item.proof.world.base for quiz in read.quizzes for item in quiz.items if item.proof}
    used |= {block.world for lesson in read.lessons for block in lint_texts.tries(lesson)}
    used |= {pack._peek(f"labs/worlds/{name}/world.yaml").get("base") for name in pack.worlds}
    if len(read.labs) < len(pack.lab_ids):  # a lab that cannot be read may use any of them
        used |= {
            (pack._peek(f"labs/{name}/lab.yaml").get("world") or {}).get("base") for name in pack.lab_ids
        }
    for name in pack.worlds:
        if name not in used:
            what = f"no lab, lesson or world uses the world {name!r}"
            yield warning(Flaw(f"labs/worlds/{name}", 0, 0, what, "use it or remove it"))


def _objectives(pack: Pack, read: _Read) -> Iterator[Finding]:
    """Names that the pack's list does not have, and objectives that nobody tests."""
    listed = [objective.id for objective in read.objectives.objectives]
    named = list(_named_objectives(pack, read))
    if listed:
        for name, flaw in named:
            if name not in listed:
                yield error(
                    Flaw(
                        flaw.file,
                        flaw.line,
                        flaw.column,
                        f"unknown objective {name!r}",
                        nearest(name, listed),
                    )
                )
    tested = {name for name, flaw in named if not flaw.file.startswith("lessons/")}
    todo = "write a question or a lab that names it"
    for name, flaw in [*lint_texts.listed_objectives(pack.files), *named]:
        if name not in tested and (not listed or flaw.file == OBJECTIVES):
            what = f"nobody tests the objective {name!r}"
            yield warning(Flaw(flaw.file, flaw.line, flaw.column, what, todo))


def _named_objectives(pack: Pack, read: _Read) -> Iterator[tuple[str, Flaw]]:
    """Every objective that something names, with the place where it does."""
    for loaded in [*read.labs, *read.drills]:
        for place, name in enumerate(loaded.lab.objectives):
            yield name, loaded.document.flaw(("objectives", place), "")
    for lesson in read.lessons:
        yield from lint_texts.lesson_objectives(pack.files, lesson)
    for quiz in read.quizzes:
        yield from lint_texts.quiz_objectives(pack.files, quiz)
