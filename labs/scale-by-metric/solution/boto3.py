"""scaler.py, finished: gives a service as many tasks as its requests ask for.

Usage: python scaler.py CLUSTER SERVICE RATE
"""

import math
import sys
from datetime import datetime, timedelta, timezone

import boto3

LEAST, MOST = 2, 20
MINUTES = 10

ecs = boto3.client("ecs")
elb = boto3.client("elbv2")
cloudwatch = boto3.client("cloudwatch")


def dimensions_of(group: str) -> list[dict]:
    """A target group behind its load balancer, as CloudWatch names them."""
    balancer = elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["LoadBalancerArns"][0]
    return [
        {"Name": "LoadBalancer", "Value": balancer.split(":loadbalancer/")[1]},
        {"Name": "TargetGroup", "Value": group.split(":")[5]},
    ]


def load_of(group: str) -> float | None:
    """Requests a second in the busiest of the last minutes; None: nothing was measured."""
    end = datetime.now(timezone.utc)
    points = cloudwatch.get_metric_statistics(
        Namespace="AWS/ApplicationELB",
        MetricName="RequestCount",
        Dimensions=dimensions_of(group),
        StartTime=end - timedelta(minutes=MINUTES),
        EndTime=end,
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return max((point["Sum"] / 60 for point in points), default=None)


def main(cluster: str, service: str, rate: float) -> None:
    found = ecs.describe_services(cluster=cluster, services=[service])["services"][0]
    load = load_of(found["loadBalancers"][0]["targetGroupArn"])
    if load is None:
        print("no datapoint: nothing is changed", file=sys.stderr)
        return
    wanted = min(max(math.ceil(load / rate), LEAST), MOST)
    print(f"{load:.0f} requests a second: {wanted} tasks, {found['desiredCount']} so far", file=sys.stderr)
    if wanted != found["desiredCount"]:
        ecs.update_service(cluster=cluster, service=service, desiredCount=wanted)
        ecs.get_waiter("services_stable").wait(cluster=cluster, services=[service])


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: python scaler.py CLUSTER SERVICE RATE")
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
