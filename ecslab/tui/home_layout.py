"""Home as rows of text: the next step, the map of the course, and what is known of the marked entry.

Pure functions over the view model below, which `tui.course` fills; they decide nothing about learning.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ecslab.tui.rows import Piece, Row, bar, cells, ends, fit, pad, paragraph, row

KINDS = {"lesson": "Lesson", "quiz": "Quiz", "lab": "Lab", "review": "Review", "exam": "Exam"}
STATES: dict[str, tuple[str, str, str]] = {
    "new": ("○", "new", "quiet"),
    "started": ("◑", "started", "busy"),
    "done": ("✔", "done", "good"),
    "due": ("↻", "due", "busy"),
    "weak": ("△", "weak", "bad"),
}
"""State of an entry -> glyph, word, role."""
NEXT = "next"
"""The key of the row that does the next step."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A lesson, a quiz, a lab or the review queue, as Home lists it."""

    kind: str
    id: str
    title: str
    state: str = "new"
    note: str = ""
    """How far it is: "page 3 of 6", "8 of 10 right", "75 %"."""
    minutes: int = 0
    about: str = ""
    objectives: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What its row is known by."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class ModuleView:
    """One module of the course."""

    title: str
    entries: tuple[Entry, ...] = ()
    learned: float = 0.0
    due: int = 0
    weak: int = 0
    """Objectives of which too much was not right yet."""


@dataclass(frozen=True, slots=True)
class Course:
    """All that Home shows."""

    title: str = "Amazon ECS"
    modules: tuple[ModuleView, ...] = ()
    next: Entry | None = None
    why_next: str = ""
    """Why this is the next step, in a few words."""
    due: int = 0
    streak: int = 0
    ready: str = ""
    """The readiness, as it is said: "42 % ready"."""
    likely: str = ""
    """How sure that is, and what an exam would come to."""
    spent: int = 0
    """Minutes in seven days."""
    problems: tuple[str, ...] = field(default=())
    broken: str = ""
    """Why nothing can be shown, in one line."""

    @property
    def entries(self) -> list[Entry]:
        """Everything there is, in the order of the course."""
        return list({entry.key: entry for module in self.modules for entry in module.entries}.values())

    def find(self, key: str | None) -> Entry | None:
        """The entry behind a row."""
        if key == NEXT:
            return self.next
        found = [entry for entry in self.entries if entry.key == key]
        if not found and self.next is not None and self.next.key == key:
            return self.next
        return found[0] if found else None


VERBS = {
    "lesson": "Read",
    "quiz": "Take the quiz",
    "lab": "Do the lab",
    "review": "Review",
    "exam": "Sit the exam",
}
GOING_ON = {
    "lesson": "Read on",
    "quiz": "Go on with the quiz",
    "lab": "Go on with the lab",
    "review": "Review",
    "exam": "Go on with the exam",
}


def step_words(entry: Entry) -> str:
    """The next step in words: "Read on: Task definitions and tasks"."""
    verb = (GOING_ON if entry.state == "started" else VERBS)[entry.kind]
    return verb if entry.kind in ("review", "exam") else f"{verb}: {entry.title}"


def home(course: Course, view: str, width: int) -> list[Row]:
    """The list on Home: the next step on top, then the course or one kind of entry."""
    if course.broken:
        return paragraph(course.broken, width, first=[("✘ ", "bad")])
    out = _next_step(course, width)
    if view == "course":
        empty = False
        for module in course.modules:
            if not (empty and not module.entries):
                out.append(Row())
            empty = not module.entries
            if empty:
                out.append(row((module.title, "quiet"), ("  · nothing here yet", "quiet")))
                continue
            out.append(_module_head(module, width))
            out += [_entry(entry, width) for entry in module.entries]
    else:
        kind = {"lessons": "lesson", "quizzes": "quiz", "labs": "lab"}[view]
        wanted = [entry for entry in course.entries if entry.kind == kind]
        out.append(Row())
        out += [_entry(entry, width) for entry in wanted]
        if not wanted:
            out.append(row((f"  There are no {view} in this pack.", "quiet")))
    for problem in course.problems:
        out += [Row(), *paragraph(problem, width, first=[("✘ ", "bad")])]
    return out


def _next_step(course: Course, width: int) -> list[Row]:
    entry = course.next
    if entry is None:
        return [row(("✔ All of the course is done. ", "good"), ("Pick anything to do it again.", "quiet"))]
    words = step_words(entry)
    out = [
        ends(
            [("▶ Continue  ", "key"), (words, "strong")],
            [(f" {entry.note}", "quiet"), ("  Enter ", "key")],
            width,
            key=NEXT,
        )
    ]
    said = course.why_next
    if course.due and entry.kind != "review":
        said = f"{said}  ↻ {course.due} due for review".strip()
    if said:
        out.append(row("  ", (fit(said, width - 2), "quiet"), key=NEXT))
    return out + _how_it_stands(course, width)


def _how_it_stands(course: Course, width: int) -> list[Row]:
    """How sure the readiness is, and the time spent: said once, kindly, and only when there is something to say."""
    said = course.likely
    spent = f"{course.spent} min this week" if course.spent else ""
    if spent and cells(f"{said} · {spent}") <= width - 2:
        said = f"{said} · {spent}" if said else spent
    return [row("  ", (fit(said, width - 2), "quiet"))] if said else []


def _module_head(module: ModuleView, width: int) -> Row:
    share = f" {bar(module.learned, 8)} {round(module.learned * 100):>3} % "
    due = f" ↻ {module.due} due " if module.due else ""
    weak = f" △ {module.weak} weak " if module.weak else ""
    title = fit(module.title, max(8, width - cells(due + weak + share) - 4))
    role = "good" if module.learned >= 1 else "quiet"
    return ends([(title, "title")], [(weak, "bad"), (due, "busy"), (share, role)], width)


def _entry(entry: Entry, width: int) -> Row:
    glyph, word, role = STATES[entry.state]
    note = entry.note or (f"{entry.minutes} min" if entry.minutes else "")
    return ends(
        ["  ", (f"{glyph} {word:<8}", role), (pad(KINDS[entry.kind], 8), "quiet"), entry.title],
        [(f"  {note} ", "quiet")],
        width,
        key=entry.key,
    )


def about(course: Course, entry: Entry | None, width: int) -> list[Row]:
    """The marked entry in full, for the side of a wide screen."""
    if entry is None:
        return []
    glyph, word, role = STATES[entry.state]
    out = paragraph(entry.title, width, role="strong")
    facts: list[Piece] = [(f"{KINDS[entry.kind]} · ", "quiet"), (f"{glyph} {word}", role)]
    if entry.minutes:
        facts.append((f" · about {entry.minutes} minutes", "quiet"))
    out += [row(*facts), Row()]
    if entry.note:
        out += [*paragraph(entry.note, width), Row()]
    if entry.about:
        out += [*paragraph(entry.about, width), Row()]
    if entry.objectives:
        out.append(row(("what it is for", "title")))
        for objective in entry.objectives:
            out += paragraph(objective, width, first=[("• ", "quiet")])
        out.append(Row())
    out.append(row(("Enter ", "key"), ("opens it", "quiet")))
    return out


def standing(course: Course) -> list[Piece]:
    """The right end of the top line: readiness and streak, kindly."""
    pieces: list[Piece] = []
    if course.ready:
        pieces.append((course.ready, "name"))
    if course.due:
        pieces.append((f"  ↻ {course.due} due", "busy"))
    if course.streak > 1:
        pieces.append((f"  ★ {course.streak} days in a row", "key"))
    elif course.streak == 1:
        pieces.append(("  ★ studied today", "key"))
    return pieces


def tabs(
    names: Iterable[tuple[str, str, str]], active: str, width: int
) -> tuple[Row, list[tuple[int, int, str]]]:
    """A line of tabs, and where each of them is: `(start, end, id)`.

    Args:
        names: `(id, key, title)` of each tab.
        active: the id of the one that is shown.
        width: how many columns there are.
    """
    pieces: list[Piece] = []
    places: list[tuple[int, int, str]] = []
    at = 0
    for name, key, title in names:
        label: Sequence[tuple[str, str]] = (
            [(f" {key} ", "key"), (f"{title} ", "strong")]
            if name == active
            else [(f" {key} ", "quiet"), (f"{title} ", "quiet")]
        )
        if name == active:
            label = [("▐", "key"), *label, ("▌", "key")]
        else:
            label = [(" ", ""), *label, (" ", "")]
        size = sum(cells(text) for text, _ in label)
        if at + size > width:
            break
        places.append((at, at + size, name))
        pieces += label
        at += size
    return row(*pieces), places
