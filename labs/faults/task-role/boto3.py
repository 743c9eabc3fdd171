"""Takes the policy away that denies the application what it needs."""

import boto3

iam, ecs = boto3.client("iam"), boto3.client("ecs")
iam.delete_role_policy(RoleName="ordersRole", PolicyName="deny-sqs-SendMessage")
# ECS waits longer and longer between attempts that fail; a new deployment tries at once.
ecs.update_service(cluster="shop", service="orders", forceNewDeployment=True)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["orders"])
