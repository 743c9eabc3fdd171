"""Control sequences that move the cursor, erase and shift text: a table from their names to the screen's verbs."""

from __future__ import annotations

from collections.abc import Callable

from ecslab.terminal.screen import Screen

_Motion = Callable[[Screen, tuple[int, ...], int], None]


def _second(numbers: tuple[int, ...]) -> int:
    return max(1, *numbers[1:2], 1)


def _clear_tabs(screen: Screen, which: int) -> None:
    if which == 0:
        screen.tabs.discard(screen.x)
    elif which == 3:
        screen.tabs.clear()


def _line_down(screen: Screen, count: int) -> None:
    screen.down(count)
    screen.move_column(0)


def _line_up(screen: Screen, count: int) -> None:
    screen.up(count)
    screen.move_column(0)


def _set_margins(screen: Screen, top: int, rest: tuple[int, ...]) -> None:
    screen.set_margins(top, rest[0] - 1 if rest and rest[0] else screen.height - 1)


MOTIONS: dict[str, _Motion] = {
    "@": lambda screen, numbers, n: screen.insert_characters(n),
    "A": lambda screen, numbers, n: screen.up(n),
    "B": lambda screen, numbers, n: screen.down(n),
    "C": lambda screen, numbers, n: screen.move_column(screen.x + n),
    "D": lambda screen, numbers, n: screen.move_column(screen.x - n),
    "E": lambda screen, numbers, n: _line_down(screen, n),
    "F": lambda screen, numbers, n: _line_up(screen, n),
    "G": lambda screen, numbers, n: screen.move_column(n - 1),
    "H": lambda screen, numbers, n: screen.move_to(_second(numbers) - 1, n - 1),
    "I": lambda screen, numbers, n: screen.tab(n),
    "J": lambda screen, numbers, n: screen.erase_display(numbers[0]),
    "?J": lambda screen, numbers, n: screen.erase_display(numbers[0]),
    "K": lambda screen, numbers, n: screen.erase_line(numbers[0]),
    "?K": lambda screen, numbers, n: screen.erase_line(numbers[0]),
    "L": lambda screen, numbers, n: screen.insert_lines(n),
    "M": lambda screen, numbers, n: screen.delete_lines(n),
    "P": lambda screen, numbers, n: screen.delete_characters(n),
    "S": lambda screen, numbers, n: screen.scroll_up(n),
    "T": lambda screen, numbers, n: screen.scroll_down(n) if len(numbers) == 1 else None,
    "X": lambda screen, numbers, n: screen.erase_characters(n),
    "Z": lambda screen, numbers, n: screen.tab(-n),
    "`": lambda screen, numbers, n: screen.move_column(n - 1),
    "a": lambda screen, numbers, n: screen.move_column(screen.x + n),
    "b": lambda screen, numbers, n: screen.repeat(n),
    "d": lambda screen, numbers, n: screen.move_to(screen.x, n - 1),
    "e": lambda screen, numbers, n: screen.down(n),
    "f": lambda screen, numbers, n: screen.move_to(_second(numbers) - 1, n - 1),
    "g": lambda screen, numbers, n: _clear_tabs(screen, numbers[0]),
    "r": lambda screen, numbers, n: _set_margins(screen, n - 1, numbers[1:]),
    "s": lambda screen, numbers, n: screen.save_cursor(),
    "u": lambda screen, numbers, n: screen.restore_cursor(),
}
"""By final character. A function gets the screen, the parameters, and the first of them as a count."""
