"""Watches a pack while one of its labs is open in a preview: what its author saves, the lab begins again with.

Files are looked at twice a second; what cannot be read is said, and the lab stays as it was.
"""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from stat import S_ISREG
from types import TracebackType

from ecslab.content.packs import load
from ecslab.content.problems import PackProblem
from ecslab.content.resolve import resolve_lab
from ecslab.lab.session import Session
from ecslab.terms.problems import Problem

PAUSE = 0.5
"""Real seconds between two looks."""

Stamps = dict[Path, tuple[int, int]]


class Reloading:
    """`with Reloading(session, root, say):` follows the pack in `root`; `say` gets lines for the author."""

    def __init__(self, session: Session, root: Path, say: Callable[[Sequence[str]], None]) -> None:
        self._session = session
        self._root = root
        self._say = say
        self._seen = self._stamps()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reload", daemon=True)

    def __enter__(self) -> "Reloading":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._ending.wait(PAUSE):
            self.look()

    def look(self) -> bool:
        """Reads the lab again if something was saved; whether it was."""
        now = self._stamps()
        if now == self._seen:
            return False
        self._seen = now
        try:
            lab, world = resolve_lab(load(self._root), self._session.about.lab, self._session.seed)
            self._session.begin_again(lab, world)
        except PackProblem as problem:
            self._say(["Not read again, the lab is as it was:", *map(str, problem.flaws)])
        except Problem as problem:
            self._say([f"Not read again: {problem}"])
        else:
            self._say([f"{lab.title}: read again, and begun again with the same seed."])
        return True

    def _stamps(self) -> Stamps:
        """When what can matter to a lab was written: its own folder, and the worlds."""
        found: Stamps = {}
        for folder in (f"labs/{self._session.about.lab}", "labs/worlds"):
            for path in (self._root / folder).rglob("*"):
                try:
                    about = path.stat()
                except OSError:  # an editor is just putting another one in its place
                    continue
                if S_ISREG(about.st_mode):
                    found[path] = (about.st_mtime_ns, about.st_size)
        return found
