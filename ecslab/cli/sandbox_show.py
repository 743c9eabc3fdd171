"""A sandbox's state in plain lines: from values to text, nothing else."""

from collections import Counter
from typing import Any

from ecslab.terms.durations import format_duration

JSON = dict[str, Any]


def clock_line(clock: JSON) -> str:
    """`2026-11-23T03:00:00.000Z, 1h5m0s in, running at 60 x`."""
    rate = clock.get("rate", 1)
    if clock.get("paused"):
        pace = "paused"
    elif rate == "max":
        pace = "running as fast as it can"
    else:
        pace = f"running at {rate:g} x"
    line = f"{clock['now']}, {format_duration(int(clock['t']))} in, {pace}"
    if clock.get("reached") is False:
        line += "; not steady within the limit"
    return line


def event_line(event: JSON) -> str:
    return f"{event['time']}  {event['source']:<10} {event['subject']}  {event['message']}"


def _what(wait: JSON) -> str:
    """What a deployment waits for, and what to name when it is for the learner to go on."""
    words = {"pause": "ContinueServiceDeployment, hook", "function": "the function", "time": "its time"}
    return f"{words[wait['for']]} {wait['name'] or ''}".rstrip()


def status_lines(state: JSON) -> list[str]:
    """What runs, in a screenful."""
    lines = [clock_line(state["clock"])]
    for cluster in state["clusters"]:
        lines.append(f"cluster {cluster['name']}  {cluster['status']}")
    for service in state["services"]:
        lines.append(
            f"service {service['cluster']}/{service['name']}  {service['status']}  {service['running']} running, "
            f"{service['pending']} pending of {service['desired']}  {service['task_definition']}"
        )
        for deployment in service["deployments"]:
            lines.append(
                f"  {deployment['status']}  {deployment['task_definition']}  {deployment['rollout']}"
            )
            for wait in deployment["waits"]:
                lines.append(f"    {wait['stage']} waits for {_what(wait)}")
    for status, count in sorted(Counter(task["last"] for task in state["tasks"]).items()):
        lines.append(f"tasks {status}  {count}")
    for balancer in state["load_balancers"]:
        answers = balancer.get("answers")
        lines.append(
            f"load balancer {balancer['name']}  {balancer['state']}  http://{balancer['dns']}/"
            + (f"  answers {answers}" if answers else "")
        )
    for group in state["target_groups"]:
        health = Counter(target["state"] for target in group["targets"])
        text = ", ".join(f"{count} {name}" for name, count in sorted(health.items())) or "no targets"
        lines.append(f"target group {group['name']}  {text}")
    return lines
