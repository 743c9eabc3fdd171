"""A program runs the same whether the warm server forks it or it is a process of its own."""

import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ecslab.sandbox.client import Sandbox
from ecslab.shell import confined, limits, python

Env = dict[str, str]
LISTED = {"clusterArns": ["arn:aws:ecs:us-east-1:123456789012:cluster/prod"]}


def until(condition: Callable[[], object], limit: float = 30.0) -> None:
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


@pytest.fixture
def warm(env: Env) -> Iterator[Env]:
    """The environment, with a warm server for programs that listens; it is ended with the module's home."""
    address = python.server_address(env)
    if not address.exists():
        python.start_server(env)
        until(address.exists)
    yield env


@pytest.fixture(scope="module", autouse=True)
def _end_the_server(home: Path) -> Iterator[None]:
    yield
    for lock in (home / "run" / "ecslab").glob("py-*.lock"):
        os.kill(int(lock.read_text()), signal.SIGTERM)


@pytest.fixture
def run(warm: Env, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., python.Ended]:
    """Runs a program: `run("print(1)", "an", "argument", fresh=True, seconds=2)`."""

    def run(
        program: str,
        *args: str,
        fresh: bool = False,
        seconds: float = 60,
        most: python.Limits = (),
        **env: str,
    ) -> python.Ended:
        place = tmp_path / "work"
        place.mkdir(exist_ok=True)
        script = place / "program.py"
        script.write_text(program)
        with monkeypatch.context() as patch:
            if fresh:
                patch.setattr(python, "_forked", lambda *_: None)
            return python.run(script, args, env=warm | env, cwd=place, seconds=seconds, most=most)

    return run


SAME = {
    "everything that a program sees": """\
import json, locale, os, resource, signal, sys, threading
where = {k: v for k, v in os.environ.items() if k not in ("PWD", "OLDPWD", "SHLVL", "_")}
named = ["__name__", "__file__", "__doc__", "__package__", "__spec__", "__cached__", "__annotations__"]
print(json.dumps({
    "argv": sys.argv, "orig": sys.orig_argv, "exe": sys.executable, "path": sys.path, "flags": str(sys.flags),
    "cwd": os.getcwd(), "env": where, "umask": os.umask(0),
    "leads": [os.getpid() == os.getsid(0), os.getpgid(0) == os.getpid()],
    "main": {name: repr(globals()[name]) for name in named}, "module": repr(sys.modules["__main__"]),
    "loader": repr(type(__loader__)), "streams": [[s.encoding, s.errors, s.isatty(), s.line_buffering, s.name]
        for s in (sys.stdin, sys.stdout, sys.stderr)], "stdin": sys.stdin.read(), "locale": locale.getlocale(),
    "signals": {s.name: repr(signal.getsignal(s)) for s in signal.Signals if s not in (signal.SIGKILL, signal.SIGSTOP)},
    "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())), "threads": [t.name for t in threading.enumerate()],
    "limits": [resource.getrlimit(w) for w in range(resource.RLIM_NLIMITS)] if hasattr(resource, "RLIM_NLIMITS") else
        [resource.getrlimit(w) for w in (0, 1, 2, 3, 4, 5, 6, 7, 9)],
    "recursion": sys.getrecursionlimit(), "hook": sys.excepthook is sys.__excepthook__, "fds": sorted(os.listdir("/dev/fd")),
    "data": __import__("botocore.loaders").loaders.Loader.CUSTOMER_DATA_PATH,
    "tmp": __import__("tempfile").gettempdir(),
}, default=str))
""",
    "the world's time": "import datetime\nprint(datetime.datetime.now(datetime.UTC).isoformat()[:16])",
    "a call": "import boto3\nprint(boto3.client('ecs').list_clusters()['clusterArns'])",
    "a refused call": "import boto3\nboto3.client('ecs').describe_services(services=['x'])",
    "a traceback": "import json\ndef f():\n    json.loads('')\ntry:\n    f()\nexcept ValueError:\n    raise KeyError('ä')",
    "a syntax error": "def triage(:\n    pass",
    "a module that is not there": "import helper",
    "a module beside it": "import program",
    "a status": "import sys\nprint('out')\nsys.exit(3)",
    "a great status": "import sys\nsys.exit(300)",
    "a negative status": "raise SystemExit(-1)",
    "a message": "import sys\nsys.exit('no tasks')",
    "an odd message": "raise SystemExit(['x'])",
    "no message": "raise SystemExit",
    "ctrl-c": "raise KeyboardInterrupt",
    "a signal": "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
    "an abort": "import os\nos.abort()",
    "a hard end": "import os\nprint('lost')\nos._exit(7)",
    "exit functions": "import atexit\natexit.register(print, 'bye')\nprint('hello')\n1/0",
    "an unclosed file": "f = open('kept', 'w')\nf.write('x')\nimport atexit\nprint(open('kept').read() == '')",
    "a cycle with a finaliser": """\
import os
class A:
    def __del__(self, say=os.write): say(1, b'gone')
a = A()
a.a = a
""",
    "a thread": """\
import threading, time
def f():
    time.sleep(0.05)
    print('later')
threading.Thread(target=f).start()
print('first')
""",
    "a daemon thread": """\
import threading, time
threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
print('done')
""",
    "a pool": "from concurrent.futures import ThreadPoolExecutor as P\nprint(list(P(2).map(abs, [-1, -2])))",
    "a hook": "import sys\nsys.excepthook = lambda t, v, b: print('hook', t.__name__, b.tb_lineno)\n\n1/0",
    "output that nobody takes": "import os, sys\nprint('x')\nos.close(1)",
    "pickles of its own classes": "import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))).__module__)",
    "its own source in a warning": "import warnings\nwarnings.warn('careful')",
    "a log": "import logging\nlogging.warning('careful')",
    "a child of its own": """\
import subprocess, sys
print(subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True, text=True).stdout)
""",
}  # fmt: skip


QUICK = ("everything that a program sees", "a traceback")
"""What `make test` compares; `make test-all` compares all."""


def _plain(ended: python.Ended) -> tuple[object, object, str]:
    """What can be compared: addresses in memory differ between any two processes."""
    try:
        out: object = json.loads(ended.out)
    except ValueError:
        out = re.sub(r"0x[0-9a-f]+", "0x", ended.out)
    return ended.status, out, re.sub(r"0x[0-9a-f]+", "0x", ended.err)


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(program, id=name, marks=() if name in QUICK else pytest.mark.slow)
        for name, program in SAME.items()
    ],
)
def test_it_is_the_same_either_way(run, standin, program: str) -> None:
    standin.state.answers["ListClusters"] = [LISTED]
    standin.state.answers["DescribeServices"] = [
        {"__type": "ClusterNotFoundException", "message": "Cluster not found."}
    ]
    forked, fresh = run(program, "one", "two words", ""), run(program, "one", "two words", "", fresh=True)
    assert _plain(forked) == _plain(fresh)


def test_it_is_forked_where_a_server_listens(run) -> None:
    parents = {run("import os\nprint(os.getppid())", fresh=fresh).out.strip() for fresh in (False, True)}
    server = next(Path(os.environ["XDG_RUNTIME_DIR"]).glob("ecslab/py-*.lock")).read_text().strip()
    assert parents == {server, str(os.getpid())}


@pytest.mark.slow
@pytest.mark.parametrize("fresh", [False, True], ids=["forked", "fresh"])
def test_one_that_does_not_end_is_ended_with_what_it_started(run, tmp_path: Path, fresh: bool) -> None:
    program = (
        "import os, signal, subprocess, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen(['sleep', '60'])\nopen('pids', 'w').write(f'{os.getpid()} {child.pid}')\ntime.sleep(60)"
    )
    assert run(program, fresh=fresh, seconds=2).status is None
    for pid in (tmp_path / "work" / "pids").read_text().split():
        until(lambda pid=pid: not _lives(int(pid)))


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] not in "ZX"
    except OSError:
        return False


LIMITED = {
    "time": (limits.resource.RLIMIT_CPU, 1, "while True: pass"),
    "memory": (limits.resource.RLIMIT_AS, 1 << 29, "x = b'x' * (1 << 30)"),
    "files": (limits.resource.RLIMIT_FSIZE, 1000, "f = open('f', 'w')\nf.write('x' * 5000)\nf.flush()"),
    "descriptors": (limits.resource.RLIMIT_NOFILE, 64, "kept = [open('/dev/null') for _ in range(99)]"),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", LIMITED)
def test_limits_hold_either_way(run, what: str) -> None:
    limit, most, program = LIMITED[what]
    forked, fresh = (run(program, fresh=fresh, most=[(limit, most)]) for fresh in (False, True))
    assert forked.status == fresh.status != 0
    assert forked.err.splitlines()[-1:] == fresh.err.splitlines()[-1:]


LOOKS = """\
import json, os, resource
from pathlib import Path
seen = [Path(f"/proc/{pid}/environ").read_text() for pid in ("self", os.getppid())]
print(json.dumps({
    "env": sorted(os.environ), "home": os.listdir(os.environ["HOME"]), "started": ["of-the-learner" in s for s in seen],
    "limits": [resource.getrlimit(r) for r in (resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_FSIZE)],
}))
"""


def test_a_confined_one_has_an_empty_home_its_limits_and_nothing_of_the_learners(
    warm: Env, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_SECRET", "of-the-learner")
    (tmp_path / "program.py").write_text(LOOKS)
    ended = confined.run(sandbox, tmp_path / "program.py", (), tmp_path)
    seen = json.loads(ended.out)
    assert "MY_SECRET" not in seen["env"]
    assert seen["home"] == []
    assert seen["started"] == [False, False]
    assert seen["limits"] == [[most, most] for _, most in sorted(limits.OF_A_PROGRAM)[:1]] + [
        [limits.MEMORY] * 2,
        [limits.FILE_SIZE] * 2,
    ]


def test_two_programs_draw_different_numbers(run) -> None:
    draw = "import random, uuid, tempfile\nprint(random.random(), uuid.uuid4(), tempfile.mktemp())"
    one, other = run(draw).out.split(), run(draw).out.split()
    assert all(a != b for a, b in zip(one, other, strict=True))


@pytest.mark.slow
def test_a_program_that_looks_for_other_models_of_services_gets_them(run, tmp_path: Path) -> None:
    home = tmp_path / "somebody"
    model = home / ".aws" / "models" / "harbour" / "2031-01-01"
    model.mkdir(parents=True)
    (model / "service-2.json").write_text(
        '{"metadata": {"apiVersion": "2031-01-01", "endpointPrefix": "harbour", "protocol": "json", "serviceId": "Harbour"}}'
    )
    asked = "import boto3\nprint('harbour' in boto3.Session().get_available_services())"
    assert run(asked, HOME=str(home)).out == run(asked, HOME=str(home), fresh=True).out == "True\n"


@pytest.mark.slow
def test_a_killed_server_is_a_killed_program_and_the_next_one_runs(run, warm: Env) -> None:
    program = "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(60)"
    assert run(program).status == -signal.SIGKILL
    assert run("print(1)").out == "1\n"
    until(lambda: run("import os\nprint(os.getppid())").out.strip() != str(os.getpid()))
