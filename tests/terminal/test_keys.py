"""Keys, pastes, focus and mouse, as programs expect them of an xterm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecslab.terminal import keys
from ecslab.terminal.modes import Modes


@pytest.mark.parametrize(
    ("key", "sent"),
    [
        ("a", "a"),
        ("A", "A"),
        ("é", "é"),
        ("漢", "漢"),
        ("space", " "),
        ("question_mark", "?"),
        ("slash", "/"),
        ("backslash", "\\"),
        ("minus", "-"),
        ("underscore", "_"),
        ("at", "@"),
        ("plus", "+"),
        ("+", "+"),
        ("colon", ":"),
        ("left_curly_bracket", "{"),
        ("grave_accent", "`"),
        ("tilde", "~"),
        ("enter", "\r"),
        ("tab", "\t"),
        ("shift+tab", "\x1b[Z"),
        ("escape", "\x1b"),
        ("backspace", "\x7f"),
        ("ctrl+backspace", "\x08"),
        ("alt+backspace", "\x1b\x7f"),
        ("ctrl+a", "\x01"),
        ("ctrl+c", "\x03"),
        ("ctrl+h", "\x08"),
        ("ctrl+j", "\n"),
        ("ctrl+z", "\x1a"),
        ("ctrl+shift+c", "\x03"),
        ("ctrl+space", "\x00"),
        ("ctrl+@", "\x00"),
        ("ctrl+left_square_bracket", "\x1b"),
        ("ctrl+backslash", "\x1c"),
        ("ctrl+right_square_bracket", "\x1d"),
        ("ctrl+circumflex_accent", "\x1e"),
        ("ctrl+underscore", "\x1f"),
        ("ctrl+slash", "\x1f"),
        ("alt+b", "\x1bb"),
        ("alt+B", "\x1bB"),
        ("alt+enter", "\x1b\r"),
        ("alt+full_stop", "\x1b."),
        ("alt+ctrl+a", "\x1b\x01"),
        ("shift+a", "A"),
        ("up", "\x1b[A"),
        ("down", "\x1b[B"),
        ("right", "\x1b[C"),
        ("left", "\x1b[D"),
        ("home", "\x1b[H"),
        ("end", "\x1b[F"),
        ("shift+up", "\x1b[1;2A"),
        ("alt+left", "\x1b[1;3D"),
        ("ctrl+right", "\x1b[1;5C"),
        ("ctrl+shift+left", "\x1b[1;6D"),
        ("alt+ctrl+shift+end", "\x1b[1;8F"),
        ("insert", "\x1b[2~"),
        ("delete", "\x1b[3~"),
        ("ctrl+delete", "\x1b[3;5~"),
        ("pageup", "\x1b[5~"),
        ("shift+pagedown", "\x1b[6;2~"),
        ("f1", "\x1bOP"),
        ("f4", "\x1bOS"),
        ("shift+f1", "\x1b[1;2P"),
        ("f5", "\x1b[15~"),
        ("ctrl+f5", "\x1b[15;5~"),
        ("f12", "\x1b[24~"),
        ("f13", "\x1b[1;2P"),
        ("f17", "\x1b[15;2~"),
        ("ctrl+f13", "\x1b[1;6P"),
        ("ctrl+1", "1"),
        ("ctrl+3", "\x1b"),
        ("unheard_of", ""),
        ("hyper+a", ""),
        ("ctrl+é", ""),
        ("", ""),
    ],
)
def test_keys(key: str, sent: str) -> None:
    assert keys.encode(key, Modes()) == sent


@pytest.mark.parametrize(
    ("key", "sent"),
    [("up", "\x1bOA"), ("home", "\x1bOH"), ("ctrl+up", "\x1b[1;5A"), ("f1", "\x1bOP"), ("delete", "\x1b[3~")],
)
def test_application_mode_changes_the_plain_cursor_keys(key: str, sent: str) -> None:
    assert keys.encode(key, Modes(application_cursor=True)) == sent


def test_enter_in_new_line_mode_sends_both() -> None:
    assert keys.encode("enter", Modes(newline=True)) == "\r\n"


def test_the_character_settles_unknown_names() -> None:
    assert keys.encode("latin_small_letter_sharp_s", Modes(), "ß") == "ß"
    assert keys.encode("ctrl+latin_small_letter_sharp_s", Modes(), "ß") == ""


def test_a_paste_is_bracketed_when_the_program_wants_it() -> None:
    assert keys.paste("a\nb\r\nc", Modes()) == "a\rb\rc"
    assert keys.paste("a\nb", Modes(bracketed_paste=True)) == "\x1b[200~a\rb\x1b[201~"


@given(st.text())
def test_a_paste_cannot_end_itself_or_press_keys(text: str) -> None:
    sent = keys.paste(f"{text}\x1b[201~rm -rf ~\x03", Modes(bracketed_paste=True))
    inside = sent.removeprefix("\x1b[200~").removesuffix("\x1b[201~")
    assert not any(char < " " and char not in "\t\r" for char in inside)
    assert "\x1b" not in inside
    assert "\x9b" not in inside


def test_focus_is_told_when_asked_for() -> None:
    assert keys.focus(True, Modes()) == ""
    assert keys.focus(True, Modes(focus=True)) == "\x1b[I"
    assert keys.focus(False, Modes(focus=True)) == "\x1b[O"


@pytest.mark.parametrize(
    ("mode", "kind", "button", "sent"),
    [
        (0, "press", "left", ""),
        (9, "press", "left", "\x1b[<0;3;5M"),
        (9, "release", "left", ""),
        (1000, "press", "left", "\x1b[<0;3;5M"),
        (1000, "press", "middle", "\x1b[<1;3;5M"),
        (1000, "release", "right", "\x1b[<2;3;5m"),
        (1000, "move", "left", ""),
        (1000, "press", "wheel_up", "\x1b[<64;3;5M"),
        (1000, "release", "wheel_up", ""),
        (1002, "move", "left", "\x1b[<32;3;5M"),
        (1002, "move", "none", ""),
        (1003, "move", "none", "\x1b[<35;3;5M"),
    ],
)
def test_the_mouse_reports_what_was_asked_for(mode: int, kind: str, button: str, sent: str) -> None:
    assert keys.mouse(kind, button, 2, 4, Modes(mouse=mode, mouse_sgr=True)) == sent


def test_the_mouse_reports_modifiers() -> None:
    modes = Modes(mouse=1000, mouse_sgr=True)
    assert keys.mouse("press", "left", 0, 0, modes, frozenset({"shift", "ctrl"})) == "\x1b[<20;1;1M"


def test_the_old_mouse_reports_reach_only_so_far() -> None:
    modes = Modes(mouse=1000)
    assert keys.mouse("press", "left", 2, 4, modes) == "\x1b[M #%"
    assert keys.mouse("release", "left", 2, 4, modes) == "\x1b[M##%"
    assert keys.mouse("press", "left", 200, 4, modes) == ""


def test_the_wheel_moves_through_pagers_and_is_free_in_a_shell() -> None:
    assert keys.wheel(True, 0, 0, Modes(), alternate=False) == ""
    assert keys.wheel(True, 0, 0, Modes(), alternate=True) == "\x1b[A" * 3
    assert keys.wheel(False, 0, 0, Modes(mouse=1000, mouse_sgr=True), alternate=True) == "\x1b[<65;1;1M"
