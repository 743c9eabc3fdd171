"""API operations on tasks: RunTask, StopTask, ListTasks, DescribeTasks."""

import copy
import json
import re
from collections import Counter

from ecslab.cloud.ecs import describe, execute, launch, messages, network, outages, placement, tags
from ecslab.cloud.ecs.instances_hosting import Hosting
from ecslab.cloud.ecs.lifecycle import Lifecycle
from ecslab.cloud.ecs.model import JSON, Cluster, StopCode, Task, TaskDefinition
from ecslab.cloud.ecs.paging import page, with_token
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports.api import ApiError
from ecslab.terms import fargate, placing

OVERRIDES = 8192
STARTED_BY = re.compile(r"[A-Za-z0-9_/-]{1,128}")


def _refuse(message: str) -> ApiError:
    return ApiError("InvalidParameterException", message)


class Tasks:
    def __init__(self, state: State, lifecycle: Lifecycle, hosting: Hosting) -> None:
        self.state = state
        self.lifecycle = lifecycle
        self.hosting = hosting
        self.operations = {
            "RunTask": self.run,
            "StartTask": self.start,
            "StopTask": self.stop,
            "ListTasks": self.list,
            "DescribeTasks": self.describe,
        }

    # --- RunTask ---

    def run(self, params: JSON) -> JSON:
        state = self.state
        cluster = state.cluster(params.get("cluster"))
        token = params.get("clientToken")
        if token is not None and token in state.run_tokens:
            return self._again(cluster, token, params)
        count = 1 if params.get("count") is None else params["count"]
        if not 1 <= count <= 10:
            raise _refuse("Count must be between 1 and 10.")
        started_by = params.get("startedBy")
        if started_by and not STARTED_BY.fullmatch(started_by):
            raise _refuse(
                "startedBy must be at most 128 letters, numbers, hyphens, forward slashes and underscores."
            )
        if params.get("propagateTags") == "SERVICE":
            raise _refuse("propagateTags SERVICE is not supported for RunTask.")
        tags.check(params.get("tags") or [])
        definition = state.usable_definition(params["taskDefinition"], inactive="InvalidParameterException")
        overrides = self._checked_overrides(definition, params.get("overrides") or {})
        execute.check_role(params.get("enableExecuteCommand"), definition, "started", overrides)
        kind, strategy = network.launch_of(cluster, definition, params)
        chosen = network.checked_network(state, definition, params.get("networkConfiguration"), kind)
        platform = network.checked_platform(params.get("platformVersion"), kind)
        if kind == "EC2":
            self.hosting.check_run(cluster, params, strategy)
        elif params.get("placementConstraints") or params.get("placementStrategy"):
            raise _refuse("Placement constraints and strategies are not supported with FARGATE launch type.")
        document = definition.document
        role = launch.refused_role(
            state,
            overrides.get("executionRoleArn") or document.get("executionRoleArn"),
            overrides.get("taskRoleArn") or document.get("taskRoleArn"),
        )
        if role is not None:
            raise ApiError("ClientException", messages.cannot_assume(role))
        tasks: list[Task] = []
        failures: list[JSON] = []
        providers: Counter[str] = Counter()
        for _ in range(count):
            provider = placing.choose_provider(strategy, providers)
            providers[provider or ""] += 1
            subnets = chosen.get("awsvpcConfiguration", {}).get("subnets", [])
            cpu = int(overrides.get("cpu") or document.get("cpu") or 0)
            short = None if kind == "EC2" else outages.shortage(state, provider, subnets, cpu)
            if short is not None:
                failures.append({"reason": short})
                continue
            task = self._new(cluster, definition, params, overrides, chosen, provider, platform, kind)
            refusal = self.hosting.run(task, params) if kind == "EC2" else None
            if refusal is not None:
                failures += [f for f in refusal.failures() if f not in failures]
                continue
            self.lifecycle.start(task)
            tasks.append(task)
        if token is not None:
            state.run_tokens[token] = (params, [task.id for task in tasks])
        return {"tasks": [describe.task(state, task, ("TAGS",)) for task in tasks], "failures": failures}

    def _again(self, cluster: Cluster, token: str, params: JSON) -> JSON:
        """The same request once more: the same tasks."""
        given, ids = self.state.run_tokens[token]
        arns = [self.state.arn("task", cluster.name, task_id) for task_id in ids]
        if given != params:
            raise ApiError(
                "ConflictException",
                f"The clientToken was already used for a RunTask request with other parameters: {', '.join(arns)}",
            )
        tasks = [self.state.tasks[task_id] for task_id in ids if task_id in self.state.tasks]
        return {"tasks": [describe.task(self.state, task, ("TAGS",)) for task in tasks], "failures": []}

    def start(self, params: JSON) -> JSON:
        """StartTask: on the instances that the caller names."""
        state = self.state
        cluster = state.cluster(params.get("cluster"))
        references = params["containerInstances"]
        if not 1 <= len(references) <= 10:
            raise _refuse("Container instances must have between 1 and 10 elements.")
        tags.check(params.get("tags") or [])
        definition = state.usable_definition(params["taskDefinition"], inactive="InvalidParameterException")
        overrides = self._checked_overrides(definition, params.get("overrides") or {})
        chosen = network.checked_network(state, definition, params.get("networkConfiguration"), "EC2")
        tasks: list[Task] = []
        failures: list[JSON] = []
        for reference in references:
            identity = reference.rsplit("/", 1)[-1]
            instance = cluster.instances.get(identity)
            if instance is None:
                gone = identity in cluster.departed
                failures.append({"arn": reference, "reason": "INACTIVE" if gone else "MISSING"})
                continue
            task = self._new(cluster, definition, params, overrides, chosen, None, "", "EC2")
            reason = self.hosting.put_on(task, instance)
            if reason is not None:
                failures.append({"arn": instance.arn, "reason": reason})
                continue
            self.lifecycle.start(task)
            tasks.append(task)
        return {"tasks": [describe.task(state, task, ("TAGS",)) for task in tasks], "failures": failures}

    def _new(
        self,
        cluster: Cluster,
        definition: TaskDefinition,
        params: JSON,
        overrides: JSON,
        chosen: JSON,
        provider: str | None,
        platform: str,
        kind: str,
    ) -> Task:
        state = self.state
        cluster.runs += 1
        task_id = state.world.draws.hex(32, "ecs-run-task", cluster.name, cluster.created, cluster.runs)
        awsvpc, zone = chosen.get("awsvpcConfiguration", {}), ""
        if kind != "EC2":
            subnet, zone = placement.choose_subnet(state, awsvpc["subnets"], Counter(), task_id)
            awsvpc = {**awsvpc, "subnets": [subnet]}
        task = placement.new_task(
            state,
            task_id=task_id,
            cluster=cluster,
            definition=definition,
            network=awsvpc,
            zone=zone,
            group=params.get("group") or f"family:{definition.family}",
            provider=provider,
            platform_version=platform,
            overrides=overrides,
            launch_type=kind,
        )
        task.started_by = params.get("startedBy")
        task.execute_command = bool(params.get("enableExecuteCommand"))
        inherited = definition.tags if params.get("propagateTags") == "TASK_DEFINITION" else []
        merged = {tag["key"]: tag for tag in [*inherited, *(params.get("tags") or [])]}
        if params.get("enableECSManagedTags"):
            merged["aws:ecs:clusterName"] = {"key": "aws:ecs:clusterName", "value": cluster.name}
        task.tags = list(merged.values())
        return task

    def _checked_overrides(self, definition: TaskDefinition, overrides: JSON) -> JSON:
        if len(json.dumps(overrides)) > OVERRIDES:
            raise _refuse(f"Overrides length must be at most {OVERRIDES}.")
        names = {container["name"] for container in definition.containers}
        for override in overrides.get("containerOverrides") or []:
            if override.get("name") not in names:
                raise _refuse(
                    f"Override for container named {override.get('name')} is not a container in the TaskDefinition."
                )
        out = copy.deepcopy(overrides)
        cpu = overrides.get("cpu") or definition.document.get("cpu")
        memory = overrides.get("memory") or definition.document.get("memory")
        if overrides.get("cpu") or overrides.get("memory"):
            units = fargate.cpu_units(str(cpu)) or 0
            size = fargate.memory_mib(str(memory)) or 0
            if definition.fargate and not fargate.valid(units, size):
                raise _refuse("No Fargate configuration exists for given values.")
            out |= {"cpu": str(units), "memory": str(size)}
        return out

    # --- the others ---

    def stop(self, params: JSON) -> JSON:
        cluster = self.state.cluster(params.get("cluster"))
        task = self.state.find_task(cluster, params["task"])
        if task is None:
            raise _refuse(messages.TASK_NOT_FOUND)
        reason = params.get("reason") or messages.BY_USER
        before = describe.task(self.state, task, ("TAGS",))
        self.lifecycle.stop(task, StopCode.USER, reason)
        after = describe.task(self.state, task, ("TAGS",))
        if before["desiredStatus"] == "RUNNING" and after["lastStatus"] == "STOPPING":
            after["lastStatus"] = before["lastStatus"]
            after["containers"] = before["containers"]
        return {"task": after}

    def list(self, params: JSON) -> JSON:
        state = self.state
        cluster = state.cluster(params.get("cluster"))
        filters = [key for key in ("family", "serviceName", "containerInstance") if params.get(key)]
        if params.get("startedBy") and filters:
            raise _refuse("startedBy must be the only filter that is specified.")
        desired = params.get("desiredStatus") or "RUNNING"
        tasks = [task for task in cluster.tasks.values() if task.desired == desired]
        if params.get("serviceName"):
            service = state.service(cluster, params["serviceName"])
            tasks = [task for task in tasks if task.service is service]
        if params.get("family"):
            tasks = [task for task in tasks if task.definition.family == params["family"]]
        if params.get("startedBy"):
            tasks = [task for task in tasks if task.started_by == params["startedBy"]]
        if params.get("launchType"):
            tasks = [task for task in tasks if task.launch_type == params["launchType"]]
        if params.get("containerInstance"):
            wanted = params["containerInstance"].rsplit("/", 1)[-1]
            tasks = [t for t in tasks if t.instance is not None and t.instance.id == wanted]
        if params.get("daemonName"):
            tasks = []
        items, token = page([task.arn for task in tasks], params)
        return with_token({"taskArns": items}, token)

    def describe(self, params: JSON) -> JSON:
        cluster = self.state.cluster(params.get("cluster"))
        references = params["tasks"]
        if not references:
            raise _refuse("Tasks cannot be empty.")
        if len(references) > 100:
            raise _refuse("Tasks cannot have more than 100 elements.")
        found, failures = [], []
        for reference in references:
            task = self.state.find_task(cluster, reference)
            if task is None:
                is_arn = reference.startswith("arn:")
                arn = reference if is_arn else self.state.arn("task", cluster.name, reference)
                failures.append({"arn": arn, "reason": "MISSING"})
            else:
                found.append(describe.task(self.state, task, params.get("include") or []))
        return {"tasks": found, "failures": failures}
