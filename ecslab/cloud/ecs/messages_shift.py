"""AWS's words about traffic that is shifted and about lifecycle hooks: refusals, and reasons for rolling back.

Texts only. Source: Amazon ECS developer guide, "troubleshooting-blue-green"; what it does not have is said in
its manner.
"""

NO_SUCH_DEPLOYMENT = "The service deployment does not exist."
HOOK_ID_FORMAT = "Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}"
HOOK_UNAVAILABLE = (
    "Provided hookId is either completed, unavailable, or not associated with the given Resource ARN"
)
CONTINUE_TERMINAL = (
    "Continuing a service deployment is not allowed for service deployment in terminal states."
)
HOOK_TARGET_TYPE = "Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE"
HOOK_PAUSE_STAGE = "Invalid lifecycle stage provided for Pause Hook"
ADVANCED_MIXED = "Either all or none of the provided loadBalancers must have advancedConfiguration defined"
ADVANCED_MISSING = (
    "advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment "
    "strategy"
)
TEST_RULE_REQUIRED = (
    "For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated "
    "with both targetGroup and alternateTargetGroup"
)


def duplicate_group(arn: str) -> str:
    return f"Duplicate targetGroupArn found: {arn}"


def rule_arn_format(name: str, arn: str) -> str:
    return f"{name} has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: {arn}"


def same_rules(arn: str) -> str:
    return f"The following rules cannot be used as both production and test listener rules: {arn}"


def invalid_network(why: str) -> str:
    return f"Service deployment rolled back because of invalid networking configuration. {why}"


def role_lacks_permissions(role: str) -> str:
    return invalid_network(
        "ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role "
        f"'{role}'."
    )


def unexpected_group(group: str, first: str, second: str) -> str:
    return invalid_network(
        f"Production listener rule is forwarding traffic to unexpected target group {group}. Expected traffic "
        f"to be forwarded to either targetGroupArn: {first} or alternateTargetGroupArn: {second}"
    )


def several_serving(rule: str, count: int) -> str:
    return invalid_network(
        f"productionListenerRule {rule} should have exactly one target group serving traffic but found {count} "
        "target groups which are serving traffic"
    )


def group_not_associated(group: str) -> str:
    return (
        "Service deployment rolled back because of invalid networking configuration: Target group "
        f"{group} is not associated with either productionListenerRule or testListenerRule."
    )


def hooks_failed(stage: str, why: str) -> str:
    return f"Service deployment rolled back because {stage} lifecycle hook(s) failed. {why}"


def hook_returned_failed(target: str) -> str:
    return f"Lifecycle hook target {target} returned FAILED status."


def hook_answer_unreadable(target: str) -> str:
    return f"ECS was unable to parse the response from {target} due to HookStatus must not be null"


def hook_role_not_assumed(role: str) -> str:
    return f"ECS was unable to assume role {role}"


def hook_not_invoked(target: str, why: str) -> str:
    return f"ECS was unable to invoke hook target {target} due to {why}"


def hook_timed_out(stage: str, kind: str) -> str:
    return f"Service deployment rolled back because {stage} {kind} timed out."


def hook_rolled_back(stage: str) -> str:
    return f"Service deployment rolled back because of a ContinueServiceDeployment request at {stage}."


def stage_timed_out(stage: str) -> str:
    return f"Service deployment rolled back because {stage} did not complete within 24 hours."


def traffic_not_returned(why: str) -> str:
    return f"was unable to shift traffic back to the source service revision. {why}"


def targets_not_registered(group: str, why: str) -> str:
    return f"failed to register targets in target-group {group} with (error {why})"
