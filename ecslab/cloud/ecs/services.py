"""API operations on services. What a service then does is the controller's."""

import copy
import re
from typing import Any

from ecslab.cloud.ecs import deployments, describe, execute, messages, network, servicecheck, shiftcheck, tags
from ecslab.cloud.ecs.events import act
from ecslab.cloud.ecs.model import JSON, Cluster, Service
from ecslab.cloud.ecs.paging import page, with_token
from ecslab.cloud.ecs.servicecheck import refuse
from ecslab.cloud.ecs.shifting import Strategy
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports.api import ApiError

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
ROLE = "role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
REDEPLOYS = ("taskDefinition", "networkConfiguration", "platformVersion", "loadBalancers")
"""Parameters of UpdateService that make a new deployment (and `forceNewDeployment`)."""


def create(state: State, params: JSON) -> JSON:
    name = params.get("serviceName") or ""
    if not NAME.fullmatch(name):
        raise refuse("Service name contains invalid characters." if name else "Service name cannot be empty.")
    cluster = state.cluster(params.get("cluster"))
    servicecheck.check_simulated(params)
    tags.check(params.get("tags") or [])
    if not params.get("taskDefinition"):
        raise refuse("TaskDefinition can not be blank.")
    definition = state.usable_definition(params["taskDefinition"])
    if params.get("schedulingStrategy") == "DAEMON":
        servicecheck.check_daemon_count(params.get("desiredCount"))
        params = {**params, "desiredCount": 0}
    servicecheck.check_count(params.get("desiredCount"), required=True)
    kind, strategy = network.launch_of(cluster, definition, params)
    platform = network.checked_platform(params.get("platformVersion"), kind)
    chosen = network.checked_network(state, definition, params.get("networkConfiguration"), kind)
    servicecheck.check_placement(params, kind)
    if params.get("role") and definition.network_mode == "awsvpc":
        raise refuse("You cannot specify an IAM role for services that require a service linked role.")
    asked = (params.get("deploymentConfiguration") or {}).get("strategy") or Strategy.ROLLING
    shiftcheck.daemon(asked, params.get("schedulingStrategy") or "REPLICA")
    balancers = servicecheck.load_balancers(state, definition, params.get("loadBalancers"), asked)
    execute.check_role(params.get("enableExecuteCommand"), definition, "created")
    settings = _settings(state, params, balanced=bool(balancers), awsvpc=bool(chosen))
    given: dict[str, Any] = {
        "definition": definition,
        "network": chosen,
        "load_balancers": balancers,
        "launch_type": kind,
        "strategy": strategy,
        "platform_version": platform,
    }
    existing = cluster.services.get(name)
    if existing is not None and existing.status == "DRAINING":
        raise refuse(messages.STILL_DRAINING)
    if existing is not None and existing.status == "ACTIVE":
        return {"service": describe.service(state, _same(existing, params, given, settings))}
    service = _new(state, cluster, name, params, settings)
    deployments.begin(state, service, **given)
    state.wake(service)
    return {"service": describe.service(state, service, ("TAGS",))}


def _new(state: State, cluster: Cluster, name: str, params: JSON, settings: JSON) -> Service:
    made = sum(service.cluster is cluster and service.name == name for service in state.services.values())
    service = Service(
        name=name,
        arn=state.arn("service", cluster.name, name),
        key=f"{cluster.name}/{cluster.created}/{name}/{made}",
        cluster=cluster,
        created=state.world.now,
        desired=params["desiredCount"],
        settings=settings,
        created_by=state.caller,
        tags=list(params.get("tags") or []),
    )
    cluster.services[name] = service
    state.services[service.key] = service
    return service


def _same(existing: Service, params: JSON, given: dict[str, Any], settings: JSON) -> Service:
    """The service that exists, when the request describes it as it is."""
    current = existing.primary
    same = existing.desired == params["desiredCount"] and existing.settings == settings
    for attribute, value in given.items():
        same = same and getattr(current, attribute) == value
    if not same:
        raise refuse(messages.NOT_IDEMPOTENT)
    return existing


def _settings(state: State, params: JSON, *, balanced: bool, awsvpc: bool) -> JSON:
    """What the service keeps beside its deployments, in the API's spelling."""
    daemon = params.get("schedulingStrategy") == "DAEMON"
    asked = params.get("deploymentConfiguration") or {}
    deployment = servicecheck.deployment_configuration(
        {**servicecheck.DAEMON_PERCENTS, **asked} if daemon else asked
    )
    if daemon:
        servicecheck.check_daemon_maximum(deployment)
    rebalancing = params.get("availabilityZoneRebalancing")
    servicecheck.check_rebalancing(rebalancing, deployment)
    if rebalancing is None:
        rebalancing = "ENABLED" if servicecheck.may_rebalance(params, deployment) else "DISABLED"
    settings: JSON = {
        "deploymentConfiguration": deployment,
        "schedulingStrategy": "DAEMON" if daemon else "REPLICA",
        "deploymentController": {"type": "ECS"},
        "placementConstraints": params.get("placementConstraints") or [],
        "placementStrategy": params.get("placementStrategy") or [],
        "enableECSManagedTags": bool(params.get("enableECSManagedTags")),
        "propagateTags": params.get("propagateTags") or "NONE",
        "enableExecuteCommand": bool(params.get("enableExecuteCommand")),
        "availabilityZoneRebalancing": rebalancing,
    }
    seconds = servicecheck.grace(params.get("healthCheckGracePeriodSeconds"), balanced=balanced)
    if seconds is not None:
        settings["healthCheckGracePeriodSeconds"] = seconds
    if balanced or awsvpc:
        settings["roleArn"] = f"arn:aws:iam::{state.world.account}:{ROLE}"
    return settings


def update(state: State, params: JSON) -> JSON:
    cluster = state.cluster(params.get("cluster"))
    service = state.service(cluster, params["service"])
    if service.status != "ACTIVE":
        raise ApiError("ServiceNotActiveException", messages.SERVICE_NOT_ACTIVE)
    servicecheck.check_simulated(params)
    if service.settings["schedulingStrategy"] == "DAEMON":
        servicecheck.check_daemon_count(params.get("desiredCount"))
        params = {key: value for key, value in params.items() if key != "desiredCount"}
    servicecheck.check_count(params.get("desiredCount"), required=False)
    settings = _changed_settings(service, params)
    strategy = settings["deploymentConfiguration"]["strategy"]
    shiftcheck.daemon(strategy, settings["schedulingStrategy"])
    _check_strategy(service, params)
    given = _new_deployment(state, service, params, strategy)
    if given is None and strategy != service.settings["deploymentConfiguration"]["strategy"]:
        shiftcheck.advanced(state, service.primary.load_balancers, strategy)
    execute.check_role(
        settings["enableExecuteCommand"],
        given["definition"] if given else service.primary.definition,
        "updated",
    )
    if params.get("desiredCount") is not None and params["desiredCount"] != service.desired:
        service.desired = params["desiredCount"]
        deployments.unsettle(service)
        act(state, service, "SERVICE_DESIRED_COUNT_UPDATED", f"has a desired count of {service.desired}")
    service.settings = settings
    if given is not None or params.get("desiredCount") is not None:
        service.extra = None
    if given is not None:
        service.said.clear()
        deployments.begin(state, service, **given)
    state.wake(service)
    state.world.touch()
    return {"service": describe.service(state, service, ("TAGS",))}


def _check_strategy(service: Service, params: JSON) -> None:
    """Another capacity provider strategy needs a forced deployment."""
    if params.get("capacityProviderStrategy") is None or params.get("forceNewDeployment"):
        return
    _kind, asked = network.launch_of(service.cluster, service.primary.definition, params)
    if asked != service.primary.strategy:
        raise refuse(messages.FORCE_STRATEGY)


def _changed_settings(service: Service, params: JSON) -> JSON:
    settings = copy.deepcopy(service.settings)
    settings["deploymentConfiguration"] = servicecheck.deployment_configuration(
        params.get("deploymentConfiguration"), settings["deploymentConfiguration"]
    )
    if settings["schedulingStrategy"] == "DAEMON":
        servicecheck.check_daemon_maximum(settings["deploymentConfiguration"])
    if params.get("availabilityZoneRebalancing") is not None:
        settings["availabilityZoneRebalancing"] = params["availabilityZoneRebalancing"]
        servicecheck.check_rebalancing(
            params["availabilityZoneRebalancing"], settings["deploymentConfiguration"]
        )
    seconds = params.get("healthCheckGracePeriodSeconds")
    if seconds is not None:
        settings["healthCheckGracePeriodSeconds"] = servicecheck.grace(seconds, balanced=True)
    for key in (
        "enableECSManagedTags",
        "propagateTags",
        "enableExecuteCommand",
        "placementConstraints",
        "placementStrategy",
    ):
        if params.get(key) is not None:
            settings[key] = params[key]
    return settings


def _new_deployment(
    state: State, service: Service, params: JSON, strategy_name: str
) -> dict[str, Any] | None:
    """What the next deployment runs, checked; None when the request makes none."""
    if not params.get("forceNewDeployment") and all(params.get(key) is None for key in REDEPLOYS):
        return None
    current = service.primary
    definition = current.definition
    if params.get("taskDefinition"):
        definition = state.usable_definition(params["taskDefinition"])
    kind, strategy = current.launch_type or "FARGATE", current.strategy
    if params.get("capacityProviderStrategy") is not None:
        kind, strategy = network.launch_of(service.cluster, definition, params)
    elif kind == "FARGATE" and not definition.fargate:
        raise refuse(messages.NOT_FARGATE)
    chosen = current.network
    if params.get("networkConfiguration") is not None or bool(chosen) != (
        definition.network_mode == "awsvpc"
    ):
        chosen = network.checked_network(
            state, definition, params.get("networkConfiguration") or chosen, kind
        )
    balancers = current.load_balancers
    if strategy_name != Strategy.ROLLING or any(
        params.get(key) is not None for key in ("loadBalancers", "taskDefinition")
    ):
        wanted = params.get("loadBalancers")
        given = balancers if wanted is None else wanted
        balancers = servicecheck.load_balancers(state, definition, given, strategy_name)
    platform = current.platform_version
    if params.get("platformVersion"):
        platform = network.checked_platform(params["platformVersion"], kind)
    return {
        "definition": definition,
        "network": chosen,
        "load_balancers": balancers,
        "launch_type": kind,
        "strategy": strategy,
        "platform_version": platform,
    }


def delete(state: State, params: JSON) -> JSON:
    cluster = state.cluster(params.get("cluster"))
    service = state.service(cluster, params["service"])
    if service.status == "INACTIVE":
        raise ApiError("ServiceNotFoundException", messages.SERVICE_NOT_FOUND)
    if service.status == "ACTIVE":
        if service.desired > 0 and not params.get("force"):
            raise refuse(messages.SCALED_ABOVE_0)
        service.status = "DRAINING"
        service.desired = 0
        state.wake(service)
        state.world.touch()
    return {"service": describe.service(state, service)}


def describe_services(state: State, params: JSON) -> JSON:
    cluster = state.cluster(params.get("cluster"))
    references = params["services"]
    if not references:
        raise refuse("Services cannot be empty.")
    if len(references) > 10:
        raise refuse("Services cannot have more than 10 elements.")
    found, failures = [], []
    for reference in references:
        service = state.find_service(cluster, reference)
        if service is None:
            is_arn = reference.startswith("arn:")
            arn = reference if is_arn else state.arn("service", cluster.name, reference)
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(describe.service(state, service, params.get("include") or []))
    return {"services": found, "failures": failures}


def list_services(state: State, params: JSON) -> JSON:
    cluster = state.cluster(params.get("cluster"))
    chosen = [service for service in cluster.services.values() if service.status == "ACTIVE"]
    if params.get("launchType"):
        chosen = [service for service in chosen if service.primary.launch_type == params["launchType"]]
    if params.get("schedulingStrategy"):
        wanted = params["schedulingStrategy"]
        chosen = [service for service in chosen if service.settings["schedulingStrategy"] == wanted]
    items, token = page([service.arn for service in chosen], params, default=10)
    return with_token({"serviceArns": items}, token)


OPERATIONS = {
    "CreateService": create,
    "UpdateService": update,
    "DeleteService": delete,
    "DescribeServices": describe_services,
    "ListServices": list_services,
}
