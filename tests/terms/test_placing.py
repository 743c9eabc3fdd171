"""The split of a capacity provider strategy, and how many tasks fit on an instance."""

import pytest

from ecslab.terms.placing import choose_provider, fit_on_instance, split


def strategy(base: int, first: int, second: int) -> list[dict]:
    return [
        {"capacityProvider": "FARGATE", "base": base, "weight": first},
        {"capacityProvider": "FARGATE_SPOT", "weight": second},
    ]


def test_the_base_comes_first_and_the_rest_by_weight() -> None:
    """The example of the developer guide: base 2 and weights 1 to 4."""
    taken = split(strategy(2, 1, 4), 12)
    assert taken == {"FARGATE": 4, "FARGATE_SPOT": 8}


def test_without_a_strategy_there_is_no_provider() -> None:
    assert choose_provider([], split([], 3)) is None


@pytest.mark.parametrize(("awsvpc", "tasks"), [(False, 7), (True, 2)])
def test_the_scarcest_resource_counts_and_the_first_interface_is_the_hosts(awsvpc: bool, tasks: int) -> None:
    assert fit_on_instance(2048, 3885, 3, 256, 512, awsvpc=awsvpc) == tasks
