"""Gives the tasks the time that their start takes. Running it twice changes nothing more."""

import re

import boto3

ecs, elbv2, logs = (boto3.client(name) for name in ("ecs", "elbv2", "logs"))

pages = logs.get_paginator("filter_log_events").paginate(logGroupName="/ecs/web-app")
lines = [event["message"] for page in pages for event in page["events"]]
needed = max(int(found[1]) for line in lines if (found := re.search(r"ready in (\d+) s", line)))
group = elbv2.describe_target_groups(Names=["web-tg"])["TargetGroups"][0]
grace = needed + group["HealthyThresholdCount"] * group["HealthCheckIntervalSeconds"] + 60

service = ecs.describe_services(cluster="shop", services=["web-app"])["services"][0]
if service["healthCheckGracePeriodSeconds"] != grace:
    ecs.update_service(cluster="shop", service="web-app", healthCheckGracePeriodSeconds=grace)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
print(f"the tasks of web-app have {grace} seconds to become healthy")
