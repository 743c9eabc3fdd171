from collections.abc import Callable
from typing import Any

import pytest

from ecslab.content.checks import Check
from ecslab.content.documents import read_yaml
from ecslab.grading.evidence import Evidence
from ecslab.grading.judge import Verdict, judge


@pytest.fixture
def check() -> Callable[[str], Check]:
    """A check from the text an author would write (without id and goal)."""

    def made(text: str, name: str = "one") -> Check:
        value = {"id": name, "goal": f"Goal {name}", **read_yaml(text, "check").value}
        return Check.model_validate(value)

    return made


@pytest.fixture
def verdict(check: Any) -> Callable[..., Verdict]:
    """The verdict on a check, given (t, value) samples in seconds or other evidence."""

    def judged(text: str, *samples: Any, now: int = 600, begun: int = 0, **evidence: Any) -> Verdict:
        probes = {"one": [(t * 1000, value) for t, value in samples], **evidence.pop("probes", {})}
        (result,) = judge([check(text)], Evidence(begun * 1000, now * 1000, probes=probes, **evidence))
        return result

    return judged
