"""The exact shapes of service events (section 4.6): every sentence that a service says has one of them."""

import re

from tests.cloud.ecs.fakes import ECR, Behaviour, FakeWorld, world

TASK = r"\(task [0-9a-f]{32}\)"
DEPLOYMENT = r"ecs-svc/\d{19}"
GROUP = r"\(target-group arn:aws:elasticloadbalancing:[^ ]+\)"
SHAPES = {
    "started": rf"has started \d+ tasks: {TASK}( {TASK})*\.",
    "replaced": rf"has started (\d+) tasks: {TASK}( {TASK})*\. Amazon ECS replaced \1 tasks due to an unhealthy status\.",
    "registered": rf"registered \d+ targets in {GROUP}",
    "deregistered": rf"deregistered \d+ targets in {GROUP}",
    "stopped": rf"has stopped \d+ running tasks: {TASK}( {TASK})*\.",
    "pending": r"stopped \d+ pending tasks\.",
    "completed": rf"\(deployment {DEPLOYMENT}\) deployment completed\.",
    "steady": r"has reached a steady state\.",
    "failed": rf"\(deployment {DEPLOYMENT}\) deployment failed: tasks failed to start\.",
    "rolled back": rf"rolling back to deployment {DEPLOYMENT}\.",
    "unhealthy": rf"{TASK} \(port 8080\) is unhealthy in {GROUP} due to \(reason [^()]+\)\.",
    "container": rf"{TASK} failed container health checks\.",
}
DRAINING = rf"\(service web, taskSet {DEPLOYMENT}\) has begun draining connections on \d+ tasks\."


def said(made: FakeWorld) -> set[str]:
    """The shapes of all that a service has said; a sentence of no known shape fails."""
    found = set()
    for message in made.messages():
        if re.fullmatch(DRAINING, message):
            found.add("draining")
            continue
        text = message.removeprefix("(service web) ")
        fitting = {name for name, shape in SHAPES.items() if re.fullmatch(shape, text)}
        assert text != message and len(fitting) == 1, message
        found |= fitting
    return found


def test_a_service_that_rolls_out_and_scales_says_these() -> None:
    made = world(count=2)
    made.advance(120_000)
    made.call("UpdateService", service="web", taskDefinition=made.register("v2"))
    made.advance(300_000)
    assert said(made) == {
        "started", "registered", "stopped", "deregistered", "draining", "completed", "steady",
    }  # fmt: skip
    assert any(re.search(rf"has started 2 tasks: {TASK} {TASK}\.$", text) for text in made.messages())


def test_a_service_whose_tasks_are_sick_says_these() -> None:
    made = world(count=2)
    made.registry.images[f"{ECR}:v1"] = Behaviour(statuses=[(0, 200), (200_000, 503)])
    made.advance(120_000)
    made.registry.images[f"{ECR}:v1"] = Behaviour()
    made.advance(500_000)
    assert {"unhealthy", "replaced"} <= said(made)
    check = {"command": ["CMD-SHELL", "curl -f http://localhost:8080/health"], "interval": 5}
    other = world()
    other.registry.images[f"{ECR}:v1"] = Behaviour(statuses=[(0, 200), (100_000, 500)])
    other.create(other.register(container={"healthCheck": check}), balanced=False)
    other.advance(400_000)
    assert {"container", "replaced"} <= said(other)


def test_a_service_that_goes_back_says_these() -> None:
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    made = world(count=3, deploymentConfiguration=breaker)
    made.advance(120_000)
    made.call("UpdateService", service="web", taskDefinition=made.register("crash"))
    made.advance(400_000)
    assert {"failed", "rolled back"} <= said(made)


def test_tasks_that_were_not_up_yet_are_counted_and_not_named() -> None:
    made = world(count=3)
    made.advance(20_000)
    made.call("UpdateService", service="web", desiredCount=1)
    made.advance(60_000)
    assert "pending" in said(made)


def test_a_target_that_is_not_there_any_more_is_told_with_its_task_set() -> None:
    made = world(count=1)
    made.advance(120_000)
    (key,) = made.elb.targets
    del made.elb.targets[key]
    made.ecs.target_changed(*key)
    made.advance(60_000)
    lost = rf"task set \({DEPLOYMENT}\) {TASK} is not healthy in {GROUP} due to TARGET IS NOT FOUND\."
    assert any(re.fullmatch(rf"\(service web\) {lost}", text) for text in made.messages())
