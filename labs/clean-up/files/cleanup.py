"""Removes what nobody uses from this account. README.md says what goes and what stays.

Usage: python cleanup.py
"""

import boto3

ecs = boto3.client("ecs")


def clusters() -> list[str]:
    pages = ecs.get_paginator("list_clusters").paginate()
    return [arn for page in pages for arn in page["clusterArns"]]


def main() -> None:
    for cluster in clusters():
        print("looking at", cluster)

    # 1. Services at zero. Which of them does Application Auto Scaling look after?
    #    boto3.client("application-autoscaling").describe_scalable_targets knows.

    # 2. Clusters that hold nothing any more. What besides services can be in one?

    # 3. Revisions that nobody uses. Who may use one that is not the newest?


if __name__ == "__main__":
    main()
