"""The event queue: by time, then kind, then entity, then order of scheduling."""

from hypothesis import given
from hypothesis import strategies as st

from ecslab.cloud.timeline import Timeline


def drained(timeline: Timeline, until: int) -> list[tuple[int, str, str]]:
    out = []
    while (event := timeline.pop(until)) is not None:
        out.append((event.time, event.kind, event.entity))
    return out


def test_ties_break_by_kind_and_entity_whatever_the_order_of_scheduling() -> None:
    timeline = Timeline()
    timeline.at(5, "b", "x")
    timeline.at(5, "a", "y")
    timeline.at(5, "a", "x")
    timeline.at(1, "z", "z")
    assert drained(timeline, 10) == [(1, "z", "z"), (5, "a", "x"), (5, "a", "y"), (5, "b", "x")]


def test_nothing_later_than_the_horizon_is_played() -> None:
    timeline = Timeline()
    timeline.at(5, "a", "x")
    assert drained(timeline, 4) == []
    assert timeline.next_time() == 5


def test_a_cancelled_event_never_happens() -> None:
    timeline = Timeline()
    event = timeline.at(5, "a", "x")
    timeline.at(6, "a", "y")
    timeline.cancel(event)
    timeline.cancel(None)
    assert drained(timeline, 10) == [(6, "a", "y")]


def test_handlers_get_entity_and_data() -> None:
    timeline = Timeline()
    seen: list[object] = []
    timeline.on("a", lambda entity, data: seen.append((entity, data)))
    timeline.at(1, "a", "x", {"k": 1})
    event = timeline.pop(1)
    assert event is not None
    timeline.play(event)
    assert seen == [("x", {"k": 1})]


@given(
    st.lists(st.tuples(st.integers(0, 50), st.sampled_from("ab"), st.sampled_from("xy"))), st.integers(0, 50)
)
def test_playing_in_two_steps_is_playing_at_once(events: list[tuple[int, str, str]], middle: int) -> None:
    one, two = Timeline(), Timeline()
    for event in events:
        one.at(*event)
        two.at(*event)
    assert drained(one, middle) + drained(one, 50) == drained(two, 50) == sorted(events)
