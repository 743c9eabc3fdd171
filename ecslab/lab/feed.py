"""Brings news of the goals to a shell's prompt: the shell asks before each prompt, we answer in time.

Two FIFOs in the session's directory connect the shell, which must not start a process for it, with
the process that watches. The shell writes a number and waits a moment; it prints the lines that come
until one ends the answer. Nobody waits for anybody who is gone.
"""

import os
import select
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

VARIABLE = "ECSLAB_FEED"
ASK, TELL = "ask", "tell"
ANSWER_WITHIN = 0.15
"""Seconds that bringing the verdicts up to date may take before a prompt; the shell waits 0.2."""

HOOK = r"""
# --- goals that were reached or lost, before each prompt (see ecslab/lab/feed.py) ---
if [ -p "$ECSLAB_FEED/ask" ] && [ -p "$ECSLAB_FEED/tell" ]; then
    exec 8<>"$ECSLAB_FEED/ask" 9<>"$ECSLAB_FEED/tell"
    _ecslab_asked=0
    _ecslab_news() {
        local number line patience=0.2
        [ "${BASH_VERSINFO[0]}" -lt 4 ] && patience=1
        [ -p "$ECSLAB_FEED/ask" ] || return 0
        _ecslab_asked=$((_ecslab_asked + 1))
        printf '%s\n' "$_ecslab_asked" >&8
        while IFS=' ' read -r -t "$patience" -u 9 number line; do
            case $number in
                +) printf '%s\n' "$line" ;;
                =) export "${line?}" ;;
                \~) patience=10 ;;
                "$_ecslab_asked") break ;;
            esac
        done
    }
    PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND; }_ecslab_news"
fi
"""
"""For the end of the shell's start-up file. `+ text` is a line of news, `= NAME=VALUE` is what became of the
shell's environment when the sandbox was started again, `~` asks for patience while that goes on; a bare
number ends its answer."""


class Feed:
    """The watching side.

    Args:
        refresh: called before each answer, with the seconds it may take; it may add news with `say`.
        environment: the variables that follow the sandbox, as they are now.
    """

    def __init__(
        self,
        directory: Path,
        refresh: Callable[[float], object],
        environment: Callable[[], Mapping[str, str]],
    ) -> None:
        self.directory = directory / f"feed-{os.getpid()}"
        self._refresh = refresh
        self._environment = environment
        self._known: Mapping[str, str] = {}
        self._news: list[str] = []
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
        self._open: list[int] = []
        self._wake: tuple[int, int] = (-1, -1)

    def __enter__(self) -> "Feed":
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(mode=0o700)
        for name in (ASK, TELL):
            os.mkfifo(self.directory / name, 0o600)
            # Open for both, so that opening never blocks and the end of the shell is no end of file.
            self._open.append(os.open(self.directory / name, os.O_RDWR | os.O_NONBLOCK))
        self._wake = os.pipe()
        self._known = self._environment()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._wake[1], b".")
        self._thread.join(timeout=5)
        for descriptor in (*self._open, *self._wake):
            os.close(descriptor)
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def variables(self) -> dict[str, str]:
        """What the shell needs to find us."""
        return {VARIABLE: str(self.directory)}

    def say(self, lines: Sequence[str]) -> None:
        """Lines for the next prompt."""
        with self._lock:
            self._news += lines

    def busy(self) -> None:
        """Asks a shell that waits for more patience: the sandbox is being started again."""
        if self._open:
            _write(self._open[1], b"~\n")

    def _run(self) -> None:
        ask, tell = self._open
        pending = b""
        while True:
            ready, _, _ = select.select([ask, self._wake[0]], [], [])
            if self._wake[0] in ready:
                return
            pending += os.read(ask, 4096)
            *numbers, pending = pending.split(b"\n")
            for number in numbers:
                self._refresh(ANSWER_WITHIN)
                _write(tell, self._answer(number.decode("ascii", "replace")).encode())

    def _answer(self, number: str) -> str:
        with self._lock:
            lines, self._news = self._news, []
        known, self._known = self._known, self._environment()
        moved = [f"= {name}={value}" for name, value in self._known.items() if known.get(name) != value]
        return "".join(f"{line}\n" for line in (*moved, *(f"+ {line}" for line in lines), number))


def _write(descriptor: int, data: bytes) -> None:
    """Writes what fits; a shell that does not read must not stop us."""
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    except BlockingIOError:
        pass
