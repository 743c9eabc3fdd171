"""Fills Home's view model from the pack and the learner's record. It reads; it decides and writes nothing else.

One thing that cannot be read (a broken quiz, say) never empties Home: it is told as a problem, the rest is shown.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ecslab.progress import exams
from ecslab.progress.overview import ModuleStanding, Overview, overview
from ecslab.terms.problems import Problem
from ecslab.tui.home_layout import Course, Entry, ModuleView

if TYPE_CHECKING:
    from ecslab.content.packs import Pack
    from ecslab.progress.exams import ExamRecord
    from ecslab.progress.store import Store
    from ecslab.quiz.items import Quiz

GOOD_ENOUGH = 0.8
"""The share of right answers below which a quiz is shown as weak."""


def read(pack: "Pack", store: "Store", now: datetime | None = None) -> Course:
    """The course as it stands now."""
    from ecslab.progress.curriculum import Curriculum
    from ecslab.quiz import course as quiz_course

    moment = now or datetime.now(UTC)
    problems: list[str] = []
    quizzes: list[Quiz] = _tried(lambda: quiz_course.quizzes(pack), [], problems)
    curriculum = _tried(lambda: quiz_course.curriculum(pack), Curriculum(), problems)
    standing = overview(store, curriculum, moment)
    titles = {objective.id: objective.title for objective in curriculum.objectives}
    home_of = {objective.id: objective.module for objective in curriculum.objectives}
    placed: dict[str, list[Entry]] = {}
    for lesson in sorted(_tried(pack.lessons, [], problems), key=lambda one: getattr(one, "order", 0) or 0):
        module = getattr(lesson, "module", "") or _module(lesson.objectives, home_of)
        placed.setdefault(module, []).append(_lesson(lesson, pack.key(lesson.id), store, titles))
    for quiz in quizzes:
        objectives = [name for item in quiz.items for name in item.objectives]
        placed.setdefault(quiz.module or _module(objectives, home_of), []).append(_quiz(quiz, store, titles))
    for lab in _tried(pack.labs, [], problems):
        placed.setdefault(_module(lab.objectives, home_of), []).append(_lab(lab, store, titles))
    modules = _modules(standing, placed)
    entries = [entry for module in modules for entry in module.entries]
    following, why = next_step(entries, standing.due)
    held = exams.unfinished(store, pack.key(exams.EXAM))
    if held is not None:
        following, why = _exam_under_way(held), "The exam waits where you left it; its time stands still."
    return Course(
        title=_tried(lambda: pack.manifest.title, pack.root.name, problems),
        spent=standing.time.week,
        modules=tuple(modules),
        next=following,
        why_next=why,
        due=standing.due,
        streak=standing.streak,
        ready=_ready(standing),
        likely=_likely(standing),
        problems=tuple(dict.fromkeys(problems)),
    )


def next_step(entries: list[Entry], due: int) -> tuple[Entry | None, str]:
    """What to do next, and why: what was begun, then what is due, then the first that is new."""
    for entry in entries:
        if entry.state == "started":
            return entry, "You are in the middle of it."
    if due:
        note = f"{due} due"
        return Entry("review", "", "Review", "due", note), "It is due: a few minutes now keep it for weeks."
    for entry in entries:
        if entry.state == "new":
            return entry, "The next step of the course."
    for entry in entries:
        if entry.state == "weak":
            return entry, "Some of it was not right yet."
    return None, ""


def _exam_under_way(held: "ExamRecord") -> Entry:
    done = sum(item.chosen is not None for item in held.items)
    note = f"{done} of {len(held.items)} answered, {held.left / 60:.0f} min left"
    return Entry("exam", "", "Exam", "started", note)


def quiz_of_lesson(pack: "Pack", lesson: Any) -> str:
    """The quiz to take after a lesson: its namesake, else the first of the same module; "" for none."""
    listed = list(pack.quizzes())
    if any(quiz.id == pack.own(lesson.id) for quiz in listed):
        return str(pack.own(lesson.id))
    same = [quiz.id for quiz in listed if lesson.module and getattr(quiz, "module", "") == lesson.module]
    return str(same[0]) if same else ""


def _tried(get: Callable[[], Any], otherwise: Any, problems: list[str]) -> Any:
    try:
        return get()
    except Problem as problem:
        problems.append(str(problem))
        return otherwise


def _module(objectives: Iterable[str], home_of: dict[str, str]) -> str:
    return next((home_of[name] for name in objectives if name in home_of), "other")


def _modules(standing: Overview, placed: dict[str, list[Entry]]) -> list[ModuleView]:
    known = {module.id for module in standing.modules}
    rest = [entry for name, entries in placed.items() if name not in known for entry in entries]
    views = [
        ModuleView(
            module.title, tuple(placed.get(module.id, ())), _learned(module), module.due, _weak(module)
        )
        for module in standing.modules
    ]
    return [*views, ModuleView("More", tuple(rest))] if rest else views


def _weak(module: ModuleStanding) -> int:
    """How many objectives were tried and are not good enough yet."""
    return sum(bool(o.answered) and o.right < GOOD_ENOUGH * o.answered for o in module.objectives)


def _learned(module: ModuleStanding) -> float:
    """How much of what the module offers was read, answered rightly or passed."""
    parts = [module.lessons_read] if module.lessons_read is not None else []
    if module.questions:
        parts.append(module.right / module.questions)
    if module.labs:
        parts.append(module.labs_passed / module.labs)
    return sum(parts) / len(parts) if parts else 0.0


def _ready(standing: Overview) -> str:
    sure = standing.readiness
    if not standing.answers and not sure.evidence:
        return ""
    return f"{sure.mean:.0%} ready".replace("%", " %")


def _likely(standing: Overview) -> str:
    """How far off the readiness may be, and what it would come to in an exam."""
    whole, exam = standing.readiness, standing.exam
    if not standing.answers and not whole.evidence:
        return ""
    return f"likely {whole.low:.0%}-{whole.high:.0%} ready · an exam: about {exam.score} ({exam.low}-{exam.high})"


def _lesson(lesson: Any, key: str, store: "Store", titles: dict[str, str]) -> Entry:
    progress = store.lesson_progress(key)
    state, note = "new", ""
    if progress.finished:
        state, note = "done", "read"
    elif progress.pages and (progress.read or progress.position):
        state, note = "started", f"page {progress.position + 1} of {progress.pages}"
    return Entry(
        "lesson",
        lesson.id,
        lesson.title,
        state,
        note,
        _minutes(lesson),
        "",
        _names(lesson.objectives, titles),
    )


def _quiz(quiz: "Quiz", store: "Store", titles: dict[str, str]) -> Entry:
    from ecslab.progress.records import Kind

    latest = store.latest_answers()
    given = [latest[item.key] for item in quiz.items if item.key in latest]
    right, total = sum(answer.right for answer in given), len(quiz.items)
    held = store.unfinished_sitting(Kind.QUIZ, quiz.id)
    objectives = dict.fromkeys(name for item in quiz.items for name in item.objectives)
    state, note = "new", f"{total} questions"
    if held is not None and held.answers and len(held.answers) < total:
        state, note = "started", f"{len(held.answers)} of {total} answered"
    elif given:
        state = "done" if right >= GOOD_ENOUGH * total else "weak"
        note = f"{right} of {total} right"
    return Entry("quiz", quiz.id, quiz.title, state, note, 0, "", _names(objectives, titles))


def _lab(lab: Any, store: "Store", titles: dict[str, str]) -> Entry:
    best = store.best_labs().get(lab.id)
    state, note = "new", ""
    if best is not None:
        state = "done" if best.passed else "started"
        note = f"{best.share:.0%}".replace("%", " %")
    kind = str(getattr(lab, "kind", "") or "")
    about = {
        "guided": "A guided lab: each step says what to do.",
        "build": "A lab in which you build something from nothing.",
        "break-fix": "Something is broken. Find out why, and repair it.",
        "drill": "One hidden fault, against the clock.",
    }.get(kind, "")
    return Entry("lab", lab.id, lab.title, state, note, _minutes(lab), about, _names(lab.objectives, titles))


def _minutes(thing: Any) -> int:
    return int(getattr(thing, "minutes", 0) or 0)


def _names(objectives: Iterable[str], titles: dict[str, str]) -> tuple[str, ...]:
    return tuple(titles.get(name, name) for name in objectives)
