"""The warm `aws` server: the AWS CLI, loaded and warmed once, forks a child for each command.

One for each user and version of ecslab, on a unix socket that only the user can open. A child takes
over its caller's streams, directory, mask and environment and runs the CLI's own driver, so that
every option, error and exit status is the CLI's. The server itself runs no command, reads no
configuration of the caller and ends when nobody has needed it for a while.
"""

import contextlib
import fcntl
import gc
import io
import marshal
import os
import selectors
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any, NoReturn, TextIO

from ecslab.shell import aws_call

IDLE_SECONDS = 60.0
WARMED = (
    "ecs list-clusters",
    "elbv2 describe-load-balancers",
    "ec2 describe-vpcs",
    "iam list-roles",
    "logs describe-log-groups",
    "ecr describe-repositories",
    "secretsmanager list-secrets",
    "ssm describe-parameters",
    "sts get-caller-identity",
    "cloudwatch list-metrics",
    "application-autoscaling describe-scalable-targets --service-namespace ecs",
    "cloudformation list-stacks",
)
"""One call for each service that labs use: it loads the models and the code a call needs."""
_NEUTRAL = {
    "AWS_ACCESS_KEY_ID": "warm",
    "AWS_SECRET_ACCESS_KEY": "warm",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    # With these set, macOS is not asked for its proxies, which a forked child could not survive.
    "http_proxy": "http://127.0.0.1:9",
    "no_proxy": "127.0.0.1",
}
_READ_FROM_THE_ENVIRONMENT = ("_config", "_profile", "_profile_map", "_credentials", "_client_config")
"""What a session of awscli's botocore keeps of what it once read; None makes it read again."""
_STREAMS = 4
"""Descriptors that come with a request: stdin, stdout, stderr, the working directory."""


class Cli:
    """The AWS CLI, loaded, with everything that depends on no caller already worked out."""

    def __init__(self) -> None:
        self.data_path = os.environ.get("AWS_DATA_PATH", "")
        os.environ.update(_NEUTRAL)
        from awscli.clidriver import create_clidriver

        self._own_path = os.environ["AWS_DATA_PATH"].removeprefix(self.data_path)
        self._create = create_clidriver
        self._loader: Any = None
        nowhere = io.StringIO()
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            for command in WARMED:
                self._warm(command.split())
        self.driver = self._new_driver()
        tables = self.driver._get_command_table()
        for command in WARMED:
            tables[command.split()[0]]._get_command_table()
        for name in _NEUTRAL:
            del os.environ[name]

    def _new_driver(self) -> Any:
        driver = self._create()
        if self._loader is None:
            self._loader = driver.session.get_component("data_loader")
        else:
            driver.session.register_component("data_loader", self._loader)
        return driver

    def _warm(self, arguments: list[str]) -> None:
        """Runs one command as far as the network, where an empty answer is put in its place."""
        driver = self._new_driver()
        driver.session.register("before-send", _empty_answer)
        with contextlib.suppress(SystemExit):
            driver.main(arguments)

    def for_caller(self) -> Any:
        """The driver for the environment that now is in `os.environ`, in a child."""
        for name in _READ_FROM_THE_ENVIRONMENT:
            setattr(self.driver.session, name, None)
        given = os.environ.get("AWS_DATA_PATH", "")
        os.environ["AWS_DATA_PATH"] = given + self._own_path
        if given != self.data_path:
            if Path(given).name != Path(self.data_path).name:
                return self._create()
            # Another home's copy of the same waiters: only where to find them differs.
            paths = self._loader.search_paths
            paths[paths.index(self.data_path)] = given
        return self.driver


def _empty_answer(request: Any, **_: object) -> Any:
    from botocore.awsrequest import AWSResponse
    from botocore.compat import HTTPHeaders

    class Body(io.BytesIO):
        def stream(self, **_: object) -> Any:
            yield self.read()

    body = b"{}" if "X-Amz-Target" in request.headers else b"<Answer/>"
    return AWSResponse(request.url, 200, HTTPHeaders(), Body(body))


class Server:
    """Accepts commands, forks a child for each, reports its end, kills it when its caller is gone."""

    def __init__(self, listener: socket.socket, cli: Cli, lock: int) -> None:
        self._listener = listener
        self._cli = cli
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

    def _become(self, caller: socket.socket, request: tuple[Any, ...], descriptors: list[int]) -> NoReturn:
        """In the child: the caller's command, and nothing of the server's, until `os._exit`."""
        status = 255
        try:
            os.setsid()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _report(caller, b"P", os.getpid())
            self._selector.close()
            os.close(self._lock)  # a server to come must not wait for this command
            for mine in (self._listener, self._woken, self._wake, *self._callers.values()):
                mine.close()
            status = _run(self._cli, request, descriptors)
        except KeyboardInterrupt:
            status = 128 + signal.SIGINT
        except Exception as error:  # nobody else would hear of it: the process ends below
            with contextlib.suppress(OSError):
                os.write(2, f"aws: {type(error).__name__}: {error}\n".encode())
        finally:
            _report(caller, b"X", status & 0xFF)
            os._exit(status & 0xFF)

    def _abandon(self, pid: int) -> None:
        """The caller hung up: its command must not go on behind its back."""
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
            caller.close()


def _receive(caller: socket.socket) -> tuple[tuple[Any, ...], list[int]]:
    """A request: arguments, environment and umask, with the caller's descriptors."""
    caller.settimeout(5.0)
    head, descriptors, _, _ = socket.recv_fds(caller, 4, _STREAMS)
    if len(descriptors) != _STREAMS:
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


def _run(cli: Cli, request: tuple[Any, ...], descriptors: list[int]) -> int:
    """Takes the caller's place and runs its command."""
    arguments, environment, mask = request
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
    for name, stream in (
        (
            "stdin",
            io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), "utf-8", "surrogateescape"),
        ),
        ("stdout", _writer(1, "surrogateescape")),
        ("stderr", _writer(2, "backslashreplace")),
    ):
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if os.environ.pop("ECSLAB_AWS_COMPLETES", None):
            return aws_call.complete(cli.for_caller())
        return aws_call.run(arguments, cli.for_caller())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _writer(descriptor: int, errors: str) -> TextIO:
    raw = io.BufferedWriter(io.FileIO(descriptor, "w", closefd=False))
    return io.TextIOWrapper(raw, "utf-8", errors, line_buffering=descriptor == 2 or os.isatty(descriptor))


def main(address: str) -> int:
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
    cli = Cli()
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
        Server(listener, cli, lock).serve()
    finally:
        place.unlink(missing_ok=True)
        with contextlib.suppress(BlockingIOError):
            # Whoever connected meanwhile sees the connection close and runs the CLI itself.
            listener.setblocking(False)
            while True:
                listener.accept()[0].close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
