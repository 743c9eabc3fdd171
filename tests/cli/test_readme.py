"""The README says what the program does: its table of commands is the program's own list."""

import re
from pathlib import Path

import pytest

from ecslab.cli import main

README = Path(__file__).parents[2] / "README.md"


def told() -> set[str]:
    """The commands that the README's table names."""
    table = README.read_text().split("## All commands")[1].split("##")[0]
    names: set[str] = set()
    for cell in re.findall(r"^\| (.+?) \| ", table, re.MULTILINE):
        names |= {words.split()[0] for words in re.findall(r"`(?:ecslab )?([a-z]+[^`]*)`", cell)}
    return names - {"ecslab"}


def test_every_command_is_in_the_readme_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main.main(["--help"])
    listed = re.findall(r"^    ([a-z]+)  ", capsys.readouterr().out, re.MULTILINE)
    assert told() == set(listed)


def test_what_starts_it_stands_first() -> None:
    commands = re.findall(r"^    (\S.*?)(?:  +#.*)?$", README.read_text(), re.MULTILINE)
    assert commands[:2] == ["make start", "make test"]
