"""What a lesson page asks and shows beside its text: predictions, worlds to watch, search and bookmarks."""

import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from ecslab.content.packs import builtin
from ecslab.lesson.scratch import Outcome
from ecslab.tui.app import EcslabApp
from ecslab.tui.study import Study

LIVE = """---
id: live
title: A live lesson
module: garden
minutes: 5
objectives: [garden.pots]
---

## What to expect

```predict
ask: How many clusters does a new account have?
options: [None, One that is called default]
right: 1
answer: A cluster is made by whoever needs it.
see: {call: ecs list-clusters}
```

## A world

```watch
before:
  - ecs create-cluster --cluster-name garden
say: Look at the cluster.
```
"""


@pytest.fixture(autouse=True)
def live(pack: Any) -> None:
    (pack.root / "lessons" / "live.md").write_text(LIVE)
    worlds = Path("labs") / "worlds" / "playground"
    shutil.copytree(builtin().root / worlds, pack.root / worlds)


async def opened(app: EcslabApp, pilot: Any, tools: Any) -> None:
    await tools.until(pilot, "▶ Continue")
    app.go("lesson", "live")
    await tools.until(pilot, "How many clusters does a new account have?")


async def watched(app: EcslabApp, pilot: Any, tools: Any) -> None:
    """Starts the world of the page, and lets its time run one step."""
    await pilot.press("w")
    await tools.until(pilot, "cluster garden", 90)
    first = app.screen.query_one("WatchBlock").seen["clock"]["t"]
    await pilot.press("w")
    await tools.until(pilot, lambda: app.screen.query_one("WatchBlock").seen["clock"]["t"] == first + 5000)


async def test_a_prediction_is_made_before_the_world_answers(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.large) as pilot:
        await opened(app, pilot, tools)
        assert "A cluster is made by whoever needs it." not in tools.text(app)
        await pilot.press("3")
        await pilot.press("2")
        await tools.until(pilot, "You said 2")
        await tools.until(pilot, "✘ it is 1", 90)
        text = tools.text(app)
        assert '"clusterArns": []' in text
        assert "A cluster is made by whoever needs it." in text
        await pilot.press("1")
        assert "You said 2" in tools.text(app)


async def test_a_world_is_drawn_and_goes_on_when_the_reader_wants(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.large) as pilot:
        await opened(app, pilot, tools)
        await pilot.press("n")
        await tools.until(pilot, "w  start it in a scratch AWS")
        await watched(app, pilot, tools)
        await pilot.press("W")
        await tools.until(pilot, "w  5s on · W  on until it is steady")


async def test_the_map_is_in_sight_when_it_comes_and_stays_where_it_is(
    app: EcslabApp, pack: Any, tools: Any
) -> None:
    longer = LIVE.replace("say: Look at the cluster.", f"say: {'Look at the cluster. ' * 90}")
    (pack.root / "lessons" / "live.md").write_text(longer)
    async with app.run_test(size=tools.small) as pilot:
        app.go("lesson", "live#1")
        await tools.until(pilot, "page 2 of 2")
        await watched(app, pilot, tools)
        await pilot.pause()
        assert "cluster garden" in tools.text(app)


@pytest.mark.parametrize(
    ("page", "key", "turn"), [("live#0", "1", "n"), ("live#1", "w", "p"), ("pots#1", "t", "n")]
)
async def test_what_ends_after_its_page_was_turned_is_dropped(
    app: EcslabApp, tools: Any, monkeypatch: pytest.MonkeyPatch, page: str, key: str, turn: str
) -> None:
    turned = threading.Event()

    def play(self: Study, block: Any) -> Outcome:
        turned.wait(30)
        return Outcome("list-clusters", 0, "late", as_expected=True)

    def watch(self: Study, block: Any, step: str | None) -> dict[str, Any]:
        turned.wait(30)
        return {}

    monkeypatch.setattr(Study, "play", play)
    monkeypatch.setattr(Study, "watch", watch)
    async with app.run_test(size=tools.large) as pilot:
        app.go("lesson", page)
        here = int(page[-1]) + 1
        await tools.until(pilot, f"page {here} of")
        await pilot.press(key)
        await tools.until(pilot, "⋯")
        await pilot.press(turn)
        await tools.until(pilot, f"page {here + (1 if turn == 'n' else -1)} of")
        turned.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.is_running
        assert "late" not in tools.text(app)


async def test_words_are_found_in_another_lesson_and_the_page_opened(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await opened(app, pilot, tools)
        await pilot.press("slash")
        await tools.until(pilot, "Search all lessons")
        await pilot.press(*"who holds")
        await tools.until(pilot, "Pots and plants · Where it stands")
        await pilot.press("enter")
        await tools.until(pilot, "Recall. Who holds the plant?")
        assert "page 2 of 3" in tools.text(app)


async def test_of_several_hits_one_is_chosen_with_the_arrows(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await opened(app, pilot, tools)
        await pilot.press("slash")
        await tools.until(pilot, "Search all lessons")
        await pilot.press(*"a")
        await tools.until(pilot, "A live lesson · A world")
        view = app.screen.query_one("#hits")
        first = view.cursor
        await pilot.press("down")
        assert view.cursor != first
        await pilot.press("escape")
        await tools.until(pilot, "page 1 of 2")


async def test_a_word_that_is_nowhere_says_so(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await opened(app, pilot, tools)
        await pilot.press("slash")
        await tools.until(pilot, "b sets a bookmark on a page")
        await pilot.press(*"zebra")
        await tools.until(pilot, "No page has all of these words.")
        await pilot.press("enter")
        await pilot.press("escape")
        await tools.until(pilot, "page 1 of 2")


async def test_a_bookmark_is_kept_and_leads_back(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await opened(app, pilot, tools)
        await pilot.press("b")
        await tools.until(pilot, "★ page 1 of 2")
        assert app.study.store.bookmarks() == [("live", 0)]
        await pilot.press("n")
        await tools.until(pilot, "page 2 of 2")
        await pilot.press("slash")
        await tools.until(pilot, "A live lesson · What to expect")
        await pilot.press("enter")
        await tools.until(pilot, "★ page 1 of 2")
        await pilot.press("b")
        await tools.until(pilot, lambda: "★" not in tools.text(app))
        assert app.study.store.bookmarks() == []
