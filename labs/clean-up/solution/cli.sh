#!/usr/bin/env bash
# The same rules in another order: first it collects what is in use, then everything else goes.
set -euo pipefail

# 1. Write cleanup.py.
cat >cleanup.py <<'PROGRAM'
import boto3

ecs = boto3.client("ecs")
auto = boto3.client("application-autoscaling")


def all_of(operation, key, **asked):
    return ecs.get_paginator(operation).paginate(**asked).build_full_result()[key]


looked_after = {
    row["ResourceId"].split("/", 1)[1]
    for row in auto.get_paginator("describe_scalable_targets").paginate(ServiceNamespace="ecs").build_full_result()[
        "ScalableTargets"
    ]
}
in_use = set()
for cluster in all_of("list_clusters", "clusterArns"):
    name = cluster.split("/")[-1]
    arns = all_of("list_services", "serviceArns", cluster=name)
    kept, gone = [], []
    for at in range(0, len(arns), 10):
        for one in ecs.describe_services(cluster=name, services=arns[at : at + 10])["services"]:
            busy = one["desiredCount"] + one["runningCount"] + one["pendingCount"]
            stays = busy or f"{name}/{one['serviceName']}" in looked_after
            (kept if stays else gone).append(one)
    for one in kept:
        in_use.update(deployment["taskDefinition"] for deployment in one["deployments"])
    for one in gone:
        ecs.delete_service(cluster=name, service=one["serviceName"])
    tasks = all_of("list_tasks", "taskArns", cluster=name)
    for at in range(0, len(tasks), 100):
        described = ecs.describe_tasks(cluster=name, tasks=tasks[at : at + 100])["tasks"]
        in_use.update(task["taskDefinitionArn"] for task in described)
    hosts = all_of("list_container_instances", "containerInstanceArns", cluster=name)
    if not (kept or tasks or hosts):
        ecs.delete_cluster(cluster=name)

for family in all_of("list_task_definition_families", "families", status="ACTIVE"):
    found = all_of("list_task_definitions", "taskDefinitionArns", familyPrefix=family, sort="DESC")
    for arn in found[1:]:
        if arn not in in_use and arn.split("/")[1].split(":")[0] == family:
            ecs.deregister_task_definition(taskDefinition=arn)
PROGRAM

# 2. Clean up here.
python cleanup.py
aws ecs list-clusters
aws ecs list-task-definitions
