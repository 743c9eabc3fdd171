"""The directory that comes first on the learner's PATH: `aws`, `python`, `ecslab` as they should be.

Small shell scripts, made once for each version of ecslab and interpreter. They only choose the
program and its options; what the programs see is the environment's business.
"""

import hashlib
import py_compile
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from shlex import quote

import ecslab
from ecslab.sandbox import places
from ecslab.sandbox.warm import process_environment, spawn
from ecslab.shell import waiters
from ecslab.shell.aws_shim import server_command

ROOM = Path(__file__).parent
_CLEAN = f'[ "${{PYTHONPATH%%:*}}" = {quote(str(ROOM / "site"))} ] && unset PYTHONPATH\n'


def identity() -> str:
    """Names what the shims and the warm server run: the interpreter, the version, the sources."""
    newest = max(path.stat().st_mtime_ns for path in ROOM.rglob("*.py"))
    text = "\0".join([ecslab.__version__, sys.executable, str(ROOM), str(newest)])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def server_address() -> Path:
    """Where the warm `aws` server of this version listens."""
    return places.runtime_dir() / f"aws-{identity()}.sock"


def warm_aws() -> None:
    """Starts the warm `aws` server, so that a learner's very first command finds it ready."""
    address = server_address()
    if not address.exists():
        spawn(server_command(str(address)), server_environment(), subprocess.DEVNULL)


def server_environment() -> dict[str, str]:
    """Nothing of the caller's AWS account; the waiters are the ones that commands will name."""
    return process_environment() | {"PYTHONUTF8": "1", "AWS_DATA_PATH": str(waiters.directory())}


def directory(*, bundled_aws: bool = True) -> Path:
    """The directory to put first on PATH; without the bundled `aws` the machine's shows through."""
    name = f"bin-{identity()}" + ("" if bundled_aws else "-system")
    place = places.made(places.cache_dir()) / name
    if not place.exists():
        places.prune(place.parent, "bin-*", "waiters-*", days=30)
        draft = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=place.parent))
        _fill(draft, place, bundled_aws=bundled_aws)
        draft.chmod(0o755)
        try:
            draft.rename(place)
        except OSError:  # somebody else was faster
            shutil.rmtree(draft, ignore_errors=True)
    return place


def _fill(draft: Path, place: Path, *, bundled_aws: bool) -> None:
    python, site = quote(sys.executable), quote(str(ROOM / "site"))
    learner = f'PYTHONPATH={site}${{PYTHONPATH:+":$PYTHONPATH"}} exec {python} "$@"\n'
    scripts = {
        "python": learner,
        "python3": learner,
        "ecslab": f'{_CLEAN}exec {python} -P -m ecslab.cli "$@"\n',
    }
    if bundled_aws:
        library = draft / "lib"
        library.mkdir()
        py_compile.compile(str(ROOM / "aws_shim.py"), cfile=str(library / "aws_shim.pyc"), doraise=True)
        shim = quote(str(place / "lib" / "aws_shim.pyc"))
        scripts["aws"] = f'exec {python} -I -S {shim} "$@"\n'
        scripts["aws_completer"] = f"ECSLAB_AWS_COMPLETES=1 exec {python} -I -S {shim}\n"
    for name, body in scripts.items():
        script = draft / name
        script.write_text(f"#!/bin/sh\n{body}")
        script.chmod(0o755)
