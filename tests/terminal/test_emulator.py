"""What a program prints, and what a person sees."""

from __future__ import annotations

import pytest

from ecslab.terminal.emulator import Emulator


def screen(*pieces: str, columns: int = 10, rows: int = 5) -> list[str]:
    """The rows after printing, without the empty ones at the end."""
    return shown(terminal(*pieces, columns=columns, rows=rows))


def terminal(*pieces: str, columns: int = 10, rows: int = 5) -> Emulator:
    made = Emulator(columns, rows)
    for piece in pieces:
        made.feed(piece)
    return made


def shown(emulator: Emulator) -> list[str]:
    return emulator.text().rstrip("\n").split("\n")


def place(emulator: Emulator) -> tuple[int, int]:
    return emulator.cursor.x, emulator.cursor.y


# Text


def test_text_goes_where_the_cursor_is() -> None:
    assert screen("one\r\ntwo\x1b[1;3Hx") == ["onx", "two"]


def test_a_full_row_wraps_only_with_the_next_character() -> None:
    made = terminal("0123456789")
    assert place(made) == (9, 0)
    made.feed("a")
    assert shown(made) == ["0123456789", "a"]
    assert place(made) == (1, 1)


def test_moving_forgets_the_wrap_that_waits() -> None:
    assert screen("0123456789\rx") == ["x123456789"]
    assert screen("0123456789\bx") == ["01234567x9"]


def test_without_autowrap_the_last_cell_is_written_again() -> None:
    assert screen("\x1b[?7l0123456789abc") == ["012345678c"]


def test_insert_mode_pushes_to_the_right() -> None:
    assert screen("world\r\x1b[4mhi\x1b[4h_\x1b[4l!") == ["hi_!ld"]


def test_repeat_writes_the_last_character_again() -> None:
    assert screen("ab\x1b[3bc") == ["abbbbc"]


def test_line_drawing_characters_are_drawn() -> None:
    assert screen("\x1b(0lqk\x1b(Blqk") == ["┌─┐lqk"]
    assert screen("\x1b)0a\x0elqk\x0fb") == ["a┌─┐b"]


def test_unknown_sequences_leave_nothing_on_the_screen() -> None:
    noise = "\x1b[?1;2$~\x1b[>4;2m\x1b]777;x\x07\x1b]1;2\x1b\\\x1bPq#0\x1b\\\x1b_app\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\\x1b%G"
    assert screen(f"a{noise}b\x00\x7f\x85") == ["ab"]


def test_a_broken_sequence_ends_where_the_next_begins() -> None:
    assert screen("\x1b[1;\x1b[31mred") == ["red"]
    assert screen("\x1b]0;title\x18after") == ["after"]


def test_controls_within_a_sequence_act_before_it() -> None:
    assert place(terminal("ab\x1b[1\r\nC")) == (1, 1)


# Wide and combining characters


def test_a_wide_character_takes_two_cells() -> None:
    made = terminal("漢x")
    assert made.rows[0].chars[:3] == ["漢", "", "x"]
    assert place(made) == (3, 0)


def test_a_wide_character_that_does_not_fit_goes_to_the_next_row() -> None:
    assert screen("012345678漢") == ["012345678", "漢"]


@pytest.mark.parametrize(("column", "row"), [(1, "x 字"), (2, " x字"), (3, "漢x"), (4, "漢 x"), (5, "漢字x")])
def test_overwriting_half_of_a_wide_character_blanks_the_other(column: int, row: str) -> None:
    assert screen(f"漢字\x1b[{column}Gx") == [row]


def test_erasing_half_of_a_wide_character_blanks_the_other() -> None:
    assert screen("漢字\x1b[2G\x1b[X") == ["  字"]
    assert screen("漢字\x1b[2G\x1b[K") == [""]
    assert screen("漢字x\x1b[3G\x1b[1K") == ["    x"]


def test_inserting_and_deleting_never_leaves_half_a_character() -> None:
    assert screen("漢字\x1b[2G\x1b[@") == ["   字"]
    assert screen("漢字x\x1b[2G\x1b[P") == [" 字x"]
    assert terminal("01234567漢\x1b[1G\x1b[@").rows[0].chars[-1] == " "


def test_marks_combine_with_the_character_before() -> None:
    made = terminal("e\u0301漢\u0302")
    assert made.rows[0].chars[:3] == ["e\u0301", "漢\u0302", ""]
    assert place(made) == (3, 0)


def test_marks_combine_with_the_last_cell_of_a_full_row() -> None:
    assert screen("012345678e\u0301") == ["012345678e\u0301"]


def test_marks_combine_with_the_last_cell_without_autowrap_too() -> None:
    assert screen("\x1b[?7l012345678e\u0301") == ["012345678e\u0301"]


def test_a_mark_with_nothing_before_it_is_dropped() -> None:
    assert screen("\u0301x") == ["x"]


def test_a_zero_width_joiner_makes_one_character_of_two() -> None:
    made = terminal("👩\u200d💻!")
    assert made.rows[0].chars[:3] == ["👩\u200d💻", "", "!"]


def test_marks_do_not_pile_up_without_end() -> None:
    assert len(terminal("e" + "\u0301" * 1000).rows[0].chars[0]) <= 16


# The cursor


def test_the_cursor_stops_at_the_edges() -> None:
    assert place(terminal("\x1b[99;99H")) == (9, 4)
    assert place(terminal("\x1b[99A\x1b[99D")) == (0, 0)
    assert place(terminal("\x1b[99B\x1b[99C")) == (9, 4)


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ("\x1b[3;4H", (3, 2)),
        ("\x1b[3;4f", (3, 2)),
        ("\x1b[2;2H\x1b[2C\x1b[B", (3, 2)),
        ("\x1b[3;4H\x1b[A\x1b[2D", (1, 1)),
        ("\x1b[3;4H\x1b[E", (0, 3)),
        ("\x1b[3;4H\x1b[F", (0, 1)),
        ("\x1b[7G", (6, 0)),
        ("\x1b[7`", (6, 0)),
        ("\x1b[3d", (0, 2)),
        ("ab\x1b[2a\x1b[2e", (4, 2)),
        ("ab\x1b7\x1b[4;4H\x1b8", (2, 0)),
        ("ab\x1b[s\x1b[4;4H\x1b[u", (2, 0)),
        ("\x1b[H\x1b[;5H", (4, 0)),
    ],
)
def test_the_cursor_moves(moves: str, expected: tuple[int, int]) -> None:
    assert place(terminal(moves)) == expected


def test_saving_the_cursor_keeps_style_and_character_set() -> None:
    made = terminal("\x1b[1m\x1b(0\x1b7\x1b[m\x1b(B\x1b8q")
    assert made.rows[0].chars[0] == "─"
    assert made.rows[0].styles[0].bold


def test_saving_the_cursor_keeps_the_wrap_that_waits() -> None:
    assert screen("0123456789\x1b7\x1b[H\x1b8x") == ["0123456789", "x"]


def test_the_cursor_has_a_shape_and_can_be_hidden() -> None:
    made = terminal("\x1b[6 q\x1b[?25l")
    assert (made.cursor.shape, made.cursor.blink, made.cursor.visible) == ("bar", False, False)
    made.feed("\x1b[3 q\x1b[?25h")
    assert (made.cursor.shape, made.cursor.blink, made.cursor.visible) == ("underline", True, True)


def test_tabs_stop_every_eight_columns_and_where_they_are_set() -> None:
    assert screen("a\tb\tc", columns=20) == ["a       b       c"]
    assert place(terminal("\x1b[3g\x1b[5G\x1bH\r\t", columns=20)) == (4, 0)
    assert place(terminal("\x1b[9G\x1b[g\r\t", columns=20)) == (16, 0)
    assert place(terminal("\x1b[20G\x1b[2Z", columns=20)) == (8, 0)
    assert place(terminal("\x1b[2I", columns=20)) == (16, 0)


def test_a_tab_leaves_a_waiting_wrap_alone() -> None:
    assert screen("0123456789\tx") == ["0123456789", "x"]


# Erasing and shifting


@pytest.mark.parametrize(
    ("sequence", "expected"),
    [
        ("\x1b[K", ["11111", "22", "33333"]),
        ("\x1b[1K", ["11111", "   22", "33333"]),
        ("\x1b[2K", ["11111", "", "33333"]),
        ("\x1b[J", ["11111", "22"]),
        ("\x1b[1J", ["", "   22", "33333"]),
        ("\x1b[2J", [""]),
        ("\x1b[2X", ["11111", "22  2", "33333"]),
        ("\x1b[2@", ["11111", "22  222", "33333"]),
        ("\x1b[2P", ["11111", "222", "33333"]),
        ("\x1b[L", ["11111", "", "22222", "33333"]),
        ("\x1b[M", ["11111", "33333"]),
        ("\x1b[S", ["22222", "33333"]),
        ("\x1b[T", ["", "11111", "22222", "33333"]),
    ],
)
def test_erasing_and_shifting(sequence: str, expected: list[str]) -> None:
    assert screen(f"11111\r\n22222\r\n33333\x1b[2;3H{sequence}") == expected


def test_erasing_keeps_the_background_and_no_other_style() -> None:
    style = terminal("\x1b[1;31;44mx\x1b[K").rows[0].styles[5]
    assert (style.background, style.foreground, style.bold) == (4, None, False)


def test_insert_and_delete_lines_go_to_the_first_column() -> None:
    assert place(terminal("abc\x1b[L")) == (0, 0)
    assert place(terminal("abc\x1b[M")) == (0, 0)


def test_the_alignment_test_fills_the_screen() -> None:
    assert screen("\x1b#8") == ["EEEEEEEEEE"] * 5


# Scrolling


def test_what_leaves_at_the_top_goes_into_the_scrollback() -> None:
    made = terminal("\r\n".join(str(n) for n in range(8)))
    assert [str(row).rstrip() for row in made.scrollback] == ["0", "1", "2"]
    assert shown(made) == ["3", "4", "5", "6", "7"]
    assert [str(made.line(index)).rstrip() for index in range(made.total)] == [str(n) for n in range(8)]


def test_the_scrollback_forgets_the_oldest() -> None:
    made = Emulator(10, 2, scrollback=3)
    made.feed("\r\n".join(str(n) for n in range(10)))
    assert [str(row).rstrip() for row in made.scrollback] == ["5", "6", "7"]
    assert made.oldest == 5


def test_only_the_region_scrolls() -> None:
    made = terminal("a\r\nb\r\nc\r\nd\r\ne\x1b[2;4r\x1b[4;1H\nX")
    assert shown(made) == ["a", "c", "d", "X", "e"]
    assert not made.scrollback


def test_reverse_index_scrolls_down_at_the_top_margin() -> None:
    assert screen("a\r\nb\r\nc\x1b[2;3r\x1b[2;1H\x1bM") == ["a", "", "b"]


def test_outside_the_region_nothing_scrolls() -> None:
    assert screen("a\x1b[2;3r\x1b[5;1Hz\nx") == ["a", "", "", "", "zx"]
    assert screen("a\x1b[2;3r\x1b[1;1H\x1b[L") == ["a"]


def test_origin_mode_counts_from_the_region() -> None:
    made = terminal("\x1b[2;4r\x1b[?6h")
    assert place(made) == (0, 1)
    made.feed("\x1b[9;9H")
    assert place(made) == (8, 3)
    made.feed("\x1b[?6l")
    assert place(made) == (0, 0)


def test_clearing_the_screen_keeps_it_in_the_scrollback() -> None:
    made = terminal("one\r\ntwo\x1b[H\x1b[2J")
    assert [str(row).rstrip() for row in made.scrollback] == ["one", "two"]
    made.feed("\x1b[3J")
    assert not made.scrollback


# The alternate screen


@pytest.mark.parametrize("mode", [47, 1047, 1049])
def test_the_alternate_screen_leaves_the_main_one_as_it_was(mode: int) -> None:
    made = terminal(f"shell\x1b[?{mode}h\x1b[H\x1b[2Jeditor" + "\n" * 20)
    assert made.alternate
    assert "shell" not in made.text()
    made.feed(f"\x1b[?{mode}l")
    assert shown(made) == ["shell"]
    assert not made.alternate
    assert not made.scrollback


def test_mode_1049_brings_the_cursor_back() -> None:
    assert place(terminal("shell\x1b[?1049h\x1b[4;4H\x1b[?1049l")) == (5, 0)


def test_leaving_when_never_entered_does_nothing() -> None:
    assert place(terminal("shell\x1b[?1049l")) == (5, 0)


# State


def test_reset_forgets_everything_but_the_scrollback() -> None:
    made = terminal(
        "1\r\n2\r\n3\r\n4\r\n5\r\n6\x1b[2;3r\x1b[1m\x1b[?2004h\x1b[?25l\x1b[4h\x1b]0;title\x07\x1bc"
    )
    assert shown(made) == [""]
    assert (made.title, made.modes.bracketed_paste, made.modes.insert, made.cursor.visible) == (
        "",
        False,
        False,
        True,
    )
    assert len(made.scrollback) == 1


def test_soft_reset_keeps_the_text() -> None:
    made = terminal("text\x1b[2;3r\x1b[?6h\x1b[?25l\x1b[!p")
    assert shown(made) == ["text"]
    assert made.cursor.visible
    assert not made.modes.origin


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (1, "application_cursor"),
        (5, "reverse_screen"),
        (1004, "focus"),
        (1006, "mouse_sgr"),
        (2004, "bracketed_paste"),
        (2026, "synchronized"),
    ],
)
def test_private_modes_switch_on_and_off(number: int, name: str) -> None:
    made = terminal(f"\x1b[?{number}h")
    assert getattr(made.modes, name) is True
    made.feed(f"\x1b[?{number}l")
    assert getattr(made.modes, name) is False


def test_mouse_modes_replace_each_other() -> None:
    made = terminal("\x1b[?1000h\x1b[?1003h")
    assert made.modes.mouse == 1003
    made.feed("\x1b[?1003l")
    assert made.modes.mouse == 0


def test_the_keypad_has_a_mode() -> None:
    assert terminal("\x1b=").modes.application_keypad
    assert not terminal("\x1b=\x1b>").modes.application_keypad


def test_the_title_is_plain_text_and_short() -> None:
    titles: list[str] = []
    made = Emulator(10, 5)
    made.on_title = titles.append
    made.feed("\x1b]2;a\nb\x07\x1b]0;" + "x" * 1000 + "\x1b\\")
    assert titles[0] == "ab"
    assert len(made.title) == 256


def test_an_endless_string_is_dropped_without_being_kept() -> None:
    made = Emulator(10, 5)
    made.feed("\x1b]0;")
    for _ in range(100):
        made.feed("x" * 10_000)
    made.feed("\x07after")
    assert (made.title, shown(made)) == ("", ["after"])


@pytest.mark.parametrize(
    ("start", "end"),
    [("\x1b]0;", "\x1b\\"), ("\x1bP", "\x1b\\"), ("\x1b_", "\x1b\\"), ("\x1b]0;", "\x1b[m"), ("\x1b[", "m")],
)
def test_an_endless_sequence_ends_where_it_is_cut_or_whole(start: str, end: str) -> None:
    stream = f"{start}{'1' * 70_000}{end}after"
    for step in (len(stream), 4096, 70_000 + len(start) + 1):
        made = Emulator(10, 5)
        for at in range(0, len(stream), step):
            made.feed(stream[at : at + step])
        assert shown(made) == ["after"], step


def test_an_escape_with_too_many_intermediates_is_given_up_at_the_same_place_however_cut() -> None:
    stream = "\x1b" + " !" * 5 + "Bx"
    for step in range(1, len(stream) + 1):
        made = Emulator(20, 5)
        for at in range(0, len(stream), step):
            made.feed(stream[at : at + step])
        assert shown(made) == ["! ! !Bx"], step


def test_the_bell_rings() -> None:
    rings: list[int] = []
    made = Emulator(10, 5)
    made.on_bell = lambda: rings.append(1)
    made.feed("\x07\x07\x1b]0;title\x07")
    assert len(rings) == made.bells == 2


def test_a_painter_learns_which_rows_changed() -> None:
    made = terminal("one\r\ntwo")
    assert made.dirty == {0, 1, 2, 3, 4}
    made.painted()
    assert made.dirty == set()
    made.feed("\x1b[1;1HX\x1b[4;4H")
    assert made.dirty == {0}


def test_equal_versions_look_equal() -> None:
    made = terminal("one\r\ntwo")
    before = {row.version: (list(row.chars), list(row.styles)) for row in made.rows}
    made.feed("\x1b[1;1Hx\x1b[2;3H\x1b[1K\n\n\n\n\n\n\x1b[A\x1b[@\x1b[P\x1b[Xe\u0301")
    for row in [*made.rows, *made.scrollback]:
        if row.version in before:
            assert before[row.version] == (row.chars, row.styles)
