"""A learner's data that is not the learner's: for previews and proofs, gone afterwards."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLES = ("ECSLAB_HOME", "ECSLAB_SESSION")


@contextmanager
def own_home() -> Iterator[Path]:
    """Everything that asks for the learner's data in this process, or below it, gets an empty directory."""
    before = {name: os.environ.get(name) for name in VARIABLES}
    with tempfile.TemporaryDirectory(prefix="ecslab-", ignore_cleanup_errors=True) as directory:
        os.environ.pop("ECSLAB_SESSION", None)
        os.environ["ECSLAB_HOME"] = directory
        try:
            yield Path(directory)
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
