"""The warm Python server: an interpreter that has boto3 loaded and warmed forks a child for each program.

A child runs its program as `python -P FILE` does in a lab's shell: as `__main__`, with its caller's streams, directory
and environment, on the world's clock, ending as a program ends. The server itself runs no program. Its own start is that
of the learner's `python`, so that paths, flags and encodings are those of a process of its own.
"""

import atexit
import builtins
import gc
import os
import signal
import sys
import tempfile
import threading
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, NoReturn

from ecslab.shell import forks, limits, nowhere, shortwaits, worldclock

WARMED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("ecs", "list_clusters", {}),
    ("elbv2", "describe_load_balancers", {}),
    ("ec2", "describe_vpcs", {}),
    ("iam", "list_roles", {}),
    ("logs", "describe_log_groups", {}),
    ("cloudwatch", "list_metrics", {}),
    ("application-autoscaling", "describe_scalable_targets", {"ServiceNamespace": "ecs"}),
)
"""One call for each service that programs use: it loads the models and the code a call needs."""
PATH = os.environ.get("PYTHONPATH", "")
"""The server has the caller's, after what the learner's `python` puts before it."""
NOT_FLUSHED = 120
"""What Python ends with when what was printed cannot be written."""


class Boto3:
    """boto3, loaded; what a new session reads of its models is read already."""

    def __init__(self) -> None:
        self._data_path = os.environ.get("AWS_DATA_PATH", "")
        os.environ.update(nowhere.SETTINGS)
        import boto3.session
        import botocore.session

        sessions: Any = botocore.session
        self._fresh: Any = sessions.create_loader
        session: Any = boto3.session.Session()
        session.events.register("before-send", nowhere.empty_answer)
        for service, operation, params in WARMED:
            client = session.client(service)
            getattr(client, operation)(**params)
            if client.can_paginate(operation):
                client.get_paginator(operation)
            if client.waiter_names:
                client.get_waiter(client.waiter_names[0])
        self._read = session._session.get_component("data_loader")._cache
        sessions.create_loader = self._loader
        for name in nowhere.SETTINGS:
            del os.environ[name]

    def _loader(self, data_path: str | None = None) -> Any:
        """A session's loader, in a child: no model is read again, unless somebody has others."""
        loader = self._fresh(data_path)
        # The same waiters, or another home's copy of them.
        same = Path(data_path or "").name == Path(self._data_path).name
        if same and not Path(loader.CUSTOMER_DATA_PATH).exists():
            loader._cache.update(self._read)
        return loader


def play(request: forks.Request) -> NoReturn:
    """Runs a program, in the caller's place, and ends as it ends."""
    script, arguments, most, *_ = request
    limits.keep(most)
    os.environ["PYTHONPATH"] = PATH
    sys.orig_argv[1:] = ["-P", script, *arguments]
    sys.argv[:] = [script, *arguments]
    _forget_home()
    if worldclock.travel(os.environ):
        shortwaits.shorten()
    main = _main_module(script)
    _end(main, _run(main, script))


def _forget_home() -> None:
    """What was worked out from the server's environment when it was loaded."""
    from botocore.loaders import Loader

    Loader.CUSTOMER_DATA_PATH = str(Path("~/.aws/models").expanduser())
    tempfile.tempdir = None


def _main_module(script: str) -> ModuleType:
    main = ModuleType("__main__")
    main.__dict__.update(
        __file__=script, __cached__=None, __builtins__=builtins, __annotations__={},
        __loader__=SourceFileLoader("__main__", script),
    )  # fmt: skip
    sys.modules["__main__"] = main
    return main


def _run(main: ModuleType, script: str) -> int:
    """The exit status; negative when a signal is to end it."""
    try:
        exec(compile(Path(script).read_bytes(), script, "exec", dont_inherit=True), main.__dict__)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return (end.code or 0) & 0xFF
        print(end.code, file=sys.stderr)
        return 1
    except BaseException as error:
        told = error.with_traceback(_of_program(error.__traceback__))
        sys.excepthook(type(told), told, told.__traceback__)
        return -signal.SIGINT if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _of_program(frames: TracebackType | None) -> TracebackType | None:
    """A traceback without our own frame, with which it begins; nothing is left of that of a syntax error."""
    return frames.tb_next if frames is not None else None


def _end(main: ModuleType, status: int) -> NoReturn:
    """Ends as Python does: threads, exit functions, what the program still holds, its output."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    if threading.active_count() == 1:  # a daemon thread may still look at it
        main.__dict__.clear()
        gc.collect()
    try:
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        print(f"Exception ignored in: {sys.stdout!r}\n{type(error).__name__}: {error}", file=sys.stderr)
        status = NOT_FLUSHED
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


def _prepare() -> forks.Play:
    worldclock.library()
    Boto3()
    return play


def main(address: str) -> int:
    return forks.serve(address, forks.Kind("python", _prepare, tells_its_end=False))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
