"""Runs cases in parallel, each worker with data of its own, and tells about each as it ends.

Workers are processes: a session is found by its lab's id below the learner's data, so two seeds of a
lab need two homes. Nothing of the learner's is read or written.
"""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from pathlib import Path

from ecslab.content.packs import load
from ecslab.sandbox.problems import SandboxProblem
from ecslab.sandbox.warm import Warm, cores
from ecslab.terms.problems import Problem
from ecslab.workbench.cases import Case, Outcome
from ecslab.workbench.proof import prove

AT_ONCE = 2
"""Cases that share a core: half of the time a case waits for a waiter's poll, a fork, a disk."""

_KEPT: list[Warm] = []
"""The worker's connection to the warm process."""


def run_cases(
    cases: Sequence[Case],
    *,
    run_code: bool,
    jobs: int | None = None,
    tell: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """The outcomes in the order of the cases. Code of the pack runs only with `run_code`.

    Raises:
        Problem: a worker was killed.
    """
    skipped = {case: Outcome(case, "skipped") for case in cases if case.runs_code and not run_code}
    wanted = [case for case in cases if case not in skipped]
    done = dict(skipped)
    for outcome in skipped.values():
        tell(outcome)
    count = max(1, min(jobs or AT_ONCE * cores(), len(wanted)))
    with tempfile.TemporaryDirectory(prefix="ecslab-pack-", ignore_cleanup_errors=True) as home:
        pool = ProcessPoolExecutor(count, get_context("spawn"), initializer=begin_worker, initargs=(home,))
        try:
            running = [pool.submit(_try, case) for case in wanted]
            for future in as_completed(running):
                outcome = future.result()
                done[outcome.case] = outcome
                tell(outcome)
        except BrokenProcessPool:
            raise Problem("a worker of the test was killed", "is there enough memory? try --jobs 1") from None
        finally:
            pool.shutdown(cancel_futures=True)
    return [done[case] for case in cases]


def begin_worker(home: str) -> None:
    """A worker's start: a home of its own, no session of whoever started us."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    own = Path(home) / f"worker-{os.getpid()}"
    own.mkdir()
    os.environ["ECSLAB_HOME"] = str(own)
    os.environ.pop("ECSLAB_SESSION", None)


def _end_with_parent() -> None:
    """A worker would wait for its next case forever after its parent was killed."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _try(case: Case) -> Outcome:
    """One case, in a worker. Whatever goes wrong in it is its outcome."""
    if not _KEPT:
        _KEPT.append(Warm())
    start = time.monotonic()
    try:
        problems = prove(case, load(case.root), _KEPT[0])
    except SandboxProblem as problem:
        problems = [problem.what]  # what to do is to read a log that goes away with the worker's home
    except Problem as problem:
        problems = [str(problem)]
    except subprocess.TimeoutExpired as error:
        problems = [f"a script did not end within {error.timeout:.0f} seconds"]
    except Exception as error:
        problems = [f"a bug in ecslab, {type(error).__name__}: {error}"]
    return Outcome(case, "fail" if problems else "pass", tuple(problems), time.monotonic() - start)
