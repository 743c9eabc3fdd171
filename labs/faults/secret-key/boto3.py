"""Gives the secret the key that the task definition names."""

import json

import boto3

secrets, ecs = boto3.client("secretsmanager"), boto3.client("ecs")
held = json.loads(secrets.get_secret_value(SecretId="db-password")["SecretString"])
renamed = {key.lower(): value for key, value in held.items()}
secrets.put_secret_value(SecretId="db-password", SecretString=json.dumps(renamed))
# ECS waits longer and longer between attempts that fail; a new deployment tries at once.
ecs.update_service(cluster="shop", service="web-app", forceNewDeployment=True)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
