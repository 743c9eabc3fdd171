"""What the terminal answers, and what it refuses to."""

from __future__ import annotations

import pytest

from ecslab.terminal.emulator import Emulator


def replies(text: str) -> str:
    emulator = Emulator(80, 24)
    emulator.feed(text)
    return emulator.take_replies()


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("\x1b[5n", "\x1b[0n"),
        ("\x1b[3;7H\x1b[6n", "\x1b[3;7R"),
        ("\x1b[3;7H\x1b[?6n", "\x1b[?3;7R"),
        ("\x1b[5;10r\x1b[?6h\x1b[2;2H\x1b[6n", "\x1b[2;2R"),
        ("\x1b[c", "\x1b[?62;22c"),
        ("\x1b[0c", "\x1b[?62;22c"),
        ("\x1b[>c", "\x1b[>0;280;0c"),
        ("\x1b[18t", "\x1b[8;24;80t"),
        ("\x1b[?2004$p", "\x1b[?2004;2$y"),
        ("\x1b[?2004h\x1b[?2004$p", "\x1b[?2004;1$y"),
        ("\x1b[?1049h\x1b[?1049$p", "\x1b[?1049;1$y"),
        ("\x1b[?1002h\x1b[?1002$p\x1b[?1000$p", "\x1b[?1002;1$y\x1b[?1000;2$y"),
        ("\x1b[?9999$p", "\x1b[?9999;0$y"),
        ("\x1b[4$p", "\x1b[4;2$y"),
        ("\x1b]11;?\x07", "\x1b]11;rgb:0000/0000/0000\x07"),
        ("\x1b]10;?\x1b\\", "\x1b]10;rgb:e5e5/e5e5/e5e5\x1b\\"),
        ("\x1bP$q q\x1b\\", "\x1bP1$r1 q\x1b\\"),
        ("\x1bP$qr\x1b\\", "\x1bP1$r1;24r\x1b\\"),
        ("\x1bP$qz\x1b\\", "\x1bP0$r\x1b\\"),
    ],
)
def test_questions_are_answered(question: str, answer: str) -> None:
    assert replies(question) == answer


@pytest.mark.parametrize(
    "text",
    [
        "\x1b]0;rm -rf ~\n\x07\x1b[21t",  # the title as input
        "\x1b]52;c;?\x07",  # the clipboard
        "\x1b]52;c;bHM=\x07",
        "\x1bP+q544e\x1b\\",
        "\x1b[?u",
        "\x1b]4;1;?\x07",
        "\x1b[12;13y",
    ],
)
def test_nothing_a_program_printed_comes_back_as_input(text: str) -> None:
    assert replies(text) == ""


def test_replies_are_taken_once() -> None:
    emulator = Emulator(80, 24)
    emulator.feed("\x1b[5n")
    assert emulator.take_replies() == "\x1b[0n"
    assert emulator.take_replies() == ""
