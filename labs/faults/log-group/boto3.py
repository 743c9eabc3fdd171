"""Makes the log group again."""

import boto3

logs, ecs = boto3.client("logs"), boto3.client("ecs")
logs.create_log_group(logGroupName="/ecs/web-app")
# ECS waits longer and longer between attempts that fail; a new deployment tries at once.
ecs.update_service(cluster="shop", service="web-app", forceNewDeployment=True)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
