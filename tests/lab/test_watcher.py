"""Whoever watches a lab hears of every goal that is reached or lost, at once and only once."""

import os
import queue
import signal
import subprocess
import time
from collections.abc import Callable

from ecslab.lab.session import Session
from ecslab.lab.watcher import News, Watcher

LAB = "first-service"
Begin = Callable[..., Session]
CREATE = "aws ecs create-cluster --cluster-name prod-cluster"
SOON = 30.0


class Listener:
    """A watcher's audience."""

    def __init__(self, session: Session) -> None:
        self.news: queue.Queue[tuple[float, News]] = queue.Queue()
        self.watcher = Watcher(session, lambda news: self.news.put((time.monotonic(), news)))

    def __enter__(self) -> "Listener":
        self.watcher.start()
        self.news.get(timeout=SOON)
        return self

    def __exit__(self, *_: object) -> None:
        self.watcher.stop()

    def changes(self) -> tuple[float, dict[str, str]]:
        """When the next change was told, and what the changed goals are now."""
        at, news = self.news.get(timeout=SOON)
        return at, {change.verdict.id: change.verdict.verdict for change in news.changes}


def run(session: Session, command: str) -> None:
    subprocess.run(["bash", "-c", command], env=session.environment(), stdout=subprocess.DEVNULL, check=True)


def test_a_goal_is_told_within_a_moment_of_the_calls_return(begin: Begin) -> None:
    session = begin(LAB)
    with Listener(session) as listener:
        run(session, CREATE)
        returned = time.monotonic()
        at, changes = listener.changes()
        assert changes["cluster"] == "pass"
        assert at - returned < 1.0  # 0.25 s on a machine that does nothing else


def test_a_goal_that_is_lost_again_is_told_too(begin: Begin) -> None:
    session = begin(LAB)
    with Listener(session) as listener:
        run(session, CREATE)
        listener.changes()
        session.undo()
        _, changes = listener.changes()
        assert changes["cluster"] == "fail"


def test_reads_are_no_news(begin: Begin) -> None:
    session = begin(LAB)
    with Listener(session) as listener:
        run(session, "aws ecs list-clusters")
        assert listener.watcher.look()
        assert listener.news.empty()


def test_what_hangs_on_a_what_if_is_not_told_as_lost_while_that_is_asked_again(begin: Begin) -> None:
    session = begin("private-subnets")
    with Listener(session) as listener:
        while listener.changes()[1].get("heals") != "fail":
            pass
        run(session, CREATE)
        assert listener.watcher.look()
        assert {verdict.verdict for verdict in listener.watcher.verdicts if verdict.id == "heals"} == {"fail"}
        while not listener.news.empty():
            assert "heals" not in listener.changes()[1]


def test_the_watcher_brings_a_killed_sandbox_back(begin: Begin) -> None:
    session = begin(LAB)
    with Listener(session) as listener:
        killed = session.sandbox
        os.kill(killed.pid, signal.SIGKILL)
        deadline = time.monotonic() + SOON
        while session.sandbox is killed:
            assert time.monotonic() < deadline
            listener.watcher.look()
        run(session, CREATE)
        _, changes = listener.changes()
        assert changes["cluster"] == "pass"
