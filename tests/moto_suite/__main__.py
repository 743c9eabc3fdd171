"""`make moto-suite`: moto's own tests of what ecslab stands on, played against sandboxes of an empty account.

They are in the source distribution of the very moto that is installed, which pip downloads once. What is given on
the command line goes on to pytest: `python -m tests.moto_suite -k target_group`.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
SUITES = ("test_ecs", "test_elbv2", "test_applicationautoscaling")
NO_SUITE = 3
"""Exit status: the tests could not be had."""


class NoSuite(Exception):
    """moto's source distribution cannot be downloaded."""


def main(arguments: list[str]) -> int:
    try:
        suite = unpacked()
    except NoSuite as problem:
        print(problem, file=sys.stderr)
        return NO_SUITE
    return played(suite, arguments)


def unpacked() -> Path:
    """The folder with `tests/` of the moto that is installed. Raises NoSuite."""
    name = f"moto-{version('moto')}"
    place = Path(sys.prefix) / name
    if not (place / "tests").is_dir():
        with tempfile.TemporaryDirectory(dir=sys.prefix) as into:
            archive = _downloaded(Path(into))
            with tarfile.open(archive) as packed:
                tests = [member for member in packed if member.name.startswith(f"{name}/tests/")]
                packed.extractall(into, tests, filter="data")
            (Path(into) / name).rename(place)
    return place


def _downloaded(into: Path) -> Path:
    wanted = f"moto=={version('moto')}"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    how = ["--no-deps", "--no-binary", ":all:", "--dest", str(into), wanted]
    done = subprocess.run([*pip, *how], capture_output=True, text=True, check=False)
    found = next(into.glob("moto-*.tar.gz"), None)
    if found is None:
        why = (done.stderr.strip().splitlines() or ["no archive came"])[-1]
        raise NoSuite(f"moto's source distribution cannot be downloaded: {why}")
    return found


def played(suite: Path, arguments: list[str]) -> int:
    """pytest's exit status."""
    environment = os.environ | {"TEST_SERVER_MODE": "true", "PYTHONPATH": str(HERE)}
    pytest = [sys.executable, "-m", "pytest", "-c", os.devnull, f"--rootdir={suite}", "-p", "against_sandbox"]
    how = ["-q", "-n", "2", "--tb=short", "-W", "ignore", "-p", "no:cacheprovider"]
    tests = [f"tests/{name}" for name in SUITES]
    return subprocess.run(
        [*pytest, *how, *arguments, *tests], cwd=suite, env=environment, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
