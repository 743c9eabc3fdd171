"""Replays recorded output into tmux and asks it what is on its screen: the second opinion on our emulator.

Run as a program it is the other side: inside the pane it copies what it is sent to the terminal, and answers
when the terminal has taken it in (it waits for the reply to a status report).
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import tty
from pathlib import Path
from typing import NamedTuple

CONFIGURATION = """
set -g status off
set -g history-limit 2000
set -s exit-empty on
"""


DRAWING = str.maketrans("`abcdefghijklmnopqrstuvwxyz{|}~", "◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·")
_STYLE = re.compile(r"\x1b\[[0-9;:]*m")
_DRAWN = re.compile(r"\x0e([^\x0f]*)\x0f?")


class Seen(NamedTuple):
    """A screen as text, and where the cursor is."""

    screen: list[str]
    cursor: tuple[int, int]
    styled: list[str]
    """The rows once more, with SGR sequences."""


def available() -> bool:
    """Whether there is a tmux here."""
    return shutil.which("tmux") is not None


def replay(pieces: list[bytes], columns: int, rows: int) -> list[Seen]:
    """What tmux shows after each piece."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "conf").write_text(CONFIGURATION)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(folder / "feed"))
        listener.listen()
        listener.settimeout(20)
        tmux = ["tmux", "-u", "-S", str(folder / "tmux"), "-f", str(folder / "conf")]
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm-256color", "HOME": name}

        def run(*arguments: str) -> str:
            return subprocess.run(
                [*tmux, *arguments], env=environment, check=True, capture_output=True, text=True
            ).stdout

        feeder = [sys.executable, __file__, str(folder / "feed")]
        run("new-session", "-d", "-x", str(columns), "-y", str(rows), *feeder)
        try:
            connection, _ = listener.accept()
            connection.settimeout(20)
            seen = []
            for piece in pieces:
                connection.sendall(struct.pack("!I", len(piece)) + piece)
                if connection.recv(1) != b".":
                    raise RuntimeError("the pane went away")
                answer = run(
                    "capture-pane", "-e", "-p", ";", "display-message", "-p", "#{cursor_x} #{cursor_y}"
                )
                styled, _, position = answer.rstrip("\n").rpartition("\n")
                x, y = position.split()
                cursor = (min(int(x), columns - 1), int(y))
                seen.append(Seen(_plain(styled)[:rows], cursor, styled.split("\n")[:rows]))
            connection.close()
        finally:
            subprocess.run([*tmux, "kill-server"], env=environment, check=False, capture_output=True)
            listener.close()
        return seen


def _plain(screen: str) -> list[str]:
    """The rows of `capture-pane -e` without styles; line drawing, which tmux leaves as letters, drawn."""
    drawn = _DRAWN.sub(lambda run: run[1].translate(DRAWING), _STYLE.sub("", screen))
    return [row.rstrip() for row in drawn.split("\n")]


def _feed(path: str) -> None:
    tty.setraw(0)
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    stream = connection.makefile("rb")
    while head := stream.read(4):
        with os.fdopen(os.dup(1), "wb") as terminal:
            terminal.write(stream.read(struct.unpack("!I", head)[0]) + b"\x1b[5n")
        answer = b""
        while b"\x1b[0n" not in answer:
            answer += os.read(0, 4096)
        connection.sendall(b".")


if __name__ == "__main__":
    _feed(sys.argv[1])
