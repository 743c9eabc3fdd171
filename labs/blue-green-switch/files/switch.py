"""Rolls a release of the shop out blue/green, and decides whether customers get it.

Run it in this shell with:  python switch.py TAG…

boto3 is set up by the environment: no keys, region or endpoint belong in this file. `time.time()` is the world's
time, which runs fast after each change; `time.sleep()` is yours, so sleep shortly.
"""

import sys
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import boto3

CLUSTER = "shop"
SERVICE = "web-app"

ecs = boto3.client("ecs")
elbv2 = boto3.client("elbv2")


def page_on_green(path: str) -> int:
    """The status of a page for testers, or 0 when nobody answers."""
    address = elbv2.describe_load_balancers(Names=["web-alb"])["LoadBalancers"][0]["DNSName"]
    try:
        with urlopen(Request(f"http://{address}{path}", headers={"x-env": "green"})) as answer:
            return answer.status
    except HTTPError as error:
        return error.code
    except URLError:
        return 0


def release(tag: str) -> str:
    """Rolls one tag out; the status with which its deployment ended."""
    with open("pages.txt") as file:
        pages = file.read().split()
    service = ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"][0]
    current = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    print("running now:", current["containerDefinitions"][0]["image"])
    print("a deployment goes:", service["deploymentConfiguration"])
    print("to be tested:", pages)

    # 1. Register a revision as `current` with the image of this tag, and start the deployment.

    # 2. Watch it: list_service_deployments has the newest one first, describe_service_deployments its
    #    lifecycleStage, and lifecycleHookDetails when it waits for you. A release whose tasks do not
    #    stay will never get there: after four failed tasks, take it back.

    # 3. When it waits, ask green for every page. Continue, or roll back.

    # 4. Wait for the end, and add a line to releases.txt: the tag and the status of the deployment, such
    #    as `v1.2.3 SUCCESSFUL`.

    return "not written yet"


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python switch.py TAG…")
    outcomes = [release(tag) for tag in sys.argv[1:]]
    sys.exit(outcomes[-1] != "SUCCESSFUL")
