"""Several processes at one record, and processes that die at any moment."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

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


def writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, str(count)],
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


def killed_while_writing(path: Path, name: str, lines: int) -> list[str]:
    """What a writer said it had recorded when it was killed after so many lines."""
    process = writer(path, name, 10_000)
    process.stdin.write("\n")
    process.stdin.flush()
    said = [process.stdout.readline().strip() for _ in range(lines)]
    os.kill(process.pid, signal.SIGKILL)
    rest, _ = process.communicate()
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
