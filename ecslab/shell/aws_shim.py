"""The learner's `aws`: hands its streams, arguments and environment to the warm server and waits.

It runs as a program of its own with `python -I -S`, at every single `aws`, so it imports only C
modules that are built in and stays under 20 ms. Without a warm server it starts one for the next
time and runs the AWS CLI itself. The process that does the work is not in the terminal's
foreground group, so signals are passed on by hand.
"""

import _signal  # type: ignore[import-not-found]
import marshal
import os
import sys

if sys.platform == "never":  # pragma: no cover - tells type checkers what the C module is
    import socket as _socket
else:
    import _socket

ALONE = ("help", "configure", "execute-command", "start-session")
"""Words of commands that need the terminal itself: a pager, a prompt, a session."""
PASSED_ON = (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP, _signal.SIGQUIT, _signal.SIGWINCH)
ENDED = 255
"""What `aws` says when it could not do its work."""


def main() -> int:
    if _signal.getsignal(_signal.SIGINT) != _signal.SIG_IGN:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)  # until there is a worker, Ctrl-C simply ends us
    arguments = sys.argv[1:]
    address = os.environ.get("ECSLAB_AWSD", "")
    completes = "ECSLAB_AWS_COMPLETES" in os.environ
    if not address or (not completes and any(word in ALONE for word in arguments)):
        run_here()
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.connect(address)
    except OSError:
        start_server(address)
        run_here()
    if not submit(connection, arguments):
        run_here()
    return wait(connection)


def submit(connection: "_socket.socket", arguments: list[str]) -> bool:
    """Sends the command; False: the server was just leaving."""
    mask = os.umask(0)
    os.umask(mask)
    request = marshal.dumps((arguments, dict(os.environb), mask))
    here = os.open(".", os.O_RDONLY | os.O_CLOEXEC)
    descriptors = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2, here))
    try:
        connection.sendmsg(
            [len(request).to_bytes(4, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, descriptors)]
        )
        connection.sendall(request)
    except OSError:
        return False
    finally:
        os.close(here)
    return True


def wait(connection: "_socket.socket") -> int:
    """Passes signals on until the command ends, and ends as it did."""
    worker = 0
    early: list[int] = []

    def tell(number: int) -> None:
        try:
            os.killpg(worker, number)
        except OSError:
            return

    def forward(number: int, _: object) -> None:
        if worker:
            tell(number)
        else:
            early.append(number)

    def suspend(_number: int, _frame: object) -> None:
        if worker:
            tell(_signal.SIGSTOP)
        os.kill(os.getpid(), _signal.SIGSTOP)
        if worker:
            tell(_signal.SIGCONT)

    for number in PASSED_ON:
        if _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, forward)
    _signal.signal(_signal.SIGTSTP, suspend)
    while True:
        message = receive(connection)
        if message is None:
            break
        kind, value = message
        if kind == b"P":
            worker = value
            for number in early:
                tell(number)
        elif kind == b"X":
            return value
        else:
            _signal.signal(value, _signal.SIG_DFL)
            os.kill(os.getpid(), value)
            return 128 + value
    if not worker:
        run_here()
    os.write(2, b"aws: its helper process was killed; run the command again\n")
    return ENDED


def receive(connection: "_socket.socket") -> "tuple[bytes, int] | None":
    """One message: a kind (`P`id of the worker, e`X`it status, `S`ignal) and a number."""
    data = b""
    while len(data) < 5:
        try:
            more = connection.recv(5 - len(data))
        except OSError:
            return None
        if not more:
            return None
        data += more
    return data[:1], int.from_bytes(data[1:], "big")


def server_command(address: str) -> list[str]:
    return [sys.executable, "-P", "-m", "ecslab.shell.awsd", address]


def start_server(address: str) -> None:
    """Starts a warm server for the commands to come; it ends at once if there is one by then."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name == "AWS_DATA_PATH" or not name.startswith(("AWS_", "ECSLAB_", "COMP_", "PYTHON"))
    }
    kept["PYTHONUTF8"] = "1"
    nothing = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    try:
        os.posix_spawn(sys.executable, server_command(address), kept, file_actions=nothing)
    except OSError:
        return


def run_here() -> None:
    """Becomes the AWS CLI itself."""
    python = sys.executable
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    os.execve(python, [python, "-P", "-m", "ecslab.shell.aws_call", *sys.argv[1:]], kept)


if __name__ == "__main__":
    os._exit(main())
