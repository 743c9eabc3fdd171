"""Lists what runs in this account. README.md says what it prints.

Usage: python inventory.py
"""

import json

import boto3

ecs = boto3.client("ecs")


def inventory() -> dict:
    clusters = ecs.list_clusters()["clusterArns"]

    # 1. A list operation answers one page. How many of these clusters, services, tasks and task definitions does it
    #    hold, and which object of boto3 asks for the next ones?

    # 2. A describe operation takes several at once, but not any number: `aws ecs describe-services help` tells how
    #    many. And what does it do with none?

    # 3. Tasks know their availabilityZone.

    return {"clusters": [arn.rsplit("/", 1)[1] for arn in clusters], "revisions": None}


if __name__ == "__main__":
    print(json.dumps(inventory(), indent=2))
