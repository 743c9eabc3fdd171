"""The map over a world that really scales: target tracking under load, its alarms, its count and its activities."""

import asyncio
import subprocess
from typing import Any

import pytest

from ecslab.content.packs import builtin
from ecslab.sandbox.warm import Warm
from ecslab.tui.app import EcslabApp, Start
from ecslab.tui.rows import text_of
from ecslab.tui.screens.lab import LabPage

LAB = "auto-scale-cpu"
SOLUTION = builtin().root / "labs" / LAB / "solution" / "cli.sh"
MINUTES = 12
"""Three minutes over the target, the alarm, the start of the tasks: simulated minutes until the first step is done."""


@pytest.fixture(scope="module", autouse=True)
def warm() -> Any:
    """One warm process for all tests here."""
    with Warm() as kept:
        yield kept


@pytest.mark.slow
async def test_the_map_follows_a_service_that_scales_out_under_load(tools: Any) -> None:
    app = EcslabApp(start=Start("lab", LAB))
    async with app.run_test(size=tools.large) as pilot:
        await tools.until(pilot, lambda: isinstance(app.screen, LabPage) and app.screen.verdicts, 90)
        page = app.screen
        assert isinstance(page, LabPage) and page.session is not None
        view, sandbox = page.panes["map"].content, page.session.sandbox

        def shown() -> str:
            return text_of(view.rows)  # type: ignore[attr-defined]

        await asyncio.to_thread(sandbox.clock, paused=True)  # and stepped: nothing happens unseen
        assert "desired 2 · running 2" in shown()
        assert "scaling" not in shown()
        done = await asyncio.to_thread(
            subprocess.run, ["bash", str(SOLUTION)], env=page.session.environment(), capture_output=True, text=True
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        await tools.until(pilot, lambda: "scaling 2-20 tasks" in shown())
        assert "cpu-target-tracking ECSServiceAverageCPUUtilization at 70" in shown()
        assert "AlarmHigh" in shown() and "AlarmLow" in shown()

        seen: set[str] = set()
        for _ in range(MINUTES):
            clock = await asyncio.to_thread(sandbox.clock, advance="1m")
            await tools.until(pilot, lambda t=clock["t"]: page.state["clock"]["t"] >= t)
            text = shown()
            seen |= {word for word in ("▲ ALARM", "cools down (out) to", "✔ +") if word in text}
            if _desired(page) > 2 and f"running {_desired(page)} · pending 0" in text:
                break
        assert seen >= {"▲ ALARM", "cools down (out) to", "✔ +"}
        (scaled,) = page.state["scaling"]
        assert 2 < _desired(page) <= 20
        newest = scaled["activities"][0]
        assert newest["status"] == "Successful"
        assert f"desired {_desired(page)} · running {_desired(page)} · pending 0" in shown()
        assert " ".join(newest["text"].split()[:4]) in shown()
        assert shown().count("● RUNNING") == _desired(page)


def _desired(page: LabPage) -> int:
    (service,) = (one for one in page.state["services"] if one["name"] == "web-app")
    return int(service["desired"])
