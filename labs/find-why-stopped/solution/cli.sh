#!/usr/bin/env bash
# The same program with the AWS CLI instead of boto3: it asks `aws` and reads its JSON.
set -euo pipefail

# 1. Write triage.py.
cat >triage.py <<'PROGRAM'
import json
import re
import subprocess
import sys

cluster, service = sys.argv[1:]


def aws(*words):
    done = subprocess.run(["aws", "ecs", *words, "--output", "json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def verdict(task):
    texts = [(one["name"], one["reason"]) for one in task["containers"] if "reason" in one]
    texts.append((None, task["stoppedReason"]))
    for cause, sign in (
        ("memory", "OutOfMemory"),
        ("health", "health checks"),
        ("permission", "AccessDenied"),
        ("network", "timeout"),
        ("image", "CannotPull"),
    ):
        for name, text in texts:
            if re.search(sign, text):
                return cause, text, name if cause == "memory" else None
    if task["stopCode"] == "EssentialContainerExited":
        return "crash", task["stoppedReason"], max(task["containers"], key=lambda one: one.get("exitCode", 0))["name"]
    return None


arns = aws("list-tasks", "--cluster", cluster, "--service-name", service, "--desired-status", "STOPPED")["taskArns"]
tasks = []
for start in range(0, len(arns), 100):
    tasks += aws("describe-tasks", "--cluster", cluster, "--tasks", *arns[start : start + 100])["tasks"]
tasks = [task for task in tasks if task["lastStatus"] == "STOPPED"]
answer = {"cause": "none", "evidence": None, "container": None, "task": None}
for task in sorted(tasks, key=lambda task: task["stoppedAt"]):
    found = verdict(task)
    if found:
        answer = dict(zip(("cause", "evidence", "container"), found), task=task["taskArn"])
print(json.dumps(answer))
PROGRAM

# 2. What it says of the service that is down.
cluster=$(aws ecs list-clusters --query 'clusterArns[0]' --output text)
service=$(aws ecs list-services --cluster "$cluster" --query 'serviceArns[0]' --output text)
python triage.py "${cluster##*/}" "${service##*/}"
