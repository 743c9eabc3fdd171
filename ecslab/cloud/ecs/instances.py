"""API operations on container instances: registered, described, drained, taken out; and their attributes."""

import json
import re
from typing import Any

from ecslab.cloud.ecs import eventbridge, instances_link, instances_place, messages, tags
from ecslab.cloud.ecs.instances_model import ContainerInstance
from ecslab.cloud.ecs.lifecycle import Lifecycle
from ecslab.cloud.ecs.model import JSON, STARTING, Cluster, Status, StopCode
from ecslab.cloud.ecs.paging import page, with_token
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports.api import ApiError

ATTRIBUTE = re.compile(r"[A-Za-z0-9_./\\-]{1,128}")
VALUE = re.compile(r"[A-Za-z0-9_./@:\\ -]{0,128}")
DRIVERS = ("json-file", "none", "syslog", "journald", "gelf", "fluentd", "awslogs", "awsfirelens")
CAPABILITIES = (
    "com.amazonaws.ecs.capability.ecr-auth",
    "com.amazonaws.ecs.capability.privileged-container",
    "com.amazonaws.ecs.capability.task-iam-role",
    "com.amazonaws.ecs.capability.task-iam-role-network-host",
    *(f"com.amazonaws.ecs.capability.docker-remote-api.1.{n}" for n in range(17, 45)),
    "ecs.capability.container-health-check",
    "ecs.capability.container-ordering",
    "ecs.capability.cni-plugin-version",
    "ecs.capability.docker-volume-driver.local",
    "ecs.capability.env-files.s3",
    "ecs.capability.execution-role-awslogs",
    "ecs.capability.execution-role-ecr-pull",
    "ecs.capability.pid-ipc-namespace-sharing",
    "ecs.capability.private-registry-authentication.secretsmanager",
    "ecs.capability.secrets.asm.environment-variables",
    "ecs.capability.secrets.ssm.environment-variables",
    "ecs.capability.task-cpu-mem-limit",
    "ecs.capability.task-eni",
    "ecs.capability.task-eia",
)
"""What an agent of the ECS AMI says that it can do."""
AGENT = {"agentVersion": "1.98.0", "agentHash": "3a1c7e0d", "dockerVersion": "DockerVersion: 25.0.8"}
RUNNING_TASKS = "Found running tasks on the instance."
FORCED = "Container instance deregistration forced by user"


def refuse(message: str) -> ApiError:
    return ApiError("InvalidParameterException", message)


def standard_attributes(drivers: tuple[str, ...] = DRIVERS) -> dict[str, str | None]:
    known: dict[str, str | None] = dict.fromkeys(CAPABILITIES)
    known |= {f"com.amazonaws.ecs.capability.logging-driver.{driver}": None for driver in drivers}
    return known | {"ecs.os-type": "linux", "ecs.os-family": "LINUX"}


class Instances:
    def __init__(self, state: State, lifecycle: Lifecycle) -> None:
        self.state = state
        self.lifecycle = lifecycle
        self._made = 0
        self.operations = {
            "RegisterContainerInstance": self.register,
            "DeregisterContainerInstance": self.deregister,
            "DescribeContainerInstances": self.describe,
            "ListContainerInstances": self.list,
            "UpdateContainerInstancesState": self.update_state,
            "UpdateContainerAgent": self.update_agent,
            "PutAttributes": self.put_attributes,
            "DeleteAttributes": self.delete_attributes,
            "ListAttributes": self.list_attributes,
        }

    # --- coming and going ---

    def add(self, cluster: Cluster, **given: Any) -> ContainerInstance:
        """A new ACTIVE instance."""
        self._made += 1
        state = self.state
        identity = state.world.draws.hex(32, "ecs-instance", cluster.name, self._made)
        arn = state.arn("container-instance", cluster.name, identity)
        instance = ContainerInstance(
            id=identity, arn=arn, cluster=cluster, registered=state.world.now, **given
        )
        cluster.instances[identity] = instance
        self.announce(instance, "registered")
        state.room_changed(cluster)
        return instance

    def announce(self, instance: ContainerInstance, what: str) -> None:
        instance.version += 1
        self.state.world.record(
            "task",
            instance.id,
            f"container instance {instance.ec2_id or instance.id} {what}",
            cluster=instance.cluster.name,
            instance=instance.ec2_id,
            status=instance.status,
            connected=instance.connected,
            detail_type=eventbridge.INSTANCE,
        )
        self.state.world.touch()

    def register(self, params: JSON) -> JSON:
        state = self.state
        name = params.get("cluster")
        cluster = state.cluster(name)
        document = _document(params.get("instanceIdentityDocument"))
        known = self._known(cluster, params, document.get("instanceId"))
        resources = {r.get("name"): r for r in params.get("totalResources") or []}
        attributes = standard_attributes()
        if document.get("availabilityZone"):
            attributes["ecs.availability-zone"] = document["availabilityZone"]
        if document.get("instanceType"):
            attributes["ecs.instance-type"] = document["instanceType"]
        attributes |= {a["name"]: a.get("value") for a in params.get("attributes") or []}
        for attribute in params.get("attributes") or []:
            _check_attribute(attribute)
        tags.check(params.get("tags") or [])
        if known is None:
            known = self.add(
                cluster,
                ec2_id=document.get("instanceId"),
                cpu=int((resources.get("CPU") or {}).get("integerValue") or 2048),
                memory=int((resources.get("MEMORY") or {}).get("integerValue") or 3884),
                interfaces=2,
                attributes=attributes,
                tags=list(params.get("tags") or []),
            )
            self.state.adopt(known)
        else:
            known.attributes |= attributes
            known.connected = True
            self.announce(known, "registered again")
            state.room_changed(cluster)
        return {"containerInstance": self.shown(known, ("TAGS",))}

    def _known(self, cluster: Cluster, params: JSON, ec2_id: str | None) -> ContainerInstance | None:
        if params.get("containerInstanceArn"):
            return self._find(cluster, params["containerInstanceArn"])
        found = (i for i in cluster.instances.values() if ec2_id and i.ec2_id == ec2_id)
        return next(found, None)

    def deregister(self, params: JSON) -> JSON:
        cluster = self.state.cluster(params.get("cluster"))
        instance = self.found(cluster, params["containerInstance"])
        living = [task for task in instance.tasks if task.desired == "RUNNING"]
        if living and not params.get("force"):
            raise refuse(RUNNING_TASKS)
        self.remove(instance, FORCED)
        return {"containerInstance": self.shown(instance)}

    def remove(self, instance: ContainerInstance, reason: str) -> None:
        """Takes an instance out of its cluster; what runs there ends, as far as ECS knows."""
        for task in instance.tasks:
            self.lifecycle.lose(task, reason)
        instance.status = "INACTIVE"
        instance.connected = False
        instance.cluster.instances.pop(instance.id, None)
        instance.cluster.departed.add(instance.id)
        self.state.abandon(instance)
        self.announce(instance, "deregistered")
        self.state.room_changed(instance.cluster)

    # --- looking ---

    def _find(self, cluster: Cluster, reference: str) -> ContainerInstance | None:
        return cluster.instances.get(reference.rsplit("/", 1)[-1])

    def found(self, cluster: Cluster, reference: str) -> ContainerInstance:
        instance = self._find(cluster, reference)
        if instance is None:
            raise refuse("The specified container instance was not found.")
        return instance

    def describe(self, params: JSON) -> JSON:
        cluster = self.state.cluster(params.get("cluster"))
        references = params["containerInstances"]
        if not references:
            raise refuse("Container instance IDs or ARNs cannot be empty.")
        if len(references) > 100:
            raise refuse("Container instances cannot have more than 100 elements.")
        found, failures = [], []
        for reference in references:
            instance = self._find(cluster, reference)
            if instance is None:
                arn = reference
                if not reference.startswith("arn:"):
                    arn = self.state.arn("container-instance", cluster.name, reference)
                failures.append({"arn": arn, "reason": "MISSING"})
            else:
                found.append(self.shown(instance, params.get("include") or []))
        return {"containerInstances": found, "failures": failures}

    def list(self, params: JSON) -> JSON:
        cluster = self.state.cluster(params.get("cluster"))
        status = params.get("status") or "ACTIVE"
        chosen = [i for i in cluster.instances.values() if i.status == status]
        if params.get("filter"):
            test = instances_place.expression_of(params["filter"])
            chosen = [i for i in chosen if test(instances_place.facts(self.state, i))]
        items, token = page([i.arn for i in chosen], params)
        return with_token({"containerInstanceArns": items}, token)

    def shown(self, instance: ContainerInstance, include: Any = ()) -> JSON:
        tasks = instance.tasks
        answer: JSON = {
            "containerInstanceArn": instance.arn,
            "ec2InstanceId": instance.ec2_id or "",
            "version": instance.version,
            "versionInfo": dict(AGENT),
            "remainingResources": _resources(instance, instance.remaining_cpu, instance.remaining_memory),
            "registeredResources": _resources(instance, instance.cpu, instance.memory, every=False),
            "status": instance.status,
            "agentConnected": instances_link.connected(self.state, instance),
            "runningTasksCount": sum(task.last == Status.RUNNING for task in tasks),
            "pendingTasksCount": sum(task.last in STARTING for task in tasks),
            "attributes": _attributes(instance.attributes),
            "registeredAt": self.state.world.epoch_seconds(instance.registered),
            "attachments": [],
            "tags": list(instance.tags) if "TAGS" in include else [],
        }
        if instance.provider:
            answer["capacityProviderName"] = instance.provider
        return answer

    # --- states ---

    def update_state(self, params: JSON) -> JSON:
        cluster = self.state.cluster(params.get("cluster"))
        status = params["status"]
        if status not in ("ACTIVE", "DRAINING"):
            raise refuse("Container instances status should be one of [ACTIVE,DRAINING]")
        if len(params["containerInstances"]) > 10:
            raise refuse("Container instances cannot have more than 10 elements.")
        found, failures = [], []
        for reference in params["containerInstances"]:
            instance = self._find(cluster, reference)
            if instance is None:
                failures.append({"arn": reference, "reason": "MISSING"})
                continue
            if instance.status != status:
                if status == "DRAINING":
                    self.drain(instance)
                else:
                    instance.status = status
                    self.announce(instance, f"is {status}")
            found.append(self.shown(instance))
        self.state.room_changed(cluster)
        return {"containerInstances": found, "failures": failures}

    def drain(self, instance: ContainerInstance) -> None:
        """PENDING tasks of services stop at once; the services replace the RUNNING ones."""
        instance.status = "DRAINING"
        instance.drained_from = self.state.world.now
        self.announce(instance, "is DRAINING")
        for task in instance.tasks:
            if task.service is not None and task.last in (Status.PROVISIONING, Status.PENDING):
                deployment = task.deployment.id if task.deployment is not None else ""
                self.lifecycle.stop(task, StopCode.SCHEDULER, messages.scaling(deployment))
            self.state.wake(task.service)

    def update_agent(self, params: JSON) -> JSON:
        cluster = self.state.cluster(params.get("cluster"))
        self.found(cluster, params["containerInstance"])
        raise ApiError("NoUpdateAvailableException", "There is no update available for your container agent.")

    # --- attributes ---

    def _target(self, cluster: Cluster, attribute: JSON) -> ContainerInstance:
        if attribute.get("targetType", "container-instance") != "container-instance":
            raise refuse("targetType must be container-instance.")
        instance = self._find(cluster, attribute.get("targetId") or "")
        if instance is None:
            raise ApiError("TargetNotFoundException", f"Could not find {attribute.get('targetId')}")
        return instance

    def put_attributes(self, params: JSON) -> JSON:
        cluster = self.state.cluster(params.get("cluster"))
        if len(params["attributes"]) > 10:
            raise refuse("Attributes cannot have more than 10 elements.")
        pairs = [(self._target(cluster, a), a) for a in params["attributes"]]
        for instance, attribute in pairs:
            _check_attribute(attribute)
            if attribute["name"] in standard_attributes() or attribute["name"].startswith("ecs."):
                raise refuse(f"Attribute {attribute['name']} is reserved.")
            own = [n for n in instance.attributes if n not in standard_attributes()]
            if len(own) >= 20 and attribute["name"] not in instance.attributes:
                raise ApiError("AttributeLimitExceededException", "You can apply up to 10 custom attributes.")
            instance.attributes[attribute["name"]] = attribute.get("value")
        self.state.room_changed(cluster)
        return {"attributes": [_attribute(i, a["name"], a.get("value")) for i, a in pairs]}

    def delete_attributes(self, params: JSON) -> JSON:
        cluster = self.state.cluster(params.get("cluster"))
        pairs = [(self._target(cluster, a), a) for a in params["attributes"]]
        for instance, attribute in pairs:
            instance.attributes.pop(attribute["name"], None)
        self.state.room_changed(cluster)
        return {"attributes": [_attribute(i, a["name"], a.get("value")) for i, a in pairs]}

    def list_attributes(self, params: JSON) -> JSON:
        cluster = self.state.cluster(params.get("cluster"))
        if params["targetType"] != "container-instance":
            raise refuse("targetType must be container-instance.")
        name, value = params.get("attributeName"), params.get("attributeValue")
        found = [
            _attribute(instance, key, held)
            for instance in cluster.instances.values()
            for key, held in sorted(instance.attributes.items())
            if name in (None, key) and value in (None, held)
        ]
        items, token = page(found, params)
        return with_token({"attributes": items}, token)


def _document(text: str | None) -> dict[str, Any]:
    try:
        document = json.loads(text or "{}")
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise refuse("Instance identity document is invalid.")
    return document


def _check_attribute(attribute: JSON) -> None:
    if not ATTRIBUTE.fullmatch(attribute.get("name") or ""):
        raise refuse(f"Invalid attribute name: {attribute.get('name')}")
    if not VALUE.fullmatch(attribute.get("value") or ""):
        raise refuse(f"Invalid attribute value: {attribute.get('value')}")


def _attribute(instance: ContainerInstance, name: str, value: str | None) -> JSON:
    out = {"name": name, "targetType": "container-instance", "targetId": instance.arn}
    return {**out, "value": value} if value is not None else out


def _attributes(attributes: dict[str, str | None]) -> list[JSON]:
    return [
        {"name": name} if value is None else {"name": name, "value": value}
        for name, value in sorted(attributes.items())
    ]


def _resources(instance: ContainerInstance, cpu: int, memory: int, *, every: bool = True) -> list[JSON]:
    """`every`: with the ports that tasks hold, not only the reserved ones."""

    def ports(protocol: str) -> list[str]:
        fixed = instance.static_ports(protocol)
        if not every:
            fixed = fixed[: 5 if protocol == "tcp" else len(instance.reserved_udp)]
        return [str(port) for port in fixed]

    zero = {"doubleValue": 0.0, "longValue": 0}
    return [
        {"name": "CPU", "type": "INTEGER", **zero, "integerValue": cpu},
        {"name": "MEMORY", "type": "INTEGER", **zero, "integerValue": memory},
        {"name": "PORTS", "type": "STRINGSET", **zero, "integerValue": 0, "stringSetValue": ports("tcp")},
        {"name": "PORTS_UDP", "type": "STRINGSET", **zero, "integerValue": 0, "stringSetValue": ports("udp")},
    ]
