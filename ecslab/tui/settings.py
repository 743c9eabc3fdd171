"""What a learner likes: the theme and keys of their own, in one small file beside their progress.

A broken file never keeps the app from opening: it is left alone, and its problem is told once.
"""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

from ecslab.terms.problems import Problem

FILE = "settings.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings as they are in the file."""

    theme: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    """One line when the file could not be read."""


def load(directory: Path) -> Settings:
    """The settings of the learner, or the defaults."""
    path = directory / FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        keys = {str(name): str(key) for name, key in found.get("keys", {}).items()}
        return Settings(theme=str(found.get("theme", "")), keys=keys)
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, AttributeError) as error:
        return Settings(problem=f"{path} cannot be read ({error}); the usual settings are used")


def save_theme(directory: Path, settings: Settings, theme: str) -> Settings:
    """Keeps the theme; everything else in the file stays as it is.

    Raises:
        Problem: the file cannot be written.
    """
    changed = replace(settings, theme=theme)
    if settings.problem:
        return changed
    path = directory / FILE
    try:
        directory.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps({"theme": changed.theme, "keys": changed.keys}, indent=2) + "\n", encoding="utf-8"
        )
    except OSError as error:
        raise Problem(f"{path} cannot be written ({error})", "the theme lasts until you leave") from error
    return changed
