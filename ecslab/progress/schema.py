"""The shape of the progress database and its way forward, one step a version.

A migration is a list of statements that runs in one transaction: it happens whole or not at all.
Steps that were released are never edited; a new shape is a new step at the end. Nothing here goes
backwards: an older ecslab refuses a newer record and leaves it untouched.
"""

APPLICATION_ID = 0x4543534C
"""`ECSL`: tells our file from any other SQLite database."""

_FIRST = """
CREATE TABLE lessons (
    lesson TEXT PRIMARY KEY, pages INTEGER NOT NULL, position INTEGER NOT NULL, opened TEXT NOT NULL);
CREATE TABLE pages (
    lesson TEXT NOT NULL REFERENCES lessons(lesson), page INTEGER NOT NULL, read TEXT NOT NULL,
    PRIMARY KEY (lesson, page));
CREATE TABLE sittings (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, quiz TEXT NOT NULL, seed INTEGER NOT NULL,
    items TEXT NOT NULL, started TEXT NOT NULL, finished TEXT);
CREATE INDEX sittings_open ON sittings (quiz, finished);
CREATE TABLE answers (
    id INTEGER PRIMARY KEY, sitting INTEGER REFERENCES sittings(id), item TEXT NOT NULL,
    hash TEXT NOT NULL, objectives TEXT NOT NULL, chosen TEXT NOT NULL, right INTEGER NOT NULL,
    credit REAL NOT NULL, confidence TEXT, answered TEXT NOT NULL);
CREATE INDEX answers_item ON answers (item, id);
CREATE INDEX answers_sitting ON answers (sitting, id);
CREATE TABLE lab_attempts (
    id INTEGER PRIMARY KEY, lab TEXT NOT NULL, seed INTEGER NOT NULL, directory TEXT NOT NULL,
    objectives TEXT NOT NULL, started TEXT NOT NULL);
CREATE TABLE lab_results (
    id INTEGER PRIMARY KEY, attempt INTEGER NOT NULL REFERENCES lab_attempts(id), points REAL NOT NULL,
    maximum REAL NOT NULL, passed INTEGER NOT NULL, hints INTEGER NOT NULL, verdicts TEXT NOT NULL,
    at TEXT NOT NULL);
CREATE INDEX lab_results_attempt ON lab_results (attempt, id);
CREATE TABLE cards (
    item TEXT PRIMARY KEY, hash TEXT NOT NULL, objectives TEXT NOT NULL, state TEXT NOT NULL,
    due TEXT NOT NULL);
CREATE INDEX cards_due ON cards (due);
CREATE TABLE reviews (
    id INTEGER PRIMARY KEY, item TEXT NOT NULL, rating INTEGER NOT NULL, at TEXT NOT NULL,
    due TEXT NOT NULL);
CREATE TABLE preferences (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE days (day TEXT PRIMARY KEY)
"""

_BOOKMARKS = """
CREATE TABLE bookmarks (
    lesson TEXT NOT NULL, page INTEGER NOT NULL, at TEXT NOT NULL, PRIMARY KEY (lesson, page))
"""

_QUESTIONS = """
ALTER TABLE answers ADD COLUMN variant INTEGER;
CREATE TABLE flags (
    id INTEGER PRIMARY KEY, item TEXT NOT NULL, hash TEXT NOT NULL, variant INTEGER, note TEXT NOT NULL,
    at TEXT NOT NULL)
"""
"""Generated questions and flags of bad ones."""

_EXAMS = """
CREATE TABLE exams (
    sitting INTEGER PRIMARY KEY REFERENCES sittings(id), form TEXT NOT NULL, allowed REAL NOT NULL,
    spent REAL NOT NULL, seen TEXT NOT NULL);
CREATE TABLE exam_items (
    sitting INTEGER NOT NULL REFERENCES exams(sitting), place INTEGER NOT NULL, item TEXT NOT NULL,
    hash TEXT NOT NULL, scored INTEGER NOT NULL, chosen TEXT, flagged INTEGER NOT NULL DEFAULT 0,
    changed TEXT, PRIMARY KEY (sitting, place));
CREATE TABLE exam_pauses (
    sitting INTEGER NOT NULL REFERENCES exams(sitting), began TEXT NOT NULL, ended TEXT, why TEXT NOT NULL,
    PRIMARY KEY (sitting, began));
ALTER TABLE reviews ADD COLUMN expected TEXT;
ALTER TABLE reviews ADD COLUMN predicted REAL
"""
"""Exams; and for each review when the card had been due and the chance of recall that was predicted."""

_DRILLS = """
CREATE TABLE drill_results (
    id INTEGER PRIMARY KEY, fault TEXT NOT NULL, world TEXT NOT NULL, seed INTEGER NOT NULL,
    objectives TEXT NOT NULL, repaired INTEGER NOT NULL, named INTEGER NOT NULL, answers INTEGER NOT NULL,
    told INTEGER NOT NULL, points REAL NOT NULL, detected_ms INTEGER, repaired_ms INTEGER, seconds REAL,
    at TEXT NOT NULL);
CREATE INDEX drill_results_fault ON drill_results (fault, id)
"""

MIGRATIONS: tuple[str, ...] = (_FIRST, _BOOKMARKS, _QUESTIONS, _EXAMS, _DRILLS)
"""Step n leads from version n to n + 1. Statements end with `;` and contain none."""

VERSION = len(MIGRATIONS)

TABLES = (
    "lessons",
    "pages",
    "sittings",
    "answers",
    "lab_attempts",
    "lab_results",
    "cards",
    "reviews",
    "preferences",
    "days",
    "bookmarks",
    "flags",
    "exams",
    "exam_items",
    "exam_pauses",
    "drill_results",
)
"""In the order in which they can be filled: a row never refers to a later table."""
