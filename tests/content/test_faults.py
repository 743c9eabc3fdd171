"""Faults as authors write them: each word's argument is checked, and the nearest valid name is said."""

import pytest
from pydantic_core import PydanticCustomError

from ecslab.content.faults import ARGUMENTS, checked
from ecslab.terms.words import FAULT_WORDS


@pytest.mark.parametrize(
    "fault",
    [
        {"stop_task": "web-app"},
        {"crash_app": {"service": "web-app", "after": "20s", "code": 2}},
        {"leak_memory": "web-app"},
        {"revoke_permission": {"role": "ecsTaskExecutionRole", "action": "ecr:BatchGetImage"}},
        {"close_security_group": {"group": "app", "port": 8080}},
        {"throttle_api": {"operation": "ecs:DescribeServices", "for": "2m"}},
        {"lose_az": "a"},
        {"limit_pulls": {"pulls": 3, "per": "1h"}},
        {"limit_pulls": True},
        {"call": "ecs list-clusters"},
    ],
)
def test_a_fault_stays_as_it_was_written(fault):
    assert checked(fault) is fault


@pytest.mark.parametrize(
    ("fault", "what", "todo"),
    [
        ({"crash_ap": "web-app"}, "unknown fault 'crash_ap'", "did you mean 'crash_app'?"),
        ({"crash_app": {"service": "web-app", "cod": 2}}, "crash_app has no 'cod'", "did you mean 'code'?"),
        ({"delete_tag": {"repository": "my-app"}}, "delete_tag needs 'tag'", "add `tag:`; its keys are repository, tag"),
        (
            {"slow_app": {"service": "web", "by": "ages"}},
            "slow_app: 'ages' is not a duration",
            "write it like 5s, 15m, 3h or 1d",
        ),
        ({"limit_pulls": {"per": "1h"}}, "limit_pulls needs 'pulls'", "add `pulls:`; its keys are pulls, per"),
        ({"change_port": {"service": "web", "port": "http"}}, "change_port: 'port': 'http' is not a whole number", ""),
        (
            {"revoke_permission": {"role": "r"}},
            "revoke_permission: one action is denied or one policy detached",
            "write `action:` or `policy:`",
        ),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_said_with_the_nearest_name(fault, what, todo):
    with pytest.raises(PydanticCustomError) as raised:
        checked(fault)
    assert (raised.value.context["said"], raised.value.context["todo"]) == (what, todo)


def test_every_fault_can_be_written_and_played():
    from ecslab.cloud.faults import WORDS

    assert set(WORDS) == set(FAULT_WORDS)
    assert set(ARGUMENTS) <= set(WORDS)
