"""OSC 133: the shell tells of prompts, commands and their exit status."""

from __future__ import annotations

from ecslab.terminal.emulator import Emulator, ShellMark


def marks(text: str, rows: int = 5) -> list[ShellMark]:
    seen: list[ShellMark] = []
    emulator = Emulator(20, rows)
    emulator.on_command = seen.append
    emulator.feed(text)
    return seen


def test_a_command_from_prompt_to_exit_status() -> None:
    text = "\x1b]133;A\x07$ \x1b]133;B\x07false\r\n\x1b]133;C\x07\x1b]133;D;1\x07"
    assert [(mark.kind, mark.status) for mark in marks(text)] == [
        ("A", None),
        ("B", None),
        ("C", None),
        ("D", 1),
    ]


def test_both_ways_to_end_the_string_are_understood() -> None:
    assert [mark.status for mark in marks("\x1b]133;D;0\x1b\\\x1b]133;D;130\x07")] == [0, 130]


def test_an_end_without_a_status_and_more_parameters() -> None:
    plain, more, odd = marks("\x1b]133;D\x07\x1b]133;D;2;aid=7\x07\x1b]133;D;x\x07")
    assert (plain.status, more.status, odd.status) == (None, 2, None)
    assert more.parameters == "2;aid=7"


def test_a_mark_knows_its_line_even_after_scrolling() -> None:
    emulator = Emulator(20, 3, scrollback=4)
    seen: list[ShellMark] = []
    emulator.on_command = seen.append
    emulator.feed("1\r\n2\r\n3\r\n4\r\n\x1b]133;A\x07prompt\r\n6\r\n7\r\n8")
    assert str(emulator.line(seen[0].line - emulator.oldest)).rstrip() == "prompt"


def test_nobody_listening_is_no_fault() -> None:
    Emulator(20, 3).feed("\x1b]133;D;1\x07")
