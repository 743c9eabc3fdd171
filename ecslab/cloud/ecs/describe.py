"""Clusters, task definitions, tasks and services in the API's spelling.

Reads only: what a request asks for never changes what is there.
"""

from collections.abc import Container as Holds
from typing import Any

from ecslab.cloud.ecs import execute, fleets, placement
from ecslab.cloud.ecs.model import (
    JSON,
    STARTING,
    Cluster,
    Container,
    Deployment,
    Service,
    ServiceEvent,
    Status,
    Task,
    TaskDefinition,
)
from ecslab.cloud.ecs.state import State


def present(answer: dict[str, Any]) -> JSON:
    """Without what is None: the API leaves such members out."""
    return {key: value for key, value in answer.items() if value is not None}


def _time(state: State, t: int | None) -> float | None:
    return None if t is None else state.world.epoch_seconds(t)


# --- clusters ---


def cluster(state: State, cluster: Cluster, include: Holds[str] = ()) -> JSON:
    active = [s for s in cluster.services.values() if s.status == "ACTIVE"]
    return present(
        {
            "clusterArn": cluster.arn,
            "clusterName": cluster.name,
            "status": cluster.status,
            "registeredContainerInstancesCount": len(cluster.instances),
            "runningTasksCount": running(cluster.tasks.values()),
            "pendingTasksCount": pending(cluster.tasks.values()),
            "activeServicesCount": len(active),
            "statistics": _statistics(cluster) if "STATISTICS" in include else [],
            "tags": list(cluster.tags) if "TAGS" in include else [],
            "settings": list(cluster.settings) if "SETTINGS" in include else [],
            "configuration": cluster.configuration if "CONFIGURATIONS" in include else None,
            "attachments": [] if "ATTACHMENTS" in include else None,
            "capacityProviders": list(cluster.providers),
            "defaultCapacityProviderStrategy": list(cluster.strategy),
            "serviceConnectDefaults": cluster.service_connect,
        }
    )


def running(tasks: Any) -> int:
    return sum(task.last == Status.RUNNING for task in tasks)


def pending(tasks: Any) -> int:
    return sum(task.last in STARTING and not task.stopping_or_stopped for task in tasks)


def _statistics(cluster: Cluster) -> list[JSON]:
    tasks = cluster.tasks.values()
    services = cluster.services.values()
    hosted = [task for task in tasks if task.launch_type == "EC2"]
    counts = {
        "runningEC2TasksCount": running(hosted),
        "runningFargateTasksCount": running(tasks) - running(hosted),
        "pendingEC2TasksCount": pending(hosted),
        "pendingFargateTasksCount": pending(tasks) - pending(hosted),
    }
    for status in ("active", "draining"):
        chosen = [s for s in services if s.status == status.upper()]
        fargate = sum(s.primary.launch_type != "EC2" for s in chosen)
        counts[f"{status}EC2ServiceCount"] = len(chosen) - fargate
        counts[f"{status}FargateServiceCount"] = fargate
    return [{"name": name, "value": str(value)} for name, value in counts.items()]


# --- task definitions ---


def definition(state: State, definition: TaskDefinition) -> JSON:
    return present(
        {
            "taskDefinitionArn": definition.arn,
            **definition.document,
            "revision": definition.revision,
            "status": definition.status,
            "registeredAt": _time(state, definition.registered),
            "deregisteredAt": _time(state, definition.deregistered),
            "deleteRequestedAt": _time(state, definition.delete_requested),
            "registeredBy": state.caller,
        }
    )


# --- tasks ---


def task(state: State, task: Task, include: Holds[str] = ()) -> JSON:
    storage = task.overrides.get("ephemeralStorage") or task.definition.document.get("ephemeralStorage")
    size = {"sizeInGiB": (storage or {}).get("sizeInGiB", 20)}
    hosted = task.launch_type == "EC2"
    architecture = "arm64" if task.definition.architecture == "ARM64" else "x86_64"
    return present(
        {
            "attachments": [_attachment(task)] if task.network else [],
            "attributes": [{"name": "ecs.cpu-architecture", "value": architecture}],
            "availabilityZone": task.az,
            "capacityProviderName": task.provider,
            "clusterArn": task.cluster.arn,
            "containerInstanceArn": task.instance.arn if task.instance is not None else None,
            "connectivity": "CONNECTED" if task.connected is not None else None,
            "connectivityAt": _time(state, task.connected),
            "containers": [_container(state, task, container) for container in task.containers],
            "cpu": task.cpu,
            "createdAt": _time(state, task.created),
            "desiredStatus": task.desired,
            "enableExecuteCommand": task.execute_command,
            "executionStoppedAt": _time(state, task.execution_stopped),
            "group": task.group,
            "healthStatus": str(task.health),
            "lastStatus": str(task.last),
            "launchType": task.launch_type,
            "memory": task.memory,
            "overrides": _overrides(task),
            "platformVersion": None if hosted else task.platform_version,
            "platformFamily": None if hosted else "Linux",
            "pullStartedAt": _time(state, task.pull_started),
            "pullStoppedAt": _time(state, task.pull_stopped),
            "startedAt": _time(state, task.started),
            "startedBy": task.started_by,
            "stopCode": str(task.stop_code) if task.stop_code else None,
            "stoppedAt": _time(state, task.stopped),
            "stoppedReason": task.stopped_reason,
            "stoppingAt": _time(state, task.stopping),
            "tags": list(task.tags) if "TAGS" in include else [],
            "taskArn": task.arn,
            "taskDefinitionArn": task.definition.arn,
            "version": task.version,
            "ephemeralStorage": None if hosted else size,
            "fargateEphemeralStorage": None if hosted else size,
        }
    )


def _attachment(task: Task) -> JSON:
    details = [{"name": "subnetId", "value": task.network["subnets"][0]}]
    if task.eni is not None:
        details += [
            {"name": "networkInterfaceId", "value": task.eni.id},
            {"name": "macAddress", "value": task.eni.mac},
            {"name": "privateDnsName", "value": task.eni.private_dns},
            {"name": "privateIPv4Address", "value": task.eni.private_ip},
        ]
    return {
        "id": task.attachment_id,
        "type": "ElasticNetworkInterface",
        "status": task.attachment,
        "details": details,
    }


def _container(state: State, task: Task, container: Container) -> JSON:
    draws = state.world.draws
    identity = draws.uuid("ecs-container", container.key)
    runtime = f"{task.id}-{draws.digits(10, 'ecs-runtime', container.key)}"
    memory = container.definition.get("memory")
    reservation = container.definition.get("memoryReservation")
    interfaces = []
    if task.eni is not None:
        interfaces.append({"attachmentId": task.attachment_id, "privateIpv4Address": task.eni.private_ip})
    return present(
        {
            "containerArn": state.arn("container", task.cluster.name, task.id, identity),
            "taskArn": task.arn,
            "name": container.name,
            "image": container.definition["image"],
            "imageDigest": container.image.digest if container.image and task.pull_stopped else None,
            "runtimeId": runtime if container.started is not None else None,
            "lastStatus": container.status,
            "exitCode": container.exit_code,
            "reason": container.reason,
            "networkBindings": _bindings(container),
            "networkInterfaces": interfaces,
            "healthStatus": str(container.health),
            "managedAgents": execute.agents(state, task, container),
            "cpu": str(container.definition.get("cpu", 0)),
            "memory": None if memory is None else str(memory),
            "memoryReservation": None if reservation is None else str(reservation),
        }
    )


def _bindings(container: Container) -> list[JSON]:
    if not container.alive:
        return []
    return [
        {
            "bindIP": "0.0.0.0",
            "containerPort": binding.container_port,
            "hostPort": binding.host_port,
            "protocol": binding.protocol,
        }
        for binding in container.bindings
    ]


def _overrides(task: Task) -> JSON:
    given = {o["name"]: o for o in task.overrides.get("containerOverrides", []) if "name" in o}
    containers = [given.get(container.name, {"name": container.name}) for container in task.containers]
    return {
        **task.overrides,
        "containerOverrides": containers,
        "inferenceAcceleratorOverrides": task.overrides.get("inferenceAcceleratorOverrides", []),
    }


# --- services ---


def _event(state: State, service: Service, event: ServiceEvent) -> JSON:
    if event.id is None:
        event.id = state.world.draws.uuid("ecs-event", service.key, event.number)
    return {"id": event.id, "createdAt": _time(state, event.t), "message": event.message}


def service(state: State, service: Service, include: Holds[str] = ()) -> JSON:
    tasks = [task for task in service.tasks.values() if task.last != Status.STOPPED]
    deployments = service.deployments
    current = deployments[0] if deployments else service.history[0]
    answer = {
        "serviceArn": service.arn,
        "serviceName": service.name,
        "clusterArn": service.cluster.arn,
        "loadBalancers": current.load_balancers,
        "serviceRegistries": [],
        "status": service.status,
        "desiredCount": service.desired,
        "runningCount": running(tasks),
        "pendingCount": pending(tasks),
        "launchType": None if current.strategy else current.launch_type,
        "capacityProviderStrategy": current.strategy or None,
        "platformVersion": current.platform_version if current.launch_type != "EC2" else None,
        "platformFamily": "Linux" if current.launch_type != "EC2" else None,
        "taskDefinition": current.definition.arn,
        **service.settings,
        "deployments": [deployment(state, service, d) for d in deployments],
        "events": [_event(state, service, event) for event in service.events],
        "createdAt": _time(state, service.created),
        "networkConfiguration": current.network or None,
        "createdBy": service.created_by,
        "resourceManagementType": "CUSTOMER",
        "tags": list(service.tags) if "TAGS" in include else None,
    }
    if service.status == "ACTIVE":
        answer["currentServiceDeployment"] = current.record_arn
        answer["currentServiceRevisions"] = [
            {
                "arn": d.revision_arn,
                "requestedTaskCount": fleets.wanted(service, d),
                "runningTaskCount": running(tasks_of(service, d)),
                "pendingTaskCount": pending(tasks_of(service, d)),
            }
            for d in deployments
        ]
    return present(answer)


def tasks_of(service: Service, deployment: Deployment) -> list[Task]:
    return [task for task in service.tasks.values() if task.deployment is deployment]


def deployment(state: State, service: Service, deployment: Deployment) -> JSON:
    tasks = tasks_of(service, deployment)
    primary = deployment.status == "PRIMARY"
    wanted = fleets.wanted(service, deployment)
    fargate = deployment.launch_type != "EC2"
    return present(
        {
            "id": deployment.id,
            "status": deployment.status,
            "taskDefinition": deployment.definition.arn,
            "desiredCount": wanted if primary else wanted or sum(not t.stopping_or_stopped for t in tasks),
            "pendingCount": pending(tasks),
            "runningCount": running(tasks),
            "failedTasks": deployment.failed,
            "createdAt": _time(state, deployment.created),
            "updatedAt": _time(state, deployment.updated),
            "capacityProviderStrategy": deployment.strategy or None,
            "launchType": None if deployment.strategy else deployment.launch_type,
            "platformVersion": placement.platform(deployment.platform_version) if fargate else None,
            "platformFamily": "Linux" if fargate else None,
            "networkConfiguration": deployment.network or None,
            "rolloutState": str(deployment.rollout),
            "rolloutStateReason": deployment.rollout_reason,
        }
    )
