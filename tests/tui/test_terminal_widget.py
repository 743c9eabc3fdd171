"""The terminal in the app, with real programs: bash, vim, less, Python; keys, pastes, mouse, scrollback, resize."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.pilot import Pilot

from ecslab.tui import themes
from ecslab.tui.widgets.terminal import Terminal

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "PS1": "ready>",
    "LANG": "C.UTF-8",
    "HOME": "/nonexistent",
    "LESSHISTFILE": "-",
}


class Box(App[None], inherit_bindings=False):
    """An app with one terminal and the keys that other widgets would want."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, "stolen", "stolen")
        for key in ("tab", "ctrl+q", "ctrl+p", "ctrl+c", "escape", "f1", "up")
    ]
    ENABLE_COMMAND_PALETTE = False
    stolen = 0

    def compose(self) -> ComposeResult:
        yield Terminal()

    def on_mount(self) -> None:
        self.register_theme(themes.DARK)
        self.theme = themes.DARK.name

    def action_stolen(self) -> None:
        self.stolen += 1


Opened = tuple[Pilot[Any], Terminal]


@asynccontextmanager
async def terminal(
    *argv: str, size: tuple[int, int] = (60, 12), cwd: Path | None = None
) -> AsyncIterator[Opened]:
    app = Box()
    async with app.run_test(size=size) as pilot:
        found = app.query_one(Terminal)
        found.run_program(argv or ("bash", "--norc", "--noprofile", "-i"), ENVIRONMENT, cwd)
        found.focus()
        await pilot.pause()
        yield pilot, found


def shows(found: Terminal, part: str) -> Callable[[], bool]:
    return lambda: part in found.text


async def test_what_is_typed_goes_to_the_shell_and_its_answer_to_the_screen(tools: Any) -> None:
    async with terminal() as (pilot, found):
        await tools.until(pilot, shows(found, "ready>"))
        await pilot.press(*"echo", "space", *"$((6*7))", "enter")
        await tools.until(pilot, shows(found, "\n42\n"))
        assert "42" in tools.text(pilot.app)


async def test_no_key_of_the_shell_is_stolen(tools: Any) -> None:
    async with terminal("cat", "-v") as (pilot, found):
        await pilot.press("tab", "ctrl+q", "ctrl+p", "escape", "f1", "up", "enter")
        await tools.until(pilot, shows(found, "^P^[^[OP^[[A"))
        assert pilot.app.stolen == 0


async def test_tab_completes_and_ctrl_c_interrupts(tools: Any, tmp_path: Path) -> None:
    (tmp_path / "task-def.json").write_text("{}")
    async with terminal(cwd=tmp_path) as (pilot, found):
        await tools.until(pilot, shows(found, "ready>"))
        await pilot.press(*"cat", "space", *"task", "tab")
        await tools.until(pilot, shows(found, "cat task-def.json"))
        await pilot.press("ctrl+c")
        found.send("sleep 1000\r")
        await tools.until(pilot, shows(found, "sleep 1000"))
        await pilot.press("ctrl+c")
        await tools.until(pilot, lambda: found.text.rstrip().endswith("ready>"))


async def test_vim_edits_and_saves(tools: Any, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    async with terminal("vim", "-u", "NONE", path.name, cwd=tmp_path) as (pilot, found):
        await tools.until(pilot, lambda: found.emulator.alternate and "~" in found.text)
        await pilot.press("i", *"hello", "escape")
        await tools.until(pilot, shows(found, "hello"))
        await pilot.press("colon", *"wq", "enter")
        await tools.until(pilot, lambda: not found.running)
    assert path.read_text() == "hello\n"


async def test_less_pages_and_leaves_the_screen_as_it_was(tools: Any, tmp_path: Path) -> None:
    (tmp_path / "long").write_text("".join(f"line {n}\n" for n in range(100)))
    async with terminal(cwd=tmp_path) as (pilot, found):
        await tools.until(pilot, shows(found, "ready>"))
        found.send("less long\r")
        await tools.until(pilot, shows(found, "line 5"))
        await pilot.press("space")
        await tools.until(pilot, shows(found, "line 15"))
        await pilot.press("q")
        await tools.until(pilot, lambda: not found.emulator.alternate and "ready>less long" in found.text)


async def test_the_python_prompt_works(tools: Any) -> None:
    async with terminal("python3", "-q") as (pilot, found):
        await tools.until(pilot, shows(found, ">>>"))
        await pilot.press(*"print(6*7)", "enter")
        await tools.until(pilot, shows(found, "\n42"))
        await pilot.press("up", "enter")
        await tools.until(pilot, lambda: found.text.count("\n42") == 2)


async def test_a_long_paste_arrives_whole_and_is_not_run_line_by_line(tools: Any, tmp_path: Path) -> None:
    async with terminal(cwd=tmp_path) as (pilot, found):
        await tools.until(pilot, lambda: found.emulator.modes.bracketed_paste)
        lines = [f"echo {n} >> out" for n in range(200)]
        found.post_message(events.Paste("\n".join(lines)))
        await tools.until(pilot, shows(found, "199"))
        assert not (tmp_path / "out").exists()
        await pilot.press("enter")
        await tools.until(
            pilot, lambda: (tmp_path / "out").exists() and (tmp_path / "out").read_text().endswith("199\n")
        )
    assert (tmp_path / "out").read_text().split() == [str(n) for n in range(200)]


async def test_what_has_scrolled_away_can_be_looked_at_and_typing_returns_to_the_end(tools: Any) -> None:
    async with terminal() as (pilot, found):
        await tools.until(pilot, shows(found, "ready>"))
        found.send("seq 100 199\r")
        await tools.until(pilot, shows(found, "\n199\nready>"))
        found.scroll_pages(-3)
        await tools.until(
            pilot, lambda: "160" in tools.text(pilot.app) and "199" not in tools.text(pilot.app)
        )
        found.send("seq 500 501\r")
        await tools.until(pilot, "501")


async def test_the_wheel_scrolls_back(tools: Any) -> None:
    async with terminal() as (pilot, found):
        found.send("seq 100 199\r")
        await tools.until(pilot, shows(found, "\n199\nready>"))
        found.post_message(events.MouseScrollUp(found, 1, 1, 0, -1, 0, False, False, False))
        await tools.until(pilot, lambda: "199" not in tools.text(pilot.app))


async def test_a_program_that_wants_the_mouse_gets_it(tools: Any) -> None:
    async with terminal() as (pilot, found):
        found.send("printf '\\e[?1000h\\e[?1006h'; cat -v\r")
        await tools.until(pilot, lambda: found.emulator.modes.mouse == 1000)
        await pilot.click(Terminal, offset=(4, 2))
        await tools.until(pilot, shows(found, "^[[<0;5;3M"))
        assert not found.allow_select


async def test_the_program_is_told_of_a_new_size(tools: Any) -> None:
    async with terminal() as (pilot, found):
        await tools.until(pilot, shows(found, "ready>"))
        await pilot.resize_terminal(90, 20)
        await tools.until(pilot, lambda: found.emulator.columns == 90)
        found.send("stty size\r")
        await tools.until(pilot, shows(found, "20 90"))


async def test_selected_text_is_what_was_selected_wherever_the_view_is(tools: Any) -> None:
    async with terminal() as (pilot, found):
        found.send("PS1=; clear; seq 100 199\r")
        await tools.until(pilot, lambda: "199" in found.text and "seq" not in found.text)
        found.scroll_pages(-1)
        await pilot.pause()
        top = tools.text(pilot.app).splitlines()[0]
        await pilot.mouse_down(Terminal, offset=(0, 0))
        await pilot.hover(Terminal, offset=(3, 1))
        await pilot.mouse_up(Terminal, offset=(3, 1))
        await tools.until(pilot, lambda: pilot.app.screen.get_selected_text())
        assert pilot.app.screen.get_selected_text() == f"{top}\n{int(top) + 1}"


async def test_the_end_of_the_program_is_told(tools: Any) -> None:
    async with terminal("true") as (pilot, found):
        found.say("The shell has ended.")
        await tools.until(pilot, lambda: not found.running)
        await tools.until(pilot, "The shell has ended.")


async def test_a_flood_leaves_the_app_alive_and_ends_on_the_last_line(tools: Any) -> None:
    async with terminal() as (pilot, found):
        await tools.until(pilot, shows(found, "ready>"))
        found.send("seq 1 30000\r")
        await tools.until(pilot, shows(found, "\n30000\n"))
        await tools.until(pilot, "30000")


@pytest.mark.parametrize(
    ("escape", "shape"), [("\\e[4 q", "underline"), ("\\e[6 q", "bar"), ("\\e[2 q", "block")]
)
async def test_the_cursor_has_the_shape_that_the_program_wants(tools: Any, escape: str, shape: str) -> None:
    async with terminal() as (pilot, found):
        found.send(f"printf '{escape}'\r")
        await tools.until(pilot, lambda: found.emulator.cursor.shape == shape)
        cell = found.render_line(found.emulator.cursor.y).crop(
            found.emulator.cursor.x, found.emulator.cursor.x + 1
        )
        plain = found.rich_style
        style = next(iter(cell)).style
        assert style is not None
        assert {
            "underline": style.underline,
            "bar": style.bgcolor != plain.bgcolor,
            "block": style.bgcolor == plain.color,
        }[shape]


async def test_the_shell_tells_of_finished_commands(tools: Any) -> None:
    told: list[int | None] = []

    class Listening(Box):
        def on_terminal_command_finished(self, event: Terminal.CommandFinished) -> None:
            told.append(event.status)

    app = Listening()
    async with app.run_test(size=(60, 12)) as pilot:
        app.query_one(Terminal).run_program(["printf", "\\e]133;D;3\\a"], ENVIRONMENT)
        await tools.until(pilot, lambda: told == [3])
