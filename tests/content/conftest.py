from pathlib import Path

import pytest

from ecslab.content.packs import Pack, load


@pytest.fixture
def example() -> Pack:
    """A small pack with one of everything."""
    return load(Path(__file__).parent / "packs" / "example")
