"""The environment of everything that runs against a sandbox: lab shell, `sandbox run`, `env`, demo.

Nothing of the caller's AWS account may come through, and nothing that reads it may reach a real
one. The function is pure but for the files it makes: private AWS configuration in the sandbox's
directory, and the shared `bin` and waiter directories.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from ecslab.sandbox.client import Sandbox
from ecslab.shell import shims, waiters
from ecslab.shell.problems import ShellProblem

Aws = Literal["bundled", "system"]

OLDEST = {1: (1, 29), 2: (2, 13)}
"""The first AWS CLI of each major version that honours AWS_ENDPOINT_URL."""
PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy")
HERE = "127.0.0.1,localhost"


def environment(
    sandbox: Sandbox, *, aws: Aws = "bundled", base: Mapping[str, str] | None = None
) -> dict[str, str]:
    """`base` (the caller's environment) made into the sandbox's.

    Raises:
        ShellProblem: `aws="system"` and the machine has none, or one that would call the real AWS.
    """
    kept = without_aws(os.environ if base is None else base)
    if aws == "system":
        check_system_aws(kept.get("PATH", os.defpath))
    world = json.loads((sandbox.directory / "world.json").read_text())
    config, credentials = write_config(sandbox.directory, world)
    path = [str(shims.directory(bundled_aws=aws == "bundled")), kept.get("PATH") or os.defpath]
    return kept | {
        "AWS_ENDPOINT_URL": sandbox.url,
        "AWS_ACCESS_KEY_ID": world["identity"]["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": world["identity"]["secret_access_key"],
        "AWS_DEFAULT_REGION": world.get("region", "us-east-1"),
        "AWS_PAGER": "",
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DATA_PATH": str(waiters.directory()),
        "http_proxy": sandbox.url,
        "https_proxy": sandbox.url,
        "no_proxy": HERE,
        "CURL_CA_BUNDLE": _authority(sandbox.directory),
        "ECSLAB_SANDBOX": str(sandbox.directory),
        "ECSLAB_CONTROL_URL": sandbox.control_url,
        "ECSLAB_TOKEN": sandbox.token,
        "ECSLAB_AWSD": str(shims.server_address()),
        "PATH": os.pathsep.join(path),
    }


def without_aws(base: Mapping[str, str]) -> dict[str, str]:
    """`base` without anybody's AWS settings, proxies or earlier sandbox."""
    earlier = {"ECSLAB_SANDBOX", "ECSLAB_CONTROL_URL", "ECSLAB_TOKEN", "ECSLAB_AWSD", "ECSLAB_SESSION"}
    kept = {
        name: value
        for name, value in base.items()
        if not name.upper().startswith("AWS_") and name.lower() not in PROXIES and name not in earlier
    }
    if "ECSLAB_SANDBOX" in base and kept.get("CURL_CA_BUNDLE") == _authority(Path(base["ECSLAB_SANDBOX"])):
        del kept["CURL_CA_BUNDLE"]
    if "PATH" in kept:
        kept["PATH"] = os.pathsep.join(
            entry for entry in kept["PATH"].split(os.pathsep) if not _is_ours(Path(entry))
        )
    site = str(shims.ROOM / "site")
    if site in kept.get("PYTHONPATH", "").split(os.pathsep):
        rest = [entry for entry in kept.pop("PYTHONPATH").split(os.pathsep) if entry != site]
        kept |= {"PYTHONPATH": os.pathsep.join(rest)} if rest else {}
    return kept


def _authority(directory: Path) -> str:
    """The certificate of the authority that vouches for the sandbox's HTTPS listeners."""
    return str(directory / "ca.pem")


def _is_ours(entry: Path) -> bool:
    """A shim directory that an outer shell of ours put on PATH."""
    return entry.name.startswith("bin-") and (entry / "ecslab").is_file() and entry.parent.name == "cache"


def write_config(directory: Path, world: Mapping[str, object]) -> tuple[Path, Path]:
    """The AWS configuration of this sandbox alone."""
    home = directory / "aws"
    home.mkdir(mode=0o700, exist_ok=True)
    identity = world["identity"]
    assert isinstance(identity, Mapping)
    config, credentials = home / "config", home / "credentials"
    _write(
        config,
        f"[default]\nregion = {world.get('region', 'us-east-1')}\noutput = json\ncli_pager =\n"
        "retry_mode = standard\nmax_attempts = 2\n",
    )
    _write(
        credentials,
        f"[default]\naws_access_key_id = {identity['access_key_id']}\n"
        f"aws_secret_access_key = {identity['secret_access_key']}\n",
    )
    return config, credentials


def _write(path: Path, text: str) -> None:
    """Writes a private file, unless the learner has made it their own."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
            out.write(text)


def check_system_aws(path: str) -> Path:
    """The machine's `aws`, when it is one that can be pointed at a sandbox.

    Raises:
        ShellProblem: there is none, or it is too old.
    """
    found = shutil.which("aws", path=path)
    if found is None:
        raise ShellProblem("there is no aws on this machine", "use the bundled one: --aws bundled")
    try:
        answer = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=60, check=False)
        text = answer.stdout + answer.stderr
    except (OSError, subprocess.SubprocessError) as error:
        text = str(error)
    version = re.search(r"aws-cli/(\d+)\.(\d+)\.(\d+)", text)
    if version is None:
        raise ShellProblem(f"{found} does not say its version", "use the bundled one: --aws bundled")
    major, minor = int(version.group(1)), int(version.group(2))
    if (major, minor) < OLDEST.get(major, (0, 0)):
        raise ShellProblem(
            f"{found} is version {version.group(0)[8:]}, older than 2.13: it ignores AWS_ENDPOINT_URL and would "
            "call the real AWS",
            "update it or use --aws bundled",
        )
    return Path(found)
