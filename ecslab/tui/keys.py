"""Every key of the app in one table: bindings, footer and `?` help are made from it, nothing else defines a key.

A learner changes a key by its id in `settings.json` (`{"keys": {"lab.hint": "i"}}`), applied with
`App.set_keymap`. While the shell has the focus only F6 and Shift+PgUp and PgDn are taken from it; all else
goes to the shell.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Key:
    """One key: where it works, what it does, in the words the learner reads."""

    id: str
    keys: str
    action: str
    words: str
    """In the footer."""
    explain: str
    """In help."""
    footer: bool = True
    priority: bool = False

    @property
    def where(self) -> str:
        """The screen it belongs to: the part of the id before the dot."""
        return self.id.partition(".")[0]


WHERE = {
    "app": "Everywhere",
    "home": "Home",
    "lesson": "Lesson",
    "quiz": "Quiz",
    "exam": "Exam",
    "review": "Review",
    "recall": "Recall",
    "progress": "Progress",
    "lab": "Lab",
    "drills": "Drills",
    "drill": "Drill",
    "editor": "Open file",
    "find": "Search",
    "dialog": "Panels",
    "ask": "Questions",
    "rows": "Lists and panes",
}
"""The screens in the order help shows them, with the names people read."""

ALSO = {"drill": ("lab", "editor"), "lab": ("editor",)}
"""Whose keys a screen has besides its own."""

TABLE: tuple[Key, ...] = (
    Key("app.help", "question_mark,f1", "app.explain", "Help", "Explain this screen and its keys"),
    Key("app.theme", "ctrl+t", "app.turn_lights", "Theme", "Dark, light, high contrast", footer=False),
    Key("app.palette", "ctrl+p", "app.command_palette", "Commands", "All commands, by name", footer=False),
    Key("app.quit", "ctrl+q", "app.quit", "Quit", "Leave ecslab; everything is kept", footer=False),
    Key("home.open", "enter", "open", "Open", "Open what is marked; at the top: the next step"),
    Key("home.course", "1", "view('course')", "Course", "The map of the course", footer=False),
    Key("home.lessons", "2", "view('lessons')", "Lessons", "Only lessons", footer=False),
    Key("home.quizzes", "3", "view('quizzes')", "Quizzes", "Only quizzes", footer=False),
    Key("home.labs", "4", "view('labs')", "Labs", "Only labs", footer=False),
    Key("home.review", "r", "go('review')", "Review", "What is due again now"),
    Key("home.exam", "e", "go('exam')", "Exam", "Sit an exam, or go on with one"),
    Key("home.drill", "d", "go('drills')", "Drills", "Find one hidden fault in a healthy world: any, or a chosen one"),
    Key("home.progress", "p", "go('progress')", "Progress", "What you know, and how sure that is"),
    Key("home.search", "slash", "search", "Search", "Find words in all lessons; with no words: your bookmarks"),
    Key("home.pack", "k", "pack", "Pack", "Study another pack that is installed", footer=False),
    Key("home.quit", "q", "app.quit", "Quit", "Leave ecslab; everything is kept"),
    Key("lesson.next", "n,right", "turn(1)", "Next", "Next page; the last one leads to the quiz"),
    Key("lesson.previous", "p,left", "turn(-1)", "Back", "Page before"),
    Key("lesson.try", "t", "try", "Try it", "Run the command on this page in a scratch AWS"),
    Key("lesson.watch", "w", "watch('step')", "Watch", "Start the world on this page, or let its time run a step"),
    Key("lesson.settle", "W", "watch('steady')", "Fast", "Let that world run until it is steady", footer=False),
    *(
        Key(f"lesson.expect{n}", str(n), f"predict({n})", "Expect", f"Expect answer {n}", footer=False)
        for n in range(1, 10)
    ),
    Key("lesson.answer", "enter", "answer", "Answer", "Answer the next question on this page"),
    Key("lesson.contents", "c", "contents", "Contents", "Show or hide the contents"),
    Key("lesson.bookmark", "b", "bookmark", "Bookmark", "Set a bookmark on this page, or take it away", footer=False),
    Key("lesson.search", "slash", "search", "Search", "Find words in all lessons; with no words: your bookmarks"),
    Key("lesson.quiz", "z", "quiz", "Quiz", "Go to the quiz of this lesson"),
    Key("lesson.leave", "escape,q", "leave", "Home", "Back home; the page is remembered"),
    Key("quiz.pick", "space", "pick", "Choose", "Choose the marked answer, or take it back"),
    *(
        Key(f"quiz.number{n}", str(n), f"number({n})", "Choose", f"Choose answer {n}", footer=False)
        for n in range(1, 10)
    ),
    Key("quiz.answer", "enter", "answer", "Answer", "Answer with what is chosen"),
    Key("quiz.next", "enter", "next", "Next", "After the reasons: the next question"),
    Key("quiz.done", "enter", "leave", "Done", "At the end: back"),
    Key("quiz.earlier", "k,shift+up", "move(-1)", "Move up", "Ordering: move the marked line up", footer=False),
    Key("quiz.later", "j,shift+down", "move(1)", "Move down", "Ordering: move the marked line down", footer=False),
    Key("quiz.partner", "right", "partner(1)", "Match", "Matching: the next partner", footer=False),
    Key("quiz.partner_back", "left", "partner(-1)", "Match", "Matching: the partner before", footer=False),
    Key("quiz.flag", "f", "flag", "Flag", "Flag a bad question, with a note"),
    Key("quiz.again", "r", "again", "Again", "At the end: take it once more"),
    Key("exam.begin", "enter", "begin", "Begin", "Begin the exam of the marked length, or go on with yours"),
    Key("exam.resume", "enter", "resume", "Go on", "After a pause: go on, the time runs again"),
    Key("exam.answer", "enter", "answer", "Next", "Keep what is chosen and go to the next question"),
    Key("exam.open", "enter", "open", "Open", "In a list: open what is marked"),
    Key("exam.pick", "space", "pick", "Choose", "Choose the marked answer, or take it back", footer=False),
    *(
        Key(f"exam.number{n}", str(n), f"number({n})", "Choose", f"Choose answer {n}", footer=False)
        for n in range(1, 10)
    ),
    Key("exam.next", "n", "turn(1)", "Next", "The next question, with or without an answer", footer=False),
    Key("exam.previous", "p", "turn(-1)", "Back", "The question before"),
    Key("exam.flag", "f", "flag", "Flag", "Mark this question to come back to, or unmark it"),
    Key("exam.list", "l", "list", "List", "All questions: answered, flagged, open; from there Enter goes to one"),
    Key("exam.pause", "z", "pause", "Pause", "Stop the time; the questions are hidden meanwhile"),
    Key("exam.hand_in", "e", "hand_in", "Hand in", "End the exam; it asks first"),
    Key("exam.walk", "w", "walk", "Questions", "After the exam: every question with its reasons"),
    Key("exam.earlier", "k,shift+up", "move(-1)", "Move up", "Ordering: move the marked line up", footer=False),
    Key("exam.later", "j,shift+down", "move(1)", "Move down", "Ordering: move the marked line down", footer=False),
    Key("exam.partner", "right", "partner(1)", "Match", "Matching: the next partner", footer=False),
    Key("exam.partner_back", "left", "partner(-1)", "Match", "Matching: the partner before", footer=False),
    Key("exam.leave", "escape", "leave", "Leave", "Back home; an exam under way is paused and kept"),
    Key("review.start", "enter", "start", "Start", "Do what is marked: questions, recall or a drill"),
    Key("review.leave", "escape,q", "leave", "Home", "Back home; what is due stays due"),
    Key("recall.show", "enter", "show", "Answer", "Show the answer"),
    *(
        Key(f"recall.rate{n}", str(n), f"rate({n})", words, explain)
        for n, words, explain in (
            (1, "Not", "I did not know it: it returns in minutes"),
            (2, "Hardly", "I knew some of it"),
            (3, "Well", "I knew it"),
            (4, "Easily", "It was there at once"),
        )
    ),
    Key("recall.rate", "enter", "rate_marked", "Rate", "Rate with what is marked", footer=False),
    Key("recall.leave", "escape,q", "leave", "Leave", "Leave; what was not asked stays due"),
    Key("progress.leave", "escape,q", "leave", "Home", "Back home"),
    Key("quiz.leave", "escape", "leave", "Leave", "Leave the quiz; answers given so far are kept"),
    Key("lab.out", "f6", "out", "Leave the shell", "In the shell or a file: leave it; then single keys work", priority=True),
    Key("lab.shell", "f6", "shell", "Shell", "Back into the shell or the file", priority=True),
    Key("lab.back", "shift+pageup", "scroll(-1)", "Scroll back", "In the shell: what has scrolled away", priority=True),
    Key("lab.forward", "shift+pagedown", "scroll(1)", "Forward", "In the shell: forward again", footer=False, priority=True),
    Key("lab.another", "plus", "another_shell", "New shell", "Open another shell beside this one", footer=False),
    Key("lab.next", "s", "next_shell", "Next shell", "Into the next shell or open file; F6 leaves it", footer=False),
    Key("lab.edit", "e", "edit", "Edit", "Edit a file of the workspace, in your $EDITOR if it is set; or a new file"),
    Key("lab.pane1", "1", "pane('shell')", "Shell", "Go to the shell", footer=False),
    Key("lab.pane2", "2", "pane('goals')", "Goals", "Go to the goals", footer=False),
    Key("lab.pane3", "3", "pane('map')", "Map", "Go to the live map", footer=False),
    Key("lab.pane4", "4", "pane('events')", "Events", "Go to the events", footer=False),
    Key("lab.pane5", "5", "pane('story')", "Story", "Go to the story and the hints taken", footer=False),
    Key("lab.pane6", "6", "pane('journal')", "Journal", "Go to the journal: every API call, the newest last", footer=False),
    Key("lab.pane7", "7", "pane('logs')", "Logs", "Go to the logs of the containers", footer=False),
    Key("lab.zoom", "z", "zoom", "Zoom", "Show only this pane, or all of them again"),
    Key("lab.details", "enter", "details", "Why", "Why a goal passes or fails: expected, actual, where to look"),
    Key("lab.hint", "h", "hint", "Hint", "The next hint; its cost is shown before you take it"),
    Key("lab.undo", "u", "undo", "Undo", "Take back the last command, after a preview"),
    Key("lab.pause", "space", "pause", "Pause", "Stop the simulated time, or let it run", footer=False),
    Key("lab.rate", "r", "rate", "Rate", "Time at 1×, 10×, 60×, or fast after a change only", footer=False),
    Key("lab.step", "full_stop", "step('5s')", "5 s on", "Five simulated seconds on", footer=False),
    Key("lab.minute", "greater_than_sign", "step('1m')", "1 min on", "One simulated minute on", footer=False),
    Key("lab.steady", "f", "steady", "Fast", "Run the time on until everything is steady"),
    Key("lab.reset", "R", "reset", "Reset", "Back to the start of this attempt", footer=False),
    Key("lab.debrief", "d", "debrief", "Debrief", "How it went, and why the solution works", footer=False),
    Key("lab.terminal", "t", "terminal", "Full terminal", "Give the whole real terminal to the shell", footer=False),
    Key("lab.leave", "escape,q", "leave", "Home", "Back home; the lab is kept as it is"),
    Key("drills.start", "enter", "start", "Start", "Begin the marked drill, or go on with the one under way"),
    Key("drills.leave", "escape,q", "leave", "Home", "Back home"),
    Key("drill.name", "n", "name_it", "Name", "Name the cause: choose from a list; the first answer counts"),
    Key("editor.save", "ctrl+s", "save", "Save", "In an open file: save it"),
    Key("editor.close", "escape", "close", "Close", "In an open file: close it; unsaved changes are asked about"),
    Key("dialog.yes", "y,enter", "yes", "Yes", "Do it"),
    Key("dialog.no", "n,escape,q", "no", "Close", "Close without doing anything"),
    Key("find.close", "escape", "close", "Close", "Close without going anywhere"),
    Key("find.open", "enter", "open", "Open", "Open what is marked"),
    Key("find.up", "up", "move(-1)", "Up", "The hit before", footer=False),
    Key("find.down", "down", "move(1)", "Down", "The next hit", footer=False),
    Key("ask.close", "escape", "close", "Close", "Close without an answer"),
    Key("rows.up", "up", "step(-1)", "Up", "One line up", footer=False),
    Key("rows.down", "down", "step(1)", "Down", "One line down", footer=False),
    Key("rows.page_up", "pageup", "page(-1)", "Page up", "One page up", footer=False),
    Key("rows.page_down", "pagedown", "page(1)", "Page down", "One page down", footer=False),
    Key("rows.first", "home", "edge(-1)", "First", "To the top", footer=False),
    Key("rows.last", "end", "edge(1)", "Last", "To the end", footer=False),
)  # fmt: skip


def bindings(where: str) -> list[Binding]:
    """The bindings of one screen, as Textual takes them."""
    return [
        Binding(
            key.keys,
            key.action,
            key.words,
            show=key.footer,
            priority=key.priority,
            tooltip=key.explain,
            id=key.id,
            key_display=None if "," not in key.keys else shown(key.keys.split(",")[0]),
        )
        for key in TABLE
        if key.where == where
    ]


NAMES = {
    "question_mark": "?",
    "full_stop": ".",
    "plus": "+",
    "slash": "/",
    "greater_than_sign": ">",
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "shift+up": "Shift+↑",
    "shift+down": "Shift+↓",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "tab": "Tab",
}


def shown(key: str) -> str:
    """A key as people read it: `question_mark` -> `?`, `ctrl+t` -> `Ctrl+T`, `f6` -> `F6`."""
    if key in NAMES:
        return NAMES[key]
    modifier, plus, letter = key.rpartition("+")
    if plus:
        return f"{modifier.title()}+{NAMES.get(letter, letter.upper())}"
    return key.upper() if len(key) > 1 and key[0] == "f" and key[1:].isdigit() else key


def help_lines(where: str, changed: Mapping[str, str]) -> list[tuple[str, str]]:
    """`(keys, explanation)` of one screen, with the learner's own keys."""
    lines = []
    for key in sorted(TABLE, key=lambda key: key.where != where):
        if key.where in (where, *ALSO.get(where, ())):
            names = [shown(name) for name in changed.get(key.id, key.keys).split(",")]
            keys = f"{names[0]}-{names[-1]}" if len(names) > 4 else " ".join(names)
            lines.append((keys, key.explain or key.words))
    return lines
