"""A warm server: loads something once, then forks a child for each request that comes over a unix socket.

A child takes over its caller's streams, directory, mask and environment, and plays the request; the server itself
plays none, reads no configuration of a caller and ends when nobody has needed it for a while. Only the user can
open the socket. `aws` (`awsd`) and the learner's programs (`pythond`) are what is played.
"""

import contextlib
import fcntl
import gc
import marshal
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

IDLE_SECONDS = 60.0
STREAMS = 4
"""Descriptors that come with a request: stdin, stdout, stderr, the working directory."""

Request = tuple[Any, ...]
"""What is asked for, and last the caller's environment and umask."""
Play = Callable[[Request], int]
"""Plays a request in a child that has its caller's place; returns the exit status, or ends the process itself."""


@dataclass(frozen=True)
class Kind:
    """What a server serves."""

    name: str
    """What a child calls itself when it fails."""
    prepare: Callable[[], Play]
    """Loads what is to be warm."""
    tells_its_end: bool
    """Whether a child tells its caller of its end itself, which is known then even if the server has died. What must not
    speak to its caller, a program of a learner's, leaves that to the server."""


class Server:
    """Accepts requests, forks a child for each, reports its end, kills it when its caller is gone."""

    def __init__(self, listener: socket.socket, kind: "Kind", play: Play, lock: int) -> None:
        self._listener = listener
        self._kind = kind
        self._play = play
        self._lock = lock
        self._selector = selectors.DefaultSelector()
        self._callers: dict[int, socket.socket] = {}
        """Process id of a running child -> its caller."""
        self._woken, wake = socket.socketpair()
        for end in (self._woken, wake):
            end.setblocking(False)
        self._wake = wake

    def serve(self) -> None:
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        used = time.monotonic()
        while self._callers or time.monotonic() - used < IDLE_SECONDS:
            for key, _ in self._selector.select(timeout=1.0):
                used = time.monotonic()
                if key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj is self._woken:
                    self._drain()
                else:
                    self._abandon(int(key.data))
            self._reap()

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._woken.recv(4096):
                pass

    def _accept(self) -> None:
        caller, _ = self._listener.accept()
        try:
            request, descriptors = _receive(caller)
        except (OSError, ValueError, EOFError, TypeError):
            caller.close()
            return
        try:
            pid = os.fork()
        except OSError:
            caller.close()  # it runs the command itself
            return
        else:
            if pid == 0:
                self._become(caller, request, descriptors)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        self._callers[pid] = caller
        self._selector.register(caller, selectors.EVENT_READ, pid)

    def _become(self, caller: socket.socket, request: Request, descriptors: list[int]) -> NoReturn:
        """In the child: the caller's request, and nothing of the server's, until `os._exit`."""
        status = 255
        try:
            os.setsid()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _report(caller, b"P", os.getpid())
            self._selector.close()
            os.close(self._lock)  # a server to come must not wait for this child
            for mine in (self._listener, self._woken, self._wake, *self._callers.values()):
                mine.close()
            if not self._kind.tells_its_end:
                caller.close()
            _take_place(request, descriptors)
            status = self._play(request)
        except KeyboardInterrupt:
            status = 128 + signal.SIGINT
        except Exception as error:  # nobody else would hear of it: the process ends below
            with contextlib.suppress(OSError):
                os.write(2, f"{self._kind.name}: {type(error).__name__}: {error}\n".encode())
        finally:
            if self._kind.tells_its_end:
                _report(caller, b"X", status & 0xFF)
            os._exit(status & 0xFF)

    def _abandon(self, pid: int) -> None:
        """The caller hung up: its child must not go on behind its back."""
        caller = self._callers[pid]
        self._selector.unregister(caller)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGTERM)
            os.killpg(pid, signal.SIGCONT)

    def _reap(self) -> None:
        while self._callers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            caller = self._callers.pop(pid)
            with contextlib.suppress(KeyError):
                self._selector.unregister(caller)
            if os.WIFSIGNALED(status):
                _report(caller, b"S", os.WTERMSIG(status))
            elif not self._kind.tells_its_end:
                _report(caller, b"X", os.WEXITSTATUS(status))
            caller.close()


def _receive(caller: socket.socket) -> tuple[Request, list[int]]:
    """A request, with the caller's descriptors."""
    caller.settimeout(5.0)
    head, descriptors, _, _ = socket.recv_fds(caller, 4, STREAMS)
    if len(descriptors) != STREAMS:
        raise ValueError("not a request")
    wanted = int.from_bytes(head, "big")
    parts: list[bytes] = []
    while wanted:
        part = caller.recv(min(wanted, 1 << 16))
        if not part:
            raise EOFError
        parts.append(part)
        wanted -= len(part)
    request = marshal.loads(b"".join(parts))
    caller.settimeout(None)
    return request, descriptors


def _report(caller: socket.socket, kind: bytes, value: int) -> None:
    with contextlib.suppress(OSError):
        caller.sendall(kind + value.to_bytes(4, "big"))


def _take_place(request: Request, descriptors: list[int]) -> None:
    """Takes the caller's place: its streams, directory, mask and environment."""
    *_, environment, mask = request
    for number, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, number)
    os.fchdir(descriptors[3])
    for descriptor in descriptors:
        if descriptor > 2:
            os.close(descriptor)
    os.umask(mask)
    os.environb.clear()
    os.environb.update(environment)
    time.tzset()
    signal.signal(signal.SIGINT, signal.default_int_handler)


def serve(address: str, kind: Kind) -> int:
    """Serves on `address` until idle; leaves at once when another server does already."""
    place = Path(address)
    lock = os.open(place.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 0
    os.ftruncate(lock, 0)
    os.write(lock, f"{os.getpid()}\n".encode())
    os.chdir("/")
    with contextlib.suppress(OSError):
        os.setsid()
    play = kind.prepare()
    gc.collect()
    gc.freeze()
    draft = place.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(draft))
    draft.chmod(0o600)
    listener.listen(64)
    draft.replace(place)
    try:
        Server(listener, kind, play, lock).serve()
    finally:
        place.unlink(missing_ok=True)
        with contextlib.suppress(BlockingIOError):
            # Whoever connected meanwhile sees the connection close and does without.
            listener.setblocking(False)
            while True:
                listener.accept()[0].close()
    return 0
