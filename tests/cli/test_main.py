"""The command line itself: quick, one line an error, the statuses that were promised."""

import os
import signal
import subprocess
import sys
from types import ModuleType

import pytest

from ecslab.cli import main as cli
from ecslab.terms.problems import Exit, Problem

HEAVY = ("textual", "boto3", "botocore", "moto", "pydantic", "yaml", "rich", "platformdirs", "subprocess")


def ecslab(*arguments: str, **options: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "ecslab.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
        **options,
    )


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A command `try` whose `run` a test sets."""
    module = ModuleType("ecslab_try")
    module.__spec__ = cli.find_spec("ecslab.cli.now")
    module.add_arguments = lambda parser: parser.add_argument("words", nargs="*")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ecslab_try", module)
    monkeypatch.setitem(cli.COMMANDS, "try", ("ecslab_try", "for the test"))
    return module


def test_help_imports_no_command_and_nothing_heavy() -> None:
    program = (
        "import sys; from ecslab.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(*sorted(sys.modules), sep='\\n', file=sys.stderr)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules = set(answer.stderr.split())
    assert not modules & set(HEAVY)
    assert not {name for name in modules if name.startswith("ecslab.cli.")} - {"ecslab.cli.main"}
    assert "sandbox" in answer.stdout


def test_it_lists_only_commands_that_exist() -> None:
    listed = ecslab("--help").stdout
    for name, (module, _) in cli.COMMANDS.items():
        assert (f"\n    {name} " in listed) == (cli.find_spec(module) is not None), name


def test_version() -> None:
    assert ecslab("--version").stdout.startswith("ecslab ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["sandbox"],
        ["sandbox", "nonsense"],
        ["now", "--nonsense"],
        ["sandbox", "clock", "--rate", "0"],
    ],
)
def test_a_usage_error_is_one_line_and_status_2(arguments: list[str]) -> None:
    answer = ecslab(*arguments)
    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1
    assert answer.stderr.startswith("ecslab: ")
    assert "--help" in answer.stderr


def test_a_problem_is_one_line_and_its_own_status(
    command: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(_: object) -> int:
        raise Problem("the disk is full", "free some space", status=Exit.NEGATIVE)

    command.run = run  # type: ignore[attr-defined]
    assert cli.main(["try"]) == 1
    assert capsys.readouterr().err == "ecslab: the disk is full; free some space\n"
    with pytest.raises(Problem):
        cli.main(["--debug", "try"])
    with pytest.raises(Problem):
        cli.main(["try", "--debug"])


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(28, "No space left on device", "/data/x"), "ecslab: /data/x: No space left on device\n"),
        (ValueError("one\ntwo"), "ecslab: a bug in ecslab, ValueError: one two; --debug shows where\n"),
    ],
)
def test_whatever_happens_is_one_line(
    command: ModuleType, capsys: pytest.CaptureFixture[str], error: Exception, line: str
) -> None:
    def run(_: object) -> int:
        raise error

    command.run = run  # type: ignore[attr-defined]
    assert cli.main(["try"]) == 3
    assert capsys.readouterr().err == line
    with pytest.raises(type(error)):
        cli.main(["try", "--debug"])


def test_what_follows_two_dashes_is_not_ours(command: ModuleType) -> None:
    seen: list[str] = []

    def run(args: object) -> int:
        seen.extend(args.words)  # type: ignore[attr-defined]
        return 7

    command.run = run  # type: ignore[attr-defined]
    assert cli.main(["try", "--debug", "--", "a", "--debug"]) == 7
    assert seen[-2:] == ["a", "--debug"]


def test_ctrl_c_is_130_and_nothing_else(command: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    def run(_: object) -> int:
        raise KeyboardInterrupt

    command.run = run  # type: ignore[attr-defined]
    assert cli.main(["try"]) == 130
    assert capsys.readouterr().err == ""


def test_a_reader_who_leaves_early_is_no_error() -> None:
    script = f'"{sys.executable}" -m ecslab.cli --help | true; echo "${{PIPESTATUS[0]}}"'
    answer = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() in ("0", str(128 + signal.SIGPIPE))
    assert answer.stderr == ""


def test_without_a_terminal_the_demo_is_played(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played = []
    demo = ModuleType("ecslab.cli.demo")
    demo.__spec__ = cli.find_spec("ecslab.cli.now")
    demo.add_arguments = lambda parser: None  # type: ignore[attr-defined]
    demo.run = lambda args: played.append(args) or 0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ecslab.cli.demo", demo)
    assert cli.main([]) == 0
    assert len(played) == 1
    said = capsys.readouterr().err
    assert "no terminal" in said and said.count("\n") == 1


def test_it_leaves_no_interpreter_options_behind() -> None:
    assert ecslab("--version", env=os.environ | {"PYTHONWARNINGS": "error"}).returncode == 0
