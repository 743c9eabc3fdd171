"""Health is a function of time: however time is cut into pieces, the same is shown."""

from hypothesis import given
from hypothesis import strategies as st

from ecslab.cloud.elb_health import Health, Outcome, Settings
from ecslab.cloud.ports.balancing import TargetHealth

outcomes = st.sampled_from(
    [Outcome("ok", takes=2), Outcome("code", 500, 3), Outcome("timeout", takes=5_000), Outcome("refused")]
)
settings = st.builds(
    Settings,
    interval=st.sampled_from([6_000, 10_000, 30_000]),
    timeout=st.just(5_000),
    healthy=st.integers(2, 10),
    unhealthy=st.integers(2, 10),
)
scripts = st.lists(st.tuples(st.integers(1, 400_000), outcomes), min_size=1, max_size=6)


def play(
    settings: Settings, script: list[tuple[int, Outcome]], cuts: list[int]
) -> list[tuple[int, TargetHealth]]:
    """What is shown at each cut, with the outcome changing as the script says."""
    health = Health(settings, Outcome("ok"), registered=2_000, next_check=3_000)
    changes, now = [], 0
    for wait, outcome in script:
        now += wait
        changes.append((now, outcome))
    shown = []
    for cut in sorted(cuts):
        while changes and changes[0][0] <= cut:
            time, outcome = changes.pop(0)
            health.settle(time)
            health.outcome = outcome
        health.settle(cut)
        shown.append((cut, health.shown))
    return shown


@given(settings, scripts, st.lists(st.integers(0, 2_000_000), max_size=30))
def test_looking_more_often_changes_nothing(
    settings: Settings, script: list[tuple[int, Outcome]], looks: list[int]
) -> None:
    end = 2_000_001
    often = play(settings, script, [*looks, end])
    assert often[-1] == play(settings, script, [end])[-1]


@given(settings, scripts)
def test_next_change_is_when_it_changes(settings: Settings, script: list[tuple[int, Outcome]]) -> None:
    health = Health(settings, Outcome("ok"), registered=2_000, next_check=3_000)
    now = 0
    for wait, outcome in script:
        health.settle(now)
        health.outcome = outcome
        end = now + wait
        while (due := health.next_change()) is not None and due <= end:
            before = health.shown
            assert not health.settle(due - 1)
            assert health.settle(due)
            assert health.shown != before
        assert not health.settle(end)
        now = end


@given(settings, st.integers(1, 10**9))
def test_a_stable_target_is_settled_in_a_few_steps(settings: Settings, far: int) -> None:
    health = Health(settings, Outcome("ok", takes=7), registered=2_000, next_check=3_000)
    health.settle(20_000)
    health.settle(20_000 + far)
    assert health.state == "healthy"
    assert health.next_check >= 20_000 + far
