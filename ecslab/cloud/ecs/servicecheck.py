"""What CreateService and UpdateService refuse: load balancers, counts, percentages, strategies.

Reads the world; changes nothing.
"""

from ecslab.cloud.ecs import instances_place, messages, shiftcheck, strategies
from ecslab.cloud.ecs.model import JSON, TaskDefinition
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports.api import ApiError
from ecslab.terms import rolling

TARGET_GROUPS = 5
UNSIMULATED = {
    "serviceRegistries": "service discovery",
    "serviceConnectConfiguration": "Service Connect",
    "volumeConfigurations": "volumes configured at launch",
    "vpcLatticeConfigurations": "VPC Lattice",
    "gatewayConnectors": "gateways",
}


def refuse(message: str) -> ApiError:
    return ApiError("InvalidParameterException", message)


def check_simulated(params: JSON) -> None:
    """Says plainly what of a request this mock AWS does not do."""
    for key, what in UNSIMULATED.items():
        value = params.get(key)
        if value and value != {"enabled": False}:
            raise ApiError("UnsupportedFeatureException", f"ecslab does not simulate {what} ({key}).")
    controller = (params.get("deploymentController") or {}).get("type", "ECS")
    if controller != "ECS":
        raise ApiError(
            "UnsupportedFeatureException", f"ecslab does not simulate the deployment controller {controller}."
        )
    if (params.get("deploymentConfiguration") or {}).get("earlySuccessCriteria", {}).get("enable"):
        raise ApiError("UnsupportedFeatureException", "ecslab does not simulate earlySuccessCriteria.")


DAEMON_PERCENTS = {"maximumPercent": 100, "minimumHealthyPercent": 0}


def check_daemon_count(count: int | None) -> None:
    """A daemon's count is that of the container instances."""
    if count:
        raise refuse(
            "The daemon scheduling strategy does not support a desired count for services. Remove the desired count "
            "value and try again"
        )


def check_daemon_maximum(configuration: JSON) -> None:
    """A daemon never runs two tasks on an instance: it stops the old one first (texts: aws-cdk#2209)."""
    if configuration["maximumPercent"] > 100:
        raise refuse(
            "The daemon scheduling strategy does not support values above 100 for maximumPercent on a deployment "
            "configuration. Change the maximumPercent value to 100, and try again"
        )


def check_count(count: int | None, *, required: bool) -> None:
    if count is None and required:
        raise refuse("Desired count must be specified for a service with the REPLICA scheduling strategy.")
    if count is not None and not 0 <= count <= 5000:
        raise refuse("The desired count must be between 0 and 5000.")


def deployment_configuration(given: JSON | None, before: JSON | None = None) -> JSON:
    """The configuration with its defaults, or with those of `before`."""
    given = given or {}
    base = before or {
        "deploymentCircuitBreaker": {"enable": False, "rollback": False},
        "maximumPercent": rolling.MAXIMUM_PERCENT,
        "minimumHealthyPercent": rolling.MINIMUM_HEALTHY_PERCENT,
        "strategy": "ROLLING",
        "bakeTimeInMinutes": 0,
    }
    out = {**base, **{key: value for key, value in given.items() if value is not None}}
    low, high = out["minimumHealthyPercent"], out["maximumPercent"]
    if not 0 <= low <= 100:
        raise refuse(
            "minimumHealthyPercent must be between 0 and 100 for a service that uses the REPLICA scheduling strategy."
        )
    if high < 100 or high > 200_000:
        raise refuse(
            "maximumPercent must be 100 or more for a service that uses the REPLICA scheduling strategy."
        )
    if low == high == 100:
        raise refuse(
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."
        )
    out = shiftcheck.strategy(out, given)
    if given.get("alarms"):
        out["alarms"] = _alarms(given["alarms"])
    breaker = out["deploymentCircuitBreaker"]
    out["deploymentCircuitBreaker"] = {
        **breaker,
        "enable": bool(breaker.get("enable")),
        "rollback": bool(breaker.get("rollback")),
    }
    return out


def _alarms(given: JSON) -> JSON:
    names = list(given.get("alarmNames") or [])
    if given.get("enable") and not names:
        raise refuse("alarmNames can not be empty when deployment alarms are enabled.")
    return {"alarmNames": names, "rollback": bool(given.get("rollback")), "enable": bool(given.get("enable"))}


def load_balancers(
    state: State, definition: TaskDefinition, given: list[JSON] | None, strategy: str
) -> list[JSON]:
    """The load balancers of a request, checked against target groups, containers and the strategy."""
    given = given or []
    if len(given) > TARGET_GROUPS:
        raise refuse(f"loadBalancers can have at most {TARGET_GROUPS} items.")
    for balancer in given:
        if balancer.get("loadBalancerName") and not balancer.get("targetGroupArn"):
            raise ApiError("UnsupportedFeatureException", "ecslab does not simulate Classic Load Balancers.")
        if not balancer.get("targetGroupArn"):
            raise refuse("loadBalancerName or targetGroupArn must be specified.")
        _check_container(definition, balancer)
        _check_group(state, definition, balancer["targetGroupArn"])
    shiftcheck.advanced(state, given, strategy)
    for balancer in given:
        if balancer.get("advancedConfiguration"):
            _check_group(state, definition, balancer["advancedConfiguration"]["alternateTargetGroupArn"])
    return [{key: balancer[key] for key in BALANCER if balancer.get(key)} for balancer in given]


BALANCER = ("targetGroupArn", "containerName", "containerPort", "advancedConfiguration")


def _check_container(definition: TaskDefinition, balancer: JSON) -> None:
    name, port = balancer.get("containerName"), balancer.get("containerPort")
    container = next((c for c in definition.containers if c["name"] == name), None)
    if not name or container is None:
        raise refuse(messages.no_container(str(name)))
    if port is None or all(mapping.get("containerPort") != port for mapping in container["portMappings"]):
        raise refuse(messages.no_port(str(name), port))


def _check_group(state: State, definition: TaskDefinition, arn: str) -> None:
    group = state.world.elb.target_group(arn)
    if group is None:
        raise refuse(messages.no_target_group(arn))
    mode = definition.network_mode
    wanted = "ip" if mode == "awsvpc" else "instance"
    if group.target_type != wanted:
        raise refuse(messages.wrong_target_type(arn, group.target_type, mode))
    if not group.load_balancer_arns:
        raise refuse(messages.not_associated(arn))


def grace(given: int | None, *, balanced: bool) -> int | None:
    """healthCheckGracePeriodSeconds as it is kept."""
    if given is None:
        return 0 if balanced else None
    if not 0 <= given <= 2_147_483_647:
        raise refuse("Health check grace period seconds must be between 0 and 2147483647.")
    return given


def check_rebalancing(value: str | None, deployment: JSON) -> None:
    if value == "ENABLED" and deployment["maximumPercent"] <= 100:
        raise refuse("Availability Zone rebalancing requires maximumPercent to be greater than 100.")


def may_rebalance(params: JSON, deployment: JSON) -> bool:
    """Whether zones are rebalanced where nothing is said: developer guide, "service-rebalancing", Considerations."""
    default = strategies.SERVICE_DEFAULT[0]
    rules = params.get("placementConstraints") or []
    return (
        deployment["maximumPercent"] > 100
        and (params.get("placementStrategy") or [default])[0] == default
        and not any("ecs.availability-zone" in str(rule.get("expression")) for rule in rules)
        and params.get("schedulingStrategy") != "DAEMON"
    )


def check_placement(params: JSON, launch: str) -> None:
    daemon = params.get("schedulingStrategy") == "DAEMON"
    if launch != "FARGATE":
        if daemon and params.get("placementStrategy"):
            raise refuse("Placement strategies are not supported with the DAEMON scheduling strategy.")
        instances_place.check(params.get("placementConstraints") or [], params.get("placementStrategy") or [])
        return
    if daemon:
        raise refuse("The daemon scheduling strategy is not supported for Fargate tasks.")
    if params.get("placementConstraints"):
        raise refuse("Placement constraints are not supported with FARGATE launch type.")
    if params.get("placementStrategy"):
        raise refuse("Placement strategies are not supported with FARGATE launch type.")
