"""Where grading runs: on the cores of this machine, or on the workers of a Dask cluster.

Both take files one after the other and give each one's grade once, in the order in which they are done. A worker
that is killed takes nothing with it: its files are graded by another. A file that kills whoever grades it is
refused.
"""

import contextlib
import itertools
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Protocol

from ecslab.classroom.grades import Graded, Refused
from ecslab.classroom.regrading import Rules, grade
from ecslab.sandbox.warm import Warm, cores
from ecslab.terms.problems import Exit, Problem

AHEAD = 4
"""Files that wait for each process, so that it is never idle and memory stays small."""
DEADLY = "whoever graded it died"
TRIES = 2
"""For a file that may have killed its grader: the machine may have been out of memory."""
CONNECT_SECONDS = 15

_own = threading.local()


@dataclass(frozen=True)
class Job:
    number: int
    name: str
    content: bytes


class Executor(Protocol):
    def run(self, jobs: Iterable[Job], rules: Rules) -> Iterator[tuple[int, Graded]]:
        """Each job's number and grade, as they come."""


def grade_job(job: Job, rules: Rules) -> tuple[int, Graded]:
    """One file, in whichever process this is; a thread keeps its connection to the warm process."""
    if not hasattr(_own, "warm"):
        _own.warm = Warm()
    return job.number, grade(job.content, job.name, rules, _own.warm)


class Here:
    """Runs in the process that asks: for one file or two, which need no others."""

    def run(self, jobs: Iterable[Job], rules: Rules) -> Iterator[tuple[int, Graded]]:
        with Warm() as warm:
            for job in jobs:
                yield job.number, grade(job.content, job.name, rules, warm)


class Processes:
    """One process a core."""

    def __init__(self, count: int | None = None) -> None:
        self.count = count or cores()

    def run(self, jobs: Iterable[Job], rules: Rules) -> Iterator[tuple[int, Graded]]:
        left = iter(jobs)
        with Warm():  # it stays while we do, however long a worker is busy elsewhere
            while (first := next(left, None)) is not None:
                suspects: list[Job] = []
                yield from self._until_one_dies(itertools.chain([first], left), rules, suspects)
                for job in suspects:
                    yield self._alone(job, rules)

    def _until_one_dies(
        self, jobs: Iterator[Job], rules: Rules, suspects: list[Job]
    ) -> Iterator[tuple[int, Graded]]:
        """Grades until there are no more jobs or a worker was killed; then `suspects` has what was under way."""
        running: dict[Future[tuple[int, Graded]], Job] = {}
        pool = self._pool(self.count)
        try:
            while True:
                for job in itertools.islice(jobs, self.count * AHEAD - len(running)):
                    try:
                        running[pool.submit(grade_job, job, rules)] = job
                    except BrokenProcessPool:
                        suspects.append(job)
                        raise
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    result = future.result()
                    del running[future]
                    yield result
        except BrokenProcessPool:
            for future, job in running.items():
                if future.done() and future.exception() is None:
                    yield future.result()
                else:
                    suspects.append(job)
        finally:
            pool.shutdown(cancel_futures=True)

    def _alone(self, job: Job, rules: Rules) -> tuple[int, Graded]:
        """A file that was under way when a worker died, graded where it can hurt nobody else."""
        for _ in range(TRIES):
            with self._pool(1) as pool, contextlib.suppress(BrokenProcessPool):
                return pool.submit(grade_job, job, rules).result()
        return job.number, Refused(job.name, DEADLY)

    def _pool(self, count: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(count, get_context("spawn"))


class Cluster:
    """The workers of a Dask scheduler; each needs ecslab, and the packs, installed.

    Raises:
        Problem: `distributed` is not installed, or no scheduler answers at the address.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise Problem(
                "a scheduler needs Dask, which is not installed",
                "pip install 'ecslab[cluster]'",
                status=Exit.USAGE,
            ) from None
        try:
            self._client: Any = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            what = f"no Dask scheduler answers at {address} ({type(error).__name__})"
            raise Problem(what, "name it like tcp://HOST:8786") from None

    def run(self, jobs: Iterable[Job], rules: Rules) -> Iterator[tuple[int, Graded]]:
        from distributed import as_completed

        left = iter(jobs)
        known: dict[str, Job] = {}
        with self._client as client:
            room = max(1, sum(client.nthreads().values())) * AHEAD
            running = as_completed([], loop=client.loop)
            while True:
                for job in itertools.islice(left, room - len(known)):
                    future = client.submit(grade_job, job, rules, pure=False)
                    known[future.key] = job
                    running.add(future)
                if not known:
                    return
                future = next(running)
                yield _told(future, known.pop(future.key))


def _told(future: Any, job: Job) -> tuple[int, Graded]:
    """A result of the cluster; Dask gives a job up after it has killed several workers."""
    from distributed import KilledWorker

    try:
        number, graded = future.result()
    except KilledWorker:
        return job.number, Refused(job.name, DEADLY)
    return number, graded
