"""The lab screen over a real session: shell, live ticks, map, events, clock, hints, undo, reset, coming back."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from textual import events

from ecslab.sandbox.warm import Warm
from ecslab.tui.app import EcslabApp, Start
from ecslab.tui.screens.lab import LabPage

LAB = "fix-alb-502"
BOTO3 = """
import boto3, sys
ecs = boto3.client("ecs")
task = ecs.list_tasks(cluster="shop", desiredStatus="RUNNING")["taskArns"][0]
ecs.stop_task(cluster="shop", task=task, reason="stopped by a test")
print(task.rsplit("/", 1)[-1])
"""


@pytest.fixture(scope="module", autouse=True)
def warm() -> Any:
    """One warm process for all tests here."""
    with Warm() as kept:
        yield kept


@pytest.fixture
def lab_app() -> EcslabApp:
    return EcslabApp(start=Start("lab", LAB))


async def opened(app: EcslabApp, pilot: Any, tools: Any) -> LabPage:
    """The lab with its goals judged; the shell has the focus."""
    await tools.until(pilot, lambda: isinstance(app.screen, LabPage) and app.screen.verdicts, 90)
    page = app.screen
    assert isinstance(page, LabPage)
    if not page.typing:
        await pilot.press("f6")
    await tools.until(pilot, lambda: f"ecslab:{LAB}$" in page.shell_text)
    return page


async def out(page: LabPage, pilot: Any, tools: Any) -> None:
    await tools.until(pilot, lambda: page.typing)
    await pilot.press("f6")
    await tools.until(pilot, lambda: not page.typing)


def environment(page: LabPage) -> dict[str, str]:
    assert page.session is not None
    return page.session.environment()


async def test_a_small_screen_shows_one_pane_at_a_time(lab_app: EcslabApp, tools: Any) -> None:
    async with lab_app.run_test(size=tools.small) as pilot:
        page = await opened(lab_app, pilot, tools)
        assert "F6 Leave the shell" in tools.text(lab_app)
        assert "? Help" not in tools.text(lab_app)
        await out(page, pilot, tools)
        await tools.until(pilot, "✘ fail       The load balancer answers 200 for two minutes")
        assert "· not judged" in tools.text(lab_app)
        for key, shown in (
            ("3", "cluster shop"),
            ("4", "FailedHealthChecks"),
            ("5", "502 Bad Gateway"),
            ("1", "ecslab:"),
        ):
            await pilot.press(key)
            await tools.until(pilot, shown)
            if key == "1":
                assert page.typing
            else:
                assert page.panes.active != "goals"


async def test_a_lab_that_cannot_be_opened_says_so_for_as_long_as_one_looks(tools: Any) -> None:
    app = EcslabApp(start=Start("lab", "no-such-lab"))
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "✘ not opened")
        app.clear_notifications()
        await pilot.press("2")
        await tools.until(pilot, "no-such-lab'")
        assert "reading the world" not in tools.text(app)


async def test_a_large_screen_shows_them_side_by_side_and_zooms_any(lab_app: EcslabApp, tools: Any) -> None:
    async with lab_app.run_test(size=tools.large) as pilot:
        page = await opened(lab_app, pilot, tools)
        await tools.until(pilot, "cluster shop")
        text = tools.text(lab_app)
        for part in (
            "2 Goals",
            "3 Map",
            "1 Shell",
            "5 Story",
            "4 Events",
            "internet ─▶ web-alb",
            "✘ answers 502",
        ):
            assert part in text
        await out(page, pilot, tools)
        await pilot.press("3", "z")
        await tools.until(
            pilot, lambda: "2 Goals ─" not in tools.text(lab_app) and "cluster shop" in tools.text(lab_app)
        )
        await pilot.press("z")
        await tools.until(pilot, "2 Goals ─")
        await pilot.press("4")
        await tools.until(pilot, "4 Events ─")


async def test_a_task_changed_through_boto3_shows_its_new_state(lab_app: EcslabApp, tools: Any) -> None:
    async with lab_app.run_test(size=tools.large) as pilot:
        page = await opened(lab_app, pilot, tools)
        await tools.until(pilot, "● RUNNING")
        for _ in range(2):  # out of the shell and back, before any widget has heard of the first
            lab_app.post_message(events.Key("f6", None))
        await pilot.pause()
        await tools.until(pilot, lambda: page.typing and "F6 Leave the shell" in tools.text(lab_app))
        done = subprocess.run(
            [sys.executable, "-c", BOTO3], env=environment(page), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        task = done.stdout.strip()[:8]

        def stopped() -> bool:
            lines = tools.text(lab_app).splitlines()
            return any(task in line and "STOPPED" in line for line in lines)

        await tools.until(pilot, stopped, 60)


async def test_a_goal_turns_green_when_it_becomes_true(lab_app: EcslabApp, tools: Any) -> None:
    async with lab_app.run_test(size=tools.small, notifications=True) as pilot:
        page = await opened(lab_app, pilot, tools)
        assert page.session is not None
        script = page.session.lab.root / "solution" / "cli.sh"
        page.type_into_shell(f"bash {script} > /dev/null\r")
        await out(page, pilot, tools)
        await tools.until(pilot, "✔ pass       The load balancer answers 200 for two minutes", 120)
        await tools.until(pilot, "All goals are reached. d shows how it went.", 120)
        await pilot.press("d")
        await tools.until(pilot, "─ Debrief ─")
        await pilot.press("end")
        await tools.until(pilot, "web-app runs")  # the last line of the solution by boto3


async def test_the_shell_gets_every_key_but_its_own_three(lab_app: EcslabApp, tools: Any) -> None:
    async with lab_app.run_test(size=tools.small) as pilot:
        page = await opened(lab_app, pilot, tools)
        page.type_into_shell("stty -ixon; cat -v\r")
        await tools.until(pilot, lambda: "cat -v" in page.shell_text)
        await pilot.press(
            "tab", "ctrl+q", "ctrl+p", "ctrl+t", "question_mark", "f1", "escape", "q", "z", "enter"
        )
        await tools.until(pilot, lambda: "^Q^P^T?^[OP^[qz" in page.shell_text)
        assert lab_app.screen is page
        await pilot.press("ctrl+c")


async def test_what_has_scrolled_away_in_the_shell_comes_back_with_a_key(
    lab_app: EcslabApp, tools: Any
) -> None:
    async with lab_app.run_test(size=tools.small) as pilot:
        page = await opened(lab_app, pilot, tools)
        page.type_into_shell("clear; seq -f 'line-%g.' 1 100\r")
        await tools.until(pilot, "line-100.")
        assert "line-70." not in tools.text(lab_app)
        await pilot.press("shift+pageup")
        await tools.until(pilot, "line-70.")
        assert "line-100." not in tools.text(lab_app)
        await pilot.press("shift+pagedown")
        await tools.until(pilot, "line-100.")


async def test_why_a_goal_fails_is_one_key_away(lab_app: EcslabApp, tools: Any) -> None:
    async with lab_app.run_test(size=tools.large) as pilot:
        page = await opened(lab_app, pilot, tools)
        await out(page, pilot, tools)
        await pilot.press("enter")
        await tools.until(pilot, "where to look")
        for part in ("expected  200", "actual    502", "why it matters", "aws elbv2 describe-target-health"):
            assert part in tools.text(lab_app)
        await pilot.press("escape")
        await tools.until(pilot, lambda: lab_app.screen is page)


async def test_time_is_paused_stepped_and_run_until_steady(lab_app: EcslabApp, tools: Any) -> None:
    async with lab_app.run_test(size=tools.small, notifications=True) as pilot:
        page = await opened(lab_app, pilot, tools)
        await out(page, pilot, tools)
        await pilot.press("space")
        await tools.until(pilot, "⏸ paused")
        assert page.clock is not None
        for key, step in (("full_stop", 5_000), ("greater_than_sign", 60_000)):
            before = int(page.clock["t"])
            await pilot.press(key)
            await tools.until(pilot, lambda before=before, step=step: page.clock["t"] == before + step)
        await pilot.press("space")
        await tools.until(pilot, lambda: "paused" not in tools.text(lab_app))
        before = int(page.clock["t"])
        await pilot.press("f")
        await tools.until(pilot, lambda: "teady" in tools.text(lab_app) and page.clock["t"] > before)


async def test_the_rate_of_the_clock_goes_round_with_one_key(lab_app: EcslabApp, tools: Any) -> None:
    async with lab_app.run_test(size=tools.small) as pilot:
        page = await opened(lab_app, pilot, tools)
        await out(page, pilot, tools)
        for shown in ("▶ 1× always", "▶ 10× always", "▶ 60× always"):
            await pilot.press("r")
            await tools.until(pilot, shown)
        await pilot.press("r")
        await tools.until(pilot, lambda: "always" not in tools.text(lab_app))
        assert page.session is not None and page.session.sandbox.clock()["setting"] is None


async def test_a_hint_costs_nothing_until_it_is_taken(lab_app: EcslabApp, tools: Any) -> None:
    async with lab_app.run_test(size=tools.small) as pilot:
        page = await opened(lab_app, pilot, tools)
        await out(page, pilot, tools)
        assert page.session is not None
        await pilot.press("h")
        await tools.until(pilot, "Hint 1 of")
        await pilot.press("n")
        await tools.until(pilot, lambda: lab_app.screen is page)
        assert page.session.hints.taken == []
        await pilot.press("h")
        await tools.until(pilot, "Hint 1 of")
        await pilot.press("y")
        await tools.until(pilot, lambda: "Hint 1 ─" in tools.text(lab_app))
        await pilot.press("escape", "5")
        await tools.until(pilot, lambda: page.panes.active == "story")
        await pilot.press("end")
        await tools.until(pilot, "Hint 1")


async def test_undo_shows_what_it_takes_back_and_asks(lab_app: EcslabApp, tools: Any) -> None:
    async with lab_app.run_test(size=tools.large, notifications=True) as pilot:
        page = await opened(lab_app, pilot, tools)
        await out(page, pilot, tools)
        await pilot.press("u")
        await tools.until(pilot, "There is nothing to undo")
        await pilot.press("f6")
        page.type_into_shell(
            "aws ecs update-service --cluster shop --service web-app --desired-count 5 > /dev/null\r"
        )
        await tools.until(pilot, "desired 5")
        await out(page, pilot, tools)
        await pilot.press("u")
        await tools.until(pilot, "↶ ecs UpdateService")
        assert "Files in your workspace are not touched" in " ".join(tools.text(lab_app).split())
        await pilot.press("y")
        await tools.until(pilot, "desired 2")


async def test_the_journal_and_the_logs_are_panes_of_their_own(lab_app: EcslabApp, tools: Any) -> None:
    async with lab_app.run_test(size=tools.small, notifications=True) as pilot:
        page = await opened(lab_app, pilot, tools)
        page.type_into_shell(
            "aws ecs update-service --cluster shop --service web-app --desired-count 5 > /dev/null\r"
        )
        await out(page, pilot, tools)
        await pilot.press("6")
        await tools.until(pilot, "✔ aws-cli ecs UpdateService")
        assert "▐ 6 Journal ▌  7 Logs" in tools.text(lab_app)
        await pilot.press("u")
        await tools.until(pilot, "↶ ecs UpdateService")
        await pilot.press("y")
        await tools.until(pilot, "↶ aws-cli ecs UpdateService undone")
        await pilot.press("7")
        await tools.until(pilot, "/ecs/web-app/")
        assert page.panes.active == "logs"


@pytest.mark.slow
async def test_journal_and_logs_share_a_place_on_a_large_screen_and_are_zoomed(
    lab_app: EcslabApp, tools: Any
) -> None:
    async with lab_app.run_test(size=tools.large) as pilot:
        page = await opened(lab_app, pilot, tools)
        await out(page, pilot, tools)
        await pilot.press("6")
        await tools.until(pilot, lambda: "6 Journal ─" in tools.text(lab_app))
        assert "1 Shell ─" in tools.text(lab_app) and "7 Logs" in tools.text(lab_app)
        await pilot.press("7", "z")
        await tools.until(
            pilot, lambda: "/ecs/web-app/" in tools.text(lab_app) and "1 Shell ─" not in tools.text(lab_app)
        )


@pytest.mark.slow
async def test_reset_goes_back_to_the_start_after_a_question(lab_app: EcslabApp, tools: Any) -> None:
    async with lab_app.run_test(size=tools.large, notifications=True) as pilot:
        page = await opened(lab_app, pilot, tools)
        page.type_into_shell(
            "aws ecs update-service --cluster shop --service web-app --desired-count 0 > /dev/null\r"
        )
        await tools.until(pilot, "desired 0")
        await out(page, pilot, tools)
        await pilot.press("R")
        await tools.until(pilot, "marked as undone")
        await pilot.press("y")
        await tools.until(pilot, "desired 2")


@pytest.mark.slow
async def test_leaving_keeps_the_lab_and_coming_back_goes_on(lab_app: EcslabApp, tools: Any) -> None:
    async with lab_app.run_test(size=tools.large, notifications=True) as pilot:
        page = await opened(lab_app, pilot, tools)
        page.type_into_shell(
            "aws ecs update-service --cluster shop --service web-app --desired-count 3 > /dev/null\r"
        )
        await tools.until(pilot, "desired 3")
        await out(page, pilot, tools)
        await pilot.press("escape")
        await tools.until(pilot, "▶ Continue  Go on with the lab")
        await pilot.press("enter")
        await tools.until(pilot, "Welcome back.")
        await tools.until(pilot, "desired 3")


async def test_a_sandbox_that_is_killed_is_brought_back_with_nothing_lost(
    lab_app: EcslabApp, tools: Any
) -> None:
    async with lab_app.run_test(size=tools.large) as pilot:
        page = await opened(lab_app, pilot, tools)
        page.type_into_shell(
            "aws ecs update-service --cluster shop --service web-app --desired-count 4 > /dev/null\r"
        )
        await tools.until(pilot, "desired 4")
        assert page.session is not None
        about = json.loads((Path(page.session.directory) / "sandbox.json").read_text())
        os.kill(about["pid"], signal.SIGKILL)
        await tools.until(pilot, lambda: page.session.sandbox.pid != about["pid"])
        await tools.until(pilot, "desired 4")
        page.type_into_shell("exit\r")
        await tools.until(pilot, lambda: not page.typing)
        await pilot.press("f6")
        await tools.until(pilot, lambda: page.typing and f"ecslab:{LAB}$" in page.shell_text)
        page.type_into_shell(
            "aws ecs update-service --cluster shop --service web-app --desired-count 1 > /dev/null\r"
        )
        await tools.until(pilot, "desired 1")


@pytest.mark.parametrize("size", ["small", pytest.param("large", marks=pytest.mark.slow)])
async def test_shells_beside_each_other_are_opened_turned_through_and_closed(
    lab_app: EcslabApp, tools: Any, size: str
) -> None:
    async with lab_app.run_test(size=getattr(tools, size), notifications=True) as pilot:
        page = await opened(lab_app, pilot, tools)
        page.type_into_shell("where=first\r")
        await out(page, pilot, tools)
        assert "shell 1" not in tools.text(lab_app)
        await pilot.press("plus")
        await tools.until(pilot, lambda: page.typing and f"ecslab:{LAB}$" in page.shell_text)
        await tools.until(pilot, "▐ shell 2 ▌")
        page.type_into_shell("echo here: ${where:-second}, $PWD $AWS_ENDPOINT_URL\r")
        await tools.until(pilot, lambda: "here: second" in page.shell_text)
        assert environment(page)["AWS_ENDPOINT_URL"] in page.shell_text.replace("\n", "")
        await pilot.press("plus", "s", "enter")
        await tools.until(pilot, lambda: "+s: command not found" in page.shell_text)
        await out(page, pilot, tools)
        await pilot.press("s")
        await tools.until(pilot, "▐ shell 1 ▌")
        page.type_into_shell("echo here: $where\r")
        await tools.until(pilot, lambda: page.typing and "here: first" in page.shell_text)
        page.type_into_shell("exit\r")
        await tools.until(pilot, lambda: page.typing and "here: second" in page.shell_text)
        assert "shell 1" not in tools.text(lab_app)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("vim") is None, reason="there is no vim on this machine")
async def test_a_file_of_the_workspace_is_edited_with_vim_beside_the_shell(
    lab_app: EcslabApp, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "vim -u NONE")
    monkeypatch.delenv("VISUAL", raising=False)
    async with lab_app.run_test(size=tools.small) as pilot:
        page = await opened(lab_app, pilot, tools)
        assert page.session is not None
        await out(page, pilot, tools)
        await pilot.press("e")
        await tools.until(pilot, "Edit a file of the workspace")
        await pilot.press(*"readme", "enter")
        await tools.until(pilot, "▐ edit README.md ▌")
        await tools.until(pilot, lambda: page.typing and "README.md" in page.shell_text)
        page.type_into_shell("ggOwritten in vim\x1b:wq\r")
        await tools.until(pilot, lambda: page.typing and f"ecslab:{LAB}$" in page.shell_text)
        assert (page.session.workspace / "README.md").read_text().startswith("written in vim\n")
        assert len(page.shells.all) == 1


@pytest.mark.slow
async def test_leaving_with_unsaved_changes_asks_first(
    lab_app: EcslabApp, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("EDITOR", "VISUAL"):
        monkeypatch.delenv(variable, raising=False)
    async with lab_app.run_test(size=tools.large) as pilot:
        page = await opened(lab_app, pilot, tools)
        await out(page, pilot, tools)
        await pilot.press("e")
        await tools.until(pilot, "Edit a file of the workspace")
        await pilot.press(*"readme", "enter")
        await tools.until(pilot, "Ctrl+S Save")
        await pilot.press("x")
        await tools.until(pilot, "▐ edit README.md* ▌")
        await out(page, pilot, tools)
        for key in ("escape", "ctrl+q"):
            await pilot.press(key)
            await tools.until(pilot, "Not saved yet: README.md")
            await pilot.press("n")
            await tools.until(pilot, lambda: lab_app.screen is page)
        await pilot.press("f6", "ctrl+s")
        await tools.until(pilot, lambda: not page.unsaved)
        await out(page, pilot, tools)
        await pilot.press("escape")
        await tools.until(pilot, "▶ Continue")


@pytest.mark.slow
async def test_a_shell_too_many_is_refused_in_a_line(lab_app: EcslabApp, tools: Any) -> None:
    async with lab_app.run_test(size=tools.large, notifications=True) as pilot:
        page = await opened(lab_app, pilot, tools)
        for number in (2, 3, 4):
            await out(page, pilot, tools)
            await pilot.press("plus")
            await tools.until(pilot, lambda number=number: page.typing and len(page.shells.all) == number)
        await out(page, pilot, tools)
        await pilot.press("plus")
        await tools.until(pilot, "There are 4 shells")
        assert len(page.shells.all) == 4


@pytest.mark.slow
async def test_a_shell_that_was_left_starts_again(lab_app: EcslabApp, tools: Any) -> None:
    async with lab_app.run_test(size=tools.small) as pilot:
        page = await opened(lab_app, pilot, tools)
        page.type_into_shell("exit\r")
        await tools.until(pilot, lambda: not page.typing)
        await pilot.press("f6")
        await tools.until(pilot, lambda: page.typing and f"ecslab:{LAB}$" in page.shell_text)


@pytest.mark.slow
async def test_the_whole_terminal_is_offered_where_there_is_one(lab_app: EcslabApp, tools: Any) -> None:
    async with lab_app.run_test(size=tools.small, notifications=True) as pilot:
        page = await opened(lab_app, pilot, tools)
        await out(page, pilot, tools)
        await pilot.press("t")
        await tools.until(pilot, "The terminal cannot be handed over here")


@pytest.mark.slow
async def test_help_of_the_lab_names_its_keys(lab_app: EcslabApp, tools: Any) -> None:
    async with lab_app.run_test(size=tools.large) as pilot:
        page = await opened(lab_app, pilot, tools)
        await out(page, pilot, tools)
        await pilot.press("question_mark")
        await tools.until(pilot, "Help · Lab")
        assert "Back into the shell" in tools.text(lab_app)


async def test_a_lab_that_is_not_there_is_one_line(tools: Any) -> None:
    app = EcslabApp(start=Start("lab", "water-the-plants"))
    async with app.run_test(size=tools.small, notifications=True) as pilot:
        await tools.until(pilot, lambda: "water-the-plants" in tools.text(app) and "lab" in tools.text(app))
        await pilot.press("escape")
        await tools.until(pilot, "▶ Continue")
