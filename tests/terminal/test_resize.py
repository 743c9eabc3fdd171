"""Another window size: text stays, wraps anew, and the cursor stays with its text."""

from __future__ import annotations

from ecslab.terminal.emulator import Emulator


def made(text: str, columns: int = 10, rows: int = 4) -> Emulator:
    emulator = Emulator(columns, rows)
    emulator.feed(text)
    return emulator


def shown(emulator: Emulator) -> list[str]:
    return emulator.text().rstrip("\n").split("\n")


def under_cursor(emulator: Emulator) -> str:
    return emulator.rows[emulator.cursor.y].chars[emulator.cursor.x]


def test_a_lower_window_drops_empty_rows_first() -> None:
    emulator = made("$ ")
    emulator.resize(10, 2)
    assert shown(emulator) == ["$"]
    assert not emulator.scrollback


def test_a_lower_window_moves_the_top_into_the_scrollback_and_a_higher_one_brings_it_back() -> None:
    emulator = made("1\r\n2\r\n3\r\n4")
    emulator.resize(10, 2)
    assert shown(emulator) == ["3", "4"]
    assert (emulator.cursor.x, emulator.cursor.y) == (1, 1)
    emulator.resize(10, 4)
    assert shown(emulator) == ["1", "2", "3", "4"]
    assert (emulator.cursor.x, emulator.cursor.y) == (1, 3)
    assert not emulator.scrollback


def test_a_higher_window_with_nothing_above_grows_downwards() -> None:
    emulator = made("1\r\n2")
    emulator.resize(10, 6)
    assert shown(emulator) == ["1", "2"]
    assert len(emulator.rows) == 6


def test_wrapped_text_wraps_anew() -> None:
    emulator = made("0123456789abcdef\r\n$ ")
    emulator.resize(20, 4)
    assert shown(emulator) == ["0123456789abcdef", "$"]
    emulator.resize(6, 4)
    assert shown(emulator) == ["012345", "6789ab", "cdef", "$"]
    emulator.resize(10, 4)
    assert shown(emulator) == ["0123456789", "abcdef", "$"]


def test_the_cursor_stays_with_its_character() -> None:
    emulator = made("0123456789abcdef\x1b[1;9H")
    assert under_cursor(emulator) == "8"
    for columns in (5, 7, 16, 3, 10):
        emulator.resize(columns, 6)
        assert under_cursor(emulator) == "8", columns


def test_a_line_that_is_being_edited_keeps_its_rows_for_the_editor_to_draw_again() -> None:
    emulator = made("0123456789abcdef\r\n\x1b[?2004h$ echo some text", rows=6)
    emulator.resize(6, 6)
    assert shown(emulator) == ["012345", "6789ab", "cdef", "$ echo", "e text"]
    assert (emulator.cursor.x, emulator.cursor.y) == (5, 4)


def test_wide_characters_are_not_cut() -> None:
    emulator = made("漢字漢字")
    emulator.resize(5, 4)
    assert shown(emulator) == ["漢字", "漢字"]
    emulator.resize(10, 4)
    assert emulator.rows[0].chars[:4] == ["漢", "", "字", ""]


def test_styles_move_with_their_text() -> None:
    emulator = made("01234\x1b[1m56789\x1b[m")
    emulator.resize(6, 4)
    assert [style.bold for style in emulator.rows[1].styles] == [True] * 4 + [False] * 2


def test_the_main_screen_is_rewrapped_behind_the_alternate_one() -> None:
    emulator = made("0123456789abc\r\n$ \x1b[?1049h\x1b[2J\x1b[4;10Hx")
    emulator.resize(6, 5)
    assert emulator.alternate
    assert all(len(row.chars) == 6 for row in emulator.rows)
    emulator.feed("\x1b[?1049l")
    assert shown(emulator) == ["012345", "6789ab", "c", "$"]
    assert (emulator.cursor.x, emulator.cursor.y) == (2, 3)


def test_margins_are_gone_after_a_resize() -> None:
    emulator = made("\x1b[2;3r")
    emulator.resize(10, 5)
    emulator.feed("\x1b[5;1Ha\nb")
    assert shown(emulator)[-2:] == ["a", " b"]


def test_a_size_of_nothing_is_the_smallest() -> None:
    emulator = made("text")
    emulator.resize(0, 0)
    assert (emulator.columns, emulator.height) == (2, 1)


def test_the_same_size_changes_nothing() -> None:
    emulator = made("\x1b[2;3rtext")
    emulator.painted()
    emulator.resize(10, 4)
    assert emulator.dirty == set()


def test_selected_text_has_wrapped_lines_in_one_piece() -> None:
    emulator = made("0123456789abc\r\nnext  \r\nlast")
    assert emulator.selection((0, 0), (3, 9)) == "0123456789abc\nnext\nlast"
    assert emulator.selection((0, 8), (1, 1)) == "89ab"
    assert emulator.selection((2, 1), (0, 8)) == "89abc\nne"


def test_history_text_is_all_that_was_printed() -> None:
    emulator = made("\r\n".join(f"line {n}" for n in range(20)) + "\r\n")
    assert emulator.history_text() == "\n".join(f"line {n}" for n in range(20))
