"""The scheduler's decision, case by case. `o` is a task of an older deployment, the others of the PRIMARY one."""

import pytest

from ecslab.cloud.ecs.scheduler import Plan, TaskView, View, plan

KINDS = {
    "p": {"running": False},
    "u": {},
    "w": {"well": True, "proven": True},
    "c": {"well": True, "counts": True, "proven": True},
    "s": {"sick": True, "proven": True},
    "h": {"sick": True},
}
"""pending, up, well, counts, sick (was well before), hopeless (never was)."""


def decide(desired: int, percents: str, primary: str, old: str = "", **more: int | bool) -> Plan:
    low, high = (int(number) for number in percents.split("-"))
    tasks = []
    for n, (kind, new) in enumerate([*((k, True) for k in primary), *((k, False) for k in old)]):
        state = {"running": True, "well": False, "counts": False, "sick": False, "proven": False} | KINDS[
            kind
        ]
        tasks.append(TaskView(id=f"{kind}{n}", primary=new, az="ab"[n % 2], created=n, **state))
    return plan(View(desired, low, high, tasks, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("desired", "percents", "primary", "old", "start", "sick", "stop"),
    [
        (3, "100-200", "", "", 3, 0, 0),
        (3, "100-200", "pp", "", 1, 0, 0),
        (3, "100-200", "ccc", "", 0, 0, 0),
        # a rolling update, 100-200: all new ones at once, old ones as new ones count
        (3, "100-200", "", "ccc", 3, 0, 0),
        (3, "100-200", "ppp", "ccc", 0, 0, 0),
        (3, "100-200", "www", "ccc", 0, 0, 0),
        (3, "100-200", "cww", "ccc", 0, 0, 1),
        (3, "100-200", "ccc", "ccc", 0, 0, 3),
        # rounding: 50 % of 3 is 2, 125 % of 3 is 3, 150 % of 3 is 4
        (3, "50-100", "", "ccc", 0, 0, 1),
        (3, "100-150", "", "ccc", 1, 0, 0),
        (3, "50-125", "", "ccc", 0, 0, 1),
        # stop one, start one
        (2, "50-100", "", "cc", 0, 0, 1),
        (2, "50-100", "", "c", 1, 0, 0),
        (2, "50-100", "w", "c", 0, 0, 0),
        (2, "50-100", "c", "c", 0, 0, 1),
        (1, "0-100", "", "c", 0, 0, 1),
        # old ones that hold nothing up go first and cost nothing
        (2, "100-200", "pp", "pcs", 0, 0, 2),
        # scale-in
        (1, "100-200", "ccc", "", 0, 0, 2),
        (2, "100-200", "cpc", "", 0, 0, 1),
        (0, "100-200", "cc", "", 0, 0, 2),
        # replacing the unhealthy: first start, then stop when the new one is well
        (1, "100-200", "s", "", 1, 0, 0),
        (1, "100-200", "sp", "", 0, 0, 0),
        (1, "100-200", "su", "", 0, 0, 0),
        (1, "100-200", "sw", "", 0, 1, 0),
        (1, "100-200", "ss", "", 0, 1, 0),
        (3, "100-200", "scc", "", 1, 0, 0),
        (3, "100-200", "sccw", "", 0, 1, 0),
        # without room: one at a time
        (2, "0-100", "ss", "", 0, 1, 0),
        (2, "0-100", "s", "", 1, 0, 0),
        (2, "0-100", "sp", "", 0, 0, 0),
        # one that never was well goes when its replacement runs
        (1, "100-200", "h", "", 1, 0, 0),
        (1, "100-200", "hp", "", 0, 0, 0),
        (1, "100-200", "hu", "", 0, 1, 0),
        (2, "0-100", "hh", "", 0, 1, 0),
        (2, "0-100", "hp", "", 0, 0, 0),
        (2, "0-100", "hu", "", 0, 1, 0),
        (3, "100-200", "hhh", "ccc", 0, 1, 0),
    ],
)
def test_decisions(
    desired: int, percents: str, primary: str, old: str, start: int, sick: int, stop: int
) -> None:
    decided = decide(desired, percents, primary, old)
    assert (decided.start, len(decided.stop_sick), len(decided.stop)) == (start, sick, stop)


def test_replacements_are_told_from_missing_tasks() -> None:
    assert decide(3, "100-200", "sc").replaced == 1
    assert decide(3, "100-200", "sc").start == 2
    assert decide(2, "0-100", "ss").made_room == 1


def test_stopping_tasks_take_their_place_until_they_are_out() -> None:
    assert decide(2, "0-100", "s", leaving=1, leaving_primary=1).idle
    assert decide(2, "100-200", "c", leaving=1, leaving_primary=1).start == 0


def test_nothing_starts_while_backing_off_or_stalled() -> None:
    assert decide(3, "100-200", "", may_start=False).start == 0


@pytest.mark.parametrize(
    ("desired", "percents", "primary", "stuck"),
    [
        (3, "100-125", "", True),
        (2, "75-100", "", True),
        (3, "100-150", "", False),
        (3, "100-133", "", True),
        (3, "100-134", "", False),
    ],
)
def test_percentages_that_allow_nothing_are_noticed(
    desired: int, percents: str, primary: str, stuck: bool
) -> None:
    assert decide(desired, percents, primary, "c" * desired).stuck is stuck


def test_tasks_go_from_the_zone_that_has_most() -> None:
    assert sorted(task.az for task in decide(2, "100-200", "ccccc").stop) == ["a", "a", "b"]
