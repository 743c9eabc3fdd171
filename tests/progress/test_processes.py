"""Several processes at one record, and processes that die at any moment."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ecslab.progress import exams
from ecslab.progress.store import Store

WRITER = """
import sys
from pathlib import Path
from ecslab.progress.records import Answer
from ecslab.progress.store import Store
path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
sys.stdin.readline()
store = Store(path)
for n in range(count):
    store.record_answer(Answer(f"q/{name}-{n}", "h", [n], True, 1.0))
    print(f"q/{name}-{n}", flush=True)
"""


def writer(path: Path, name: str, count: int, script: str = WRITER) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(path), name, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_processes_that_open_a_new_record_at_once_all_write_to_it(tmp_path):
    path = tmp_path / "p.sqlite3"
    writers = [writer(path, str(n), 10) for n in range(5)]
    for process in writers:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in writers:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    with Store(path) as store:
        assert len(store.answers()) == 50


def killed_while_writing(path: Path, name: str, lines: int, script: str = WRITER) -> list[str]:
    """What a writer said it had recorded when it was killed after so many lines."""
    process = writer(path, name, 10_000, script)
    process.stdin.write("\n")
    process.stdin.flush()
    said = [process.stdout.readline().strip() for _ in range(lines)]
    os.kill(process.pid, signal.SIGKILL)
    # Not by communicate(): that would pass over the lines which a readline() has buffered.
    rest = process.stdout.read()
    process.communicate()
    return said + [line for line in rest.split("\n")[:-1] if line]


def survives(path: Path, rounds: int, seed: int) -> None:
    draw = random.Random(seed)
    said: list[str] = []
    for turn in range(rounds):
        said += killed_while_writing(path, str(turn), draw.randrange(1, 40))
        with Store(path) as store:
            assert set(said) <= {answer.item for answer in store.answers()}
            assert set(said) <= {card.item for card in store.cards()}


def test_what_was_recorded_survives_a_kill_in_mid_write(tmp_path):
    survives(tmp_path / "p.sqlite3", rounds=2, seed=1)


@pytest.mark.slow
def test_what_was_recorded_survives_many_kills(tmp_path):
    survives(tmp_path / "p.sqlite3", rounds=40, seed=2)


EXAMINEE = """
import sys
from pathlib import Path
from ecslab.progress import exams
from ecslab.progress.records import utc_now
from ecslab.progress.store import Store
store, name = Store(Path(sys.argv[1])), sys.argv[2]
asked = [exams.ExamItem(f"q/{n}", "h", True) for n in range(65)]
run = exams.start(store, name, "full", asked, seed=1, allowed=7800)
sys.stdin.readline()
for n in range(10_000):
    exams.keep(store, run.id, n % 65, chosen=n, flagged=n % 2 == 0, spent=n, now=utc_now())
    print(n, flush=True)
"""


@pytest.mark.slow
def test_every_answer_of_an_exam_survives_a_kill_at_any_moment(tmp_path):
    path, draw = tmp_path / "p.sqlite3", random.Random(3)
    for turn in range(20):
        said = int(killed_while_writing(path, str(turn), draw.randrange(1, 150), EXAMINEE)[-1])
        with Store(path) as store:
            held = exams.unfinished(store, str(turn))
        assert held is not None
        for n in range(max(0, said - 64), said + 1):
            assert held.items[n % 65].chosen in (n, n + 65)
        assert said <= held.spent <= said + 1
