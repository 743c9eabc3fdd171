"""A drill: a world with one hidden fault, and how well somebody found, repaired and named it.

A drill is a session of a lab that the catalogue made; this module adds what a lab does not have: the causes to
choose from, the times, the points and the result. Points never depend on a clock. It judges no goal and draws
nothing.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecslab.lab.session import Session
from ecslab.terms.problems import Exit, Problem

if TYPE_CHECKING:
    from ecslab.content.drills import Cause, Fault
    from ecslab.content.packs import Pack
    from ecslab.progress.drills import DrillResult
    from ecslab.progress.store import Store
    from ecslab.sandbox.warm import Warm

PLACE = "drill"
"""The name of the session's directory: it tells nothing."""
REPAIR, FIRST_ANSWER, SECOND_ANSWER = 60, 40, 20
"""Points of 100."""


@dataclass(frozen=True)
class Times:
    """When something happened, in simulated ms since the drill began; None: not yet."""

    detected: int | None
    """The first call whose answer shows the fault."""
    named: int | None
    repaired: int | None
    seconds: float | None
    """Real seconds until the repair; None when the drill was left in between."""


@dataclass(frozen=True)
class Standing:
    """How a drill stands."""

    repaired: bool
    answers: tuple[str, ...]
    """The causes that were chosen, in order."""
    named: bool
    gave_up: bool
    points: float
    times: Times
    told: bool
    """The fault was chosen by name, so naming it shows nothing."""

    @property
    def over(self) -> bool:
        return self.gave_up or (self.repaired and self.named)


class Drill:
    """A drill under way."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @classmethod
    def start(
        cls,
        fault: str | None = None,
        *,
        seed: int | None = None,
        world: str = "",
        fresh: bool = False,
        pack: "Pack | None" = None,
        warm: "Warm | None" = None,
    ) -> "Drill":
        """The drill that is under way, or a new one: of what is due, then of what was never tried.

        Raises:
            Problem: there is no such fault, it does not fit the world, or another drill is under way.
        """
        going = None if fresh else cls.going(warm)
        if going is not None:
            if (fault or going.fault.id) != going.fault.id or (world or going.world) != going.world:
                raise Problem(
                    "another drill is under way",
                    "go on with it: ecslab drill; or begin anew: --fresh",
                    status=Exit.USAGE,
                )
            return going
        home = pack or _builtin()
        chosen = fault or choose(home, world)
        name = f"drill/{chosen}" + (f"@{world}" if world else "")
        session = Session.start(name, seed=seed, fresh=True, pack=home, warm=warm, place=PLACE)
        session.record.append("drill", told=fault is not None)
        return cls(session)

    @classmethod
    def going(cls, warm: "Warm | None" = None) -> "Drill | None":
        """The drill that is under way and not over; no world is started for it."""
        found = cls._under_way(warm)
        return None if found is None or found.over else found

    @classmethod
    def _under_way(cls, warm: "Warm | None") -> "Drill | None":
        try:
            return cls(Session.resume(PLACE, warm=warm))
        except Problem:
            return None

    @classmethod
    def current(cls, *, warm: "Warm | None" = None) -> "Drill":
        """The drill that is under way, or the last one.

        Raises:
            Problem: there is none.
        """
        found = cls._under_way(warm)
        if found is None:
            raise Problem("no drill is under way", "`ecslab drill` starts one", status=Exit.USAGE)
        return found

    # --- what it hides -------------------------------------------------------------------------------

    @cached_property
    def pack(self) -> "Pack":
        from ecslab.content.packs import load

        return load(Path(self.session.about.pack)) if self.session.about.pack else _builtin()

    @cached_property
    def fault(self) -> "Fault":
        name = self.session.about.lab.removeprefix("drill/").partition("@")[0]
        return self.pack.fault(name, self.session.seed)

    @property
    def world(self) -> str:
        return self.session.about.lab.partition("@")[2] or self.fault.worlds[0]

    @cached_property
    def causes(self) -> "list[Cause]":
        """What the learner can choose from."""
        from ecslab.content.drills import causes

        return causes(self.pack.files, self.fault, self.session.seed)

    # --- what the learner does -----------------------------------------------------------------------

    def name(self, cause: str) -> bool:
        """Keeps the cause that was chosen; whether it is the right one.

        Raises:
            Problem: it is none of those on the list.
        """
        known = [each.id for each in self.causes]
        if cause.isdigit() and 1 <= int(cause) <= len(known):
            cause = known[int(cause) - 1]
        if cause not in known:
            raise Problem(
                f"{cause!r} is not on the list of causes",
                f"choose one of 1 to {len(known)}",
                status=Exit.USAGE,
            )
        right = cause == self.fault.id
        if not self.standing().named:
            self.session.record.append(
                "cause", cause=cause, right=right, t=int(self.session.sandbox.clock()["t"])
            )
        return right

    # --- how it stands -------------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """What `standing` says of it, without its times: those are asked of the world, which may have to be started."""
        record = self.session.record
        named = any(line["right"] for line in record.lines("cause"))
        return self.session.gave_up or (named and self._repaired() is not None)

    def _repaired(self) -> Mapping[str, Any] | None:
        return next((line for line in self.session.record.lines("standing") if line["passed"]), None)

    def standing(self) -> Standing:
        """From the record alone, but for the time of detection; nothing is judged here."""
        record = self.session.record
        given = list(record.lines("cause"))
        right = next((index for index, line in enumerate(given) if line["right"]), None)
        repaired = self._repaired()
        told = bool((record.last("drill") or {}).get("told"))
        points = 0.0 if repaired is None else REPAIR * (100 - self.session.hints.cost) / 100
        if right is not None and not told:
            points += {0: FIRST_ANSWER, 1: SECOND_ANSWER}.get(right, 0)
        return Standing(
            repaired=repaired is not None,
            answers=tuple(line["cause"] for line in given),
            named=right is not None,
            gave_up=self.session.gave_up,
            points=points,
            times=self._times(repaired, None if right is None else given[right]),
            told=told,
        )

    def _times(self, repaired: Mapping[str, Any] | None, named: Mapping[str, Any] | None) -> Times:
        begun, entries = self._seen()
        shows = {evidence.operation for evidence in self.fault.evidence}
        looked = (
            int(entry["t"]) - begun
            for entry in entries
            if entry["t"] >= begun
            and f"{entry['service']}:{entry['operation']}" in shows
            and not entry["error"]
        )
        said = None if named is None else int(named["t"]) - begun
        detected = [t for t in (next(looked, None), said) if t is not None]
        sat_down = list(self.session.record.lines("go"))
        whole = repaired is not None and len(sat_down) == 1
        return Times(
            min(detected, default=None),
            said,
            None if repaired is None else repaired["t"] - begun,
            round(repaired["at"] - sat_down[0]["at"], 1) if whole and repaired else None,
        )

    def _seen(self) -> tuple[int, Sequence[Mapping[str, Any]]]:
        """When the drill began, and the calls since; nothing while its world has never been built."""
        if not (self.session.directory / "world.json").exists():
            return 0, ()
        history = self.session.sandbox.history()
        return int(history["begun"]), history["entries"]

    def close(self) -> "DrillResult | None":
        """Keeps the result once the drill is over, in the record of progress and in the review queue; None: it is not."""
        standing = self.standing()
        if not standing.over:
            return None
        from ecslab.progress import drills

        with _store() as store:
            kept = self.session.record.last("result")
            if kept is None:
                number = drills.keep(store, self._result(standing), self._content())
                self.session.record.append("result", number=number)
                kept = {"number": number}
            return drills.one(store, kept["number"])

    def _result(self, standing: Standing) -> "DrillResult":
        from ecslab.progress.drills import DrillResult

        times = standing.times
        return DrillResult(
            fault=self.fault.id,
            world=self.world,
            seed=self.session.seed,
            objectives=self.fault.objectives,
            repaired=standing.repaired,
            answers=len(standing.answers),
            named=standing.named,
            told=standing.told,
            points=standing.points,
            detected_ms=times.detected,
            repaired_ms=times.repaired,
            seconds=times.seconds,
        )

    def _content(self) -> str:
        """Tells versions of a fault apart."""
        from hashlib import blake2b

        text = self.pack.files.text(f"labs/faults/{self.fault.id}/fault.yaml")
        return blake2b(text.encode(), digest_size=8).hexdigest()


def choose(pack: "Pack", world: str = "") -> str:
    """A fault to hide: one that is due in the review, or else one that was tried least, by chance among equals."""
    from ecslab.progress import drills

    fitting = [fault.id for fault in pack.faults() if not world or world in fault.worlds]
    if not fitting:
        raise Problem(
            f"no drill fits the world {world!r}", "`ecslab drill list` shows the worlds", status=Exit.USAGE
        )
    with _store() as store:
        due = [name for name in drills.due(store) if name in fitting]
        tried = drills.tried(store)
    if due:
        return due[0]
    least = min(tried.get(name, 0) for name in fitting)
    return secrets.choice([name for name in fitting if tried.get(name, 0) == least])


def _builtin() -> "Pack":
    from ecslab.content.packs import builtin

    return builtin()


def _store() -> "Store":
    from ecslab.progress.store import Store

    return Store.open()
