"""Goes back to the revision that worked."""

import boto3

ecs = boto3.client("ecs")
ecs.update_service(cluster="shop", service="web-app", taskDefinition="web-app:1")
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
