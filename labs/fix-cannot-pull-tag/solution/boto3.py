"""Names the image that exists and the machines it is built for. Running it twice changes nothing more."""

import boto3

KEEP = (
    "family networkMode requiresCompatibilities cpu memory executionRoleArn taskRoleArn containerDefinitions"
).split()

ecs, ecr = boto3.client("ecs"), boto3.client("ecr")
pages = ecr.get_paginator("list_images").paginate(repositoryName="my-app", filter={"tagStatus": "TAGGED"})
tags = [image["imageTag"] for page in pages for image in page["imageIds"]]
tag = next(tag for tag in tags if tag.endswith("-arm64"))

newest = ecs.describe_task_definition(taskDefinition="web-app")["taskDefinition"]
revision = newest["taskDefinitionArn"]
app = newest["containerDefinitions"][0]
repository, _, named = app["image"].rpartition(":")
if named != tag:
    app["image"] = f"{repository}:{tag}"
    platform = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
    answer = ecs.register_task_definition(**{key: newest[key] for key in KEEP}, runtimePlatform=platform)
    revision = answer["taskDefinition"]["taskDefinitionArn"]
if ecs.describe_services(cluster="shop", services=["web-app"])["services"][0]["taskDefinition"] != revision:
    ecs.update_service(cluster="shop", service="web-app", taskDefinition=revision)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
print(f"web-app runs {tag} on ARM")
