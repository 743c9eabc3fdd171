"""What the threads of the lab screen tell it, one message a fact."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from ecslab.terms.problems import Problem
from ecslab.tui.follower import Seen

if TYPE_CHECKING:
    from ecslab.lab.session import Session
    from ecslab.lab.watcher import News
    from ecslab.tui.widgets.terminal import Terminal


class SessionFound(Message):
    """The attempt is there; its world is about to start, or to be played again."""

    def __init__(self, opening: str) -> None:
        super().__init__()
        self.opening = opening


class SessionOpened(Message):
    """The lab's session is there and its sandbox runs."""

    def __init__(self, session: "Session", *, resumed: bool) -> None:
        super().__init__()
        self.session, self.resumed = session, resumed


class SessionRefused(Message):
    """There is no session to be had."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem


class ShellReady(Message):
    """The shell's command line and its environment, as the sandbox is now, for one terminal."""

    def __init__(self, shell: Sequence[str], environment: Mapping[str, str], terminal: "Terminal") -> None:
        super().__init__()
        self.shell, self.environment, self.terminal = shell, environment, terminal


class StateSeen(Message):
    """The sandbox shows something new, or its clock has moved."""

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self.seen = seen


class GoalsJudged(Message):
    """The goals stand differently."""

    def __init__(self, news: "News") -> None:
        super().__init__()
        self.news = news
