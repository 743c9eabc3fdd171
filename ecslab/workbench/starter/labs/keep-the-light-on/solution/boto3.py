"""Two tasks instead of one. Running it twice changes nothing more."""

import boto3

ecs = boto3.client("ecs")
ecs.update_service(cluster="harbour", service="beacon", desiredCount=2)
ecs.get_waiter("services_stable").wait(cluster="harbour", services=["beacon"])
