"""Where a pack to install comes from: a path, a git repository, or a Python package that brings one.

A package is found by its entry point in the group `ecslab.packs`, `name = "package.folder"`, without
importing it. git is asked for a plain copy of the files: no submodules, no hooks, no questions.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from ecslab.content.problems import nearest
from ecslab.terms.problems import Exit, Problem

GROUP = "ecslab.packs"
GIT = "git+"
PATIENCE = 300
"""Real seconds for a clone."""
_PLAIN = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.symlinks=false")


@contextmanager
def located(source: str) -> Iterator[Path]:
    """The directory or archive that `source` names, for as long as this is held.

    Raises:
        Problem: there is none.
    """
    if source.startswith(GIT):
        with tempfile.TemporaryDirectory(prefix="ecslab-git-", ignore_cleanup_errors=True) as folder:
            yield _cloned(source.removeprefix(GIT), Path(folder) / "pack")
    elif Path(source).exists():
        yield Path(source)
    else:
        yield _of_package(source)


def _cloned(address: str, target: Path) -> Path:
    """A copy of what a repository holds, at `address@branch-or-tag` if one is named."""
    url, at, revision = address.rpartition("@")
    if not at or "/" in revision or ":" in revision:  # the @ of git@host:path, or of a user
        url, revision = address, ""
    command = ["git", *_PLAIN, "clone", "--quiet", "--depth", "1", "--no-recurse-submodules"]
    command += ["--branch", revision] if revision else []
    env = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "https:ssh:git:file"}
    try:
        done = subprocess.run(
            [*command, "--", url, str(target)],
            env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise Problem("there is no git on this machine", "install git, or fetch an archive") from None
    except subprocess.TimeoutExpired:
        raise Problem(f"{url} does not answer", "try again later") from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Problem(f"git cannot fetch {url}: {said}", "check the address and the branch or tag")
    return target


def _of_package(name: str) -> Path:
    """The directory of the pack that an installed Python package brings."""
    brought = {point.name: point for point in entry_points(group=GROUP)}
    if name not in brought:
        todo = nearest(name, sorted(brought)) or "name a pack's directory, its archive or git+URL"
        raise Problem(f"there is no {name}", todo, status=Exit.USAGE)
    for folder in _folders(brought[name]):
        if folder.is_dir():
            return folder
    value = brought[name].value
    raise Problem(f"the package that brings {name} has no folder {value}", "tell its authors")


def _folders(point: EntryPoint) -> Iterator[Path]:
    """Where the entry point's folder may be. Only top-level names are looked up: that imports nothing."""
    top, *below = point.value.partition(":")[0].split(".")
    if point.dist is not None:
        yield Path(str(point.dist.locate_file(Path(top, *below))))
    spec = find_spec(top)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        yield Path(place, *below)
