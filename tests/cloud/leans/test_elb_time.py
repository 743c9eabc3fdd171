"""However time is cut into pieces, and however often somebody looks, the same things happen."""

from collections.abc import Callable
from typing import Any

import pytest

SCRIPT = 400_000
"""How long the story lasts."""


def story(shop: Any, ok_app: Any, cuts: list[int], look: Callable[[Any], object]) -> list[Any]:
    """Two tasks come, a group is closed and opened, one task leaves; time passes as `cuts` say."""
    world = shop.world
    enis: list[Any] = []

    def start(key: str, program: Any) -> None:
        enis.append(shop.task(program, key=key))

    drains = {**ok_app, "sigterm": {"handles": True, "takes": 2_000, "drains": True}}
    deeds: list[tuple[int, Callable[[], object]]] = [
        (1_000, lambda: start("1", ok_app)),
        (3_000, lambda: start("2", {**drains, "listen": [{"port": 8080, "after": 30_000}]})),
        (100_000, lambda: shop.lan.forbid("app", 8080, peer="alb")),
        (190_500, lambda: shop.lan.allow("app", 8080, peer="alb")),
        (380_000, lambda: world.elb.deregister(shop.group, enis[0].private_ip, 8080)),
        (380_000, lambda: world.ecs.terminate(enis[0].private_ip)),
        (385_000, lambda: world.ecs.terminate(enis[1].private_ip)),
    ]
    for stop in sorted({*cuts, SCRIPT, *(time for time, _ in deeds)}):
        world.advance(stop - world.now)
        for time, deed in deeds:
            if time == stop:
                deed()
        look(world)
    return [world.events, world.ecs.told, world.elb.snapshot()["target_groups"], world.elb.traffic.snapshot()]


@pytest.mark.parametrize("step", [997, 10_000, 77_777])
def test_cuts_and_looks_change_nothing(make_shop: Any, ok_app: Any, step: int) -> None:
    traffic = [{"load_balancer": "web-alb", "path": "/", "rate": 7.5}]

    def look(world: Any) -> None:
        world.elb.refresh()
        world.elb.snapshot()
        world.elb.probe("web-alb", 80, "/")

    once = story(make_shop(traffic), ok_app, [], lambda world: None)
    often = story(make_shop(traffic), ok_app, list(range(step, SCRIPT, step)), look)
    assert often == once
    states = {event[3].partition(" is ")[2].partition(" ")[0] for event in once[0]}
    assert states == {"initial", "healthy", "unhealthy", "draining"}
    assert once[3][0]["failed"] > 0
