"""A lab in progress: one directory that holds everything, and the sandbox that plays its world.

Any process may open a session: the plain shell, the app, a command in another terminal. What they
share is on the disk (the sandbox's journal, the attempt's record); what one of them keeps in memory
can be computed again. A session decides no verdict and draws nothing.
"""

import json
import os
import secrets
import threading
import time
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecslab.grading.score import Score, score
from ecslab.lab import directories, workspace
from ecslab.lab.evidence import Attempt, Gatherer
from ecslab.lab.hints import Hint, Ladder
from ecslab.lab.record import About, Record
from ecslab.sandbox import places
from ecslab.sandbox.client import Sandbox
from ecslab.sandbox.problems import SandboxProblem
from ecslab.terms.problems import Exit, Problem

if TYPE_CHECKING:
    from ecslab.content.checks import Check
    from ecslab.content.labs import Lab
    from ecslab.content.packs import Pack
    from ecslab.grading.judge import Verdict
    from ecslab.lab.debrief import Debrief
    from ecslab.progress.store import Store
    from ecslab.sandbox.warm import Warm

VARIABLE = "ECSLAB_SESSION"


class Session:
    """An attempt at a lab. Its methods may be called from several threads."""

    def __init__(
        self,
        directory: Path,
        about: About,
        lab: "Lab",
        world: dict[str, Any] | None,
        *,
        warm: "Warm | None" = None,
    ) -> None:
        self.directory = directory
        self.about = about
        self.lab = lab
        self.seed = about.seed
        self.record = Record(directory)
        self._world = world
        self._warm = warm
        self._sandbox: Sandbox | None = None
        self._held = False
        self._gatherer = Gatherer(lab.checks, Attempt(self.record))
        self._lock = threading.RLock()

    # --- starting and finding --------------------------------------------------------------------

    @classmethod
    def start(
        cls,
        lab_id: str,
        *,
        seed: int | None = None,
        fresh: bool = False,
        pack: "Pack | None" = None,
        warm: "Warm | None" = None,
        place: str = "",
    ) -> "Session":
        """The attempt at this lab that is under way, or a new one.

        Args:
            place: the name of its directory, if that is not the lab's id.
            seed: what chance brings; drawn when it is left out.
            fresh: begin anew; the attempt so far is kept aside.

        Raises:
            Problem: there is no such lab, or an attempt with another seed is under way.
        """
        directory = places.sessions_dir() / (place or lab_id)
        about = About.read(directory)
        if about is not None and not fresh:
            if seed is not None and seed != about.seed:
                raise Problem(
                    f"an attempt at {lab_id} with the seed {about.seed} is under way",
                    "go on without --seed, or begin anew with --fresh",
                    status=Exit.USAGE,
                )
            return cls._open(directory, about, warm)
        chosen = secrets.randbelow(1_000_000) if seed is None else seed
        home = pack or _home(lab_id)
        lab, world = _resolved(home, lab_id, chosen)
        directories.set_aside(directory, directory.name)
        root = "" if home.root == _builtin().root else str(home.root)
        number = _attempt(lab, chosen, directory)
        directories.prepare(
            directory, lab, About(lab_id, chosen, time.time(), root, number, directories.content(lab))
        )
        about = About.read(directory)
        assert about is not None
        return cls(directory, about, lab, world, warm=warm)

    @classmethod
    def resume(cls, lab_id: str, *, warm: "Warm | None" = None) -> "Session":
        """The attempt at this lab that is under way.

        Raises:
            Problem: there is none.
        """
        directory = places.sessions_dir() / lab_id
        about = About.read(directory)
        if about is None:
            raise Problem(
                f"the lab {lab_id} has not been started", f"ecslab lab start {lab_id}", status=Exit.USAGE
            )
        return cls._open(directory, about, warm)

    @classmethod
    def current(cls, *, warm: "Warm | None" = None) -> "Session":
        """The session of this shell; elsewhere the one that was worked on last.

        Raises:
            Problem: there is none.
        """
        named = os.environ.get(VARIABLE)
        directory = Path(named) if named else directories.latest()
        about = About.read(directory) if directory is not None else None
        if directory is None or about is None:
            raise Problem(
                "no lab is in progress",
                "`ecslab lab list` shows the labs, `ecslab lab start ID` starts one",
                status=Exit.USAGE,
            )
        return cls._open(directory, about, warm)

    @classmethod
    def _open(cls, directory: Path, about: About, warm: "Warm | None") -> "Session":
        if about.pack:
            from ecslab.content.packs import load

            pack = load(Path(about.pack))
        else:
            pack = _builtin()
        lab = pack.lab(about.lab, about.seed)
        if about.content and about.content != directories.content(lab):
            raise Problem(
                f"the lab {lab.id} is another one since this attempt began: its pack was upgraded",
                f"begin anew: ecslab lab start {lab.id} --fresh",
                status=Exit.NEGATIVE,
            )
        # The world is resolved again only if a crash came before the sandbox had written it down.
        world = None if (directory / "world.json").exists() else _resolved(pack, about.lab, about.seed)[1]
        return cls(directory, about, lab, world, warm=warm)

    @property
    def workspace(self) -> Path:
        """The learner's files."""
        return self.directory / workspace.NAME

    # --- the sandbox -----------------------------------------------------------------------------

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox, started or resumed from its journal if it does not run."""
        with self._lock:
            if self._sandbox is None:
                self._sandbox = self._started()
            return self._sandbox

    def revive(self) -> Sandbox:
        """The sandbox again after it went away, with its lease if it was held: nothing is lost."""
        with self._lock:
            if self._sandbox is not None and self._sandbox.alive():
                return self._sandbox
            if self._sandbox is not None:
                self._sandbox.release()
            self._sandbox = self._started()
            return self._sandbox.hold() if self._held else self._sandbox

    def hold(self) -> None:
        """Takes the sandbox's lease: time runs until `release`, through a `revive` too."""
        with self._lock:
            self._held = True
            self.sandbox.hold()

    def release(self) -> None:
        """Gives the lease back."""
        with self._lock:
            self._held = False
            if self._sandbox is not None:
                self._sandbox.release()

    @contextmanager
    def attached(self) -> Iterator["Session"]:
        """Time runs, and the sandbox lives, for as long as this is held."""
        self.hold()
        try:
            yield self
        finally:
            self.release()

    def _started(self) -> Sandbox:
        """On the same port as before if it is free, so that shells that know it go on working."""
        remembered = self.directory / "port"
        port = int(remembered.read_text()) if remembered.exists() else 0
        try:
            sandbox = Sandbox.start(self.directory, self._world, port=port, warm=self._warm)
        except SandboxProblem:
            if not port:
                raise
            sandbox = Sandbox.start(self.directory, self._world, warm=self._warm)
        remembered.write_text(str(sandbox.port))
        return sandbox

    def environment(self, base: dict[str, str] | None = None) -> dict[str, str]:
        """The environment of commands in this lab."""
        from ecslab.shell.environment import environment

        return environment(self.sandbox, base=base) | {VARIABLE: str(self.directory)}

    def address(self) -> dict[str, str]:
        """The part of the environment that changes when the sandbox is started again."""
        sandbox = self.sandbox
        return {
            "AWS_ENDPOINT_URL": sandbox.url,
            "http_proxy": sandbox.url,
            "https_proxy": sandbox.url,
            "ECSLAB_CONTROL_URL": sandbox.control_url,
            "ECSLAB_TOKEN": sandbox.token,
        }

    def stop(self) -> None:
        """Ends the sandbox; time stands still until the lab is started again."""
        with self._lock:
            self.record.append("stop")
            running = self._sandbox or Sandbox.find(self.directory)
            if running is not None:
                running.stop()
            self._sandbox = None

    @property
    def stopped(self) -> bool:
        """Whether the last thing somebody did was to stop it."""
        last = None
        for line in self.record.lines():
            if line["kind"] in ("stop", "go"):
                last = line["kind"]
        return last == "stop"

    def go(self) -> None:
        """Says that somebody works on it (again)."""
        self.record.append("go")

    # --- where it stands -------------------------------------------------------------------------

    def verdicts(self, *, ask: bool = True, run: bool | Container[str] = False) -> "list[Verdict]":
        """Every goal's verdict now, in the order of the lab; written down before it is returned.

        Args:
            ask: False leaves out what-ifs that have not been asked for this state of the world.
            run: the learner has asked for it: checks that run their program may do so, all of them or those named.
        """
        with self._lock:
            verdicts = self._gatherer.verdicts(
                self.sandbox,
                ask=ask,
                run=self._run if run else None,
                only=run if isinstance(run, Container) else None,
            )
            self._keep(verdicts)
            return verdicts

    def _run(self, check: "Check") -> None:
        """Runs the learner's program as it is now in the worlds of a check."""
        from ecslab.lab import programs

        assert self.lab.script is not None
        source = workspace.source(self.workspace / self.lab.script.file)
        Attempt(self.record).keep(check, programs.try_out(self.lab, self.seed, check, source, self._warm))

    def score(self, verdicts: "Sequence[Verdict]") -> Score:
        return score(verdicts, self.hints.cost)

    def _keep(self, verdicts: "Sequence[Verdict]") -> None:
        """Writes the standing down when it differs from the last one."""
        standing = {verdict.id: verdict.verdict for verdict in verdicts}
        now = self.score(verdicts)
        last = self.record.last("standing")
        if last and last["verdicts"] == standing and last["points"] == now.points:
            return
        seen = self.score([verdict for verdict in verdicts if not verdict.hidden])
        self.record.append(
            "standing",
            verdicts=standing,
            points=now.points,
            passed=now.passed,
            finished=seen.passed,
            t=self._gatherer.now,
        )
        if self.about.attempt:
            with _store() as store:
                store.record_lab(
                    self.about.attempt,
                    points=now.points,
                    maximum=now.max,
                    passed=now.passed,
                    hints=len(self.hints.helped),
                    verdicts=[{"id": name, "verdict": verdict} for name, verdict in standing.items()],
                )

    @property
    def passed(self) -> bool:
        """Whether every goal that counts has been passed at some time in this attempt."""
        return any(line.get("passed") for line in self.record.lines("standing"))

    @property
    def finished(self) -> bool:
        """Whether every goal that the learner can see has been passed at some time."""
        return any(line.get("finished", line.get("passed")) for line in self.record.lines("standing"))

    @property
    def gave_up(self) -> bool:
        return self.record.last("gave-up") is not None

    @property
    def released(self) -> bool:
        """Whether the solution may be shown, and the hidden goals with it: the lab's author says when.

        That of a drill tells the cause, which is to be named first.
        """
        if self.is_drill:
            return self.gave_up or (
                self.finished and any(line["right"] for line in self.record.lines("cause"))
            )
        release = self.lab.solution.release
        return release != "never" and (self.finished or (release == "on_give_up" and self.gave_up))

    def shown(self, verdicts: "Sequence[Verdict]") -> "list[Verdict]":
        """Those that the learner may see."""
        if not any(verdict.hidden for verdict in verdicts) or self.released:
            return list(verdicts)
        return [verdict for verdict in verdicts if not verdict.hidden]

    @property
    def is_drill(self) -> bool:
        """Whether its world hides a fault that is to be named."""
        return self.about.lab.startswith("drill/")

    @property
    def again(self) -> str:
        """The command that goes on with it."""
        return "ecslab drill" if self.is_drill else f"ecslab lab start {self.lab.id}"

    @property
    def next_step(self) -> str:
        """What is left to do once all goals are reached."""
        if self.is_drill and not self.released:
            return "Now name the cause: `ecslab drill name`"
        return "`ecslab lab debrief` tells why it works"

    # --- what the learner does -------------------------------------------------------------------

    @property
    def hints(self) -> Ladder:
        """The ladder of hints."""
        return Ladder(self.lab.hints, self.record, done=self.finished and self.released)

    def take_hint(self) -> Hint:
        """The next hint; it counts from now on, unless the lab is done."""
        return self.hints.take()

    @property
    def answers(self) -> dict[str, Any]:
        """The learner's answers to questions of the lab, by check."""
        return dict(Attempt(self.record).answers())

    @property
    def questions(self) -> list[str]:
        """The checks that the learner answers in words."""
        return [check.id for check in self.lab.checks if check.word == "answer"]

    def answer(self, check_id: str, value: Any) -> None:
        """Keeps the learner's answer to a question of the lab; a later one replaces it.

        Raises:
            Problem: the lab has no such question.
        """
        if check_id not in self.questions:
            listed = ", ".join(self.questions)
            raise Problem(
                f"this lab has no question {check_id!r}",
                f"its questions are {listed}" if self.questions else "it asks none",
                status=Exit.USAGE,
            )
        self.record.append("answer", check=check_id, value=value)

    def undo(self, preview: bool = False) -> dict[str, Any]:
        """Takes the last command that changed something back; a preview only says what that is."""
        return self.sandbox.undo(preview=preview)

    def reset(self) -> None:
        """The world as it was when the attempt began. The workspace stays as it is."""
        self.sandbox.reset()

    def begin_again(self, lab: "Lab", world: dict[str, Any]) -> None:
        """The attempt from its beginning with another version of the lab, for those who are writing it.

        The workspace stays, and so do the learner's keys: shells that know them go on working.
        """
        with self._lock:
            self.sandbox.stop()
            identity = json.loads((self.directory / "world.json").read_text())["identity"]
            for name in ("world.json", "journal.jsonl"):
                (self.directory / name).unlink()
            self.record.path.unlink(missing_ok=True)
            self.lab, self._world = lab, {**world, "identity": identity}
            self.about = replace(self.about, content=directories.content(lab))
            self.about.write(self.directory)
            self._gatherer = Gatherer(lab.checks, Attempt(self.record))
            self.revive()

    def give_up(self) -> None:
        """Ends the attempt: the debrief shows the solution, unless the lab keeps it, and it can be handed in."""
        self.record.append("gave-up")

    def debrief(self) -> "Debrief":
        """What was done, what each step changed, and, once it is due, the solution."""
        from ecslab.lab.debrief import debrief

        return debrief(self)


def _builtin() -> "Pack":
    from ecslab.content.packs import builtin

    return builtin()


def _home(lab_id: str) -> "Pack":
    """The pack that has the lab: the built-in one or an installed one."""
    from ecslab.content.packs import with_lab

    return with_lab(lab_id)


def _resolved(pack: "Pack", lab_id: str, seed: int) -> "tuple[Lab, dict[str, Any]]":
    from ecslab.content.resolve import resolve_lab

    return resolve_lab(pack, lab_id, seed)


def _store() -> "Store":
    from ecslab.progress.store import Store

    return Store.open()


def _attempt(lab: "Lab", seed: int, directory: Path) -> int:
    """The number of a new attempt in the record of progress."""
    with _store() as store:
        return store.start_lab(lab.id, seed=seed, directory=str(directory), objectives=lab.objectives)
