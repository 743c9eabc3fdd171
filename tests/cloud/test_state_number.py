"""The number of `GET state` goes up while clients send, so that a screen's counters move; at rest it stands."""

import json
from pathlib import Path
from typing import Any

import pytest

from ecslab.cloud.engine import Engine

SHOP = {"load_balancer": "web-alb", "rate": 5}


@pytest.fixture
def document(playground: dict[str, Any]) -> dict[str, Any]:
    identity = {"access_key_id": "AKIASTATESTATESTATES", "secret_access_key": "s"}
    return {**playground, "epoch_ms": 1_790_000_000_000, "identity": identity}


def numbers(directory: Path, document: dict[str, Any]) -> list[tuple[int, int]]:
    """(number, requests so far) at ten looks in three real seconds of ordinary pace."""
    (directory / "world.json").write_text(json.dumps(document))
    real = [0.0]
    engine = Engine(directory, monotonic=lambda: real[0])
    engine.clock.set_running(True)
    engine.clock.fast_until = engine.world.now
    found = []
    for _ in range(10):
        real[0] += 0.3
        engine.now()
        streams = engine.world.snapshot()["traffic"]
        found.append((engine.look(), sum(stream["requests"] for stream in streams)))
    engine.close()
    return found


def test_it_goes_up_once_a_second_while_clients_send(tmp_path: Path, document: dict[str, Any]) -> None:
    found = numbers(tmp_path, {**document, "traffic": [SHOP]})
    assert found[-1][0] - found[0][0] in (2, 3)
    assert found[-1][1] > found[0][1]


def test_it_stands_when_nobody_sends(tmp_path: Path, document: dict[str, Any]) -> None:
    assert len({number for number, _ in numbers(tmp_path, {**document, "traffic": []})}) == 1
