"""Rolls a new release of the shop out, without losing a request.

Run it in this shell with:  python deploy.py TAG

boto3 is set up by the environment: no keys, region or endpoint belong in this file.
"""

import sys

import boto3

CLUSTER = "shop"
SERVICE = "web-app"
REPOSITORY = "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-app"

ecs = boto3.client("ecs")


def main(tag: str) -> None:
    service = ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"][0]
    current = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    print("running now:", current["containerDefinitions"][0]["image"])
    print("rollouts may use:", service["deploymentConfiguration"])

    # 1. Register a new revision: everything as in `current`, with the image f"{REPOSITORY}:{tag}".
    #    A revision that was read has keys which register_task_definition does not take;
    #    its error message names them.

    # 2. Tell the service to use the new revision. Before that, look at what is printed above:
    #    how many tasks have to stay healthy while the rollout is under way?

    # 3. Wait until the rollout has ended, and say how it ended. The waiter `services_stable` also
    #    succeeds after a rollback: compare what runs in the end with what you asked for.


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python deploy.py TAG")
    main(sys.argv[1])
