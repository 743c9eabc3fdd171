"""The debrief: what the learner did, what each step changed, where it ended, and why the solution works.

Computed from the journal, the events and what the checks saw; nothing is stored. The solution is
part of it only once the lab releases it.
"""

import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecslab.grading.score import Score
from ecslab.lab.hints import Hint
from ecslab.terms.durations import format_duration

if TYPE_CHECKING:
    from ecslab.content.labs import Lab
    from ecslab.grading.judge import Verdict
    from ecslab.lab.session import Session

EFFECTS_SHOWN = 4
JSON = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """A call of the learner that changed something, or was refused."""

    at: int
    """Simulated ms since the attempt began."""
    call: str
    """`ecs UpdateService`."""
    about: str
    """What it was about: `web-app`."""
    client: str
    error: str
    undone: bool
    effects: tuple[str, ...]
    """What happened until the next step."""

    @property
    def when(self) -> str:
        return "+" + format_duration(self.at // 1000 * 1000)


@dataclass(frozen=True)
class Debrief:
    """Everything that is worth looking back at."""

    title: str
    steps: tuple[Step, ...]
    refused: int
    """Requests that AWS answered with an error."""
    requests: int
    """Requests of customers since the attempt began."""
    failed: int
    """Those of them that failed."""
    hints: tuple[Hint, ...]
    verdicts: "tuple[Verdict, ...]"
    score: Score
    passed: bool
    gave_up: bool
    release: str
    """When the lab lets its solution be seen: on_pass, on_give_up or never."""
    released: bool
    why: str
    """Why the solution works; empty until it may be shown."""
    solution: str
    """The commands of the solution; empty until they may be shown."""
    alternatives: tuple[tuple[str, str], ...] = ()
    """(by what, the text): the same with boto3 and CloudFormation, where the lab has it; as `solution`."""
    remarks: tuple[tuple[str, str], ...] = ()
    """(about what, the text): cost and security; as `solution`."""
    review: tuple[str, ...] = ()
    """The titles of objectives that are worth another look: those of a lab that was not solved without help."""


def debrief(session: "Session") -> Debrief:
    """The debrief of a session as it stands."""
    verdicts = session.shown(session.verdicts())
    history = session.sandbox.history()
    traffic = session.sandbox.state().get("traffic", [])
    shown = session.released
    solution = session.lab.solution
    solved = session.finished and not session.hints.helped
    remarks = (("Cost", solution.cost), ("Security", solution.security))
    entries = [entry for entry in history["entries"] if entry["t"] >= history["begun"]]
    return Debrief(
        title=session.lab.title,
        steps=tuple(steps(entries, history["events"], history["begun"], history["t"])),
        refused=sum(bool(entry["error"]) for entry in entries),
        requests=sum(row["requests"] for row in traffic),
        failed=sum(row["failed"] for row in traffic),
        hints=tuple(session.hints.taken),
        verdicts=tuple(verdicts),
        score=session.score(verdicts),
        passed=session.finished,
        gave_up=session.gave_up,
        release=solution.release,
        released=shown,
        why=solution.why.strip() if shown else "",
        solution=_script(session.lab.root, solution.cli) if shown else "",
        alternatives=tuple(_alternatives(session)) if shown else (),
        remarks=tuple((what, text.strip()) for what, text in remarks if shown and text),
        review=() if solved or (session.is_drill and not shown) else _objectives(session.lab),
    )


def _objectives(lab: "Lab") -> tuple[str, ...]:
    """What the lab is about, by the titles that its pack gives."""
    from ecslab.content.files import PackFiles
    from ecslab.content.objectives import load_objectives

    pack = next(folder for folder in lab.root.parents if (folder / "pack.yaml").is_file())
    titles = {each.id: each.title for each in load_objectives(PackFiles(pack))[0].objectives}
    return tuple(titles.get(name, name) for name in lab.objectives)


def _alternatives(session: "Session") -> Iterator[tuple[str, str]]:
    solution = session.lab.solution
    for how, name in (("boto3", solution.boto3), ("CloudFormation", solution.cloudformation)):
        if name is not None:
            yield how, _script(session.lab.root, name)


def steps(entries: Sequence[JSON], events: Sequence[JSON], begun: int, now: int) -> list[Step]:
    """The calls that changed something or failed, each with the events up to the next one."""
    chosen = [entry for entry in entries if entry.get("service") and (entry["changes"] or entry["error"])]
    times = [event["t"] for event in events]
    found = []
    for index, entry in enumerate(chosen):
        following = (other["t"] for other in chosen[index + 1 :] if other["changes"] and not other["undone"])
        until = next(following, now)
        effects: list[str] = []
        if entry["changes"] and not entry["error"] and not entry["undone"]:
            first, last = bisect.bisect_left(times, entry["t"]), bisect.bisect_right(times, until)
            effects = _effects(events[first:last])
        found.append(
            Step(
                at=entry["t"] - begun,
                call=f"{entry['service']} {entry['operation']}",
                about=_about(entry.get("params") or {}),
                client=entry["client"],
                error=entry["error"] or "",
                undone=entry["undone"],
                effects=tuple(effects),
            )
        )
    return found


def _effects(events: Sequence[JSON]) -> list[str]:
    """The service's own account of what happened, the first and the last of it when it is long."""
    messages = list(dict.fromkeys(event["message"] for event in events if event["source"] == "service"))
    if len(messages) <= EFFECTS_SHOWN:
        return messages
    left = len(messages) - EFFECTS_SHOWN
    return [*messages[: EFFECTS_SHOWN - 2], f"… {left} more …", *messages[-2:]]


NAMED_BY = (
    "service", "serviceName", "cluster", "clusterName", "family", "taskDefinition", "task", "GroupId", "RoleName",
    "LoadBalancerArn", "TargetGroupArn", "Name", "name",
)  # fmt: skip
"""Parameters that say what a call is about, the most telling first."""


def _about(params: JSON) -> str:
    for name in NAMED_BY:
        if isinstance(params.get(name), str):
            return str(params[name]).rsplit(":", 1)[-1] if name.endswith("Arn") else str(params[name])
    return ""


def _script(root: Path, name: str | None) -> str:
    if name is None:
        return ""
    return (root / name).read_text(encoding="utf-8")
