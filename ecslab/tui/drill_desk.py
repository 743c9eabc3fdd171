"""What a learner asks of a drill besides what every lab offers: to name the cause, and to hear how it went.

Called in threads, like `lab_desk`; it returns messages for the screen and touches no widget.
"""

from typing import TYPE_CHECKING

from textual.message import Message

from ecslab.terms.durations import format_duration
from ecslab.tui import debrief_layout
from ecslab.tui.lab_desk import Done, PanelReady, Work
from ecslab.tui.rows import Row, paragraph, row

if TYPE_CHECKING:
    from ecslab.content.drills import Cause
    from ecslab.lab.drill import Drill
    from ecslab.lab.session import Session
    from ecslab.progress.drills import DrillResult


class CausesListed(Message):
    """The causes to choose from."""

    def __init__(self, causes: "list[Cause]") -> None:
        super().__init__()
        self.causes = causes


def causes(session: "Session") -> Message:
    """What there is to choose from."""
    return CausesListed(_drill(session).causes)


def name(cause: str) -> Work:
    """Keeps the answer; the drill may be over with it."""

    def work(session: "Session") -> Message:
        drill = _drill(session)
        session.verdicts(ask=False)
        if not drill.name(cause):
            return Done("✘ That is not it. Look again.")
        return debrief(session) if drill.standing().over else Done("✔ That is it. Now repair it.")

    return work


def debrief(session: "Session") -> Message:
    """How it went; what it was comes once it is repaired and named, or after giving up."""
    drill = _drill(session)
    found = session.debrief()
    result = drill.close()
    best = _best(result)
    over = drill.standing().over

    def rows(width: int) -> list[Row]:
        told = _told(drill, result, best, width) if result is not None else []
        return [*told, *debrief_layout.rows(found, width)]

    return PanelReady(
        "Debrief", rows, yes="" if over else "Give up and hear what it was", then=None if over else give_up
    )


def give_up(session: "Session") -> Message:
    """The debrief with the cause and the solution."""
    session.give_up()
    return debrief(session)


def _told(drill: "Drill", result: "DrillResult", best: "DrillResult | None", width: int) -> list[Row]:
    out = [row(("What it was", "title")), *paragraph(drill.fault.title, width, indent=2)]
    for evidence in drill.fault.evidence:
        out += paragraph(f"{evidence.operation}: {evidence.shows}", width, role="quiet", indent=2)
    out += [Row(), row((f"{result.points:g} of 100 points", "strong"))]
    out += [row(f"  {line}") for line in times(result)]
    if best is not None and best != result:
        out += [row((f"Your best: {best.points:g} points", "title"))]
        out += [row((f"  {line}", "quiet")) for line in times(best)]
    elif best is not None:
        out.append(row(("  Your best in this drill.", "good")))
    return [*out, Row()]


def times(result: "DrillResult") -> list[str]:
    """When it was seen and when it was repaired, by the world's clock and by the learner's."""
    marks = (("seen", result.detected_ms), ("repaired", result.repaired_ms))
    said = [
        f"{what} after {format_duration(ms // 1000 * 1000)} simulated" for what, ms in marks if ms is not None
    ]
    if result.seconds is not None:
        said.append(f"{format_duration(round(result.seconds) * 1000)} of your time")
    return said


def _best(result: "DrillResult | None") -> "DrillResult | None":
    if result is None:
        return None
    from ecslab.progress import drills
    from ecslab.progress.store import Store

    with Store.open() as store:
        return drills.best(store).get(result.fault)


def _drill(session: "Session") -> "Drill":
    from ecslab.lab.drill import Drill

    return Drill(session)
