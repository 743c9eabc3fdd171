"""Says why the tasks of a service stop. README.md says what it prints.

Usage: python triage.py CLUSTER SERVICE
"""

import json
import sys

import boto3

ecs = boto3.client("ecs")


def triage(cluster: str, service: str) -> dict:
    running = ecs.list_tasks(cluster=cluster, serviceName=service)["taskArns"]
    print("running:", len(running), file=sys.stderr)

    # 1. A task that has stopped is still described for about an hour. Which parameter of list_tasks asks for those?

    # 2. Which of them have failed, and which one stopped last? A task says with `stopCode` who ended it.

    # 3. What do its `stoppedReason` and the `reason` and `exitCode` of its containers say?

    return {"cause": "none", "evidence": None, "container": None, "task": None}


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python triage.py CLUSTER SERVICE")
    print(json.dumps(triage(*sys.argv[1:])))
