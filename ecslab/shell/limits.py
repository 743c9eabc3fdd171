"""Limits of what a program may use: they keep accidents."""

import resource
from collections.abc import Iterable

CPU_SECONDS = 60
MEMORY = 1 << 30
FILE_SIZE = 10_000_000
OPEN_FILES = 256

OF_A_PROGRAM = (
    (resource.RLIMIT_CPU, CPU_SECONDS),
    (resource.RLIMIT_FSIZE, FILE_SIZE),
    (resource.RLIMIT_NOFILE, OPEN_FILES),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_AS, MEMORY),
)


def keep(most: Iterable[tuple[int, int]]) -> None:
    """In the process that is to run the program, before it begins."""
    for what, limit in most:
        try:
            resource.setrlimit(what, (limit, limit))
        except (ValueError, OSError):
            continue  # macOS has no limit of address space
