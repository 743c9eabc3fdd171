"""Six tasks on two instances, one in each zone. Running it twice changes nothing more."""

import boto3

CLUSTER = "hosts"
NAME = "catalog"

ecs, elbv2 = boto3.client("ecs"), boto3.client("elbv2")

if not ecs.list_task_definition_families(familyPrefix=NAME, status="ACTIVE")["families"]:
    ecs.register_task_definition(
        family=NAME,
        networkMode="bridge",
        requiresCompatibilities=["EC2"],
        containerDefinitions=[
            {
                "name": "app",
                "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-app:v1.2.3",
                "essential": True,
                "cpu": 128,
                "memory": 256,
                "portMappings": [{"containerPort": 8080, "hostPort": 0}],
            }
        ],
    )
found = ecs.describe_services(cluster=CLUSTER, services=[NAME])["services"]
if not any(service["status"] == "ACTIVE" for service in found):
    group = elbv2.describe_target_groups(Names=["hosts-tg"])["TargetGroups"][0]["TargetGroupArn"]
    ecs.create_service(
        cluster=CLUSTER,
        serviceName=NAME,
        taskDefinition=NAME,
        desiredCount=6,
        launchType="EC2",
        placementStrategy=[
            {"type": "spread", "field": "attribute:ecs.availability-zone"},
            {"type": "binpack", "field": "memory"},
        ],
        loadBalancers=[{"targetGroupArn": group, "containerName": "app", "containerPort": 8080}],
    )
ecs.get_waiter("services_stable").wait(cluster=CLUSTER, services=[NAME])
hosts = ecs.list_container_instances(cluster=CLUSTER)["containerInstanceArns"]
for host in ecs.describe_container_instances(cluster=CLUSTER, containerInstances=hosts)["containerInstances"]:
    print(host["ec2InstanceId"], host["runningTasksCount"])
