"""AWS's words: API errors, service events, and the reasons for which tasks stop.

Texts only. When which one is said is decided where it happens.
"""

from collections.abc import Sequence

# --- API errors ---

CLUSTER_NOT_FOUND = "Cluster not found."
CLUSTER_INACTIVE = "The referenced cluster was inactive"
SERVICE_NOT_FOUND = "Service not found."
SERVICE_NOT_ACTIVE = "Service was not ACTIVE."
TASK_ID_LENGTH = "taskId length should be one of [32,36]"
TASK_NOT_FOUND = "The referenced task was not found."
DEFINITION_NOT_FOUND = "TaskDefinition not found."
DEFINITION_INACTIVE = "TaskDefinition is inactive"
DEFINITION_UNKNOWN = "Unable to describe task definition."
NO_LINKED_ROLE = (
    "Unable to assume the service linked role. Please verify that the ECS service linked role exists."
)
CONTAINS_SERVICES = "The Cluster cannot be deleted while Services are active."
CONTAINS_INSTANCES = "The Cluster cannot be deleted while Container Instances are active or draining."
CONTAINS_TASKS = "The Cluster cannot be deleted while Tasks are active."
SCALED_ABOVE_0 = "The service cannot be stopped while it is scaled above 0."
NOT_IDEMPOTENT = "Creation of service was not idempotent."
STILL_DRAINING = "Unable to Start a service that is still Draining."
NEEDS_NETWORK = "Network Configuration must be provided when networkMode 'awsvpc' is specified."
WRONG_NETWORK = "Network Configuration is not valid for the given networkMode of this task definition."
NO_SUBNETS = "subnets can not be empty."
NOT_FARGATE = "Task definition does not support launch_type FARGATE."
BOTH_LAUNCHES = "Specifying both a launch type and capacity provider strategy is not supported"
FORCE_STRATEGY = (
    "When switching from launch type to capacity provider strategy on an existing service, or making a change to a "
    "capacity provider strategy on a service that is already using one, you must force a new deployment."
)
"""As seen in reproio/ecs_deploy#74, kayac/ecspresso#481, pipe-cd/pipecd#6385."""
NO_INSTANCES = "No Container Instances were found in your cluster."
EXEC_DISABLED = (
    "The execute command failed because execute command was not enabled when the task was run or the "
    "execute command agent isn’t running. Wait and try again or run a new task with execute command "
    "enabled and try again."
)

EXEC_NOT_CONNECTED = "The execute command failed due to an internal error. Try again later."
EXEC_UNSIMULATED = (
    "ecslab does not simulate the interactive session of ECS Exec; "
    "everything that the session needs is in place."
)


def bad_subnet(subnet: str) -> str:
    return (
        f"Error retrieving subnet information for [{subnet}]: The subnet ID '{subnet}' does not exist "
        "(ErrorCode: InvalidSubnetID.NotFound)"
    )


def bad_group(group: str) -> str:
    return (
        f"Error retrieving security group information for [{group}]: The security group '{group}' does "
        "not exist (ErrorCode: InvalidGroup.NotFound)"
    )


def not_associated(arn: str) -> str:
    return f"The target group with targetGroupArn {arn} does not have an associated load balancer."


def no_target_group(arn: str) -> str:
    return f"The specified target group does not exist. (targetGroupArn {arn})"


def wrong_target_type(arn: str, kind: str, mode: str) -> str:
    return (
        f"The provided target group {arn} has target type {kind}, which is incompatible with the {mode} "
        "network mode specified in the task definition."
    )


def no_container(name: str) -> str:
    return f"The container {name} does not exist in the task definition."


def no_port(name: str, port: object) -> str:
    return f"The container {name} did not have a container port {port} defined."


def cannot_assume(role: str) -> str:
    return (
        f"ECS was unable to assume the role '{role}' that was provided for this task. Please verify that "
        "the role being passed has the proper trust relationship and permissions and that your IAM user "
        "has permissions to pass this role."
    )


# --- service events; each begins with `(service NAME)` ---

TROUBLESHOOTING = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."


def listed(ids: Sequence[str]) -> str:
    return " ".join(f"(task {task_id})" for task_id in ids)


def started(ids: Sequence[str], replaced: int = 0) -> str:
    text = f"has started {len(ids)} tasks: {listed(ids)}."
    if replaced:
        text += f" Amazon ECS replaced {replaced} tasks due to an unhealthy status."
    return text


def stopped_running(ids: Sequence[str]) -> str:
    return f"has stopped {len(ids)} running tasks: {listed(ids)}."


def stopped_pending(count: int) -> str:
    return f"stopped {count} pending tasks."


def registered(count: int, group: str) -> str:
    return f"registered {count} targets in (target-group {group})"


def deregistered(count: int, group: str) -> str:
    return f"deregistered {count} targets in (target-group {group})"


def draining(count: int) -> str:
    return f"has begun draining connections on {count} tasks."


SPOT_INTERRUPTED = "Your Spot Task was interrupted."
NO_CAPACITY = (
    "Capacity is unavailable at this time. Please try again later or in a different availability zone"
)

VCPU_LIMIT = "You've reached the limit on the number of vCPUs you can run concurrently"


def not_launched(count: int, deployment: str) -> str:
    return f"could not launch {count} tasks for deployment {deployment}."


def _zones(counts: Sequence[tuple[int, str]]) -> str:
    return ", ".join(f"{count} tasks in {zone}" for count, zone in counts)


def unbalanced(counts: Sequence[tuple[int, str]]) -> str:
    return f"is not AZ balanced with {_zones(counts)}. AZ Rebalancing in progress."


def balanced(counts: Sequence[tuple[int, str]]) -> str:
    return f"is AZ balanced with {_zones(counts)}."


def started_to_balance(zone: str, task: str) -> str:
    return f"has started 1 tasks in {zone} to AZ Rebalance: (task {task})."


def stopped_to_balance(zone: str, task: str) -> str:
    return f"has stopped 1 running tasks in {zone} due to AZ rebalancing: (task {task})."


STEADY = "has reached a steady state."
INCONSISTENT = f"is unable to consistently start tasks successfully. {TROUBLESHOOTING}"
STUCK = (
    "was unable to stop or start tasks during a deployment because of the service deployment configuration. "
    "Update the minimumHealthyPercent or maximumPercent value and try again."
)


def protected(deployment: str, count: int) -> str:
    return (
        f"was unable to reach steady state because (taskSet {deployment}) was unable to scale in due to "
        f"(reason {count} tasks under protection)"
    )


def completed(deployment: str) -> str:
    return f"(deployment {deployment}) deployment completed."


def failed(deployment: str, why: str = "tasks failed to start") -> str:
    return f"(deployment {deployment}) deployment failed: {why}."


def rolling_back(deployment: str) -> str:
    return f"rolling back to deployment {deployment}."


def unhealthy_target(task: str, port: int, group: str, reason: str, instance: str | None = None) -> str:
    where = f"(task {task})" if instance is None else f"(instance {instance})"
    return f"{where} (port {port}) is unhealthy in (target-group {group}) due to (reason {reason})."


def lost_target(deployment: str, task: str, group: str, what: str) -> str:
    return f"task set ({deployment}) (task {task}) is not healthy in (target-group {group}) due to {what} IS NOT FOUND."


def unhealthy_container(task: str) -> str:
    return f"(task {task}) failed container health checks."


def launch_failed(error: str) -> str:
    return f"failed to launch a task with (error {error})."


def not_placed(reason: str) -> str:
    return f"was unable to place a task. Reason: {reason.rstrip('.')}."


# --- rollout states ---


def rollout_in_progress(deployment: str) -> str:
    return f"ECS deployment {deployment} in progress."


def rollout_completed(deployment: str) -> str:
    return f"ECS deployment {deployment} completed."


BREAKER_FAILED = "ECS deployment circuit breaker: tasks failed to start."


def breaker_rollback(deployment: str) -> str:
    return f"ECS deployment circuit breaker: rolling back to deploymentId {deployment}."


ALARM_FAILED = "ECS deployment failed: alarm detected."
STOPPED_FAILED = "ECS deployment stopped by a StopServiceDeployment request."
BREAKER_OUTCOME = "Service deployment rolled back because the circuit breaker threshold was exceeded."
BREAKER_STOPPED = "Service deployment failed because the circuit breaker threshold was exceeded."
ALARM_OUTCOME = "Service deployment rolled back because of an alarm in the ALARM state: {}."
ALARM_STOPPED = "Service deployment failed because of an alarm in the ALARM state: {}."
REQUEST_OUTCOME = "Service deployment rolled back because of a StopServiceDeployment request."
NO_CANDIDATE = "No rollback candidate was found to run the rollback."
ABORT_UNSUPPORTED = "ECS StopServiceDeployment API with ABORT stopType is not supported."


def alarm_rollback(deployment: str) -> str:
    return f"ECS deployment failed: alarm detected. Rolling back to deploymentId {deployment}."


def stop_rollback(deployment: str) -> str:
    return f"ECS deployment stopped by a StopServiceDeployment request: rolling back to deploymentId {deployment}."


# --- why a task stops ---

ESSENTIAL_EXITED = "Essential container in task exited"
BY_USER = "Task stopped by user"
FAILED_CONTAINER_CHECKS = "Task failed container health checks"


def scaling(deployment: str) -> str:
    return f"Scaling activity initiated by (deployment {deployment})"


def failed_elb_checks(group: str) -> str:
    return f"Task failed ELB health checks in (target-group {group})"


def no_free_address(subnet: str, public: bool) -> str:
    enabled = "enabled" if public else "disabled"
    return (
        "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment "
        f"{enabled} in subnet '{subnet}': InsufficientFreeAddressesInSubnet"
    )


def dependency_failed(name: str, condition: str) -> str:
    return f"ResourceInitializationError: container dependency could not be resolved: {name} did not reach {condition}"
