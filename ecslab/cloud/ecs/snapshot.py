"""What the screen draws of ECS. Reads only.

`container_instances`, one entry for each registered instance: `{"cluster", "id", "ec2", "az", "type",
"status": "ACTIVE" | "DRAINING" | …, "connected", "provider": name or null, "cpu": {"registered", "remaining"},
"memory": {"registered", "remaining"}, "running", "pending", "tasks": [task id, …]}`.
`capacity_providers`: `{"name", "group", "managed": bool, "target", "draining": "ENABLED" | "DISABLED", "protection":
"ENABLED" | "DISABLED", "size": {"desired", "minimum", "maximum"} or null}`.
A deployment that shifts traffic has `shift`: `{"stage", "production", "test"}`, the percentages that it gets now.
A deployment that cannot go on by itself, or not yet, has `waits`: what for, each `{"for": "pause" | "function" |
"time", "stage", "name": the hook's id, the function's name or null, "until": world time, by which it ends anyway}`.
"""

from ecslab.cloud.ecs import describe, fleets, hooks, instances_link
from ecslab.cloud.ecs.capacity_model import CapacityProvider
from ecslab.cloud.ecs.capacity_scaling import group_of
from ecslab.cloud.ecs.instances_model import ContainerInstance
from ecslab.cloud.ecs.model import JSON, Deployment, Service, Task
from ecslab.cloud.ecs.shifting import Stage
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
        "services": [_service(state, service) for service in services],
        "tasks": [_task(task) for task in state.tasks.values()],
        "container_instances": [
            _instance(state, instance) for cluster in clusters for instance in cluster.instances.values()
        ],
        "capacity_providers": [_provider(provider) for provider in state.providers.values()],
        "task_definitions": [
            {"family": d.family, "revision": d.revision, "status": d.status}
            for revisions in state.families.values()
            for d in revisions
        ],
    }


def _instance(state: State, instance: ContainerInstance) -> JSON:
    tasks = instance.tasks
    return {
        "cluster": instance.cluster.name,
        "id": instance.id,
        "ec2": instance.ec2_id,
        "az": instance.attributes.get("ecs.availability-zone"),
        "type": instance.attributes.get("ecs.instance-type"),
        "status": instance.status,
        "connected": instances_link.connected(state, instance),
        "provider": instance.provider,
        "cpu": {"registered": instance.cpu, "remaining": instance.remaining_cpu},
        "memory": {"registered": instance.memory, "remaining": instance.remaining_memory},
        "running": describe.running(tasks),
        "pending": describe.pending(tasks),
        "tasks": [task.id for task in tasks],
    }


def _provider(provider: CapacityProvider) -> JSON:
    group = group_of(provider)
    size = None
    if group is not None:
        size = {"desired": group.desired, "minimum": group.minimum, "maximum": group.maximum}
    return {
        "name": provider.name,
        "group": provider.group_arn.rpartition("/")[2],
        "managed": provider.managed,
        "target": provider.target,
        "draining": provider.draining,
        "protection": provider.protection,
        "size": size,
    }


def _service(state: State, service: Service) -> JSON:
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
                "shift": _shift(deployment),
                "waits": _waits(state, deployment),
            }
            for deployment in service.deployments
        ],
        "target_groups": [
            {"arn": lb["targetGroupArn"], "container": lb["containerName"], "port": lb["containerPort"]}
            for lb in current.attached
        ],
    }


def _shift(deployment: Deployment) -> JSON | None:
    passage = deployment.passage
    if passage is None or passage.rolling or deployment.finished is not None:
        return None
    return {
        "stage": str(passage.stage),
        "production": float(passage.production),
        "test": float(passage.test),
    }


def _waits(state: State, deployment: Deployment) -> list[JSON]:
    """Hooks that have not answered and pauses that nobody has ended; else the time that a stage has to last."""
    passage, now = deployment.passage, state.world.now
    if deployment.finished is not None:
        return []
    found: list[tuple[str, str, str | None, int]] = []
    if passage is not None and not passage.over:
        for run in passage.runs:
            if not run.done:
                kind = "pause" if run.pause else "function"
                name = run.id if run.pause else hooks.function(run.hook["hookTargetArn"])
                found.append((kind, run.stage, name, run.expires))
        if not found and passage.entered is not None and not passage.back and passage.until > now:
            found.append(("time", passage.stage, None, passage.until))
    elif deployment.bake_until is not None and deployment.bake_until > now:
        found.append(("time", Stage.BAKE_TIME, None, deployment.bake_until))
    return [
        {"for": kind, "stage": str(stage), "name": name, "until": until} for kind, stage, name, until in found
    ]


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
