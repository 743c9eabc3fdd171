"""Where grading runs: every file is graded once, whoever is killed meanwhile."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecslab.classroom import executors
from ecslab.classroom.executors import DEADLY, Cluster, Job, Processes, grade_job
from ecslab.classroom.folders import grade_files
from ecslab.classroom.grades import Grade, Refused
from ecslab.classroom.regrading import Rules
from ecslab.sandbox.warm import process_environment
from ecslab.terms.problems import Problem
from tests.classroom.work import edited

MANY = 24


@pytest.fixture
def folder(solved: bytes, tmp_path: Path) -> list[Path]:
    """Ada's work under the names of many, and among it what is no submission."""
    files = []
    for number in range(MANY):
        path = tmp_path / f"{number:03}.json"
        path.write_bytes(edited(solved, lambda value, n=number: value["learner"].update(id=f"s{n}")))
        files.append(path)
    files.insert(5, tmp_path / "bad.json")
    files[5].write_text("[]")
    return files


@pytest.fixture
def rules(pack) -> Rules:
    return Rules(packs=(str(pack.root),))


def whole(graded: list, files: list[Path]) -> bool:
    """Each file once, in its place, with its own grade."""
    names = [each.file for each in graded]
    people = [each.learner_id for each in graded if isinstance(each, Grade)]
    points = {each.points for each in graded if isinstance(each, Grade)}
    return names == list(map(str, files)) and people == [f"s{n}" for n in range(MANY)] and points == {4}


@pytest.mark.slow
def test_processes_grade_every_file_once_in_its_place(folder, rules) -> None:
    told: list[tuple[int, int]] = []
    graded = grade_files(folder, rules, executor=Processes(2), tell=lambda *done: told.append(done))
    assert [type(each) for each in graded].count(Refused) == 1
    assert whole(graded, folder)
    assert told[-1] == (len(folder), len(folder))


def _grade_or_die(job: Job, rules: Rules):
    """Stands in for `grade_job`: a file called deadly kills whoever grades it, one called unlucky only the first."""
    mark = Path(job.name + ".tried")
    if "deadly" in job.name or ("unlucky" in job.name and not mark.exists()):
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return grade_job(job, rules)


@pytest.mark.slow
def test_a_file_that_kills_its_grader_is_refused_and_the_others_are_graded(
    folder, rules, monkeypatch
) -> None:
    monkeypatch.setattr(executors, "grade_job", _grade_or_die)
    for place, name in ((3, "deadly.json"), (9, "unlucky.json")):
        folder[place] = folder[place].rename(folder[place].with_name(name))
    graded = grade_files(folder, rules, executor=Processes(2))
    assert [each.file for each in graded] == list(map(str, folder))
    assert graded[3] == Refused(str(folder[3]), DEADLY)
    assert isinstance(graded[9], Grade)
    assert sum(isinstance(each, Grade) for each in graded) == MANY - 1


# --- a cluster ---------------------------------------------------------------------------------------


class LocalCluster:
    """A scheduler and workers, each a process of its own, on this machine's loopback."""

    def __init__(self, place: Path, home: str) -> None:
        self.env = process_environment() | {"ECSLAB_HOME": home, "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
        self.place = place
        self.processes: list[subprocess.Popen[bytes]] = []
        scheduler = self._start(
            "dask_scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", self._file
        )
        assert scheduler.poll() is None

    @property
    def _file(self) -> str:
        return str(self.place / "scheduler.json")

    def _start(self, module: str, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--host", "127.0.0.1", *words]
        with (self.place / "log").open("ab") as log:
            process = subprocess.Popen(command, env=self.env, cwd=self.place, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def address(self) -> str:
        import json

        deadline = time.monotonic() + 60
        while not Path(self._file).exists() or not Path(self._file).read_text().strip():
            assert time.monotonic() < deadline, (self.place / "log").read_text()
            time.sleep(0.05)
        return str(json.loads(Path(self._file).read_text())["address"])

    def worker(self) -> subprocess.Popen[bytes]:
        words = ["--nworkers", "1", "--nthreads", "1", "--no-dashboard", "--no-nanny"]
        return self._start("dask_worker", self.address(), *words)

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path_factory, home: Path) -> Iterator[LocalCluster]:
    made = LocalCluster(tmp_path_factory.mktemp("cluster"), str(home))
    yield made
    made.stop()


@pytest.mark.slow
def test_a_cluster_loses_a_worker_in_the_middle_and_nothing_with_it(
    folder, rules, cluster: LocalCluster
) -> None:
    victim, survivor = cluster.worker(), cluster.worker()
    executor = Cluster(cluster.address())
    executor._client.wait_for_workers(2, timeout=120)

    def tell(done: int, total: int) -> None:
        if done == MANY // 3:
            victim.send_signal(signal.SIGKILL)

    graded = grade_files(folder, rules, executor=executor, tell=tell)
    assert victim.wait(10) == -signal.SIGKILL
    assert survivor.poll() is None
    assert whole(graded, folder)


@pytest.mark.slow
def test_the_command_grades_on_a_cluster(folder, pack, cluster: LocalCluster, ecslab) -> None:
    cluster.worker()
    before = threading.active_count()
    status, out, _ = ecslab("grade", folder[0].parent, "--pack", pack.root, "--scheduler", cluster.address())
    assert status == 1  # one of them is no submission
    assert out.endswith(f"{MANY} graded, 1 refused, 0 disagree with their replay\n")
    assert threading.active_count() <= before + 20


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_said_in_one_line(monkeypatch) -> None:
    monkeypatch.setattr(executors, "CONNECT_SECONDS", 0.5)
    with pytest.raises(Problem, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        Cluster("tcp://127.0.0.1:9")


def test_without_dask_it_is_said_how_to_get_it(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Problem, match=r"pip install 'ecslab\[cluster\]'"):
        Cluster("tcp://127.0.0.1:8786")
