"""A lab in the plain terminal: the story, then a shell in which goals turn green before the prompt.

This process holds the lease, watches the goals and brings what changes to the shell's prompt; the
shell is a bash of the learner's own. When it ends, time stands still.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType

from ecslab.cli.lab_text import Paint, goals, news, paragraphs, standing
from ecslab.cli.waiting import Waiting, attached
from ecslab.lab.feed import HOOK, Feed
from ecslab.lab.session import Session
from ecslab.lab.watcher import News, Watcher
from ecslab.sandbox.warm import Warm
from ecslab.shell import prompt
from ecslab.terms.problems import Exit

HELP = (
    "ecslab lab check judges the goals, hint helps, undo takes the last command back, debrief looks back; "
    "exit leaves, and the lab waits for you."
)


def start(lab_id: str, *, seed: int | None, fresh: bool) -> int:
    """Starts a lab, or goes on with it, and ends with its shell."""
    warm = Warm()
    try:
        session = Session.start(lab_id, seed=seed, fresh=fresh, warm=warm)
        return shell(session, opening=lambda: open_lab(session))
    finally:
        warm.close()


Say = Callable[[Sequence[str]], None]


def shell(
    session: Session,
    opening: Callable[[], None] | None = None,
    beside: Callable[[Say], AbstractContextManager[object]] | None = None,
) -> int:
    """A shell in the lab, until the learner leaves it.

    Args:
        beside: what goes on meanwhile; it may say something before the next prompt.
    """
    paint = Paint()
    session.go()
    with attached(session):
        if opening is not None:
            opening()
        return _watched(session, paint, beside or (lambda say: nullcontext()))


def run_command(session: Session, command: list[str]) -> int:
    """One command in the environment of the lab; its exit status."""
    session.go()
    with attached(session), _signals_pass():
        try:
            return subprocess.call(command, env=session.environment(), cwd=session.workspace)
        except OSError as error:
            print(f"ecslab: {command[0]}: {error.strerror}", file=sys.stderr)
            return 127


def open_lab(session: Session) -> None:
    """Tells the story and where the goals stand; `shell` has noted that somebody works on it."""
    going_on = len(list(session.record.lines("go"))) > 1
    paint = Paint()
    lab = session.lab
    with Waiting("judging the goals"):
        verdicts = session.shown(session.verdicts())
    lines = [paint(lab.title, "strong"), ""]
    if going_on:
        lines += ["You go on where you left; `ecslab lab show` and --fresh have the beginning.", ""]
    lines += [*paragraphs(lab.story, paint=paint), ""]
    lines += [*goals(verdicts, paint, explain=False, questions=session.questions), ""]
    lines += [
        standing(session.score(verdicts), paint),
        "",
        *paragraphs(HELP),
        f"Workspace: {session.workspace}",
        "",
    ]
    print("\n".join(lines), flush=True)


def _watched(session: Session, paint: Paint, beside: Callable[[Say], AbstractContextManager[object]]) -> int:
    told = {"all": False}

    def tell(report: News) -> None:
        first = not report.changes or all(not change.before for change in report.changes)
        score = session.score(report.verdicts)
        if not first:
            feed.say(news(report.changes, paint))
        if score.passed and not told["all"] and not first:
            feed.say([standing(score, paint), f"{session.next_step}; `exit` leaves the lab."])
        told["all"] = score.passed

    watcher = Watcher(session, tell, reviving=lambda: feed.busy())
    feed = Feed(session.directory, watcher.look, session.address)
    with feed, beside(feed.say):
        watcher.start()
        try:
            _bash(session, feed)
        finally:
            watcher.stop()
    score = session.score(watcher.verdicts) if watcher.verdicts else None
    if score:
        print(standing(score, paint))
    print(f"Time stands still while nobody is in the lab. Go on with: {session.again} --plain")
    return Exit.GOOD


def _bash(session: Session, feed: Feed) -> None:
    command = prompt.command(session.directory, session.lab.id)
    rc = session.directory / "bashrc"
    rc.write_text(rc.read_text() + HOOK)
    env = {**session.environment(), **prompt.settings(), **feed.variables}
    process = subprocess.Popen(command, env=env, cwd=session.workspace)
    with _signals_pass(process):
        process.wait()
    _take_terminal_back()


@contextmanager
def _signals_pass(process: "subprocess.Popen[bytes] | None" = None) -> Iterator[None]:
    """Ctrl-C is the child's; the end of our terminal or of us is the child's end too."""

    def hang_up(number: int, _: FrameType | None) -> None:
        if process is not None:
            process.send_signal(signal.SIGHUP)

    handlers = {signal.SIGINT: lambda *_: None, signal.SIGQUIT: lambda *_: None}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    if process is not None:
        before |= {number: signal.signal(number, hang_up) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _take_terminal_back() -> None:
    """A shell that was killed leaves the terminal to a process group that is gone."""
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        if os.isatty(0):
            os.tcsetpgrp(0, os.getpgrp())
    except OSError:
        pass
    finally:
        signal.signal(signal.SIGTTOU, before)
