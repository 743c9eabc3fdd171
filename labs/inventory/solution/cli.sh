#!/usr/bin/env bash
# The same program with next tokens by hand, on the client's own methods instead of paginators.
set -euo pipefail

# 1. Write inventory.py.
cat >inventory.py <<'PROGRAM'
import json

import boto3

ecs = boto3.client("ecs")


def every(method, key, **asked):
    token = {}
    while True:
        answer = method(**asked, **token)
        yield from answer[key]
        if "nextToken" not in answer:
            return
        token = {"nextToken": answer["nextToken"]}


def portions(arns, size):
    arns = list(arns)
    return [arns[at : at + size] for at in range(0, len(arns), size)]


clusters = []
for arn in every(ecs.list_clusters, "clusterArns"):
    services, zones = [], {}
    for some in portions(every(ecs.list_services, "serviceArns", cluster=arn, maxResults=100), 10):
        services += ecs.describe_services(cluster=arn, services=some)["services"]
    for some in portions(every(ecs.list_tasks, "taskArns", cluster=arn), 100):
        for task in ecs.describe_tasks(cluster=arn, tasks=some)["tasks"]:
            zones[task["availabilityZone"]] = zones.get(task["availabilityZone"], 0) + 1
    rows = [
        {
            "name": one["serviceName"],
            "desired": one["desiredCount"],
            "running": one["runningCount"],
            "revision": one["taskDefinition"].partition("task-definition/")[2],
        }
        for one in services
    ]
    rows.sort(key=lambda row: row["name"])
    clusters.append({"name": arn.partition("cluster/")[2], "services": rows, "zones": zones})
clusters.sort(key=lambda row: row["name"])
revisions = sum(1 for _ in every(ecs.list_task_definitions, "taskDefinitionArns"))
print(json.dumps({"clusters": clusters, "revisions": revisions}))
PROGRAM

# 2. What it says of this account.
python inventory.py
