"""A learner's terminal: a data directory of its own, and nothing that changes how the app draws."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLORFGBG")}
    home = str(tmp_path / "home")
    return {**kept, "ECSLAB_HOME": home, "TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none"}
