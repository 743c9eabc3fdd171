"""The app in a box: async tests, a learner's home of its own, a screen read as text, waiting for conditions."""

import asyncio
import inspect
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

PATIENCE = 30.0
SMALL, LARGE = (80, 24), (160, 45)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs async tests."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}
    asyncio.run(pyfuncitem.obj(**wanted))
    return True


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The learner's files, thrown away afterwards; nothing moves by itself on the screen."""
    monkeypatch.setenv("ECSLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    for name in ("NO_COLOR", "COLORFGBG"):
        monkeypatch.delenv(name, raising=False)
    yield tmp_path / "home"


def text(app: App[Any]) -> str:
    """What the screen shows, as plain text."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


async def until(pilot: Pilot[Any], condition: Callable[[], Any] | str, patience: float = PATIENCE) -> Any:
    """Waits until a condition holds, or the screen shows a text."""

    def holds() -> Any:
        return condition() if callable(condition) else condition in text(pilot.app)

    deadline = time.monotonic() + patience
    while not (found := holds()):
        if time.monotonic() > deadline:
            raise AssertionError(f"never came: {condition!r}\n{text(pilot.app)}")
        await pilot.pause(0.01)
    return found


@pytest.fixture
def tools() -> Any:
    """`text` and `until` for tests: test files are no modules that could be imported."""

    class Tools:
        small, large = SMALL, LARGE
        text = staticmethod(text)
        until = staticmethod(until)

    return Tools
