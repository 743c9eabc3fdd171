"""triage.py, finished: says why the tasks of a service stop.

Usage: python triage.py CLUSTER SERVICE
"""

import json
import re
import sys

import boto3

ecs = boto3.client("ecs")

SIGNS = (
    ("memory", "OutOfMemory"),
    ("health", "failed (ELB|container) health checks"),
    ("permission", "AccessDenied"),
    ("network", "i/o timeout"),
    ("image", "CannotPull"),
)
"""What is found first in the sentences of a task names its cause. A pull fails for want of a network or of a
permission too, so the image comes last."""


def stopped_tasks(cluster: str, service: str) -> list[dict]:
    pages = ecs.get_paginator("list_tasks").paginate(cluster=cluster, serviceName=service, desiredStatus="STOPPED")
    tasks = []
    for page in pages:
        if page["taskArns"]:
            tasks += ecs.describe_tasks(cluster=cluster, tasks=page["taskArns"])["tasks"]
    return [task for task in tasks if task["lastStatus"] == "STOPPED"]


def sentences(task: dict) -> list[tuple[str | None, str]]:
    """(the container, what is said of it), the task's own sentence last."""
    found = [(container["name"], container["reason"]) for container in task["containers"] if container.get("reason")]
    return [*found, (None, task.get("stoppedReason", ""))]


def cause_of(task: dict) -> dict | None:
    """What a failed task died of; None for one that was stopped on purpose."""
    for cause, sign in SIGNS:
        for container, text in sentences(task):
            if re.search(sign, text):
                return {
                    "cause": cause,
                    "evidence": text,
                    "container": container if cause == "memory" else None,
                    "task": task["taskArn"],
                }
    if task.get("stopCode") != "EssentialContainerExited":
        return None
    ended = next((one["name"] for one in task["containers"] if one.get("exitCode")), task["containers"][0]["name"])
    return {
        "cause": "crash",
        "evidence": task["stoppedReason"],
        "container": ended,
        "task": task["taskArn"],
    }


def triage(cluster: str, service: str) -> dict:
    for task in sorted(stopped_tasks(cluster, service), key=lambda task: task["stoppedAt"], reverse=True):
        found = cause_of(task)
        if found:
            return found
    return {"cause": "none", "evidence": None, "container": None, "task": None}


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python triage.py CLUSTER SERVICE")
    print(json.dumps(triage(*sys.argv[1:])))
