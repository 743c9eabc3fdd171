"""Gives each task of the service a public address. Running it twice changes nothing more."""

import boto3

ecs = boto3.client("ecs")
service = ecs.describe_services(cluster="shop", services=["web-app"])["services"][0]
network = service["networkConfiguration"]
if network["awsvpcConfiguration"]["assignPublicIp"] != "ENABLED":
    network["awsvpcConfiguration"]["assignPublicIp"] = "ENABLED"
    ecs.update_service(cluster="shop", service="web-app", networkConfiguration=network)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
print("the tasks of web-app have public addresses")
