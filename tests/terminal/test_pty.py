"""Programs on a pseudo-terminal of their own."""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ecslab.terminal.pty import TURN, Pty

ENVIRONMENT = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", "PS1": "$ "}
LIMIT = 20.0


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill soon what ignores the hang-up."""
    monkeypatch.setattr("ecslab.terminal.pty._GRACE", 0.1)


def run(*argv: str, **options: object) -> Pty:
    return Pty(argv, ENVIRONMENT, **options)  # type: ignore[arg-type]


def read_until(pty: Pty, condition: Callable[[str], bool]) -> str:
    """What is printed until the condition holds or the program ends."""
    text = ""
    deadline = time.monotonic() + LIMIT
    with selectors.DefaultSelector() as selector:
        selector.register(pty, selectors.EVENT_READ)
        while not condition(text):
            selector.modify(pty, selectors.EVENT_READ | (selectors.EVENT_WRITE if pty.pending else 0))
            if not selector.select(deadline - time.monotonic()):
                raise TimeoutError(text)
            pty.flush()
            piece = pty.read()
            if piece is None:
                break
            text += piece
    return text


def read_all(pty: Pty) -> str:
    return read_until(pty, lambda text: False)


def gone(pid: int) -> bool:
    """Whether there is no such process, not even a dead one that nobody has buried."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def until(condition: Callable[[], bool]) -> None:
    """Wait for something outside our reach, giving way to it."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline
        os.sched_yield()


def test_what_it_prints_and_its_exit_status() -> None:
    pty = run("sh", "-c", "printf hello; exit 3")
    assert read_all(pty) == "hello"
    assert pty.wait(LIMIT) == 3
    assert pty.poll() == 3
    pty.close()


def test_a_signal_is_a_negative_status() -> None:
    pty = run("sh", "-c", "kill -TERM $$")
    assert read_all(pty) == ""
    assert pty.wait(LIMIT) == -signal.SIGTERM
    pty.close()


def test_the_size_is_there_from_the_start() -> None:
    pty = run("stty", "size", columns=101, rows=37)
    assert read_all(pty).strip() == "37 101"
    pty.close()


def test_a_new_size_is_seen_and_signalled() -> None:
    pty = run("bash", "-c", "trap 'stty size; exit' WINCH; echo ready; while :; do read -t 1; done")
    read_until(pty, lambda text: "ready" in text)
    pty.resize(90, 30)
    assert "30 90" in read_all(pty)
    pty.close()


def test_it_is_a_session_with_a_terminal_of_its_own() -> None:
    pty = run(
        sys.executable,
        "-c",
        "import os; print(os.getsid(0) == os.getpid(), os.tcgetpgrp(0) == os.getpid(), os.isatty(2))",
    )
    assert read_all(pty).split() == ["True", "True", "True"]
    assert os.getsid(0) != pty.pid
    pty.close()


def test_it_gets_environment_and_directory(tmp_path: Path) -> None:
    pty = Pty(["sh", "-c", "pwd; echo $COLOUR"], {**ENVIRONMENT, "COLOUR": "blue"}, tmp_path.resolve())
    assert read_all(pty).split() == [str(tmp_path.resolve()), "blue"]
    pty.close()


def test_no_other_file_is_open_in_it() -> None:
    with Path(os.devnull).open() as file:
        os.set_inheritable(file.fileno(), True)
        pty = run(sys.executable, "-c", f"import os; os.fstat({file.fileno()})")
        assert "Bad file descriptor" in read_all(pty)
        pty.close()


def test_a_program_that_does_not_exist_is_an_error_and_leaks_nothing() -> None:
    before = open_files()
    with pytest.raises(FileNotFoundError):
        run("/no/such/program")
    with pytest.raises(FileNotFoundError):
        run("true", cwd="/no/such/directory")
    assert open_files() == before


def test_ctrl_c_interrupts() -> None:
    pty = run("bash", "-c", "echo ready; sleep 1000")
    read_until(pty, lambda text: "ready" in text)
    pty.write("\x03")
    read_all(pty)
    assert pty.wait(LIMIT) == -signal.SIGINT
    pty.close()


def test_ctrl_c_interrupts_even_where_we_ignore_it() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pty = run("bash", "-c", "echo ready; sleep 1000")
    finally:
        signal.signal(signal.SIGINT, before)
    read_until(pty, lambda text: "ready" in text)
    pty.write("\x03")
    read_all(pty)
    assert pty.wait(LIMIT) == -signal.SIGINT
    pty.close()


def test_ctrl_c_stops_a_flood() -> None:
    pty = run("bash", "--norc", "--noprofile", "-i")
    read_until(pty, lambda text: "$ " in text)
    pty.write("yes\r")
    read_until(pty, lambda text: text.count("y\r\n") > 1000)
    pty.write("\x03")
    assert "^C" in read_until(pty, lambda text: text.endswith("$ "))
    pty.close()


def test_a_long_paste_arrives_whole() -> None:
    lines = [f"line {n}: " + "x" * 60 for n in range(200)]
    pty = run(sys.executable, "-c", READER)
    read_until(pty, lambda text: "ready" in text)
    pty.write("\r".join(lines) + "\r.\r")
    text = read_until(pty, lambda text: "end" in text)
    assert f"{len(lines)} {sum(map(len, lines))}" in text
    pty.close()


READER = """
import sys, time, termios, tty
tty.setcbreak(0)
attributes = termios.tcgetattr(0); attributes[3] &= ~termios.ECHO; termios.tcsetattr(0, termios.TCSANOW, attributes)
print("ready", flush=True)
lines = []
for line in sys.stdin:
    if line == ".\\n": break
    lines.append(line.rstrip("\\n"))
print(len(lines), sum(map(len, lines)), "end")
"""


def test_writing_never_blocks_when_nobody_reads() -> None:
    pty = run(
        sys.executable, "-c", "import tty, time; tty.setraw(0); print('ready', flush=True); time.sleep(1000)"
    )
    read_until(pty, lambda text: "ready" in text)
    pty.write("x" * 1_000_000)
    assert pty.pending > 0
    assert not pty.flush()
    pty.close()
    assert pty.pending == 0


def test_a_character_cut_between_two_reads_is_whole() -> None:
    pty = run(sys.executable, "-c", SPLIT)
    read_until(pty, lambda text: "ready" in text)
    pty.write("\r")
    assert "漢" in read_all(pty)
    pty.close()


SPLIT = """
import os, tty
tty.setraw(0)
os.write(1, b"ready \\xe6\\xbc")
os.read(0, 1)
os.write(1, b"\\xa2")
"""


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    pty = run("printf", r"a\377b\346")
    assert read_all(pty) == "a\ufffdb\ufffd"
    pty.close()


def test_one_turn_reads_only_so_much() -> None:
    pty = run("head", "-c", "200000", "/dev/zero")
    sizes: list[int] = []
    with selectors.DefaultSelector() as selector:
        selector.register(pty, selectors.EVENT_READ)
        while selector.select(LIMIT) and (piece := pty.read()) is not None:
            sizes.append(len(piece))
    assert sum(sizes) == 200_000
    assert max(sizes) <= TURN
    pty.close()


@pytest.mark.parametrize(
    "program", ["sleep 1000", "kill -STOP $$; sleep 1000", "trap '' HUP TERM INT; while :; do :; done"]
)
def test_closing_leaves_nothing(program: str) -> None:
    pty = run("bash", "-c", f"echo ready; {program}")
    read_until(pty, lambda text: "ready" in text)
    pty.close()
    assert pty.closed
    until(lambda: pty.poll() is not None)
    assert gone(pty.pid)


def test_closing_does_not_wait_for_a_program_that_ignores_it() -> None:
    pty = run("bash", "-c", "trap '' HUP; echo ready; while :; do sleep 1000; done")
    read_until(pty, lambda text: "ready" in text)
    pty.close()
    assert not gone(pty.pid)
    until(lambda: pty.poll() is not None)


def test_closing_twice_and_using_it_afterwards_is_no_fault() -> None:
    pty = run("cat")
    pty.close()
    pty.close()
    pty.write("x")
    pty.resize(10, 10)
    assert pty.flush()
    assert pty.read() is None


def test_children_in_the_background_get_the_hang_up() -> None:
    pty = run("bash", "-c", "sleep 1000 & echo pid $! .; wait")
    text = read_until(pty, lambda text: " ." in text)
    child = int(text.split("pid ")[1].split()[0])
    pty.close()
    until(lambda: "Z" in state(child) or not state(child))


def state(pid: int) -> str:
    """A grandchild is buried by whoever adopts it; dead is enough."""
    return subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout


def test_in_a_loop_data_and_exit_arrive_and_long_input_drains() -> None:
    async def session() -> tuple[str, int]:
        loop = asyncio.get_running_loop()
        pty = run(sys.executable, "-c", READER)
        pieces: list[str] = []
        ended: asyncio.Future[int] = loop.create_future()
        sent = False

        def take(text: str) -> None:
            nonlocal sent
            pieces.append(text)
            if not sent and "ready" in "".join(pieces):
                sent = True
                pty.write("\r".join(f"{n:05}" for n in range(20_000)) + "\r.\r")

        pty.attach(loop, take, ended.set_result)
        status = await asyncio.wait_for(ended, LIMIT)
        pty.close()
        return "".join(pieces), status

    text, status = asyncio.run(session())
    assert "20000 100000 end" in text
    assert status == 0


def test_in_a_loop_the_exit_comes_once_and_after_the_last_data() -> None:
    async def session() -> list[object]:
        seen: list[object] = []
        ended = asyncio.Event()
        pty = run("sh", "-c", "printf last; exit 7")

        def leave(status: int) -> None:
            seen.append(status)
            ended.set()

        pty.attach(asyncio.get_running_loop(), seen.append, leave)
        await asyncio.wait_for(ended.wait(), LIMIT)
        assert pty.closed
        await asyncio.sleep(0)
        return seen

    assert asyncio.run(session()) == ["last", 7]
