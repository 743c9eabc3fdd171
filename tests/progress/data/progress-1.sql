BEGIN TRANSACTION;
CREATE TABLE answers (
    id INTEGER PRIMARY KEY, sitting INTEGER REFERENCES sittings(id), item TEXT NOT NULL,
    hash TEXT NOT NULL, objectives TEXT NOT NULL, chosen TEXT NOT NULL, right INTEGER NOT NULL,
    credit REAL NOT NULL, confidence TEXT, answered TEXT NOT NULL);
INSERT INTO "answers" VALUES(1,1,'q/a','h1','["o"]','0',1,1.0,'sure','2026-10-01T10:00:00.000000Z');
INSERT INTO "answers" VALUES(2,1,'q/b','h1','["o"]','0',0,0.0,'sure','2026-10-01T10:00:00.000000Z');
CREATE TABLE cards (
    item TEXT PRIMARY KEY, hash TEXT NOT NULL, objectives TEXT NOT NULL, state TEXT NOT NULL,
    due TEXT NOT NULL);
INSERT INTO "cards" VALUES('q/a','h1','["o"]','{"card_id": 2195436246, "state": 1, "step": 1, "stability": 2.3065, "difficulty": 2.118103970459016, "due": "2026-10-02T10:00:00+00:00", "last_review": "2026-10-01T10:00:00+00:00"}','2026-10-02T10:00:00.000000Z');
INSERT INTO "cards" VALUES('q/b','h1','["o"]','{"card_id": 466805612, "state": 1, "step": 0, "stability": 0.212, "difficulty": 6.4133, "due": "2026-10-01T10:10:00+00:00", "last_review": "2026-10-01T10:00:00+00:00"}','2026-10-01T10:10:00.000000Z');
CREATE TABLE days (day TEXT PRIMARY KEY);
INSERT INTO "days" VALUES('2026-10-01');
CREATE TABLE lab_attempts (
    id INTEGER PRIMARY KEY, lab TEXT NOT NULL, seed INTEGER NOT NULL, directory TEXT NOT NULL,
    objectives TEXT NOT NULL, started TEXT NOT NULL);
CREATE TABLE lab_results (
    id INTEGER PRIMARY KEY, attempt INTEGER NOT NULL REFERENCES lab_attempts(id), points REAL NOT NULL,
    maximum REAL NOT NULL, passed INTEGER NOT NULL, hints INTEGER NOT NULL, verdicts TEXT NOT NULL,
    at TEXT NOT NULL);
CREATE TABLE lessons (
    lesson TEXT PRIMARY KEY, pages INTEGER NOT NULL, position INTEGER NOT NULL, opened TEXT NOT NULL);
INSERT INTO "lessons" VALUES('l',3,2,'2026-10-01T10:00:00.000000Z');
CREATE TABLE pages (
    lesson TEXT NOT NULL REFERENCES lessons(lesson), page INTEGER NOT NULL, read TEXT NOT NULL,
    PRIMARY KEY (lesson, page));
INSERT INTO "pages" VALUES('l',0,'2026-10-01T10:00:00.000000Z');
INSERT INTO "pages" VALUES('l',1,'2026-10-01T10:00:00.000000Z');
CREATE TABLE preferences (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE reviews (
    id INTEGER PRIMARY KEY, item TEXT NOT NULL, rating INTEGER NOT NULL, at TEXT NOT NULL,
    due TEXT NOT NULL);
INSERT INTO "reviews" VALUES(1,'q/a',3,'2026-10-01T10:00:00.000000Z','2026-10-02T10:00:00.000000Z');
INSERT INTO "reviews" VALUES(2,'q/b',1,'2026-10-01T10:00:00.000000Z','2026-10-01T10:10:00.000000Z');
CREATE TABLE sittings (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, quiz TEXT NOT NULL, seed INTEGER NOT NULL,
    items TEXT NOT NULL, started TEXT NOT NULL, finished TEXT);
INSERT INTO "sittings" VALUES(1,'quiz','q',7,'["q/a", "q/b"]','2026-10-01T10:00:00.000000Z','2026-10-01T10:00:00.000000Z');
CREATE INDEX sittings_open ON sittings (quiz, finished);
CREATE INDEX answers_item ON answers (item, id);
CREATE INDEX answers_sitting ON answers (sitting, id);
CREATE INDEX lab_results_attempt ON lab_results (attempt, id);
CREATE INDEX cards_due ON cards (due);
COMMIT;
PRAGMA application_id = 1162040140;
PRAGMA user_version = 1;
