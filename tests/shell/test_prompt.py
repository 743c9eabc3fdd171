"""The learner's bash: numbered commands, marks for the terminal, a history of its own."""

import os
import pty
import re
import select
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecslab.shell import prompt

READY = "\x1b]133;B\x07"


class Shell:
    """bash in a pseudo-terminal; `run` types a line and returns what came until the next prompt."""

    def __init__(self, directory: Path, env: dict[str, str]) -> None:
        self._master, slave = pty.openpty()
        self._process = subprocess.Popen(
            prompt.command(directory, "fix-alb-502"),
            env=env | {"TERM": "dumb", "PS1": "outer> ", "PROMPT_COMMAND": "echo outer"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            cwd=directory,
        )
        os.close(slave)
        self.greeting = self._until_prompt()

    def run(self, line: str) -> str:
        os.write(self._master, line.encode() + b"\n")
        return self._until_prompt()

    def _until_prompt(self) -> str:
        seen = ""
        while READY not in seen:
            ready, _, _ = select.select([self._master], [], [], 20)
            assert ready, f"no prompt: {seen!r}"
            seen += os.read(self._master, 65536).decode()
        return seen

    def close(self) -> None:
        os.write(self._master, b"exit\n")
        self._process.wait(10)
        os.close(self._master)


@pytest.fixture
def shell(tmp_path: Path, env: dict[str, str]) -> Iterator[Shell]:
    one = Shell(tmp_path, env)
    yield one
    one.close()


def test_the_prompt_is_short_and_ours(shell: Shell) -> None:
    assert "\x1b]133;A\x07ecslab:fix-alb-502$ " in shell.greeting
    assert "outer" not in shell.greeting


def test_the_terminal_learns_where_output_begins_and_how_commands_end(shell: Shell) -> None:
    assert "133;D" not in shell.greeting
    assert re.search(r"\x1b\]133;C\x07hello\r\n\x1b\]133;D;0\x07", shell.run("echo hello"))
    assert "\x1b]133;D;3\x07" in shell.run("(exit 3)")
    assert "133;D" not in shell.run(""), "no command ran"
    shell.run("(exit 4)")
    assert "\x07status 4\r\n" in shell.run("echo status $?"), "the marks leave $? alone"


def test_every_command_has_a_number_of_its_own(shell: Shell) -> None:
    numbers = [re.search(r"<(cmd-\d+-\d+)>", shell.run('echo "<$AWS_SDK_UA_APP_ID>"')) for _ in range(3)]
    found = [match.group(1) for match in numbers if match]
    assert len(set(found)) == 3
    assert len({name.rpartition("-")[0] for name in found}) == 1, "all name this shell"


def test_a_line_of_several_calls_is_one_command(shell: Shell) -> None:
    seen = shell.run(
        'for i in 1 2; do echo "<$AWS_SDK_UA_APP_ID>"; done; bash -c \'echo "<$AWS_SDK_UA_APP_ID>"\''
    )
    assert len(set(re.findall(r"<(cmd-\d+-\d+)>", seen))) == 1


def test_the_history_belongs_to_the_session(shell: Shell, tmp_path: Path) -> None:
    shell.run("echo remembered")
    assert "echo remembered" in (tmp_path / "history").read_text()


def test_the_programs_are_ours(shell: Shell, env: dict[str, str]) -> None:
    assert env["PATH"].split(os.pathsep)[0] + "/aws" in shell.run("command -v aws")
    assert "aws_completer" in shell.run("complete -p aws")
