"""Editing files of the workspace: the learner's own editor on a real pty, and the one that is built in."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import Footer

from ecslab.terms.problems import Problem
from ecslab.tui import keys
from ecslab.tui.messages import Trouble
from ecslab.tui.screens.lab_files import LabFiles
from ecslab.tui.widgets.editor import Editor
from ecslab.tui.widgets.highlights import Highlighter

EDITOR = """#!/bin/sh
test -t 0 && test -t 1 || exit 9
[ "$PWD" = "$(dirname "$2")" ] || exit 8
printf 'own editor %s: %s\\n' "$1" "$(cat "$2")"
read -r line
[ "$line" = fail ] && exit 3
printf '%s\\n' "$line" > "$2"
"""


@dataclass
class Session:
    """As much of a session as files need."""

    workspace: Path
    variables: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": "/", **self.variables}


class Desk(LabFiles):
    where = "lab"
    BINDINGS = keys.bindings("lab")

    def compose(self) -> ComposeResult:
        yield self.shells
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        assert self.shells.terminal is not None
        self.shells.terminal.run_program(["sh", "-c", "echo ready; cat"], self.session.environment(), None)

    def go(self, name: str) -> None:
        self.set_focus(self.shells.current if name == "shell" else None)

    def action_out(self) -> None:
        self.set_focus(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action == "out" if self.typing else action != "out"


class Box(App[None]):
    def __init__(self, session: Session) -> None:
        super().__init__()
        self.desk = Desk()
        self.told: list[Problem] = []
        self.desk.session = cast(Any, session)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {"quiet": "ansi_default", "line": "ansi_default"}

    def get_key_display(self, binding: Binding) -> str:
        return binding.key_display or keys.shown(binding.key)

    def on_mount(self) -> None:
        self.push_screen(self.desk)

    @on(Trouble)
    def trouble(self, event: Trouble) -> None:
        self.told.append(event.problem)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    made = tmp_path / "workspace"
    made.mkdir()
    (made / "task.json").write_text('{"cpu": "256"}\n')
    (made / "notes.md").write_text("# Notes\n")
    return made


@pytest.fixture
def own(tmp_path: Path) -> dict[str, str]:
    program = tmp_path / "my editor"
    program.write_text(EDITOR)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return {"EDITOR": f"'{program}' --nofork"}


async def asked(box: Box, pilot: Any, tools: Any) -> None:
    """Out of the shell, and which file is asked."""
    await tools.until(pilot, lambda: box.desk.typing)
    await pilot.press("f6", "e")
    await tools.until(pilot, "Edit a file of the workspace")


async def opened(box: Box, pilot: Any, tools: Any, *typed: str) -> Editor:
    await asked(box, pilot, tools)
    await pilot.press(*typed, "enter")
    await tools.until(pilot, lambda: isinstance(box.desk.shells.current, Editor) and box.desk.typing)
    return cast(Editor, box.desk.shells.current)


async def test_the_learners_own_editor_runs_in_a_tab_of_its_own(
    workspace: Path, own: dict[str, str], tools: Any
) -> None:
    box = Box(Session(workspace, own))
    async with box.run_test(size=tools.small) as pilot:
        await asked(box, pilot, tools)
        await tools.until(pilot, lambda: "notes.md" in tools.text(box) and "task.json" in tools.text(box))
        await pilot.press(*"task", "enter")
        await tools.until(pilot, lambda: "own editor --nofork: {" in tools.text(box) and box.desk.typing)
        assert "▐ edit task.json ▌" in tools.text(box)
        assert 'own editor --nofork: {"cpu": "256"}' in box.desk.shell_text
        await pilot.press("e", "s", "escape", "backspace", "q", "enter")
        await tools.until(pilot, lambda: "edit task.json" not in tools.text(box) and box.desk.typing)
        assert "ready" in box.desk.shell_text
        assert (workspace / "task.json").read_text().startswith("es")


@pytest.mark.slow
async def test_a_file_is_opened_once_and_an_editor_that_fails_is_told_of(
    workspace: Path, own: dict[str, str], tools: Any
) -> None:
    box = Box(Session(workspace, own))
    async with box.run_test(size=tools.small, notifications=True) as pilot:
        for _ in range(2):
            await asked(box, pilot, tools)
            await pilot.press(*"task", "enter")
            await tools.until(pilot, lambda: "own editor --nofork: {" in tools.text(box) and box.desk.typing)
        assert len(box.desk.shells.all) == 2
        box.desk.type_into_shell("fail\r")
        await tools.until(pilot, "The editor of task.json ended")


async def test_without_one_a_file_is_edited_here_and_saved_with_a_key(workspace: Path, tools: Any) -> None:
    box = Box(Session(workspace, {"VISUAL": "no-such-editor"}))
    async with box.run_test(size=tools.small, notifications=True) as pilot:
        editor = await opened(box, pilot, tools, *"TASK")
        for shown in ('1  {"cpu": "256"}', "▐ edit task.json ▌", "Ctrl+S Save", "F6 Leave the shell"):
            await tools.until(pilot, shown)
        await pilot.press("q", "e")
        await tools.until(pilot, "▐ edit task.json* ▌")
        await pilot.press("ctrl+z", "ctrl+z")
        await tools.until(pilot, "▐ edit task.json ▌")
        await pilot.press("q", "e")
        await tools.until(pilot, "▐ edit task.json* ▌")
        assert (workspace / "task.json").read_text() == '{"cpu": "256"}\n'
        await pilot.press("ctrl+s")
        await tools.until(pilot, "task.json is saved")
        assert (workspace / "task.json").read_text() == 'qe{"cpu": "256"}\n'
        assert not editor.unsaved
        await pilot.press("f6")
        await tools.until(pilot, lambda: not box.desk.typing)
        await pilot.press("f6")
        await tools.until(pilot, lambda: editor.has_focus)
        await pilot.press("escape")
        await tools.until(
            pilot, lambda: "edit task.json" not in tools.text(box) and "ready" in tools.text(box)
        )


@pytest.mark.slow
async def test_unsaved_changes_are_asked_about_before_they_are_lost(workspace: Path, tools: Any) -> None:
    box = Box(Session(workspace))
    async with box.run_test(size=tools.small) as pilot:
        editor = await opened(box, pilot, tools, *"notes")
        await pilot.press("x", "escape")
        await tools.until(pilot, "notes.md has changes that are not saved.")
        await pilot.press("n")
        await tools.until(pilot, lambda: editor.has_focus)
        assert list(box.desk.unsaved) == ["notes.md"]
        left: list[str] = []
        box.desk.careful(lambda: left.append("left"))
        await tools.until(pilot, "Not saved yet: notes.md.")
        assert not left
        await pilot.press("y")
        await tools.until(pilot, lambda: left == ["left"])
        await pilot.press("escape")
        await tools.until(pilot, "notes.md has changes that are not saved.")
        await pilot.press("y")
        await tools.until(pilot, lambda: "edit notes.md" not in tools.text(box))
        assert (workspace / "notes.md").read_text() == "# Notes\n"


@pytest.mark.slow
async def test_a_file_that_changes_on_the_disk_is_read_again_or_told_of(workspace: Path, tools: Any) -> None:
    box = Box(Session(workspace))
    notes = workspace / "notes.md"
    async with box.run_test(size=tools.small, notifications=True) as pilot:
        editor = await opened(box, pilot, tools, *"notes")
        notes.write_text("# By a script\n")
        editor.look()
        await tools.until(pilot, "# By a script")
        await pilot.press("x")
        notes.write_text("# Again\n")
        editor.look()
        await tools.until(pilot, "notes.md was changed on the disk")
        await pilot.press("ctrl+s")
        await tools.until(pilot, "since you opened it")
        await pilot.press("n", "ctrl+s")
        await tools.until(pilot, "since you opened it")
        assert notes.read_text() == "# Again\n"
        await pilot.press("y")
        await tools.until(pilot, lambda: notes.read_text() == "x# By a script\n")
        notes.unlink()
        await tools.until(pilot, lambda: not editor.unsaved)
        editor.look()
        await tools.until(pilot, "notes.md was deleted on the disk")
        assert editor.unsaved


@pytest.mark.slow
async def test_a_new_file_is_there_once_it_is_saved(workspace: Path, tools: Any) -> None:
    box = Box(Session(workspace))
    async with box.run_test(size=tools.small, notifications=True) as pilot:
        await opened(box, pilot, tools, *"run/go", "full_stop", *"sh")
        await pilot.press(*"ls")
        assert not (workspace / "run").exists()
        await pilot.press("ctrl+s")
        await tools.until(pilot, "run/go.sh is saved")
        assert (workspace / "run" / "go.sh").read_text() == "ls"


@pytest.mark.slow
async def test_what_is_no_text_is_refused_in_a_line(workspace: Path, tools: Any) -> None:
    (workspace / "picture").write_bytes(b"\xff\xfe")
    box = Box(Session(workspace))
    async with box.run_test(size=tools.small) as pilot:
        await asked(box, pilot, tools)
        await pilot.press("p", "enter")
        await tools.until(pilot, lambda: box.told)
        assert str(box.told[0]) == "picture is no text in UTF-8; use an editor of your own for it"
        assert len(box.desk.shells.all) == 1


@pytest.mark.parametrize(
    ("name", "lines", "coloured"),
    [
        ("a.json", ['{"cpu": 256,', ' "on": true}'], {"name": {'"cpu"', '"on"'}, "number": {"256", "true"}}),
        ("a.sh", ["set -e", "aws ecs  # now"], {"name": {"set"}, "comment": {"# now"}}),
        (
            "a.py",
            ["if x:", '\treturn """one', 'two"""'],
            {"word": {"if", "return"}, "text": {'"""', "one", "two"}},
        ),
        ("a.yaml", ["a: 1", "", "b: 'c'"], {"name": {"a", "b"}, "text": {"'", "c"}, "number": set()}),
        ("Dockerfile", ["FROM x"], {"word": set()}),
    ],
)
def test_a_text_has_the_colours_of_its_language(
    name: str, lines: list[str], coloured: dict[str, set[str]]
) -> None:
    highlighter = Highlighter(name, "\n".join(lines))
    found: dict[str, set[str]] = {role: set() for role in coloured}
    for number, line in enumerate(lines):
        for start, end, role in highlighter.line(lines, number):
            found.setdefault(role, set()).add(line[start:end])
    assert {role: found[role] for role in coloured} == coloured


def test_a_very_long_text_is_left_without_colours() -> None:
    lines = ["a = 1"] * 20_000
    assert Highlighter("a.py", "").line(lines, 0) == []
