"""What a learner can ask of a lab besides working in its shell: the clock, hints, undo, reset, answers, debrief.

Every function is called in a thread, asks the session and returns what to tell: a message for the screen. It
touches no widget.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from textual.message import Message

from ecslab.terms.durations import format_duration
from ecslab.terms.problems import Exit, Problem
from ecslab.tui import debrief_layout
from ecslab.tui.rows import Row, paragraph, prose, row

if TYPE_CHECKING:
    from ecslab.lab.session import Session

Builder = Callable[[int], list[Row]]
Work = Callable[["Session"], Message]


class ClockObeyed(Message):
    """What the clock was told to do is done."""

    def __init__(self, clock: Mapping[str, Any], said: str = "") -> None:
        super().__init__()
        self.clock, self.said = clock, said


class PanelReady(Message):
    """There is something to read, or a question to answer with yes or no."""

    def __init__(
        self, title: str, rows: Builder, *, yes: str = "", then: Work | None = None, busy: str = ""
    ) -> None:
        super().__init__()
        self.title, self.rows, self.yes, self.then, self.busy = title, rows, yes, then, busy


class Done(Message):
    """Something that the learner asked for is done; hints and answers may have changed."""

    def __init__(self, said: str) -> None:
        super().__init__()
        self.said = said


# The clock ---------------------------------------------------------------------------------------


def pause(session: "Session") -> Message:
    """Stops the time, or lets it run."""
    sandbox = session.sandbox
    return ClockObeyed(sandbox.clock(paused=not sandbox.clock()["paused"]))


RATES = (None, 1.0, 10.0, 60.0)
"""None is the ordinary clock: fast after a change, and real time otherwise."""


def rate(session: "Session") -> Message:
    """The next of the rates, after the last the ordinary clock."""
    now = session.sandbox.clock().get("setting")
    following = RATES[(RATES.index(now) + 1) % len(RATES)] if now in RATES else None
    said = (
        "Time runs fast after a change, and in real time otherwise"
        if following is None
        else f"Time runs at {following:g}×, whatever happens"
    )
    return ClockObeyed(session.sandbox.clock(rate=following), said)


def step(by: str) -> Work:
    """Time goes on by so much at once."""
    return lambda session: ClockObeyed(session.sandbox.clock(advance=by))


def steady(session: "Session") -> Message:
    """Time goes on until nothing is in transition any more, or a deployment waits for the learner; an hour at most."""
    before = int(session.sandbox.clock()["t"])
    for _ in range(HOUR_IN_STRETCHES):
        clock = session.sandbox.clock(until="steady", limit=STRETCH)
        waiting = [] if clock.get("reached", True) else _paused(session.sandbox.state())
        if clock.get("reached", True) or waiting:
            break
    took = format_duration((int(clock["t"]) - before) // 1000 * 1000)
    if waiting:
        return ClockObeyed(clock, f"After {took} {waiting[0]} waits for you: its deployment is paused")
    if clock.get("reached", True):
        return ClockObeyed(
            clock, f"Steady after {took}" if took != "0s" else "It is steady; > is a minute on"
        )
    return ClockObeyed(clock, f"Not steady after {took}: something keeps changing")


STRETCH, HOUR_IN_STRETCHES = "5m", 12


def _paused(state: Mapping[str, Any]) -> list[str]:
    """Services with a deployment that stays where it is until somebody lets it go on."""
    return [
        str(service["name"])
        for service in state.get("services", ())
        for deployment in service["deployments"]
        if any(wait["for"] == "pause" for wait in deployment["waits"])
    ]


# Hints -------------------------------------------------------------------------------------------


def offer_hint(session: "Session") -> Message:
    """Says what the next hint costs, before it is taken."""
    ladder = session.hints
    following = ladder.next
    if following is None:
        return PanelReady("Hints", lambda width: _hints(session, width))
    count = len(ladder.all)
    cost = f"It costs {following.cost} % of the points." if following.cost else "It costs nothing."

    def rows(width: int) -> list[Row]:
        out = [row((f"Hint {following.number} of {count}. ", "strong"), cost)]
        if ladder.taken:
            out += [Row(), row(("Taken so far", "title")), *_hints(session, width)]
        return out

    return PanelReady("Hint", rows, yes="Take it", then=take_hint)


def take_hint(session: "Session") -> Message:
    """Takes the next hint and shows it."""
    hint = session.take_hint()
    return PanelReady(f"Hint {hint.number}", lambda width: prose(hint.text, width))


def _hints(session: "Session", width: int) -> list[Row]:
    out: list[Row] = []
    for hint in session.hints.taken:
        out += [Row(), row((f"Hint {hint.number}", "title")), *prose(hint.text, width)]
    return out[1:] if out else [row(("This lab has no hints.", "quiet"))]


# Undo and reset ----------------------------------------------------------------------------------


def offer_undo(session: "Session") -> Message:
    """Shows what undo would take back."""
    try:
        preview = session.undo(preview=True)
    except Problem as problem:
        if problem.status == Exit.ENVIRONMENT:
            raise
        return Done("There is nothing to undo")
    calls = preview.get("undone", [])

    def rows(width: int) -> list[Row]:
        out = [row(("Undo takes back", "strong")), Row()]
        for call in calls:
            out += paragraph(f"{call['service']} {call['operation']}", width, first=[("  ↶ ", "busy")])
        when = str(preview.get("to", ""))[11:19]
        out += [
            Row(),
            *paragraph(f"Time goes back to {when}. Files in your workspace are not touched.", width),
        ]
        return out

    return PanelReady("Undo", rows, yes="Undo it", then=undo, busy="⋯ taking it back")


def undo(session: "Session") -> Message:
    """Takes the last command back."""
    calls = session.undo().get("undone", [])
    named = ", ".join(f"{call['service']} {call['operation']}" for call in calls[:3])
    return Done(f"Undone: {named}" if named else "Undone")


def offer_reset(session: "Session") -> Message:
    """Asks before everything is taken back."""
    text = (
        "The world goes back to the start of this attempt. What you did stays in the journal, marked as undone, and "
        "files in your workspace are not touched. Hints that were taken stay taken."
    )
    return PanelReady(
        "Reset",
        lambda width: paragraph(text, width),
        yes="Reset",
        then=reset,
        busy="⋯ putting the world back",
    )


def reset(session: "Session") -> Message:
    """Back to the start of the attempt."""
    session.reset()
    return Done("The world is as it was at the start")


# Answers and debrief -----------------------------------------------------------------------------


def answer(check: str, value: str) -> Work:
    """Keeps an answer to a question of the lab."""

    def work(session: "Session") -> Message:
        session.answer(check, value)
        return Done("Your answer is kept")

    return work


def debrief(session: "Session") -> Message:
    """How it went; while goals are open, the solution only after giving up."""
    found = session.debrief()
    ended = found.passed or found.gave_up
    offer = "Give up and show the solution" if found.release == "on_give_up" else "Give up"
    return PanelReady(
        "Debrief",
        lambda width: debrief_layout.rows(found, width),
        yes="" if ended else offer,
        then=None if ended else give_up,
    )


def give_up(session: "Session") -> Message:
    """The debrief after the learner gave up."""
    session.give_up()
    return debrief(session)
