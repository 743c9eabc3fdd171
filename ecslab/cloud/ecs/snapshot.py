"""What the screen draws of ECS. Reads only."""

from ecslab.cloud.ecs import describe, fleets
from ecslab.cloud.ecs.model import JSON, Service, Task
from ecslab.cloud.ecs.state import State


def snapshot(state: State) -> JSON:
    clusters = [cluster for cluster in state.clusters.values() if cluster.status == "ACTIVE"]
    services = [
        service
        for cluster in state.clusters.values()
        for service in cluster.services.values()
        if service.status != "INACTIVE"
    ]
    return {
        "clusters": [
            {
                "name": cluster.name,
                "arn": cluster.arn,
                "status": cluster.status,
                "running": describe.running(cluster.tasks.values()),
                "pending": describe.pending(cluster.tasks.values()),
                "services": sum(service.status == "ACTIVE" for service in cluster.services.values()),
            }
            for cluster in clusters
        ],
        "services": [_service(service) for service in services],
        "tasks": [_task(task) for task in state.tasks.values()],
        "task_definitions": [
            {"family": d.family, "revision": d.revision, "status": d.status}
            for revisions in state.families.values()
            for d in revisions
        ],
    }


def _service(service: Service) -> JSON:
    current = service.primary
    return {
        "cluster": service.cluster.name,
        "name": service.name,
        "status": service.status,
        "desired": service.desired,
        "running": describe.running(service.tasks.values()),
        "pending": describe.pending(service.tasks.values()),
        "launch_type": current.launch_type,
        "task_definition": current.definition.name,
        "deployments": [
            {
                "id": deployment.id,
                "status": deployment.status,
                "rollout": str(deployment.rollout),
                "reason": deployment.rollout_reason,
                "task_definition": deployment.definition.name,
                "desired": fleets.wanted(service, deployment),
                "running": describe.running(describe.tasks_of(service, deployment)),
                "pending": describe.pending(describe.tasks_of(service, deployment)),
                "failed": deployment.failed,
            }
            for deployment in service.deployments
        ],
        "target_groups": [
            {"arn": lb["targetGroupArn"], "container": lb["containerName"], "port": lb["containerPort"]}
            for lb in current.attached
        ],
    }


def _task(task: Task) -> JSON:
    return {
        "id": task.id,
        "cluster": task.cluster.name,
        "service": task.service.name if task.service is not None else None,
        "deployment": task.deployment.id if task.deployment is not None else None,
        "task_definition": task.definition.name,
        "last": str(task.last),
        "desired": task.desired,
        "health": str(task.health),
        "az": task.az,
        "ip": task.eni.private_ip if task.eni is not None else None,
        "created": task.created,
        "started": task.started,
        "stopped": task.stopped,
        "stop_code": str(task.stop_code) if task.stop_code is not None else None,
        "stopped_reason": task.stopped_reason,
        "containers": [
            {
                "name": container.name,
                "image": container.definition["image"],
                "status": container.status,
                "exit_code": container.exit_code,
                "reason": container.reason,
                "health": str(container.health),
            }
            for container in task.containers
        ],
    }
