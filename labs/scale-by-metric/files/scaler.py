"""Gives a service as many tasks as its requests ask for. README.md has the rule.

Usage: python scaler.py CLUSTER SERVICE RATE
"""

import sys
from datetime import datetime, timedelta, timezone

import boto3

LEAST, MOST = 2, 20

ecs = boto3.client("ecs")
elb = boto3.client("elbv2")
cloudwatch = boto3.client("cloudwatch")


def main(cluster: str, service: str, rate: float) -> None:
    found = ecs.describe_services(cluster=cluster, services=[service])["services"][0]
    end = datetime.now(timezone.utc)
    print("tasks:", found["desiredCount"], "target groups:", found["loadBalancers"])
    print("looking at", end - timedelta(minutes=10), "to", end)

    # 1. Requests are counted by load balancer and by target group. CloudWatch knows both by the end of their ARNs:
    #    app/NAME/ID and targetgroup/NAME/ID. Which load balancer does the target group belong to?

    # 2. How many tasks do these requests ask for?

    # 3. Set the count, if it is another one, and wait.


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: python scaler.py CLUSTER SERVICE RATE")
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
