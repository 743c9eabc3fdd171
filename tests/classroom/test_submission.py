"""A submission is a file of a stranger's: whatever is in it, it is read whole or refused in one line."""

import gzip
import json

import pytest

from ecslab.classroom import submission
from ecslab.classroom.submission import SubmissionProblem, journal_lines, packed, read, text
from tests.classroom.work import edited

ENTRY = {"n": 1, "t": 5, "kind": "request", "changes": True, "method": "POST", "path": "/", "body": "{}"}
WHOLE = {
    "format": "ecslab-submission",
    "version": 1,
    "kind": "lab",
    "subject": "a-lab",
    "seed": 3,
    "made": "2026-11-25T12:00:00Z",
    "learner": {"name": "Ada", "id": "s001"},
    "versions": {"ecslab": "0.1.0"},
    "pack": {"name": "p", "version": "0.1.0"},
    "digests": {"subject": "abc"},
    "claims": {"points": 3, "max": 4, "verdicts": {"two": "pass"}},
    "lab": {
        "epoch_ms": 1_790_000_000_000,
        "access_key_id": "AKIAABCDEFGHIJKLMNOP",
        "header": {"format": 1, "versions": {}, "world": "x"},
        "journal": [ENTRY, {"mark": 9}, {"undo": [1], "t": 4, "why": "undo"}],
        "answers": {"code": 137},
        "hints": [1],
    },
}
GIVEN = {"item": "q/a", "hash": "h", "chosen": 1, "right": True, "credit": 1}
DIAGNOSED = {**GIVEN, "item": "q/c", "chosen": {"cause": 1, "line": 4}, "variant": 77}
RAN = {**GIVEN, "item": "q/d", "chosen": {"command": "aws ecs list-clusters"}}
QUIZ = {
    **{name: value for name, value in WHOLE.items() if name != "lab"},
    "kind": "quiz",
    "sheet": {
        "asked": ["q/a", "q/b", "q/c", "q/d"],
        "given": [GIVEN, {**GIVEN, "item": "q/b", "chosen": [0, 2]}, DIAGNOSED, RAN],
        "unscored": ["q/d"],
    },
}


def dumped(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize("whole", [WHOLE, QUIZ], ids=["lab", "quiz"])
def test_what_is_written_is_what_was_read(whole: dict) -> None:
    found = read(dumped(whole))
    assert read(text(found)) == found
    assert read(packed(text(found))) == found
    assert packed(text(found)) == packed(text(found))


def test_the_journal_is_the_one_that_a_sandbox_wrote() -> None:
    work = read(dumped(WHOLE)).lab
    assert work is not None
    header, *lines = [json.loads(line) for line in journal_lines(work).splitlines()]
    assert header == WHOLE["lab"]["header"]
    assert lines == WHOLE["lab"]["journal"]


HOSTILE = {
    "nothing": (b"", "is not a submission: it is not JSON"),
    "noise": (b"\x00\xff\x00", "is not a submission: it is not JSON"),
    "another format": (b"[1, 2]", "is not a submission of ecslab"),
    "deep": (b"[" * 200_000, "is nested too deeply"),
    "no number": (b'{"format": NaN}', "it is not JSON"),
    "a huge number": (b'{"a": ' + b"9" * 10_000 + b"}", "it is not JSON"),
    "newer": (dumped({**WHOLE, "version": 2}), "was written by a newer ecslab; upgrade ecslab"),
    "damaged": (b"\x1f\x8bnothing that was ever packed", "is damaged: it cannot be unpacked"),
    "cut short": (gzip.compress(dumped(WHOLE))[:-9], "is cut short"),
    "a bomb": (gzip.compress(b" " * 40_000_000), "unpacks to more than a submission has"),
    "too large": (b" " * 20_000_001, "is larger than a submission can be"),
    "no journal": (dumped({**WHOLE, "lab": None}), "what a lab is judged from is missing"),
    "both": (dumped({**QUIZ, "lab": WHOLE["lab"]}), "what a quiz is judged from is missing"),
    "unknown keys": (dumped({**WHOLE, "run": "rm"}), "run: extra inputs are not permitted"),
}


def changed(**values: object) -> bytes:
    """The lab's submission with something else in it: `lab__epoch_ms=-1`."""
    value = json.loads(dumped(WHOLE))
    for path, new in values.items():
        *way, last = path.split("__")
        place = value
        for name in way:
            place = place[name]
        place[last] = new
    return dumped(value)


HOSTILE |= {
    "infinite": (changed().replace(b'"points": 3', b'"points": 1e999'), "claims.points"),
    "negative": (changed(claims__points=-1), "claims.points"),
    "true is no number": (changed(seed=True), "seed"),
    "an escape": (changed(learner={"name": "\x1b]0;owned\x07"}), "learner.name"),
    "years": (changed(lab__journal=[{"mark": 10**15}]), "lab.journal.0"),
    "a control action": (changed(lab__journal=[{**ENTRY, "kind": "control"}]), "lab.journal.0"),
    "nowhere": (changed(lab__journal=[{**ENTRY, "kind": "balancer"}]), "does not say to which"),
    "long": (changed(lab__journal=[{"mark": 1}] * 20_001), "lab.journal"),
    "a key": (changed(lab__access_key_id="../../etc"), "lab.access_key_id"),
    "twice": (
        dumped({**QUIZ, "sheet": {"asked": ["q/a"], "given": [GIVEN, GIVEN]}}),
        "sheet: a question is in it twice",
    ),
    "never asked": (
        dumped({**QUIZ, "sheet": {"asked": ["q/b"], "given": [GIVEN]}}),
        "the question 'q/a' is answered and was not asked",
    ),
    "nested answer": (
        dumped({**QUIZ, "sheet": {"asked": ["q/a"], "given": [{**GIVEN, "chosen": {"a": []}}]}}),
        "sheet.given.0.chosen",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_one_line(name: str) -> None:
    content, why = HOSTILE[name]
    with pytest.raises(SubmissionProblem) as refused:
        read(content, "the file")
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 450


def test_files_that_are_none(tmp_path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "missing"):
        with pytest.raises(SubmissionProblem, match="is not a file"):
            submission.read_file(path)


def test_an_edit_by_hand_is_still_a_submission() -> None:
    """Nothing seals a file: what it claims is judged again, not believed."""
    found = read(edited(dumped(WHOLE), lambda value: value["claims"].update(points=4)))
    assert found.claims.points == 4
