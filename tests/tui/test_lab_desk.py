"""What a learner asks of the clock, in a world of its own."""

import subprocess

import pytest

from ecslab.lab.session import Session
from ecslab.tui.lab_desk import ClockObeyed, steady


@pytest.mark.slow
def test_time_runs_on_until_it_is_steady_or_a_deployment_waits_for_the_learner() -> None:
    session = Session.start("blue-green-switch", seed=1)
    try:
        asked = steady(session)
        assert isinstance(asked, ClockObeyed) and asked.said == "It is steady; > is a minute on"
        update = [
            "aws",
            "ecs",
            "update-service",
            "--cluster",
            "shop",
            "--service",
            "web-app",
            "--force-new-deployment",
        ]
        subprocess.run(update, env=session.environment(), check=True, stdout=subprocess.DEVNULL)
        asked = steady(session)
        assert isinstance(asked, ClockObeyed)
        assert asked.said == "After 5m web-app waits for you: its deployment is paused"
    finally:
        session.stop()
