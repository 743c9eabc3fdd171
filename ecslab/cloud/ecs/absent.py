"""The operations of ECS that this mock AWS does not simulate: what each answers instead.

Lists are empty, lookups find nothing, and what would make something new is one clear client error. Whether a
cluster or service exists is looked at first, as AWS does.
"""

from collections.abc import Callable
from functools import partial

from ecslab.cloud.ecs.model import JSON
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports.api import ApiError

Play = Callable[[State, JSON], JSON]

DAEMONS = "managed daemons"
EXPRESS = "Express Mode"
GATEWAYS = "gateways"
TASK_SETS = "task sets, the external deployment controller and CodeDeploy"
AGENT = "the protocol between ECS and its container agent"


def _unsupported(what: str, operation: str, state: State, params: JSON) -> JSON:
    if params.get("cluster"):
        cluster = state.cluster(params["cluster"])
        if params.get("service"):
            state.service(cluster, params["service"])
    raise ApiError("UnsupportedFeatureException", f"ecslab does not simulate {what} ({operation}).")


def _empty(member: str, state: State, params: JSON) -> JSON:
    for key in ("cluster", "clusterArn"):
        if params.get(key):
            state.cluster(params[key])
    return {member: []}


def _missing(member: str, asked: str, state: State, params: JSON) -> JSON:
    return {member: [], "failures": [{"arn": arn, "reason": "MISSING"} for arn in params[asked]]}


def _not_found(code: str, message: str, state: State, params: JSON) -> JSON:
    raise ApiError(code, message)


def _task_sets(state: State, params: JSON) -> JSON:
    """A service that is rolled out by ECS has none; asked for by name, they are missing."""
    state.service(state.cluster(params["cluster"]), params["service"])
    return _missing("taskSets", "taskSets", state, {"taskSets": params.get("taskSets") or []})


def _poll_endpoint(state: State, params: JSON) -> JSON:
    if params.get("cluster"):
        state.cluster(params["cluster"])
    region = state.world.region
    return {
        "endpoint": f"https://ecs-a-1.{region}.amazonaws.com/",
        "telemetryEndpoint": f"https://ecs-t-1.{region}.amazonaws.com/",
    }


NOT_MADE = {
    "CreateDaemon": DAEMONS,
    "RegisterDaemonTaskDefinition": DAEMONS,
    "CreateExpressGatewayService": EXPRESS,
    "CreateGateway": GATEWAYS,
    "CreateTaskSet": TASK_SETS,
    "DeleteTaskSet": TASK_SETS,
    "UpdateTaskSet": TASK_SETS,
    "UpdateServicePrimaryTaskSet": TASK_SETS,
    "SubmitAttachmentStateChanges": AGENT,
    "SubmitContainerStateChange": AGENT,
    "SubmitTaskStateChange": AGENT,
}
EMPTY = {
    "ListDaemons": "daemonSummariesList",
    "ListDaemonDeployments": "daemonDeployments",
    "ListDaemonTaskDefinitions": "daemonTaskDefinitions",
    "ListGateways": "gateways",
    "ListGatewayRoutes": "gatewayRoutes",
    "ListGatewayClusterAssociations": "gatewayClusterAssociations",
    "ListServicesByNamespace": "serviceArns",
}
MISSING = {
    "DescribeDaemonDeployments": ("daemonDeployments", "daemonDeploymentArns"),
    "DescribeDaemonRevisions": ("daemonRevisions", "daemonRevisionArns"),
}
NOT_FOUND = {
    "DescribeDaemon": ("DaemonNotFoundException", "Daemon not found."),
    "UpdateDaemon": ("DaemonNotFoundException", "Daemon not found."),
    "DeleteDaemon": ("DaemonNotFoundException", "Daemon not found."),
    "DescribeDaemonTaskDefinition": ("ClientException", "Unable to describe daemon task definition."),
    "DeleteDaemonTaskDefinition": ("ClientException", "The specified daemon task definition does not exist."),
    "DescribeExpressGatewayService": ("ResourceNotFoundException", "The specified resource was not found."),
    "UpdateExpressGatewayService": ("ServiceNotFoundException", "Service not found."),
    "DeleteExpressGatewayService": ("ServiceNotFoundException", "Service not found."),
    "DescribeGateway": ("GatewayNotFoundException", "Gateway not found."),
    "DescribeGatewayResources": ("GatewayNotFoundException", "Gateway not found."),
    "UpdateGateway": ("GatewayNotFoundException", "Gateway not found."),
    "DeleteGateway": ("GatewayNotFoundException", "Gateway not found."),
    "AssociateGatewayWithCluster": ("GatewayNotFoundException", "Gateway not found."),
    "DisassociateGatewayFromCluster": ("GatewayNotFoundException", "Gateway not found."),
    "DescribeGatewayRoute": ("ResourceNotFoundException", "The specified resource was not found."),
}

OPERATIONS: dict[str, Play] = {
    **{name: partial(_unsupported, what, name) for name, what in NOT_MADE.items()},
    **{name: partial(_empty, member) for name, member in EMPTY.items()},
    **{name: partial(_missing, *members) for name, members in MISSING.items()},
    **{name: partial(_not_found, *error) for name, error in NOT_FOUND.items()},
    "DescribeTaskSets": _task_sets,
    "DiscoverPollEndpoint": _poll_endpoint,
}
REQUIRED: dict[str, tuple[str, ...]] = {
    **{name: (asked,) for name, (_member, asked) in MISSING.items()},
    "DescribeTaskSets": ("cluster", "service"),
}
