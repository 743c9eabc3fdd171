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
    await pilot.pause()
    return found


@pytest.fixture
def tools() -> Any:
    """`text` and `until` for tests: test files are no modules that could be imported."""

    class Tools:
        small, large = SMALL, LARGE
        text = staticmethod(text)
        until = staticmethod(until)

    return Tools


LESSON = """---
id: pots
title: Pots and plants
module: garden
minutes: 5
objectives: [garden.pots]
quiz: pots
labs: [water-it]
---

## What a pot is

A **pot** holds a plant. Write `pot` for it.

```diagram Plants in pots
┌─────┐   ┌─────┐
│ pot │──▶│ sun │
└─────┘   └─────┘
```

| size | plants |
|---|---|
| 10 | 1 |

## Where it stands

```try
call: ecs list-clusters
say: Look for `clusterArns`.
```

```recall
ask: Who holds the plant?
answer: The pot holds it.
```

```check
id: holder
type: single
objectives: [garden.pots]
stem: What holds a plant?
options:
  - {text: A pot, right: true, why: It was made for it.}
  - {text: A spoon, right: false, why: It is too small.}
source: The book of pots
```

## In short

That is all.
"""
QUIZ = """
format: 1
id: pots
title: Pots and plants
module: garden
items:
  - id: holder
    type: single
    objectives: [garden.pots]
    stem: What holds a plant?
    options:
      - {text: A pot, right: true, why: It was made for it.}
      - {text: A spoon, right: false, why: It is too small.}
      - {text: A sieve, right: false, why: Water runs out.}
    source: The book of pots
  - id: needs
    type: multiple
    objectives: [garden.pots]
    stem: What does a plant need?
    options:
      - {text: Water, right: true, why: It drinks.}
      - {text: Light, right: true, why: It eats light.}
      - {text: Gold, right: false, why: It has no purse.}
    source: The book of pots
  - id: order
    type: ordering
    objectives: [garden.pots]
    stem: Put the work in order.
    order: [{text: Fill in earth, why: First.}, {text: Put in the seed, why: Second.}, {text: Water it, why: Third.}]
    source: The book of pots
  - id: match
    type: matching
    objectives: [garden.pots]
    stem: What goes with what?
    pairs: [{left: cactus, right: sand, why: Dry.}, {left: lily, right: pond, why: Wet.}]
    source: The book of pots
  - id: count
    type: numeric
    objectives: [garden.pots]
    stem: How many plants fit into three pots of four?
    answer: 12
    unit: plants
    why: Three times four.
    source: The book of pots
  - id: word
    type: short
    objectives: [garden.pots]
    stem: Name the thing that holds a plant.
    answer: pot
    accept: [a pot]
    why: It was on the first page.
    source: The book of pots
"""
OBJECTIVES = """
modules:
  - {id: garden, title: The garden}
  - {id: shed, title: The shed}
objectives:
  - {id: garden.pots, module: garden, title: Know a pot when you see one}
"""


@pytest.fixture
def pack(tmp_path: Path) -> Any:
    """A pack of one lesson and one quiz of every type, so that content may change without touching these tests."""
    from ecslab.content.packs import load

    root = tmp_path / "pack"
    for name, content in (
        (
            "pack.yaml",
            "format: 1\nname: garden\nversion: 1.0.0\ntitle: Garden\nlicense: Apache-2.0\nauthors: [Ada]\n",
        ),
        ("lessons/pots.md", LESSON),
        ("lessons/objectives.yaml", OBJECTIVES),
        ("quizzes/pots.yaml", QUIZ),
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return load(root)


@pytest.fixture
def app(pack: Any, home: Path) -> Any:
    """The app over the small pack."""
    from ecslab.tui.app import EcslabApp
    from ecslab.tui.study import Study

    class Cold(Study):
        """Starts no process that no test needs."""

        def warm_up(self) -> None:
            pass

    return EcslabApp(Cold(home, pack))
