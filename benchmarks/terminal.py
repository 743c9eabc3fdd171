"""What the terminal emulator costs, against the least that any terminal could do: cut the stream into tokens.

`python -m benchmarks.terminal` prints these figures alone.
"""

import re

from benchmarks.measure import HEADER, Figure, compare
from ecslab.terminal.emulator import Emulator

TURN = 16_384
TOKENS = re.compile(r"[\x20-\x7e]+|\r\n|\x1b\[[0-9;?]*[a-zA-Z]|.", re.DOTALL)

SEQ = "".join(f"{number}\r\n" for number in range(1, 200_001))
WORDS = "the quick brown fox jumps over the lazy dog and reads \x1b[32mcoloured\x1b[m words, "
CAT = (WORDS + WORDS[:40] + "\r\n") * 42_000
DRAWING = "".join(
    f"\x1b[{row};{column}H\x1b[3{row % 8}m│ 実行 ─┼─ {row * column:4} \x1b[K"
    for _ in range(60)
    for row in range(1, 25)
    for column in range(1, 60, 10)
)


def _against_tokens(name: str, stream: str) -> Figure:
    pieces = [stream[start : start + TURN] for start in range(0, len(stream), TURN)]

    def ours() -> None:
        terminal = Emulator(80, 24)
        for piece in pieces:
            terminal.feed(piece)

    def baseline() -> None:
        for piece in pieces:
            for match in TOKENS.finditer(piece):
                match.group()

    return compare(name, ours, baseline, "a regular expression over the same bytes", turns=5)


def seq() -> Figure:
    """The flood that people make by accident."""
    return _against_tokens("seq 1 200000 in the terminal", SEQ)


def cat() -> Figure:
    """About 5 MB of text."""
    return _against_tokens("cat of 5 MB in the terminal", CAT)


def drawing() -> Figure:
    """What a full-screen program does."""
    return _against_tokens("full-screen drawing", DRAWING)


if __name__ == "__main__":
    print(HEADER)
    for figure in (seq, cat, drawing):
        print(figure().line(), flush=True)
