"""A program on a pseudo-terminal of its own, as a session of its own.

It never blocks: reads take what is there, writes queue what does not fit, closing hangs up and leaves the
burying to a thread. It knows neither screen nor emulator. Linux and macOS.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import errno
import fcntl
import os
import signal
import struct
import subprocess
import termios
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

TURN = 16_384
"""Bytes read at most at once."""
SLICE = 4096
"""Bytes read at most in one turn of a loop: a key needs a dozen turns until its effect is seen, also in a flood."""

_GRACE = 1.0
"""Seconds between the hang-up and SIGKILL."""


_JOB_SIGNALS = (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)


def _take_terminal() -> None:
    """In the child, before exec: what was opened as stdin becomes the session's terminal.

    Signals of job control act as in any terminal, also where we were started with some of them ignored.
    """
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    for number in _JOB_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


class Pty:
    """A running program and our end of its terminal.

    Raises OSError when the program cannot be started.
    """

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        cwd: str | Path | None = None,
        columns: int = 80,
        rows: int = 24,
    ) -> None:
        self._queue: deque[bytes] = deque()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writing = False
        self._master, slave = os.openpty()
        try:
            _set_size(slave, columns, rows)
            os.set_blocking(self._master, False)
            self._child = subprocess.Popen(
                list(argv),
                stdin=slave,
                stdout=slave,
                stderr=slave,
                env=_without_size(os.environ if env is None else env),
                cwd=cwd,
                start_new_session=True,
                preexec_fn=_take_terminal,
            )
        except BaseException:
            os.close(self._master)
            raise
        finally:
            os.close(slave)

    @property
    def pid(self) -> int:
        """The program's process id, which is also that of its session."""
        return self._child.pid

    @property
    def closed(self) -> bool:
        """Whether our end is closed."""
        return self._master < 0

    @property
    def pending(self) -> int:
        """Bytes that wait to be written."""
        return sum(map(len, self._queue))

    def fileno(self) -> int:
        """Our end of the terminal, for a selector."""
        return self._master

    def read(self, limit: int = TURN) -> str | None:
        """What the program has printed, at most `limit` bytes of it; "" when there is nothing, None at the end."""
        pieces: list[bytes] = []
        size = 0
        ended = self.closed
        while size < limit and not ended:
            try:
                piece = os.read(self._master, limit - size)
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                piece = b""
            ended = not piece
            pieces.append(piece)
            size += len(piece)
        text = self._decoder.decode(b"".join(pieces), final=ended)
        return text if text or not ended else None

    def write(self, data: str | bytes) -> None:
        """Send input. What the terminal does not take at once waits for `flush`, or the loop it is attached to."""
        if self.closed or not data:
            return
        self._queue.append(data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data)
        self.flush()

    def flush(self) -> bool:
        """Write what fits; whether nothing is left."""
        try:
            while self._queue:
                written = os.write(self._master, self._queue[0])
                if written < len(self._queue[0]):
                    self._queue[0] = self._queue[0][written:]
                else:
                    self._queue.popleft()
        except BlockingIOError:
            pass
        except OSError:
            self._queue.clear()
        self._watch_writing()
        return not self._queue

    def resize(self, columns: int, rows: int) -> None:
        """Change the terminal's size; the kernel tells the program (SIGWINCH)."""
        if not self.closed:
            with contextlib.suppress(OSError):
                _set_size(self._master, columns, rows)

    def poll(self) -> int | None:
        """The exit status, None while the program runs; -N when signal N ended it."""
        return self._child.poll()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of the program. Raises TimeoutError; not for use in a loop."""
        try:
            return self._child.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"process {self.pid} goes on") from None

    def signal(self, number: int) -> None:
        """Send a signal to the program and those it started in its group."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def close(self) -> None:
        """Hang up: the kernel tells the session (SIGHUP, and SIGCONT to what is stopped).

        A program that ignores that is killed a second later; nobody waits for it, nothing remains.
        """
        if self.closed:
            return
        self._let_go()
        if self.poll() is None:
            threading.Thread(target=self._bury, name=f"bury-{self.pid}", daemon=True).start()

    def _let_go(self) -> None:
        self.detach()
        self._queue.clear()
        master, self._master = self._master, -1
        os.close(master)

    def _bury(self) -> None:
        try:
            self._child.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self._child.wait()

    # With asyncio

    def attach(
        self, loop: asyncio.AbstractEventLoop, on_data: Callable[[str], None], on_exit: Callable[[int], None]
    ) -> None:
        """Let a loop read and write: `on_data` gets what was printed, `on_exit` the status, once, at the end.

        By then our end is closed.
        """
        self._loop = loop

        def readable() -> None:
            text = self.read(SLICE)
            if text is None:
                self._let_go()
                threading.Thread(target=ended, name=f"wait-{self.pid}", daemon=True).start()
            elif text:
                on_data(text)

        def ended() -> None:
            status = self._child.wait()
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(on_exit, status)

        loop.add_reader(self._master, readable)
        self._watch_writing()

    def detach(self) -> None:
        """Take it out of the loop again."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.remove_reader(self._master)
            self._loop.remove_writer(self._master)
        self._loop = None
        self._writing = False

    def _watch_writing(self) -> None:
        if self._loop is None or bool(self._queue) == self._writing:
            return
        self._writing = bool(self._queue)
        if self._writing:
            self._loop.add_writer(self._master, self.flush)
        else:
            self._loop.remove_writer(self._master)


def _without_size(env: Mapping[str, str]) -> dict[str, str]:
    """The terminal's size is the pty's: an exported COLUMNS or LINES of another terminal would win over it."""
    return {name: value for name, value in env.items() if name not in ("COLUMNS", "LINES")}


def _set_size(descriptor: int, columns: int, rows: int) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
